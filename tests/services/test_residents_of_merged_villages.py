"""When villages merge, split or are renamed their people go along, and nothing else about them changes."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from address_service.coding.merger.collisions import Choice, ChoiceKind
from address_service.errors import Conflict
from address_service.model.accounts import Actor, Role
from address_service.model.residents import HouseholdKind
from address_service.services.change_division import create_division, end_division, rename_division
from address_service.services.commit_merger import commit_merger
from address_service.services.division_act import Act
from address_service.services.draw_merger import choose_in_merger, draw_merger, undo_merger
from address_service.services.enrol_residents import HouseholdAsked, NewcomerAsked, enrol_household
from address_service.services.move_residents import HouseholdMove, PersonMove, move_household, move_person
from address_service.services.read_residents import Narrowed, list_persons, read_person_card
from address_service.store.resident_villages import relocate_household
from address_service.store.work import Work
from tests.services.villages import DECREE, TERMS, Villages, two_villages

HERE, THERE = "430626113208", "430626113210"
SINCE = date(2026, 2, 1)

TABLES = {
    "household": "village_id, kind, stage, revision",
    "person": "village_id, stage, revision",
    "household_address": "village_id, household_id, address_id, valid, recorded",
    "household_member": "village_id, household_id, person_id, relation, valid, recorded",
    "residency": "village_id, person_id, address_id, kind, arrived_on, valid, recorded",
    "sealed_history": "village_id, subject_id, payload",
    "resident_event": "village_id, subject_id, kind, details",
}


@pytest.fixture
def villages(work: Work, approver: Work, town: Any) -> Villages:
    return two_villages(work, approver, town)


def doors(villages: Villages, code: str) -> list[str]:
    query = """SELECT a.code FROM address a JOIN address_version v ON v.address_id = a.id AND upper_inf(v.recorded)
               JOIN division_version d ON d.division_id = v.division_id AND upper_inf(d.recorded)
               WHERE d.code_nbs = :code AND v.stage = 'current' ORDER BY a.code"""
    return list(villages.work.conn.execute(text(query), {"code": code}).scalars())


def settle(villages: Villages) -> tuple[Any, Any]:
    """A couple in each village; the one of 沙坪村 has moved once, and one of it lives in 烟舟村."""
    found = []
    for code in (HERE, THERE):
        members = [
            NewcomerAsked({"name": "示例甲"}, "02", arrived_on=date(1998, 5, 1)),
            NewcomerAsked({"name": "示例乙"}, "10"),
        ]
        asked = HouseholdAsked(HouseholdKind.FAMILY, doors(villages, code)[0], members, since=SINCE)
        found.append(enrol_household(villages.work, asked))
    there = doors(villages, THERE)
    move = HouseholdMove(there[3], "示例迁1号", date(2026, 2, 20), date(1999, 9, 9))
    move_household(villages.work, found[1].household_id, 1, move)
    away = PersonMove(lives_at=doors(villages, HERE)[1], on=date(2026, 2, 25))
    move_person(villages.work, found[1].person_ids[1], 1, away)
    return found[0], found[1]


def rows(villages: Villages, but: str = "") -> dict[str, list[Any]]:
    """Every row of residents as the whole county sees it, without one column."""
    set_scope = (
        "SELECT set_config('address.county', '430626', true), set_config('address.villages', '*', true)"
    )
    villages.work.conn.execute(text(set_scope))
    found = {}
    for table, columns in TABLES.items():
        wanted = ", ".join(name for name in columns.split(", ") if name != but)
        query = text(f"SELECT id, {wanted} FROM {table} ORDER BY id")
        found[table] = [tuple(row) for row in villages.work.conn.execute(query)]
    return found


def villages_of(villages: Villages) -> dict[str, set[Any]]:
    return {table: {row[1] for row in found} for table, found in rows(villages).items()}


def commit(villages: Villages, plan: Any, days: int = 0) -> Any:
    approver = villages.approver
    later = Work(approver.conn, approver.actor, approver.now + timedelta(days=days), approver.keys)
    return commit_merger(later, plan.id, DECREE, TERMS.tolerance_m)


def merge(villages: Villages, choice: ChoiceKind = ChoiceKind.DISTRICT) -> Any:
    plan = draw_merger(villages.work, villages.merger(), TERMS)
    return commit(
        villages, choose_in_merger(villages.work, plan.id, [Choice(villages.ends, choice, "沙坪片区")], TERMS)
    )


def seen_by(villages: Villages, code: str) -> set[Any]:
    account = villages.work.accounts.create(f"示例村{code}", Role.VILLAGE, code)
    actor = Actor(account.account_id, account.name, Role.VILLAGE, "430626", code)
    clerk = Work(villages.work.conn, actor, villages.work.now, villages.work.keys)
    return {card.person.id for card in list_persons(clerk, Narrowed(), None, 100)}


def test_a_merger_hands_all_people_to_the_absorbing_village_and_changes_nothing_else(
    villages: Villages,
) -> None:
    settle(villages)
    before = rows(villages, but="village_id")

    merge(villages)

    assert rows(villages, but="village_id") == before
    assert set.union(*villages_of(villages).values()) == {villages.absorber}
    assert all(len(found) > 0 for table, found in before.items() if table != "sealed_history")


def test_after_the_merger_the_absorbing_village_sees_them_and_the_dates_of_arrival_stand(
    villages: Villages,
) -> None:
    here, there = settle(villages)

    merge(villages)

    assert seen_by(villages, HERE) == {*here.person_ids, *there.person_ids}
    fresh = Work(villages.work.conn, villages.work.actor, villages.work.now, villages.work.keys)
    homes = {h.kind: h for h in read_person_card(fresh, there.person_ids[0]).homes}
    assert homes["registered"].arrived_on == date(1999, 9, 9)
    assert homes["registered"].since == date(2026, 2, 20)
    assert "烟舟村沙坪片区" in homes["registered"].full_text


def test_the_split_gives_each_village_its_people_back(villages: Villages) -> None:
    settle(villages)
    before = villages_of(villages)
    by_row = {table: {row[0]: row[1] for row in found} for table, found in rows(villages).items()}
    done = merge(villages)

    work = villages.work
    later = Work(work.conn, work.actor, work.now + timedelta(days=9), work.keys)
    undone = undo_merger(later, done.id, None, later.today, TERMS)
    commit(villages, undone, days=9)

    back = {table: {row[0]: row[1] for row in found} for table, found in rows(villages).items()}
    returned = {row[1] for row in rows(villages)["person"]} - {villages.absorber}
    assert len(returned) == 1
    renamed = {villages.absorber: villages.absorber, villages.ends: returned.pop()}
    assert back["person"] == {key: renamed[home] for key, home in by_row["person"].items()}
    assert back["household"] == {key: renamed[home] for key, home in by_row["household"].items()}
    assert back["residency"] == {key: renamed[home] for key, home in by_row["residency"].items()}
    assert before["person"] == {villages.absorber, villages.ends}


def test_a_pure_renaming_leaves_every_link_and_date_as_it_was(villages: Villages) -> None:
    _, there = settle(villages)
    before = rows(villages)
    old = villages.work.divisions.find_by_code(THERE, date(2026, 3, 2))
    assert old is not None

    rename_division(villages.work, old, "新沙坪村", Act(date(2026, 3, 2), DECREE))

    assert rows(villages) == before
    card = read_person_card(villages.work, there.person_ids[0])
    assert {h.arrived_on for h in card.homes if h.kind == "registered"} == {date(1999, 9, 9)}
    assert all("新沙坪村" in h.full_text for h in card.homes)


def test_a_village_with_residents_and_no_address_left_does_not_end_without_an_heir(
    villages: Villages,
) -> None:
    here, _ = settle(villages)
    work, act = villages.work, Act(date(2026, 3, 2), DECREE)
    village_id, _ = create_division(work, "430626113299", "示例空村", Act(date(2026, 1, 1), DECREE))
    old = work.divisions.find_by_id(village_id, act.effective_on)
    assert old is not None
    rows(villages)
    work.conn.execute(
        text("UPDATE household SET village_id = :v WHERE id = :h"), {"v": village_id, "h": here.household_id}
    )

    with pytest.raises(Conflict) as refused:
        end_division(work, old, act)

    assert (refused.value.code, "人员和户的登记1份" in refused.value.message) == ("division-in-use", True)
    relocate_household(work.conn, work.county_code, here.household_id, villages.absorber)
    end_division(work, old, act)
    assert work.divisions.find_by_id(village_id, date(2026, 3, 3)) is None
