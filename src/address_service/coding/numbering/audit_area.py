"""What is out of order in an area: houses that the walk from number to number goes a long way round for."""

from collections.abc import Collection, Iterator, Sequence
from statistics import median

import numpy as np

from address_service.coding.numbering.audit_request import Finding, Severity
from address_service.coding.numbering.network import FloatArray
from address_service.coding.numbering.plan import Door
from address_service.model.numbers import DoorNumber

_STRAY_M = 150.0
_STRAY_HOPS = 6.0
_TOGETHER = 3
"""So many houses in a row may have strayed together."""


def strays(doors: Sequence[Door]) -> Iterator[Finding]:
    """Houses that would stand much better elsewhere in the order of numbers, alone or with up to two neighbours.

    A house at the end of a long lane is no stray: wherever it stood in the order, the way there is as long.
    """
    row = sorted(doors, key=lambda door: (door.kept or DoorNumber(1), door.key.int))
    for count in range(1, _TOGETHER + 1):
        strayed = set(_blocks(row, count))
        yield from (_stray(row, k, strayed) for k in sorted(strayed))
        row = [door for k, door in enumerate(row) if k not in strayed]


def _blocks(row: Sequence[Door], count: int) -> Iterator[int]:
    """Positions of the houses of all blocks of this length that strayed."""
    places = np.array([(door.x, door.y) for door in row]).reshape(-1, 2)
    hops = _hops(places)
    if len(hops) < 2:
        return
    limit, after = max(_STRAY_M, _STRAY_HOPS * median(hops.tolist())), 0
    for i in range(len(row) - count + 1):
        if i >= after and _saved(places, i, count, limit) > limit:
            after = i + count
            yield from range(i, after)


def _hops(places: FloatArray) -> FloatArray:
    return np.asarray(np.hypot(*np.diff(places, axis=0).T))


def _aside(places: FloatArray, i: int, count: int) -> float:
    """Metres that the walk is longer for a block of houses, the way inside the block left out."""
    before, after = i - 1, i + count
    way = 0.0
    if before >= 0:
        way += float(np.hypot(*(places[i] - places[before])))
    if after < len(places):
        way += float(np.hypot(*(places[after] - places[after - 1])))
    if before >= 0 and after < len(places):
        way -= float(np.hypot(*(places[after] - places[before])))
    return way


def _saved(places: FloatArray, i: int, count: int, limit: float) -> float:
    """Metres saved by walking to a block where that is least out of the way."""
    aside = _aside(places, i, count)
    if aside <= limit or count >= len(places):
        return 0.0
    rest = np.delete(places, range(i, i + count), axis=0)
    first, last = (np.hypot(*(rest - places[k]).T) for k in (i, i + count - 1))
    between = _hops(rest)
    ways = [first[:-1] + last[1:] - between, last[:-1] + first[1:] - between]
    ends = [first[0], first[-1], last[0], last[-1]]
    return aside - float(min([*(way.min() for way in ways if len(way)), *ends]))


def _stray(row: Sequence[Door], k: int, strayed: Collection[int]) -> Finding:
    before = next((row[j] for j in range(k - 1, -1, -1) if j not in strayed), None)
    after = next((row[j] for j in range(k + 1, len(row)) if j not in strayed), None)
    door, beside = row[k], [other for other in (before, after) if other]
    metres = [float(np.hypot(door.x - other.x, door.y - other.y)) for other in beside]
    names = "与".join(str(other.kept) for other in beside)
    text = f"次序颠倒：{door.kept}远离{names}，相距 {'、'.join(f'{m:.0f}' for m in metres)} 米"
    keys = (*(other.key for other in beside), door.key)
    return Finding("order-inversion", Severity.WARNING, text, keys, door.x, door.y)
