"""Outline and villages: one network of shared, roughened edges, so that neighbours share every vertex."""

import math
from itertools import pairwise
from random import Random

import shapely
from shapely import LineString, MultiPoint, Point, Polygon
from shapely.affinity import scale, translate
from shapely.ops import linemerge, polygonize, unary_union

from gis_data.tongshi.generator.divisions import INNER_RING, NAMES_2016, OUTER_RING, full_name
from gis_data.tongshi.generator.model import Village

AREA_M2 = 158_790_600.0  # 15,879.06 ha, the published area of the town (2020)
RADIUS = 7100.0
XY = tuple[float, float]


def villages(rng: Random, centre: Point) -> list[Village]:
    outline = _outline(rng)
    seats = _seats(rng)
    arcs = _arcs(outline, seats)
    cells: list[Polygon] = []
    for roughness in (1.0, 0.8, 0.6, 0.4):
        rough = [roughen(rng, arc, roughness) for arc in arcs]
        cells = list(polygonize(rough))
        if len(cells) == len(seats) and len(_merged(rough)) == len(arcs):
            break
    cells = _to_scale(cells, centre)
    return [_village(suffix, seat, cells, centre) for suffix, seat in sorted(seats.items())]


def _outline(rng: Random) -> Polygon:
    waves = [(k, rng.uniform(0.6, 1.0) * 0.2 / k**0.75, rng.uniform(0, math.tau)) for k in range(2, 9)]
    ring = []
    for i in range(60):
        angle = math.tau * i / 60
        r = RADIUS * (1 + sum(a * math.cos(k * angle + phase) for k, a, phase in waves))
        ring.append((1.1 * r * math.cos(angle), 0.94 * r * math.sin(angle)))
    return Polygon(ring)


def _seats(rng: Random) -> dict[str, XY]:
    seats: dict[str, XY] = {"001": (0.0, 0.0)}
    for ring, radius, wobble in ((INNER_RING, 2450.0, 330.0), (OUTER_RING, 5450.0, 520.0)):
        for i, suffix in enumerate(ring):
            angle = math.tau * (i + rng.uniform(-0.17, 0.17)) / len(ring)
            r = radius + rng.uniform(-wobble, wobble)
            seats[suffix] = (1.08 * r * math.cos(angle), 0.95 * r * math.sin(angle))
    return seats


def _arcs(outline: Polygon, seats: dict[str, XY]) -> list[LineString]:
    cells = shapely.voronoi_polygons(MultiPoint(list(seats.values())), extend_to=outline, only_edges=True)
    noded = unary_union([outline.boundary, cells])
    inside = [line for line in _lines(noded) if outline.buffer(1).contains(line)]
    return _merged(inside)


def _lines(geometry: shapely.Geometry) -> list[LineString]:
    return [g for g in getattr(geometry, "geoms", [geometry]) if isinstance(g, LineString)]


def _merged(lines: list[LineString]) -> list[LineString]:
    return _lines(linemerge(_lines(unary_union(lines))))


def roughen(rng: Random, arc: LineString, roughness: float) -> LineString:
    points = [(float(x), float(y)) for x, y in arc.coords]
    while True:
        out, changed = [points[0]], False
        for a, b in pairwise(points):
            length = math.dist(a, b)
            if length > 110:
                shift = max(-0.17, min(0.17, rng.gauss(0, 0.1))) * roughness
                at = rng.uniform(0.42, 0.58)
                dx, dy = b[0] - a[0], b[1] - a[1]
                out.append((a[0] + at * dx - shift * dy, a[1] + at * dy + shift * dx))
                changed = True
            out.append(b)
        points = out
        if not changed:
            return LineString(points)


def _to_scale(cells: list[Polygon], centre: Point) -> list[Polygon]:
    factor = math.sqrt(AREA_M2 / sum(cell.area for cell in cells))
    placed = [translate(scale(c, factor, factor, origin=(0, 0)), centre.x, centre.y) for c in cells]
    return [shapely.transform(c, lambda xy: xy.round(3)) for c in placed]


def _village(suffix: str, seat: XY, cells: list[Polygon], centre: Point) -> Village:
    at = Point(seat[0] + centre.x, seat[1] + centre.y)
    shape = min(cells, key=lambda c: c.distance(at))
    ring = 0 if suffix == "001" else 1 if suffix in INNER_RING else 2
    return Village(suffix, full_name(suffix, NAMES_2016[suffix]), shape, at, ring)
