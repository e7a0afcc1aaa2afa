"""A real town's streets numbered anew without knowing their numbers, and how far ours and theirs agree."""

import gzip
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import numpy as np
from pyproj import Transformer
from shapely.geometry import LineString, MultiLineString

from address_service.coding.numbering import Door, ItemKind, Ledger, Plan, Policy, Proposal, plan_street
from address_service.coding.numbering.audit import AuditRequest, audit
from address_service.model.numbers import DoorNumber, NumberState, Side

_NUMBER = re.compile(r"\s*(\d+)")
_SOURCES = {"entrance": 0, "node": 1, "building": 2}
_NOBODY = UUID(int=35)


@dataclass(frozen=True, slots=True)
class RealStreet:
    """A street with the doors that stand on it; ``numbers`` are the town's own, by door."""

    name: str
    centreline: MultiLineString
    doors: tuple[Door, ...]
    numbers: Mapping[UUID, int]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of one street: doors whose parity is ours, and neighbours on a side whose order is, each up to the mirror.

    ``odd`` are the doors that disagree in parity, by the town's number.
    """

    street: str
    doors: int
    parity: int
    pairs: int
    order: int
    odd: tuple[int, ...]


def read_streets(path: Path, epsg: int) -> list[RealStreet]:
    """Streets with at least two doors, from gzipped GeoJSON; one door per street and main number."""
    features = json.loads(gzip.decompress(path.read_bytes()))["features"]
    metres = Transformer.from_crs(4326, epsg, always_xy=True).transform
    ways: dict[str, list[LineString]] = defaultdict(list)
    places: dict[str, dict[int, list[tuple[int, float, float]]]] = defaultdict(lambda: defaultdict(list))
    for feature in features:
        facts, at = feature["properties"], np.array(feature["geometry"]["coordinates"])
        if facts["kind"] == "way":
            ways[facts["street"]].append(LineString(np.column_stack(metres(*at.T))))
        elif found := _NUMBER.match(facts["number"]):
            rank = _SOURCES[facts["source"]]
            places[facts["street"]][int(found[1])].append((rank, *metres(*at)))
    return [
        _street(name, MultiLineString(ways[name]), places[name])
        for name in sorted(ways)
        if len(places[name]) > 1
    ]


def _street(
    name: str, line: MultiLineString, places: Mapping[int, Sequence[tuple[int, float, float]]]
) -> RealStreet:
    doors, numbers = [], {}
    for number, found in places.items():
        best = [(x, y) for rank, x, y in found if rank == min(found)[0]]
        x, y = _medoid(np.array(best))
        key = uuid5(_NOBODY, f"{name} {number}")
        doors.append(Door(key, x, y))
        numbers[key] = number
    return RealStreet(name, line, tuple(doors), numbers)


def _medoid(points: Any) -> tuple[float, float]:
    """The point nearest to all others: shops of one number stand all over the building."""
    gaps = np.hypot(*(points[:, None, :] - points[None, :, :]).transpose(2, 0, 1)).sum(axis=1)
    x, y = points[int(np.argmin(gaps.round(3)))]
    return float(x), float(y)


def number_anew(street: RealStreet, policy: Policy) -> Plan:
    """Our numbers for its doors, the town's own taken off."""
    return plan_street(street.centreline, street.doors, [], policy, Ledger({}))


def agreement(street: RealStreet, plan: Plan) -> Agreement:
    """How far the town's numbers agree with a plan of ours."""
    items = [item for item in plan.items if item.kind is ItemKind.DOOR]
    fits = [item for item in items if item.number.main % 2 == _number(street, item) % 2]
    others = [item for item in items if item not in fits]
    steps = list(_steps(street, items))
    odd = others if len(fits) >= len(others) else fits
    return Agreement(
        street.name,
        len(items),
        max(len(fits), len(others)),
        len(steps),
        max(sum(steps), len(steps) - sum(steps)),
        tuple(sorted(_number(street, item) for item in odd)),
    )


def _number(street: RealStreet, item: Proposal) -> int:
    assert item.key is not None  # noqa: S101 - doors have keys
    return street.numbers[item.key]


def _steps(street: RealStreet, items: Sequence[Proposal]) -> Iterator[bool]:
    """For neighbours on one side, in our order, whether the town's numbers rise too."""
    for side in Side:
        row = [item for item in items if item.side is side]
        row.sort(key=lambda item: item.number)
        yield from (_number(street, a) < _number(street, b) for a, b in pairwise(row))


def findings_by_code(streets: Sequence[RealStreet], policy: Policy) -> dict[str, int]:
    """What the audit says of the town's own numbers."""
    counts: dict[str, int] = defaultdict(int)
    for street in streets:
        doors = [Door(d.key, d.x, d.y, DoorNumber(street.numbers[d.key])) for d in street.doors]
        ledger = Ledger({door.kept: NumberState.ISSUED for door in doors if door.kept})
        for finding in audit(AuditRequest(doors, policy, ledger, street.centreline)):
            counts[finding.code] += 1
    return dict(sorted(counts.items()))


def figures(path: Path, epsg: int, policy: Policy) -> dict[str, Any]:
    """The whole town in figures; ``streets`` lists those that do not agree fully."""
    streets = read_streets(path, epsg)
    found = [agreement(street, number_anew(street, policy)) for street in streets]
    doors, pairs = sum(one.doors for one in found), sum(one.pairs for one in found)
    told = findings_by_code(streets, policy)
    return {
        "streets": len(streets),
        "doors": doors,
        "parity": round(sum(one.parity for one in found) / doors, 4),
        "pairs": pairs,
        "order": round(sum(one.order for one in found) / pairs, 4),
        "findings": told,
        "findings_per_1000": round(sum(told.values()) / doors * 1000, 1),
        "odd": {one.street: list(one.odd) for one in found if one.odd},
    }


if __name__ == "__main__":
    found = figures(Path(sys.argv[1]), 3067, Policy(gap_reserve_m=None))
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
