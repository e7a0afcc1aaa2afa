"""Puts the town together, each stage with its own seed, so that one may change without the others."""

from random import Random

from pyproj import Transformer
from shapely import Point
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from gis_data.tongshi.generator import (
    codes,
    existing,
    former,
    hamlets,
    network,
    partition,
    plans,
    shops,
    streets,
)
from gis_data.tongshi.generator.courtyards import Ground
from gis_data.tongshi.generator.model import Group, Lane, Street, Town, Village
from gis_data.tongshi.generator.network import Network

SEED = "tongshi-2026"
CENTRE_LON_LAT = (113.72, 28.78)
STRAYS = 25


def stage(name: str) -> Random:
    return Random(f"{SEED}/{name}")


def build() -> Town:
    to_metres = Transformer.from_crs("EPSG:4490", "EPSG:4547", always_xy=True)
    x, y = to_metres.transform(*CENTRE_LON_LAT)
    centre = Point(round(x), round(y))
    villages = partition.villages(stage("partition"), centre)
    roads = streets.lay_out(centre)
    for i, street in enumerate(roads):
        street.decree = f"示例批〔2026〕{i + 1}号" if street.status == "已批准" else ""
    built_up = unary_union([line for s in roads for line in s.parts]).buffer(45)
    net = network.Network(stage("network"), villages, network.Valleys(stage("relief"), centre), built_up)
    groups = _seats(net, villages, centre, built_up)
    _lay_roads(net, villages, groups, roads, centre)
    lanes = network.lanes(net, villages)
    return _populate(villages, roads, lanes, groups, built_up)


def _seats(net: Network, villages: list[Village], centre: Point, built_up: BaseGeometry) -> list[Group]:
    rng = stage("groups")
    number = hamlets.counts(rng, villages)
    groups: list[Group] = []
    for village in villages:
        seat = net.nearest(village.hub.x, village.hub.y, lambda c: bool(net.height[c] < 0.45))
        village.hub = Point(net.at(seat))
        avoid = built_up.buffer(140)
        spots = hamlets.centres(rng, village, net, number[village.suffix], avoid)
        groups += hamlets.make_groups(rng, village, spots, centre)
    return groups


def _lay_roads(
    net: Network, villages: list[Village], groups: list[Group], roads: list[Street], centre: Point
) -> None:
    rng = stage("roads")
    inner = [v for v in villages if v.ring == 1]
    for end, (dx, dy) in streets.gateways(roads):
        length = (dx * dx + dy * dy) ** 0.5
        cell = net.nearest(end.x + dx / length * 55, end.y + dy / length * 55)
        net.stubs[cell] = end
        ahead = Point(end.x + dx / length * 2300, end.y + dy / length * 2300)
        village = min(inner, key=lambda v: v.hub.distance(ahead))
        net.join(cell, {net.nearest(village.hub.x, village.hub.y)}, trunk=True)
    for village in sorted(villages, key=lambda v: v.hub.distance(centre)):
        if village.ring:
            net.join(net.nearest(village.hub.x, village.hub.y), trunk=True)
    town = unary_union([v.shape for v in villages])
    rim = town.buffer(-60).boundary
    for _ in range(5):
        spot = rim.interpolate(rng.random(), normalized=True)
        net.join(net.nearest(spot.x, spot.y), trunk=True)
    for group in sorted(groups, key=lambda g: g.centre.distance(centre)):
        net.join(net.nearest(group.centre.x, group.centre.y))
    for group in groups:
        _lay_spurs(net, rng, group)


def _lay_spurs(net: Network, rng: Random, group: Group) -> None:
    for _ in range(rng.choice([1, 2, 2, 3])):
        reach = rng.uniform(110, 300)
        spot = Point(group.centre.x + rng.uniform(-reach, reach), group.centre.y + rng.uniform(-reach, reach))
        if group.village.shape.buffer(-90).contains(spot):
            net.join(net.nearest(spot.x, spot.y))


def _populate(
    villages: list[Village],
    roads: list[Street],
    lanes: list[Lane],
    groups: list[Group],
    built_up: BaseGeometry,
) -> Town:
    centrelines: list[BaseGeometry] = [line for s in roads for line in s.parts]
    segments = [*centrelines, *(lane.line for lane in lanes)]
    ground = Ground(segments)
    town = Town(villages, roads, lanes, groups, [], [], [])
    core = next(v for v in villages if v.suffix == "001")
    town.parcels += shops.build(stage("shops"), core, roads, ground)
    town.parcels += hamlets.add_works(stage("works"), groups, lanes, ground)
    for village in villages:
        own = [g for g in groups if g.village is village]
        town.parcels += hamlets.settle(stage(f"houses/{village.suffix}"), own, lanes, ground)
    town.parcels = shops.number_sides(roads, town.parcels)
    fields = plans.fields(stage("fields"), groups, town.parcels, ground)
    street_land = unary_union([p.shape for p in town.parcels if p.street]).buffer(3)
    for village in villages:
        if village.suffix in hamlets.NO_POLYGON:
            continue
        own = [g for g in groups if g.village is village]
        hamlets.outline(own, town.parcels, fields, street_land)
    town.parcels += hamlets.strays(stage("strays"), groups, lanes, ground, STRAYS)
    codes.assign(town)
    town.plans = plans.make(fields, town)
    town.existing = existing.make(stage("existing"), town)
    town.former_villages = former.villages(stage("former"), villages)
    return town
