"""Points on measured lines: how far along, on which side, how far off."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from address_service.coding.numbering.network import FloatArray
from address_service.model.numbers import Side

_ON_LINE_M = 0.001
_TIE_M = 1e-6
_STRAIGHT_BACK = 1e-9
"""Where a line turns straight back no bisector tells left from right."""
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
    return Segments(paths).locate(points)


class Segments:
    """All segments of all paths as arrays, for one vectorised search."""

    def __init__(self, paths: Sequence[Path]) -> None:
        """``paths`` are the lines, the earlier first where two are as near."""
        self.start = np.vstack([path.coords[:-1] for path in paths])
        self.vector = np.vstack([np.diff(path.coords, axis=0) for path in paths])
        self.square = (self.vector**2).sum(axis=1)
        self.unit = self.vector / np.sqrt(self.square)[:, None]
        self.owner = np.repeat(np.arange(len(paths)), [len(path.coords) - 1 for path in paths])
        self.before_m = np.concatenate([path.metres[:-1] for path in paths])
        self.length = np.concatenate([np.diff(path.metres) for path in paths])
        first = np.concatenate(([True], self.owner[1:] != self.owner[:-1]))
        last = np.concatenate((self.owner[1:] != self.owner[:-1], [True]))
        each = np.arange(len(self.owner))
        self.preceding = np.where(first, each, each - 1)
        self.following = np.where(last, each, each + 1)

    def locate(self, points: FloatArray) -> list[Station]:
        """Stations of points (n, 2)."""
        return [at for i in range(0, len(points), _CHUNK) for at in self._locate(points[i : i + _CHUNK])]

    def _locate(self, points: FloatArray) -> Iterator[Station]:
        relative = points[:, None, :] - self.start[None]
        shares = np.clip((relative * self.vector[None]).sum(axis=2) / self.square, 0.0, 1.0)
        offs = relative - shares[:, :, None] * self.vector[None]
        distance = np.hypot(offs[:, :, 0], offs[:, :, 1])
        nearest = np.argmax(distance <= distance.min(axis=1)[:, None] + _TIE_M, axis=1)
        each = np.arange(len(points))
        share, off = shares[each, nearest], offs[each, nearest]
        heading = self._headings(nearest, share)
        across = heading[:, 0] * off[:, 1] - heading[:, 1] * off[:, 0]
        columns = (
            self.owner[nearest],
            self.before_m[nearest] + share * self.length[nearest],
            across > _ON_LINE_M,
            distance[each, nearest],
        )
        for path, metres, is_left, setback in zip(*(column.tolist() for column in columns), strict=True):
            yield Station(path, metres, Side.LEFT if is_left else Side.RIGHT, setback)

    def _headings(
        self, segment: "np.ndarray[tuple[int], np.dtype[np.int64]]", share: FloatArray
    ) -> FloatArray:
        """Headings at places on segments; at a bend the bisector, which tells left from right on its outside."""
        beyond = np.where(share >= 1.0, self.following[segment], segment)
        other = np.where(share <= 0.0, self.preceding[segment], beyond)
        both: FloatArray = self.unit[segment] + self.unit[other]
        is_back = np.hypot(both[:, 0], both[:, 1]) <= _STRAIGHT_BACK
        both[is_back] = self.unit[segment[is_back]]
        return both / np.hypot(both[:, 0], both[:, 1])[:, None]
