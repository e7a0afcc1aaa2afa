"""Points on measured lines: how far along, on which side, how far off."""

import math
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
        self.owner = [i for i, path in enumerate(paths) for _ in path.coords[1:]]
        self.vertex = [vertex for path in paths for vertex in range(len(path.coords) - 1)]
        lengths = np.hypot(*self.vector.T)[:, None]
        self.units: list[tuple[float, float]] = list(map(tuple, (self.vector / lengths).tolist()))

    def locate(self, points: FloatArray) -> Iterator[Station]:
        relative = points[:, None, :] - self.start[None]
        share = np.clip((relative * self.vector[None]).sum(axis=2) / self.square, 0.0, 1.0)
        off = relative - share[:, :, None] * self.vector[None]
        distance = np.hypot(off[:, :, 0], off[:, :, 1])
        nearest = np.argmax(distance <= distance.min(axis=1)[:, None] + _TIE_M, axis=1)
        rows = np.arange(len(points))
        found = zip(nearest.tolist(), share[rows, nearest].tolist(), off[rows, nearest].tolist(), strict=True)
        for segment, along, (off_x, off_y) in found:
            yield self._station(segment, along, off_x, off_y)

    def _station(self, segment: int, share: float, off_x: float, off_y: float) -> Station:
        owner = self.owner[segment]
        path, vertex = self.paths[owner], self.vertex[segment]
        length = float(path.metres[vertex + 1] - path.metres[vertex])
        x, y = self._heading(segment, share)
        side = Side.LEFT if x * off_y - y * off_x > _ON_LINE_M else Side.RIGHT
        metres = float(path.metres[vertex]) + share * length
        return Station(owner, metres, side, math.hypot(off_x, off_y))

    def _heading(self, segment: int, share: float) -> tuple[float, float]:
        """Unit heading at a place on a line; at a bend the bisector, which tells left from right on its outside."""
        x, y = self.units[segment]
        beside = segment - 1 if share <= 0.0 else segment + 1 if share >= 1.0 else segment
        if (
            beside == segment
            or not 0 <= beside < len(self.units)
            or self.owner[beside] != self.owner[segment]
        ):
            return x, y
        x, y = x + self.units[beside][0], y + self.units[beside][1]
        length = math.hypot(x, y)
        return (x / length, y / length) if length > _TIE_M else self.units[segment]
