"""A construction plan beside its reservation: what is held, what is needed now, and hence what changes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import blake2b
from uuid import UUID

from address_service.coding.numbering.plan import Claim, Door, Ledger, Reason
from address_service.coding.numbering.policy import Policy
from address_service.coding.numbering.reservation import Need, needed_on_street
from address_service.coding.numbering.site_places import place_numbers
from address_service.coding.numbering.site_review import (
    NumberToGiveUp,
    SiteChange,
    SiteRequest,
    review_numbers,
)
from address_service.errors import Conflict
from address_service.model.numbers import DoorNumber, NumberState
from address_service.model.places import PlaceKind
from address_service.services.plan_numbering import DEFAULT_POLICY
from address_service.store.numbering_inputs import NumberingInputs
from address_service.store.place_context import PlaceContext
from address_service.store.planned_ground import BlockNumber, PlannedGround, PlannedGroundReader
from address_service.store.reservations import Reservation, ReservationRepository
from address_service.store.standing_doors import StandingDoors
from address_service.store.work import Work


@dataclass(frozen=True, slots=True)
class Amendment:
    """A fact of the reservation that the plan tells otherwise now; ``field`` is holder, expires_on or place."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class SiteReview:
    """The reservation of a plan and what changes.

    ``block`` are its numbers now; ``moved`` when the plan lies on another place than its reservation, ``expired`` when
    the plan's end is past, so that nothing is added; ``notes`` are sentences for a clerk; ``places`` are longitude and
    latitude of its numbers.
    """

    ground: PlannedGround
    place: str
    village: str
    village_code: str
    reservation: Reservation | None
    need: Need
    frontage: Need | None
    block: tuple[BlockNumber, ...]
    change: SiteChange
    amendments: tuple[Amendment, ...]
    moved: bool
    expired: bool
    notes: tuple[Reason, ...]
    places: Mapping[DoorNumber, tuple[float, float]]

    @property
    def expires_on(self) -> date | None:
        """When the reservation ends once the amendments are applied."""
        if self.reservation is None or any(one.field == "expires_on" for one in self.amendments):
            return self.ground.site.expires_on
        return self.reservation.expires_on

    @property
    def changes(self) -> bool:
        """Whether there is anything to apply."""
        return bool(self.change.add or self.change.give_up or self.amendments)

    @property
    def digest(self) -> UUID:
        """Changes whenever the review would say something else."""
        content = [
            str(self.reservation.id) if self.reservation else None,
            self.need.doors,
            [(str(one.number), one.state) for one in self.block],
            [str(one.number) for one in self.change.add],
            [str(one.number) for one in self.change.give_up],
            [(one.field, one.before, one.after) for one in self.amendments],
        ]
        return UUID(bytes=blake2b(json.dumps(content).encode(), digest_size=16).digest())


def compare_site(work: Work, ground: PlannedGround, context: PlaceContext, by_frontage: bool) -> SiteReview:
    """Read the place as it stands and compare; raises Conflict `street-without-centreline`, `frontage-needs-street`."""
    reservations = ReservationRepository(work.conn, work.county_code)
    reservation = reservations.of_plan(ground.site.id)
    extended_to = reservations.extended_to(reservation.id) if reservation else None
    moved = reservation is not None and reservation.place_id != ground.place_id
    reader = PlannedGroundReader(work.conn, work.county_code)
    block = reader.block(reservation.id) if reservation else []
    inputs = NumberingInputs(work.conn, work.county_code, ground.place_id, work.today)
    request, frontage = _request(work, inputs, ground, context, [] if moved else block)
    if by_frontage and frontage is None:
        raise Conflict("只有街路上的计划能按临街宽度核算", code="frontage-needs-street")
    planned = Need(ground.site.doors, Reason("planned-doors", f"规划户数 {ground.site.doors} 户"))
    need = frontage if by_frontage and frontage else planned
    expired = ground.site.expires_on < work.today
    elsewhere = reader.built_elsewhere(ground.site.id, ground.place_id)
    change = _change(
        request, need, reservation, block, moved=moved, expired=expired, built_elsewhere=elsewhere
    )
    places = place_numbers(request, change)
    return SiteReview(
        ground,
        context.name,
        context.village,
        context.village_code,
        reservation,
        need,
        frontage,
        tuple(block),
        change,
        tuple(_amendments(reservation, ground, extended_to, moved=moved)),
        moved,
        expired,
        (
            *_notes(reservation, change, work.today, expired=expired, moved=moved),
            *([] if moved else _end_kept(reservation, ground, extended_to)),
        ),
        dict(zip(places, reader.lon_lat(list(places.values())), strict=True)),
    )


_NOTHING = SiteChange((), (), (), 0)


def _change(
    request: SiteRequest,
    need: Need,
    reservation: Reservation | None,
    block: Sequence[BlockNumber],
    *,
    moved: bool,
    expired: bool,
    built_elsewhere: int,
) -> SiteChange:
    if reservation is not None and reservation.stage != "active":
        return _NOTHING
    claim = replace(request.claim, doors=max(0, need.doors - built_elsewhere))
    change = review_numbers(replace(request, claim=claim))
    if expired:
        change = replace(change, add=(), without_room=0)
    if moved:
        why = Reason("other-place", "规划已改到别处，原地预留的号全部释放")
        left = (NumberToGiveUp(b.number, why) for b in block if b.state is NumberState.RESERVED)
        change = replace(change, give_up=tuple(left))
    return change


def _request(
    work: Work,
    inputs: NumberingInputs,
    ground: PlannedGround,
    context: PlaceContext,
    block: Sequence[BlockNumber],
) -> tuple[SiteRequest, Need | None]:
    site, street = ground.site, context.kind is PlaceKind.STREET
    centreline = inputs.centreline() if street else None
    if street and centreline is None:
        raise Conflict(
            f"“{context.name}”没有中心线，不能沿街编号；请先导入街路图层", code="street-without-centreline"
        )
    standing = StandingDoors(work.conn, work.county_code, ground.place_id, inputs.srid)
    found = standing.policy(DEFAULT_POLICY)
    policy = Policy.from_parameters(found[1]) if found else Policy()
    entrances = inputs.entrances() if street else []
    doors = standing.doors()
    lines = standing.ledger()
    taken = {n: line.state for n, line in lines.items()} | {d.number: NumberState.ISSUED for d in doors}
    others = [s for s in inputs.planned_sites() if s.reservation_id and s.id != site.id]
    request = SiteRequest(
        claim=Claim(site.id, site.kind, site.geometry, site.doors, site.side, site.name),
        reserved={b.number: (b.side, b.offset_m) for b in block if b.state is NumberState.RESERVED},
        issued=frozenset(b.number for b in block if b.state is NumberState.ISSUED),
        doors=[Door(d.id, d.x, d.y, d.number) for d in doors],
        policy=policy,
        ledger=Ledger(taken, {n: line.construction_plan_id for n, line in lines.items() if line.construction_plan_id}),
        centreline=centreline,
        entrances=entrances,
        lanes=None if street else inputs.lanes(inputs.houses()),
        others=[Claim(s.id, s.kind, s.geometry, s.doors, s.side, s.name) for s in others],
    )  # fmt: skip
    if centreline is None:
        return request, None
    return request, needed_on_street(centreline, site.kind, site.geometry, site.side, policy, entrances)


def _amendments(
    reservation: Reservation | None, ground: PlannedGround, extended_to: date | None, *, moved: bool
) -> list[Amendment]:
    if reservation is None or reservation.stage != "active" or moved:
        return []
    end = reservation.expires_on if _end_kept(reservation, ground, extended_to) else ground.site.expires_on
    now = {"holder": ground.site.holder, "expires_on": str(end)}
    before = {"holder": reservation.holder, "expires_on": str(reservation.expires_on or "")}
    return [Amendment(field, before[field], now[field]) for field in now if before[field] != now[field]]


def _end_kept(
    reservation: Reservation | None, ground: PlannedGround, extended_to: date | None
) -> list[Reason]:
    """Why the plan's end is not taken over: a decision to keep the reservation longer outlasts it."""
    if reservation is None or reservation.stage != "active" or extended_to is None:
        return []
    if reservation.expires_on != extended_to or ground.site.expires_on >= extended_to:
        return []
    text = f"预留已按决定延期至 {extended_to}，规划所载 {ground.site.expires_on} 较早，不据此缩短；确须提前，请决定释放"
    return [Reason("end-kept", text)]


def _notes(
    reservation: Reservation | None, change: SiteChange, today: date, *, expired: bool, moved: bool
) -> list[Reason]:
    notes = []
    if reservation is None:
        notes.append(Reason("not-reserved", "此计划尚无预留"))
    elif reservation.stage != "active":
        notes.append(Reason("released", "预留已按决定释放，不再变动"))
    elif reservation.expires_on and reservation.expires_on < today:
        notes.append(Reason("overdue", f"预留已于 {reservation.expires_on} 到期，号仍保留，待决定释放或延期"))
    if expired:
        notes.append(Reason("plan-expired", "规划已到期，不再增加预留"))
    if moved:
        notes.append(Reason("other-place", "规划已改到别的地名，原预留释放，另行预留"))
    if change.overflow:
        listed = "、".join(str(number) for number in change.overflow)
        notes.append(Reason("overflow", f"用地内已有超出规划的附号：{listed}"))
    if change.without_room:
        notes.append(Reason("without-room", f"另缺 {change.without_room} 个号，前后门牌之间已无空号"))
    return notes


def text_of(number: DoorNumber) -> str:
    """A number as decisions keep it: 21, 21-1."""
    return f"{number.main}-{number.sub}" if number.sub else str(number.main)
