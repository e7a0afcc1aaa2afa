"""Where the divisions under one lie on a day (区划界线), for the old map beside the new."""

from typing import Annotated

from fastapi import APIRouter, Query

from address_service.api.routes.divisions import ValidOn
from address_service.api.schemas.base import DivisionCodeText
from address_service.api.schemas.division_boundary import DivisionBoundaryPage
from address_service.edge.cursors import Cursor, Limit, decode_cursor, encode_cursor
from address_service.edge.work import LookingWork
from address_service.store.division_boundaries import boundaries_under

router = APIRouter(prefix="/division-boundaries", tags=["行政区划"])


@router.get("", summary="列出某日下级区划的界线")
def list_boundaries(
    work: LookingWork,
    parent: Annotated[DivisionCodeText, Query(description="上级区划代码")],
    valid_on: ValidOn = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> DivisionBoundaryPage:
    """The divisions right under one with their boundaries, as valid on a day; null where none is known."""
    on = valid_on or work.today
    rows = boundaries_under(work.conn, work.county_code, parent, on, decode_cursor(cursor), limit)
    return DivisionBoundaryPage.model_validate(
        {"valid_on": on, "items": rows, "next_cursor": encode_cursor(rows, limit)}
    )
