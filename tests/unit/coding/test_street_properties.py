"""Street numbering by property: random streets, kept numbers, ledgers and claims."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from typing import Any
from uuid import UUID

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiLineString

from address_service.coding.numbering import (
    Claim,
    Door,
    ItemKind,
    Ledger,
    Plan,
    Policy,
    Proposal,
    plan_street,
)
from address_service.model.buildings import PlanKind
from address_service.model.numbers import DoorNumber, NumberState, Side

coordinates = st.integers(-300, 300).map(float)


@st.composite
def streets(draw: st.DrawFn) -> MultiLineString:
    """A curvy trunk cut into parts drawn either way, with branches, perhaps apart by a little."""
    turns = draw(st.lists(st.integers(-60, 60), min_size=3, max_size=12))
    heading = np.radians(np.cumsum([draw(st.integers(0, 359)), *turns]))
    steps = np.stack((np.cos(heading), np.sin(heading)), axis=1) * 40.0
    trunk = np.round(np.vstack(([0.0, 0.0], np.cumsum(steps, axis=0))), 2)
    cut = draw(st.integers(1, len(trunk) - 2))
    parts = [trunk[: cut + 1], trunk[cut:] + draw(st.sampled_from([0.0, 0.3]))]
    for _ in range(draw(st.integers(0, 3))):
        mouth = trunk[draw(st.integers(0, len(trunk) - 1))]
        parts.append(
            np.vstack((mouth, mouth + np.array((draw(coordinates) / 3 + 0.5, draw(coordinates) / 3))))
        )
    return MultiLineString([part[::-1] if draw(st.booleans()) else part for part in parts])


@st.composite
def doors_on(draw: st.DrawFn, street: MultiLineString, kept: bool) -> list[Door]:
    places = draw(
        st.lists(st.tuples(st.floats(0, 1), st.integers(-30, 30), st.integers(-30, 30)), max_size=25)
    )
    mains = draw(st.lists(st.integers(1, 40), min_size=len(places), max_size=len(places), unique=True))
    doors = []
    for i, ((share, dx, dy), main) in enumerate(zip(places, mains, strict=True)):
        at = street.interpolate(share, normalized=True)
        number = DoorNumber(main, draw(st.sampled_from([0, 0, 1]))) if kept and draw(st.booleans()) else None
        doors.append(Door(UUID(int=i + 1), at.x + dx, at.y + dy, number))
    return doors


@st.composite
def claims_on(draw: st.DrawFn, street: MultiLineString) -> list[Claim]:
    claims = []
    for i in range(draw(st.integers(0, 2))):
        a, b = (street.interpolate(draw(st.floats(0, 1)), normalized=True) for _ in range(2))
        assume(a.distance(b) > 1)
        line = LineString([(a.x, a.y), (b.x, b.y)])
        kind = draw(st.sampled_from(PlanKind))
        geometry = line if kind is PlanKind.SEGMENT else line.buffer(10)
        side = draw(st.sampled_from([Side.LEFT, Side.RIGHT, None]))
        claims.append(Claim(UUID(int=1000 + i), kind, geometry, draw(st.integers(1, 8)), side))
    return claims


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    parameters: dict[str, Any] = {
        "mode": draw(st.sampled_from(["sequential", "sequential", "distance"])),
        "odd_side": draw(st.sampled_from(["left", "right"])),
        "origin": draw(st.sampled_from(["bearing", "start", "from_south", "from_northeast"])),
        "gap_reserve_m": draw(st.sampled_from([None, 30])),
        "one_sided": draw(st.sampled_from(["parity", "parity", "run_on"])),
    }
    return Policy.from_parameters(parameters)


ledgers = st.dictionaries(
    st.builds(DoorNumber, st.integers(1, 60), st.sampled_from([0, 0, 1])),
    st.sampled_from(NumberState),
    max_size=15,
).map(Ledger)


@st.composite
def cases(draw: st.DrawFn, kept: bool = True) -> tuple[Any, ...]:
    street = draw(streets())
    return street, draw(doors_on(street, kept)), draw(claims_on(street)), draw(policies()), draw(ledgers)


def in_order(plan: Plan, side: Side) -> list[Proposal]:
    return [item for item in plan.items if item.side is side]


def has_odd_ones_out(plan: Plan) -> bool:
    """Whether kept numbers stand so that order cannot hold everywhere; the plan says so."""
    told = {finding.code for finding in plan.findings}
    return bool(told & {"kept-out-of-order", "kept-wrong-side", "no-room"})


def rising(items: Iterable[Proposal]) -> bool:
    return all(a.number < b.number for a, b in pairwise(items))


@given(cases())
@settings(max_examples=150, deadline=None)
def test_numbers_are_unique_and_kept_ones_stay(case: tuple[Any, ...]) -> None:
    street, doors, claims, policy, ledger = case

    plan = plan_street(street, doors, claims, policy, ledger)

    kept = {door.key: door.kept for door in doors if door.kept}
    assert len({item.number for item in plan.items}) == len(plan.items)
    assert {item.key: item.number for item in plan.items if item.kept} == kept
    numbered = [item.key for item in plan.items if item.kind is ItemKind.DOOR]
    assert len(numbered) == len(doors)
    assert set(numbered) == {door.key for door in doors}


@given(cases())
@settings(max_examples=150, deadline=None)
def test_nothing_of_the_ledger_is_proposed(case: tuple[Any, ...]) -> None:
    street, doors, claims, policy, ledger = case

    plan = plan_street(street, doors, claims, policy, ledger)

    shut = {number for number, state in ledger.taken.items() if state is not NumberState.VACANT}
    assert not {item.number for item in plan.items if not item.kept} & shut


@given(cases())
@settings(max_examples=150, deadline=None)
def test_sides_keep_parity_and_order(case: tuple[Any, ...]) -> None:
    street, doors, claims, policy, ledger = case
    policy = Policy.from_parameters({**policy.parameters(), "one_sided": "parity"})

    plan = plan_street(street, doors, claims, policy, ledger)

    if not has_odd_ones_out(plan):
        for side in Side:
            parity = 1 if side is policy.odd_side else 0
            assert {item.number.main % 2 for item in in_order(plan, side)} <= {parity}
            assert rising(in_order(plan, side))


@given(cases(kept=False))
@settings(max_examples=100, deadline=None)
def test_a_first_plan_never_runs_out_of_order(case: tuple[Any, ...]) -> None:
    street, doors, claims, policy, _ = case

    plan = plan_street(street, doors, claims, policy, Ledger({}))

    assert plan.findings == ()
    assert all(rising(in_order(plan, side)) for side in Side)
    assert all(item.number.sub == 0 for item in plan.items) or policy.mode == "distance"


@given(cases(), st.randoms(use_true_random=False))
@settings(max_examples=80, deadline=None)
def test_the_order_of_the_input_does_not_matter(case: tuple[Any, ...], random: Any) -> None:
    street, doors, claims, policy, ledger = case
    plan = plan_street(street, doors, claims, policy, ledger)

    random.shuffle(doors)
    random.shuffle(claims)

    assert plan_street(street, doors, claims, policy, ledger) == plan


@given(cases(kept=False), st.data())
@settings(max_examples=100, deadline=None)
def test_a_house_more_changes_no_number_and_breaks_no_order(
    case: tuple[Any, ...], data: st.DataObject
) -> None:
    street, doors, claims, policy, _ = case
    policy = Policy.from_parameters({**policy.parameters(), "one_sided": "parity"})
    first = plan_street(street, doors, claims, policy, Ledger({}))
    given_numbers = {item.key: item.number for item in first.items if item.kind is ItemKind.DOOR}
    states = {
        item.number: NumberState.ISSUED if item.kind is ItemKind.DOOR else NumberState.RESERVED
        for item in first.items
    }
    held = {item.number: item.key for item in first.items if item.kind is ItemKind.RESERVED and item.key}
    house = Door(UUID(int=500), data.draw(coordinates), data.draw(coordinates))
    committed = [replace(door, kept=given_numbers[door.key]) for door in doors]

    again = plan_street(street, [*committed, house], claims, policy, Ledger(states, held))

    doors_again = {item.key: item.number for item in again.items if item.kind is ItemKind.DOOR}
    assert {key: doors_again[key] for key in given_numbers} == given_numbers
    assert doors_again[house.key] not in states
    assert {finding.code for finding in again.findings} <= {"no-room", "gap-without-room"}
    if "no-room" not in {finding.code for finding in again.findings}:
        assert all(rising(in_order(again, side)) for side in Side)
