"""Divisions (行政区划) over time: on any day, as known at any time, with their history; and changes asked for."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from address_service.api.schemas.base import DivisionCodeText
from address_service.api.schemas.division import DivisionCard, DivisionHistory
from address_service.api.schemas.division_act import DivisionActBody, DivisionActItem, NewDivisionBody
from address_service.api.schemas.places import DivisionItem, DivisionPage
from address_service.edge.cursors import Cursor, Limit, decode_cursor, encode_cursor
from address_service.edge.idempotency import IdempotencyKey, answer_once
from address_service.edge.reading import readable_division_history
from address_service.edge.reading_scans import with_scans
from address_service.edge.work import LookingWork, NameWork
from address_service.model.divisions import DivisionLevel
from address_service.services.draw_division_act import draw_division_act
from address_service.store.division_history import load_division_card, load_division_history
from address_service.store.listings import Listings

router = APIRouter(prefix="/divisions", tags=["行政区划"])
ValidOn = Annotated[date | None, Query(description="在哪一天有效，缺省为今天")]
KnownOn = Annotated[datetime | None, Query(description="以何时的登记为准，缺省为现在")]


@router.get("", summary="列出行政区划")
def list_divisions(
    work: LookingWork,
    level: DivisionLevel | None = None,
    parent: Annotated[DivisionCodeText | None, Query(description="上级区划代码")] = None,
    valid_on: ValidOn = None,
    include_ended: Annotated[
        bool, Query(description="连同该日以前终止的，各为其最后一段；此时不列该日以后新设的")
    ] = False,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> DivisionPage:
    """Divisions as valid on a day, those that had ended by then too where asked for."""
    listings = Listings(work.conn, work.county_code, valid_on or work.today)
    rows = listings.divisions(
        decode_cursor(cursor), limit, level=level, parent=parent, include_ended=include_ended
    )
    return DivisionPage(
        items=[DivisionItem.model_validate(r) for r in rows], next_cursor=encode_cursor(rows, limit)
    )


@router.get("/{division_code}", summary="查看某日持有该代码的区划")
def get_division(
    work: LookingWork,
    division_code: DivisionCodeText,
    valid_on: ValidOn = None,
    known_on: KnownOn = None,
) -> DivisionCard:
    """The division that carried a code on a day; of a code used again, the one of that day."""
    on, known = valid_on or work.today, known_on or work.now
    return DivisionCard.model_validate(
        load_division_card(work.conn, work.county_code, division_code, on, known)
    )


@router.get("/{division_id}/history", summary="查看区划沿革")
def get_history(work: LookingWork, division_id: UUID, known_on: KnownOn = None) -> DivisionHistory:
    """Versions, events, predecessors and successors of an identity, whatever codes and names it had."""
    history = load_division_history(work.conn, work.county_code, division_id, known_on)
    return DivisionHistory.model_validate(with_scans(work, readable_division_history(work.actor, history)))


@router.post("", status_code=201, summary="拟定新设区划", response_model=DivisionActItem)
def post_division(
    request: Request, work: NameWork, body: NewDivisionBody, key: IdempotencyKey = None
) -> JSONResponse:
    """Ask for a new division; it is there once somebody else has approved the act."""

    def act() -> DivisionActItem:
        return DivisionActItem.of(draw_division_act(work, body.asked()))

    return answer_once(request, work, key, body, 201, act)


@router.post(
    "/{division_id}/changes", status_code=201, summary="拟定区划变更", response_model=DivisionActItem
)
def post_change(
    request: Request,
    work: NameWork,
    division_id: UUID,
    body: DivisionActBody,
    key: IdempotencyKey = None,
) -> JSONResponse:
    """Ask to rename, respell, recode, transfer, turn 村 into 社区 or back, bound or abolish, with a dry run."""

    def act() -> DivisionActItem:
        return DivisionActItem.of(draw_division_act(work, body.asked(division_id)))

    return answer_once(request, work, key, body, 201, act)
