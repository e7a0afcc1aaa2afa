"""Where along a street a number is wanted: doors, claims and over-wide gaps as stops, side by side."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from uuid import UUID

import numpy as np
import shapely

from address_service.coding.numbering.network import FloatArray
from address_service.coding.numbering.plan import Claim, Door, Ledger, Reason
from address_service.coding.numbering.policy import Policy
from address_service.coding.numbering.route import Route
from address_service.coding.numbering.stations import Station
from address_service.model.buildings import PlanKind
from address_service.model.numbers import DoorNumber, NumberState, Side

_SAMPLE_M = 5.0
_OTHER = {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT}
SIDE_TEXT = {Side.LEFT: "左侧", Side.RIGHT: "右侧"}


class Rank(IntEnum):
    """Who goes first where numbers are short."""

    DOOR = 0
    CLAIM = 1
    GAP = 2


@dataclass(frozen=True, slots=True)
class Stop:
    """A place on one side of the route that wants a number; ``note`` says what for, where it is no door.

    ``kept`` is the number that the door holds; a second door of the same number has lost it here.
    """

    path: int
    metres: float
    side: Side
    rank: Rank
    key: UUID | None
    setback: float = 0.0
    kept: DoorNumber | None = None
    note: Reason | None = None

    @property
    def order(self) -> tuple[int, float, float, int, int]:
        """Walking order; doors at one place by their distance from the line, then by key."""
        key = self.key.int if self.key else 0
        return self.path, round(self.metres, 3), round(self.setback, 3), self.rank, key


@dataclass(frozen=True, slots=True)
class Stretch:
    """A claim laid on the route: from where to where on one path, and how many numbers on which sides."""

    claim: Claim
    path: int
    from_m: float
    to_m: float
    shares: tuple[tuple[Side, int], ...]

    def covers(self, path: int, side: Side, from_m: float, to_m: float) -> bool:
        """Whether it lies on any part of this stretch of a side."""
        here = path == self.path and any(side is mine for mine, _ in self.shares)
        return here and self.from_m <= to_m and from_m <= self.to_m


def door_stops(route: Route, doors: Sequence[Door]) -> tuple[list[Stop], list[Reason]]:
    """Stops of all doors in walking order; of two doors with one kept number the later one loses it."""
    points = np.array([(door.x, door.y) for door in doors], dtype=np.float64).reshape(-1, 2)
    found = [_door_stop(door, at) for door, at in zip(doors, route.locate(points), strict=True)]
    found.sort(key=lambda stop: stop.order)
    seen: set[DoorNumber] = set()
    stops, findings = [], []
    for stop in found:
        if stop.kept in seen:
            text = f"{stop.kept}被两户同时使用，距起点较远的一户另行编号"
            findings.append(Reason("kept-duplicate", text))
            stop = _door_stop_without_number(stop)
        elif stop.kept:
            seen.add(stop.kept)
        stops.append(stop)
    return stops, findings


def _door_stop(door: Door, at: Station) -> Stop:
    return Stop(at.path, at.metres, at.side, Rank.DOOR, door.key, at.setback, door.kept)


def _door_stop_without_number(stop: Stop) -> Stop:
    return Stop(stop.path, stop.metres, stop.side, Rank.DOOR, stop.key, stop.setback)


def stretches(route: Route, claims: Iterable[Claim], policy: Policy) -> list[Stretch]:
    """Lay every claim on the route, in order of key; both sides share, the odd side takes the odd one."""
    return [_stretch(route, claim, policy) for claim in sorted(claims, key=lambda claim: claim.key.int)]


def _stretch(route: Route, claim: Claim, policy: Policy) -> Stretch:
    samples = [route.locate(_sample(part)) for part in shapely.get_parts(claim.geometry)]
    paths = [at.path for part in samples for at in part]
    path = min(set(paths), key=lambda p: (-paths.count(p), p))
    metres = [at.metres for part in samples for at in part if at.path == path]
    return Stretch(claim, path, min(metres), max(metres), _shares(route, claim, policy, samples, path))


def _shares(
    route: Route, claim: Claim, policy: Policy, samples: list[list[Station]], path: int
) -> tuple[tuple[Side, int], ...]:
    is_line = shapely.length(claim.geometry) > 0 and shapely.area(claim.geometry) == 0
    if claim.kind is PlanKind.AREA or not is_line:
        return ((_side_of_area(route, claim), claim.doors),)
    if claim.side:
        return ((_side_of_line(claim.side, samples, path), claim.doors),)
    halves = ((policy.odd_side, (claim.doors + 1) // 2), (_OTHER[policy.odd_side], claim.doors // 2))
    return tuple((side, count) for side, count in halves if count)


def _sample(part: shapely.Geometry) -> FloatArray:
    return np.asarray(shapely.get_coordinates(shapely.segmentize(part, _SAMPLE_M)))


def _side_of_line(side: Side, samples: list[list[Station]], path: int) -> Side:
    """The side in numbering direction of a side of the drawn line."""
    along = 0.0
    for part in samples:
        metres = [at.metres for at in part if at.path == path]
        along += metres[-1] - metres[0] if metres else 0.0
    return side if along >= 0 else _OTHER[side]


def _side_of_area(route: Route, claim: Claim) -> Side:
    return route.locate(shapely.get_coordinates(shapely.centroid(claim.geometry)))[0].side


def claim_stops(laid: Iterable[Stretch], policy: Policy, ledger: Ledger) -> list[Stop]:
    """Stops of the numbers that claims still lack, spread evenly over their stretch."""
    stops: list[Stop] = []
    for stretch in laid:
        mine = [number for number, key in ledger.held.items() if key == stretch.claim.key]
        for side, lacking in _lacking(stretch, mine, policy):
            stops.extend(_spread(stretch, side, lacking))
    return stops


def _lacking(stretch: Stretch, held: Sequence[DoorNumber], policy: Policy) -> Iterator[tuple[Side, int]]:
    """How many numbers each side lacks, as many in all as the claim does; those held count for their own side."""
    left = max(0, sum(wanted for _, wanted in stretch.shares) - len(held))
    for side, wanted in stretch.shares:
        parity = 1 if side is policy.odd_side else 0
        mine = sum(number.main % 2 == parity for number in held) if len(stretch.shares) > 1 else len(held)
        lacking = min(left, max(0, wanted - mine))
        left -= lacking
        yield side, lacking


def _spread(stretch: Stretch, side: Side, count: int) -> Iterator[Stop]:
    width = (stretch.to_m - stretch.from_m) / max(count, 1)
    for i in range(count):
        text = f"规划“{stretch.claim.name or '未命名'}”预留，{SIDE_TEXT[side]}第 {i + 1} 个，共 {count} 个"
        metres = stretch.from_m + (i + 0.5) * width
        yield Stop(
            stretch.path, metres, side, Rank.CLAIM, stretch.claim.key, note=Reason("construction-plan", text)
        )


def gap_stops(doors: Iterable[Stop], laid: Sequence[Stretch], policy: Policy, ledger: Ledger) -> list[Stop]:
    """Stops for numbers to be reserved where neighbouring gates of one side stand too far apart.

    Not where a claim covers the gap, and less what the ledger has reserved already between two kept numbers.
    """
    if policy.gap_reserve_m is None:
        return []
    stops: list[Stop] = []
    for side in Side:
        row = [stop for stop in doors if stop.side is side]
        for a, b in pairwise(row):
            covered = any(stretch.covers(a.path, side, a.metres, b.metres) for stretch in laid)
            if a.path == b.path and b.metres - a.metres > policy.gap_reserve_m and not covered:
                stops.extend(_in_gap(a, b, policy, ledger))
    return stops


def _in_gap(a: Stop, b: Stop, policy: Policy, ledger: Ledger) -> Iterator[Stop]:
    gap = b.metres - a.metres
    count = round(gap / policy.frontage_m) - 1
    if a.kept and b.kept:
        count -= _reserved_between(a.kept, b.kept, ledger)
    text = f"同侧门距 {gap:.1f} 米，超过 {policy.gap_reserve_m:g} 米，按门面宽 {policy.frontage_m:g} 米预留"
    for i in range(max(count, 0)):
        metres = a.metres + gap * (i + 1) / (count + 1)
        yield Stop(a.path, metres, a.side, Rank.GAP, None, note=Reason("wide-gap", text))


def _reserved_between(a: DoorNumber, b: DoorNumber, ledger: Ledger) -> int:
    return sum(
        1
        for number, state in ledger.taken.items()
        if state is NumberState.RESERVED and a < number < b and number.main % 2 == a.main % 2
    )
