"""Renumbering plans: drawn with their price, committed whole by decree, taken back by another plan."""

import contextlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from sqlalchemy import text

from address_service.errors import Conflict, Forbidden, InvalidInput
from address_service.jobs.fonts import load_fonts
from address_service.model.accounts import Role
from address_service.model.numbers import DoorNumber
from address_service.services.approve_addresses import approve_addresses, reject_addresses
from address_service.services.commit_numbering_plan import commit_numbering_plan
from address_service.services.commit_renumbering import commit_renumbering
from address_service.services.draw_renumbering import (
    Renumbering,
    draw_renumbering,
    drop_renumbering,
    preview_renumbering,
    undo_renumbering,
)
from address_service.services.issue_number import issue_number
from address_service.services.order_plates import order_plates
from address_service.services.plan_numbering import plan_numbering
from address_service.services.print_batch import print_batch
from address_service.services.renumbering_targets import Redraw, Wish
from address_service.store.address_card import load_address_card
from address_service.store.addresses import Scope
from address_service.store.files import FileStore
from address_service.store.renumbering_plans import RenumberingHead
from address_service.store.work import Work

DECREE = "示例〔2026〕9号"
VILLAGE = "湖南省岳阳市平江县童市镇烟舟村"


def day(work: Work, n: int) -> Work:
    """The same transaction n days later."""
    return Work(work.conn, work.actor, work.now + timedelta(days=n), work.keys)


@dataclass
class Group:
    """A group of approved doors in a row, numbered 1, 2, 3 … from west to east."""

    work: Work
    approver: Work
    place: UUID

    def codes(self) -> dict[int, str]:
        """Address code by present main number."""
        query = """SELECT d.main, a.code FROM door_number d JOIN address a ON a.id = d.holder_id
                   WHERE d.place_id = :p AND d.state = 'issued' ORDER BY d.main"""
        return {row.main: row.code for row in self.work.conn.execute(text(query), {"p": self.place})}

    def states(self) -> dict[int, str]:
        query = "SELECT main, state FROM door_number WHERE place_id = :p ORDER BY main"
        return {row.main: row.state for row in self.work.conn.execute(text(query), {"p": self.place})}

    def draw(self, moves: dict[int, int], **more: Any) -> RenumberingHead:
        return draw_renumbering(self.work, self.asked(moves, **more), more.pop("prices", {}))

    def asked(self, moves: dict[int, int], **more: Any) -> Renumbering:
        codes = self.codes()
        wishes = tuple(Wish(codes[a], DoorNumber(b)) for a, b in moves.items())
        more.pop("prices", None)
        return Renumbering(self.place, wishes, **more)

    def commit(self, plan: RenumberingHead, *, after: int = 10, decree: str = DECREE) -> RenumberingHead:
        work = day(self.approver, after)
        return commit_renumbering(work, plan.id, decree, work.today)

    def renumber(self, moves: dict[int, int], *, after: int = 10, **more: Any) -> RenumberingHead:
        return self.commit(self.draw(moves, **more), after=after)

    def card(self, code: str, on: date, known: datetime | None = None) -> dict[str, Any]:
        moment = known or self.work.now + timedelta(days=300)
        return load_address_card(self.work.conn, "430626", code, on, moment)

    def one(self, query: str, **values: Any) -> Any:
        return self.work.conn.execute(text(query), values).scalar()


@pytest.fixture
def group(work: Work, approver: Work, town: Any) -> Group:
    place = town.place("group", "12组", 12)
    for n in range(1, 6):
        town.house(str(n), n * 25, 12, place)
    commit_numbering_plan(work, plan_numbering(work, place).id)
    approve_addresses(approver, Scope(place_id=place), "示例〔2026〕5号", work.today)
    return Group(work, approver, place)


def test_two_doors_swap_their_numbers(group: Group) -> None:
    before = group.codes()

    done = group.renumber({1: 2, 2: 1})

    assert group.codes() == {**before, 1: before[2], 2: before[1]}
    assert set(group.states().values()) == {"issued"}
    assert done.summary["cycles"] == ["1号↔2号"]
    event = group.work.conn.execute(
        text("SELECT kind, decree_no, details FROM event WHERE id = :id"), {"id": done.event_id}
    ).one()
    assert (event.kind, event.decree_no) == ("swap", DECREE)
    assert event.details["renumbering_plan_id"] == str(done.id)


def test_a_ring_of_three_applies_at_once(group: Group) -> None:
    before = group.codes()

    done = group.renumber({1: 2, 2: 3, 3: 1})

    assert group.codes() == {**before, 2: before[1], 3: before[2], 1: before[3]}
    assert done.summary["cycles"] == ["1号→2号→3号→1号"]
    assert group.one("SELECT kind FROM event WHERE id = :id", id=done.event_id) == "renumber"


def test_a_chain_leaves_the_first_number_retired(group: Group) -> None:
    before = group.codes()

    done = group.renumber({4: 5, 5: 6})

    assert group.codes() == {1: before[1], 2: before[2], 3: before[3], 5: before[4], 6: before[5]}
    assert group.states()[4] == "retired"
    holder = "SELECT a.code FROM door_number d JOIN address a ON a.id = d.last_holder_id WHERE d.main = 4"
    assert group.one(holder) == before[4]
    assert done.summary["retired"] == ["4号"]
    assert done.summary["cycles"] == ["4号→5号→6号"]


def test_a_retired_number_is_taken_again_only_by_decree(group: Group) -> None:
    group.renumber({5: 6})

    with pytest.raises(Conflict) as refused:
        group.draw({4: 5})
    plan = group.draw({4: 5}, reassign_decree_no="示例〔2026〕7号")
    done = group.commit(plan, after=20)

    assert [(e.code, e.field) for e in refused.value.errors] == [("target-retired", "5号")]
    assert done.summary["reclaimed"] == ["5号"]
    event = group.work.conn.execute(
        text("SELECT kind, details FROM event WHERE id = :id"), {"id": done.event_id}
    ).one()
    assert event.kind == "reassign"
    assert event.details["reassigned"] == ["5号"]
    assert event.details["reassign_decree_no"] == "示例〔2026〕7号"


def test_a_vacant_number_is_filled_again(group: Group) -> None:
    group.work.conn.execute(
        text("INSERT INTO door_number (county_code, place_id, main, state, changed_at)"
             " VALUES ('430626', :p, 9, 'vacant', now())"),
        {"p": group.place},
    )  # fmt: skip

    group.renumber({5: 9})

    assert group.states() == {1: "issued", 2: "issued", 3: "issued", 4: "issued", 5: "retired", 9: "issued"}


def test_what_cannot_apply_at_once_is_refused_with_all_its_hindrances(group: Group, town: Any) -> None:
    town.existing(town.house("9", 400, 12, group.place), group.place, 9)

    with pytest.raises(Conflict) as held:
        group.draw({1: 2})
    with pytest.raises(Conflict) as surveyed:
        group.draw({1: 9})
    with pytest.raises(Conflict) as twice:
        group.draw({1: 8, 2: 8})

    assert held.value.code == surveyed.value.code == twice.value.code == "change-set-refused"
    assert [e.code for e in held.value.errors] == [e.code for e in surveyed.value.errors] == ["target-held"]
    assert [e.code for e in twice.value.errors] == ["target-twice"]


def test_a_reserved_number_is_refused(work: Work, approver: Work, town: Any) -> None:
    place = town.place("group", "12组", 12)
    for n in range(1, 4):
        town.house(str(n), n * 25, 12, place)
    town.site(place, 2, 150, 12)
    commit_numbering_plan(work, plan_numbering(work, place).id)
    group = Group(work, approver, place)
    reserved = next(main for main, state in group.states().items() if state == "reserved")
    first = min(group.codes())

    with pytest.raises(Conflict) as refused:
        group.draw({first: reserved})

    assert [e.code for e in refused.value.errors] == ["target-reserved"]


def test_a_list_names_doors_of_the_place_once_each(group: Group) -> None:
    code = group.codes()[1]
    wishes = (Wish("4" * 26, DoorNumber(8)), Wish(code, DoorNumber(8)), Wish(code, DoorNumber(9)))

    with pytest.raises(InvalidInput) as caught:
        draw_renumbering(group.work, Renumbering(group.place, wishes), {})

    assert [(e.code, e.row) for e in caught.value.errors] == [("door-unknown", 1), ("holder-twice", None)]


def test_a_homonym_is_told_when_drawn_and_refused_at_commit(group: Group, town: Any) -> None:
    same_name = town.place("hamlet", "12组", 7)
    town.house("60", 20, 300, same_name)
    town.existing(group.one("SELECT id FROM building WHERE building_code = '60'"), same_name, 60)
    commit_numbering_plan(group.work, plan_numbering(group.work, same_name).id)

    plan = group.draw({5: 60})
    with pytest.raises(Conflict) as refused:
        group.commit(plan)

    assert [h["text"] for h in plan.summary["homonyms"]] == [f"{VILLAGE}12组60号"]
    assert refused.value.code == "homonym"
    assert group.states()[5] == "issued"


def test_nobody_commits_a_plan_of_their_own(group: Group) -> None:
    plan = group.draw({1: 2, 2: 1})
    own = Work(group.work.conn, group.work.actor, group.approver.now)

    with pytest.raises(Forbidden) as caught:
        commit_renumbering(own, plan.id, DECREE, own.today)

    assert caught.value.code == "own-plan"


@pytest.mark.parametrize(
    ("decree", "days", "code"), [(" ", 0, "decree-missing"), (DECREE, 1, "effective-on-future")]
)
def test_a_commit_has_a_decree_and_no_future_day(group: Group, decree: str, days: int, code: str) -> None:
    plan = group.draw({1: 2, 2: 1})

    with pytest.raises(InvalidInput) as caught:
        commit_renumbering(group.approver, plan.id, decree, group.approver.today + timedelta(days=days))

    assert caught.value.code == code


def test_a_day_before_the_address_came_into_force_is_refused(group: Group) -> None:
    plan = group.draw({1: 2, 2: 1})

    with pytest.raises(Conflict) as caught:
        commit_renumbering(group.approver, plan.id, DECREE, group.approver.today - timedelta(days=1))

    assert caught.value.code == "effective-on-too-early"


def test_a_plan_is_decided_once(group: Group) -> None:
    plan, dropped = group.draw({1: 2, 2: 1}), group.draw({3: 4, 4: 3})
    group.commit(plan)
    drop_renumbering(group.work, dropped.id)

    for decided in (plan, dropped):
        with pytest.raises(Conflict) as again:
            group.commit(decided)
        assert again.value.code == "plan-decided"
    with pytest.raises(Conflict) as twice:
        drop_renumbering(group.work, dropped.id)

    assert twice.value.code == "plan-decided"
    assert group.codes().keys() == {1, 2, 3, 4, 5}


def test_a_plan_is_outdated_when_a_number_moved_since(group: Group, town: Any) -> None:
    plan = group.draw({1: 2, 2: 1})
    issue_number(group.work, group.place, town.house("6", 150, 12, group.place))

    with pytest.raises(Conflict) as caught:
        group.commit(plan)

    assert caught.value.code == "plan-outdated"


def test_of_two_plans_on_the_same_doors_the_second_is_outdated(group: Group) -> None:
    one, two = group.draw({1: 2, 2: 1}), group.draw({2: 3, 3: 2})
    group.commit(one)

    with pytest.raises(Conflict) as caught:
        group.commit(two)

    assert caught.value.code == "plan-outdated"


def test_an_applied_set_asked_for_again_changes_nothing(group: Group) -> None:
    before = group.codes()
    group.renumber({1: 2, 2: 1})
    again = Renumbering(group.place, (Wish(before[1], DoorNumber(2)), Wish(before[2], DoorNumber(1))))

    with pytest.raises(Conflict) as caught:
        draw_renumbering(group.work, again, {})

    assert caught.value.code == "nothing-to-change"
    assert preview_renumbering(group.work, again, {}).changes == ()


def test_history_answers_the_old_number_before_the_day_and_as_known_before(group: Group) -> None:
    code, today = group.codes()[1], group.work.today
    group.renumber({1: 2, 2: 1})
    changed_on = today + timedelta(days=10)

    assert group.card(code, changed_on - timedelta(days=1))["main"] == 1
    assert group.card(code, changed_on)["main"] == 2
    assert group.card(code, changed_on, known=group.approver.now)["main"] == 1
    card = group.card(code, changed_on)
    assert (card["decree_no"], card["approved_by"], card["drafted_by"]) == (
        DECREE,
        "示例县民政局",
        "示例管理员",
    )
    assert card["valid_from"] == changed_on
    assert card["reasons"][-1]["text"] == f"由1号改为2号，取同一方案中腾出的号，文号{DECREE}"


def test_the_old_text_is_a_dated_alias_and_found_by_search(group: Group) -> None:
    code, today = group.codes()[5], group.work.today
    group.renumber({5: 6})

    (alias,) = group.card(code, today + timedelta(days=10))["aliases"]
    tail = group.one(
        "SELECT tail FROM address_search s JOIN address a ON a.id = s.address_id WHERE a.code = :c", c=code
    )
    assert (alias["text"], alias["kind"]) == (f"{VILLAGE}12组5号", "former")
    assert (alias["valid_from"], alias["valid_to"]) == (today, today + timedelta(days=10))
    assert tail.split("\n") == ["烟舟村12组6号", "烟舟村12组5号"]


def test_rooms_are_renamed_with_their_door(work: Work, approver: Work, town: Any) -> None:
    place = town.place("group", "12组", 12)
    town.house("1", 25, 12, place, floors=2, units=1, rooms=2)
    town.house("2", 50, 12, place)
    commit_numbering_plan(work, plan_numbering(work, place).id)
    approve_addresses(approver, Scope(place_id=place), DECREE, work.today)
    group = Group(work, approver, place)
    block = next(m for m, c in group.codes().items() if group.card(c, work.today)["rooms"])
    other = 3 - block

    plan = group.draw({block: other, other: block})
    group.commit(plan)

    assert (plan.summary["rooms"], plan.summary["dwellings"]) == (4, 5)
    change = next(c for c in work.renumbering_plans.changes(plan.id) if c.rooms)
    assert change.rooms[0].old_text == f"{VILLAGE}12组{block}号1单元1层101室"
    live = """SELECT v.full_text FROM address_version v JOIN address a ON a.id = v.address_id
              WHERE a.parent_id IS NOT NULL AND upper_inf(v.recorded) AND upper_inf(v.valid) ORDER BY 1"""
    found = work.conn.execute(text(live)).scalars().all()
    assert found[0] == f"{VILLAGE}12组{other}号1单元1层101室"
    assert len(found) == 4
    aliases = (
        "SELECT count(*) FROM alias l JOIN address a ON a.id = l.address_id WHERE a.parent_id IS NOT NULL"
    )
    assert group.one(aliases) == 4


def test_plates_of_changed_doors_are_replaced_and_ordered_anew(group: Group) -> None:
    order_plates(group.work, "small", place_id=group.place)
    plan = group.draw({1: 2, 2: 1}, prices={"small": Decimal("18.5")})

    group.commit(plan)
    batch = order_plates(day(group.work, 11), "small", place_id=group.place)

    assert plan.summary["plates"] == [
        {"profile": "small", "label": "小门牌", "count": 2, "unit_price": 18.5, "cost": 37.0}
    ]
    assert plan.summary["cost_yuan"] == 37.0
    assert sorted(p.number_text for p in group.work.plates.printed(batch)) == ["1号", "2号"]
    assert group.one("SELECT count(*) FROM plate WHERE stage = 'replaced'") == 2


def test_a_batch_that_waits_while_its_doors_are_renumbered_is_not_printed(
    group: Group, tmp_path: Path
) -> None:
    batch = order_plates(group.work, "small", place_id=group.place)
    group.renumber({1: 2, 2: 1})

    stage = print_batch(group.work, FileStore(tmp_path), load_fonts(), "http://127.0.0.1:8000", batch)

    assert stage == "failed"
    told = group.work.plates.batch(batch)["preflight"]
    assert [(problem["code"], problem["position"]) for problem in told] == [
        ("plate-outdated", 1),
        ("plate-outdated", 2),
    ]
    anew = group.work.plates.printed(order_plates(day(group.work, 11), "small", place_id=group.place))
    assert len(anew) == 5


def test_a_batch_that_was_printed_may_be_printed_again_after_a_renumbering(
    group: Group, tmp_path: Path
) -> None:
    batch = order_plates(group.work, "small", place_id=group.place)
    arguments = (FileStore(tmp_path), load_fonts(), "http://127.0.0.1:8000", batch)
    print_batch(group.work, *arguments)
    group.renumber({1: 2, 2: 1})

    assert print_batch(group.work, *arguments) == "printed"


def test_without_a_price_there_is_no_cost(group: Group) -> None:
    order_plates(group.work, "small", place_id=group.place)

    plan = group.draw({1: 2, 2: 1}, prices={"large": Decimal(60)})

    assert plan.summary["cost_yuan"] is None
    assert plan.summary["plate_count"] == 2


def test_good_plates_of_before_are_counted_and_will_be_made(work: Work, approver: Work, town: Any) -> None:
    place = town.place("group", "12组", 12)
    for n in (1, 2):
        town.existing(town.house(str(n), n * 25, 12, place), place, n, "good")
    commit_numbering_plan(work, plan_numbering(work, place).id)
    approve_addresses(approver, Scope(place_id=place), DECREE, work.today)
    group = Group(work, approver, place)
    with pytest.raises(Conflict):
        order_plates(work, "small", place_id=place)

    plan = group.renumber({1: 2, 2: 1})

    assert (plan.summary["wall_plates"], plan.summary["plate_count"]) == (2, 0)
    assert len(work.plates.printed(order_plates(day(work, 11), "small", place_id=place))) == 2


@pytest.mark.parametrize(("is_printed", "anew"), [(True, ["1号", "2号"]), (False, [])])
def test_after_an_undo_a_door_gets_its_plate_again_unless_the_plate_of_before_still_hangs_there(
    work: Work, approver: Work, town: Any, tmp_path: Path, is_printed: bool, anew: list[str]
) -> None:
    """The survey found good plates; those of the renumbering took their place on the wall, where they were made."""
    place = town.place("group", "12组", 12)
    for n in (1, 2):
        town.existing(town.house(str(n), n * 25, 12, place), place, n, "good")
    commit_numbering_plan(work, plan_numbering(work, place).id)
    approve_addresses(approver, Scope(place_id=place), DECREE, work.today)
    group = Group(work, approver, place)
    plan = group.renumber({1: 2, 2: 1})
    batch = order_plates(day(work, 11), "small", place_id=place)
    if is_printed:
        print_batch(day(work, 11), FileStore(tmp_path), load_fonts(), "http://127.0.0.1:8000", batch)

    undo = undo_renumbering(day(work, 12), plan.id, {})
    group.commit(undo, after=13)

    made: list[str] = []
    with contextlib.suppress(Conflict):
        made = [
            p.number_text for p in work.plates.printed(order_plates(day(work, 14), "small", place_id=place))
        ]
    assert (undo.summary["plate_count"], undo.summary["wall_plates"]) == (2, 0)
    assert sorted(made) == anew
    third = preview_renumbering(day(work, 14), group.asked({1: 2, 2: 1}), {}).summary
    assert third["wall_plates"] == (0 if is_printed else 2)


def test_drafts_stay_drafts_and_get_no_alias(work: Work, approver: Work, town: Any) -> None:
    place = town.place("group", "12组", 12)
    for n in (1, 2, 3):
        town.house(str(n), n * 25, 12, place)
    commit_numbering_plan(work, plan_numbering(work, place).id)
    group = Group(work, approver, place)

    group.renumber({1: 2, 2: 1})

    assert group.one("SELECT count(*) FROM alias") == 0
    live = "SELECT count(*) FROM address_version WHERE upper_inf(recorded) AND stage = 'draft'"
    assert group.one(live) == 3
    assert approve_addresses(day(approver, 11), Scope(place_id=place), DECREE, work.today).approved == 3


def test_approval_between_draw_and_commit_does_not_outdate_a_plan(
    work: Work, approver: Work, town: Any
) -> None:
    place = town.place("group", "12组", 12)
    for n in (1, 2):
        town.house(str(n), n * 25, 12, place)
    commit_numbering_plan(work, plan_numbering(work, place).id)
    group = Group(work, approver, place)
    before, plan = group.codes(), group.draw({1: 2, 2: 1})
    approve_addresses(approver, Scope(place_id=place), DECREE, work.today)

    group.commit(plan)

    assert group.codes() == {1: before[2], 2: before[1]}


def test_undo_brings_everybody_back_and_the_plan_again_leads_to_the_same(group: Group) -> None:
    start, ledger = group.codes(), group.work.numbers.of_place(group.place)
    done = group.renumber({1: 2, 2: 3, 3: 1})
    changed = group.codes()

    undo = undo_renumbering(day(group.work, 11), done.id, {})
    back = group.commit(undo, after=20)
    returned, restored = group.codes(), group.work.numbers.of_place(group.place)
    again = group.renumber({1: 2, 2: 3, 3: 1}, after=30)

    assert (undo.undoes, undo.summary["cycles"]) == (done.id, ["1号→3号→2号→1号"])
    assert returned == start
    assert group.codes() == changed
    assert (done.summary["doors"], done.summary["cycles"]) == (
        again.summary["doors"],
        again.summary["cycles"],
    )
    assert group.work.renumbering_plans.head(done.id).undone_by == back.id
    assert [row["offset_m"] for row in restored] == [row["offset_m"] for row in ledger]


def test_undo_takes_up_retired_numbers_by_its_own_decree(group: Group) -> None:
    start, before = group.codes(), group.work.numbers.of_place(group.place)
    done = group.renumber({4: 5, 5: 6})

    back = group.commit(
        undo_renumbering(day(group.work, 11), done.id, {}), after=20, decree="示例〔2026〕10号"
    )
    redone = group.commit(undo_renumbering(day(group.work, 21), back.id, {}), after=30)

    assert group.one("SELECT details ->> 'undoes' FROM event WHERE id = :id", id=back.event_id) == str(
        done.id
    )
    assert group.codes().keys() == {1, 2, 3, 5, 6}
    assert redone.summary["reclaimed"] == ["6号"]
    assert start[4] == group.codes()[5]
    assert before[3]["offset_m"] == next(
        r["offset_m"] for r in group.work.numbers.of_place(group.place) if r["main"] == 5
    )


def test_an_undo_gives_back_the_why_and_a_second_one_says_it_once(group: Group) -> None:
    before = {r["main"]: r["reasons"] for r in group.work.numbers.of_place(group.place)}
    done = group.renumber({1: 2, 2: 1})
    back = group.commit(undo_renumbering(day(group.work, 11), done.id, {}), after=20)
    forth = group.commit(undo_renumbering(day(group.work, 21), back.id, {}), after=30)
    group.commit(undo_renumbering(day(group.work, 31), forth.id, {}), after=40)

    after = {r["main"]: r["reasons"] for r in group.work.numbers.of_place(group.place)}

    assert after[1][:-1] == before[1]
    assert [r["code"] for r in after[1]].count("undone") == 1


def test_undo_on_the_same_day_leaves_one_text_for_that_day(group: Group) -> None:
    code = group.codes()[1]
    done = group.renumber({1: 2, 2: 1})

    group.commit(undo_renumbering(day(group.work, 10), done.id, {}))

    assert group.card(code, group.work.today + timedelta(days=10))["main"] == 1
    query = "SELECT text FROM alias l JOIN address a ON a.id = l.address_id WHERE a.code = :c"
    assert group.work.conn.execute(text(query), {"c": code}).scalars().all() == [f"{VILLAGE}12组1号"]


def test_what_was_moved_on_is_not_undone(group: Group) -> None:
    first = group.renumber({1: 2, 2: 1})
    group.renumber({1: 3, 3: 1}, after=20)

    with pytest.raises(Conflict) as caught:
        undo_renumbering(day(group.work, 21), first.id, {})
    with pytest.raises(Conflict) as draft:
        undo_renumbering(group.work, group.draw({4: 5, 5: 4}).id, {})

    assert caught.value.code == "undo-impossible"
    assert draft.value.code == "plan-not-committed"


def test_a_preview_writes_nothing_and_tells_the_faults(street: Group) -> None:
    before = street.one("SELECT count(*) FROM numbering_policy")

    worse = preview_renumbering(street.work, street.asked({1: 5, 5: 1}), {})
    wrong_side = preview_renumbering(street.work, street.asked({1: 2}), {})

    assert worse.summary["faults_before"] == 0
    assert worse.summary["faults_after"] == 2
    assert {f["code"] for f in worse.summary["faults"]} == {"order-inversion"}
    assert worse.summary["faults"][0]["codes"]
    assert [f["code"] for f in wrong_side.summary["faults"]] == ["wrong-side"]
    assert street.one("SELECT count(*) FROM renumbering_plan") == 0
    assert street.one("SELECT count(*) FROM numbering_policy") == before


@pytest.fixture
def street(work: Work, approver: Work, town: Any) -> Group:
    """Five approved houses on the north side: odd numbers from the east."""
    place = town.place("street", "新市街", 1, [(0.0, 0.0), (600.0, 0.0)])
    for n in range(5):
        town.house(str(n + 1), 100 + n * 20, 12, place)
    commit_numbering_plan(work, plan_numbering(work, place).id)
    approve_addresses(approver, Scope(place_id=place), "示例〔2026〕5号", work.today)
    return Group(work, approver, place)


def test_a_redraw_puts_a_muddled_street_in_order(street: Group) -> None:
    order = street.codes()
    street.renumber({1: 5, 5: 9, 9: 1})

    plan = draw_renumbering(street.work, Renumbering(street.place, redraw=Redraw()), {})
    street.commit(plan, after=20)

    assert plan.summary["faults_before"] > 0
    assert plan.summary["faults_after"] == 0
    assert plan.title == "新市街整处重编"
    assert street.codes() == order
    with pytest.raises(Conflict) as again:
        draw_renumbering(street.work, Renumbering(street.place, redraw=Redraw()), {})
    assert again.value.code == "nothing-to-change"


def test_a_redraw_by_another_policy_becomes_the_policy_of_the_place_and_undo_returns_to_it(
    street: Group, town: Any
) -> None:
    before = street.codes()
    asked = Renumbering(street.place, redraw=Redraw(parameters={"odd_side": "left", "gap_reserve_m": None}))

    done = street.commit(draw_renumbering(street.work, asked, {}))
    issued = issue_number(day(street.work, 11), street.place, town.house("50", 112, -12, street.place))
    undo = undo_renumbering(day(street.work, 12), done.id, {})

    assert all(main % 2 == 1 for main in before)
    assert all(main % 2 == 0 for main in street.codes() if main != issued.address.number.main)
    assert issued.address.number.main % 2 == 1
    assert done.policy_id != done.before_policy_id
    assert undo.policy_id == done.before_policy_id


def test_a_redraw_keeps_what_it_is_told_to_keep(street: Group) -> None:
    street.renumber({1: 5, 5: 1})
    kept = street.codes()[1]

    draft = preview_renumbering(street.work, Renumbering(street.place, redraw=Redraw(keep=(kept,))), {})

    assert kept not in {change.code for change in draft.changes}


def test_a_redraw_leaves_reserved_and_retired_numbers_alone(work: Work, approver: Work, town: Any) -> None:
    place = town.place("group", "12组", 12)
    for n in range(1, 5):
        town.house(str(n), n * 25, 12, place)
    town.site(place, 2, 62, 12)
    commit_numbering_plan(work, plan_numbering(work, place).id)
    approve_addresses(approver, Scope(place_id=place), DECREE, work.today)
    group = Group(work, approver, place)
    last = max(group.codes())
    group.renumber({last: 90})
    blocked = {m for m, s in group.states().items() if s in ("reserved", "retired")}

    plan = draw_renumbering(work, Renumbering(place, redraw=Redraw()), {})
    done = group.commit(plan, after=20)

    assert done.stage == "committed"
    assert blocked & set(group.codes()) == set()
    assert {group.states()[m] for m in blocked} == {"reserved", "retired"}


def test_a_redraw_of_what_was_just_numbered_changes_nothing(work: Work, approver: Work, town: Any) -> None:
    for serial, seed in enumerate(range(4), start=1):
        place = town.place("hamlet", f"上屋{serial}", serial)
        for n, (x, y) in enumerate(np.random.default_rng(seed).uniform(20, 400, (40, 2)).tolist(), start=1):
            town.house(str(100 * serial + n), x, y, place, parcel=str(100 * serial + n))
        town.site(place, 3, 200, 200)
        commit_numbering_plan(work, plan_numbering(work, place).id)
        approve_addresses(approver, Scope(place_id=place), DECREE, work.today)

        draft = preview_renumbering(work, Renumbering(place, redraw=Redraw()), {})

        assert draft.changes == ()


def test_doors_that_keep_their_number_stand_in_one_row_with_those_that_move(street: Group) -> None:
    kept = street.codes()[3]
    redraw = Redraw(parameters={"origin": "from_west"}, keep=(kept,))

    street.commit(draw_renumbering(street.work, Renumbering(street.place, redraw=redraw), {}), after=20)

    rows = street.work.conn.execute(
        text("""SELECT d.offset_m, d.side, ST_X(v.position) AS lon FROM door_number d
                JOIN address_version v ON v.address_id = d.holder_id AND upper_inf(v.recorded) AND upper_inf(v.valid)
                WHERE d.place_id = :p AND d.state = 'issued'"""),
        {"p": street.place},
    ).all()
    assert len(rows) > 4
    for side in ("left", "right"):
        along = [row.offset_m for row in sorted(rows, key=lambda row: row.lon) if row.side == side]
        assert along == sorted(along)


def test_a_number_is_not_taken_for_days_on_which_it_was_anothers(group: Group) -> None:
    group.renumber({1: 6}, after=20)

    early = group.draw({5: 1}, reassign_decree_no=DECREE)
    work = day(group.approver, 25)

    with pytest.raises(Conflict) as caught, work.conn.begin_nested():
        commit_renumbering(work, early.id, DECREE, work.today - timedelta(days=10))
    assert caught.value.code == "effective-on-too-early"
    assert commit_renumbering(work, early.id, DECREE, work.today - timedelta(days=5)).stage == "committed"


def test_a_draft_is_not_approved_for_days_on_which_its_text_was_anothers(group: Group, town: Any) -> None:
    town.house("9", 400, 12, group.place)
    commit_numbering_plan(group.work, plan_numbering(group.work, group.place).id)
    draft = max(group.codes())
    group.renumber({2: 29, draft: 2}, after=20)
    approver = day(group.approver, 30)

    with pytest.raises(Conflict) as caught:
        approve_addresses(approver, Scope(place_id=group.place), DECREE, approver.today - timedelta(days=15))
    assert caught.value.code == "effective-on-too-early"
    assert approve_addresses(approver, Scope(place_id=group.place), DECREE, approver.today).approved == 1


def test_a_draft_that_is_renumbered_and_turned_down_leaves_its_numbers_free(
    work: Work, approver: Work, town: Any
) -> None:
    place = town.place("group", "12组", 12)
    house = town.house("1", 25, 12, place)
    town.existing(house, place, 5)
    commit_numbering_plan(work, plan_numbering(work, place).id)
    group = Group(work, approver, place)
    group.renumber({5: 8})

    reject_addresses(approver, Scope(place_id=place), "重测")

    assert group.states() == {5: "vacant", 8: "vacant"}
    assert issue_number(work, place, house).address.number == DoorNumber(5)


def test_a_plan_on_drafts_is_committed_by_somebody_else_too(work: Work, town: Any) -> None:
    place = town.place("group", "12组", 12)
    for n in (1, 2):
        town.house(str(n), n * 25, 12, place)
    commit_numbering_plan(work, plan_numbering(work, place).id)
    plan = Group(work, work, place).draw({1: 2, 2: 1})

    with pytest.raises(Forbidden) as caught:
        commit_renumbering(work, plan.id, DECREE, work.today)

    assert caught.value.code == "own-plan"


def test_a_plan_is_outdated_when_the_place_got_another_policy(group: Group) -> None:
    plan = group.draw({1: 2, 2: 1})
    later = day(group.work, 3)
    commit_numbering_plan(later, plan_numbering(later, group.place, overrides={"frontage_m": 20.0}).id)

    with pytest.raises(Conflict) as caught:
        group.commit(plan)

    assert caught.value.code == "plan-outdated"


def test_a_reservation_goes_with_the_house_it_was_made_for(work: Work, approver: Work, town: Any) -> None:
    place = town.place("group", "12组", 12)
    for n in range(1, 4):
        town.house(str(n), n * 25, 12, place)
    town.site(place, 2, 150, 12)
    commit_numbering_plan(work, plan_numbering(work, place).id)
    taken = issue_number(work, place, town.house("8", 150, 12, place)).address
    group = Group(work, approver, place)
    other = next(m for m in group.codes() if m != taken.number.main)
    query = "SELECT reservation_id IS NOT NULL FROM door_number WHERE holder_id = :id"
    assert group.one(query, id=taken.id)

    group.renumber({taken.number.main: other, other: taken.number.main})

    assert group.one(query, id=taken.id)
    assert group.one("SELECT main FROM door_number WHERE holder_id = :id", id=taken.id) == other
    assert (
        group.one("SELECT count(*) FROM door_number WHERE state = 'issued' AND reservation_id IS NOT NULL")
        == 1
    )


def test_a_village_draws_only_its_own(group: Group) -> None:
    neighbour = group.work.accounts.create("示例邻村", Role.VILLAGE, "430626113209")
    there = Work(group.work.conn, neighbour, datetime.now(UTC))

    with pytest.raises(Forbidden):
        preview_renumbering(there, group.asked({1: 2, 2: 1}), {})


def test_no_two_doors_share_a_number_at_any_day_as_known_at_any_moment(group: Group) -> None:
    done = group.renumber({1: 2, 2: 3, 3: 1})
    group.renumber({1: 5, 5: 6}, after=20)
    with pytest.raises(Conflict):
        undo_renumbering(day(group.work, 21), done.id, {})

    clashes = """SELECT count(*) FROM address_version a JOIN address_version b ON a.id < b.id
                 AND a.place_id = b.place_id AND a.main = b.main AND a.sub = b.sub AND a.address_id <> b.address_id
                 AND a.valid && b.valid AND a.recorded && b.recorded"""
    assert group.one(clashes) == 0
