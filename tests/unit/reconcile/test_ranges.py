"""Ranges of numbers say what the moves say, no more and no less."""

from datetime import date
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from address_service.reconcile.change_set import ApprovedChange, Move, MoveKind, collapse
from address_service.reconcile.ranges import RangeKind, number_ranges

DAY = date(2026, 3, 1)


def renamed(*numbers: int, old: str = "旧村", new: str = "新村", first_id: int = 0) -> tuple[Move, ...]:
    return collapse(
        ApprovedChange(1, MoveKind.RENAME, UUID(int=first_id + no), f"{old}{no}号", f"{new}{no}号", "决", DAY)
        for no in numbers
    ).moves


def outline(moves: tuple[Move, ...], still_used: tuple[str, ...] = ()) -> list[tuple[RangeKind, int, int]]:
    return [(one.kind, one.first, one.last) for one in number_ranges(moves, still_used)]


def test_each_of_the_five_kinds_is_used_where_it_is_true() -> None:
    assert outline(renamed(1, 4, 9)) == [(RangeKind.ALL, 1, 9)]
    assert outline(renamed(1, 2, 3), ("旧村",)) == [(RangeKind.FULL, 1, 3)]
    assert outline(renamed(2, 4, 6), ("旧村",)) == [(RangeKind.EVEN, 2, 6)]
    assert outline(renamed(1, 3, 5), ("旧村",)) == [(RangeKind.ODD, 1, 5)]
    assert outline(renamed(7)) == [(RangeKind.SINGLE, 7, 7)]


def test_all_is_never_said_where_one_of_the_old_head_went_elsewhere() -> None:
    parted = renamed(1, 2) + renamed(3, new="他村")
    ended = collapse([ApprovedChange(2, MoveKind.RETIRE, UUID(int=99), "旧村5号附1", None, "决", DAY)]).moves

    assert RangeKind.ALL not in {kind for kind, _, _ in outline(parted)}
    assert outline(renamed(1, 2) + ended) == [(RangeKind.FULL, 1, 2)]


def test_doors_that_changed_their_number_are_in_no_range() -> None:
    change = ApprovedChange(1, MoveKind.RENUMBER, UUID(int=1), "旧村1号", "旧村2号", "决", DAY)

    assert number_ranges(collapse([change]).moves) == []


@given(st.sets(st.integers(1, 40)), st.sets(st.integers(41, 80)), st.booleans())
def test_the_numbers_of_the_ranges_are_those_of_the_moves_each_once(
    ours: set[int], others: set[int], is_used: bool
) -> None:
    moves = renamed(*ours) + renamed(*others, new="他村")

    found = number_ranges(moves, ("旧村",) if is_used else ())
    said = [(one.new_head, no) for one in found if one.kind is not RangeKind.ALL for no in one.numbers()]
    whole = {one.new_head for one in found if one.kind is RangeKind.ALL}

    meant = {("新村", no) for no in ours} | {("他村", no) for no in others}
    assert len(said) == len(set(said))
    assert set(said) == {(head, no) for head, no in meant if head not in whole}
    assert not (whole and (is_used or (ours and others)))
