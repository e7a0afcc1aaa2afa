"""Decisions on reservations (预留): release, extension, and the list of those that are overdue."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from address_service.api.schemas.counter import (
    ExtensionBody,
    OverdueAnswer,
    ReleaseBody,
    ReservationState,
)
from address_service.edge.idempotency import IdempotencyKey, answer_once
from address_service.edge.work import NumberWork
from address_service.services.manage_reservation import (
    extend_reservation,
    overdue_reservations,
    release_reservation,
)

router = APIRouter(prefix="/reservations", tags=["预留"])


@router.get("/overdue", summary="列出逾期未处理的预留")
def list_overdue(work: NumberWork) -> OverdueAnswer:
    """Reservations past their end in the account's scope; they hold their numbers until somebody decides."""
    return OverdueAnswer(items=[ReservationState.of(found) for found in overdue_reservations(work)])


@router.post("/{reservation_id}/release", summary="释放预留", response_model=ReservationState)
def post_release(
    request: Request, work: NumberWork, reservation_id: UUID, body: ReleaseBody, key: IdempotencyKey = None
) -> JSONResponse:
    """End a reservation by decree: what no house took falls vacant."""

    def act() -> ReservationState:
        return ReservationState.of(release_reservation(work, reservation_id, body.decree_no, body.reason))

    return answer_once(request, work, key, body, 200, act)


@router.post("/{reservation_id}/extend", summary="延长预留", response_model=ReservationState)
def post_extension(
    request: Request, work: NumberWork, reservation_id: UUID, body: ExtensionBody, key: IdempotencyKey = None
) -> JSONResponse:
    """Keep a reservation until a later day."""

    def act() -> ReservationState:
        done = extend_reservation(work, reservation_id, body.expires_on, body.decree_no, body.reason)
        return ReservationState.of(done)

    return answer_once(request, work, key, body, 200, act)
