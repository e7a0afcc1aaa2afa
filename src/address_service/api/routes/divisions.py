"""Divisions (行政区划)."""

from typing import Annotated

from fastapi import APIRouter, Query

from address_service.api.schemas import DivisionCodeText, DivisionItem, DivisionPage
from address_service.edge.cursors import Cursor, Limit, decode_cursor, encode_cursor
from address_service.edge.work import LookingWork
from address_service.model.divisions import DivisionLevel
from address_service.store.listings import Listings

router = APIRouter(prefix="/divisions", tags=["行政区划"])


@router.get("", summary="列出行政区划")
def list_divisions(
    work: LookingWork,
    level: DivisionLevel | None = None,
    parent: Annotated[DivisionCodeText | None, Query(description="上级区划代码")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> DivisionPage:
    """Divisions as valid today."""
    listings = Listings(work.conn, work.county_code, work.today)
    rows = listings.divisions(decode_cursor(cursor), limit, level=level, parent=parent)
    return DivisionPage(
        items=[DivisionItem.model_validate(r) for r in rows], next_cursor=encode_cursor(rows, limit)
    )
