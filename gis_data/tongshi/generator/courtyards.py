"""Courtyards beside a line: a parcel, its house, now and then a second house or an outbuilding."""

import math
from dataclasses import dataclass
from random import Random

import shapely
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from gis_data.tongshi.generator.model import Building, Parcel, Village

XY = tuple[float, float]
CELL = 60.0


@dataclass(slots=True, frozen=True)
class Frame:
    """Local axes at a spot beside a line: u along it, v away from it."""

    origin: XY
    along: XY
    out: XY

    def to_world(self, u: float, v: float) -> XY:
        return (
            round(self.origin[0] + u * self.along[0] + v * self.out[0], 3),
            round(self.origin[1] + u * self.along[1] + v * self.out[1], 3),
        )

    def box(self, u0: float, v0: float, u1: float, v1: float) -> Polygon:
        return Polygon([self.to_world(*p) for p in ((u0, v0), (u1, v0), (u1, v1), (u0, v1))])

    def angled(self, u0: float, v0: float, u1: float, v1: float, notch: XY) -> Polygon:
        """An L-shaped plan: the box without a corner of `notch` at the back."""
        a, b = notch
        corners = ((u0, v0), (u1, v0), (u1, v1 - b), (u1 - a, v1 - b), (u1 - a, v1), (u0, v1))
        return Polygon([self.to_world(*p) for p in corners])


def frame(line: LineString, metres: float, side: int, turn: float = 0.0) -> Frame:
    """Axes at `metres` along the line; side 1 is left, -1 right; `turn` in radians."""
    here = line.interpolate(metres)
    a, b = line.interpolate(max(0.0, metres - 8)), line.interpolate(min(line.length, metres + 8))
    angle = math.atan2(b.y - a.y, b.x - a.x) + turn
    along = (math.cos(angle), math.sin(angle))
    return Frame((here.x, here.y), along, (-along[1] * side, along[0] * side))


class Ground:
    """What is built so far, so that nothing is built twice on one spot."""

    def __init__(self, roads: list[BaseGeometry]) -> None:
        self.roads = shapely.STRtree(roads)
        self.cells: dict[tuple[int, int], list[tuple[Polygon, object]]] = {}

    def is_free(
        self, shape: Polygon, owner: object = None, apart: float = 0.6, road_gap: float = 3.0
    ) -> bool:
        if len(self.roads.query(shape, predicate="dwithin", distance=road_gap)):
            return False
        return all(
            shape.distance(other) > (apart if owner is holder else max(apart, 3.5))
            for other, holder in self._near(shape)
        )

    def clearance(self, shape: Polygon, reach: float) -> bool:
        """No parcel within `reach` metres."""
        return all(shape.distance(other) > reach for other, _ in self._near(shape, reach))

    def add(self, shape: Polygon, owner: object = None) -> None:
        middle = shape.centroid
        key = (int(middle.x // CELL), int(middle.y // CELL))
        self.cells.setdefault(key, []).append((shape, owner))

    def _near(self, shape: Polygon, reach: float = 5.0) -> list[tuple[Polygon, object]]:
        x0, y0, x1, y1 = shape.bounds
        margin = reach + 35
        return [
            item
            for i in range(int((x0 - margin) // CELL), int((x1 + margin) // CELL) + 1)
            for j in range(int((y0 - margin) // CELL), int((y1 + margin) // CELL) + 1)
            for item in self.cells.get((i, j), ())
        ]


@dataclass(slots=True, frozen=True)
class Lot:
    """A courtyard to be: sizes in metres, before it has a place."""

    width: float
    depth: float
    yard: float
    second: float = 0.0
    shed: bool = False
    notch: bool = False

    @property
    def frontage(self) -> float:
        return self.width + (self.second + 1.4 if self.second else 0) + (5.6 if self.shed else 0) + 2.0


def rural_lot(rng: Random) -> Lot:
    kind = rng.random()
    return Lot(
        width=rng.uniform(9.2, 13.8),
        depth=rng.uniform(8.2, 11.8),
        yard=rng.choice([2.0, 3.0, 4.5, 6.0]) + rng.uniform(-0.4, 0.4),
        second=rng.uniform(9.0, 11.0) if kind < 0.05 else 0.0,
        shed=0.05 < kind < 0.19,
        notch=rng.random() < 0.25,
    )


def build_rural(rng: Random, village: Village, axes: Frame, lot: Lot, setback: float) -> Parcel:
    """The parcel of a lot whose front stands `setback` metres from the line, centred on it."""
    half = lot.frontage / 2
    front = setback + lot.yard
    back = front + lot.depth
    shape = axes.box(-half, setback, half, back + rng.uniform(1.0, 2.5))
    left = -half + 1.0
    if lot.notch:
        cut = (lot.width * rng.uniform(0.3, 0.45), lot.depth * rng.uniform(0.25, 0.4))
        house = axes.angled(left, front, left + lot.width, back, cut)
    else:
        house = axes.box(left, front, left + lot.width, back)
    buildings = [Building(house, "住宅", rng.choice([1, 2, 2, 2, 3, 3]))]
    right = left + lot.width
    if lot.second:
        other = axes.box(right + 1.4, front, right + 1.4 + lot.second, front + lot.depth * 0.95)
        buildings.append(Building(other, "住宅", rng.choice([1, 2, 2, 3])))
    if lot.shed:
        v = rng.uniform(setback + 0.6, back - 5.2)
        shed = axes.box(right + 0.9, v, right + 0.9 + rng.uniform(3.6, 4.6), v + rng.uniform(3.2, 5.0))
        buildings.append(Building(shed, "附属", 1))
    return Parcel(village, shape, buildings)


def build_works(rng: Random, village: Village, axes: Frame, setback: float, name: str) -> Parcel:
    """A small enterprise: a shed-roofed hall on its yard."""
    width, depth = rng.uniform(20, 34), rng.uniform(13, 18)
    shape = axes.box(-width / 2 - 4, setback, width / 2 + 4, setback + depth + 14)
    hall = axes.box(-width / 2, setback + 10, width / 2, setback + 10 + depth)
    return Parcel(village, shape, [Building(hall, "企业", 1, name=name)])


def gate_of(axes: Frame, setback: float, u: float = 0.0) -> Point:
    return Point(axes.to_world(u, setback))
