"""Use-case: the counter (窗口): one new house asks for a number, gets candidates with their why, takes one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
from address_service.store.counter_desk import CounterDesk, load_desk, lock_place
from address_service.store.door_draft import Drafting, write_draft
from address_service.store.ids import new_id
from address_service.store.numbering_inputs import NumberingInputs
from address_service.store.numbering_plans import PlanItem
from address_service.store.place_context import PlaceHead, load_place_head
from address_service.store.standing_doors import LedgerLine, StandingDoor
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
    """One house before the counter, all that its number depends on, and the numbers it may take."""

    desk: CounterDesk
    house: House
    policy: Policy
    candidates: tuple[Candidate, ...]


def propose_numbers(
    work: Work, place_id: UUID, building_id: UUID, own_door: str = ""
) -> tuple[Candidate, ...]:
    """The numbers that a house of a place may take, best first, at most three; writes nothing.

    Raises NotFound `house-not-in-place`, Conflict `building-has-address`, `courtyard-has-address` where the yard's
    number stands for the house already, `street-without-centreline`. ``own_door`` says why a house that shares a door
    gets one of its own; then neither its door nor its yard's stands in the way.
    """
    head = load_place_head(work.conn, work.county_code, place_id, work.today)
    return _approach(work, head, place_id, building_id, own_door).candidates


def issue_number(
    work: Work, place_id: UUID, building_id: UUID, number: DoorNumber | None = None, own_door: str = ""
) -> IssuedDoor:
    """Give a house one of its candidates, the best where none is named, and draft its address.

    The place is locked and the candidates are drawn anew: raises Conflict `number-taken` when somebody else has the
    number by now, `number-not-a-candidate` when it breaks order, parity or a reservation; and as `propose_numbers`.
    """
    head = lock_place(work.conn, work.county_code, place_id, work.today, work.actor.division_code)
    if head.village_code is not None:
        require_scope(work.actor, head.village_code)
    counter = _approach(work, head, place_id, building_id, own_door, take_serial=True)
    chosen = _choose(counter, number)
    return IssuedDoor(_write(work, counter, chosen, own_door), chosen)


def _approach(
    work: Work,
    head: PlaceHead,
    place_id: UUID,
    building_id: UUID,
    own_door: str,
    *,
    take_serial: bool = False,
) -> _Counter:
    desk = load_desk(
        work.conn,
        work.county_code,
        place_id,
        head,
        work.today,
        building_id=building_id,
        otherwise=DEFAULT_POLICY,
        take_serial=take_serial,
    )
    require_scope(work.actor, desk.context.village_code)
    house = desk.house
    if house is None:
        raise NotFound(f"“{desk.context.name}”没有这座房屋，或它是附属房", code="house-not-in-place")
    if house.address_id is not None and not own_door:
        raise Conflict("房屋已有标准地址，不能再编号", code="building-has-address")
    # The one under which the place was numbered; the county's default where it never was.
    policy = Policy.from_parameters(desk.policy[1]) if desk.policy else Policy()
    if policy.subject is Subject.COURTYARD and desk.yard_address and not own_door:
        raise Conflict(f"房屋所在院落已有门牌“{desk.yard_address}”，一院一号", code="courtyard-has-address")
    if own_door and house.existing in desk.ledger:  # the number on the wall is the door's that it shared
        house = replace(house, existing=None)
    return _Counter(desk, house, policy, _candidates(work, head, desk, house, policy))


def _candidates(
    work: Work, head: PlaceHead, desk: CounterDesk, house: House, policy: Policy
) -> tuple[Candidate, ...]:
    if house.existing is not None:
        why = Reason("kept", f"保留既有门牌{house.existing}")
        return (Candidate(house.existing, Takes.FREE, None, None, None, None, True, False, (why,)),)
    street = head.kind is PlaceKind.STREET
    if street and desk.centreline is None:
        raise Conflict(
            f"“{desk.context.name}”没有中心线，不能沿街编号；请先导入街路图层",
            code="street-without-centreline",
        )
    inputs = NumberingInputs(work.conn, work.county_code, desk.context.place_id, work.today, head)
    sites = [site for site in desk.sites if site.reservation_id]
    point = Point(house.x, house.y)
    return propose_infill(
        InfillRequest(
            point=point,
            doors=[Door(d.id, d.x, d.y, d.number) for d in desk.doors],
            policy=policy,
            ledger=_ledger(desk.doors, desk.ledger),
            centreline=desk.centreline if street else None,
            entrances=desk.entrances if street else (),
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
    line = counter.desk.ledger.get(number)
    if line is not None and line.state is NumberState.ISSUED:
        raise Conflict(f"{number}刚被别人取用，请另选", code="number-taken")
    listed = "、".join(str(c.number) for c in counter.candidates)
    raise Conflict(f"{number}不在此处可选之列，现可选：{listed}", code="number-not-a-candidate")


def _write(work: Work, counter: _Counter, chosen: Candidate, own_door: str) -> NewAddress:
    desk, outcome = counter.desk, Outcome()
    writer = Writer(desk.context, counter.policy.text_style)
    door = draft_door(outcome, writer, _item(counter.house, chosen), [counter.house], desk.serial or 0)
    event = _event(work, counter, chosen, own_door)
    line = desk.ledger.get(chosen.number)
    was = line.state if line and line.state in _GIVABLE else None
    if not write_draft(work.conn, work.county_code, door, outcome.numbers[0], was, event):
        raise Conflict(f"{chosen.number}已被占用", code="number-taken")
    if rooms := outcome.addresses[1:]:
        work.addresses.draft(rooms, event.event_id, work.actor.account_id, work.today, work.now)
    return door


_GIVABLE = (NumberState.RESERVED, NumberState.VACANT)


def _event(work: Work, counter: _Counter, chosen: Candidate, own_door: str) -> Drafting:
    policy = counter.desk.policy
    return Drafting(
        event_id=new_id(),
        kind=EventKind.CREATE,
        note=f"窗口编号：{counter.desk.context.name}{chosen.number}",
        details={
            "building_id": str(counter.house.id),
            "takes": chosen.takes,
            "overflow": chosen.overflow,
            "in_order": chosen.in_order,
            "own_door": own_door,
        },
        actor_id=work.actor.account_id,
        valid_from=work.today,
        now=work.now,
        policy_id=policy[0] if policy else define_policy(work, DEFAULT_POLICY, counter.policy.parameters()),
    )


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
