"""Any permutation of a small place, on the real database: unique at every moment, twice is once, and back again."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from address_service.errors import Conflict
from address_service.model.accounts import Actor, Role
from address_service.model.numbers import DoorNumber
from address_service.services.approve_addresses import approve_addresses
from address_service.services.commit_numbering_plan import commit_numbering_plan
from address_service.services.commit_renumbering import commit_renumbering
from address_service.services.draw_renumbering import Renumbering, draw_renumbering, undo_renumbering
from address_service.services.issue_number import issue_number
from address_service.services.plan_numbering import plan_numbering
from address_service.services.renumbering_targets import Wish
from address_service.store.addresses import Scope
from address_service.store.engine import Database
from address_service.store.work import Work
from tests.services.test_two_at_once import Office

DECREE = "示例〔2026〕9号"
DOORS = 6

CLASHES = """SELECT count(*) FROM address_version a JOIN address_version b ON a.id < b.id
    AND a.place_id = b.place_id AND a.main = b.main AND a.sub = b.sub AND a.address_id <> b.address_id
    AND a.valid && b.valid AND a.recorded && b.recorded"""
TORN = """SELECT count(*) FROM door_number d JOIN address_version v ON v.address_id = d.holder_id
    WHERE upper_inf(v.recorded) AND upper_inf(v.valid) AND (v.main, v.sub) <> (d.main, d.sub)"""


def numbers(work: Work, place: UUID) -> dict[str, int]:
    """Main number by address code."""
    query = """SELECT a.code, d.main FROM door_number d JOIN address a ON a.id = d.holder_id
               WHERE d.place_id = :p AND d.state = 'issued'"""
    return {row.code: row.main for row in work.conn.execute(text(query), {"p": place})}


def approved_place(clerk: Work, approver: Work, town: Any) -> UUID:
    place: UUID = town.place("group", "12组", 12)
    for n in range(1, DOORS + 1):
        town.house(str(n), n * 25, 12, place)
    commit_numbering_plan(clerk, plan_numbering(clerk, place).id)
    approve_addresses(approver, Scope(place_id=place), DECREE, clerk.today)
    return place


@pytest.fixture
def place(work: Work, approver: Work, town: Any) -> UUID:
    return approved_place(work, approver, town)


def wishes(after: dict[str, int]) -> tuple[Wish, ...]:
    return tuple(Wish(code, DoorNumber(main)) for code, main in after.items())


def later(work: Work, days: int) -> Work:
    return Work(work.conn, work.actor, work.now + timedelta(days=days))


def shared_moments(work: Work) -> tuple[int, int]:
    """Doors that share a number on some day as known at some moment; versions that the ledger contradicts."""
    return work.conn.execute(text(CLASHES)).scalar_one(), work.conn.execute(text(TORN)).scalar_one()


@contextmanager
def rolled_back(work: Work) -> Iterator[None]:
    """What an example writes is gone when the next one begins."""
    attempt = work.conn.begin_nested()
    try:
        yield
    finally:
        attempt.rollback()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # each example rolls back
@given(order=st.permutations(range(1, DOORS + 3)), day=st.integers(0, 3))
def test_a_permutation_applied_twice_is_applied_once_and_undone_it_is_gone(
    work: Work, approver: Work, place: UUID, order: list[int], day: int
) -> None:
    """Numbers 1 to 8 for six doors: rings, chains into unused numbers, doors that stay."""
    with rolled_back(work):
        before = numbers(work, place)
        after = dict(zip(sorted(before), order, strict=False))
        assume(after != before)

        plan = draw_renumbering(work, Renumbering(place, wishes(after)), {})
        decider = later(approver, day)
        done = commit_renumbering(decider, plan.id, DECREE, decider.today)

        assert numbers(work, place) == after
        assert shared_moments(work) == (0, 0)
        with pytest.raises(Conflict) as again:
            draw_renumbering(work, Renumbering(place, wishes(after)), {})
        assert again.value.code == "nothing-to-change"
        undo = undo_renumbering(work, done.id, {})
        decider = later(approver, 2 * day + 1)
        commit_renumbering(decider, undo.id, DECREE, decider.today)
        assert numbers(work, place) == before
        assert shared_moments(work) == (0, 0)


@pytest.fixture
def office(
    database: Database, make_town: Callable[[Work], Any], make_county: Callable[[Any], Actor]
) -> Office:
    with database.engine.begin() as conn:
        clerk = make_county(conn)
        work = Work(conn, clerk, datetime.now(UTC))
        town = make_town(work)
        approver = work.accounts.create("示例县民政局", Role.COUNTY, "430626")
        decider = Work(conn, approver, datetime.now(UTC))
        town.group = approved_place(work, decider, town)
        town.spare = town.house("90", 400, 12, town.group)
    return Office(database, clerk, approver, town)


def shuffled(office: Office, seed: int) -> UUID:
    with office.work() as work:
        found = numbers(work, office.town.group)
        mains = list(found.values())
        random.Random(seed).shuffle(mains)
        after = dict(zip(sorted(found), mains, strict=True))
        return draw_renumbering(work, Renumbering(office.town.group, wishes(after)), {}).id


@pytest.mark.parametrize("_round", range(3))
def test_of_two_commits_at_once_one_is_done(office: Office, _round: int) -> None:
    one, two = shuffled(office, 1), shuffled(office, 2)

    outcomes = office.at_once(
        lambda w: commit_renumbering(w, one, DECREE, w.today),
        lambda w: commit_renumbering(w, two, DECREE, w.today),
        actor=office.approver,
    )

    assert sorted(outcomes) == ["done", "plan-outdated"]
    assert (office.count(CLASHES), office.count(TORN)) == (0, 0)


def test_one_plan_committed_by_many_at_once_counts_once(office: Office) -> None:
    one = shuffled(office, 3)

    outcomes = office.at_once(
        *[lambda w: commit_renumbering(w, one, DECREE, w.today)] * 4, actor=office.approver
    )

    assert sorted(outcomes) == ["done", "plan-decided", "plan-decided", "plan-decided"]
    assert office.count("SELECT count(*) FROM event WHERE kind IN ('swap', 'renumber')") == 1


@pytest.mark.parametrize("_round", range(3))
def test_a_number_issued_at_the_same_time_does_not_get_lost(office: Office, _round: int) -> None:
    one = shuffled(office, 4)

    outcomes = office.at_once(
        lambda w: commit_renumbering(Work(w.conn, office.approver, w.now), one, DECREE, w.today),
        lambda w: issue_number(w, office.town.group, office.town.spare),
    )

    assert outcomes in (["done", "done"], ["plan-outdated", "done"])
    assert (office.count(CLASHES), office.count(TORN)) == (0, 0)
    assert office.count("SELECT count(*) FROM door_number WHERE state = 'issued'") == DOORS + 1
