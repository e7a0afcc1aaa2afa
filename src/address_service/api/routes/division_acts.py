"""Acts on single divisions and names (区划地名变更): asked for by one, decided under a decree by another."""

from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from address_service.api.schemas.division_act import (
    DivisionActDecreeBody,
    DivisionActItem,
    DivisionActPage,
)
from address_service.edge.cursors import Cursor, Limit, decode_cursor, encode_cursor
from address_service.edge.idempotency import IdempotencyKey, answer_once
from address_service.edge.reading import readable_division_act, scope_prefix
from address_service.edge.work import ApproveWork, NameWork, ReadWork
from address_service.services.commit_division_act import commit_division_act
from address_service.services.draw_division_act import drop_division_act
from address_service.store.division_acts import DivisionActRepository

router = APIRouter(prefix="/division-acts", tags=["区划地名变更"])
_Stage = Literal["planned", "committed", "dropped"]


@router.get("", summary="列出区划地名变更")
def list_acts(
    work: ReadWork, stage: _Stage | None = None, limit: Limit = 100, cursor: Cursor = None
) -> DivisionActPage:
    """Acts that concern the account's scope, oldest first."""
    acts = DivisionActRepository(work.conn, work.county_code)
    heads = acts.heads(decode_cursor(cursor), limit, stage, scope_prefix(work.actor))
    return DivisionActPage(
        items=[DivisionActItem.of(head) for head in heads],
        next_cursor=encode_cursor([{"id": head.id} for head in heads], limit),
    )


@router.get("/{division_act_id}", summary="查看区划地名变更")
def get_act(work: ReadWork, division_act_id: UUID) -> DivisionActItem:
    """One of them, with its dry run."""
    return DivisionActItem.of(readable_division_act(work, division_act_id))


@router.post("/{division_act_id}/commit", summary="批准执行区划地名变更", response_model=DivisionActItem)
def post_commit(
    request: Request,
    work: ApproveWork,
    division_act_id: UUID,
    body: DivisionActDecreeBody,
    key: IdempotencyKey = None,
) -> JSONResponse:
    """Carry it out from its day on, whole or not at all; never by who asked for it."""

    def act() -> DivisionActItem:
        return DivisionActItem.of(commit_division_act(work, division_act_id, body.decree_no))

    return answer_once(request, work, key, body, 200, act)


@router.post("/{division_act_id}/drop", summary="作废区划地名变更", response_model=DivisionActItem)
def post_drop(
    request: Request, work: NameWork, division_act_id: UUID, key: IdempotencyKey = None
) -> JSONResponse:
    """Put it aside."""

    def act() -> DivisionActItem:
        return DivisionActItem.of(drop_division_act(work, division_act_id))

    return answer_once(request, work, key, None, 200, act)
