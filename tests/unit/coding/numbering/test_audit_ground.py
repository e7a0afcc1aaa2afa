"""Audits on less simple ground: habits of old streets, sites in gaps, lanes, and what the fishbone shows of it."""

from dataclasses import replace
from itertools import combinations, pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiLineString, box

from address_service.coding.numbering import Claim, Door, Ledger, Policy
from address_service.coding.numbering.audit import AuditRequest, Finding, audit
from address_service.coding.numbering.audit_row import heaviest_row
from address_service.coding.numbering.fishbone import fishbone, number_walk
from address_service.coding.numbering.sequence import longest_row
from address_service.model.buildings import PlanKind
from address_service.model.numbers import DoorNumber, NumberState, Side

STREET = MultiLineString([[(1000, 0), (0, 0)]])
NO_GAPS = Policy(gap_reserve_m=None)
CELLS = Policy.from_parameters({"mode": "cells", "gap_reserve_m": 60})


def row(numbers: dict[int, int], *, north: bool = True, first: int = 0) -> list[Door]:
    """Doors by metres from the east end; north is right and odd."""
    return [
        Door(UUID(int=first + m), 1000 - m, 8 if north else -8, DoorNumber(n)) for m, n in numbers.items()
    ]


def found(doors: list[Door], **more: Any) -> list[Finding]:
    ledger = Ledger({door.kept: NumberState.ISSUED for door in doors if door.kept})
    request: dict[str, Any] = {"policy": NO_GAPS, "centreline": STREET, "ledger": ledger} | more
    return list(audit(AuditRequest(doors, **request)))


def codes(findings: list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


def test_of_two_doors_with_one_number_the_one_with_an_address_keeps_it() -> None:
    doors = row({20: 1, 40: 3, 60: 3, 80: 5})

    (duplicate,) = found(doors, surveyed=frozenset({UUID(int=40)}))
    (otherwise,) = found(doors, surveyed=frozenset({UUID(int=60)}))

    assert duplicate.keys == (UUID(int=60), UUID(int=40))
    assert otherwise.keys == (UUID(int=40), UUID(int=60))


def test_of_two_ways_to_be_in_order_the_one_with_more_addresses_counts() -> None:
    doors = row({20: 1, 40: 3, 60: 7, 80: 5})

    (of_survey,) = found(doors, surveyed=frozenset({UUID(int=80)}))
    (of_the_other,) = found(doors, surveyed=frozenset({UUID(int=60)}))

    assert (of_survey.keys[-1].int, of_the_other.keys[-1].int) == (80, 60)


def test_a_door_on_the_boundary_is_not_outside() -> None:
    doors = row({20: 1, 40: 3})

    assert found(doors, village=box(0, -50, 979.5, 50)) == []
    assert codes(found(doors, village=box(0, -50, 978, 50))) == ["outside-village"]


def test_a_construction_plan_in_a_gap_has_numbers_of_its_own() -> None:
    site = Claim(UUID(int=9), PlanKind.AREA, box(850, 5, 960, 30), 3, None, "示例")
    policy = Policy(gap_reserve_m=60)
    doors = row({20: 1, 170: 9})

    assert codes(found(doors, policy=policy)) == ["wide-gap"]
    assert found(doors, policy=policy, claims=[site]) == []


def test_a_house_out_of_order_still_stands_in_the_gap() -> None:
    policy = Policy(gap_reserve_m=60)

    assert codes(found(row({20: 1, 60: 99, 100: 3, 130: 5}), policy=policy)) == ["order-inversion"]


def test_where_the_place_decides_there_are_no_gaps_to_fill() -> None:
    assert found(row({5: 1, 155: 15}), policy=CELLS) == []


def test_numbers_that_run_on_stay_right_when_the_first_house_across_is_numbered() -> None:
    policy = Policy.from_parameters({"one_sided": "run_on", "gap_reserve_m": None})
    doors = row({20: 1, 40: 2, 60: 3, 80: 4, 100: 5}) + row({110: 6}, north=False, first=1000)

    assert found(doors, policy=policy) == []


def test_proposals_follow_a_street_numbered_the_other_way_round() -> None:
    falling = row({20: 11, 40: 9, 60: 40, 80: 5, 100: 3, 120: 1}) + row(
        {30: 8, 50: 6}, north=False, first=1000
    )
    mirrored = [replace(door, y=-door.y) for door in row({20: 1, 40: 3, 60: 40, 80: 7, 100: 9})]

    assert [(f.code, f.proposal) for f in found(falling)] == [
        ("wrong-side", DoorNumber(7)),
        ("direction-reversed", None),
    ]
    assert [(f.code, f.proposal) for f in found([*mirrored, *row({30: 2, 50: 4})])] == [
        ("wrong-side", DoorNumber(5)),
        ("sides-swapped", None),
    ]


def test_a_street_without_a_line_is_looked_through_for_duplicates_alone() -> None:
    doors = [*row({20: 1, 40: 9, 900: 4}), *row({60: 9}, first=1000)]

    findings = found(doors, centreline=None, on_street=True)

    assert codes(findings) == ["duplicate", "street-without-line"]
    assert all(finding.proposal is None for finding in findings)


def test_a_line_without_length_is_as_good_as_none() -> None:
    doors = row({20: 1, 40: 3})

    findings = found(doors, centreline=MultiLineString([[(5, 5), (5, 5)]]))

    assert codes(findings) == ["street-without-line"]


def along(*spots: tuple[float, float]) -> list[Door]:
    """Houses of an area, numbered 1, 2, 3 … as listed."""
    return [Door(UUID(int=n), x, y, DoorNumber(n)) for n, (x, y) in enumerate(spots, start=1)]


def test_a_house_at_the_end_of_a_long_lane_is_no_stray() -> None:
    doors = along(
        *((30.0 * n, 0.0) for n in range(6)), (165, 600), *((180 + 30.0 * n, 0.0) for n in range(6))
    )

    assert found(doors, centreline=None) == []


def test_houses_that_strayed_together_are_told_together() -> None:
    spots = [(30.0 * n, 0.0) for n in range(30)]
    spots[3], spots[4] = (850.0, 25.0), (870.0, 25.0)

    findings = found(along(*spots), centreline=None)

    assert [(f.code, f.keys[-1].int) for f in findings] == [("order-inversion", 4), ("order-inversion", 5)]
    assert [f.proposal for f in findings] == [DoorNumber(29, 1), DoorNumber(29, 2)]


def test_a_stray_does_not_make_strays_of_its_neighbours() -> None:
    spots = [(30.0 * n, 0.0) for n in range(30)]
    spots[10] = (860.0, 20.0)

    (stray,) = found(along(*spots), centreline=None)

    assert (stray.keys[-1].int, stray.keys[:-1]) == (11, (UUID(int=10), UUID(int=12)))
    assert stray.proposal == DoorNumber(29, 1)


def test_an_area_numbered_without_regard_to_place_gets_one_finding() -> None:
    spots = [(40.0 * ((n * 17) % 40), 0.0) for n in range(40)]

    (whole,) = found(along(*spots), centreline=None)

    assert (whole.code, whole.keys) == ("without-order", ())


def test_the_way_is_measured_on_foot() -> None:
    """Two lanes side by side join far away; numbers run up one and come back down the other."""
    lanes = MultiLineString([[(0, 0), (600, 0), (600, 400), (0, 400)]])
    there = [(30.0 * n + 15, 5.0) for n in range(20)]
    back = [(585 - 30.0 * n, 395.0) for n in range(20)]

    assert found(along(*there, *back), centreline=None, lanes=lanes) == []


def test_a_bone_on_the_wrong_side_leads_into_the_other_row() -> None:
    doors = row({20: 1, 40: 3, 100: 4, 120: 5}) + row({30: 2, 50: 6}, north=False, first=1000)

    bones = {str(bone.number): bone for bone in fishbone(STREET, doors, NO_GAPS)}

    assert [number for number, bone in bones.items() if not bone.fits] == ["4号"]
    assert bones["4号"].place == pytest.approx((960.0, 0.0))


def test_by_distance_a_bone_leads_to_the_cell_of_its_number() -> None:
    doors = row({5: 1, 45: 5, 300: 11})

    bones = {str(bone.number): bone for bone in fishbone(STREET, doors, CELLS)}

    assert [number for number, bone in bones.items() if not bone.fits] == ["11号"]
    assert bones["11号"].place == pytest.approx((890.0, 0.0))
    assert bones["5号"].place == pytest.approx((955.0, 0.0))


def test_a_cell_beyond_the_street_lies_at_its_end() -> None:
    bones = fishbone(STREET, row({5: 1, 45: 9001}), CELLS)

    assert bones[1].place == pytest.approx((10.0, 0.0))


def test_in_an_area_lines_lead_from_number_to_number() -> None:
    doors = along((0, 0), (30, 30), (30, 0), (0, 30))

    lines = number_walk(doors, {UUID(int=4)})

    assert [(str(line.number), line.place, line.crosses, line.fits) for line in lines] == [
        ("1号", (30, 30), True, True),
        ("2号", (30, 0), False, True),
        ("3号", (0, 30), True, False),
    ]


weighed = st.lists(st.tuples(st.integers(1, 8), st.integers(1, 3)), max_size=9)


@given(weighed)
@settings(max_examples=150, deadline=None)
def test_the_heaviest_row_is_in_order_and_none_is_heavier(marks: list[tuple[int, int]]) -> None:
    numbers, weights = [DoorNumber(n) for n, _ in marks], [w for _, w in marks]

    chosen = heaviest_row(numbers, weights)

    assert chosen == sorted(chosen)
    assert all(numbers[a] < numbers[b] for a, b in pairwise(chosen))
    rows = (r for count in range(len(marks) + 1) for r in combinations(range(len(marks)), count))
    rising = (r for r in rows if all(numbers[a] < numbers[b] for a, b in pairwise(r)))
    assert sum(weights[i] for i in chosen) == max(sum(weights[i] for i in r) for r in rising)
    assert len(heaviest_row(numbers, [1] * len(numbers))) == len(longest_row(numbers))


def test_of_equal_numbers_the_first_stands() -> None:
    assert heaviest_row([DoorNumber(n) for n in (2, 2, 2, 8)], [1] * 4) == [0, 3]


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=4, max_size=12, unique=True))
@settings(max_examples=60, deadline=None)
def test_lines_of_a_walk_cross_exactly_where_shapes_do(spots: list[tuple[int, int]]) -> None:
    doors = along(*((float(x), float(y)) for x, y in spots))

    lines = number_walk(doors)

    shapes = [LineString([line.gate, line.place]) for line in lines]
    for line, shape in zip(lines, shapes, strict=True):
        assert line.crosses == any(shape.crosses(other) for other in shapes)


def test_a_side_is_told_by_the_policy_where_doors_are_few() -> None:
    left = replace(NO_GAPS, odd_side=Side.LEFT)

    assert codes(found(row({20: 1, 40: 3}), policy=left)) == ["wrong-side", "wrong-side"]
