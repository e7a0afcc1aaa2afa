"""Mergers and splits of villages (区划变更方案): draw, decide collisions, commit by decree, drop, undo."""

from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from address_service.api.schemas.division_change import (
    AffectedItem,
    AffectedPage,
    ChoicesBody,
    DivisionChangeBody,
    DivisionChangeCard,
    DivisionChangeItem,
    DivisionChangePage,
    DivisionDecreeBody,
    UndoBody,
)
from address_service.edge.cursors import Cursor, Limit, decode_cursor, encode_cursor
from address_service.edge.idempotency import IdempotencyKey, answer_once
from address_service.edge.reading import scope_prefix
from address_service.edge.work import ApproveWork, House, HouseDep, NameWork, ReadWork
from address_service.services.commit_merger import commit_merger
from address_service.services.draw_merger import (
    Terms,
    choose_in_merger,
    draw_merger,
    drop_merger,
    undo_merger,
)
from address_service.services.list_merger_items import ItemSubject, list_merger_items
from address_service.services.scope import require_scope
from address_service.store.merger_plans import DivisionChangeHead, DivisionChangeRepository
from address_service.store.work import Work

router = APIRouter(prefix="/division-changes", tags=["区划变更"])


def _terms(house: House) -> Terms:
    return Terms(house.settings.plate_prices, house.settings.merger_tolerance_m)


@router.get("", summary="列出区划变更方案")
def list_plans(
    work: ReadWork,
    stage: Literal["draft", "committed", "dropped"] | None = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> DivisionChangePage:
    """Plans whose villages all lie in one's scope, oldest first."""
    plans = DivisionChangeRepository(work.conn, work.county_code)
    heads = plans.heads(decode_cursor(cursor), limit, stage, scope_prefix(work.actor))
    return DivisionChangePage(
        items=[DivisionChangeItem.of(head) for head in heads],
        next_cursor=encode_cursor([{"id": head.id} for head in heads], limit),
    )


@router.post("", status_code=201, summary="拟定区划变更方案", response_model=DivisionChangeCard)
def post_plan(
    request: Request, work: NameWork, house: HouseDep, body: DivisionChangeBody, key: IdempotencyKey = None
) -> JSONResponse:
    """Keep a plan with its dry run; nothing of the register changes."""

    def act() -> DivisionChangeCard:
        return DivisionChangeCard.of(draw_merger(work, body.asked(work), _terms(house)))

    return answer_once(request, work, key, body, 201, act)


@router.get("/{division_change_id}", summary="查看区划变更方案")
def get_plan(work: ReadWork, division_change_id: UUID) -> DivisionChangeCard:
    """A plan with its dry run: boundaries, collisions and choices, what happens to everything, the price."""
    return DivisionChangeCard.of(_readable(work, division_change_id))


@router.get("/{division_change_id}/items", summary="查看区划变更方案涉及的事项")
def list_items(
    work: ReadWork,
    house: HouseDep,
    division_change_id: UUID,
    subject: ItemSubject = "addresses",
    limit: Limit = 100,
    cursor: Cursor = None,
) -> AffectedPage:
    """What the plan does to each thing of a kind: of a draft as things stand, of a committed plan as it was done."""
    plan = _readable(work, division_change_id)
    at = decode_cursor(cursor)
    after = min(at.int, 10**9) if at else 0
    tolerance_m = house.settings.merger_tolerance_m
    rows = list_merger_items(work, plan, subject, after, limit, tolerance_m)
    following = encode_cursor([{"id": UUID(int=after + limit)}], 1) if len(rows) == limit else None
    return AffectedPage(items=[AffectedItem.model_validate(row) for row in rows], next_cursor=following)


@router.put("/{division_change_id}/choices", summary="决定重名如何处理", response_model=DivisionChangeCard)
def put_choices(
    request: Request,
    work: NameWork,
    house: HouseDep,
    division_change_id: UUID,
    body: ChoicesBody,
    key: IdempotencyKey = None,
) -> JSONResponse:
    """Record decisions and draw the dry run anew; the latest decision on a subject holds."""

    def act() -> DivisionChangeCard:
        choices = [choice.chosen() for choice in body.choices]
        return DivisionChangeCard.of(choose_in_merger(work, division_change_id, choices, _terms(house)))

    return answer_once(request, work, key, body, 200, act)


@router.post(
    "/{division_change_id}/commit", summary="批准执行区划变更方案", response_model=DivisionChangeItem
)
def post_commit(
    request: Request,
    work: ApproveWork,
    house: HouseDep,
    division_change_id: UUID,
    body: DivisionDecreeBody,
    key: IdempotencyKey = None,
) -> JSONResponse:
    """Carry the plan out, whole or not at all; never by who drew it."""

    def act() -> DivisionChangeItem:
        tolerance_m = house.settings.merger_tolerance_m
        return DivisionChangeItem.of(commit_merger(work, division_change_id, body.decree_no, tolerance_m))

    return answer_once(request, work, key, body, 200, act)


@router.post("/{division_change_id}/drop", summary="作废区划变更方案", response_model=DivisionChangeItem)
def post_drop(
    request: Request, work: NameWork, division_change_id: UUID, key: IdempotencyKey = None
) -> JSONResponse:
    """Put a plan aside."""

    def act() -> DivisionChangeItem:
        return DivisionChangeItem.of(drop_merger(work, division_change_id))

    return answer_once(request, work, key, None, 200, act)


@router.post(
    "/{division_change_id}/undo", status_code=201, summary="拟定恢复方案", response_model=DivisionChangeCard
)
def post_undo(
    request: Request,
    work: NameWork,
    house: HouseDep,
    division_change_id: UUID,
    body: UndoBody,
    key: IdempotencyKey = None,
) -> JSONResponse:
    """Draw the split that gives those of an ended village their village's name back; committed like any other."""

    def act() -> DivisionChangeCard:
        on = body.effective_on or work.today
        plan = undo_merger(work, division_change_id, body.restores, on, _terms(house), body.code)
        return DivisionChangeCard.of(plan)

    return answer_once(request, work, key, body, 201, act)


def _readable(work: Work, division_change_id: UUID) -> DivisionChangeHead:
    plan = DivisionChangeRepository(work.conn, work.county_code).head(division_change_id)
    for code in plan.village_codes:
        require_scope(work.actor, code)
    return plan
