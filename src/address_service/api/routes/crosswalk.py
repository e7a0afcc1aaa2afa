"""The crosswalk (代码对照): which police code is what of the register, proposed by rules and decided by persons."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from address_service.api.schemas.police import (
    AcceptSureAnswer,
    AcceptSureBody,
    CrosswalkSummary,
    PairBody,
    PairCard,
    PairCount,
    PairItem,
    PairPage,
    PairVerdictBody,
)
from address_service.edge.cursors import Cursor, Limit, decode_cursor, encode_cursor
from address_service.edge.idempotency import IdempotencyKey, answer_once
from address_service.edge.if_match import ReadRevision
from address_service.edge.work import ExchangeWork
from address_service.model.police_dictionaries import CrosswalkGround, CrosswalkState, DictionaryKind
from address_service.services.decide_crosswalk import (
    accept_sure_pairs,
    count_sure_pairs,
    decide_pair,
    propose_pair,
    read_pair,
)
from address_service.store.crosswalk import Crosswalk, PairFilter
from address_service.store.work import Work

router = APIRouter(prefix="/crosswalk", tags=["代码对照"])


@router.get("", summary="列出代码对照")
def list_pairs(
    work: ExchangeWork,
    kind: DictionaryKind | None = None,
    state: CrosswalkState | None = None,
    ground: CrosswalkGround | None = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> PairPage:
    """Pairs of the account's scope with their evidence."""
    wanted = PairFilter(work.actor.division_code, kind, state, ground)
    found = _crosswalk(work).page(wanted, decode_cursor(cursor), limit)
    ids = [{"id": one.id} for one in found]
    return PairPage(items=[PairItem.of(one) for one in found], next_cursor=encode_cursor(ids, limit))


@router.post("", status_code=201, summary="提出代码对照", response_model=PairItem)
def post_pair(
    request: Request, work: ExchangeWork, body: PairBody, key: IdempotencyKey = None
) -> JSONResponse:
    """Propose by hand; somebody else accepts."""

    def act() -> PairItem:
        return PairItem.of(propose_pair(work, body.kind, body.code, body.name, body.target_id, body.reason))

    return answer_once(request, work, key, body, 201, act)


@router.get("/summary", summary="代码对照的进度")
def get_summary(work: ExchangeWork) -> CrosswalkSummary:
    """How many pairs of the account's scope stand where, and how many may be accepted at once."""
    counts = _crosswalk(work).counts(work.actor.division_code)
    sure = {kind: count_sure_pairs(work, kind) for kind in DictionaryKind}
    return CrosswalkSummary(items=[PairCount.model_validate(row) for row in counts], sure=sure)


@router.post("/accept", summary="成批采纳代码对照", response_model=AcceptSureAnswer)
def post_accept(
    request: Request, work: ExchangeWork, body: AcceptSureBody, key: IdempotencyKey = None
) -> JSONResponse:
    """Accept what has one name and one meaning, as many as were shown."""

    def act() -> AcceptSureAnswer:
        done = accept_sure_pairs(work, body.kind, CrosswalkGround.EXACT, body.expected)
        return AcceptSureAnswer(accepted=done)

    return answer_once(request, work, key, body, 200, act)


@router.get("/{pair_id}", summary="查看一条代码对照")
def get_pair(work: ExchangeWork, pair_id: UUID) -> PairCard:
    """A pair with the decisions on it."""
    pair, decisions = read_pair(work, pair_id)
    return PairCard.model_validate({**PairItem.of(pair).model_dump(), "decisions": decisions})


@router.post("/{pair_id}/decision", summary="核定一条代码对照")
def post_decision(
    work: ExchangeWork, pair_id: UUID, body: PairVerdictBody, revision: ReadRevision
) -> PairItem:
    """Accept, refuse or end; 409 names who was first."""
    return PairItem.of(decide_pair(work, pair_id, revision, body.verdict, day=body.day, note=body.note))


def _crosswalk(work: Work) -> Crosswalk:
    return Crosswalk(work.conn, work.county_code, work.actor.account_id, work.now)
