"""Streets as they lie on the ground: rings, squares, long roads, deep yards, compounds, corners, rivers."""

from collections.abc import Sequence
from itertools import pairwise
from uuid import UUID

import numpy as np
import pytest
from shapely.geometry import LineString, MultiLineString, Point, Polygon

from address_service.coding.numbering import Claim, Door, Ledger, Plan, Policy, Proposal, plan_street
from address_service.coding.numbering.policy import Origin
from address_service.model.buildings import PlanKind
from address_service.model.numbers import DoorNumber, NumberState, Side

NO_GAPS = Policy(gap_reserve_m=None)
FREE = Ledger({})
ZONE = np.array((500_000.0, 3_170_000.0))
"""Where a county lies in its 3-degree zone, so that the geometry has coordinates of a real size."""


def street(*parts: Sequence[Sequence[float]]) -> MultiLineString:
    return MultiLineString([np.array(part) + ZONE for part in parts])


def door(n: int, x: float, y: float, kept: int | None = None) -> Door:
    return Door(UUID(int=n), x + ZONE[0], y + ZONE[1], DoorNumber(kept) if kept else None)


def main_numbers(plan: Plan) -> dict[int, int]:
    return {item.key.int: item.number.main for item in plan.items if item.key}


def on(plan: Plan, side: Side) -> list[Proposal]:
    return [item for item in plan.items if item.side is side]


def test_a_ring_is_numbered_once_round_clockwise_from_its_entrance() -> None:
    circle = [(150 * np.sin(a), 150 * np.cos(a)) for a in np.linspace(0, 2 * np.pi, 73)]
    outside = [
        door(i, 165 * np.sin(a), 165 * np.cos(a)) for i, a in enumerate(np.radians(range(100, 440, 20)))
    ]
    gate = Point(*(np.array((150.0, 0.0)) + ZONE))

    for line in (circle, circle[::-1], circle[30:-1] + circle[:31]):
        plan = plan_street(street(line), outside, [], NO_GAPS, FREE, [gate])

        # Keys run clockwise from just after the entrance in the east; outside a clockwise ring lies left.
        assert main_numbers(plan) == {i: 2 * i + 2 for i in range(len(outside))}
        assert {item.side for item in plan.items} == {Side.LEFT}


def test_a_square_is_numbered_all_round_its_inner_side_too() -> None:
    square = [(0.0, 0.0), (120.0, 0.0), (120.0, 80.0), (0.0, 80.0), (0.0, 0.0)]
    inside = [door(i, x, y) for i, (x, y) in enumerate([(10, 70), (60, 70), (110, 40), (60, 10), (10, 40)])]
    outside = [door(10 + i, x, y) for i, (x, y) in enumerate([(60, 90), (130, 40), (60, -10), (-10, 40)])]

    plan = plan_street(street(square), inside + outside, [], NO_GAPS, FREE)

    assert [item.number.main for item in on(plan, Side.RIGHT)] == [1, 3, 5, 7, 9]
    assert sorted(main_numbers(plan)[10 + i] for i in range(4)) == [2, 4, 6, 8]
    assert all(a.number < b.number for side in Side for a, b in pairwise(on(plan, side)))


def test_a_road_of_twelve_kilometres_keeps_order_to_its_end() -> None:
    x = np.arange(0, 12_001, 40.0)
    line = list(zip(x.tolist(), (400 * np.sin(x / 900)).tolist(), strict=True))
    road = street(line)
    places = np.random.default_rng(3).uniform(0, road.length, 600)
    doors = []
    for i, metres in enumerate(places):
        at, ahead = road.geoms[0].interpolate(metres), road.geoms[0].interpolate(metres + 0.5)
        behind = road.geoms[0].interpolate(metres - 0.5)
        heading = np.array((ahead.x - behind.x, ahead.y - behind.y))
        off = np.array((-heading[1], heading[0])) / np.hypot(*heading) * (12 if i % 2 else -12)
        doors.append(door(i, at.x + off[0] - ZONE[0], at.y + off[1] - ZONE[1]))

    plan = plan_street(road, doors, [], NO_GAPS, FREE)
    metres_apart = plan_street(road, doors, [], Policy.from_parameters({"mode": "cells"}), FREE)

    last = max(item.offset_m or 0 for item in plan.items)
    assert last == pytest.approx(road.length, rel=0.01)
    sides = {item.key.int % 2: item.side for item in plan.items if item.key}
    assert all(item.side is sides[item.key.int % 2] for item in plan.items if item.key)
    assert [item.number.main for item in on(plan, Side.RIGHT)] == list(range(1, 600, 2))
    for item in metres_apart.items:
        assert item.offset_m is not None
        assert (item.number.main - 1) // 2 == int(item.offset_m // 20)


def test_gates_two_hundred_metres_back_are_numbered_where_their_way_comes_out() -> None:
    line = street([(1000, 0), (0, 0)])
    doors = [door(1, 900, 8), door(2, 700, 200), door(3, 650, 8), door(4, 600, -210), door(5, 550, -8)]

    plan = plan_street(line, doors, [], NO_GAPS, FREE)

    assert main_numbers(plan) == {1: 1, 2: 3, 3: 5, 4: 2, 5: 4}


def test_several_gates_of_one_compound_follow_each_other() -> None:
    line = street([(1000, 0), (0, 0)])
    gates = [door(i, 900 - 30 * i, 8) for i in range(4)]

    plan = plan_street(line, [*gates, door(9, 700, 8)], [], NO_GAPS, FREE)

    assert main_numbers(plan) == {0: 1, 1: 3, 2: 5, 3: 7, 9: 9}


def test_two_doors_of_one_building_at_one_place_are_two_numbers_always_alike() -> None:
    line = street([(1000, 0), (0, 0)])
    doors = [door(1, 900, 8), door(2, 900, 8), door(3, 900, 25)]

    plans = [plan_street(line, order, [], NO_GAPS, FREE) for order in (doors, doors[::-1])]

    assert plans[0] == plans[1]
    assert main_numbers(plans[0]) == {1: 1, 2: 3, 3: 5}


def test_a_building_on_the_corner_is_numbered_on_the_street_of_its_gate() -> None:
    avenue, lane = street([(1000, 0), (0, 0)]), street([(500, 0), (500, -300)])
    corner = door(1, 494, -9)  # gate on the avenue, 9 m off; the lane runs 6 m beside the building
    last, first = door(2, 300, -9), door(3, 494, -60)

    on_avenue = plan_street(avenue, [corner, last], [], NO_GAPS, FREE)
    on_lane = plan_street(lane, [corner, first], [], NO_GAPS, FREE, [Point(*(np.array((500.0, 0.0)) + ZONE))])

    assert main_numbers(on_avenue) == {1: 2, 2: 4}
    assert main_numbers(on_lane) == {1: 1, 3: 3}
    assert {item.side for item in on_lane.items} == {Side.RIGHT}


def test_a_gate_beyond_the_end_of_the_street_comes_last_on_its_side() -> None:
    plan = plan_street(
        street([(1000, 0), (0, 0)]), [door(1, 500, 8), door(2, -30, 8), door(3, 1030, -8)], [], NO_GAPS, FREE
    )

    assert main_numbers(plan) == {1: 1, 2: 3, 3: 2}


def test_both_banks_of_a_river_are_the_two_sides_of_one_street() -> None:
    # One street name, a carriageway on each bank 60 m apart, joined by two bridges.
    north, south = [(1000, 30), (0, 30)], [(1000, -30), (0, -30)]
    bridges = [[(1000, 30), (1000, -30)], [(400, 30), (400, -30)]]
    doors = [door(i, 950 - 100 * i, 42) for i in range(9)] + [
        door(20 + i, 930 - 100 * i, -42) for i in range(9)
    ]

    plan = plan_street(street(north, south, *bridges), doors, [], NO_GAPS, FREE)

    numbers = main_numbers(plan)
    assert len(set(numbers.values())) == 18
    for bank in (range(9), range(20, 29)):
        assert len({numbers[i] % 2 for i in bank}) == 1
    assert all(a.number < b.number for side in Side for a, b in pairwise(on(plan, side)))


def test_two_lines_of_a_dual_carriageway_read_as_one_street_when_drawn_as_one() -> None:
    line = street([(1000, 0), (0, 0)])
    doors = [door(i, 950 - 100 * i, 45) for i in range(5)] + [
        door(10 + i, 930 - 100 * i, -45) for i in range(5)
    ]

    numbers = main_numbers(plan_street(line, doors, [], NO_GAPS, FREE))

    assert [numbers[i] for i in range(5)] == [1, 3, 5, 7, 9]
    assert [numbers[10 + i] for i in range(5)] == [2, 4, 6, 8, 10]


@pytest.mark.parametrize("tenths", range(0, 36, 5))
def test_a_winding_mountain_road_keeps_parity_whichever_way_it_turns(tenths: int) -> None:
    # Hairpins 70 m apart: every gate stays nearest to its own leg.
    legs = [(0.0, 0.0), (300.0, 0.0), (300.0, 70.0), (0.0, 70.0), (0.0, 140.0), (300.0, 140.0)]
    turn = np.radians(tenths * 10)
    matrix = np.array(((np.cos(turn), -np.sin(turn)), (np.sin(turn), np.cos(turn))))
    line = LineString(np.array(legs) @ matrix.T)
    doors = []
    for i, metres in enumerate(np.arange(20, line.length, 47)):
        at, ahead = line.interpolate(metres), line.interpolate(metres + 0.01)
        heading = np.array((ahead.x - at.x, ahead.y - at.y)) / 0.01
        doors.append(door(i, *(np.array((at.x, at.y)) + np.array((heading[1], -heading[0])) * 10)))

    plan = plan_street(street(list(line.coords)), doors, [], NO_GAPS, FREE)

    mains = [item.number.main for item in plan.items]
    assert len({main % 2 for main in mains}) == 1
    assert mains == sorted(mains)
    keys = [item.key.int for item in plan.items if item.key]
    assert keys in (sorted(keys), sorted(keys, reverse=True))


def test_a_crossing_within_one_street_keeps_kept_numbers() -> None:
    cross = street([(500, 0), (0, 0)], [(250, 200), (250, -200)])
    first = plan_street(cross, [door(1, 450, 8), door(2, 100, 8), door(3, 258, 150)], [], NO_GAPS, FREE)
    kept = main_numbers(first)
    doors = [door(1, 450, 8, kept[1]), door(2, 100, 8, kept[2]), door(3, 258, 150, kept[3]), door(4, 300, 8)]
    ledger = Ledger({DoorNumber(main): NumberState.ISSUED for main in kept.values()})

    again = plan_street(cross, doors, [], NO_GAPS, ledger)

    assert {key: main_numbers(again)[key] for key in kept} == kept
    assert [item.number for item in again.items if item.key == UUID(int=4)] == [DoorNumber(1, 1)]


def test_a_site_on_a_ring_is_reserved_where_it_lies() -> None:
    ring = street([(0, 0), (200, 0), (200, 200), (0, 200), (0, 0)])
    yard = Polygon(np.array([(60, 205), (140, 205), (140, 260), (60, 260)]) + ZONE)
    site = Claim(UUID(int=99), PlanKind.AREA, yard, 3, None)
    doors = [door(1, 10, 208), door(2, 208, 190), door(3, 190, -8)]

    plan = plan_street(ring, doors, [site], NO_GAPS, FREE, [Point(*(np.array((0.0, 200.0)) + ZONE))])

    assert [(item.number.main, item.key == site.key) for item in plan.items] == [
        (2, False),
        (4, True),
        (6, True),
        (8, True),
        (10, False),
        (12, False),
    ]


def test_a_gate_beyond_the_tip_of_a_hairpin_stands_on_its_outer_side() -> None:
    """Nearest to the very bend, and past the first leg's end: only both legs together tell left from right."""
    hairpin = street([(-200, 0), (100, 0), (20, 40), (-200, 150)])
    policy = Policy(gap_reserve_m=None, origin=Origin.START)

    plan = plan_street(hairpin, [door(1, 105, 8), door(2, 0, 8), door(3, 0, -8)], [], policy, FREE)

    assert {item.key.int: item.side for item in plan.items if item.key} == {
        1: Side.RIGHT,
        2: Side.LEFT,
        3: Side.RIGHT,
    }
