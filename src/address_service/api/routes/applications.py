"""Applications at the counter (窗口申请): received, decided, plate ordered, closed; with receipt and notice."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response

from address_service.api.schemas.application import (
    ApplicationBody,
    ApplicationCard,
    ApplicationDecisionBody,
    ApplicationItem,
    ApplicationPage,
    CandidatesProblem,
    NoteBody,
    PlateOrderBody,
    application_members,
)
from address_service.api.schemas.base import DivisionCodeText
from address_service.api.schemas.counter import CandidateItem
from address_service.edge.cursors import Cursor, Limit, decode_cursor, encode_cursor
from address_service.edge.idempotency import IdempotencyKey, answer_once
from address_service.edge.reading import narrowed
from address_service.edge.work import HouseDep, NumberWork, PlatesWork, ReadWork
from address_service.model.applications import ApplicationKind, ApplicationStage, Tray
from address_service.plates.receipt import PrintedSlip
from address_service.services.decide_application import decide_application
from address_service.services.end_application import close_application, withdraw_application
from address_service.services.offer_numbers import offer_numbers
from address_service.services.order_application_plate import order_application_plate
from address_service.services.order_plates import queue_print
from address_service.services.receive_application import receive_application
from address_service.services.scope import require_scope
from address_service.services.write_slip import write_notice, write_receipt
from address_service.store.application_views import ApplicationViews, Order
from address_service.store.fonts import load_fonts
from address_service.store.work import Work

router = APIRouter(prefix="/applications", tags=["窗口申请"])

_MISSING_GLYPHS = "X-Missing-Glyphs"
_HEADERS = {
    _MISSING_GLYPHS: {"description": "字库所缺、印作〓的字，如 U+31ABC", "schema": {"type": "string"}}
}
_PDF: dict[int | str, dict[str, Any]] = {200: {"content": {"application/pdf": {}}, "headers": _HEADERS}}


@router.post("", status_code=201, summary="受理申请", response_model=ApplicationCard)
def post_application(
    request: Request, work: NumberWork, house: HouseDep, body: ApplicationBody, key: IdempotencyKey = None
) -> JSONResponse:
    """Receive an application with its papers; it is due after the days that the setting names."""

    def act() -> ApplicationCard:
        found = receive_application(work, body.asked(), house.settings.counter_deadline_days)
        return _card(work, found.id)

    return answer_once(request, work, key, body, 201, act)


@router.get("", summary="列出申请")
def list_applications(
    work: ReadWork,
    village: Annotated[DivisionCodeText | None, Query(description="区划代码，县、镇或村")] = None,
    kind: ApplicationKind | None = None,
    stage: ApplicationStage | None = None,
    tray: Annotated[Tray | None, Query(description="待办、待批、待制牌、办结")] = None,
    overdue: Annotated[bool | None, Query(description="只列逾期未办的，或只列未逾期的")] = None,
    is_open: Annotated[bool | None, Query(alias="open", description="只列未办结的，或只列已办结的")] = None,
    order: Annotated[Order, Query(description="先受理的、后受理的或先到期的在前")] = Order.OLDEST,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> ApplicationPage:
    """Applications of the account's own division."""
    rows = ApplicationViews(work.conn, work.county_code, work.today).page(
        decode_cursor(cursor),
        limit,
        village=narrowed(work.actor, village),
        kind=kind,
        stage=stage,
        tray=tray,
        overdue=overdue,
        is_open=is_open,
        order=order,
    )
    items = [ApplicationItem.model_validate(application_members(row)) for row in rows]
    return ApplicationPage(items=items, next_cursor=encode_cursor(rows, limit))


@router.get("/{application_id}", summary="查看申请")
def get_application(work: ReadWork, application_id: UUID) -> ApplicationCard:
    """An application with papers and log and, while undecided, the numbers to choose from."""
    return _card(work, application_id)


@router.post("/{application_id}/decide", summary="核定申请", response_model=ApplicationCard)
def post_decision(
    request: Request,
    work: NumberWork,
    application_id: UUID,
    body: ApplicationDecisionBody,
    key: IdempotencyKey = None,
) -> JSONResponse:
    """Accept, which drafts the address for the county to approve, or refuse with a reason; once only."""

    def act() -> ApplicationCard:
        decide_application(work, application_id, body.decision())
        return _card(work, application_id)

    return answer_once(request, work, key, body, 200, act)


@router.post("/{application_id}/withdraw", summary="撤回申请", response_model=ApplicationCard)
def post_withdrawal(
    request: Request, work: NumberWork, application_id: UUID, body: NoteBody, key: IdempotencyKey = None
) -> JSONResponse:
    """Take an undecided application back."""

    def act() -> ApplicationCard:
        withdraw_application(work, application_id, body.note)
        return _card(work, application_id)

    return answer_once(request, work, key, body, 200, act)


@router.post(
    "/{application_id}/plate", status_code=202, summary="订制申请的门牌", response_model=ApplicationCard
)
def post_plate(
    request: Request, work: PlatesWork, application_id: UUID, body: PlateOrderBody, key: IdempotencyKey = None
) -> JSONResponse:
    """Order the plate of the approved address, a lost one's being replaced; a job prints it."""

    def act() -> ApplicationCard:
        queue_print(work, order_application_plate(work, application_id, body.profile))
        return _card(work, application_id)

    return answer_once(request, work, key, body, 202, act)


@router.post("/{application_id}/close", summary="办结申请", response_model=ApplicationCard)
def post_closing(
    request: Request, work: NumberWork, application_id: UUID, body: NoteBody, key: IdempotencyKey = None
) -> JSONResponse:
    """Close what is done, or a correction with a note."""

    def act() -> ApplicationCard:
        close_application(work, application_id, body.note)
        return _card(work, application_id)

    return answer_once(request, work, key, body, 200, act)


@router.get("/{application_id}/receipt.pdf", summary="受理回执", response_class=Response, responses=_PDF)
def get_receipt(work: ReadWork, house: HouseDep, application_id: UUID) -> Response:
    """The receipt: A5 landscape, for the upper half of an A4."""
    return _pdf(write_receipt(work, application_id, house.settings.counter_office, load_fonts()))


@router.get("/{application_id}/notice.pdf", summary="办结通知", response_class=Response, responses=_PDF)
def get_notice(work: ReadWork, house: HouseDep, application_id: UUID) -> Response:
    """What became of it: the approved address with its code, or the reason of the refusal."""
    return _pdf(write_notice(work, application_id, house.settings.counter_office, load_fonts()))


def _card(work: Work, application_id: UUID) -> ApplicationCard:
    row = ApplicationViews(work.conn, work.county_code, work.today).one(application_id)
    require_scope(work.actor, row["village_code"])
    offered, why = offer_numbers(work, row)
    members = {
        **application_members(row),
        "candidates": [CandidateItem.of(one) for one in offered],
        "candidates_problem": CandidatesProblem(code=why.code, title=why.message) if why else None,
    }
    return ApplicationCard.model_validate(members)


def _pdf(printed: PrintedSlip) -> Response:
    headers = {"Cache-Control": "no-store"}
    if printed.missing:
        headers[_MISSING_GLYPHS] = ", ".join(f"U+{ord(char):04X}" for char in printed.missing)
    return Response(printed.content, media_type="application/pdf", headers=headers)
