"""Villager groups: where they sit, the houses they string along the lanes, and their outlines."""

import math
from collections import defaultdict
from dataclasses import replace
from random import Random

import numpy as np
import shapely
from shapely import MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from gis_data.tongshi.generator.courtyards import Ground, build_rural, build_works, frame, rural_lot
from gis_data.tongshi.generator.divisions import HAMLETS, NAMED_GROUPS
from gis_data.tongshi.generator.model import Group, Lane, Parcel, Village
from gis_data.tongshi.generator.network import Network

NO_POLYGON = {"210", "212", "226"}
REACH = 400.0
Run = tuple[float, Lane, int, float, float]  # score, lane, side, from, to

WORKS = [
    ("208", "平江县烟舟茶叶加工厂"), ("200", "平江县排形红砖厂"), ("205", "平江县石洞采石场"),
    ("207", "平江县德字油茶厂"), ("211", "平江县芭蕉竹制品厂"), ("218", "平江县天和养殖场"),
    ("222", "平江县桃花果品厂"), ("227", "平江县合旺木器厂"),
]  # fmt: skip


def counts(rng: Random, villages: list[Village]) -> dict[str, int]:
    """Groups per village: 361 in all, 7 hamlets in 220."""
    number = {v.suffix: 17 + round(v.shape.area / 2.6e6) + rng.randint(-2, 2) for v in villages}
    number["001"], number["220"] = 12, len(HAMLETS)
    number = {s: n if s in ("001", "220") else max(15, min(25, n)) for s, n in number.items()}
    adjustable = [s for s in sorted(number) if s not in ("001", "220", "226")]
    excess = sum(number[s] for s in [*adjustable, "001"]) - 361
    step = 1 if excess > 0 else -1
    while excess:
        suffix = rng.choice(adjustable)
        if 15 <= number[suffix] - step <= 25:
            number[suffix] -= step
            excess -= step
    return number


def centres(rng: Random, village: Village, net: Network, count: int, avoid: BaseGeometry) -> list[Point]:
    """Spots on low ground, apart from each other, by dart throwing with shrinking distance."""
    room = village.shape.buffer(-130).difference(avoid)
    x0, y0, x1, y1 = room.bounds
    apart = 1.02 * math.sqrt(room.area / count)
    found: list[Point] = []
    while len(found) < count:
        for _ in range(400):
            spot = Point(rng.uniform(x0, x1), rng.uniform(y0, y1))
            if not room.contains(spot) or any(spot.distance(p) < apart for p in found):
                continue
            cell = net.nearest(spot.x, spot.y)
            if net.height[cell] < 0.25 + 0.9 * rng.random() ** 2:
                found.append(Point(net.at(cell)))
                if len(found) == count:
                    break
        apart *= 0.93
    return found


def make_groups(rng: Random, village: Village, spots: list[Point], town_centre: Point) -> list[Group]:
    """Groups numbered along a walk from the village seat, each next to the one before."""
    groups, here, left = [], village.hub, list(spots)
    while left:
        nearest = min(left, key=here.distance)
        left.remove(nearest)
        density = 1 + 0.4 * math.exp(-nearest.distance(town_centre) / 2500)
        size = min(35, max(6, round(rng.lognormvariate(2.75, 0.38) * density)))
        groups.append(Group(village, "组", nearest, size))
        here = nearest
    for i, group in enumerate(groups):
        group.name = f"{i + 1}组"
        if village.suffix == "207":
            group.name = NAMED_GROUPS[i]
        elif village.suffix == "220":
            group.name, group.kind, group.target = HAMLETS[i], "自然村", rng.randint(34, 58)
        elif village.suffix == "226":
            group.name, group.kind = "", "村"
    return groups


def settle(rng: Random, groups: list[Group], lanes: list[Lane], ground: Ground) -> list[Parcel]:
    """Houses for all groups of one village, in runs along the lanes, the nearest runs first."""
    village = groups[0].village
    runs: dict[int, list[Run]] = defaultdict(list)
    reach = REACH * (1.7 if village.suffix == "220" else 1)
    for lane in lanes:
        if lane.village is village:
            _cut_runs(rng, lane, groups, reach, runs)
    core = village.shape.buffer(-6)
    parcels: list[Parcel] = []
    for i, group in enumerate(groups):
        own: list[Parcel] = []
        for row in (0, 1):
            for run in sorted(runs[i], key=lambda r: r[0]):
                if len(own) < group.target:
                    own += _fill_run(rng, group, run, row, core, ground)
        parcels += own
    return parcels


def _cut_runs(rng: Random, lane: Lane, groups: list[Group], reach: float, runs: dict[int, list[Run]]) -> None:
    for side in (1, -1):
        at = rng.uniform(4, 30)
        while at < lane.line.length - 12:
            length = min(rng.uniform(28, 110), lane.line.length - at - 4)
            middle = lane.line.interpolate(at + length / 2)
            i = int(np.argmin([g.centre.distance(middle) for g in groups]))
            away = groups[i].centre.distance(middle)
            if away < reach:
                runs[i].append((away * rng.uniform(0.55, 1.45), lane, side, at, at + length))
            at += length + rng.choice([8, 14, 25, 45, 80]) * rng.uniform(0.8, 1.2)


def _fill_run(
    rng: Random, group: Group, run: Run, row: int, core: BaseGeometry, ground: Ground
) -> list[Parcel]:
    """Houses side by side along one run; row 1 stands behind row 0."""
    _, lane, side, at, end = run
    setback = (4.6 if lane.trunk else 3.4) + rng.uniform(0.2, 4.5) + row * rng.uniform(21, 25)
    turn = math.radians(rng.gauss(0, 2.5))
    close = rng.random() < 0.6
    parcels: list[Parcel] = []
    while True:
        lot = rural_lot(rng)
        at += lot.frontage / 2
        if at + lot.frontage / 2 > end:
            return parcels
        axes = frame(lane.line, at, side, turn + math.radians(rng.gauss(0, 1.2)))
        parcel = build_rural(rng, group.village, axes, lot, setback + rng.uniform(-0.5, 0.9))
        parcel.group = group
        empty = rng.random() < (0.08 if row == 0 else 0.35)
        if not empty and core.contains(parcel.shape) and ground.is_free(parcel.shape, group, 0.5, 2.8):
            ground.add(parcel.shape, group)
            parcels.append(parcel)
        at += lot.frontage / 2 + (rng.uniform(0.8, 2.2) if close else rng.uniform(2.5, 9))


def add_works(rng: Random, groups: list[Group], lanes: list[Lane], ground: Ground) -> list[Parcel]:
    """One enterprise in each of eight villages, beside the main road."""
    parcels = []
    for suffix, name in WORKS:
        own = [g for g in groups if g.village.suffix == suffix]
        roads = sorted((x for x in lanes if x.village.suffix == suffix), key=lambda x: -x.line.length)
        core = own[0].village.shape.buffer(-10)
        for _ in range(400):
            lane = rng.choice(roads[:8])
            axes = frame(lane.line, rng.uniform(0.1, 0.9) * lane.line.length, rng.choice([1, -1]))
            group = min(own, key=lambda g: g.centre.distance(Point(axes.origin)))
            if group.centre.distance(Point(axes.origin)) > 250:
                continue
            parcel = build_works(rng, group.village, axes, rng.uniform(7, 10), name)
            if core.contains(parcel.shape) and ground.is_free(parcel.shape, group, 2.0, 4.0):
                parcel.group = group
                ground.add(parcel.shape, group)
                parcels.append(parcel)
                break
    return parcels


def outline(
    groups: list[Group], parcels: list[Parcel], fields: dict[Group, Polygon], keep_out: BaseGeometry
) -> None:
    """Draw the groups' polygons: the closed-up surroundings of their courtyards, never overlapping."""
    village = groups[0].village
    own: dict[Group, list[BaseGeometry]] = {g: [p.shape for p in parcels if p.group is g] for g in groups}
    for group, field in fields.items():
        if group in own:
            own[group].append(field)
    cells = _cells(groups, own)
    firm = {g: unary_union([s.buffer(1.2, join_style="mitre") for s in own[g]]) for g in groups}
    inside = village.shape.buffer(-2)
    for group in groups:
        loose = unary_union([s.buffer(78, quad_segs=3) for s in own[group]]).buffer(-48, quad_segs=3)
        shape = loose.intersection(cells[group]).union(firm[group])
        for other in groups:
            if other is not group:
                shape = shape.difference(firm[other])
        shape = shape.intersection(inside).difference(keep_out).simplify(0.8)
        group.shape = _without_crumbs(shape, firm[group])


def _cells(groups: list[Group], own: dict[Group, list[BaseGeometry]]) -> dict[Group, BaseGeometry]:
    """Nearest-courtyard regions, shrunk by half a metre so that neighbours do not touch."""
    sites, holder = [], []
    for group in groups:
        for shape in own[group]:
            dense = shapely.segmentize(shape, 6.0).exterior  # type: ignore[attr-defined]
            for x, y in dense.coords[:-1]:
                sites.append((x, y))
                holder.append(group)
    points = shapely.MultiPoint(sites)
    cells = shapely.voronoi_polygons(points, extend_to=groups[0].village.shape, ordered=True)
    grouped: dict[Group, list[BaseGeometry]] = defaultdict(list)
    for cell, group in zip(cells.geoms, holder, strict=True):
        grouped[group].append(cell)
    return {g: unary_union(c).buffer(-0.6, join_style="mitre") for g, c in grouped.items()}


def _without_crumbs(shape: BaseGeometry, firm: BaseGeometry) -> BaseGeometry:
    """Only the parts that hold a courtyard, without holes, in whole millimetres."""
    parts = [g for g in getattr(shape, "geoms", [shape]) if isinstance(g, Polygon) and g.intersects(firm)]
    rounded = [shapely.transform(p, lambda xy: xy.round(3)) for p in parts]
    return rounded[0] if len(rounded) == 1 else MultiPolygon(rounded)


def strays(rng: Random, groups: list[Group], lanes: list[Lane], ground: Ground, count: int) -> list[Parcel]:
    """Lone dwellings outside every group's polygon, in villages that have polygons."""
    shapes = shapely.STRtree([g.shape for g in groups if g.shape is not None])
    skipped = NO_POLYGON | {"001", "220"}
    roads = [x for x in lanes if x.village.suffix not in skipped and x.line.length > 120]
    found: list[Parcel] = []
    for _ in range(200_000):
        if len(found) == count:
            return found
        lane = rng.choice(roads)
        axes = frame(lane.line, rng.uniform(0.15, 0.85) * lane.line.length, rng.choice([1, -1]))
        parcel = build_rural(rng, lane.village, axes, replace(rural_lot(rng), second=0.0), rng.uniform(5, 9))
        if any(p.village is lane.village and p.shape.distance(parcel.shape) < 900 for p in found):
            continue
        lonely = not len(shapes.query(parcel.shape, predicate="dwithin", distance=25.0))
        inside = lane.village.shape.buffer(-30).contains(parcel.shape)
        if lonely and inside and ground.is_free(parcel.shape, None, 2.0, 3.0):
            ground.add(parcel.shape)
            found.append(parcel)
    raise ValueError(f"room for {len(found)} lone dwellings only")
