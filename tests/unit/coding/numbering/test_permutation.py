"""Change sets: simultaneous, whole, the same when applied twice, and back again."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from address_service.coding.numbering.permutation import Change, ChangeSet
from address_service.errors import Conflict
from address_service.model.numbers import DoorNumber, NumberState

Numbering = dict[UUID, DoorNumber]


def numbering(*mains: int) -> Numbering:
    return {UUID(int=i): DoorNumber(main) for i, main in enumerate(mains, start=1)}


def refusals(changes: ChangeSet, holders: Numbering, states: dict[DoorNumber, NumberState]) -> list[str]:
    with pytest.raises(Conflict) as refused:
        changes.apply(holders, states)
    return [error.code for error in refused.value.errors]


@pytest.mark.parametrize(
    ("before", "after"), [((10, 11), (11, 10)), ((1, 2, 3), (2, 3, 1)), ((1, 2, 3), (2, 3, 4))]
)
def test_swaps_rings_and_chains_apply_at_once(before: tuple[int, ...], after: tuple[int, ...]) -> None:
    changes = ChangeSet.between(numbering(*before), numbering(*after))

    assert changes.apply(numbering(*before)) == numbering(*after)
    assert [len(row) for row in changes.cycles()] == [len(before)]


def test_a_number_held_by_an_outsider_is_refused() -> None:
    changes = ChangeSet((Change(UUID(int=1), DoorNumber(1), DoorNumber(2)),))

    assert refusals(changes, numbering(1, 2), {}) == ["target-held"]


def test_two_for_one_number_and_one_for_two_are_refused() -> None:
    two = ChangeSet(tuple(Change(UUID(int=i), DoorNumber(i), DoorNumber(9)) for i in (1, 2)))
    twice = ChangeSet(tuple(Change(UUID(int=1), DoorNumber(1), DoorNumber(n)) for n in (8, 9)))

    assert refusals(two, numbering(1, 2), {}) == ["target-twice"]
    assert refusals(twice, numbering(1, 2), {}) == ["holder-twice"]


def test_a_reserved_number_is_refused_and_a_retired_one_only_without_a_decree() -> None:
    reserved, retired = {DoorNumber(9): NumberState.RESERVED}, {DoorNumber(9): NumberState.RETIRED}
    change = Change(UUID(int=1), DoorNumber(1), DoorNumber(9))
    decreed = Change(UUID(int=1), DoorNumber(1), DoorNumber(9), "平民发〔2026〕3号")

    assert refusals(ChangeSet((change,)), numbering(1), reserved) == ["target-reserved"]
    assert refusals(ChangeSet((change,)), numbering(1), retired) == ["target-retired"]
    assert ChangeSet((decreed,)).apply(numbering(1), retired) == numbering(9)
    assert refusals(ChangeSet((decreed,)), numbering(1), reserved) == ["target-reserved"]


def test_who_has_moved_since_is_told() -> None:
    changes = ChangeSet((Change(UUID(int=1), DoorNumber(1), DoorNumber(2)),))

    assert refusals(changes, numbering(5), {}) == ["holder-moved"]


@st.composite
def moves(draw: st.DrawFn) -> tuple[Numbering, Numbering]:
    """Two numberings of one place: shuffled over the same numbers, moved on, or to fresh ones."""
    size = draw(st.integers(1, 12))
    pool = [DoorNumber(main, sub) for main in range(1, 12) for sub in (0, 1)]
    before = draw(st.lists(st.sampled_from(pool), min_size=size, max_size=size, unique=True))
    after = draw(
        st.one_of(
            st.permutations(before),
            st.lists(st.sampled_from(pool), min_size=size, max_size=size, unique=True),
        )
    )
    keys = [UUID(int=i) for i in range(1, size + 1)]
    return dict(zip(keys, before, strict=True)), dict(zip(keys, after, strict=True))


def ledger(holders: Numbering) -> dict[DoorNumber, NumberState]:
    return dict.fromkeys(holders.values(), NumberState.ISSUED)


@given(moves(), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_applied_in_any_order_and_twice_it_is_applied_once(case: Any, random: Any) -> None:
    before, after = case
    changes = ChangeSet.between(before, after)
    shuffled = list(changes.changes)
    random.shuffle(shuffled)

    once = changes.apply(before, ledger(before))

    assert once == after
    assert ChangeSet(tuple(shuffled)).apply(before, ledger(before)) == once
    assert changes.apply(once, changes.states_after(ledger(before))) == once
    assert sorted(c.holder for row in changes.cycles() for c in row) == sorted(
        c.holder for c in changes.changes
    )


@given(moves())
@settings(max_examples=150, deadline=None)
def test_plan_undo_plan_is_the_same_as_plan(case: Any) -> None:
    before, after = case
    states = ledger(before)
    changes = ChangeSet.between(before, after)
    back, again = changes.inverse("撤销"), ChangeSet.between(before, after, "再次执行")

    done = changes.apply(before, states)
    undone = back.apply(done, changes.states_after(states))
    redone = again.apply(undone, back.states_after(changes.states_after(states)))

    assert undone == before
    assert redone == after


@given(moves())
@settings(max_examples=100, deadline=None)
def test_a_number_given_up_and_not_taken_is_retired_and_stays_so(case: Any) -> None:
    before, after = case
    changes = ChangeSet.between(before, after)

    states = changes.states_after(ledger(before))

    lost = set(before.values()) - set(after.values())
    assert {number for number, state in states.items() if state is NumberState.RETIRED} == lost
    for number in lost:
        taking = ChangeSet((Change(UUID(int=99), None, number),))
        assert refusals(taking, after, states) == ["target-retired"]
