"""Moves of a delta: right row by row and as a set, whatever was swapped, split or merged in between."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from address_service.errors import Conflict
from address_service.reconcile.change_set import (
    ApprovedChange,
    ChangeSet,
    HeldMove,
    HeldReason,
    MoveKind,
    collapse,
    hold_back,
)
from address_service.reconcile.steps import ordered_steps
from tests.population_system import PopulationSystem

DAY = date(2026, 3, 1)


def house(no: int) -> UUID:
    return UUID(int=no)


def renumber(seq: int, no: int, old: str, new: str) -> ApprovedChange:
    return ApprovedChange(seq, MoveKind.RENUMBER, house(no), old, new, f"决〔{seq}〕", DAY)


def rows_of(found: ChangeSet) -> list[dict[str, str]]:
    return [
        {
            "步骤号": str(step.no),
            "原地址": step.old_text or "",
            "新地址": step.new_text or "",
            "户号": step.household_no or "",
            "何时来本址": "不变" if step.move.is_pure_renaming else "核定",
        }
        for step in ordered_steps(found.moves, "临时-")
    ]


def set_rows_of(found: ChangeSet) -> list[dict[str, str]]:
    return [
        {"原地址": move.old_text or "", "新地址": move.new_text or "", "户号": move.household_no or ""}
        for move in found.moves
    ]


@dataclass
class Township:
    """The truth: houses with texts, people in houses, each act writing down what it did."""

    texts: dict[int, str]
    people: dict[str, int] = field(default_factory=dict)
    changes: list[ApprovedChange] = field(default_factory=list)
    seq: int = 0

    def act(self, *changes: tuple[MoveKind, int, str | None, int | None, str | None]) -> None:
        self.seq += 1
        for kind, no, new, heir, household in changes:
            self.changes.append(
                ApprovedChange(
                    self.seq,
                    kind,
                    house(no),
                    self.texts.get(no),
                    new,
                    f"决〔{self.seq}〕",
                    DAY,
                    house(heir) if heir is not None else None,
                    household,
                )
            )

    def where(self) -> dict[str, str]:
        return {name: self.texts[no] for name, no in self.people.items()}


def permute(town: Township, draw: Callable[..., int]) -> None:
    chosen = sorted(town.texts)[: 2 + draw(4)]
    turned = [town.texts[no] for no in chosen[1:]] + [town.texts[chosen[0]]]
    town.act(*((MoveKind.RENUMBER, no, new, None, None) for no, new in zip(chosen, turned, strict=True)))
    town.texts.update(zip(chosen, turned, strict=True))


def rename(town: Township, draw: Callable[..., int]) -> None:
    no = sorted(town.texts)[draw(len(town.texts))]
    new = f"新{town.seq}号"
    town.act((MoveKind.RENAME, no, new, None, None))
    town.texts[no] = new


def merge(town: Township, draw: Callable[..., int]) -> None:
    gone, heir = sorted(town.texts)[0], sorted(town.texts)[-1 - draw(2)]
    if gone != heir and len(town.texts) > 3:
        town.act((MoveKind.MERGE, gone, town.texts[heir], heir, None))
        del town.texts[gone]
        town.people = {name: heir if no == gone else no for name, no in town.people.items()}


def split(town: Township, draw: Callable[..., int]) -> None:
    no = sorted(town.texts)[draw(len(town.texts))]
    inside = sorted(name for name, at in town.people.items() if at == no)
    if not inside:
        return
    base = 1000 + town.seq * 100
    heirs = {name: base + place for place, name in enumerate(inside)}
    made = {heir: f"{town.texts[no]}附{heir}" for heir in heirs.values()}
    made[base] = town.texts[no]  # the first keeps the text
    town.act(
        *((MoveKind.SPLIT, no, made[heir], heir, f"户{name}") for name, heir in heirs.items()),
        *((MoveKind.CREATE, heir, text, None, None) for heir, text in made.items()),
    )
    del town.texts[no]
    town.texts.update(made)
    town.people.update(heirs)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([permute, rename, merge, split]), st.integers(0, 99)), max_size=8))
def test_everybody_stands_at_the_right_door_row_by_row_and_as_a_set(
    acts: list[tuple[Callable[[Township, Callable[..., int]], None], int]],
) -> None:
    town = Township({no: f"沙坪村{no}号" for no in range(1, 9)})
    town.people = {f"人{no}{part}": no for no in range(1, 9) for part in "甲乙"}
    rowwise, setwise = PopulationSystem(), PopulationSystem()
    for name, no in town.people.items():
        rowwise.add(town.texts[no], name, f"户{name}")
        setwise.add(town.texts[no], name, f"户{name}")

    for act, chance in acts:
        act(town, lambda below, chance=chance: chance % below)
    found = collapse(town.changes)
    for _ in range(2):
        rowwise.import_row_by_row("一", rows_of(found))
        setwise.import_as_a_set("一", set_rows_of(found))

    assert found.held == ()
    assert rowwise.where() == town.where()
    assert setwise.where() == town.where()


def test_swap_and_cycle_come_out_right() -> None:
    changes = [
        renumber(1, 10, "10号", "11号"),
        renumber(1, 11, "11号", "10号"),
        renumber(1, 1, "1号", "2号"),
        renumber(1, 2, "2号", "3号"),
        renumber(1, 3, "3号", "1号"),
    ]
    system = PopulationSystem()
    for text in ("10号", "11号", "1号", "2号", "3号"):
        system.add(text, f"住{text}")

    system.import_row_by_row("一", rows_of(collapse(changes)))

    assert system.where() == {
        "住10号": "11号",
        "住11号": "10号",
        "住1号": "2号",
        "住2号": "3号",
        "住3号": "1号",
    }
    assert system.questions == []


def test_steps_do_not_depend_on_the_order_of_the_moves() -> None:
    found = collapse([renumber(1, 1, "甲", "乙"), renumber(1, 2, "乙", "甲"), renumber(1, 3, "丙", "丁")])

    forward = ordered_steps(found.moves, "临时-")
    backward = ordered_steps(reversed(found.moves), "临时-")

    assert forward == backward
    assert [step.new_text for step in forward].count("临时-000001") == 1


def test_an_address_that_is_again_what_it_was_moves_nobody() -> None:
    found = collapse([renumber(1, 1, "甲", "乙"), renumber(2, 1, "乙", "甲")])

    assert found == ChangeSet((), ())


def test_several_changes_are_one_move_with_all_their_decrees() -> None:
    found = collapse([renumber(1, 1, "甲", "乙"), renumber(2, 1, "乙", "丙")])

    (move,) = found.moves
    assert (move.old_text, move.new_text, move.decrees, move.seq) == ("甲", "丙", ("决〔1〕", "决〔2〕"), 2)
    assert move.is_pure_renaming


def test_people_of_a_merged_address_follow_its_heir_and_are_no_pure_renaming() -> None:
    merged = ApprovedChange(1, MoveKind.MERGE, house(1), "甲", "乙", "决", DAY, heir_id=house(2))

    found = collapse([merged, renumber(2, 2, "乙", "丙")])

    assert {(move.old_text, move.new_text, move.is_pure_renaming) for move in found.moves} == {
        ("甲", "丙", False),
        ("乙", "丙", True),
    }


def test_a_split_that_names_no_household_is_held_and_so_is_whoever_would_move_in() -> None:
    parts = [
        ApprovedChange(1, MoveKind.SPLIT, house(1), "甲", f"甲附{no}", "决", DAY, heir_id=house(no))
        for no in (5, 6)
    ]

    found = collapse([*parts, renumber(2, 2, "乙", "甲"), renumber(2, 3, "丙", "乙")])

    assert found.moves == ()
    assert {(one.move.old_text, one.reason, one.because_of) for one in found.held} == {
        ("甲", HeldReason.SPLIT_UNDIVIDED, None),
        ("乙", HeldReason.TARGET_OCCUPIED, "甲"),
        ("丙", HeldReason.TARGET_OCCUPIED, "乙"),
    }


def test_a_cycle_with_one_row_held_goes_out_whole_with_the_next_package() -> None:
    first = collapse([renumber(1, 1, "甲", "乙"), renumber(1, 2, "乙", "甲"), renumber(1, 3, "丙", "丁")])
    waiting = next(move for move in first.moves if move.old_text == "甲")
    system = PopulationSystem()
    for text in ("甲", "乙", "丙"):
        system.add(text, f"住{text}")

    held = hold_back(first.moves, [HeldMove(waiting, HeldReason.CODES_MISSING)])
    system.import_row_by_row("一", rows_of(held))
    between = system.where()
    system.import_row_by_row("二", rows_of(collapse([renumber(2, 1, "乙", "戊")], held.held)))

    assert between == {"住甲": "甲", "住乙": "乙", "住丙": "丁"}
    assert system.where() == {"住甲": "戊", "住乙": "甲", "住丙": "丁"}


def test_an_address_that_looks_like_a_temporary_key_is_refused() -> None:
    found = collapse([renumber(1, 1, "临时-1", "乙")])

    with pytest.raises(Conflict, match="临时") as refused:
        ordered_steps(found.moves, "临时-")

    assert refused.value.code == "temporary-key-taken"


def test_two_addresses_that_began_with_one_text_are_refused() -> None:
    with pytest.raises(Conflict) as refused:
        collapse([renumber(1, 1, "甲", "乙"), renumber(1, 2, "甲", "丙")])

    assert refused.value.code == "old-text-ambiguous"


def test_of_an_address_that_the_consumer_never_knew_nobody_moves_and_nothing_is_held() -> None:
    made = [
        ApprovedChange(1, MoveKind.CREATE, house(no), None, text, "决", DAY)
        for no, text in ((1, "甲"), (2, "乙"), (3, "丙"))
    ]
    divided = [
        ApprovedChange(2, MoveKind.SPLIT, house(1), "甲", f"甲附{no}", "决", DAY, house(no), household)
        for no, household in ((5, "户一"), (6, "户二"))
    ]
    undivided = [
        ApprovedChange(2, MoveKind.SPLIT, house(2), "乙", f"乙附{no}", "决", DAY, house(no)) for no in (7, 8)
    ]
    merged = ApprovedChange(2, MoveKind.MERGE, house(3), "丙", "丁", "决", DAY, heir_id=house(9))

    found = collapse([*made, *divided, *undivided, merged])

    assert (found.moves, found.held) == ((), ())
