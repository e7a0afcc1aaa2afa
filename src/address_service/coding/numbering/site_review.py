"""What a construction plan changes when it comes again: numbers to add, numbers to give up, and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from shapely.geometry import MultiLineString, Point

from address_service.coding.numbering.infill_area import room_on_walk
from address_service.coding.numbering.infill_request import InfillRequest
from address_service.coding.numbering.plan import Claim, Door, ItemKind, Ledger, Reason
from address_service.coding.numbering.policy import Policy
from address_service.coding.numbering.route import Route, build_route
from address_service.coding.numbering.stops import SIDE_TEXT, Stretch, stretches
from address_service.coding.numbering.street import plan_street
from address_service.model.numbers import MAX_MAIN, DoorNumber, NumberState, Side

_ON_SITE_M = 2.0
_SLACK_M = 1.0


@dataclass(frozen=True, slots=True)
class SiteRequest:
    """A site as its plan draws it now and what is reserved for it; geometry in metres of the county's zone.

    ``claim.doors`` is what is needed now. ``reserved`` are its numbers that no house took yet, with side and metres
    along the route as they were reserved; ``issued`` those that its houses took. ``doors`` and ``ledger`` are the
    whole place's, as for `propose_infill`; ``others`` its other unfinished plans.
    """

    claim: Claim
    reserved: Mapping[DoorNumber, tuple[Side | None, float | None]]
    issued: frozenset[DoorNumber]
    doors: Sequence[Door]
    policy: Policy
    ledger: Ledger
    centreline: MultiLineString | None = None
    entrances: Sequence[Point] = ()
    lanes: MultiLineString | None = None
    others: Sequence[Claim] = ()


@dataclass(frozen=True, slots=True)
class NumberToAdd:
    """A number to be reserved besides: free, or (``from_gap``) kept for an over-wide gap until now, for nobody."""

    number: DoorNumber
    side: Side | None
    offset_m: float | None
    from_gap: bool
    reason: Reason


@dataclass(frozen=True, slots=True)
class NumberToGiveUp:
    """A reserved number that no house took and that the site needs no more."""

    number: DoorNumber
    reason: Reason


@dataclass(frozen=True, slots=True)
class SiteChange:
    """What changes; ``overflow`` are sub-numbers on the site, ``without_room`` counts what found no number."""

    overflow: tuple[DoorNumber, ...]
    add: tuple[NumberToAdd, ...]
    give_up: tuple[NumberToGiveUp, ...]
    without_room: int


def _open(ledger: Ledger) -> tuple[dict[DoorNumber, NumberState], set[DoorNumber]]:
    """What a plan may not take, and what over-wide gaps keep, which it may."""
    gaps = {n for n, state in ledger.taken.items() if state is NumberState.RESERVED and n not in ledger.held}
    return {n: state for n, state in ledger.taken.items() if n not in gaps}, gaps


def review_numbers(request: SiteRequest) -> SiteChange:
    """Compare what is reserved with what the site needs; issued numbers never change.

    Raises `InvalidInput` (``street-without-line``).
    """
    ground = _Street(request, request.centreline) if request.centreline is not None else _Field(request)
    overflow = tuple(sorted(ground.overflow()))
    outside = ground.outside()
    kept = {number for number in request.reserved if number not in outside}
    spare = len(kept) + len(request.issued) + len(overflow) - request.claim.doors
    excess = _excess(kept, request, min(max(spare, 0), len(kept)))
    kept -= {one.number for one in excess}
    add = ground.more(kept | request.issued, max(-spare, 0), request.claim.doors - len(overflow))
    give_up = [NumberToGiveUp(number, why) for number, why in sorted(outside.items())] + excess
    return SiteChange(overflow, add, tuple(give_up), max(-spare, 0) - len(add))


def _excess(kept: set[DoorNumber], request: SiteRequest, count: int) -> list[NumberToGiveUp]:
    """The ones farthest from the plan's houses, from the upper end, side by side in turn."""
    left, chosen = set(kept), []
    by_side = request.centreline is not None
    for _ in range(count):
        rows = [
            sorted(n for n in left if not by_side or n.main % 2 == parity) for parity in (0, 1)[: 1 + by_side]
        ]
        row = max(rows, key=len)
        worst = max(row, key=lambda number: (_from_houses(number, request.issued, by_side), number))
        left.remove(worst)
        chosen.append(worst)
    which = "且离本计划已建房屋最远" if request.issued else "自号段末端减起"
    text = f"现需 {request.claim.doors} 个号，此号多出，{which}"
    return [NumberToGiveUp(number, Reason("excess", text)) for number in sorted(chosen)]


def _from_houses(number: DoorNumber, issued: Iterable[DoorNumber], by_side: bool) -> int:
    same = [one.main for one in issued if not by_side or one.main % 2 == number.main % 2]
    return min((abs(number.main - main) for main in same), default=0)


class _Street:
    """A site on a street: its stretch and sides say which numbers lie within it."""

    def __init__(self, request: SiteRequest, centreline: MultiLineString) -> None:
        self.request = request
        self.centreline = centreline
        self.route: Route = build_route(centreline, request.policy, request.entrances)
        self.laid: Stretch = stretches(self.route, [request.claim], request.policy)[0]

    def overflow(self) -> list[DoorNumber]:
        doors = [door for door in self.request.doors if door.kept and door.kept.sub]
        points = np.array([(door.x, door.y) for door in doors], dtype=np.float64).reshape(-1, 2)
        found = zip(doors, self.route.locate(points) if doors else [], strict=True)
        laid = self.laid
        return [
            door.kept
            for door, at in found
            if door.kept and laid.covers(at.path, at.side, at.metres, at.metres)
        ]

    def outside(self) -> dict[DoorNumber, Reason]:
        sides = {side for side, _ in self.laid.shares}
        before = self.route.paths[self.laid.path].before_m
        low, high = before + self.laid.from_m - _SLACK_M, before + self.laid.to_m + _SLACK_M
        found = {}
        for number, (side, offset_m) in self.request.reserved.items():
            if side is not None and side not in sides:
                found[number] = Reason(
                    "other-side", f"规划已改到{SIDE_TEXT[next(iter(sides))]}，此号在{SIDE_TEXT[side]}"
                )
            elif offset_m is not None and not low <= offset_m <= high:
                text = f"此号约在 {offset_m:.0f} 米处，用地现为 {low + _SLACK_M:.0f}–{high - _SLACK_M:.0f} 米"
                found[number] = Reason("outside", text)
        return found

    def more(self, held: set[DoorNumber], count: int, wanted: int) -> tuple[NumberToAdd, ...]:
        """From a dry run of the street with this site alone; only main numbers."""
        if not count:
            return ()
        claim = replace(self.request.claim, doors=wanted)
        policy = replace(self.request.policy, gap_reserve_m=None)
        doors = [door for door in self.request.doors if door.kept]
        taken, gaps = _open(self.request.ledger)
        ledger = Ledger(taken, dict.fromkeys(held, claim.key))
        plan = plan_street(self.centreline, doors, [claim], policy, ledger, self.request.entrances)
        items = [
            i for i in plan.items if i.kind is ItemKind.RESERVED and i.key == claim.key and not i.number.sub
        ]
        return tuple(
            NumberToAdd(i.number, i.side, i.offset_m, i.number in gaps, _why(i.reasons))
            for i in items[:count]
        )


def _why(reasons: Sequence[Reason]) -> Reason:
    return Reason("needed", "；".join(reason.text for reason in reasons[:3]))


class _Field:
    """A site in an area: between which numbers its own belong.

    A block that there is stays between its neighbours by number: where it lies in the walk was settled when it was
    reserved, and the walk past other houses would settle it otherwise today. A new one is put into the walk.
    """

    def __init__(self, request: SiteRequest) -> None:
        self.request = request
        middle = request.claim.geometry.point_on_surface()
        held = {n: key for n, key in request.ledger.held.items() if key != request.claim.key}
        off_site = [door for door in request.doors if not self._is_mine(door)]
        asked = InfillRequest(
            middle, off_site, request.policy, Ledger(request.ledger.taken, held), None, request.entrances,
            request.lanes, request.others,
        )  # fmt: skip
        block = {*request.reserved, *request.issued}
        if block:
            self.low, self.high = self._neighbours(block)
        else:
            room = room_on_walk(asked)
            self.low, self.high = room.low, room.high

    def _neighbours(self, block: set[DoorNumber]) -> tuple[DoorNumber | None, DoorNumber | None]:
        """The next numbers in use beside the block; what over-wide gaps keep does not count."""
        taken = {n for n, state in _open(self.request.ledger)[0].items() if state is not NumberState.VACANT}
        used = (taken | {door.kept for door in self.request.doors if door.kept}) - block
        below, above = [n for n in used if n < min(block)], [n for n in used if n > max(block)]
        return max(below, default=None), min(above, default=None)

    def _is_mine(self, door: Door) -> bool:
        return bool(self.request.claim.geometry.distance(Point(door.x, door.y)) <= _ON_SITE_M)

    def overflow(self) -> list[DoorNumber]:
        return [
            door.kept for door in self.request.doors if door.kept and door.kept.sub and self._is_mine(door)
        ]

    def outside(self) -> dict[DoorNumber, Reason]:
        """None: in an area a number tells no metres, so a site that moved a little keeps its block."""
        return {}

    def _fits(self, number: DoorNumber) -> bool:
        return (self.low is None or self.low < number) and (self.high is None or number < self.high)

    def more(self, held: set[DoorNumber], count: int, wanted: int) -> tuple[NumberToAdd, ...]:
        """Free numbers next to the block; without one, the first ones that fit the walk."""
        free = [number for number in self._free() if self._fits(number)] if count else []
        middle = sorted(held)[len(held) // 2].main if held else free[0].main if free else 0
        nearest = sorted(sorted(free, key=lambda number: (abs(number.main - middle), number))[:count])
        text = f"现需 {self.request.claim.doors} 个号，补足相邻空号"
        gaps = _open(self.request.ledger)[1]
        return tuple(NumberToAdd(n, None, None, n in gaps, Reason("needed", text)) for n in nearest)

    def _free(self) -> Iterable[DoorNumber]:
        taken, policy = _open(self.request.ledger)[0], self.request.policy
        used = {door.kept for door in self.request.doors}
        low = self.low.main if self.low else policy.start - 1
        top = max((number.main for number in taken), default=0) + self.request.claim.doors * 2 + 10
        for main in range(
            max(low, policy.start - 1) + 1, min(self.high.main if self.high else top, MAX_MAIN) + 1
        ):
            number = DoorNumber(main)
            is_free = taken.get(number, NumberState.VACANT) is NumberState.VACANT and number not in used
            if is_free and (main - policy.start) % (policy.step or 1) == 0 and not policy.skips(main):
                yield number
