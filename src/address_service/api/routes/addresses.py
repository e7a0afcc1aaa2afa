"""Standard addresses (标准地址): lists, cards, approval and rejection of drafts."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse

from address_service.api.answers import address_members, card_members
from address_service.api.schemas.addresses import (
    AddressCard,
    AddressItem,
    AddressPage,
    ApprovalAnswer,
    ApprovalBody,
    HeldBack,
    RejectionAnswer,
    RejectionBody,
    ScopeBody,
)
from address_service.api.schemas.base import AddressStage, DivisionCodeText
from address_service.edge.cursors import Cursor, Limit, decode_cursor, encode_cursor
from address_service.edge.idempotency import IdempotencyKey, answer_once
from address_service.edge.reading import narrowed, readable_card
from address_service.edge.work import ApproveWork, HouseDep, LookingWork, ReadWork
from address_service.services.approve_addresses import approve_addresses, reject_addresses
from address_service.store.address_card import load_address_card
from address_service.store.addresses import Scope
from address_service.store.listings import Listings

router = APIRouter(prefix="/addresses", tags=["标准地址"])


@router.get("", summary="列出标准地址")
def list_addresses(
    work: ReadWork,
    village: Annotated[DivisionCodeText | None, Query(description="区划代码，县、镇或村")] = None,
    place_id: UUID | None = None,
    stage: AddressStage | None = None,
    doors_only: Annotated[bool, Query(description="只列门，不列户室")] = False,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> AddressPage:
    """Addresses in their latest version, of the account's own division."""
    rows = Listings(work.conn, work.county_code, work.today).addresses(
        decode_cursor(cursor),
        limit,
        village=narrowed(work.actor, village),
        place_id=place_id,
        stage=stage,
        doors_only=doors_only,
    )
    return AddressPage(
        items=[AddressItem.model_validate(address_members(r)) for r in rows],
        next_cursor=encode_cursor(rows, limit),
    )


@router.post("/approvals", summary="批准地址草案", response_model=ApprovalAnswer)
def post_approval(
    request: Request, work: ApproveWork, body: ApprovalBody, key: IdempotencyKey = None
) -> JSONResponse:
    """Make drafts current under a decree; who drafted cannot approve."""

    def act() -> ApprovalAnswer:
        done = approve_addresses(
            work,
            _scope(body),
            body.decree_no,
            body.effective_on or work.today,
            all_or_nothing=body.all_or_nothing,
        )
        return ApprovalAnswer(
            approved=done.approved, held_back=[HeldBack.model_validate(held) for held in done.held_back]
        )

    return answer_once(request, work, key, body, 200, act)


@router.post("/rejections", summary="退回地址草案", response_model=RejectionAnswer)
def post_rejection(
    request: Request, work: ApproveWork, body: RejectionBody, key: IdempotencyKey = None
) -> JSONResponse:
    """Turn drafts down with a reason; their numbers fall vacant."""

    def act() -> RejectionAnswer:
        return RejectionAnswer(rejected=reject_addresses(work, _scope(body), body.note))

    return answer_once(request, work, key, body, 200, act)


@router.get("/{code}", summary="查看一条标准地址")
def get_address(
    work: LookingWork,
    house: HouseDep,
    code: Annotated[str, Path(pattern=r"^[0-9]{26}$", description="26位地址编码")],
    valid_on: Annotated[date | None, Query(description="哪一天有效的内容")] = None,
    known_on: Annotated[datetime | None, Query(description="按哪一时刻的记载")] = None,
) -> AddressCard:
    """An address with the why of its number; from history where a day or a time is given.

    Drafts show to accounts of their division; visitors without an account see no names of accounts.
    """
    known = known_on or work.now
    known = known if known.tzinfo else known.replace(tzinfo=work.now.tzinfo)
    card = load_address_card(work.conn, work.county_code, code, valid_on or work.today, known)
    return AddressCard.model_validate(
        card_members(readable_card(work.actor, card), house.settings.public_url)
    )


def _scope(body: ScopeBody) -> Scope:
    return Scope(body.village_code, body.place_id, tuple(body.codes) if body.codes is not None else None)
