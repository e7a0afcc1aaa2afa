"""Area numbering: walking order, kept numbers, blocks for claims."""

from itertools import pairwise
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiLineString, Point, Polygon

from address_service.coding.numbering import Claim, Door, ItemKind, Ledger, Plan, Policy, plan_area
from address_service.coding.numbering.lanes import find_entrance, nearby, walking_metres
from address_service.coding.numbering.tour import walk_order
from address_service.errors import InvalidInput
from address_service.model.buildings import PlanKind
from address_service.model.numbers import DoorNumber, NumberState

FREE = Ledger({})
DEFAULT = Policy()
LANE = MultiLineString([[(0, 0), (300, 0)]])
WEST_END = Point(0, 0)


def door(n: int, x: float, y: float, kept: int | None = None) -> Door:
    return Door(UUID(int=n), x, y, DoorNumber(kept) if kept else None)


def numbers(plan: Plan) -> dict[int, int]:
    return {i.key.int: i.number.main for i in plan.items if i.kind is ItemKind.DOOR and i.key}


def test_numbers_rise_along_the_lane_from_the_entrance() -> None:
    doors = [door(1, 200, 8), door(2, 50, -8), door(3, 120, 8)]

    plan = plan_area(LANE, doors, [], DEFAULT, FREE, WEST_END)

    assert numbers(plan) == {2: 1, 3: 2, 1: 3}
    assert plan.items[0].offset_m == pytest.approx(58.0)
    assert plan.items[0].reasons[0].text == "沿村道步行顺序第 1 处，距入口步行 58 米"


def test_the_walk_follows_lanes_and_does_not_cross_between_them() -> None:
    # Two lanes 60 m apart that meet only at the entrance: finish one before the other.
    lanes = MultiLineString([[(0, 0), (0, 30), (400, 30)], [(0, 0), (0, -30), (400, -30)]])
    north = [door(i, 50.0 * i, 35) for i in range(1, 8)]
    south = [door(10 + i, 50.0 * i, -35) for i in range(1, 8)]

    plan = plan_area(lanes, [*north, *south], [], DEFAULT, FREE, WEST_END)

    keys = [item.key.int for item in plan.items if item.key]
    assert {key < 10 for key in keys[:7]} in ({True}, {False})


def test_without_lanes_hops_are_short() -> None:
    doors = [door(n, x, 0) for n, x in enumerate([300, 10, 200, 100], start=1)]

    plan = plan_area(None, doors, [], DEFAULT, FREE, WEST_END)

    assert numbers(plan) == {2: 1, 4: 2, 3: 3, 1: 4}


def test_an_area_without_doors_has_an_empty_plan() -> None:
    assert plan_area(LANE, [], [], DEFAULT, FREE).items == ()


def test_kept_numbers_stay_and_taken_ones_are_passed_over() -> None:
    ledger = Ledger({DoorNumber(1): NumberState.RETIRED, DoorNumber(4): NumberState.RESERVED})
    doors = [door(1, 50, 5), door(2, 100, 5, kept=3), door(3, 150, 5), door(4, 200, 5)]

    assert numbers(plan_area(LANE, doors, [], DEFAULT, ledger, WEST_END)) == {1: 2, 2: 3, 3: 5, 4: 6}


def test_of_two_doors_with_one_number_one_is_numbered_anew() -> None:
    plan = plan_area(LANE, [door(1, 50, 5, kept=7), door(2, 100, 5, kept=7)], [], DEFAULT, FREE, WEST_END)

    assert numbers(plan) == {1: 7, 2: 1}
    assert [finding.code for finding in plan.findings] == ["kept-duplicate"]


def test_a_claim_takes_a_block_in_its_place_on_the_walk() -> None:
    claim = Claim(UUID(int=99), PlanKind.AREA, Point(100, 20).buffer(10), 4, None, "安置点")
    doors = [door(1, 50, 5), door(2, 150, 5), door(3, 200, 5, kept=3)]

    plan = plan_area(LANE, doors, [claim], DEFAULT, FREE, WEST_END)

    block = [item.number.main for item in plan.items if item.kind is ItemKind.RESERVED]
    assert block == [4, 5, 6, 7]
    assert numbers(plan) == {1: 1, 2: 8, 3: 3}
    assert [finding.code for finding in plan.findings] == ["numbers-jumped"]


def test_a_claim_reserves_only_what_it_lacks() -> None:
    claim = Claim(UUID(int=99), PlanKind.AREA, Polygon([(90, 10), (110, 10), (100, 30)]), 3, None)
    held = {DoorNumber(2): claim.key, DoorNumber(3): claim.key}
    ledger = Ledger(dict.fromkeys(held, NumberState.RESERVED), held)

    plan = plan_area(LANE, [door(1, 50, 5, kept=1)], [claim], DEFAULT, ledger, WEST_END)

    assert [item.number.main for item in plan.items if item.kind is ItemKind.RESERVED] == [4]


def test_start_and_step_come_from_the_policy() -> None:
    plan = plan_area(LANE, [door(1, 50, 5), door(2, 90, 5)], [], Policy(start=101, step=2), FREE, WEST_END)

    assert numbers(plan) == {1: 101, 2: 103}


def test_numbers_run_out_with_a_name() -> None:
    with pytest.raises(InvalidInput) as refused:
        plan_area(LANE, [door(1, 0, 5), door(2, 9, 5)], [], Policy(start=99_999), FREE)

    assert refused.value.code == "numbers-exhausted"


def test_the_entrance_is_where_the_longest_outer_lane_comes_in() -> None:
    lanes = MultiLineString([[(-400, 0), (100, 0)], [(100, 0), (100, 90)]])
    points = np.array([(20.0, 10.0), (90.0, 50.0), (90.0, -10.0)])

    entrance = find_entrance(lanes, points)

    assert entrance.y == pytest.approx(0.0)
    assert 0 < entrance.x < 20


def test_the_entrance_of_lanes_that_end_in_the_village_is_their_open_end() -> None:
    points = np.array([(0.0, 10.0), (50.0, 10.0), (90.0, -10.0)])

    assert find_entrance(MultiLineString([[(0, 0), (80, 0)]]), points).coords[0] == (0.0, 0.0)
    assert find_entrance(None, points).coords[0] == (90.0, -10.0)


def test_walking_counts_setbacks_and_goes_across_where_the_way_round_is_long() -> None:
    points = np.array([(0.0, 10.0), (100.0, 20.0)])
    hairpin = MultiLineString([[(0, 0), (1000, 0), (1000, 40), (0, 40)]])
    facing = np.array([(0.0, 0.0), (0.0, 40.0)])

    assert walking_metres(LANE, points)[0, 1] == pytest.approx(130.0)
    assert walking_metres(hairpin, facing)[0, 1] == pytest.approx(60.0)


def test_lanes_that_do_not_meet_are_crossed_on_foot() -> None:
    lanes = MultiLineString([[(0, 0), (10, 0)], [(100, 0), (110, 0)]])

    assert walking_metres(lanes, np.array([(0.0, 0.0), (110.0, 0.0)]))[0, 1] == pytest.approx(165.0)


def test_lanes_far_from_all_doors_do_not_matter() -> None:
    lanes = MultiLineString([[(0, 0), (10, 0)], [(9000, 0), (9010, 0)]])
    near = nearby(lanes, np.array([(0.0, 0.0)]))

    assert near is not None
    assert len(near.geoms) == 1


@given(st.integers(0, 2**32 - 1), st.integers(2, 60))
@settings(max_examples=40, deadline=None)
def test_a_walk_visits_all_and_no_worse_than_nearest_neighbour(seed: int, count: int) -> None:
    points = np.random.default_rng(seed).uniform(0, 500, (count, 2))
    metres = walking_metres(None, points)

    order = [0, *walk_order(metres)]

    greedy, left = [0], set(range(1, count))
    while left:
        greedy.append(min(left, key=lambda node: (metres[greedy[-1], node], node)))
        left.remove(greedy[-1])
    assert sorted(order) == list(range(count))
    length, bound = (sum(metres[a, b] for a, b in pairwise(walk)) for walk in (order, greedy))
    assert length <= bound + 1e-6


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_a_short_walk_is_the_shortest(seed: int) -> None:
    points = np.random.default_rng(seed).uniform(0, 500, (7, 2))
    metres = walking_metres(None, points)

    order = [0, *walk_order(metres)]

    length = sum(metres[a, b] for a, b in pairwise(order))
    assert length <= 1.1 * _shortest(metres)


def _shortest(metres: Any) -> float:
    best = {(frozenset({0}), 0): 0.0}
    for _ in range(len(metres) - 1):
        following: dict[tuple[frozenset[int], int], float] = {}
        for (seen, here), length in best.items():
            for node in range(len(metres)):
                if node not in seen:
                    key = (seen | {node}, node)
                    following[key] = min(following.get(key, np.inf), length + float(metres[here, node]))
        best = following
    return min(best.values())


@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(-40, 40)), max_size=25),
    st.sets(st.integers(1, 30)),
    st.randoms(use_true_random=False),
)
@settings(max_examples=60, deadline=None)
def test_plans_are_unique_ascending_and_the_same_in_any_order(
    places: list[tuple[int, int]], taken: set[int], random: Any
) -> None:
    doors = [door(i + 1, *place) for i, place in enumerate(places)]
    claim = Claim(UUID(int=99), PlanKind.AREA, Point(150, 20).buffer(5), 3, None)
    ledger = Ledger({DoorNumber(main): NumberState.ISSUED for main in taken})

    plan = plan_area(LANE, doors, [claim], DEFAULT, ledger)
    random.shuffle(doors)

    mains = [item.number.main for item in plan.items]
    assert mains == sorted(set(mains))
    assert not set(mains) & taken
    assert len(mains) == len(doors) + 3
    assert plan_area(LANE, doors, [claim], DEFAULT, ledger) == plan
