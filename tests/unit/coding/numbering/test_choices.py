"""Choices of the policy that few offices make: cells, from the centre, sections, zero padding."""

from typing import Any
from uuid import UUID

import pytest
from shapely.geometry import LineString, MultiLineString, Point

from address_service.coding.full_text import TextStyle, number_text
from address_service.coding.numbering import Claim, Door, ItemKind, Ledger, Plan, Policy, plan_street
from address_service.coding.numbering.infill import InfillRequest, propose_infill
from address_service.errors import InvalidInput
from address_service.model.buildings import PlanKind
from address_service.model.numbers import DoorNumber, NumberState, Side

EASTWARD = MultiLineString([[(0, 0), (400, 0)]])


def policy(**parameters: Any) -> Policy:
    return Policy.from_parameters({"origin": "from_west", "gap_reserve_m": None, **parameters})


def south(*metres: float) -> list[Door]:
    """Doors on the right, where numbers are odd."""
    return [Door(UUID(int=i), at, -8) for i, at in enumerate(metres, start=1)]


def numbers(plan: Plan) -> list[str]:
    return [str(item.number) for item in plan.items if item.kind is ItemKind.DOOR]


def test_cells_number_the_ground_even_where_nothing_stands() -> None:
    plan = plan_street(EASTWARD, south(5, 75, 78, 390), [], policy(mode="cells"), Ledger({}))

    assert numbers(plan) == ["1号", "7号", "7号附1", "39号"]
    assert plan.items[1].reasons[1].text == "按距离编号，每侧每 20 米一号，第 4 段"


def test_cells_have_their_own_length_and_are_even_on_the_left() -> None:
    doors = [Door(UUID(int=1), 75, 8)]

    plan = plan_street(EASTWARD, doors, [], policy(mode="cells", cell_m=10, metres_per_number=50), Ledger({}))

    assert numbers(plan) == ["16号"]


def test_a_house_more_in_cells_changes_no_other() -> None:
    few = plan_street(EASTWARD, south(5, 390), [], policy(mode="cells"), Ledger({}))
    many = plan_street(EASTWARD, south(5, 390, 45, 130, 250), [], policy(mode="cells"), Ledger({}))

    assert numbers(few) == ["1号", "39号"]
    assert numbers(many) == ["1号", "5号", "13号", "25号", "39号"]


def test_a_site_reserves_all_its_cells() -> None:
    site = Claim(UUID(int=9), PlanKind.SEGMENT, LineString([(100, 0), (155, 0)]), 1, Side.RIGHT)

    plan = plan_street(EASTWARD, south(5), [site], policy(mode="cells"), Ledger({}))

    assert [i.number.main for i in plan.items if i.kind is ItemKind.RESERVED] == [11, 13, 15]


@pytest.mark.parametrize(("centre", "expected"), [((-50, 20), ["1号", "3号"]), ((900, 20), ["2号", "4号"])])
def test_from_the_centre_numbers_run_outward(centre: tuple[float, float], expected: list[str]) -> None:
    plan = plan_street(
        EASTWARD, south(50, 300), [], policy(origin="from_centre", centre=list(centre)), Ledger({})
    )

    assert numbers(plan) == expected
    assert plan.items[0].reasons[-1].text == "自中心向外编号"


def test_from_the_centre_a_dead_end_still_begins_at_its_entrance() -> None:
    outward = policy(origin="from_centre", centre=[900, 0])

    plan = plan_street(EASTWARD, south(50, 300), [], outward, Ledger({}), [Point(0, 0)])

    assert plan.items[0].reasons[-1].code == "dead-end"


SECTIONS = [{"name": "中段", "from_m": 100, "start": 101}, {"name": "东段", "from_m": 300, "start": 201}]


def test_every_section_starts_from_its_own_number() -> None:
    plan = plan_street(EASTWARD, south(20, 50, 120, 150, 350), [], policy(sections=SECTIONS), Ledger({}))

    assert numbers(plan) == ["1号", "3号", "101号", "103号", "201号"]
    assert plan.items[2].reasons[1].text == "“中段”自101号起，取101号"


def test_a_new_door_takes_a_number_of_its_section() -> None:
    doors = [
        Door(UUID(int=i), x, -8, DoorNumber(main))
        for i, (x, main) in enumerate([(20, 1), (120, 101), (350, 201)])
    ]
    ledger = Ledger({door.kept: NumberState.ISSUED for door in doors if door.kept})

    def best(metres: float) -> int:
        request = InfillRequest(Point(metres, -8), doors, policy(sections=SECTIONS), ledger, EASTWARD)
        return propose_infill(request)[0].number.main

    assert [best(60), best(110), best(150), best(320), best(380)] == [3, 13, 103, 127, 203]


def test_zeros_are_shown_and_not_counted() -> None:
    assert number_text(DoorNumber(18), zero_pad=3) == "018号"
    assert number_text(DoorNumber(1018, 1), zero_pad=3) == "1018号附1号"
    assert Policy(zero_pad=4).text_style == TextStyle(zero_pad=4)


def test_these_choices_read_back() -> None:
    given = {"mode": "cells", "cell_m": 25, "origin": "from_centre", "centre": [1.5, 2], "zero_pad": 4}

    for chosen in (Policy.from_parameters(given), policy(sections=SECTIONS)):
        assert Policy.from_parameters(chosen.parameters()) == chosen


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"origin": "from_centre"}, "centre"),
        ({"centre": [1]}, "centre"),
        ({"mode": "cells", "sections": SECTIONS}, "sections"),
        ({"mode": "cells", "skipped_digits": ["4"]}, "skipped_digits"),
        ({"sections": SECTIONS[::-1]}, "sections"),
        ({"sections": [{"name": "", "from_m": 1, "start": 9}]}, "sections"),
        ({"sections": [{"name": "中段", "from_m": 0, "start": 1}]}, "sections"),
        ({"zero_pad": 9}, "zero_pad"),
    ],
)
def test_contradictions_are_refused(parameters: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        Policy.from_parameters(parameters)

    assert [error.field for error in refused.value.errors] == [field]
