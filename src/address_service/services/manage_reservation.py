"""Use-case: decide on a reservation: release it or keep it longer; time alone frees and issues nothing."""

from datetime import date
from uuid import UUID

from address_service.errors import Conflict, InvalidInput
from address_service.model.places import PlaceKind
from address_service.services.free_text import refuse_personal_numbers
from address_service.services.scope import require_scope
from address_service.store.overview import announce_change
from address_service.store.place_context import load_place_context
from address_service.store.reservations import Decision, Reservation, ReservationRepository
from address_service.store.work import Work


def release_reservation(work: Work, reservation_id: UUID, decree_no: str, reason: str) -> Reservation:
    """End a reservation by decree: its numbers that no house took fall vacant, those issued stay.

    Raises InvalidInput `decree-missing`, `reason-missing`, `personal-data-not-here`; Conflict
    `reservation-released` the second time.
    """
    refuse_personal_numbers(decree_no, reason)
    repository, before = _locked(work, reservation_id)
    decree_no, reason = _grounds(decree_no, reason)
    freed = repository.free(before.id, work.now)
    decision = Decision(before.id, "release", decree_no, reason, before.expires_on, freed=freed)
    repository.record(decision, work.actor.account_id, work.now)
    announce_change(work.conn, work.county_code)
    return repository.get(before.id)


def extend_reservation(
    work: Work, reservation_id: UUID, expires_on: date, decree_no: str, reason: str
) -> Reservation:
    """Keep a reservation until a later day.

    Raises InvalidInput `expiry-not-later` unless the day lies after today and after the present end; and as
    `release_reservation`.
    """
    refuse_personal_numbers(decree_no, reason)
    repository, before = _locked(work, reservation_id)
    decree_no, reason = _grounds(decree_no, reason)
    if expires_on <= max(work.today, before.expires_on or work.today):
        raise InvalidInput("新的到期日须晚于今天，也晚于原到期日", code="expiry-not-later")
    repository.prolong(before.id, expires_on)
    decision = Decision(before.id, "extend", decree_no, reason, before.expires_on, expires_on)
    repository.record(decision, work.actor.account_id, work.now)
    announce_change(work.conn, work.county_code)
    return repository.get(before.id)


def overdue_reservations(work: Work) -> list[Reservation]:
    """Active reservations past their end within the actor's scope, the oldest first."""
    found = ReservationRepository(work.conn, work.county_code).overdue(work.today)
    villages = {
        place_id: load_place_context(work.conn, work.county_code, place_id, work.today).village_code
        for place_id in {one.place_id for one in found}
    }
    return [one for one in found if work.actor.covers(villages[one.place_id])]


def _locked(work: Work, reservation_id: UUID) -> tuple[ReservationRepository, Reservation]:
    """The reservation with its place held, so that nobody issues one of its numbers meanwhile."""
    repository = ReservationRepository(work.conn, work.county_code)
    place_id = repository.get(reservation_id).place_id
    context = load_place_context(work.conn, work.county_code, place_id, work.today)
    require_scope(work.actor, context.village_code)
    if context.kind is PlaceKind.VILLAGE:
        work.places.lock(context.division_id)
    work.places.lock(place_id)
    found = repository.get(reservation_id)
    if found.stage != "active":
        raise Conflict("预留已经释放", code="reservation-released")
    return repository, found


def _grounds(decree_no: str, reason: str) -> tuple[str, str]:
    if not decree_no.strip():
        raise InvalidInput("释放或延期须有文号", code="decree-missing")
    if not reason.strip():
        raise InvalidInput("释放或延期须说明理由", code="reason-missing")
    return decree_no.strip(), reason.strip()
