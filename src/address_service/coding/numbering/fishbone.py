"""The fishbone picture: from each gate a line to where its number says it stands on the centreline."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import shapely
from shapely.geometry import MultiLineString, Point

from address_service.coding.numbering.audit_row import Gate, StreetAsItIs, read_street
from address_service.coding.numbering.plan import Door
from address_service.coding.numbering.policy import Policy
from address_service.model.numbers import DoorNumber


@dataclass(frozen=True, slots=True)
class Bone:
    """A line from a gate to its place on the centreline, metres x east, y north; whether it crosses another's."""

    key: UUID
    number: DoorNumber
    gate: tuple[float, float]
    place: tuple[float, float]
    crosses: bool


def fishbone(
    centreline: MultiLineString, doors: Sequence[Door], policy: Policy, entrances: Sequence[Point] = ()
) -> tuple[Bone, ...]:
    """One bone per numbered door, in walking order.

    Of each parity the n-th number belongs to the n-th gate along the street: where numbers are in order, every bone
    is square to the street; where they are not, bones cross. Raises `InvalidInput` (``street-without-line``).
    """
    street = read_street(centreline, doors, policy, entrances)
    ribs = [rib for row in street.rows() for rib in _ribs(street, row)]
    lines = np.array([shapely.LineString([gate, place]) for _, gate, place in ribs], dtype=object)
    crossing: set[int] = set()
    if len(ribs) > 1:
        pairs = shapely.STRtree(lines).query(lines, predicate="crosses")
        crossing = set(pairs[0].tolist())
    bones = [
        (found.order, Bone(found.door.key, found.number, gate, place, i in crossing))
        for i, (found, gate, place) in enumerate(ribs)
    ]
    return tuple(bone for _, bone in sorted(bones, key=lambda pair: (pair[0], pair[1].key.int)))


_Point = tuple[float, float]


def _ribs(street: StreetAsItIs, row: Sequence[Gate]) -> list[tuple[Gate, _Point, _Point]]:
    by_number = sorted(row, key=lambda gate: gate.number)
    return [
        (gate, (gate.door.x, gate.door.y), _on_line(street, there))
        for gate, there in zip(by_number, row, strict=True)
    ]


def _on_line(street: StreetAsItIs, gate: Gate) -> _Point:
    path = street.route.paths[gate.at.path]
    x, y = (float(np.interp(gate.at.metres, path.metres, path.coords[:, axis])) for axis in (0, 1))
    return x, y
