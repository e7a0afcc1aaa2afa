"""Generated hamlets (自然村), the same every time: houses along lanes, on terraces, in clusters."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from shapely.geometry import MultiLineString, Point

from address_service.coding.numbering.lanes import find_entrance, nearby, walking_metres

COUNT = 64
_SMALLEST, _LARGEST = 20, 400
_FRONTAGE_M = 14.0

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Hamlet:
    """Houses (n, 2) in metres and lanes, None where there are none."""

    seed: int
    houses: FloatArray
    lanes: MultiLineString | None

    def metres(self) -> FloatArray:
        """Walking metres (n + 1, n + 1); node 0 is where one comes in, as area numbering finds it."""
        near = nearby(self.lanes, self.houses)
        entrance: Point = find_entrance(near, self.houses)
        return walking_metres(near, np.vstack(([[entrance.x, entrance.y]], self.houses)))


def hamlets() -> Iterator[Hamlet]:
    """All hamlets, sizes spread evenly in proportion; every second one has lanes."""
    for seed in range(COUNT):
        size = round(_SMALLEST * (_LARGEST / _SMALLEST) ** (seed / (COUNT - 1)))
        yield hamlet(seed, size)


def hamlet(seed: int, size: int) -> Hamlet:
    """One hamlet; even seeds have lanes, of the others every second lies on terraces, the rest in clusters."""
    rng = np.random.default_rng([430626113, seed])
    if seed % 2 == 0:
        return _along_lanes(rng, seed, size)
    houses = _on_terraces(rng, size) if seed % 4 == 1 else _in_clusters(rng, size)
    return Hamlet(seed, np.round(houses, 2), None)


def _along_lanes(rng: np.random.Generator, seed: int, size: int) -> Hamlet:
    """A winding village road with side lanes; houses on both sides, some set back in the fields."""
    length = size * _FRONTAGE_M / 2
    road = _winding(rng, np.array((0.0, 0.0)), 0.0, 0.4 * length + 60)
    lines = [road]
    while sum(_length(line) for line in lines) < length + 120:
        parent = lines[int(rng.integers(len(lines)))]
        at = int(rng.integers(1, len(parent)))
        heading = np.arctan2(*(parent[at] - parent[at - 1])[::-1]) + rng.choice([-1, 1]) * rng.uniform(
            1.1, 1.9
        )
        lines.append(_winding(rng, parent[at], float(heading), float(rng.uniform(50, 160))))
    weights = np.array([_length(line) for line in lines])
    houses = []
    for which in rng.choice(len(lines), size, p=weights / weights.sum()):
        line = lines[which]
        vertex = int(rng.integers(len(line) - 1))
        along = line[vertex + 1] - line[vertex]
        across = np.array((-along[1], along[0])) / np.hypot(*along) * rng.choice([-1, 1])
        back = rng.uniform(5, 14) if rng.random() < 0.85 else rng.uniform(20, 70)
        houses.append(line[vertex] + rng.random() * along + across * back)
    approach = np.array([[-rng.uniform(150, 400), rng.uniform(-60, 60)], [0.0, 0.0]])
    lanes = MultiLineString([approach, *lines])
    return Hamlet(seed, np.round(np.array(houses), 2), lanes)


def _winding(rng: np.random.Generator, start: FloatArray, heading: float, length: float) -> FloatArray:
    """A line of 20 m steps that turns a little at each."""
    turns = heading + np.cumsum(rng.normal(0, 0.15, max(2, int(length / 20))))
    steps = np.stack((np.cos(turns), np.sin(turns)), axis=1) * 20.0
    return np.vstack((start, start + np.cumsum(steps, axis=0)))


def _length(line: FloatArray) -> float:
    return float(np.hypot(*np.diff(line, axis=0).T).sum())


def _on_terraces(rng: np.random.Generator, size: int) -> FloatArray:
    """Rows along the slope, each a little bent."""
    rows = max(2, round(np.sqrt(size / 4)))
    row = rng.integers(rows, size=size)
    x = rng.uniform(0, size / rows * 16, size)
    bend = 25 * np.sin(x / 90 + rng.uniform(0, 6))
    return np.stack((x, row * 35 + bend + rng.normal(0, 3, size)), axis=1)


def _in_clusters(rng: np.random.Generator, size: int) -> FloatArray:
    """Courtyards huddled in clusters (湾), with fields between."""
    clusters = max(2, size // 15)
    middles = rng.uniform(0, 60 * np.sqrt(size), (clusters, 2))
    return np.asarray(middles[rng.integers(clusters, size=size)] + rng.normal(0, 22, (size, 2)))
