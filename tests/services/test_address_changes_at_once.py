"""Acts on one address by several at once, and an act beside a renumbering: one of them goes first, none is torn."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from address_service.model.accounts import Actor, Role
from address_service.model.address_changes import ActRequest, AddressAct
from address_service.model.numbers import DoorNumber
from address_service.services.approve_addresses import approve_addresses
from address_service.services.commit_address_change import commit_address_change
from address_service.services.commit_numbering_plan import commit_numbering_plan
from address_service.services.commit_renumbering import commit_renumbering
from address_service.services.draw_address_change import draw_address_change
from address_service.services.draw_renumbering import Renumbering, draw_renumbering
from address_service.services.plan_numbering import plan_numbering
from address_service.services.renumbering_targets import Wish
from address_service.store.addresses import Scope
from address_service.store.engine import Database
from address_service.store.work import Work
from tests.services.test_renumbering_permutations import CLASHES, TORN
from tests.services.test_two_at_once import Office

DECREE = "示例〔2026〕12号"
HELD_BY_THE_GONE = """SELECT count(*) FROM door_number d JOIN address_version v ON v.address_id = d.holder_id
    WHERE upper_inf(v.recorded) AND upper_inf(v.valid) AND v.stage = 'retired'"""


@pytest.fixture
def office(
    database: Database, make_town: Callable[[Work], Any], make_county: Callable[[Any], Actor]
) -> Office:
    with database.engine.begin() as conn:
        clerk = make_county(conn)
        work = Work(conn, clerk, datetime.now(UTC))
        town = make_town(work)
        approver = work.accounts.create("示例县民政局", Role.COUNTY, "430626")
        town.group = town.place("group", "12组", 12)
        for n in range(1, 5):
            town.house(str(n), n * 25, 12, town.group)
        commit_numbering_plan(work, plan_numbering(work, town.group).id)
        county = Work(conn, approver, datetime.now(UTC))
        approve_addresses(county, Scope(place_id=town.group), DECREE, work.today - timedelta(30))
    return Office(database, clerk, approver, town)


def code(office: Office, main: int) -> str:
    with office.work() as work:
        query = "SELECT a.code FROM door_number d JOIN address a ON a.id = d.holder_id WHERE d.main = :m"
        return str(work.conn.execute(text(query), {"m": main}).scalar_one())


def asked(office: Office, kind: AddressAct, main: int, **more: Any) -> UUID:
    with office.work() as work:
        return draw_address_change(work, ActRequest(kind, code(office, main), **more)).id


def decide(change_id: UUID) -> Callable[[Work], object]:
    return lambda work: commit_address_change(work, change_id, DECREE, work.today)


@pytest.mark.parametrize("_round", range(3))
def test_one_act_committed_by_many_at_once_counts_once(office: Office, _round: int) -> None:
    one = asked(office, AddressAct.RETIRE, 1)

    outcomes = office.at_once(*[decide(one)] * 3, actor=office.approver)

    assert sorted(outcomes) == ["address-change-decided", "address-change-decided", "done"]
    assert office.count("SELECT count(*) FROM event WHERE kind = 'retire'") == 1


@pytest.mark.parametrize("_round", range(3))
def test_of_two_doors_merged_into_each_other_at_once_one_is_left(office: Office, _round: int) -> None:
    one = asked(office, AddressAct.MERGE, 1, into=code(office, 2))
    two = asked(office, AddressAct.MERGE, 2, into=code(office, 1))

    outcomes = office.at_once(decide(one), decide(two), actor=office.approver)

    assert sorted(outcomes) == ["address-change-outdated", "done"]
    assert office.count("SELECT count(*) FROM succession") == 1
    assert office.count(HELD_BY_THE_GONE) == 0


@pytest.mark.parametrize("_round", range(3))
def test_a_renumbering_and_a_retirement_at_once_do_not_mix(office: Office, _round: int) -> None:
    retire = asked(office, AddressAct.RETIRE, 1)
    with office.work() as work:
        wishes = (Wish(code(office, 1), DoorNumber(2)), Wish(code(office, 2), DoorNumber(1)))
        plan = draw_renumbering(work, Renumbering(office.town.group, wishes), {}).id

    outcomes = office.at_once(
        decide(retire), lambda w: commit_renumbering(w, plan, DECREE, w.today), actor=office.approver
    )

    assert sorted(outcomes) in (["address-change-outdated", "done"], ["done", "plan-outdated"])
    assert (office.count(CLASHES), office.count(TORN), office.count(HELD_BY_THE_GONE)) == (0, 0, 0)
