"""Where a new door stands among its neighbours on a street: between which numbers, and how far from either."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from shapely.geometry import MultiLineString

from address_service.coding.numbering.infill_area import room_in_area
from address_service.coding.numbering.infill_request import InfillRequest
from address_service.coding.numbering.plan import Reason
from address_service.coding.numbering.policy import OneSided
from address_service.coding.numbering.room import Room, blocks
from address_service.coding.numbering.route import Route, build_route
from address_service.coding.numbering.sequence import Slots, longest_rising, series_by_side
from address_service.coding.numbering.stops import SIDE_TEXT, Rank, Stop, Stretch, door_stops, stretches
from address_service.model.numbers import MAX_MAIN, DoorNumber


def find_room(request: InfillRequest) -> Room:
    """The room of the new door on its street or in its area."""
    if request.centreline is None:
        return room_in_area(request)
    return _StreetRoom(request, request.centreline).find()


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
