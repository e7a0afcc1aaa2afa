"""Renumbering plans (改号方案): preview, draw, then commit by decree, drop, or take back."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from address_service.api.schemas.renumbering import (
    DecreeBody,
    RenumberingBody,
    RenumberingCard,
    RenumberingItem,
    RenumberingPage,
    RenumberingPreview,
    RenumberingStage,
)
from address_service.edge.cursors import Cursor, Limit, decode_cursor, encode_cursor
from address_service.edge.idempotency import IdempotencyKey, answer_once
from address_service.edge.reading import require_place, scope_prefix
from address_service.edge.work import ApproveWork, HouseDep, NumberWork, ReadWork
from address_service.services.commit_renumbering import commit_renumbering
from address_service.services.draw_renumbering import (
    draw_renumbering,
    drop_renumbering,
    preview_renumbering,
    undo_renumbering,
)
from address_service.store.work import Work

router = APIRouter(prefix="/renumbering-plans", tags=["改号方案"])


@router.post("/preview", summary="预览改号")
def post_preview(work: NumberWork, house: HouseDep, body: RenumberingBody) -> RenumberingPreview:
    """What a renumbering would change and cost, beside the whole place; nothing is written."""
    draft = preview_renumbering(work, body.asked(), house.settings.plate_prices)
    return RenumberingPreview.of(draft)


@router.post("", status_code=201, summary="拟定改号方案", response_model=RenumberingCard)
def post_plan(
    request: Request, work: NumberWork, house: HouseDep, body: RenumberingBody, key: IdempotencyKey = None
) -> JSONResponse:
    """Keep a plan with its price; what cannot apply at once is refused."""

    def act() -> RenumberingCard:
        return _card(work, draw_renumbering(work, body.asked(), house.settings.plate_prices).id)

    return answer_once(request, work, key, body, 201, act)


@router.get("", summary="列出改号方案")
def list_plans(
    work: ReadWork,
    place_id: UUID | None = None,
    stage: Annotated[RenumberingStage | None, Query(description="草案、已执行或已作废")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> RenumberingPage:
    """Plans, oldest first."""
    scope = scope_prefix(work.actor)
    heads = work.renumbering_plans.heads(decode_cursor(cursor), limit, place_id, scope, stage)
    return RenumberingPage(
        items=[RenumberingItem.of(head) for head in heads],
        next_cursor=encode_cursor([{"id": head.id} for head in heads], limit),
    )


@router.get("/{renumbering_id}", summary="查看改号方案")
def get_plan(work: ReadWork, renumbering_id: UUID) -> RenumberingCard:
    """A plan with its changes and its price."""
    require_place(work, work.renumbering_plans.head(renumbering_id).place_id)
    return _card(work, renumbering_id)


@router.post("/{renumbering_id}/commit", summary="批准执行改号方案", response_model=RenumberingItem)
def post_commit(
    request: Request, work: ApproveWork, renumbering_id: UUID, body: DecreeBody, key: IdempotencyKey = None
) -> JSONResponse:
    """Let everybody of the plan change numbers at once, whole or not at all; never by who drew it."""

    def act() -> RenumberingItem:
        on = body.effective_on or work.today
        return RenumberingItem.of(commit_renumbering(work, renumbering_id, body.decree_no, on))

    return answer_once(request, work, key, body, 200, act)


@router.post(
    "/{renumbering_id}/undo", status_code=201, summary="拟定撤销方案", response_model=RenumberingCard
)
def post_undo(
    request: Request, work: NumberWork, house: HouseDep, renumbering_id: UUID, key: IdempotencyKey = None
) -> JSONResponse:
    """Draw the plan that takes a committed one back; it is committed by decree like any other."""

    def act() -> RenumberingCard:
        return _card(work, undo_renumbering(work, renumbering_id, house.settings.plate_prices).id)

    return answer_once(request, work, key, None, 201, act)


@router.post("/{renumbering_id}/drop", summary="作废改号方案", response_model=RenumberingItem)
def post_drop(
    request: Request, work: NumberWork, renumbering_id: UUID, key: IdempotencyKey = None
) -> JSONResponse:
    """Put a plan aside."""

    def act() -> RenumberingItem:
        return RenumberingItem.of(drop_renumbering(work, renumbering_id))

    return answer_once(request, work, key, None, 200, act)


def _card(work: Work, renumbering_id: UUID) -> RenumberingCard:
    head = work.renumbering_plans.head(renumbering_id)
    return RenumberingCard.whole(head, work.renumbering_plans.changes(renumbering_id))
