"""Two offices at the same moment: nobody is enrolled twice, nobody is lost, no reveal beyond the limit."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier
from time import monotonic, sleep
from typing import Any

import pytest

from address_service.coding.merger.collisions import Choice, ChoiceKind
from address_service.errors import ServiceError
from address_service.gis.layer_read import ReadLimits
from address_service.model.accounts import Actor, Role
from address_service.model.residents import EndReason, HouseholdKind, RevealPurpose
from address_service.services.change_relations import RelationsAsked, change_relations
from address_service.services.change_residents import change_person
from address_service.services.commit_merger import commit_merger
from address_service.services.commit_numbering_plan import commit_numbering_plan
from address_service.services.draw_merger import choose_in_merger, draw_merger
from address_service.services.end_residents import end_person
from address_service.services.enrol_residents import HouseholdAsked, NewcomerAsked, enrol_household
from address_service.services.import_layer import import_list_of_residents
from address_service.services.move_residents import HouseholdMove, PersonMove, move_household, move_person
from address_service.services.plan_numbering import plan_numbering
from address_service.services.queue_import import ImportOptions
from address_service.services.read_residents import (
    Narrowed,
    list_persons,
    look_up_persons,
    read_household_card,
    read_person_card,
)
from address_service.services.reveal_residents import reveal_person
from address_service.store.engine import Database
from address_service.store.keys import KeyRing
from address_service.store.work import Work, unit_of_work
from tests.services.conftest import as_approver
from tests.services.people import HEAD_ID
from tests.services.villages import DECREE, TERMS, neighbour, two_villages

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@dataclass
class Offices:
    """A village with three drafted doors in a database of its own; each call is a request of its own."""

    database: Database
    actor: Actor
    keys: KeyRing
    doors: list[str] = field(default_factory=list)
    town: Any = None

    def work(self) -> AbstractContextManager[Work]:
        return unit_of_work(self.database.engine, self.actor, NOW, self.keys)

    def at_once(self, *acts: Callable[[Work], Any]) -> list[Any]:
        """What each request gave, or the code of its refusal."""
        start = Barrier(len(acts))

        def one(act: Callable[[Work], Any]) -> Any:
            start.wait()
            try:
                with self.work() as work:
                    return act(work)
            except ServiceError as error:
                return error.code

        with ThreadPoolExecutor(len(acts)) as pool:
            return list(pool.map(one, acts))

    def persons(self) -> int:
        with self.work() as work:
            return len(list_persons(work, Narrowed(), None, 1000))


@pytest.fixture
def offices(
    database: Database, make_county: Callable[..., Actor], make_town: Callable[[Work], Any], keys: KeyRing
) -> Offices:
    with database.engine.begin() as conn:
        actor = make_county(conn)
    made = Offices(database, actor, keys)
    with made.work() as work:
        town = make_town(work)
        made.town = town
        place = town.place("group", "3组", 3)
        for n in range(3):
            town.house(str(300 + n), n * 25, 0, place)
        commit_numbering_plan(work, plan_numbering(work, place).id)
        rows = work.conn.exec_driver_sql("SELECT code FROM address ORDER BY code")
        made.doors = [row[0] for row in rows]
    return made


def as_(work: Work, actor: Actor) -> Work:
    return Work(work.conn, actor, work.now, work.keys)


def village_officer(work: Work, code: str) -> Actor:
    account = work.accounts.create(f"示例村{code}", Role.VILLAGE, code)
    return Actor(account.account_id, account.name, Role.VILLAGE, "430626", code)


def family(door: str, *, number: str | None = HEAD_ID, count: int = 1) -> HouseholdAsked:
    members = [NewcomerAsked({"name": "示例甲", "id_no": number}, "02")]
    members += [NewcomerAsked({"name": f"示例{word}"}, "99") for word in "子丑寅"[: count - 1]]
    return HouseholdAsked(HouseholdKind.FAMILY, door, members)


def test_one_person_is_enrolled_once(offices: Offices) -> None:
    acts = [lambda work, door=door: enrol_household(work, family(door)) for door in offices.doors]

    answers = offices.at_once(*acts)

    assert answers.count("person-known") == 2
    assert offices.persons() == 1


def test_one_list_twice_at_once_goes_in_once(offices: Offices) -> None:
    rows = "".join(f"H{n},户主,示例甲,,{offices.doors[n % 3]}\n" for n in range(40))
    data = f"户号,与户主关系,姓名,公民身份号码,户籍地址\n{rows}".encode()

    def send(work: Work) -> Any:
        return import_list_of_residents(
            work, data, ".csv", ImportOptions(), ReadLimits(Path("/nonexistent"))
        ).counts

    counts = offices.at_once(send, send)

    assert sorted((c.accepted, c.unchanged) for c in counts) == [(0, 40), (40, 0)]
    assert offices.persons() == 40


def test_a_list_and_a_clerk_do_not_enrol_one_person_twice(offices: Offices) -> None:
    data = (
        f"户号,与户主关系,姓名,公民身份号码,户籍地址\nH1,户主,示例甲,{HEAD_ID},{offices.doors[0]}\n".encode()
    )

    offices.at_once(
        lambda work: import_list_of_residents(
            work, data, ".csv", ImportOptions(), ReadLimits(Path("/nonexistent"))
        ),
        lambda work: enrol_household(work, family(offices.doors[1])),
    )

    assert offices.persons() == 1


def test_a_list_and_a_clerk_who_corrects_do_not_undo_each_other(offices: Offices) -> None:
    header = "户号,与户主关系,姓名,公民身份号码,电话,户籍地址\n"
    with offices.work() as work:
        person = enrol_household(work, family(offices.doors[0])).person_ids[0]
    data = f"{header},户主,示例甲改,{HEAD_ID},,{offices.doors[0]}\n".encode()

    answers = offices.at_once(
        lambda work: (
            import_list_of_residents(
                work, data, ".csv", ImportOptions(), ReadLimits(Path("/nonexistent"))
            ).counts.accepted
        ),
        lambda work: change_person(work, person, 1, {"phone": "13800007777"}),
    )

    with offices.work() as work:
        facts = read_person_card(work, person).person.facts
    assert answers[0] == 1
    assert facts is not None
    assert facts.name == "示例甲改"
    assert (facts.phone == "13800007777") == (answers[1] == 2)
    assert answers[1] in (2, "stale")


def test_one_number_is_enrolled_once_though_neither_village_sees_the_other(offices: Offices) -> None:
    with offices.work() as work:
        code = "430626113210"
        two = neighbour(work, replace(offices.town, conn=work.conn), "沙坪村", code)
        place = two.place("group", "5组", 15)
        two.house("900", 900, 0, place)
        commit_numbering_plan(work, plan_numbering(work, place).id)
        there = str(work.conn.exec_driver_sql("SELECT max(code) FROM address").scalar_one())
        villagers = [village_officer(work, village) for village in ("430626113208", code)]

    answers = offices.at_once(
        lambda work: enrol_household(as_(work, villagers[0]), family(offices.doors[0])),
        lambda work: enrol_household(as_(work, villagers[1]), family(there)),
    )

    assert answers.count("person-known") == 1
    assert offices.persons() == 1


def test_reveals_at_once_are_counted_one_by_one(offices: Offices) -> None:
    with offices.work() as work:
        person = enrol_household(work, family(offices.doors[0])).person_ids[0]

    answers = offices.at_once(
        *[lambda work: reveal_person(work, person, RevealPurpose.CASE, "核对", 2).id] * 4
    )

    assert answers.count("reveals-used-up") == 2
    assert answers.count(person) == 2


def test_guesses_at_once_are_counted_one_by_one(offices: Offices) -> None:
    with offices.work() as work:
        enrol_household(work, family(offices.doors[0]))

    def guess(work: Work) -> int:
        return len(look_up_persons(work, id_no=None, name="示例无此人", phone=None, most_misses=2))

    answers = offices.at_once(*[guess] * 6)

    assert sorted(map(str, answers)) == ["0", "0"] + ["lookups-used-up"] * 4


def test_a_move_and_a_death_at_once_leave_no_open_end(offices: Offices) -> None:
    with offices.work() as work:
        done = enrol_household(work, family(offices.doors[0], count=3))
    move = HouseholdMove(offices.doors[1], "示例迁1号")

    answers = offices.at_once(
        lambda work: move_household(work, done.household_id, 1, move),
        lambda work: end_person(work, done.person_ids[2], 1, EndReason.DECEASED, "证明1号", None),
    )

    with offices.work() as work:
        card = read_household_card(work, done.household_id)
        loose = work.conn.exec_driver_sql(
            "SELECT count(*) FROM residency r JOIN person p ON p.id = r.person_id WHERE p.stage = 'ended'"
            " AND upper_inf(r.recorded) AND upper_inf(r.valid)"
        ).scalar_one()
    assert {answer for answer in answers if isinstance(answer, str)} <= {"busy", "stale"}
    assert loose == 0
    assert len(card.members) == (2 if isinstance(answers[1], int) else 3)


def test_a_household_and_one_of_its_members_that_move_at_once_do_not_wait_in_a_circle(
    offices: Offices,
) -> None:
    with offices.work() as work:
        family_ = enrol_household(work, family(offices.doors[0], count=3))
        other = enrol_household(work, family(offices.doors[1], number=None))
    member = family_.person_ids[2]
    person_move = PersonMove(other.household_id, "其他", document_no="示例迁2号")
    household_move = HouseholdMove(offices.doors[2], "示例迁1号")

    with ThreadPoolExecutor(2) as pool:
        with offices.work() as work:
            work.residents.hold_persons([member])
            moves = []
            for waiting, act in enumerate(
                (
                    lambda one: move_person(one, member, 1, person_move),
                    lambda one: move_household(one, family_.household_id, 1, household_move),
                ),
                start=1,
            ):
                moves.append(pool.submit(offices.at_once, act))
                wait_for_waiting(offices.database, waiting)
        answers = [move.result()[0] for move in moves]

    with offices.work() as work:
        left, joined = (read_household_card(work, one.household_id).members for one in (family_, other))
    assert answers == [2, "stale"]
    assert (len(left), len(joined)) == (2, 2)


def wait_for_waiting(database: Database, count: int) -> None:
    """Until so many requests wait for a row or a lock."""
    query = """SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"""
    until = monotonic() + 30
    while monotonic() < until:
        with database.engine.connect() as conn:
            if conn.exec_driver_sql(query).scalar_one() >= count:
                return
        sleep(0.02)
    pytest.fail("nobody waited")


def test_two_changes_on_one_revision_are_not_both_done(offices: Offices) -> None:
    with offices.work() as work:
        done = enrol_household(work, family(offices.doors[0]))
    moves = [HouseholdMove(door, "示例迁1号") for door in offices.doors[1:]]

    answers = offices.at_once(
        *[lambda work, move=move: move_household(work, done.household_id, 1, move) for move in moves]
    )

    assert sorted(answers, key=str) == [2, "stale"]


def test_two_new_heads_at_once_leave_one(offices: Offices) -> None:
    with offices.work() as work:
        done = enrol_household(work, family(offices.doors[0], count=3))
    head, *others = done.person_ids
    wanted = [RelationsAsked({head: "其他", other: "户主"}, "户主变更") for other in others]

    answers = offices.at_once(
        *[lambda work, asked=asked: change_relations(work, done.household_id, 1, asked) for asked in wanted]
    )

    with offices.work() as work:
        relations = [m.relation for m, _ in read_household_card(work, done.household_id).members]
    assert sorted(answers, key=str) == [2, "stale"]
    assert relations.count("02") == 1


def test_who_is_enrolled_while_villages_merge_is_seen_by_the_village_that_stays(
    database: Database,
    make_county: Callable[..., Actor],
    make_town: Callable[[Work], Any],
    keys: KeyRing,
) -> None:
    with database.engine.begin() as conn:
        actor = make_county(conn)
    with unit_of_work(database.engine, actor, NOW, keys) as work:
        villages = two_villages(work, as_approver(work), make_town(work), doors=2)
        plan = draw_merger(work, villages.merger(), TERMS)
        choice = Choice(villages.ends, ChoiceKind.DISTRICT, "沙坪片区")
        plan = choose_in_merger(work, plan.id, [choice], TERMS)
        door = next(code for code, home in villages.homes().items() if home == villages.ends)
    offices = Offices(database, actor, keys)

    def enrol() -> Any:
        with offices.work() as work:
            return enrol_household(work, family(door)).household_id

    with ThreadPoolExecutor(1) as pool:
        with unit_of_work(database.engine, villages.approver.actor, NOW, keys) as work:
            commit_merger(work, plan.id, DECREE, TERMS.tolerance_m)
            enrolled = pool.submit(enrol)
            wait_for_lock(database, enrolled)
        household = enrolled.result()

    with offices.work() as work:
        assert read_household_card(work, household).household.village_id == villages.absorber


def wait_for_lock(database: Database, other: "Future[Any]") -> None:
    """Until the other request waits for this one, or has ended without waiting."""
    query = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'"
    with database.engine.connect() as conn:
        while not other.done() and conn.exec_driver_sql(query).scalar_one() == 0:
            sleep(0.01)
