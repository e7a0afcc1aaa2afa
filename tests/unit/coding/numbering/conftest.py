"""The construction plans of the sample town, each with its place numbered as the town is: read once, no database."""

import csv
import math
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import geopandas as gpd
import pyogrio
import pytest
import shapely
import shapely.ops
import yaml
from shapely.geometry import MultiLineString, Point

from address_service.coding.numbering import (
    Claim,
    Door,
    ItemKind,
    Ledger,
    Plan,
    Policy,
    plan_area,
    plan_street,
)
from address_service.coding.numbering.doors import group_doors
from address_service.coding.numbering.infill import Candidate, InfillRequest, propose_infill
from address_service.coding.numbering.policy import Subject
from address_service.model.buildings import BuildingUse, PlanKind
from address_service.model.houses import House
from address_service.model.numbers import DoorNumber, NumberState, Side

TOWN = Path(__file__).parents[4] / "gis_data" / "tongshi"
_HERE = UUID(int=7)
_USES = {"住宅": BuildingUse.DWELLING, "商铺": BuildingUse.SHOP, "混合": BuildingUse.MIXED}
_SIDES = {"左": Side.LEFT, "右": Side.RIGHT}
_LANE_REACH_M = 1000.0
_TOUCHING_M = 10.0

Frame = Any


def key(text: str) -> UUID:
    """An id that a text always gets."""
    return uuid5(_HERE, text)


@dataclass(frozen=True)
class SamplePlan:
    """One construction plan and the place it lies on; ``planned`` as the file says, geometry in EPSG:4547."""

    plan_no: str
    claim: Claim
    planned: int
    street: MultiLineString | None
    entrances: tuple[Point, ...]
    lanes: MultiLineString | None
    doors: tuple[Door, ...]
    others: tuple[Claim, ...]
    policy: Policy

    @cached_property
    def first(self) -> Plan:
        """The plan by which the place is numbered for the first time."""
        return self.number(self.doors, Ledger({}))

    @property
    def claims(self) -> tuple[Claim, ...]:
        """All construction plans of the place."""
        return (self.claim, *self.others)

    def number(self, doors: tuple[Door, ...], ledger: Ledger) -> Plan:
        """Number the place's doors and reserve what its construction plans still lack."""
        if self.street is None:
            return plan_area(self.lanes, doors, self.claims, self.policy, ledger)
        return plan_street(self.street, doors, self.claims, self.policy, ledger, self.entrances)

    @property
    def block(self) -> dict[DoorNumber, Side | None]:
        """What the first numbering reserved for the plan, with the side of each number."""
        items = [i for i in self.first.items if i.kind is ItemKind.RESERVED and i.key == self.claim.key]
        return {item.number: item.side for item in items}

    def town(self) -> "LivedIn":
        """The place just after it was numbered."""
        return LivedIn(self)


class LivedIn:
    """A place in which houses are built one after another, as the counter would have it, in memory."""

    def __init__(self, plan: SamplePlan) -> None:
        self.plan = plan
        where = {door.key: door for door in plan.doors}
        self.doors: dict[UUID, Door] = {}
        self.taken: dict[DoorNumber, NumberState] = {}
        self.held: dict[DoorNumber, UUID] = {}
        for item in plan.first.items:
            if item.kind is ItemKind.DOOR and item.key:
                self.doors[item.key] = replace(where[item.key], kept=item.number)
                self.taken[item.number] = NumberState.ISSUED
            else:
                self.taken[item.number] = NumberState.RESERVED
                if item.key:
                    self.held[item.number] = item.key

    def ask(self, at: Point, *, on_site: bool = True) -> tuple[Candidate, ...]:
        """What the counter offers a house there."""
        plan = self.plan
        return propose_infill(
            InfillRequest(
                at,
                list(self.doors.values()),
                plan.policy,
                Ledger(self.taken, self.held),
                plan.street,
                plan.entrances,
                plan.lanes,
                plan.claims if self.held else plan.others,
                plan.claim.key if on_site and self.held else None,
            )
        )

    def build(self, name: str, at: Point, *, on_site: bool = True) -> Candidate:
        """Build a house and give it the best of its numbers."""
        best = self.ask(at, on_site=on_site)[0]
        self.doors[key(name)] = Door(key(name), at.x, at.y, best.number)
        self.taken[best.number] = NumberState.ISSUED
        return best

    def release(self) -> None:
        """Give up what the plan still has reserved; other plans keep theirs."""
        mine = [n for n, k in self.held.items() if k == self.plan.claim.key]
        for number in mine:
            del self.held[number]
            if self.taken[number] is NumberState.RESERVED:
                self.taken[number] = NumberState.VACANT

    def numbers(self) -> dict[UUID, DoorNumber]:
        """The number of every door."""
        return {door.key: door.kept for door in self.doors.values() if door.kept}


class _Sources:
    def __init__(self) -> None:
        self.plans = _layer("construction_plans.geojson")
        self.streets = _layer("streets.geojson")
        self.lanes = _layer("lanes.gpkg")
        self.buildings = _layer("buildings.gpkg").set_index("建筑编号")
        gates = shapely.points(self.buildings["大门经度"], self.buildings["大门纬度"])
        self.gates = dict(zip(self.buildings.index, _metres(gates), strict=True))
        self.lane_tree = shapely.STRtree(self.lanes.geometry.to_numpy())
        with (TOWN / "oracle" / "addresses.csv").open(encoding="utf-8") as file:
            self.rows = list(csv.DictReader(file))
        parameters = yaml.safe_load((TOWN / "data" / "policies.yaml").read_text(encoding="utf-8"))
        self.policy = Policy.from_parameters(parameters["default"])

    def gate(self, code: str, line: shapely.Geometry | None) -> Point:
        """The surveyed gate, else the place of the house nearest to the street or to a lane."""
        gate: Point = self.gates[code]
        ground = self.buildings.geometry[code]
        if not (gate.is_empty or math.isnan(gate.x)):  # a house without a gate in the file
            return gate
        near = line
        if near is None:
            found = self.lane_tree.query_nearest(
                ground.centroid, max_distance=_LANE_REACH_M, all_matches=False
            )
            near = self.lanes.geometry.iloc[found[0]] if len(found) else None
        found_at: Point = (
            ground.point_on_surface() if near is None else shapely.ops.nearest_points(ground, near)[0]
        )
        return found_at


def _layer(name: str) -> Frame:
    return pyogrio.read_dataframe(TOWN / "data" / name).to_crs(4547)


def _metres(points: Any) -> Any:
    return gpd.GeoSeries(points, crs=4490).to_crs(4547)


def _houses(sources: _Sources, village: str, place: str, line: MultiLineString | None) -> list[House]:
    rows = [r for r in sources.rows if (r["village_code"], r["place_name"]) == (village, place)]
    return [_house(sources, row, line) for row in rows]


def _house(sources: _Sources, row: dict[str, str], line: MultiLineString | None) -> House:
    code = row["building_code"]
    facts, gate = sources.buildings.loc[code], sources.gate(code, line)
    main, _, sub = row["existing_number"].partition("附")
    return House(
        id=key(code),
        building_code=code,
        parcel_id=key(row["parcel_code"]),
        use=_USES.get(facts["用途"], BuildingUse.ENTERPRISE),
        floors=int(facts["层数"]),
        units=0,
        rooms_per_floor=0,
        area_m2=facts.geometry.area,
        x=gate.x,
        y=gate.y,
        lon=0.0,
        lat=0.0,
        existing=DoorNumber(int(main), int(sub or 0)) if main else None,
    )


def _entrances(sources: _Sources, name: str, line: MultiLineString) -> tuple[Point, ...]:
    """Where other streets and the lanes touch a street."""
    streets = sources.streets[sources.streets["街路名称"] != name]
    ways = [*streets.geometry, *sources.lanes.geometry]
    touching = [way for way in ways if way.distance(line) < _TOUCHING_M]
    return tuple(shapely.ops.nearest_points(line, way)[0] for way in touching)


def _claim(row: Any) -> Claim:
    kind = PlanKind.AREA if row["类型"] == "片区" else PlanKind.SEGMENT
    return Claim(
        key(row["计划编号"]), kind, row.geometry, row["计划户数"], _SIDES.get(row["侧别"]), row["名称"]
    )


def _sample_plan(sources: _Sources, row: Any) -> SamplePlan:
    village, street = row["村代码"], row["街路名称"] if isinstance(row["街路名称"], str) else None
    place = street or row["组名"]
    line = None
    if street:
        (drawn,) = sources.streets[sources.streets["街路名称"] == street].geometry
        line = MultiLineString(list(shapely.get_parts(drawn)))
    houses = _houses(sources, village, place, line)
    doors = [
        Door(d.key, d.main_house.x, d.main_house.y, d.kept) for d in group_doors(houses, Subject.COURTYARD)
    ]
    there = sources.plans[
        (sources.plans["村代码"] == village) & (sources.plans["计划编号"] != row["计划编号"])
    ]
    there = there[(there["街路名称"] == street) if street else (there["组名"] == row["组名"])]
    around = shapely.MultiPoint([(door.x, door.y) for door in doors]).envelope.buffer(300)
    lanes = [lane for lane in sources.lanes.geometry if not street and lane.intersects(around)]
    return SamplePlan(
        plan_no=row["计划编号"],
        claim=_claim(row),
        planned=int(row["计划户数"]),
        street=line,
        entrances=_entrances(sources, street, line) if street and line else (),
        lanes=MultiLineString([part for lane in lanes for part in shapely.get_parts(lane)])
        if lanes
        else None,
        doors=tuple(doors),
        others=tuple(_claim(other) for _, other in there.iterrows()),
        policy=sources.policy,
    )


@pytest.fixture(scope="session")
def sample_plans() -> dict[str, SamplePlan]:
    """All construction plans of the sample town by number."""
    sources = _Sources()
    return {row["计划编号"]: _sample_plan(sources, row) for _, row in sources.plans.iterrows()}
