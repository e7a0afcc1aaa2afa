"""Households (户): enrolled, listed by division or house, moved, ended; masked unless revealed."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from address_service.api.resident_filters import NarrowedQuery
from address_service.api.revisions import revise_once
from address_service.api.schemas.resident_bodies import (
    EndHouseholdBody,
    HouseholdBody,
    HouseholdChangeBody,
    HouseholdLookUpBody,
    HouseholdMoveBody,
    JoinBody,
    RelationsBody,
    RevealBody,
)
from address_service.api.schemas.residents import (
    EnrolledAnswer,
    HouseholdItem,
    HouseholdPage,
    ResidentHistory,
    RevealedHousehold,
    RevisionAnswer,
)
from address_service.edge.cursors import Cursor, Limit, decode_cursor, encode_cursor
from address_service.edge.idempotency import IdempotencyKey
from address_service.edge.if_match import ReadRevision
from address_service.edge.residents import NO_STORE, answer_once_sealed
from address_service.edge.work import EnrolWork, HouseDep, ResidentsWork, RevealWork
from address_service.services.change_relations import change_relations
from address_service.services.change_residents import change_household
from address_service.services.end_residents import end_household
from address_service.services.enrol_residents import enrol_household, join_household
from address_service.services.move_residents import move_household
from address_service.services.read_residents import (
    list_households,
    look_up_households,
    read_history,
    read_household_card,
)
from address_service.services.reveal_residents import reveal_household

router = APIRouter(prefix="/households", tags=["户"])


@router.get("", summary="列出户（脱敏）")
def get_households(
    work: ResidentsWork,
    response: Response,
    narrowed: NarrowedQuery,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> HouseholdPage:
    """Households in scope with their members: of a division, a door with its rooms, a building or a parcel."""
    response.headers.update(NO_STORE)
    cards = list_households(work, narrowed, decode_cursor(cursor), limit)
    rows = [{"id": card.household.id} for card in cards]
    items = [HouseholdItem.of(card, work.today) for card in cards]
    return HouseholdPage(items=items, next_cursor=encode_cursor(rows, limit))


@router.post("", summary="登记一户", status_code=201, response_model=EnrolledAnswer)
def post_household(
    request: Request, work: EnrolWork, house: HouseDep, body: HouseholdBody, key: IdempotencyKey = None
) -> JSONResponse:
    """Enrol a household with its members at a standard address."""

    def act() -> BaseModel:
        done = enrol_household(work, body.asked(), keep_ethnicity=house.settings.keep_ethnicity)
        return EnrolledAnswer.of(done)

    return answer_once_sealed(request, work, key, body, 201, act)


@router.post("/lookup", summary="按户号或户主姓名查找（脱敏）")
def post_look_up(
    work: ResidentsWork, house: HouseDep, response: Response, body: HouseholdLookUpBody
) -> HouseholdPage:
    """Households in scope with that very 户号 or head's name; at most 50. Misses are counted."""
    response.headers.update(NO_STORE)
    most = house.settings.lookup_misses_per_hour
    found = look_up_households(work, body.book_no, body.head_name, most_misses=most)
    return HouseholdPage(items=[HouseholdItem.of(card, work.today) for card in found], next_cursor=None)


@router.get("/{household_id}", summary="查看一户（脱敏）")
def get_household(work: ResidentsWork, response: Response, household_id: UUID) -> HouseholdItem:
    """A household with its address, its house and its members; ETag is the revision to send in If-Match."""
    card = read_household_card(work, household_id)
    response.headers.update({**NO_STORE, "ETag": f'"{card.household.revision}"'})
    return HouseholdItem.of(card, work.today)


@router.get("/{household_id}/history", summary="一户的变动")
def get_history(work: ResidentsWork, household_id: UUID) -> ResidentHistory:
    """What happened to a household, the latest first."""
    return ResidentHistory.model_validate({"items": read_history(work, "household", household_id)})


@router.patch("/{household_id}", summary="更改户号", response_model=RevisionAnswer)
def patch_household(
    request: Request, work: EnrolWork, household_id: UUID, body: HouseholdChangeBody, revision: ReadRevision,
    key: IdempotencyKey = None,
) -> JSONResponse:  # fmt: skip
    """Give a household another 户号."""

    def act() -> int:
        return change_household(work, household_id, revision, body.book_no)

    return revise_once(request, work, key, body, household_id, act)


@router.post(
    "/{household_id}/members", summary="登记一名成员", status_code=201, response_model=EnrolledAnswer
)
def post_member(
    request: Request,
    work: EnrolWork,
    house: HouseDep,
    household_id: UUID,
    body: JoinBody,
    key: IdempotencyKey = None,
) -> JSONResponse:
    """Enrol one more person in a household."""

    def act() -> BaseModel:
        keep = house.settings.keep_ethnicity
        return EnrolledAnswer.of(
            join_household(work, household_id, body.asked(), body.since, keep_ethnicity=keep)
        )

    return answer_once_sealed(request, work, key, body, 201, act)


@router.post("/{household_id}/move", summary="全户迁移户籍地址", response_model=RevisionAnswer)
def post_move(
    request: Request, work: EnrolWork, household_id: UUID, body: HouseholdMoveBody, revision: ReadRevision,
    key: IdempotencyKey = None,
) -> JSONResponse:  # fmt: skip
    """Register a household with its members at another address."""

    def act() -> int:
        return move_household(work, household_id, revision, body.asked())

    return revise_once(request, work, key, body, household_id, act)


@router.post("/{household_id}/relations", summary="更改户内关系、换户主", response_model=RevisionAnswer)
def post_relations(
    request: Request, work: EnrolWork, household_id: UUID, body: RelationsBody, revision: ReadRevision,
    key: IdempotencyKey = None,
) -> JSONResponse:  # fmt: skip
    """Give members other relations to the head as one act; a family household has one head before and after."""

    def act() -> int:
        return change_relations(work, household_id, revision, body.asked())

    return revise_once(request, work, key, body, household_id, act)


@router.post("/{household_id}/end", summary="终止空户", response_model=RevisionAnswer)
def post_end(
    request: Request, work: EnrolWork, household_id: UUID, body: EndHouseholdBody, revision: ReadRevision,
    key: IdempotencyKey = None,
) -> JSONResponse:  # fmt: skip
    """Record that a household that nobody is in any more has ended."""

    def act() -> int:
        return end_household(work, household_id, revision, body.document_no, body.on)

    return revise_once(request, work, key, body, household_id, act)


@router.post("/{household_id}/reveal", summary="查看户号明文")
def post_reveal(
    work: RevealWork, house: HouseDep, response: Response, household_id: UUID, body: RevealBody
) -> RevealedHousehold:
    """The 户号 unmasked, for a purpose and a reason; counted and noted."""
    response.headers.update(NO_STORE)
    limit = house.settings.reveals_per_hour
    shown = reveal_household(work, household_id, body.purpose, body.reason, limit)
    return RevealedHousehold(id=shown.id, book_no=shown.book_no)
