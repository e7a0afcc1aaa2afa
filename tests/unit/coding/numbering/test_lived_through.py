"""Reservations lived through: every plan of the sample town built upon in random order, fewer and more than planned."""

import json
import math
from collections.abc import Collection
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import numpy as np
import pytest
import shapely
from pyproj import Transformer
from shapely.geometry import Point

from address_service.coding.numbering import ItemKind, Ledger
from address_service.coding.numbering.infill import Candidate, Takes
from address_service.coding.numbering.reservation import needed_on_street
from address_service.model.buildings import PlanKind
from address_service.model.numbers import DoorNumber, NumberState, Side

PLANS = [f"TSJH2026-{n:03d}" for n in range(1, 9)]
SEEDS = range(200)
DATA = Path(__file__).parents[4] / "gis_data" / "tongshi" / "data"

Plan = Any
Town = Any


def from_file(plan_no: str) -> dict[str, Any]:
    """The feature as the file has it, without the product's reader."""
    features = json.loads((DATA / "construction_plans.geojson").read_text(encoding="utf-8"))["features"]
    found: dict[str, Any] = next(f for f in features if f["properties"]["计划编号"] == plan_no)
    return found


def along_site(plan: Plan) -> list[tuple[Point, Side | None]]:
    """One plot per planned house, in the order of the numbers: along the street, or column by column of the field."""
    if plan.claim.kind is PlanKind.AREA:
        return [(at, None) for at in field_plots(plan)]
    plots: list[tuple[Point, Side | None]] = []
    for side in (Side.RIGHT, Side.LEFT):
        mine = [number for number, its in plan.block.items() if its is side]
        for i in range(len(mine)):
            plots.append((beside(plan, (i + 0.5) / len(mine), side), side))
    return plots


def beside(plan: Plan, share: float, side: Side, setback: float = 9.0) -> Point:
    """A gate beside the planned stretch; the sample's stretches are drawn in the direction of the numbers."""
    line = plan.claim.geometry
    a, b = (line.interpolate(max(0.0, line.length * share + step)) for step in (-0.5, 0.5))
    dx, dy = (b.x - a.x) / a.distance(b), (b.y - a.y) / a.distance(b)
    turn = 1 if side is Side.LEFT else -1
    at = line.interpolate(line.length * share)
    return Point(at.x - dy * setback * turn, at.y + dx * setback * turn)


def field_plots(plan: Plan) -> list[Point]:
    """Plots in two or three full rows along the field, column by column."""
    rows = rows_of(plan)
    corners = shapely.get_coordinates(plan.claim.geometry)[:4]
    if np.hypot(*(corners[1] - corners[0])) < np.hypot(*(corners[2] - corners[1])):
        corners = np.roll(corners, -1, axis=0)
    columns = math.ceil(plan.planned / rows)
    plots = []
    for i in range(plan.planned):
        u, v = (i // rows + 0.5) / columns, (i % rows + 0.5) / rows
        near = corners[0] + u * (corners[1] - corners[0])
        plots.append(Point(near + v * (corners[3] - corners[0])))
    return plots


def rows_of(plan: Plan) -> int:
    """So many that no column is short."""
    return 2 if plan.planned % 2 == 0 else 3


def anywhere(plan: Plan, chance: Random) -> tuple[Point, Side | None]:
    """Some place on the site."""
    if plan.claim.kind is PlanKind.AREA:
        corners = shapely.get_coordinates(plan.claim.geometry)[:4]
        u, v = chance.random(), chance.random()
        return Point(corners[0] + u * (corners[1] - corners[0]) + v * (corners[3] - corners[0])), None
    side = chance.choice(sorted({side for side in plan.block.values() if side}))
    return beside(plan, chance.random(), side, chance.uniform(4, 20)), side


def assert_planning_again_reserves_no_more(plan: Plan, town: Town) -> None:
    doors = tuple(town.doors.values())
    again = plan.number(doors, Ledger(town.taken, town.held))
    assert not [i for i in again.items if i.kind is ItemKind.RESERVED and i.key == plan.claim.key]
    assert {i.key: i.number for i in again.items if i.kind is ItemKind.DOOR} == town.numbers()


def main_numbers(taken: list[Candidate]) -> set[DoorNumber]:
    return {one.number for one in taken}


def assert_in_order(plan: Plan, town: Town, told: Collection[DoorNumber] = ()) -> None:
    """Along each side the numbers rise with shapely's own metres of the street, but for those told to the clerk."""
    trunk = max(shapely.get_parts(shapely.line_merge(plan.street)), key=shapely.length)
    start = trunk.project(Point(shapely.get_coordinates(plan.claim.geometry)[0]))
    ahead = trunk.project(Point(shapely.get_coordinates(plan.claim.geometry)[-1])) > start
    near = [
        d
        for d in town.doors.values()
        if d.kept not in told and plan.claim.geometry.distance(Point(d.x, d.y)) < 60
    ]
    for parity in (0, 1):
        row = sorted(
            (d for d in near if d.kept.main % 2 == parity), key=lambda d: trunk.project(Point(d.x, d.y))
        )
        numbers = [d.kept for d in (row if ahead else row[::-1])]
        assert numbers == sorted(numbers)


@pytest.mark.parametrize("plan_no", PLANS)
def test_the_block_is_as_large_as_the_file_wants(sample_plans: dict[str, Plan], plan_no: str) -> None:
    wanted = from_file(plan_no)["properties"]["计划户数"]

    block = sorted(sample_plans[plan_no].block)

    assert len(block) == wanted
    for parity in (0, 1):
        mains = [n.main for n in block if n.main % 2 == parity]
        assert all(b - a == 2 for a, b in pairwise(mains))


@pytest.mark.parametrize("plan_no", [no for no in PLANS if from_file(no)["properties"]["类型"] == "街段"])
@pytest.mark.parametrize("frontage", [6, 12, 15, 25])
def test_without_planned_doors_the_block_is_what_the_frontage_has_room_for(
    sample_plans: dict[str, Plan], plan_no: str, frontage: int
) -> None:
    plan, feature = sample_plans[plan_no], from_file(plan_no)
    policy = type(plan.policy).from_parameters({**plan.policy.parameters(), "frontage_m": frontage})
    metres = Transformer.from_crs(4490, 4547, always_xy=True).transform
    street = shapely.line_merge(plan.street)
    at = [street.project(Point(metres(*xy))) for xy in feature["geometry"]["coordinates"]]
    sides = 1 if feature["properties"]["侧别"] in ("左", "右") else 2

    need = needed_on_street(
        plan.street, plan.claim.kind, plan.claim.geometry, plan.claim.side, policy, plan.entrances
    )

    assert need.doors == max(1, math.floor((max(at) - min(at)) / frontage)) * sides


@pytest.mark.parametrize("plan_no", PLANS)
def test_planned_houses_built_in_any_order_take_the_numbers_of_the_block_in_order(
    sample_plans: dict[str, Plan], plan_no: str
) -> None:
    """As many as planned or fewer, each on its plot: a main number of the block for each, in parity and order."""
    plan = sample_plans[plan_no]
    plots = along_site(plan)
    for seed in SEEDS:
        chance, town = Random(seed), plan.town()
        before = town.numbers()
        built = chance.sample(range(len(plots)), chance.randint(1, len(plots)))

        taken = {i: town.build(f"house {i}", plots[i][0]) for i in built}

        assert {one.takes for one in taken.values()} == {Takes.PLAN_RESERVED}
        assert {one.number for one in taken.values()} <= set(plan.block)
        assert not any(one.overflow or not one.in_order for one in taken.values())
        assert {k: n for k, n in town.numbers().items() if k in before} == before
        if plan.street is not None:
            assert all(plan.block[one.number] is plots[i][1] for i, one in taken.items())
            assert_in_order(plan, town)
        else:
            assert not any("site-order-broken" in {r.code for r in one.reasons} for one in taken.values())
            columns = [i // rows_of(plan) for i in sorted(taken)]
            assert_columns_ascend(columns, [taken[i].number for i in sorted(taken)])


def assert_columns_ascend(columns: list[int], numbers: list[DoorNumber]) -> None:
    """Walking the field one way or the other, every house of a later column has a greater number."""
    pairs = [(a, b) for a in range(len(columns)) for b in range(a) if columns[a] > columns[b]]
    rising = sum(numbers[a] > numbers[b] for a, b in pairs)
    assert rising in (0, len(pairs))


@pytest.mark.parametrize("plan_no", PLANS)
def test_houses_anywhere_on_the_site_take_the_block_and_then_reported_sub_numbers(
    sample_plans: dict[str, Plan], plan_no: str
) -> None:
    """Fewer and more than planned, gates anywhere: what finds no number of the block gets a sub-number, told so."""
    plan = sample_plans[plan_no]
    for seed in SEEDS:
        chance, town = Random(seed), plan.town()
        before = town.numbers()
        spots = [anywhere(plan, chance) for _ in range(chance.randint(1, plan.planned + 5))]

        taken = [town.build(f"house {i}", at) for i, (at, _) in enumerate(spots)]

        from_block = [one for one in taken if one.takes is Takes.PLAN_RESERVED]
        extra = [one for one in taken if one.takes is not Takes.PLAN_RESERVED]
        assert main_numbers(from_block) <= set(plan.block)
        assert all(one.takes is Takes.SUB and one.number.sub and one.overflow for one in extra)
        assert all("plan-overflow" in {reason.code for reason in one.reasons} for one in extra)
        assert len(town.numbers()) == len(set(town.numbers().values())) == len(before) + len(spots)
        assert {k: n for k, n in town.numbers().items() if k in before} == before
        assert all(one.in_order for one in from_block)
        if plan.street is not None:
            assert all(one.side is side for one, (_, side) in zip(taken, spots, strict=True))
            assert_in_order(plan, town, told={one.number for one in taken if not one.in_order})
        else:
            assert len(from_block) == min(len(spots), plan.planned)
        if len(spots) > plan.planned:
            assert extra
        if seed % 20 == 0:
            assert_planning_again_reserves_no_more(plan, town)


@pytest.mark.parametrize("plan_no", PLANS)
def test_leftovers_go_to_nobody_until_they_are_released(sample_plans: dict[str, Plan], plan_no: str) -> None:
    """A house beside the site gets none of them, at any time; after the release it may."""
    plan = sample_plans[plan_no]
    plots = along_site(plan)
    offered_after = 0
    for seed in SEEDS:
        chance, town = Random(seed), plan.town()
        built = chance.sample(range(len(plots)), chance.randint(0, len(plots) - 1))
        for i in built:
            town.build(f"house {i}", plots[i][0])
        left = {n for n, k in town.held.items() if town.taken[n] is NumberState.RESERVED}
        door = chance.choice(plan.doors)
        beside_it = Point(door.x + chance.uniform(-9, 9), door.y + chance.uniform(-9, 9))

        offered = main_numbers(town.ask(beside_it, on_site=False))
        kept = town.numbers()
        town.release()
        after = town.ask(plots[next(i for i in range(len(plots)) if i not in built)][0], on_site=False)

        assert len(left) == plan.planned - len(built)
        assert not offered & left
        assert town.numbers() == kept
        assert {town.taken[n] for n in plan.block} <= {NumberState.VACANT, NumberState.ISSUED}
        offered_after += bool(main_numbers(after) & left)
    assert offered_after > 0


def test_keys_of_sample_plans_are_the_files(sample_plans: dict[str, Plan]) -> None:
    assert sorted(sample_plans) == PLANS
    assert all(isinstance(plan.claim.key, UUID) for plan in sample_plans.values())
