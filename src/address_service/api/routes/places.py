"""Places (地名): streets, hamlets, groups; who belongs to them; approval of their names."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from address_service.api.schemas.base import DivisionCodeText
from address_service.api.schemas.numbering import LedgerAnswer, LedgerItem
from address_service.api.schemas.places import MembersAnswer, MembersBody, NameApproval, PlaceItem, PlacePage
from address_service.edge.cursors import Cursor, Limit, decode_cursor, encode_cursor
from address_service.edge.idempotency import IdempotencyKey, answer_once
from address_service.edge.work import AssignWork, LookingWork, NameWork, ReadWork
from address_service.errors import NotFound
from address_service.model.numbers import DoorNumber
from address_service.model.places import PlaceKind
from address_service.services.approve_name import approve_name
from address_service.services.assign_members import assign_members
from address_service.services.scope import require_scope
from address_service.store.listings import Listings
from address_service.store.work import Work

router = APIRouter(prefix="/places", tags=["地名"])


@router.get("", summary="列出街路巷、自然村、村民小组")
def list_places(
    work: LookingWork,
    village: Annotated[DivisionCodeText | None, Query(description="村（居）委会代码")] = None,
    kind: PlaceKind | None = None,
    name: Annotated[str | None, Query(max_length=100)] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> PlacePage:
    """Places as valid today."""
    listings = Listings(work.conn, work.county_code, work.today)
    rows = listings.places(decode_cursor(cursor), limit, village=village, kind=kind, name=name)
    return PlacePage(
        items=[PlaceItem.model_validate(r) for r in rows], next_cursor=encode_cursor(rows, limit)
    )


@router.get("/{place_id}", summary="查看一个地名")
def get_place(work: LookingWork, place_id: UUID) -> PlaceItem:
    """One place as valid today."""
    return PlaceItem.model_validate(_place(work, place_id))


@router.get("/{place_id}/numbers", summary="查看号码台账")
def get_numbers(work: ReadWork, place_id: UUID) -> LedgerAnswer:
    """The ledger of a place: reserved, issued, retired and vacant numbers with their why."""
    require_scope(work.actor, _place(work, place_id)["village_code"])
    rows = work.numbers.of_place(place_id)
    return LedgerAnswer(
        items=[LedgerItem.model_validate({**r, "number": str(DoorNumber(r["main"], r["sub"]))}) for r in rows]
    )


@router.post("/{place_id}/members", summary="把房屋归入地名", response_model=MembersAnswer)
def post_members(
    request: Request, work: AssignWork, place_id: UUID, body: MembersBody, key: IdempotencyKey = None
) -> JSONResponse:
    """Assign houses to a place by a person's decision; what they belonged to before ends on that day."""

    def act() -> MembersAnswer:
        count = assign_members(work, place_id, body.building_ids, body.valid_from or work.today)
        return MembersAnswer(assigned=count)

    return answer_once(request, work, key, body, 200, act)


@router.post("/{place_id}/name-approvals", summary="批准或备案地名", response_model=PlaceItem)
def post_name_approval(
    request: Request, work: NameWork, place_id: UUID, body: NameApproval, key: IdempotencyKey = None
) -> JSONResponse:
    """Record that a name was approved or filed; only then can addresses on it become current."""

    def act() -> PlaceItem:
        approve_name(work, place_id, body.state, body.decree_no)
        return PlaceItem.model_validate(_place(work, place_id))

    return answer_once(request, work, key, body, 200, act)


def _place(work: Work, place_id: UUID) -> dict[str, Any]:
    found = Listings(work.conn, work.county_code, work.today).places(None, 1, place_id=place_id)
    if not found:
        raise NotFound(f"没有地名 {place_id}", code="place-not-found")
    return found[0]
