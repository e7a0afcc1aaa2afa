"""Use-case: the counter (窗口): one new house asks for a number, gets candidates with their why, takes one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from shapely import Point
from shapely.geometry.base import BaseGeometry

from address_service.coding.numbering.infill import Candidate, InfillRequest, Takes, propose_infill
from address_service.coding.numbering.plan import Claim, Door, Ledger, Reason
from address_service.coding.numbering.policy import Policy, Subject
from address_service.errors import Conflict, NotFound
from address_service.model.addresses import EventKind
from address_service.model.buildings import PlanKind
from address_service.model.houses import House, PlannedSite
from address_service.model.numbers import DoorNumber, NumberState
from address_service.model.places import PlaceKind
from address_service.services.draft_doors import Outcome, Writer, draft_door
from address_service.services.plan_numbering import DEFAULT_POLICY, define_policy
from address_service.services.scope import require_scope
from address_service.store.addresses import NewAddress
from address_service.store.counters import take_serials
from address_service.store.numbering_inputs import NumberingInputs
from address_service.store.numbering_plans import PlanItem
from address_service.store.overview import announce_change
from address_service.store.place_context import PlaceContext, load_place_context
from address_service.store.standing_doors import LedgerLine, StandingDoor, StandingDoors
from address_service.store.work import Work

_ON_SITE_M = 2.0
_BESIDE_SEGMENT_M = 60.0
"""A house belongs to a planned site that it touches, to a planned stretch of street that it stands beside."""


@dataclass(frozen=True, slots=True)
class IssuedDoor:
    """A house's new address, still a draft, and the candidate that it took."""

    address: NewAddress
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class _Counter:
    """One house before the counter and all that its number depends on."""

    context: PlaceContext
    house: House
    policy: Policy
    policy_id: UUID | None
    ledger: Mapping[DoorNumber, LedgerLine]
    candidates: tuple[Candidate, ...]


def propose_numbers(work: Work, place_id: UUID, building_id: UUID) -> tuple[Candidate, ...]:
    """The numbers that a house of a place may take, best first, at most three; writes nothing.

    Raises NotFound `house-not-in-place`, Conflict `building-has-address`, `courtyard-has-address` where the yard's
    number stands for the house already, `street-without-centreline`.
    """
    return _approach(work, _context(work, place_id), building_id).candidates


def issue_number(
    work: Work, place_id: UUID, building_id: UUID, number: DoorNumber | None = None
) -> IssuedDoor:
    """Give a house one of its candidates, the best where none is named, and draft its address.

    The place is locked and the candidates are drawn anew: raises Conflict `number-taken` when somebody else has the
    number by now, `number-not-a-candidate` when it breaks order, parity or a reservation; and as `propose_numbers`.
    """
    context = _context(work, place_id)
    if context.kind is PlaceKind.VILLAGE:
        work.places.lock(context.division_id)
    work.places.lock(place_id)
    counter = _approach(work, context, building_id)
    chosen = _choose(counter, number)
    address = _write(work, counter, chosen)
    announce_change(work.conn, work.county_code)
    return IssuedDoor(address, chosen)


def _context(work: Work, place_id: UUID) -> PlaceContext:
    context = load_place_context(work.conn, work.county_code, place_id, work.today)
    require_scope(work.actor, context.village_code)
    return context


def _approach(work: Work, context: PlaceContext, building_id: UUID) -> _Counter:
    inputs = NumberingInputs(work.conn, work.county_code, context.place_id, work.today)
    house = inputs.house(building_id)
    if house is None:
        raise NotFound(f"“{context.name}”没有这座房屋，或它是附属房", code="house-not-in-place")
    if house.address_id is not None:
        raise Conflict("房屋已有标准地址，不能再编号", code="building-has-address")
    standing = StandingDoors(work.conn, work.county_code, context.place_id, inputs.srid)
    policy_id, policy = _policy(standing)
    if policy.subject is Subject.COURTYARD and (whole := standing.courtyard_address(building_id)):
        raise Conflict(f"房屋所在院落已有门牌“{whole}”，一院一号", code="courtyard-has-address")
    ledger = standing.ledger()
    candidates = _candidates(inputs, context, house, policy, standing.doors(), ledger)
    return _Counter(context, house, policy, policy_id, ledger, candidates)


def _policy(standing: StandingDoors) -> tuple[UUID | None, Policy]:
    """The one under which the place was numbered; the county's default where it never was."""
    found = standing.policy(DEFAULT_POLICY)
    return (found[0], Policy.from_parameters(found[1])) if found else (None, Policy())


def _candidates(
    inputs: NumberingInputs,
    context: PlaceContext,
    house: House,
    policy: Policy,
    doors: Sequence[StandingDoor],
    ledger: Mapping[DoorNumber, LedgerLine],
) -> tuple[Candidate, ...]:
    if house.existing is not None:
        why = Reason("kept", f"保留既有门牌{house.existing}")
        return (Candidate(house.existing, Takes.FREE, None, None, None, None, True, False, (why,)),)
    street = context.kind is PlaceKind.STREET
    centreline = inputs.centreline() if street else None
    if street and centreline is None:
        raise Conflict(
            f"“{context.name}”没有中心线，不能沿街编号；请先导入街路图层", code="street-without-centreline"
        )
    sites = [site for site in inputs.planned_sites() if site.reservation_id]
    point = Point(house.x, house.y)
    return propose_infill(
        InfillRequest(
            point=point,
            doors=[Door(d.id, d.x, d.y, d.number) for d in doors],
            policy=policy,
            ledger=_ledger(doors, ledger),
            centreline=centreline,
            entrances=inputs.entrances() if street else (),
            lanes=None if street else inputs.lanes([house]),
            claims=[Claim(s.id, s.kind, s.geometry, s.doors, s.side, s.name) for s in sites],
            claim=next((site.id for site in sites if _stands_on(point, site)), None),
        )
    )


def _ledger(doors: Sequence[StandingDoor], ledger: Mapping[DoorNumber, LedgerLine]) -> Ledger:
    """The ledger with the survey's numbers, which are in use though not entered yet."""
    taken = {number: line.state for number, line in ledger.items()}
    taken |= {door.number: NumberState.ISSUED for door in doors}
    held = {n: line.construction_plan_id for n, line in ledger.items() if line.construction_plan_id}
    return Ledger(taken, held)


def _stands_on(point: Point, site: PlannedSite) -> bool:
    reach = _ON_SITE_M if site.kind is PlanKind.AREA else _BESIDE_SEGMENT_M
    geometry: BaseGeometry = site.geometry
    return bool(geometry.distance(point) <= reach)


def _choose(counter: _Counter, number: DoorNumber | None) -> Candidate:
    if number is None:
        return counter.candidates[0]
    for candidate in counter.candidates:
        if candidate.number == number:
            return candidate
    line = counter.ledger.get(number)
    if line is not None and line.state is NumberState.ISSUED:
        raise Conflict(f"{number}刚被别人取用，请另选", code="number-taken")
    listed = "、".join(str(c.number) for c in counter.candidates)
    raise Conflict(f"{number}不在此处可选之列，现可选：{listed}", code="number-not-a-candidate")


def _write(work: Work, counter: _Counter, chosen: Candidate) -> NewAddress:
    context = counter.context
    outcome = Outcome()
    writer = Writer(context, counter.policy.text_style)
    serial = take_serials(work.conn, work.county_code, context.code_prefix, 1)
    door = draft_door(outcome, writer, _item(counter.house, chosen), [counter.house], serial)
    event_id = work.addresses.record_event(
        EventKind.CREATE,
        work.actor.account_id,
        work.today,
        work.now,
        note=f"窗口编号：{context.name}{chosen.number}",
        details={
            "building_id": str(counter.house.id),
            "takes": chosen.takes,
            "overflow": chosen.overflow,
            "in_order": chosen.in_order,
        },
    )
    work.addresses.draft(outcome.addresses, event_id, work.actor.account_id, work.today, work.now)
    policy_id = counter.policy_id or define_policy(work, DEFAULT_POLICY, counter.policy.parameters())
    line = counter.ledger.get(chosen.number)
    if line is not None and line.state is NumberState.RESERVED:
        work.numbers.issue_reserved(context.place_id, outcome.numbers[0], policy_id, work.now)
    else:
        work.numbers.enter(context.place_id, outcome.numbers, policy_id, work.now)
    return door


def _item(house: House, chosen: Candidate) -> PlanItem:
    return PlanItem(
        position=1,
        kind="door",
        building_ids=(house.id,),
        construction_plan_id=None,
        number=chosen.number,
        kept=house.existing is not None,
        side=chosen.side,
        offset_m=chosen.offset_m,
        lon=house.lon,
        lat=house.lat,
        reasons=tuple({"code": r.code, "text": r.text} for r in chosen.reasons),
    )
