"""What the other side calls addresses: told as a whole, by household, or not at all, with the reason."""

from datetime import date
from uuid import UUID

import pytest

from address_service.reconcile.aliases import Alias, AliasDoubt, SaidText, aliases_of, known_texts
from address_service.reconcile.change_set import ApprovedChange, HeldMove, HeldReason, MoveKind, collapse

A, B = UUID(int=1), UUID(int=2)
TEXTS = {A: "烟舟村3组1号", B: "烟舟村3组2号"}


def said(household: str | None, address: UUID | None, text: str = "老屋", *, is_new: bool = True) -> SaidText:
    return SaidText(text, household, address, is_new)


def test_a_text_whose_rows_all_came_to_one_address_goes_as_a_whole_and_one_that_reads_the_same_is_no_row() -> (
    None
):
    found = aliases_of([said("H1", A), said(None, A), said("H3", B, TEXTS[B])], TEXTS, {TEXTS[B]: {B}})

    assert found.told == (Alias("老屋", None, TEXTS[A]),)
    assert found.doubtful == ()


def test_a_text_of_several_addresses_goes_by_household() -> None:
    found = aliases_of([said("H1", A), said("H1", A), said("H2", B)], TEXTS, {})

    assert set(found.told) == {Alias("老屋", "H1", TEXTS[A]), Alias("老屋", "H2", TEXTS[B])}


def test_a_text_that_is_the_address_of_somebody_else_goes_by_household() -> None:
    found = aliases_of([said("H1", A, TEXTS[B])], TEXTS, {TEXTS[B]: {B}})

    assert found.told == (Alias(TEXTS[B], "H1", TEXTS[A]),)


def test_a_former_text_of_the_address_itself_goes_as_a_whole() -> None:
    found = aliases_of([said(None, A)], TEXTS, {"老屋": {A}})

    assert found.told == (Alias("老屋", None, TEXTS[A]),)


@pytest.mark.parametrize(
    ("rows", "doubt"),
    [
        ([said("H1", A), said("H2", None)], AliasDoubt.UNDECIDED),
        ([said("H1", A), said(None, B)], AliasDoubt.NAMELESS),
        ([said("H1", A), said("H1", B)], AliasDoubt.NAMELESS),
        ([said("H1", UUID(int=9))], AliasDoubt.NOT_TOLD),
        ([said("H1", A, "老屋13800005678")], AliasDoubt.PERSONAL),
    ],
)
def test_what_is_not_sure_is_named_and_not_told(rows: list[SaidText], doubt: AliasDoubt) -> None:
    found = aliases_of(rows, TEXTS, {})

    assert found.told == ()
    assert found.doubtful == ((rows[0].text, doubt),)


def test_what_was_decided_before_the_last_package_is_not_told_again_but_counts_for_what_is_new() -> None:
    old = aliases_of([said("H1", A, is_new=False)], TEXTS, {})
    both = aliases_of([said("H1", A, is_new=False), said("H2", B)], TEXTS, {})

    assert (old.told, old.doubtful) == ((), ())
    assert {one.household_no for one in both.told} == {"H1", "H2"}


def test_an_address_is_known_by_what_it_read_before_the_package_and_a_new_one_only_where_nobody_stands() -> (
    None
):
    def change(no: int, old: str | None, new: str) -> ApprovedChange:
        kind = MoveKind.RENUMBER if old else MoveKind.CREATE
        return ApprovedChange(1, kind, UUID(int=no), old, new, "决", date(2026, 1, 1))

    found = collapse([change(1, "甲", "乙"), change(2, None, "甲"), change(3, None, "丙")])

    assert known_texts(found, {A: "乙", B: "甲", UUID(int=3): "丙"}) == {A: "甲", UUID(int=3): "丙"}


def test_an_address_that_is_held_back_is_known_by_its_old_text_or_not_at_all() -> None:
    found = collapse([ApprovedChange(1, MoveKind.CREATE, B, None, "丙", "决", date(2026, 1, 1))])
    held = type(found)((), (HeldMove(found.moves[0], HeldReason.CODES_MISSING),))

    assert known_texts(held, {B: "丙"}) == {}
