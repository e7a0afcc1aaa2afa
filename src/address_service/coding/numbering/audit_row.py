"""How a street is numbered as it stands: which side is odd, which way numbers rise, what stands out of the row."""

from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np
from shapely.geometry import MultiLineString, Point

from address_service.coding.numbering.plan import Door
from address_service.coding.numbering.policy import DeadEnd, OneSided, Origin, Policy
from address_service.coding.numbering.route import Route, build_route
from address_service.coding.numbering.sequence import longest_row
from address_service.coding.numbering.stations import Station
from address_service.model.numbers import DoorNumber, Side

_OTHER = {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT}
_FEW = 4
"""Too few doors tell nothing about the habit of a street."""
_MIXED = 0.25
"""The lesser parity's share of a side, or the lesser side's share of a street, that is more than a slip."""
_SAME_END_M = 0.01


@dataclass(frozen=True, slots=True)
class Gate:
    """A numbered door and where it lies on the route."""

    door: Door
    number: DoorNumber
    at: Station

    @property
    def order(self) -> tuple[int, float, float]:
        """Place along the route."""
        return self.at.path, round(self.at.metres, 3), round(self.at.setback, 3)


@dataclass(frozen=True, slots=True)
class StreetAsItIs:
    """Gates along the route and the habits found: ``odd_side`` None where numbers run on over one side.

    ``falling``: numbers fall in the direction that the policy wants them to rise. ``swapped``: the odd side is the
    other one.
    """

    route: Route
    gates: tuple[Gate, ...]
    odd_side: Side | None
    falling: bool
    swapped: bool

    def fits(self, gate: Gate) -> bool:
        """Whether the number belongs to the side by its parity."""
        return self.odd_side is None or (gate.number.main % 2 == 1) is (gate.at.side is self.odd_side)

    def rows(self) -> list[list[Gate]]:
        """Gates by parity, in the direction in which numbers rise here."""
        walked = sorted(self.gates, key=lambda gate: (gate.order, gate.number), reverse=self.falling)
        if self.odd_side is None:
            return [walked]
        return [[gate for gate in walked if gate.number.main % 2 == parity] for parity in (1, 0)]

    def fitting(self, row: Sequence[Gate]) -> list[Gate]:
        """Those of a row that stand on their side."""
        return [gate for gate in row if self.fits(gate)]

    def standing(self, row: Sequence[Gate], surveyed: Collection[UUID]) -> list[Gate]:
        """The most doors of a row that stand on their side and in order; of as many, those with addresses."""
        fitting = self.fitting(row)
        weights = [2 * len(fitting) + (gate.door.key not in surveyed) for gate in fitting]
        return [fitting[i] for i in heaviest_row([gate.number for gate in fitting], weights)]


def read_street(
    centreline: MultiLineString, doors: Sequence[Door], policy: Policy, entrances: Sequence[Point] = ()
) -> StreetAsItIs:
    """Lay the numbered doors on the route and see how they are numbered. Raises like `plan_street`."""
    route = build_route(centreline, policy, entrances)
    numbered = [(door, door.kept) for door in sorted(doors, key=lambda door: door.key.int) if door.kept]
    points = np.array([(door.x, door.y) for door, _ in numbered], dtype=np.float64).reshape(-1, 2)
    places = route.locate(points) if numbered else []
    gates = tuple(
        Gate(door, number, at) for (door, number), at in zip(numbered, places, strict=True) if number
    )
    odd_side = _odd_side(gates, policy)
    swapped = odd_side is not None and odd_side is not policy.odd_side
    level = StreetAsItIs(route, gates, odd_side, False, swapped)
    rows = [[gate.number for gate in row] for row in level.rows()]
    up, down = (sum(len(longest_row(row[::turn])) for row in rows) for turn in (1, -1))
    return StreetAsItIs(route, gates, odd_side, len(gates) >= _FEW and down > up, swapped)


def heaviest_row(numbers: Sequence[DoorNumber], weights: Sequence[int]) -> list[int]:
    """Positions of a strictly rising subsequence of the greatest weight; of equal ones the earlier."""
    values: list[DoorNumber] = []
    best: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for i, number in enumerate(numbers):
        at = bisect_left(values, number)
        total = weights[i] + (best[at - 1] if at else 0)
        before.append(ends[at - 1] if at else -1)
        if values[at : at + 1] == [number] and best[at] >= total:
            continue
        over = at
        while over < len(best) and best[over] <= total:
            over += 1
        values[at:over], best[at:over], ends[at:over] = [number], [total], [i]
    row, i = [], ends[-1] if ends else -1
    while i >= 0:
        row.append(i)
        i = before[i]
    return row[::-1]


def _odd_side(gates: Sequence[Gate], policy: Policy) -> Side | None:
    by_side = [[gate for gate in gates if gate.at.side is side] for side in Side]
    lesser, greater = sorted(by_side, key=len)
    if not lesser:
        return None if _mixed(greater) or policy.one_sided is OneSided.RUN_ON else policy.odd_side
    if policy.one_sided is OneSided.RUN_ON and _mixed(greater) and len(lesser) < _MIXED * len(gates):
        return None
    fitting = sum((gate.number.main % 2 == 1) is (gate.at.side is policy.odd_side) for gate in gates)
    swapped = len(gates) >= _FEW and fitting * 2 < len(gates)
    return _OTHER[policy.odd_side] if swapped else policy.odd_side


def _mixed(gates: Sequence[Gate]) -> bool:
    odd = sum(gate.number.main % 2 for gate in gates)
    return len(gates) >= _FEW and _MIXED < odd / len(gates) < 1 - _MIXED


def as_it_is(
    street: StreetAsItIs, policy: Policy, centreline: MultiLineString | None, entrances: Sequence[Point] = ()
) -> Policy | None:
    """The policy with the habits of the street, so that a new number follows them; None where no policy says so."""
    if street.odd_side is None:
        policy = replace(policy, one_sided=OneSided.RUN_ON)
    else:
        policy = replace(policy, odd_side=street.odd_side, one_sided=OneSided.PARITY)
    if not street.falling or centreline is None:
        return policy
    end = street.route.paths[0].coords[-1]
    for origin in (Origin.START, Origin.END):
        turned = replace(
            policy, origin=origin, dead_end=DeadEnd.ORIGIN, odd_side=_OTHER[policy.odd_side], sections=()
        )
        start = build_route(centreline, turned, entrances).paths[0].coords[0]
        if np.hypot(*(start - end)) < _SAME_END_M:
            return turned
    return None
