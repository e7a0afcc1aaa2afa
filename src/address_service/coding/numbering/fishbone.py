"""The fishbone picture: from each gate a line to where its number says it stands on the centreline."""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from shapely.geometry import MultiLineString, Point

from address_service.coding.numbering.audit_row import Gate, StreetAsItIs, read_street
from address_service.coding.numbering.audit_street import FAR_CELLS, parity_series
from address_service.coding.numbering.network import FloatArray
from address_service.coding.numbering.plan import Door
from address_service.coding.numbering.policy import Policy
from address_service.coding.numbering.sequence import Slots
from address_service.coding.numbering.stations import Path
from address_service.model.numbers import DoorNumber


@dataclass(frozen=True, slots=True)
class Bone:
    """A line from a gate to its place, metres x east, y north.

    ``crosses``: it crosses another's. ``fits``: the gate stands where its number says.
    """

    key: UUID
    number: DoorNumber
    gate: tuple[float, float]
    place: tuple[float, float]
    crosses: bool
    fits: bool


def fishbone(
    centreline: MultiLineString,
    doors: Sequence[Door],
    policy: Policy,
    entrances: Sequence[Point] = (),
    surveyed: Collection[UUID] = (),
) -> tuple[Bone, ...]:
    """One bone per numbered door, in walking order.

    A door in order has its bone square to the street. Of any other the bone leads to where its number belongs:
    between the numbers in order next to it, or to its cell where distance decides; so it crosses the bones of those
    that it is out of order with. Raises `InvalidInput` (``street-without-line``).
    """
    street = read_street(centreline, doors, policy, entrances)
    ribs = _ribs_by_slot(street, policy) if policy.slot_m else _ribs(street, surveyed)
    found = sorted(ribs, key=lambda rib: (rib[0].order, rib[0].door.key.int))
    return _bones([(gate.door, place, fits) for gate, place, fits in found])


def number_walk(doors: Sequence[Door], strayed: Collection[UUID] = ()) -> tuple[Bone, ...]:
    """The picture of an area: a line from each house to the one with the next number.

    Lines to and from houses that ``strayed`` do not fit.
    """
    row = sorted((door for door in doors if door.kept), key=lambda d: (d.kept or DoorNumber(1), d.key.int))
    return _bones([(a, (b.x, b.y), a.key not in strayed and b.key not in strayed) for a, b in pairwise(row)])


_Point = tuple[float, float]
BoolArray = NDArray[np.bool_]
_CHUNK = 256


def _bones(ribs: Sequence[tuple[Door, _Point, bool]]) -> tuple[Bone, ...]:
    ends = np.array([((door.x, door.y), place) for door, place, _ in ribs]).reshape(-1, 2, 2)
    crosses = _crossing(ends[:, 0], ends[:, 1])
    return tuple(
        Bone(door.key, door.kept or DoorNumber(1), (door.x, door.y), place, bool(crosses[i]), fits)
        for i, (door, place, fits) in enumerate(ribs)
    )


def _crossing(start: FloatArray, end: FloatArray) -> BoolArray:
    """Which of the lines (n, 2) cross another one inside both; lines that merely touch do not."""
    found = np.zeros(len(start), dtype=np.bool_)
    for i in range(0, len(start), _CHUNK):
        a, b = start[i : i + _CHUNK, None], end[i : i + _CHUNK, None]
        apart = _turn(a, b, start[None]) * _turn(a, b, end[None]) < 0
        split = _turn(start[None], end[None], a) * _turn(start[None], end[None], b) < 0
        found[i : i + _CHUNK] = (apart & split).any(axis=1)
    return found


def _turn(a: FloatArray, b: FloatArray, c: FloatArray) -> FloatArray:
    """On which side of the line from a to b the point c lies: -1, 0 or 1."""
    along, aside = b - a, c - a
    return np.sign(along[..., 0] * aside[..., 1] - along[..., 1] * aside[..., 0])


def _ribs(street: StreetAsItIs, surveyed: Collection[UUID]) -> Iterator[tuple[Gate, _Point, bool]]:
    for row in street.rows():
        risen = street.standing(row, surveyed)
        standing = {gate.door.key for gate in risen}
        for gate in row:
            fits = gate.door.key in standing
            yield gate, _foot(street, gate) if fits else _between(street, gate, risen), fits


def _between(street: StreetAsItIs, gate: Gate, risen: Sequence[Gate]) -> _Point:
    """Half way between the feet of the doors in order that the number belongs between."""
    at = bisect_left(risen, gate.number, key=lambda other: other.number)
    feet = [_foot(street, other) for other in risen[max(0, at - 1) : at + 1]]
    if not feet:
        return _foot(street, gate)
    x, y = np.mean(feet, axis=0)
    return _nearest(street, float(x), float(y))


def _ribs_by_slot(street: StreetAsItIs, policy: Policy) -> Iterator[tuple[Gate, _Point, bool]]:
    slots = Slots(street.route, policy.slot_m or 1.0)
    for gate in street.gates:
        series = parity_series(street, policy, gate.number)
        cell = (gate.number.main - series.first) // series.modulus
        here = slots.cell(gate.at.path, gate.at.metres)
        is_near = street.falling or abs(cell - here) <= FAR_CELLS
        place = _foot(street, gate) if is_near else _on_path(*slots.place(cell))
        yield gate, place, is_near and street.fits(gate)


def _foot(street: StreetAsItIs, gate: Gate) -> _Point:
    return _on_path(street.route.paths[gate.at.path], gate.at.metres)


def _on_path(path: Path, metres: float) -> _Point:
    x, y = (float(np.interp(metres, path.metres, path.coords[:, axis])) for axis in (0, 1))
    return x, y


def _nearest(street: StreetAsItIs, x: float, y: float) -> _Point:
    at = street.route.locate(np.array([[x, y]]))[0]
    return _on_path(street.route.paths[at.path], at.metres)
