"""The 28 villages of 2015: each absorber of 2016 cut in two along a line between two vertices of its border."""

import math
from itertools import combinations
from random import Random

from shapely import LineString, Polygon

from gis_data.tongshi.generator.divisions import INVENTED_ABSORBER, NAMES_2009, full_name
from gis_data.tongshi.generator.model import Village
from gis_data.tongshi.generator.partition import XY, roughen

LEAST_SHARE = 0.36


def villages(rng: Random, today: list[Village]) -> list[Village]:
    """Neighbours share every vertex, with those that were not merged too; the union is today's town."""
    found: list[Village] = []
    for village in today:
        parts = sorted(old for old, new in INVENTED_ABSORBER.items() if new == village.suffix)
        if not parts:
            found.append(village)
            continue
        kept, given = _cut(rng, village.shape)
        if len(parts) == 1:  # the absorber keeps the part that its seat is in
            parts = [village.suffix, *parts]
            kept, given = (kept, given) if kept.covers(village.hub) else (given, kept)
        found += [
            _village(suffix, shape, village) for suffix, shape in zip(parts, (kept, given), strict=True)
        ]
    names = {v.suffix: full_name(v.suffix, NAMES_2009[v.suffix]) for v in found}
    return [
        Village(v.suffix, names[v.suffix], v.shape, v.hub, v.ring)
        for v in sorted(found, key=lambda v: v.suffix)
    ]


def _village(suffix: str, shape: Polygon, of: Village) -> Village:
    return Village(suffix, of.name, shape, of.hub, of.ring)


def _cut(rng: Random, shape: Polygon) -> tuple[Polygon, Polygon]:
    """The shortest line from vertex to vertex that leaves both sides room enough, drawn as uneven as any border."""
    ring: list[XY] = [(x, y) for x, y in shape.exterior.coords[:-1]]
    pairs = sorted(
        combinations(range(len(ring)), 2), key=lambda ij: (math.dist(ring[ij[0]], ring[ij[1]]), ij)
    )
    for i, j in pairs:
        if not _leaves_room(ring[i : j + 1], shape):
            continue
        for roughness in (0.9, 0.5, 0.0):
            line = _drawn(rng, LineString([ring[i], ring[j]]), roughness)
            sides = Polygon(ring[i:j] + line[::-1][:-1]), Polygon(ring[j:] + ring[:i] + line[:-1])
            if _are_halves(shape, *sides):
                return sides
    raise ValueError("no line divides the village")


def _leaves_room(side: list[XY], shape: Polygon) -> bool:
    return len(side) > 2 and LEAST_SHARE < Polygon(side).area / shape.area < 1 - LEAST_SHARE


def _drawn(rng: Random, chord: LineString, roughness: float) -> list[XY]:
    rough = roughen(rng, chord, roughness)
    ends = [(x, y) for x, y in chord.coords]
    return [ends[0], *((round(x, 3), round(y, 3)) for x, y in rough.coords[1:-1]), ends[-1]]


def _are_halves(shape: Polygon, one: Polygon, other: Polygon) -> bool:
    return (
        one.is_valid
        and other.is_valid
        and math.isclose(one.area + other.area, shape.area, rel_tol=1e-9)
        and min(one.area, other.area) > LEAST_SHARE * shape.area
    )
