"""Audit of numbers that stand, and its fishbone picture."""

from dataclasses import replace
from itertools import combinations
from typing import Any
from uuid import UUID

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiLineString, box

from address_service.coding.numbering import Door, ItemKind, Ledger, Policy, plan_street
from address_service.coding.numbering.audit import AuditRequest, Finding, audit
from address_service.coding.numbering.fishbone import fishbone
from address_service.model.numbers import DoorNumber, NumberState

STREET = MultiLineString([[(1000, 0), (0, 0)]])
"""Numbered from the east; north is right and odd."""
NO_GAPS = Policy(gap_reserve_m=None)


def row(numbers: dict[int, int], *, north: bool = True, first: int = 0) -> list[Door]:
    """Doors by metres from the east end."""
    return [
        Door(UUID(int=first + m), 1000 - m, 8 if north else -8, DoorNumber(n)) for m, n in numbers.items()
    ]


def found(doors: list[Door], **more: Any) -> list[Finding]:
    request: dict[str, Any] = {"policy": NO_GAPS, "centreline": STREET, "ledger": Ledger({})} | more
    return list(audit(AuditRequest(doors, **request)))


def codes(findings: list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


def test_good_numbers_have_no_findings() -> None:
    assert found(row({20: 1, 40: 3, 60: 5}) + row({25: 2, 45: 4}, north=False, first=1000)) == []


def test_of_two_doors_with_one_number_the_one_out_of_order_gets_another() -> None:
    (duplicate,) = found(row({20: 1, 40: 3, 60: 5, 80: 3, 100: 9}))

    assert (duplicate.code, duplicate.severity, duplicate.keys[-1]) == ("duplicate", "error", UUID(int=80))
    assert duplicate.text == "重号：3号被两处门使用，相距 40 米"
    assert duplicate.proposal == DoorNumber(7)


def test_a_door_that_holds_no_number_yet_yields_and_spoils_no_order() -> None:
    doors = row({20: 1, 40: 3, 60: 5, 80: 7, 100: 3})
    contested = frozenset({UUID(int=100)})

    (held,) = found(doors, contested=contested)
    alone = found(row({20: 1, 40: 13, 60: 5, 80: 7}), contested=frozenset({UUID(int=40)}))

    assert (held.keys, held.proposal) == ((UUID(int=40), UUID(int=100)), DoorNumber(9))
    assert held.text == "重号：3号被两处门使用，相距 60 米"
    assert [(f.code, f.keys, f.proposal) for f in alone] == [("duplicate", (UUID(int=40),), DoorNumber(3))]
    assert alone[0].text == "重号未决：13号曾有别处使用，此处是否沿用待定"


def test_the_door_that_the_number_fits_better_is_named_though_another_holds_it() -> None:
    doors = row({20: 1, 40: 3, 60: 5, 80: 7, 100: 3})

    findings = found(doors, contested=frozenset({UUID(int=40)}))

    (duplicate,) = [f for f in findings if f.code == "duplicate"]
    assert duplicate.keys == (UUID(int=100), UUID(int=40))
    assert duplicate.text.endswith("，按次序宜由后一处沿用")


def test_an_even_number_on_the_odd_side_is_told() -> None:
    (wrong,) = found(row({20: 1, 40: 4, 60: 5}) + row({25: 2, 45: 6}, north=False, first=1000))

    assert (wrong.code, wrong.keys, wrong.proposal) == ("wrong-side", (UUID(int=40),), DoorNumber(3))
    assert wrong.text == "4号为双号，却位于编号方向右侧"


def test_a_number_out_of_order_is_told() -> None:
    (inversion,) = found(row({20: 1, 40: 9, 60: 3, 80: 5, 100: 7}))

    assert (inversion.code, inversion.keys) == ("order-inversion", (UUID(int=20), UUID(int=40)))
    assert inversion.proposal == DoorNumber(1, 1)


def test_a_street_numbered_the_other_way_round_gets_one_finding() -> None:
    backwards = row({20: 9, 40: 7, 60: 5, 80: 3}) + row({30: 8, 50: 6}, north=False, first=1000)
    mirrored = row({20: 2, 40: 4, 60: 6}) + row({30: 1, 50: 3}, north=False, first=1000)

    assert codes(found(backwards)) == ["direction-reversed"]
    assert codes(found(mirrored)) == ["sides-swapped"]


def test_numbers_that_run_on_along_one_side_are_in_order() -> None:
    assert found(row({20: 1, 40: 2, 60: 3, 80: 4, 100: 5})) == []


def test_a_wide_gap_without_numbers_to_spare_is_told() -> None:
    policy = Policy(gap_reserve_m=60, frontage_m=15)

    (gap,) = found(row({20: 1, 170: 3}), policy=policy)

    assert (gap.code, gap.severity) == ("wide-gap", "notice")
    assert gap.text == "1号与3号相距 150 米，可建 9 处，其间仅余 0 个号"
    assert found(row({20: 1, 170: 21}), policy=policy) == []


def test_by_distance_a_number_far_from_its_place_is_told() -> None:
    policy = Policy.from_parameters({"mode": "cells", "gap_reserve_m": None})

    (far,) = found(row({20: 3, 300: 11, 340: 35}), policy=policy)

    assert (far.code, far.keys, far.proposal) == ("far-from-number", (UUID(int=300),), DoorNumber(31))
    assert far.text == "按距离此处应为31号，11号约在 200 米之外"


def test_outside_the_village_without_parcel_and_shared() -> None:
    doors = row({20: 1, 40: 3, 60: 5})

    findings = found(
        doors,
        village=box(0, -50, 970, 50),
        without_parcel=frozenset({UUID(int=40)}),
        dwellings={UUID(int=60): 2},
    )

    assert codes(findings) == ["outside-village", "shared-number", "no-parcel"]
    assert [finding.text for finding in findings] == [
        "1号位于村界外 10 米",
        "2 处住宅共用5号",
        "3号不在任何宗地内",
    ]
    assert findings[1].proposal == DoorNumber(7)


def test_in_an_area_a_house_far_from_its_neighbours_in_number_is_told() -> None:
    doors = [Door(UUID(int=i), 20.0 * i, 0, DoorNumber(i)) for i in range(1, 9)]
    doors[3] = replace(doors[3], x=900.0)
    doors.append(Door(UUID(int=9), 860, 0, DoorNumber(9)))
    doors.append(Door(UUID(int=50), 30, 9, DoorNumber(2)))

    findings = found(doors, centreline=None)

    assert codes(findings) == ["duplicate", "order-inversion"]
    assert [finding.keys[-1].int for finding in findings] == [50, 4]


places = st.lists(
    st.tuples(st.integers(1, 998), st.booleans()), min_size=2, max_size=20, unique_by=lambda place: place[0]
)


def planned(spots: list[tuple[int, bool]]) -> list[Door]:
    doors = [Door(UUID(int=m), 1000 - m, 8 if north else -8) for m, north in spots]
    plan = plan_street(STREET, doors, [], NO_GAPS, Ledger({}))
    given_numbers = {item.key: item.number for item in plan.items if item.kind is ItemKind.DOOR}
    return [replace(door, kept=given_numbers[door.key]) for door in doors]


@given(places)
@settings(max_examples=80, deadline=None)
def test_what_the_plan_gave_passes_the_audit_and_its_bones_do_not_cross(
    spots: list[tuple[int, bool]],
) -> None:
    doors = planned(spots)

    assert found(doors) == []
    assert not any(bone.crosses for bone in fishbone(STREET, doors, NO_GAPS))


@given(places, st.data())
@settings(max_examples=80, deadline=None)
def test_a_number_copied_or_swapped_is_found_and_the_proposals_mend_it(
    spots: list[tuple[int, bool]], data: st.DataObject
) -> None:
    doors = planned(spots)
    a, b = data.draw(st.sampled_from(list(combinations(range(len(doors)), 2))))
    one, other = doors[a], doors[b]
    doors[b] = replace(other, kept=one.kept)
    if data.draw(st.booleans()):
        doors[a] = replace(one, kept=other.kept)

    findings = found(doors)

    assert findings
    numbers = {door.key: door.kept for door in doors} | {
        finding.keys[-1]: finding.proposal for finding in findings if finding.proposal
    }
    mended = found([replace(door, kept=numbers[door.key]) for door in doors])
    hopeless = [f for f in findings if f.code == "duplicate" and f.proposal is None]
    assert codes(mended).count("duplicate") == len(hopeless)


@given(
    places,
    st.lists(st.tuples(st.sampled_from(["copy", "swap", "other-side"]), st.integers(0, 99), st.integers(0, 99)),
             max_size=5),
    st.booleans(),
    st.booleans(),
)  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_adopting_every_proposal_of_a_spoiled_street_leaves_no_error_and_touches_no_sound_door(
    spots: list[tuple[int, bool]], spoils: list[tuple[str, int, int]], falling: bool, swapped: bool
) -> None:
    doors = planned(spots)
    if falling:
        doors = [replace(door, x=1000 - door.x, y=-door.y) for door in doors]
    if swapped:
        doors = [replace(door, y=-door.y) for door in doors]
    for how, a, b in spoils:
        one, other = doors[a % len(doors)], doors[b % len(doors)]
        assert one.kept is not None
        if how == "other-side":
            doors[a % len(doors)] = replace(one, kept=DoorNumber(one.kept.main + 1001))
        else:
            doors[a % len(doors)] = replace(one, kept=other.kept)
            if how == "swap" and one.key != other.key:
                doors[b % len(doors)] = replace(other, kept=one.kept)
    numbers = {door.kept for door in doors if door.kept}
    ledger = Ledger(dict.fromkeys(numbers, NumberState.ISSUED))

    findings = found(doors, ledger=ledger)

    told = {finding.keys[-1] for finding in findings if finding.keys}
    adopted = {finding.keys[-1]: finding.proposal for finding in findings if finding.proposal}
    assert set(adopted) <= told
    assert len(set(adopted.values())) == len(adopted)
    assert numbers.isdisjoint(adopted.values())
    mended = found([replace(door, kept=adopted.get(door.key, door.kept)) for door in doors], ledger=ledger)
    still = {key for finding in mended if finding.severity == "error" for key in finding.keys}
    assert still.isdisjoint(adopted)
    assert still <= {key for finding in findings for key in finding.keys}


def test_bones_cross_where_numbers_are_out_of_order() -> None:
    bones = fishbone(STREET, row({20: 1, 40: 5, 60: 3, 80: 7}), NO_GAPS)

    assert [(str(bone.number), bone.crosses) for bone in bones] == [
        ("1号", False),
        ("5号", True),
        ("3号", True),
        ("7号", False),
    ]
    assert bones[1].place == pytest.approx((930.0, 0.0))


@given(places, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_a_bone_crosses_exactly_where_it_meets_another(spots: list[tuple[int, bool]], random: Any) -> None:
    doors = planned(spots)
    numbers = [door.kept for door in doors]
    random.shuffle(numbers)
    doors = [replace(door, kept=number) for door, number in zip(doors, numbers, strict=True)]

    bones = fishbone(STREET, doors, NO_GAPS)

    lines = [LineString([bone.gate, bone.place]) for bone in bones]
    for i, bone in enumerate(bones):
        assert bone.crosses == any(shapely.crosses(lines[i], line) for line in lines[:i] + lines[i + 1 :])
    assert {bone.key for bone in bones} == {door.key for door in doors}
