"""What the feed says becomes approved changes: kinds, heirs, households of divided addresses, acts in their order."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from address_service.model.addresses import EventKind
from address_service.reconcile.change_set import HeldReason, Move, MoveKind, collapse
from address_service.reconcile.transitions import (
    Descent,
    Division,
    InForce,
    Share,
    Transition,
    approved_changes,
    divisions_of,
)

DAY, START = date(2026, 3, 1), datetime(2026, 3, 1, tzinfo=UTC)
EVENT = UUID(int=900)


def state(text: str | None, no: int = 1) -> InForce | None:
    return InForce(text, (no, 0)) if text else None


def told(
    seq: int, no: int, old: InForce | None, new: InForce | None, kind: EventKind, moment: int = 0
) -> Transition:
    return Transition(
        seq, START + timedelta(minutes=moment), UUID(int=no), UUID(int=900 + moment), kind, "示例〔2026〕1号", DAY,
        old, new,
    )  # fmt: skip


def kinds(*transitions: Transition, lines: tuple[Descent, ...] = ()) -> list[MoveKind]:
    return [one.kind for one in approved_changes(transitions, lines, [], [])]


def division(text: str | None = None) -> Division:
    heirs: dict[UUID, str | None] = {UUID(int=5): "甲附5号", UUID(int=6): "甲附6号"}
    return Division(1, UUID(int=1), "甲", text, "示例〔2026〕1号", DAY, heirs)


def moves(
    of: Division, *shares: tuple[str | None, int | None]
) -> set[tuple[str | None, str | None, str | None]]:
    found = collapse(
        approved_changes([], [], [of], [
            Share(of.address_id, no, UUID(int=heir) if heir else None) for no, heir in shares
        ])
    )  # fmt: skip
    assert found.held == ()
    return {(one.old_text, one.household_no, one.new_text) for one in found.moves}


def test_a_change_is_named_by_what_it_did_to_the_address_not_by_what_was_done_above_it() -> None:
    found = kinds(
        told(1, 1, state("旧村1号"), state("新村1号"), EventKind.MERGE),
        told(2, 2, state("旧村2号", 2), state("新村12号", 12), EventKind.MERGE),
        told(3, 3, state("新村3号", 3), state("新村4号", 4), EventKind.CORRECT),
        told(4, 4, None, state("新村5号"), EventKind.APPROVE),
        told(5, 5, state("新村6号"), None, EventKind.RETIRE),
        told(6, 6, state("新村7号"), state("新村7号"), EventKind.CORRECT),
        told(7, 7, None, None, EventKind.REJECT),
    )

    assert found == [MoveKind.RENAME, MoveKind.RENUMBER, MoveKind.CORRECT, MoveKind.CREATE, MoveKind.RETIRE]


def test_people_of_a_merged_door_go_to_its_heir_and_those_of_a_recoded_one_never_moved() -> None:
    heir = UUID(int=2)
    line = Descent(EVENT, UUID(int=1), heir, False, None, "乙")
    merged = told(1, 1, state("甲"), None, EventKind.MERGE)
    renumbered = told(3, 2, state("乙", 2), state("丙", 3), EventKind.RENUMBER, moment=1)

    changes = {
        kind: approved_changes([replace(merged, kind=kind), renumbered], [line], [], [])
        for kind in (EventKind.MERGE, EventKind.RECODE)
    }
    found = {
        kind: next(one for one in collapse(all_told).moves if one.old_text == "甲")
        for kind, all_told in changes.items()
    }

    def outline(one: Move) -> tuple[str | None, str | None, UUID, bool]:
        return one.old_text, one.new_text, one.heir_id, one.is_pure_renaming

    assert outline(found[EventKind.MERGE]) == ("甲", "丙", heir, False)
    assert outline(found[EventKind.RECODE]) == ("甲", "丙", heir, True)


def test_households_of_a_divided_address_go_where_they_are_registered_and_others_make_its_close_a_question() -> (
    None
):
    assert moves(division(), ("户一", 5), ("户二", 6)) == {
        ("甲", "户一", "甲附5号"),
        ("甲", "户二", "甲附6号"),
        ("甲", None, None),
    }


def test_of_an_address_that_goes_on_beside_its_part_only_those_who_left_are_moved() -> None:
    assert moves(division("甲"), ("户一", 5), ("户二", None)) == {("甲", "户一", "甲附5号")}


def test_whoever_stayed_at_a_divided_address_follows_it_when_it_is_renumbered_later() -> None:
    later = told(9, 1, state("甲"), state("丁", 4), EventKind.RENUMBER, moment=1)

    found = collapse(
        approved_changes([later], [], [division("甲")], [Share(UUID(int=1), "户一", UUID(int=5))])
    )

    assert {(one.old_text, one.household_no, one.new_text) for one in found.moves} == {
        ("甲", "户一", "甲附5号"),
        ("甲", None, "丁"),
    }


def test_a_division_waits_while_a_household_is_still_at_the_ended_address_or_cannot_be_named() -> None:
    for shares in [("户一", 5), ("户二", None)], [("户一", 5), (None, 6)]:
        where = [Share(UUID(int=1), no, UUID(int=heir) if heir else None) for no, heir in shares]
        found = collapse(approved_changes([], [], [division()], where))

        assert found.moves == ()
        assert [one.reason for one in found.held] == [HeldReason.SPLIT_UNDIVIDED]


def test_a_division_that_waited_goes_out_once_its_households_are_placed() -> None:
    waiting = collapse(approved_changes([], [], [division()], [Share(UUID(int=1), "户一", None)])).held
    placed = replace(division(), seq=30)

    found = collapse(approved_changes([], [], [placed], [Share(UUID(int=1), "户一", UUID(int=6))]), waiting)

    assert found.held == ()
    assert {(one.old_text, one.household_no, one.new_text) for one in found.moves} == {
        ("甲", "户一", "甲附6号"),
        ("甲", None, None),
    }


def test_an_ended_address_and_one_that_goes_on_are_told_apart_by_the_feed() -> None:
    ended = told(1, 1, state("甲"), None, EventKind.SPLIT)
    part = told(2, 5, None, state("甲附5号"), EventKind.SPLIT)
    line = Descent(EVENT, UUID(int=1), UUID(int=5), True, "甲", "甲附5号")

    (gone,) = divisions_of([ended, part], [replace(line, predecessor_text=None)])
    (stays,) = divisions_of([part], [line])

    assert (gone.old_text, gone.text, stays.old_text, stays.text) == ("甲", None, "甲", "甲")
    assert gone.heirs == {UUID(int=5): "甲附5号"}
    assert [one.kind for one in approved_changes([ended, part], [line], [gone], [])] == [
        MoveKind.CREATE,
        MoveKind.SPLIT,
    ]


def test_acts_follow_each_other_by_moment_even_where_positions_were_given_late() -> None:
    late = told(12, 1, state("甲"), state("乙", 2), EventKind.RENUMBER)
    later = told(13, 1, state("乙", 2), state("丙", 3), EventKind.RENUMBER, moment=1)
    early = told(8, 2, state("丁", 4), state("戊", 5), EventKind.RENUMBER, moment=1)

    (move, _) = sorted(collapse(approved_changes([early, late, later], [], [], [])).moves, key=str)

    assert (move.old_text, move.new_text) == ("甲", "丙")
