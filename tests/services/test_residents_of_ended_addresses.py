"""Residents of an address that an act ends follow to its one successor, or are listed for an office to look at."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from time import sleep
from typing import Any

import pytest
from sqlalchemy import text

from address_service.errors import ServiceError
from address_service.model.accounts import Actor
from address_service.model.address_changes import ActRequest, AddressAct, SplitPart
from address_service.model.numbers import DoorNumber
from address_service.model.residents import HouseholdKind
from address_service.services.address_change_residents import count_households
from address_service.services.approve_addresses import approve_addresses
from address_service.services.commit_address_change import commit_address_change
from address_service.services.commit_numbering_plan import commit_numbering_plan
from address_service.services.draft_room import draft_room
from address_service.services.draw_address_change import draw_address_change
from address_service.services.enrol_residents import HouseholdAsked, NewcomerAsked, enrol_household
from address_service.services.move_residents import PersonMove, move_person
from address_service.services.plan_numbering import plan_numbering
from address_service.services.read_residents import (
    Narrowed,
    list_households,
    list_persons,
    read_history,
    read_household_card,
    read_person_card,
)
from address_service.store.addresses import Scope
from address_service.store.engine import Database
from address_service.store.keys import KeyRing
from address_service.store.known_addresses import KnownAddresses
from address_service.store.work import Work, unit_of_work
from tests.services.conftest import as_approver
from tests.services.test_address_changes import DECREE, Doors
from tests.services.test_address_changes import doors as doors

SINCE, CAME = date(2026, 2, 1), date(1998, 5, 1)
ENDED = Narrowed(ended=True)


def enrol(work: Work, door: str) -> Any:
    members = [
        NewcomerAsked({"name": "示例甲"}, "02", arrived_on=CAME),
        NewcomerAsked({"name": "示例乙"}, "10"),
    ]
    return enrol_household(work, HouseholdAsked(HouseholdKind.FAMILY, door, members, since=SINCE))


def room_of(doors: Doors, code: str) -> str:
    door = KnownAddresses(doors.work.conn, "430626").by_code(code)
    room = draft_room(doors.work, door, "101室", "示例").code.text
    approve_addresses(doors.approver, Scope(codes=(room,)), DECREE, doors.work.today)
    return room


def later(doors: Doors, days: int = 20) -> Work:
    return Work(doors.work.conn, doors.work.actor, doors.work.now + timedelta(days=days), doors.work.keys)


def homes(work: Work, person: Any) -> dict[str, tuple[str, date | None, date]]:
    return {
        home.kind: (home.address_code, home.arrived_on, home.since)
        for home in read_person_card(work, person).homes
    }


def past_addresses(doors: Doors, household: Any) -> list[tuple[str, date, date]]:
    query = """SELECT a.code, lower(l.valid), upper(l.valid) FROM household_address l
               JOIN address a ON a.id = l.address_id
               WHERE l.household_id = :h AND upper_inf(l.recorded) AND NOT upper_inf(l.valid)"""
    return [tuple(row) for row in doors.work.conn.execute(text(query), {"h": household})]


def ended_households(work: Work) -> set[Any]:
    return {card.household.id for card in list_households(work, ENDED, None, 100)}


def test_residents_follow_a_door_that_is_merged_and_the_day_they_came_stands(doors: Doors) -> None:
    gone, into = doors.codes()[3], doors.codes()[4]
    done = enrol(doors.work, gone)

    act = doors.act(AddressAct.MERGE, gone, into=into)

    on, work = act.effective_on, later(doors)
    card = read_household_card(work, done.household_id)
    assert on is not None
    assert card.home is not None
    assert (card.home.address_code, card.home.since, card.household.revision) == (into, on, 2)
    assert homes(work, done.person_ids[0]) == {
        "registered": (into, CAME, on),
        "actual": (into, CAME, on),
    }
    assert past_addresses(doors, done.household_id) == [(gone, SINCE, on)]
    event = read_history(work, "household", done.household_id)[0]
    assert (event["kind"], event["document_no"], event["details"]["to"]) == ("change", DECREE, into)
    assert ended_households(work) == set()


def test_residents_follow_a_door_and_its_rooms_to_their_new_codes(doors: Doors) -> None:
    code = doors.codes()[2]
    room = room_of(doors, code)
    at_door, in_room = enrol(doors.work, code), enrol(doors.work, room)

    doors.act(AddressAct.REPLACE, code)

    work = later(doors)
    new = doors.codes()[2]
    assert new != code
    assert homes(work, at_door.person_ids[1])["registered"][0] == new
    moved = homes(work, in_room.person_ids[1])["registered"][0]
    assert (moved[:22], moved != room) == (new[:22], True)
    assert ended_households(work) == set()


def test_residents_of_a_door_that_is_gone_stay_on_record_and_are_listed(doors: Doors) -> None:
    code = doors.codes()[3]
    here, elsewhere = enrol(doors.work, code), enrol(doors.work, doors.codes()[4])

    doors.act(AddressAct.RETIRE, code)

    work = later(doors)
    assert ended_households(work) == {here.household_id}
    assert {card.person.id for card in list_persons(work, ENDED, None, 100)} == set(here.person_ids)
    assert homes(work, elsewhere.person_ids[0])["registered"][0] == doors.codes()[4]


def test_who_only_lives_at_an_ended_address_is_listed_as_a_person(doors: Doors) -> None:
    code = doors.codes()[3]
    done = enrol(doors.work, doors.codes()[4])
    move_person(doors.work, done.person_ids[1], 1, PersonMove(lives_at=code, on=doors.work.today))

    doors.act(AddressAct.RETIRE, code)

    work = later(doors)
    assert ended_households(work) == set()
    assert [card.person.id for card in list_persons(work, ENDED, None, 100)] == [done.person_ids[1]]


def test_residents_of_a_door_split_in_two_follow_neither_and_are_listed(doors: Doors) -> None:
    code = doors.codes()[1]
    one, other = doors.houses(code)
    done = enrol(doors.work, code)
    parts = (SplitPart((one,), DoorNumber(8)), SplitPart((other,), DoorNumber(9)))

    doors.act(AddressAct.SPLIT, code, stays=False, parts=parts)

    assert ended_households(later(doors)) == {done.household_id}


def test_a_door_that_stays_when_another_is_split_off_keeps_its_residents(doors: Doors) -> None:
    code = doors.codes()[1]
    done = enrol(doors.work, code)

    doors.act(AddressAct.SPLIT, code, parts=(SplitPart((doors.houses(code)[1],), DoorNumber(9)),))

    work = later(doors)
    assert homes(work, done.person_ids[0])["registered"] == (code, CAME, SINCE)
    assert ended_households(work) == set()


def test_who_asks_for_an_act_is_told_how_many_households_are_there_rooms_included(doors: Doors) -> None:
    code = doors.codes()[2]
    room = room_of(doors, code)
    enrol(doors.work, code)
    enrol(doors.work, room)
    enrol(doors.work, doors.codes()[4])

    asked = [
        draw_address_change(doors.work, ActRequest(AddressAct.RETIRE, doors.codes()[n])) for n in (2, 3, 4)
    ]

    counts = count_households(doors.work, asked)
    assert [counts[head.id] for head in asked] == [2, 0, 1]


@pytest.mark.parametrize("kind", [AddressAct.RETIRE, AddressAct.REPLACE])
def test_nobody_is_enrolled_at_a_door_while_it_ends(
    kind: AddressAct,
    database: Database,
    make_county: Callable[..., Actor],
    make_town: Callable[[Work], Any],
    keys: KeyRing,
) -> None:
    now, then = datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 12, 9, tzinfo=UTC)
    with database.engine.begin() as conn:
        actor = make_county(conn)
    with unit_of_work(database.engine, actor, now, keys) as work:
        town, approver = make_town(work), as_approver(work)
        place = town.place("group", "12组", 12)
        town.house("1", 25, 12, place)
        commit_numbering_plan(work, plan_numbering(work, place).id)
        approve_addresses(approver, Scope(place_id=place), DECREE, work.today)
        code = Doors(work, approver, place).codes()[1]
        act = draw_address_change(work, ActRequest(kind, code))

    def arrive() -> Any:
        try:
            with unit_of_work(database.engine, actor, then, keys) as work:
                return enrol(work, code)
        except ServiceError as error:
            return error.code

    with ThreadPoolExecutor(1) as pool:
        with unit_of_work(database.engine, approver.actor, then, keys) as work:
            commit_address_change(work, act.id, DECREE, None)
            arriving = pool.submit(arrive)
            wait_for_lock(database, arriving)
        answer = arriving.result()

    assert answer == "address-not-found"


def wait_for_lock(database: Database, other: "Future[Any]") -> None:
    """Until the other request waits for this one, or has ended without waiting."""
    query = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'"
    with database.engine.connect() as conn:
        while not other.done() and conn.exec_driver_sql(query).scalar_one() == 0:
            sleep(0.01)
