"""Numbering plans (编号方案): dry run, then commit or drop."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from address_service.api.answers import line_members, plan_members
from address_service.api.schemas.numbering import (
    NumberingPlanCard,
    NumberingPlanItem,
    NumberingPlanPage,
    PlanRequest,
)
from address_service.edge.cursors import Cursor, Limit, decode_cursor, encode_cursor
from address_service.edge.idempotency import IdempotencyKey, answer_once
from address_service.edge.reading import require_place, scope_prefix
from address_service.edge.work import NumberWork, ReadWork
from address_service.services.commit_numbering_plan import commit_numbering_plan, drop_numbering_plan
from address_service.services.plan_numbering import plan_numbering
from address_service.store.work import Work

router = APIRouter(prefix="/numbering-plans", tags=["编号方案"])


@router.post("", status_code=201, summary="试算编号方案", response_model=NumberingPlanCard)
def post_plan(
    request: Request, work: NumberWork, body: PlanRequest, key: IdempotencyKey = None
) -> JSONResponse:
    """Number a place on paper: nothing but the plan is written."""

    def act() -> NumberingPlanCard:
        head = plan_numbering(work, body.place_id, body.policy, body.parameters)
        return _card(work, head.id)

    return answer_once(request, work, key, body, 201, act)


@router.get("", summary="列出编号方案")
def list_plans(
    work: ReadWork, place_id: UUID | None = None, limit: Limit = 100, cursor: Cursor = None
) -> NumberingPlanPage:
    """Plans, oldest first."""
    heads = work.numbering_plans.heads(decode_cursor(cursor), limit, place_id, scope_prefix(work.actor))
    members = [plan_members(head) for head in heads]
    return NumberingPlanPage(
        items=[NumberingPlanItem.model_validate(m) for m in members],
        next_cursor=encode_cursor(members, limit),
    )


@router.get("/{plan_id}", summary="查看编号方案")
def get_plan(work: ReadWork, plan_id: UUID) -> NumberingPlanCard:
    """A plan with its lines in walking order, each with its reasons."""
    require_place(work, work.numbering_plans.head(plan_id).place_id)
    return _card(work, plan_id)


@router.post("/{plan_id}/commit", summary="提交编号方案", response_model=NumberingPlanItem)
def post_commit(
    request: Request, work: NumberWork, plan_id: UUID, key: IdempotencyKey = None
) -> JSONResponse:
    """Write the plan to the ledger and draft its addresses, whole or not at all."""

    def act() -> NumberingPlanItem:
        return NumberingPlanItem.model_validate(plan_members(commit_numbering_plan(work, plan_id)))

    return answer_once(request, work, key, None, 200, act)


@router.post("/{plan_id}/drop", summary="作废编号方案", response_model=NumberingPlanItem)
def post_drop(request: Request, work: NumberWork, plan_id: UUID, key: IdempotencyKey = None) -> JSONResponse:
    """Put a dry run aside."""

    def act() -> NumberingPlanItem:
        return NumberingPlanItem.model_validate(plan_members(drop_numbering_plan(work, plan_id)))

    return answer_once(request, work, key, None, 200, act)


def _card(work: Work, plan_id: UUID) -> NumberingPlanCard:
    head = work.numbering_plans.head(plan_id)
    lines = [line_members(item) for item in work.numbering_plans.items(plan_id)]
    return NumberingPlanCard.model_validate({**plan_members(head), "items": lines})
