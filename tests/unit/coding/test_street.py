"""Street numbering by example: direction, sides, branches, anchors, claims, gaps, distance."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from shapely.geometry import LineString, MultiLineString, Point, Polygon

from address_service.coding.numbering import Claim, Door, ItemKind, Ledger, Plan, Policy, plan_street
from address_service.errors import InvalidInput
from address_service.model.buildings import PlanKind
from address_service.model.numbers import DoorNumber, NumberState, Side

FREE = Ledger({})
WEST_EAST = MultiLineString([[(0, 0), (200, 0)]])
NO_GAPS = Policy(gap_reserve_m=None)


def door(n: int, x: float, y: float, kept: DoorNumber | None = None) -> Door:
    return Door(UUID(int=n), x, y, kept)


def numbers(plan: Plan) -> dict[int, str]:
    """Number of every door by its key."""
    return {item.key.int: str(item.number) for item in plan.items if item.kind is ItemKind.DOOR and item.key}


def reserved(plan: Plan) -> list[str]:
    return [str(item.number) for item in plan.items if item.kind is ItemKind.RESERVED]


def along(xs: Sequence[float], y: float, first_key: int = 1) -> list[Door]:
    return [door(first_key + i, x, y) for i, x in enumerate(xs)]


@pytest.mark.parametrize(
    ("origin_end", "near", "far"),
    [
        ((200, 0), (190, 5), (90, 5)),  # E→W, north odd
        ((0, 200), (-5, 190), (-5, 90)),  # N→S, west odd
        ((200, 200), (185, 195), (95, 105)),  # NE→SW, right odd
        ((-200, 200), (-195, 185), (-105, 95)),  # NW→SE, right odd
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_annex_b_directions_whichever_way_the_line_was_drawn(
    origin_end: tuple[float, float], near: tuple[float, float], far: tuple[float, float], turned: bool
) -> None:
    line = [(0.0, 0.0), origin_end]
    street = MultiLineString([line[::-1] if turned else line])

    plan = plan_street(street, [door(2, *far), door(1, *near)], [], NO_GAPS, FREE)

    assert numbers(plan) == {1: "1号", 2: "3号"}


def test_a_dead_end_is_numbered_from_its_entrance() -> None:
    doors = along([20, 180], 5)

    assert numbers(plan_street(WEST_EAST, doors, [], NO_GAPS, FREE, [Point(0, 0)])) == {1: "2号", 2: "4号"}
    assert numbers(plan_street(WEST_EAST, doors, [], NO_GAPS, FREE)) == {1: "3号", 2: "1号"}


def test_a_through_street_is_no_dead_end() -> None:
    plan = plan_street(WEST_EAST, along([20, 180], 5), [], NO_GAPS, FREE, [Point(0, 0), Point(200, 0)])

    assert numbers(plan) == {1: "3号", 2: "1号"}


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"origin": "from_west"}, {1: "2号", 2: "4号"}),
        ({"origin": "start"}, {1: "2号", 2: "4号"}),
        ({"origin": "end"}, {1: "3号", 2: "1号"}),
        ({"odd_side": "left"}, {1: "4号", 2: "2号"}),
        ({"start": 100}, {1: "103号", 2: "101号"}),
        ({"step": 4}, {1: "5号", 2: "1号"}),
        ({"one_sided": "run_on"}, {1: "2号", 2: "1号"}),
        ({"skipped_digits": ["1", "3", "5"]}, {1: "9号", 2: "7号"}),
    ],
)
def test_each_choice_of_the_policy(parameters: dict[str, Any], expected: dict[int, str]) -> None:
    policy = Policy.from_parameters({"gap_reserve_m": None, **parameters})

    assert numbers(plan_street(WEST_EAST, along([20, 180], 5), [], policy, FREE)) == expected


def test_parts_drawn_apart_and_against_each_other_are_one_street() -> None:
    street = MultiLineString([[(0, 0), (60, 0)], [(200, 0), (130, 0)], [(60.4, 0), (130, 0)]])

    assert numbers(plan_street(street, along([20, 100, 180], 5), [], NO_GAPS, FREE)) == {
        1: "5号",
        2: "3号",
        3: "1号",
    }


def test_branches_follow_the_trunk_in_the_order_of_their_mouths() -> None:
    street = MultiLineString([[(0, 0), (200, 0)], [(50, 0), (50, -45)], [(150, 0), (150, -45)]])
    doors = [
        *along([20, 180], 5),
        door(10, 45, -40),
        door(11, 145, -20),
        door(12, 145, -40),
        door(13, 155, -30),
    ]

    plan = plan_street(street, doors, [], NO_GAPS, FREE)

    # The eastern branch comes first, walking west; both sides begin above all numbers of the trunk.
    assert numbers(plan) == {2: "1号", 1: "3号", 11: "5号", 12: "7号", 13: "4号", 10: "9号"}
    assert "支路" in plan.items[-1].reasons[0].text


def test_rings_and_crossings_do_not_upset_it() -> None:
    ring = MultiLineString([Point(0, 0).buffer(50).exterior.coords])
    eight = MultiLineString([[(0, 0), (100, 100), (100, 0), (0, 100)]])
    theta = MultiLineString([[(0, 0), (100, 0)], [(0, 0), (50, 50), (100, 0)], [(0, 0), (50, -50), (100, 0)]])
    for street in (ring, eight, theta):
        doors = [door(i, 10.0 * i, 5 * (-1) ** i) for i in range(1, 9)]
        assert len(set(numbers(plan_street(street, doors, [], NO_GAPS, FREE)).values())) == 8


def test_a_gate_on_the_line_lies_right() -> None:
    plan = plan_street(WEST_EAST, [door(1, 100, 0), door(2, 210, 0)], [], NO_GAPS, FREE)

    assert {item.side for item in plan.items} == {Side.RIGHT}


def test_a_gate_outside_a_bend_keeps_its_side() -> None:
    street = MultiLineString([[(200, 0), (100, 0), (100, -100)]])
    outside, inside = door(1, 95, 20), door(2, 110, -10)

    sides = {item.key: item.side for item in plan_street(street, [outside, inside], [], NO_GAPS, FREE).items}

    assert sides == {outside.key: Side.RIGHT, inside.key: Side.LEFT}


def test_a_street_without_a_line_is_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        plan_street(MultiLineString(), [door(1, 0, 0)], [], NO_GAPS, FREE)

    assert refused.value.code == "street-without-line"


def test_new_doors_fit_between_kept_ones_and_take_sub_numbers_where_full() -> None:
    kept = [door(1, 190, 5, DoorNumber(1)), door(2, 150, 5, DoorNumber(5)), door(3, 100, 5, DoorNumber(7))]
    new = [door(4, 170, 5), door(5, 140, 5), door(6, 120, 5), door(7, 20, 5)]

    plan = plan_street(WEST_EAST, [*new, *kept], [], NO_GAPS, FREE)

    assert numbers(plan) == {1: "1号", 4: "3号", 2: "5号", 5: "5号附1", 6: "5号附2", 3: "7号", 7: "9号"}
    assert [item.kept for item in plan.items] == [True, False, True, False, False, True, False]


def test_kept_numbers_that_stand_wrong_stay_and_are_told() -> None:
    doors = [
        door(1, 190, 5, DoorNumber(1)),
        door(2, 170, 5, DoorNumber(9)),
        door(3, 150, 5, DoorNumber(3)),
        door(4, 130, 5, DoorNumber(4)),
        door(5, 110, 5, DoorNumber(5)),
        door(6, 90, 5),
    ]

    plan = plan_street(WEST_EAST, doors, [], NO_GAPS, FREE)

    assert numbers(plan) == {1: "1号", 2: "9号", 3: "3号", 4: "4号", 5: "5号", 6: "7号"}
    assert [finding.code for finding in plan.findings] == ["kept-out-of-order", "kept-wrong-side"]


def test_of_two_doors_with_one_number_the_nearer_keeps_it() -> None:
    doors = [door(1, 100, 5, DoorNumber(1)), door(2, 190, 5, DoorNumber(1))]

    plan = plan_street(WEST_EAST, doors, [], NO_GAPS, FREE)

    assert numbers(plan) == {2: "1号", 1: "3号"}
    assert [finding.code for finding in plan.findings] == ["kept-duplicate"]


def test_a_door_before_the_first_number_is_told_as_out_of_order() -> None:
    plan = plan_street(WEST_EAST, [door(1, 100, 5, DoorNumber(1)), door(2, 190, 5)], [], NO_GAPS, FREE)

    assert numbers(plan) == {1: "1号", 2: "1号附1"}
    assert [finding.code for finding in plan.findings] == ["no-room"]


@pytest.mark.parametrize("state", [NumberState.ISSUED, NumberState.RESERVED, NumberState.RETIRED])
def test_numbers_of_the_ledger_are_passed_over(state: NumberState) -> None:
    ledger = Ledger({DoorNumber(1): state, DoorNumber(5): state})

    assert numbers(plan_street(WEST_EAST, along([180, 150], 5), [], NO_GAPS, ledger)) == {1: "3号", 2: "7号"}


def test_an_over_wide_gap_reserves_and_says_how_wide() -> None:
    policy = Policy(gap_reserve_m=40, frontage_m=15)

    plan = plan_street(WEST_EAST, along([180, 118, 100], 5), [], policy, FREE)

    assert numbers(plan) == {1: "1号", 2: "9号", 3: "11号"}
    assert reserved(plan) == ["3号", "5号", "7号"]
    assert "62.0 米" in plan.items[1].reasons[0].text


def test_planning_again_does_not_reserve_a_gap_twice_and_infill_takes_an_opened_number() -> None:
    policy = Policy(gap_reserve_m=40, frontage_m=15)
    kept = [door(1, 180, 5, DoorNumber(1)), door(2, 118, 5, DoorNumber(9))]
    gap = frozenset({DoorNumber(3), DoorNumber(5), DoorNumber(7)})
    taken = dict.fromkeys(gap, NumberState.RESERVED)

    again = plan_street(WEST_EAST, kept, [], policy, Ledger(taken))
    shut = plan_street(WEST_EAST, [*kept, door(3, 150, 5)], [], policy, Ledger(taken))
    opened = plan_street(WEST_EAST, [*kept, door(3, 150, 5)], [], policy, Ledger(taken, open_to_infill=gap))

    assert reserved(again) == []
    assert numbers(shut)[3] == "1号附1"
    assert numbers(opened)[3] == "3号"


@pytest.mark.parametrize(
    ("side", "turned", "expected"),
    [
        (
            Side.LEFT,
            False,
            ["3号", "5号", "7号", "9号", "11号"],
        ),  # drawn eastward: its left is north, the odd side
        (Side.RIGHT, True, ["3号", "5号", "7号", "9号", "11号"]),
        (Side.RIGHT, False, ["4号", "6号", "8号", "10号", "12号"]),
        (None, False, ["3号", "4号", "5号", "6号", "7号"]),
    ],
)
def test_a_segment_reserves_on_the_side_of_the_drawn_line(
    side: Side | None, turned: bool, expected: list[str]
) -> None:
    line = [(60.0, 1.0), (140.0, 1.0)]
    claim = Claim(
        UUID(int=99), PlanKind.SEGMENT, LineString(line[::-1] if turned else line), 5, side, "安置区"
    )
    doors = [*along([180, 20], 5), *along([180, 20], -5, 11)]

    plan = plan_street(WEST_EAST, doors, [claim], Policy(gap_reserve_m=40), FREE)

    covered = [item for item in plan.items if item.kind is ItemKind.RESERVED and item.key]
    assert sorted((str(i.number) for i in covered), key=lambda t: int(t[:-1])) == expected
    assert all("安置区" in item.reasons[0].text for item in covered)
    # 160 m without a gate: the side that the claim leaves alone reserves for its gap, the claimed side does not.
    gaps = [item.side for item in plan.items if item.kind is ItemKind.RESERVED and not item.key]
    assert len(set(gaps)) == (0 if side is None else 1)
    assert not {item.side for item in covered} & set(gaps)


def test_an_area_lies_on_the_side_of_its_middle_and_houses_stand_in_order_around_it() -> None:
    area = Polygon([(80, 5), (120, 5), (120, 40), (80, 40)])
    claim = Claim(UUID(int=99), PlanKind.AREA, area, 3, None)

    plan = plan_street(WEST_EAST, along([180, 20], 5), [claim], Policy(), FREE)

    assert numbers(plan) == {1: "1号", 2: "9号"}
    assert reserved(plan) == ["3号", "5号", "7号"]


def test_a_claim_that_holds_its_numbers_reserves_only_what_it_lacks() -> None:
    claim = Claim(UUID(int=99), PlanKind.AREA, Polygon([(80, 5), (120, 5), (120, 40)]), 3, None)
    held = {DoorNumber(3): claim.key, DoorNumber(5): claim.key}
    ledger = Ledger(dict.fromkeys(held, NumberState.RESERVED), held)
    doors = [door(1, 180, 5, DoorNumber(1)), door(2, 20, 5, DoorNumber(9))]

    assert reserved(plan_street(WEST_EAST, doors, [claim], Policy(), ledger)) == ["7号"]


def test_distance_fixes_the_number_even_where_nothing_stands() -> None:
    policy = Policy.from_parameters({"mode": "distance", "metres_per_number": 10})
    doors = [door(1, 195, 5), door(2, 155, 5), door(3, 152, 5), door(4, 155, -5)]

    plan = plan_street(WEST_EAST, doors, [], policy, FREE)

    assert numbers(plan) == {1: "1号", 2: "9号", 3: "9号附1", 4: "10号"}


def test_distance_reserves_every_number_of_a_claims_stretch() -> None:
    policy = Policy.from_parameters({"mode": "distance", "metres_per_number": 10})
    claim = Claim(UUID(int=99), PlanKind.SEGMENT, LineString([(141, 0), (179, 0)]), 1, Side.LEFT)

    plan = plan_street(WEST_EAST, [door(1, 165, 5)], [claim], policy, FREE)

    assert numbers(plan) == {1: "7号"}
    assert reserved(plan) == ["5号", "9号", "11号"]


def test_every_number_says_where_it_stands_and_why() -> None:
    plan = plan_street(WEST_EAST, [door(1, 67.6, 5)], [], NO_GAPS, FREE)

    texts = [reason.text for reason in plan.items[0].reasons]

    assert texts[0] == "距起点 132.4 米，位于前进方向右侧，右侧编单号"
    assert texts[-1].startswith("自东向西编号")
