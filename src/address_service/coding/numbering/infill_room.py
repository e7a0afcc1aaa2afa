"""Where a new door stands among its neighbours: between which numbers, and how far from either."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from uuid import UUID

import numpy as np
import shapely
from shapely.geometry import MultiLineString

from address_service.coding.numbering.infill_request import InfillRequest
from address_service.coding.numbering.lanes import find_entrance, nearby, walking_metres
from address_service.coding.numbering.network import FloatArray
from address_service.coding.numbering.plan import Claim, Door, Reason
from address_service.coding.numbering.policy import OneSided
from address_service.coding.numbering.route import Route, build_route
from address_service.coding.numbering.sequence import Series, Slots, longest_rising, series_by_side
from address_service.coding.numbering.stops import SIDE_TEXT, Rank, Stop, Stretch, door_stops, stretches
from address_service.model.numbers import MAX_MAIN, DoorNumber, Side

_NEAREST = 40
"""Doors of an area beyond the nearest ones are no neighbours."""


@dataclass(frozen=True, slots=True)
class Room:
    """The room for one number: strictly between ``low`` and ``high``, of the series.

    ``back_m`` is metres back to the lower neighbour (or to where the numbers start), ``ahead_m`` to the upper one,
    None where nothing stands ahead. ``low_edge`` and ``high_edge``: that side ends at the edge of a site or the
    street, not at a door. ``floor`` is what a branch or section starts above, ``ceiling`` where the next section
    starts. ``slot`` is the main number of the place where distance decides.
    """

    low: DoorNumber | None
    high: DoorNumber | None
    series: Series
    side: Side | None
    offset_m: float | None
    back_m: float
    ahead_m: float | None
    low_edge: bool
    high_edge: bool
    reasons: tuple[Reason, ...]
    floor: int = 0
    ceiling: int | None = None
    slot: int | None = None

    def fits(self, number: DoorNumber) -> bool:
        """Whether a number keeps order and parity here."""
        above = self.low is None or self.low < number
        below = self.high is None or number < self.high
        return above and below and self.series.has(number.main) and number.main >= self.series.first


def find_room(request: InfillRequest) -> Room:
    """The room of the new door on its street or in its area."""
    if request.centreline is None:
        return _room_in_area(request)
    return _StreetRoom(request, request.centreline).find()


def blocks(request: InfillRequest) -> dict[UUID, list[DoorNumber]]:
    """Numbers still reserved by each plan, ascending."""
    held: dict[UUID, list[DoorNumber]] = {}
    for number, plan in sorted(request.ledger.held.items()):
        held.setdefault(plan, []).append(number)
    return held


class _StreetRoom:
    """The row of one side of a street, and the new door in it."""

    def __init__(self, request: InfillRequest, centreline: MultiLineString) -> None:
        self.request = request
        self.route: Route = build_route(centreline, request.policy, request.entrances)
        at = self.route.locate(np.array([[request.point.x, request.point.y]]))[0]
        self.new = Stop(at.path, at.metres, at.side, Rank.DOOR, None, at.setback)
        kept = [door for door in request.doors if door.kept]
        found, _ = door_stops(self.route, sorted(kept, key=lambda door: door.key.int))
        self.doors = sorted((stop for stop in found if stop.kept), key=_place)
        self.running = self._runs_on()
        style = replace(request.policy, one_sided=OneSided.RUN_ON if self.running else OneSided.PARITY)
        self.series = series_by_side([self.new], style)[at.side]

    def _runs_on(self) -> bool:
        """One-sided so far: the numbers run on, unless the first house across finds them in parity."""
        policy = self.request.policy
        sides = {stop.side for stop in self.doors}
        if policy.one_sided is not OneSided.RUN_ON or len(sides) > 1:
            return False
        if sides <= {self.new.side}:
            return True
        odd = sides == {policy.odd_side}
        return any((stop.kept.main % 2 == 1) is not odd for stop in self.doors if stop.kept)

    def find(self) -> Room:
        """Between the nearest fitting numbers behind and ahead, plans' blocks counting where they lie."""
        row = [stop for stop in self.doors if self.running or stop.side is self.new.side]
        fitting = [stop.kept for stop in row if stop.kept and self.series.has(stop.kept.main)]
        anchors = longest_rising(fitting)
        row = [stop for stop in row if stop.kept in anchors]
        passed = bisect_right(row, _place(self.new)[:3], key=lambda stop: _place(stop)[:3])
        laid = stretches(self.route, self.request.claims, self.request.policy)
        low, high = self._with_blocks(row[:passed][-1:], row[passed:][:1], laid)
        room = self._room(low, high)
        mine = next((stretch for stretch in laid if stretch.claim.key == self.request.claim), None)
        return self._on_site(room, mine) if mine else room

    def _with_blocks(
        self, behind: list[Stop], ahead: list[Stop], laid: Sequence[Stretch]
    ) -> tuple[Stop | None, Stop | None]:
        low, high = behind[0] if behind else None, ahead[0] if ahead else None
        for stop in self._block_stops(laid):
            number = stop.kept
            if number is None or not _between(low, number, high):
                continue
            if stop.order < self.new.order:
                low = stop
            elif high is None or stop.order < high.order:
                high = stop
        return low, high

    def _block_stops(self, laid: Sequence[Stretch]) -> Iterator[Stop]:
        """Numbers reserved by other plans, ascending, spread over their sites."""
        held = blocks(self.request)
        stops = []
        for stretch in laid:
            if stretch.claim.key == self.request.claim:
                continue
            if not self.running and all(side is not self.new.side for side, _ in stretch.shares):
                continue
            mine = [n for n in held.get(stretch.claim.key, []) if n.sub == 0 and self.series.has(n.main)]
            width = (stretch.to_m - stretch.from_m) / max(len(mine), 1)
            for i, number in enumerate(mine):
                metres = stretch.from_m + (i + 0.5) * width
                stops.append(
                    Stop(
                        stretch.path, metres, self.new.side, Rank.CLAIM, stretch.claim.key, 0.0, number, None
                    )
                )
        return iter(sorted(stops, key=lambda stop: stop.kept or DoorNumber(1)))

    def _metres(self, stop: Stop) -> float:
        return self.route.paths[stop.path].before_m + stop.metres

    def _room(self, low: Stop | None, high: Stop | None) -> Room:
        here = self._metres(self.new)
        start = self.route.paths[self.new.path].before_m
        here_low = low is not None and low.path == self.new.path
        floor = 0
        if not here_low and self.new.path:
            floor = max((s.kept.main for s in self.doors if s.kept and s.path < self.new.path), default=0)
        policy = self.request.policy
        section = policy.section(self.new.path, self.new.metres)
        following = [
            one.start for one in policy.sections if one.from_m > self.new.metres and not self.new.path
        ]
        ceiling = min(following, default=None)
        beyond = high is None or (ceiling is not None and high.kept is not None and high.kept.main >= ceiling)
        return Room(
            low=low.kept if low else None,
            high=high.kept if high else None,
            series=self.series,
            side=self.new.side,
            offset_m=round(here, 3),
            back_m=here - (self._metres(low) if low and here_low else start),
            ahead_m=self._metres(high) - here if high and not beyond else None,
            low_edge=not here_low,
            high_edge=False,
            reasons=(self._position(),),
            floor=max(floor, section.start - 1 if section else 0),
            ceiling=ceiling,
            slot=self._slot(),
        )

    def _slot(self) -> int | None:
        width = self.request.policy.slot_m
        if width is None:
            return None
        return Slots(self.route, width).main(self.series, self.new.path, self.new.metres)

    def _position(self) -> Reason:
        start = "距起点" if self.new.path == 0 else f"位于第 {self.new.path} 支路，距岔口"
        side = SIDE_TEXT[self.new.side]
        rule = self.series.text if self.running else side + self.series.text
        return Reason("position", f"{start} {self.new.metres:.1f} 米，位于前进方向{side}，{rule}")

    def _on_site(self, room: Room, mine: Stretch) -> Room:
        """The site's edges bound the room where they are nearer than the neighbours."""
        if mine.path != self.new.path:
            return room
        back, ahead = max(0.0, self.new.metres - mine.from_m), max(0.0, mine.to_m - self.new.metres)
        if back < room.back_m or room.low is None:
            room = replace(room, back_m=back, low_edge=True)
        if room.ahead_m is None or ahead < room.ahead_m:
            room = replace(room, ahead_m=ahead, high_edge=True)
        return room


def _place(stop: Stop) -> tuple[int, float, float, DoorNumber]:
    """Walking order; doors at one place in the order of their numbers, a new one after them."""
    path, metres, setback, *_ = stop.order
    return path, metres, setback, stop.kept or DoorNumber(MAX_MAIN)


def _between(low: Stop | None, number: DoorNumber, high: Stop | None) -> bool:
    above = low is None or low.kept is None or low.kept < number
    return above and (high is None or high.kept is None or number < high.kept)


def _room_in_area(request: InfillRequest) -> Room:
    """Where the walk from number to number would turn aside least to pass the new door."""
    policy = request.policy
    series = Series(policy.start, 1, policy.step or 1, "")
    row = _row_of_area(request)
    if not row:
        alone = (Reason("walking-order", "片区首户"),)
        return Room(None, None, series, None, None, 0.0, None, False, False, alone)
    metres, ranks = _walk_of_area(request, row)
    new = len(metres) - 1
    best: tuple[float, int, int | None] | None = None
    mine = [n for n in blocks(request).get(request.claim, []) if n.sub == 0] if request.claim else []
    for a, b in pairwise([0, *range(1, new), None]):
        low, high = row[ranks[a - 1]] if a else None, row[ranks[b - 1]] if b else None
        if a and b and ranks[b - 1] - ranks[a - 1] != 1:
            continue
        if mine and not any((not low or low[0] < n) and (not high or n < high[0]) for n in mine):
            continue
        aside = float(metres[a or 0, new] + (metres[new, b] - metres[a or 0, b] if b else 0.0))
        if best is None or aside < best[0] - 1e-6:
            best = (aside, a or 0, b)
    if best is None:
        return _room_in_area(replace(request, claim=None))
    return _area_room(best, metres, [row[rank][0] for rank in ranks], series)


def _area_room(
    best: tuple[float, int, int | None], metres: FloatArray, numbers: Sequence[DoorNumber], series: Series
) -> Room:
    aside, a, b = best
    low, high = numbers[a - 1] if a else None, numbers[b - 1] if b else None
    between = f"{low}与{high}之间" if low and high else f"{high}之前" if high else f"{low}之后"
    reason = Reason("walking-order", f"按步行顺序位于{between}，绕行 {aside:.0f} 米，为各处最少")
    back, ahead = float(metres[a, -1]), float(metres[-1, b]) if b else None
    return Room(low, high, series, None, None, back, ahead, low is None, False, (reason,))


def _row_of_area(request: InfillRequest) -> list[tuple[DoorNumber, float, float]]:
    """Numbers with their places, ascending: doors, and blocks of other plans on their sites."""
    doors: Sequence[Door] = sorted(request.doors, key=lambda door: door.key.int)
    row = {door.kept: (door.x, door.y) for door in reversed(doors) if door.kept}
    held = blocks(request)
    for claim in request.claims:
        if claim.key != request.claim:
            row.update({n: _middle(claim) for n in held.get(claim.key, []) if n not in row})
    return [(number, *row[number]) for number in sorted(row)]


def _middle(claim: Claim) -> tuple[float, float]:
    x, y = shapely.get_coordinates(shapely.point_on_surface(claim.geometry))[0]
    return float(x), float(y)


def _walk_of_area(
    request: InfillRequest, row: Sequence[tuple[DoorNumber, float, float]]
) -> tuple[FloatArray, list[int]]:
    """Walking metres between entrance, neighbours and new door; which of the row the neighbours are."""
    places = np.array([(x, y) for _, x, y in row])
    new = np.array([[request.point.x, request.point.y]])
    near = np.argsort(np.hypot(*(places - new).T), kind="stable")[:_NEAREST].tolist()
    beside = {rank + step for rank in near for step in (-1, 0, 1)} | {0, len(row) - 1}
    ranks = sorted(rank for rank in beside if 0 <= rank < len(row))
    entrance = request.entrances[0] if request.entrances else find_entrance(request.lanes, places)
    points = np.vstack(([[entrance.x, entrance.y]], places[ranks], new))
    return walking_metres(nearby(request.lanes, points), points), ranks
