"""Residents (人员): listed, looked up by POST alone, changed, moved, ended, revealed; masked by default."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from address_service.api.resident_filters import NarrowedQuery
from address_service.api.revisions import revise_once
from address_service.api.schemas.resident_bodies import (
    DestructionBody,
    EndPersonBody,
    FactsBody,
    LookUpBody,
    PersonMoveBody,
    RevealBody,
    WithdrawalBody,
)
from address_service.api.schemas.residents import (
    DecisionAnswer,
    ResidentHistory,
    ResidentItem,
    ResidentPage,
    RevealedPerson,
    RevisionAnswer,
    WithdrawalAnswer,
)
from address_service.edge.cursors import Cursor, Limit, decode_cursor, encode_cursor
from address_service.edge.idempotency import IdempotencyKey
from address_service.edge.if_match import ReadRevision
from address_service.edge.reading import readable_run
from address_service.edge.residents import NO_STORE, answer_once_sealed
from address_service.edge.work import AdministerWork, EnrolWork, HouseDep, ResidentsWork, RevealWork
from address_service.services.change_residents import change_person
from address_service.services.end_residents import end_person
from address_service.services.move_residents import move_person
from address_service.services.read_residents import (
    list_persons,
    look_up_persons,
    read_history,
    read_person_card,
)
from address_service.services.reveal_residents import reveal_person
from address_service.services.withdraw_residents import destroy_person, withdraw_import

router = APIRouter(prefix="/residents", tags=["人员"])


@router.get("", summary="列出人员（脱敏）")
def get_residents(
    work: ResidentsWork,
    response: Response,
    narrowed: NarrowedQuery,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> ResidentPage:
    """Persons in scope with household and homes; of a house those registered or living there now."""
    response.headers.update(NO_STORE)
    cards = list_persons(work, narrowed, decode_cursor(cursor), limit)
    rows = [{"id": card.person.id} for card in cards]
    items = [ResidentItem.of(card, work.today) for card in cards]
    return ResidentPage(items=items, next_cursor=encode_cursor(rows, limit))


@router.post("/lookup", summary="按公民身份号码、姓名或电话查找（脱敏）")
def post_look_up(work: ResidentsWork, house: HouseDep, response: Response, body: LookUpBody) -> ResidentPage:
    """Persons in scope whose number, name or phone is exactly what is asked; at most 50. Misses are counted."""
    response.headers.update(NO_STORE)
    most = house.settings.lookup_misses_per_hour
    found = look_up_persons(work, id_no=body.id_no, name=body.name, phone=body.phone, most_misses=most)
    return ResidentPage(items=[ResidentItem.of(card, work.today) for card in found], next_cursor=None)


@router.post("/withdrawals", summary="撤回误导入的人员文件", response_model=WithdrawalAnswer)
def post_withdrawal(
    request: Request, work: AdministerWork, body: WithdrawalBody, key: IdempotencyKey = None
) -> JSONResponse:
    """End what a wrongly imported file brought, by decision: closed and unreadable for ever, never deleted."""

    def act() -> BaseModel:
        readable_run(work, body.import_id)
        return WithdrawalAnswer.of_file(withdraw_import(work, body.import_id, body.document_no, body.reason))

    return answer_once_sealed(request, work, key, body, 200, act)


@router.get("/{person_id}", summary="查看一名人员（脱敏）")
def get_resident(work: ResidentsWork, response: Response, person_id: UUID) -> ResidentItem:
    """A person with household, addresses, houses and land; ETag is the revision to send in If-Match."""
    card = read_person_card(work, person_id)
    response.headers.update({**NO_STORE, "ETag": f'"{card.person.revision}"'})
    return ResidentItem.of(card, work.today)


@router.get("/{person_id}/history", summary="一名人员的变动")
def get_history(work: ResidentsWork, person_id: UUID) -> ResidentHistory:
    """What happened to a person, the latest first."""
    return ResidentHistory.model_validate({"items": read_history(work, "person", person_id)})


@router.patch("/{person_id}", summary="更改人员资料", response_model=RevisionAnswer)
def patch_resident(
    request: Request, work: EnrolWork, house: HouseDep, person_id: UUID, body: FactsBody, revision: ReadRevision,
    key: IdempotencyKey = None,
) -> JSONResponse:  # fmt: skip
    """Give a person other facts; what is left out stays as it is."""

    def act() -> int:
        keep = house.settings.keep_ethnicity
        return change_person(work, person_id, revision, body.values(), keep_ethnicity=keep)

    return revise_once(request, work, key, body, person_id, act)


@router.post("/{person_id}/move", summary="迁入另一户，或改现住址", response_model=RevisionAnswer)
def post_move(
    request: Request, work: EnrolWork, person_id: UUID, body: PersonMoveBody, revision: ReadRevision,
    key: IdempotencyKey = None,
) -> JSONResponse:  # fmt: skip
    """Move a person to another household, another dwelling, or both."""

    def act() -> int:
        return move_person(work, person_id, revision, body.asked())

    return revise_once(request, work, key, body, person_id, act)


@router.post("/{person_id}/end", summary="记载死亡、注销或迁出", response_model=RevisionAnswer)
def post_end(
    request: Request, work: EnrolWork, person_id: UUID, body: EndPersonBody, revision: ReadRevision,
    key: IdempotencyKey = None,
) -> JSONResponse:  # fmt: skip
    """Record what an authority decided; the record stays."""

    def act() -> int:
        return end_person(work, person_id, revision, body.reason, body.document_no, body.on, body.new_head)

    return revise_once(request, work, key, body, person_id, act)


@router.post("/{person_id}/reveal", summary="查看人员明文")
def post_reveal(
    work: RevealWork, house: HouseDep, response: Response, person_id: UUID, body: RevealBody
) -> RevealedPerson:
    """A person unmasked, for a purpose and a reason; counted and noted."""
    response.headers.update(NO_STORE)
    limit = house.settings.reveals_per_hour
    shown = reveal_person(work, person_id, body.purpose, body.reason, limit)
    return RevealedPerson.of(shown, work.today)


@router.post("/{person_id}/destruction", summary="保存期满，销毁密钥", response_model=DecisionAnswer)
def post_destruction(
    request: Request, work: AdministerWork, person_id: UUID, body: DestructionBody, key: IdempotencyKey = None
) -> JSONResponse:
    """End the retention of a person who is no longer here, by decision: unreadable for ever."""

    def act() -> BaseModel:
        return DecisionAnswer.of(destroy_person(work, person_id, body.document_no, body.reason))

    return answer_once_sealed(request, work, key, body, 200, act)
