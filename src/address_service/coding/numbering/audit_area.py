"""What is out of order in an area: houses that the walk from number to number goes a long way round for."""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from heapq import heapify, heappop, heappush

import numpy as np
from shapely.geometry import MultiLineString

from address_service.coding.numbering.audit_request import Finding
from address_service.coding.numbering.lanes import nearby, walking_metres
from address_service.coding.numbering.network import FloatArray
from address_service.coding.numbering.plan import Door
from address_service.model.findings import FindingCode, Severity
from address_service.model.numbers import DoorNumber

_STRAY_M = 150.0
_STRAY_HOPS = 4.0
_TOGETHER = 3
"""So many houses in a row may have strayed together."""
_FEWEST = 3
_MOST_ON_FOOT = 3000
"""In larger areas straight lines have to do."""
_MOST = 0.5
"""Where more of the houses than this have strayed, there is no order to stray from."""


def strays(doors: Sequence[Door], lanes: MultiLineString | None) -> Iterator[Finding]:
    """Houses that would stand much better elsewhere in the order of numbers, alone or with up to two neighbours.

    Measured as a numbering plan measures it, on foot along the lanes. A house at the end of a long lane is no stray:
    wherever it stood in the order, the way there is as long.
    """
    row = sorted(doors, key=lambda door: (door.kept or DoorNumber(1), door.key.int))
    if len(row) < _FEWEST:
        return
    walk = _Walk(row, lanes)
    strayed = {k for count in range(1, _TOGETHER + 1) for k in walk.take_out(count)}
    if len(strayed) > _MOST * len(row):
        yield _without_order(row, len(strayed))
    else:
        yield from (_stray(row, k, strayed, walk.metres) for k in sorted(strayed))


class _Walk:
    """The walk from number to number, from which strays are taken out, the worst first."""

    def __init__(self, row: Sequence[Door], lanes: MultiLineString | None) -> None:
        places = np.array([(door.x, door.y) for door in row])
        self.metres = walking_metres(nearby(lanes, places) if len(row) <= _MOST_ON_FOOT else None, places)
        self.left = list(range(len(row)))
        apart = self.metres + np.diag(np.full(len(row), np.inf))
        self.limit = max(_STRAY_M, _STRAY_HOPS * float(np.median(apart.min(axis=1))))

    def take_out(self, count: int) -> Iterator[int]:
        """Every block of so many houses that strayed; what looked astray for its neighbour's sake stays."""
        queue = [
            (-saved, at) for i, at in enumerate(self.left) if (saved := self._saved(i, count)) > self.limit
        ]
        heapify(queue)
        while queue:
            before, at = heappop(queue)
            i = bisect_left(self.left, at)
            saved = self._saved(i, count) if self.left[i : i + 1] == [at] else 0.0
            if saved <= self.limit:
                continue
            if -saved > before:
                heappush(queue, (-saved, at))
                continue
            yield from self.left[i : i + count]
            del self.left[i : i + count]
            for k in range(max(0, i - count), min(i + 1, len(self.left))):
                if (saved := self._saved(k, count)) > self.limit:
                    heappush(queue, (-saved, self.left[k]))

    def _saved(self, i: int, count: int) -> float:
        """Metres saved by walking to a block of houses where that is least out of the way."""
        rest = len(self.left) - count
        if rest < 2 or i > rest or (aside := self._aside(i, count)) <= self.limit:
            return 0.0
        others = np.array(self.left[:i] + self.left[i + count :])
        first, last = self.metres[self.left[i], others], self.metres[self.left[i + count - 1], others]
        hops = self.metres[others[:-1], others[1:]]
        ways = min((first[:-1] + last[1:] - hops).min(), (last[:-1] + first[1:] - hops).min())
        ends = (first + last)[[0, -1]].min()  # there and back: the walk need not end in a far corner
        return aside - float(min(ways, ends))

    def _aside(self, i: int, count: int) -> float:
        """Metres that the walk is longer for a block of houses, the way inside the block left out."""
        before, after = (
            self.left[i - 1] if i else None,
            self.left[i + count] if i + count < len(self.left) else None,
        )
        first, last = self.left[i], self.left[i + count - 1]
        way = 0.0 if before is None else float(self.metres[before, first])
        way += 0.0 if after is None else float(self.metres[last, after])
        return way - (0.0 if before is None or after is None else float(self.metres[before, after]))


def _without_order(row: Sequence[Door], count: int) -> Finding:
    x, y = (float(np.mean([getattr(door, axis) for door in row])) for axis in "xy")
    text = f"全片号码没有按位置排列（{len(row)} 处中 {count} 处次序不合），宜整片重编"
    return Finding(FindingCode.WITHOUT_ORDER, Severity.WARNING, text, (), x, y)


def _stray(row: Sequence[Door], k: int, strayed: Collection[int], metres: FloatArray) -> Finding:
    before = next((j for j in range(k - 1, -1, -1) if j not in strayed), None)
    after = next((j for j in range(k + 1, len(row)) if j not in strayed), None)
    beside = [j for j in (before, after) if j is not None]
    door, names = row[k], "与".join(str(row[j].kept) for j in beside)
    text = f"次序颠倒：{door.kept}远离{names}，步行 {'、'.join(f'{metres[k, j]:.0f}' for j in beside)} 米"
    keys = (*(row[j].key for j in beside), door.key)
    return Finding(FindingCode.ORDER_INVERSION, Severity.WARNING, text, keys, door.x, door.y)
