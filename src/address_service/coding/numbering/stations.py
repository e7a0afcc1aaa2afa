"""Points on measured lines: how far along, on which side, how far off."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from address_service.coding.numbering.network import FloatArray
from address_service.model.numbers import Side

_ON_LINE_M = 0.001
_TIE_M = 1e-6
_CHUNK = 256


@dataclass(frozen=True, slots=True)
class Path:
    """A stretch walked in numbering direction: ``coords`` (n, 2), ``metres`` (n,) walked at each vertex.

    ``before_m`` is what all earlier paths measure, so that before_m + metres orders the whole route.
    """

    coords: FloatArray
    metres: FloatArray
    before_m: float

    @property
    def length(self) -> float:
        """Metres from the mouth to the end."""
        return float(self.metres[-1])


@dataclass(frozen=True, slots=True)
class Station:
    """Where a point lies on the route: path (0 is the trunk), metres along it, side, metres off the line."""

    path: int
    metres: float
    side: Side
    setback: float


def measured(coords: FloatArray, before_m: float = 0.0) -> Path:
    """A line (n, 2) with the metres walked at its vertices."""
    metres = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(coords, axis=0).T))))
    return Path(coords, metres, before_m)


def locate(paths: Sequence[Path], points: FloatArray) -> list[Station]:
    """Stations of points (n, 2): the nearest place on any path, the earlier of two as near."""
    segments = _Segments(paths)
    return [at for i in range(0, len(points), _CHUNK) for at in segments.locate(points[i : i + _CHUNK])]


class _Segments:
    """All segments of all paths as arrays, for one vectorised search."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = paths
        self.start = np.vstack([path.coords[:-1] for path in paths])
        self.vector = np.vstack([np.diff(path.coords, axis=0) for path in paths])
        self.square = (self.vector**2).sum(axis=1)
        self.owner = np.repeat(np.arange(len(paths)), [len(path.coords) - 1 for path in paths])
        self.vertex = np.concatenate([np.arange(len(path.coords) - 1) for path in paths])

    def locate(self, points: FloatArray) -> Iterator[Station]:
        relative = points[:, None, :] - self.start[None]
        share = np.clip((relative * self.vector[None]).sum(axis=2) / self.square, 0.0, 1.0)
        off = relative - share[:, :, None] * self.vector[None]
        distance = np.hypot(off[:, :, 0], off[:, :, 1])
        nearest = np.argmax(distance <= distance.min(axis=1)[:, None] + _TIE_M, axis=1)
        for row, segment in enumerate(nearest):
            yield self._station(int(segment), float(share[row, segment]), off[row, segment])

    def _station(self, segment: int, share: float, off: FloatArray) -> Station:
        owner, vertex = int(self.owner[segment]), int(self.vertex[segment])
        path = self.paths[owner]
        length = float(path.metres[vertex + 1] - path.metres[vertex])
        heading = _heading(path.coords, vertex, share)
        across = float(heading[0] * off[1] - heading[1] * off[0])
        side = Side.LEFT if across > _ON_LINE_M else Side.RIGHT
        return Station(owner, float(path.metres[vertex]) + share * length, side, float(np.hypot(*off)))


def _heading(coords: FloatArray, vertex: int, share: float) -> FloatArray:
    """Unit heading at a place on a line; at a bend the bisector, which tells left from right on its outside."""
    units = [_unit(coords[vertex + 1] - coords[vertex])]
    if share <= 0.0 and vertex > 0:
        units.append(_unit(coords[vertex] - coords[vertex - 1]))
    elif share >= 1.0 and vertex + 2 < len(coords):
        units.append(_unit(coords[vertex + 2] - coords[vertex + 1]))
    both = np.sum(units, axis=0)
    return _unit(both) if float(np.hypot(*both)) > 1e-9 else units[0]


def _unit(vector: FloatArray) -> FloatArray:
    return np.asarray(vector / np.hypot(vector[0], vector[1]))
