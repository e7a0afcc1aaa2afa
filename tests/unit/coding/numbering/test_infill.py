"""Infill: one new door between doors that keep their numbers."""

from collections.abc import Sequence
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiLineString, Point, Polygon

from address_service.coding.full_text import SubStyle
from address_service.coding.numbering.infill import Candidate, InfillRequest, Takes, propose_infill
from address_service.coding.numbering.plan import Claim, Door, ItemKind, Ledger
from address_service.coding.numbering.policy import Policy
from address_service.coding.numbering.street import plan_street
from address_service.model.buildings import PlanKind
from address_service.model.numbers import DoorNumber, NumberState, Side

WESTWARD = MultiLineString([[(1000, 0), (0, 0)]])
"""Numbered from the east end, as Annex B has it; north is right and odd."""
SITE = UUID(int=900)
RESERVED, ISSUED = NumberState.RESERVED, NumberState.ISSUED


def door(n: int, metres: float, number: int, sub: int = 0, *, north: bool = True) -> Door:
    return Door(UUID(int=n), 1000 - metres, 8 if north else -8, DoorNumber(number, sub))


def infill(
    metres: float,
    doors: Sequence[Door],
    taken: dict[int, NumberState] | None = None,
    *,
    north: bool = True,
    **more: Any,
) -> tuple[Candidate, ...]:
    ledger = Ledger(
        {DoorNumber(n): state for n, state in (taken or {}).items()}
        | {one.kept: ISSUED for one in doors if one.kept},
        more.pop("held", {}),
    )
    policy = more.pop("policy", Policy())
    point = Point(1000 - metres, 8 if north else -8)
    return propose_infill(InfillRequest(point, doors, policy, ledger, WESTWARD, **more))


def test_a_free_number_between_the_neighbours_leaves_room_on_either_side() -> None:
    best, second, third = infill(60, [door(1, 50, 5), door(2, 90, 15)])

    assert (best.number, second.number, third.number) == (DoorNumber(7), DoorNumber(9), DoorNumber(11))
    assert (best.takes, best.side, best.offset_m) == (Takes.FREE, Side.RIGHT, 60.0)
    assert (best.after, best.before) == (DoorNumber(5), DoorNumber(15))
    assert best.reasons[-1].text == "5号与15号之间取7号，尚未使用"


def test_across_the_street_numbers_are_even() -> None:
    assert infill(60, [door(1, 50, 5)], north=False)[0].number == DoorNumber(2)


def test_a_number_reserved_for_a_wide_gap_is_taken() -> None:
    best = infill(70, [door(1, 50, 5), door(2, 90, 9)], {7: RESERVED})[0]

    assert (best.number, best.takes) == (DoorNumber(7), Takes.GAP_RESERVED)


def test_a_vacant_number_is_taken_and_a_retired_one_is_not() -> None:
    taken = {7: NumberState.RETIRED, 9: NumberState.VACANT}

    best, second, *_ = infill(70, [door(1, 50, 5), door(2, 90, 11)], taken)

    assert (best.number, best.takes) == (DoorNumber(9), Takes.VACANT)
    assert (second.number, second.takes) == (DoorNumber(5, 1), Takes.SUB)


def test_a_number_reserved_by_a_plan_elsewhere_is_not_taken() -> None:
    found = infill(70, [door(1, 50, 5), door(2, 90, 9)], {7: RESERVED}, held={DoorNumber(7): SITE})

    assert [one.number for one in found] == [DoorNumber(5, sub) for sub in (1, 2, 3)]


def test_sub_numbers_follow_those_of_the_preceding_door_in_the_style_of_the_policy() -> None:
    best = infill(
        70, [door(1, 50, 5, 2), door(2, 90, 7)], policy=Policy(sub_style=SubStyle.ORDINAL), taken={5: ISSUED}
    )[0]

    assert best.number == DoorNumber(5, 3)
    assert best.reasons[-1].text == "5号之二与7号之间无空号可用，用附号5号之三，不改动既有号"


def test_where_nothing_fits_the_clerk_is_told() -> None:
    best = infill(70, [door(1, 50, 5), door(2, 90, 5, 1)])[0]

    assert (best.number, best.in_order, best.reasons[-1].code) == (DoorNumber(5, 2), False, "no-room")


def test_beyond_the_last_door_a_wide_gap_leaves_numbers_for_what_will_be_built() -> None:
    assert infill(70, [door(1, 50, 5)])[0].number == DoorNumber(7)
    assert infill(200, [door(1, 50, 5)])[0].number == DoorNumber(25)


def test_before_a_site_the_numbers_behind_it_are_not_taken() -> None:
    claim = Claim(SITE, PlanKind.SEGMENT, LineString([(900, 0), (840, 0)]), 3, Side.RIGHT)
    held = {DoorNumber(n): SITE for n in (7, 9, 11)}
    taken = dict.fromkeys((7, 9, 11), RESERVED)

    before = infill(70, [door(1, 50, 5)], taken, held=held, claims=[claim])[0]
    behind = infill(170, [door(1, 50, 5)], taken, held=held, claims=[claim])[0]

    assert (before.number, behind.number) == (DoorNumber(5, 1), DoorNumber(13))


def test_by_distance_the_place_gives_the_number() -> None:
    policy = Policy.from_parameters({"mode": "distance", "metres_per_number": 20})

    assert infill(70, [door(1, 50, 5)], policy=policy)[0].number == DoorNumber(7)
    assert infill(70, [door(1, 75, 7)], policy=policy)[0].number == DoorNumber(5, 1)


def test_in_an_area_the_walk_turns_aside_least() -> None:
    doors = [Door(UUID(int=n), 50.0 * n, 5, DoorNumber(2 * n)) for n in range(1, 6)]
    ledger = Ledger({one.kept: ISSUED for one in doors if one.kept})
    lanes = MultiLineString([[(0, 0), (400, 0)]])
    request = InfillRequest(Point(120, -5), doors, Policy(), ledger, None, [Point(0, 0)], lanes)

    best = propose_infill(request)[0]

    assert (best.number, best.side, best.offset_m) == (DoorNumber(5), None, None)
    assert best.reasons[0].text.startswith("按步行顺序位于4号与6号之间")


def _built(seed: int, planned: int, houses: int) -> list[Candidate]:
    """A site of planned doors, built in random order between two neighbours."""
    random = Random(seed)
    site = LineString([(900, 0), (900 - 15 * planned, 0)])
    claim = Claim(SITE, PlanKind.SEGMENT, site, planned, Side.RIGHT)
    doors = [door(1, 90, 1), door(2, 110 + 15 * planned, 2 * planned + 3)]
    held = {DoorNumber(2 * i + 1): SITE for i in range(1, planned + 1)}
    taken = dict.fromkeys((number.main for number in held), RESERVED)
    width = 15 * planned / max(houses, planned)
    plots = random.sample([100 + (i + 0.5) * width for i in range(max(houses, planned))], houses)
    found = []
    for i, metres in enumerate(plots):
        best = infill(metres, doors, taken, held=held, claims=[claim], claim=SITE)[0]
        found.append(best)
        doors.append(door(10 + i, metres, best.number.main, best.number.sub))
        held.pop(best.number, None)
        taken.pop(best.number.main if best.number.sub == 0 else -1, None)
    row = sorted(doors, key=lambda one: -one.x)
    numbers = [one.kept for one in row if one.kept]
    assert len(set(numbers)) == len(numbers)
    # Between a number and its 附1 nothing fits: sub-numbers of one number may stand out of order, and say so.
    assert [number.main for number in numbers] == sorted(number.main for number in numbers)
    if all(one.in_order for one in found):
        assert numbers == sorted(numbers)
    return found


@pytest.mark.parametrize("houses", [4, 7])
def test_a_site_built_in_any_order_fills_its_block(houses: int) -> None:
    for seed in range(200):
        found = _built(seed, 7, houses)

        assert {one.takes for one in found} == {Takes.PLAN_RESERVED}
        assert not any(one.overflow for one in found)


def test_more_houses_than_planned_take_sub_numbers_and_it_is_told() -> None:
    for seed in range(200):
        found = _built(seed, 5, 8)

        beyond = [one for one in found if one.takes is Takes.SUB]
        assert len(beyond) >= 3
        assert all(one.overflow and one.reasons[-1].code in ("plan-overflow", "no-room") for one in beyond)
        assert {one.takes for one in found} == {Takes.SUB, Takes.PLAN_RESERVED}


places = st.tuples(st.floats(1, 999), st.booleans())


@given(st.lists(places, max_size=12), st.lists(places, min_size=1, max_size=12), st.integers(0, 5))
@settings(max_examples=60, deadline=None)
def test_infill_after_infill_keeps_order_parity_and_every_number(
    first: list[tuple[float, bool]], later: list[tuple[float, bool]], planned: int
) -> None:
    standing = [Door(UUID(int=i + 1), 1000 - m, 8 if north else -8) for i, (m, north) in enumerate(first)]
    claims = [Claim(SITE, PlanKind.SEGMENT, LineString([(700, 0), (500, 0)]), planned, None)][: planned > 0]
    plan = plan_street(WESTWARD, standing, claims, Policy(), Ledger({}))
    spots = {one.key: one for one in standing}
    doors = [
        Door(i.key, spots[i.key].x, spots[i.key].y, i.number)
        for i in plan.items
        if i.kind is ItemKind.DOOR and i.key
    ]
    taken = {i.number: ISSUED if i.kind is ItemKind.DOOR else RESERVED for i in plan.items}
    held = {i.number: SITE for i in plan.items if i.key == SITE}

    for i, (metres, north) in enumerate(later):
        point = Point(1000 - metres, 8 if north else -8)
        request = InfillRequest(point, doors, Policy(), Ledger(taken, held), WESTWARD, claims=claims)
        found = propose_infill(request)
        assert len({one.number for one in found}) == len(found)
        for one in found:
            assert one.number not in held
            assert taken.get(one.number, RESERVED) is RESERVED
        best = found[0]
        assert best.number.main % 2 == (1 if north else 0)
        if best.in_order:
            side = [d for d in doors if (d.y > 0) is north]
            assert all(d.kept < best.number for d in side if d.kept and d.x - point.x > 0.001)
        else:
            return
        taken[best.number] = ISSUED
        doors.append(Door(UUID(int=100 + i), point.x, point.y, best.number))

    for north in (True, False):
        row = sorted((d for d in doors if (d.y > 0) is north), key=lambda d: (-round(d.x, 3), d.key.int))
        by_place = {round(d.x, 3) for d in row}
        if len(by_place) == len(row):
            numbers = [d.kept for d in row if d.kept]
            assert numbers == sorted(numbers)


def to_the_millimetre(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high).map(lambda metres: round(metres, 3))


@given(st.lists(st.tuples(to_the_millimetre(0, 300), to_the_millimetre(-100, 100)), min_size=1, max_size=25))
@settings(max_examples=40, deadline=None)
def test_in_an_area_too_no_number_is_given_twice(spots: list[tuple[float, float]]) -> None:
    lanes = MultiLineString([[(0, 0), (300, 0)]])
    doors: list[Door] = []
    taken: dict[DoorNumber, NumberState] = {DoorNumber(3): NumberState.RETIRED}

    for i, (x, y) in enumerate(spots):
        request = InfillRequest(Point(x, y), doors, Policy(), Ledger(taken), None, (), lanes)
        best = propose_infill(request)[0]
        assert best.number not in taken
        if best.in_order:
            assert best.after is None or best.after < best.number
            assert best.before is None or best.number < best.before
        taken[best.number] = ISSUED
        doors.append(Door(UUID(int=i + 1), x, y, best.number))


def test_a_dense_site_gives_every_plot_its_number_whatever_the_frontage_of_the_policy() -> None:
    """Forty flats on a hundred metres: the plan's own numbers are spread over its ground, not one per 15 m."""
    claim = Claim(SITE, PlanKind.SEGMENT, LineString([(900, 0), (800, 0)]), 40, Side.RIGHT)
    block = {DoorNumber(n): SITE for n in range(11, 91, 2)}
    taken = dict.fromkeys((n.main for n in block), RESERVED)

    found = [
        infill(100 + 2.5 * i + 1.25, [door(1, 50, 5)], taken, held=block, claims=[claim], claim=SITE)[0]
        for i in range(40)
    ]

    assert [one.number.main for one in found] == list(range(11, 91, 2))


def field(numbers: dict[int, tuple[float, float]], at: tuple[float, float]) -> Candidate:
    """A house on a field of 90 m by 40 m in an area, where 1 stands in the west and the plan holds 2 to 7."""
    doors = [Door(UUID(int=n), x, y, DoorNumber(n)) for n, (x, y) in ({1: (-30.0, 20.0)} | numbers).items()]
    claim = Claim(SITE, PlanKind.AREA, Polygon([(0, 0), (90, 0), (90, 40), (0, 40)]), 6, None)
    held = {DoorNumber(n): SITE for n in range(2, 8)}
    taken = dict.fromkeys(held, RESERVED) | {one.kept: ISSUED for one in doors if one.kept}
    request = InfillRequest(Point(at), doors, Policy(), Ledger(taken, held), None, claims=[claim], claim=SITE)
    return propose_infill(request)[0]


def test_the_first_house_on_a_field_takes_the_number_of_its_place_not_the_first_of_the_block() -> None:
    assert [field({}, (x, 20)).number.main for x in (7, 38, 52, 83)] == [2, 4, 5, 7]


def test_a_house_on_a_field_keeps_the_order_of_those_that_stand_there() -> None:
    best = field({4: (38, 20), 6: (52, 20)}, (45, 20))

    assert (best.number, best.takes) == (DoorNumber(5), Takes.PLAN_RESERVED)


def test_where_the_field_has_no_number_in_order_the_nearest_one_of_the_block_is_taken_and_told() -> None:
    best = field({4: (35, 20), 5: (55, 20)}, (45, 20))

    assert best.number in (DoorNumber(3), DoorNumber(6))
    assert "site-order-broken" in {reason.code for reason in best.reasons}
