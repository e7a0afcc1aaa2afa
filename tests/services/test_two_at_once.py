"""Two clerks at once, each in a transaction of their own, on real connections."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from address_service.coding.divisions.entries import Entry, Proposal
from address_service.errors import ServiceError
from address_service.model.accounts import Actor, Role
from address_service.model.division_lists import DivisionOutcome, ListSystem, ProposalKind
from address_service.model.numbers import DoorNumber
from address_service.services.approve_addresses import approve_addresses, reject_addresses
from address_service.services.assign_members import assign_members
from address_service.services.change_division import rename_division
from address_service.services.commit_numbering_plan import commit_numbering_plan, number_place
from address_service.services.commit_renumbering import commit_renumbering
from address_service.services.decide_division_proposal import decide_division_proposal
from address_service.services.division_act import Act
from address_service.services.division_outcomes import Decision
from address_service.services.draw_renumbering import Renumbering, draw_renumbering
from address_service.services.order_plates import order_plates
from address_service.services.plan_numbering import plan_numbering
from address_service.services.renumbering_situation import load_standing
from address_service.services.renumbering_targets import Wish
from address_service.store.addresses import Scope
from address_service.store.division_lists import DivisionLists, ListHead
from address_service.store.division_proposals import DivisionProposals
from address_service.store.engine import Database
from address_service.store.work import Work, unit_of_work

VILLAGE = Scope(village_code="430626113208")
DECREE = "示例〔2026〕5号"


class Office:
    """A database with a village, and its clerks."""

    def __init__(self, database: Database, clerk: Actor, approver: Actor, town: Any) -> None:
        self.database, self.clerk, self.approver, self.town = database, clerk, approver, town

    def work(self, actor: Actor | None = None) -> Any:
        return unit_of_work(self.database.engine, actor or self.clerk, datetime.now(UTC))

    def at_once(self, *acts: Callable[[Work], object], actor: Actor | None = None) -> list[str]:
        """Run acts in parallel; each tells "done" or the code of its refusal."""
        start, outcomes = threading.Barrier(len(acts)), ["" for _ in acts]

        def run(position: int, act: Callable[[Work], object]) -> None:
            start.wait()
            try:
                with self.work(actor) as work:
                    act(work)
                outcomes[position] = "done"
            except ServiceError as error:
                outcomes[position] = error.code

        threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return outcomes

    def count(self, query: str) -> int:
        with self.work() as work:
            return int(work.conn.execute(text(query)).scalar_one())


@pytest.fixture
def office(
    database: Database, make_town: Callable[[Work], Any], make_county: Callable[[Any], Actor]
) -> Office:
    with database.engine.begin() as conn:
        clerk = make_county(conn)
        work = Work(conn, clerk, datetime.now(UTC))
        town = make_town(work)
        group = town.place("group", "12组", 12)
        for n in range(1, 6):
            town.house(str(n), n * 25, 12, group)
        town.group = group
        approver = work.accounts.create("示例县民政局", Role.COUNTY, "430626")
    return Office(database, clerk, approver, town)


def plan(office: Office) -> UUID:
    with office.work() as work:
        return plan_numbering(work, office.town.group).id


def drafted(office: Office) -> None:
    with office.work() as work:
        commit_numbering_plan(work, plan_numbering(work, office.town.group).id)


@pytest.mark.parametrize("_round", range(3))
def test_one_of_two_plans_for_a_place_is_committed(office: Office, _round: int) -> None:
    one, two = plan(office), plan(office)

    outcomes = office.at_once(
        lambda w: commit_numbering_plan(w, one), lambda w: commit_numbering_plan(w, two)
    )

    assert sorted(outcomes) == ["done", "plan-outdated"]
    assert office.count("SELECT count(*) FROM address") == 5
    assert office.count("SELECT count(*) FROM door_number") == 5


def test_one_plan_committed_twice_at_once_counts_once(office: Office) -> None:
    one = plan(office)

    outcomes = office.at_once(*[lambda w: commit_numbering_plan(w, one)] * 4)

    assert sorted(outcomes) == ["done", "plan-decided", "plan-decided", "plan-decided"]
    assert office.count("SELECT count(*) FROM address") == 5


@pytest.mark.parametrize("_round", range(3))
def test_two_approvals_at_once_approve_once(office: Office, _round: int) -> None:
    drafted(office)

    def approve(work: Work) -> object:
        return approve_addresses(work, VILLAGE, DECREE, work.today)

    outcomes = office.at_once(approve, approve, actor=office.approver)

    assert sorted(outcomes) == ["done", "nothing-to-approve"]
    assert office.count("SELECT count(*) FROM address_version WHERE stage = 'current'") == 5


@pytest.mark.parametrize("_round", range(3))
def test_approval_and_rejection_at_once_do_not_mix(office: Office, _round: int) -> None:
    drafted(office)

    outcomes = office.at_once(
        lambda w: approve_addresses(w, VILLAGE, DECREE, w.today),
        lambda w: reject_addresses(w, VILLAGE, "重编"),
        actor=office.approver,
    )

    assert "done" in outcomes
    assert {*outcomes} <= {"done", "nothing-to-approve", "nothing-to-reject"}
    live = "SELECT count(DISTINCT stage) FROM address_version WHERE upper_inf(recorded)"
    assert office.count(live) == 1


def test_a_rejection_waits_for_who_numbers_at_the_place(office: Office) -> None:
    drafted(office)
    begun = threading.Event()

    def reject() -> None:
        with office.work(office.approver) as work:
            begun.set()
            reject_addresses(work, VILLAGE, "重编")

    with office.work() as numbering:
        numbering.places.lock(office.town.group)
        other = threading.Thread(target=reject)
        other.start()
        assert begun.wait(10)
        other.join(0.5)
        waited = other.is_alive()
        drafts = numbering.addresses.drafts(VILLAGE)
    other.join()

    assert (waited, drafts) == (True, 5)
    assert office.count("SELECT count(*) FROM door_number WHERE state = 'vacant'") == 5


def test_a_renumbering_waits_for_an_order_under_way_and_replaces_its_plates(office: Office) -> None:
    drafted(office)
    with office.work(office.approver) as work:
        approve_addresses(work, VILLAGE, DECREE, work.today)
    with office.work() as work:
        codes = [door.code for door in load_standing(work, office.town.group).doors]
        wishes = (Wish(codes[0], DoorNumber(2)), Wish(codes[1], DoorNumber(1)))
        plan_id = draw_renumbering(work, Renumbering(office.town.group, wishes), {}).id
    begun = threading.Event()

    def commit() -> None:
        with office.work(office.approver) as work:
            begun.set()
            commit_renumbering(work, plan_id, DECREE, work.today)

    with office.work() as ordering:
        order_plates(ordering, "small", place_id=office.town.group)
        other = threading.Thread(target=commit)
        other.start()
        assert begun.wait(10)
        other.join(0.5)
        assert other.is_alive()
    other.join()

    assert office.count("SELECT count(*) FROM plate WHERE stage = 'replaced'") == 2
    assert office.count("SELECT count(*) FROM plate WHERE stage = 'ordered'") == 3


def test_two_orders_at_once_order_each_plate_once(office: Office) -> None:
    drafted(office)
    with office.work(office.approver) as work:
        approve_addresses(work, VILLAGE, DECREE, work.today)

    outcomes = office.at_once(*[lambda w: order_plates(w, "small", village_code="430626113208")] * 3)

    assert sorted(outcomes) == ["done", "no-plates-needed", "no-plates-needed"]
    assert office.count("SELECT count(*) FROM plate") == 5


@pytest.mark.parametrize("_round", range(4))
def test_a_house_is_not_numbered_where_it_no_longer_belongs(office: Office, _round: int) -> None:
    with office.work() as work:
        office.town.conn = work.conn
        other = office.town.place("group", "13组", 13)
        house = work.conn.execute(text("SELECT id FROM building WHERE building_code = '3'")).scalar_one()
    one = plan(office)

    outcomes = office.at_once(
        lambda w: commit_numbering_plan(w, one), lambda w: assign_members(w, other, [house], w.today)
    )

    assert sorted(outcomes) in (["building-addressed", "done"], ["done", "plan-outdated"])
    torn = """SELECT count(*) FROM address_building b JOIN address_version v ON v.address_id = b.address_id
              JOIN membership m ON m.building_id = b.building_id AND upper_inf(m.recorded) AND upper_inf(m.valid)
              WHERE m.place_id <> v.place_id"""
    assert office.count(torn) == 0


def proposal_of(office: Office) -> UUID:
    """A list of 2017 spells the village otherwise: one open proposal."""
    proposal = Proposal(
        ProposalKind.RESPELLED,
        Entry("430626113208", "烟舟村", office.town.village_id),
        Entry("430626113208", "烟洲村"),
    )
    with office.work() as work:
        lists = DivisionLists(work.conn, work.county_code)
        digest = UUID(int=1)
        head = ListHead(
            ListSystem.NBS, 2017, date(2017, 1, 1), "示例.csv", b"\0" * 32, digest, office.town.import_id
        )
        list_id = lists.add(head, [], {}, work.actor.account_id, work.now)
        made = DivisionProposals(work.conn, work.county_code).propose(list_id, proposal)
        assert made is not None
        return made


@pytest.mark.parametrize("_round", range(3))
def test_one_of_two_decisions_on_a_proposal_counts(office: Office, _round: int) -> None:
    one = proposal_of(office)

    outcomes = office.at_once(
        lambda w: decide_division_proposal(w, one, Decision(DivisionOutcome.RESPELLED)),
        lambda w: decide_division_proposal(w, one, Decision(DivisionOutcome.REJECTED)),
    )

    assert sorted(outcomes) == ["done", "proposal-decided"]
    assert office.count("SELECT count(*) FROM division_proposal WHERE state = 'decided'") == 1


@pytest.mark.parametrize("_round", range(3))
def test_one_of_two_names_given_to_a_village_at_once_stands(office: Office, _round: int) -> None:
    drafted(office)
    with office.work() as work:
        old = work.divisions.find_by_code("430626113208", work.today)
        assert old is not None

    def rename(name: str) -> Callable[[Work], object]:
        return lambda work: rename_division(work, old, name, Act(work.today, DECREE))

    outcomes = office.at_once(rename("烟洲村"), rename("烟州村"))

    assert sorted(outcomes) == ["division-outdated", "done"]
    assert (
        office.count(
            "SELECT count(DISTINCT left(full_text, 18)) FROM address_version WHERE upper_inf(recorded)"
        )
        == 1
    )


def while_renamed(office: Office, act: Callable[[Work], object], actor: Actor | None = None) -> None:
    """Run an act that has to wait for a renaming of the village, and let it go on when that is committed."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with office.work() as work:
        old = work.divisions.find_by_code("430626113208", work.today)
        assert old is not None
        rename_division(work, old, "烟洲村", Act(work.today, DECREE))
        outcomes: list[list[str]] = []
        thread = threading.Thread(target=lambda: outcomes.append(office.at_once(act, actor=actor)))
        thread.start()
        while office.count(waiting) == 0:
            assert thread.is_alive()
    thread.join()
    assert outcomes == [["done"]]


OLD_NAME = "SELECT count(*) FROM address_version WHERE upper_inf(recorded) AND full_text LIKE '%烟舟村%'"


def test_a_house_numbered_while_its_village_is_renamed_reads_the_new_name(office: Office) -> None:
    while_renamed(office, lambda work: number_place(work, office.town.group))

    assert office.count("SELECT count(*) FROM address") == 5
    assert office.count(OLD_NAME) == 0


def test_addresses_approved_while_their_village_is_renamed_read_the_new_name(office: Office) -> None:
    """The approval came first and is waited for: what it wrote is found all the same."""
    drafted(office)
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with office.work(office.approver) as work:
        old = work.divisions.find_by_code("430626113208", work.today)
        assert old is not None
        approve_addresses(work, VILLAGE, DECREE, work.today)
        outcomes: list[list[str]] = []
        act = Act(work.today, DECREE)
        rename = lambda w: rename_division(w, old, "烟洲村", act)  # noqa: E731
        thread = threading.Thread(target=lambda: outcomes.append(office.at_once(rename)))
        thread.start()
        while office.count(waiting) == 0:
            assert thread.is_alive()
    thread.join()

    assert outcomes == [["done"]]
    current = "SELECT count(*) FROM address_version WHERE upper_inf(recorded) AND stage = 'current'"
    assert office.count(current) == 5
    assert office.count(OLD_NAME) == 0
