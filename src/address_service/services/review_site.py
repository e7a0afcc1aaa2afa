"""Use-case: a construction plan came again: see what changes for its reservation, and apply it by decree."""

from collections.abc import Iterator
from uuid import UUID

from address_service.coding.numbering.site_review import NumberToAdd
from address_service.errors import Conflict, InvalidInput
from address_service.model.places import PlaceKind
from address_service.services.free_text import refuse_personal_numbers
from address_service.services.scope import require_scope
from address_service.services.site_as_reserved import SiteReview, compare_site, text_of
from address_service.store.numbers import LedgerRow
from address_service.store.overview import announce_change
from address_service.store.place_context import PlaceContext, load_place_context
from address_service.store.planned_ground import PlannedGround, PlannedGroundReader
from address_service.store.reservations import Decision, Reservation, ReservationRepository
from address_service.store.work import Work


def review_site(work: Work, construction_plan_id: UUID, *, by_frontage: bool = False) -> SiteReview:
    """What a plan's reservation holds, what the plan needs now, and what would change; writes nothing.

    ``by_frontage`` counts what the site has room for along its street instead of the planned doors. Raises NotFound
    `construction-plan-not-found`, Conflict `frontage-needs-street`, `street-without-centreline`.
    """
    ground, context = _ground(work, construction_plan_id)
    return compare_site(work, ground, context, by_frontage)


def apply_site_review(
    work: Work,
    construction_plan_id: UUID,
    decree_no: str,
    reason: str,
    *,
    by_frontage: bool = False,
    digest: UUID | None = None,
) -> SiteReview:
    """Reserve what lacks, give up what is too much, take over holder and end; gives the review as it is then.

    ``digest`` is that of the review that was decided upon. Raises InvalidInput `decree-missing`, `reason-missing`;
    Conflict `review-outdated`, `nothing-to-change`, `reservation-released`; and as `review_site`.
    """
    refuse_personal_numbers(decree_no, reason)
    decree_no, reason = _grounds(decree_no, reason)
    ground, context = _ground(work, construction_plan_id)
    _lock(work, context, ground)
    place_id = ground.place_id
    ground, context = _ground(work, construction_plan_id)  # it may have come again while one waited
    if ground.place_id != place_id:
        raise Conflict("核对之后情况已有变化，请重新核对", code="review-outdated")
    review = compare_site(work, ground, context, by_frontage)
    if digest is not None and digest != review.digest:
        raise Conflict("核对之后情况已有变化，请重新核对", code="review-outdated")
    if review.reservation is not None and review.reservation.stage != "active":
        raise Conflict("预留已经释放", code="reservation-released")
    if not review.changes:
        raise Conflict("预留与规划一致，没有需要变更的", code="nothing-to-change")
    for decision in _write(work, review, decree_no, reason):
        ReservationRepository(work.conn, work.county_code).record(decision, work.actor.account_id, work.now)
    announce_change(work.conn, work.county_code)
    return compare_site(work, ground, context, by_frontage)


def _ground(work: Work, plan_id: UUID) -> tuple[PlannedGround, PlaceContext]:
    ground = PlannedGroundReader(work.conn, work.county_code).plan(plan_id)
    context = load_place_context(work.conn, work.county_code, ground.place_id, work.today)
    require_scope(work.actor, context.village_code)
    return ground, context


def _lock(work: Work, context: PlaceContext, ground: PlannedGround) -> None:
    """Hold the plan's place and the one of its reservation, in one order for everybody."""
    reservation = ReservationRepository(work.conn, work.county_code).of_plan(ground.site.id)
    contexts = {context.place_id: context}
    if reservation is not None and reservation.place_id != ground.place_id:
        there = load_place_context(work.conn, work.county_code, reservation.place_id, work.today)
        require_scope(work.actor, there.village_code)
        contexts[there.place_id] = there
    for division_id in sorted({c.division_id for c in contexts.values() if c.kind is PlaceKind.VILLAGE}):
        work.places.lock(division_id)
    for place_id in sorted(contexts):
        work.places.lock(place_id)


def _write(work: Work, review: SiteReview, decree_no: str, reason: str) -> Iterator[Decision]:
    """Decisions as they are carried out."""
    repository = ReservationRepository(work.conn, work.county_code)
    found = review.reservation
    give_up = [one.number for one in review.change.give_up]
    if found is not None and review.moved:
        freed = repository.free(found.id, work.now)
        yield Decision(found.id, "release", decree_no, reason, found.expires_on, freed=freed)
    elif found is not None and give_up:
        repository.trim(found.id, give_up, work.now)
        texts = tuple(map(text_of, give_up))
        yield Decision(
            found.id, "trim", decree_no, reason, found.expires_on, freed=len(give_up), numbers=texts
        )
    if review.change.add:
        yield _add(work, review, None if review.moved else found, decree_no, reason)
    if found is not None and review.amendments:
        repository.amend(found.id, review.ground.site.holder, review.expires_on)
        yield Decision(found.id, "amend", decree_no, reason, found.expires_on, review.expires_on)


def _add(work: Work, review: SiteReview, found: Reservation | None, decree_no: str, reason: str) -> Decision:
    reservation_id = found.id if found else _open(work, review.ground)
    added, place_id = review.change.add, review.ground.place_id
    work.numbers.enter(place_id, [_row(o, reservation_id) for o in added if not o.from_gap], None, work.now)
    ReservationRepository(work.conn, work.county_code).take_over(
        place_id, [_row(one, reservation_id) for one in added if one.from_gap], work.now
    )
    texts = tuple(text_of(one.number) for one in added)
    return Decision(reservation_id, "add", decree_no, reason, added=len(added), numbers=texts)


def _row(one: NumberToAdd, reservation_id: UUID) -> LedgerRow:
    reasons = [{"code": one.reason.code, "text": one.reason.text}]
    return LedgerRow(one.number, one.side, one.offset_m, reasons, reservation_id=reservation_id)


def _open(work: Work, ground: PlannedGround) -> UUID:
    site = ground.site
    return work.numbers.open_reservation(
        ground.place_id,
        purpose=site.name,
        holder=site.holder,
        decree_no=site.decree_no,
        expires_on=site.expires_on,
        construction_plan_id=site.id,
        actor_id=work.actor.account_id,
        now=work.now,
    )


def _grounds(decree_no: str, reason: str) -> tuple[str, str]:
    if not decree_no.strip():
        raise InvalidInput("变更预留须有文号", code="decree-missing")
    if not reason.strip():
        raise InvalidInput("变更预留须说明理由", code="reason-missing")
    return decree_no.strip(), reason.strip()
