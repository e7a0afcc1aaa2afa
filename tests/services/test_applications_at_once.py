"""Two clerks at one application, each in a transaction of their own, on real connections."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from address_service.model.accounts import Actor, Role
from address_service.model.applications import ApplicationKind, Evidence, EvidenceKind
from address_service.services.approve_addresses import approve_addresses
from address_service.services.commit_numbering_plan import commit_numbering_plan
from address_service.services.decide_application import Decision, decide_application
from address_service.services.end_application import withdraw_application
from address_service.services.issue_number import issue_number
from address_service.services.order_application_plate import order_application_plate
from address_service.services.plan_numbering import plan_numbering
from address_service.services.receive_application import Asked, receive_application
from address_service.store.addresses import Scope
from address_service.store.engine import Database
from address_service.store.work import Work
from tests.services.test_two_at_once import Office

PERMIT = (Evidence(EvidenceKind.PERMIT),)
ACCEPT = Decision(accept=True)


@pytest.fixture
def office(
    database: Database, make_town: Callable[[Work], Any], make_county: Callable[[Any], Actor]
) -> Office:
    """A group of three current addresses, and a house that has none yet."""
    with database.engine.begin() as conn:
        clerk = make_county(conn)
        work = Work(conn, clerk, datetime.now(UTC))
        town = make_town(work)
        town.group = town.place("group", "12组", 12)
        for n in range(1, 4):
            town.house(str(n), n * 25, 12, town.group)
        commit_numbering_plan(work, plan_numbering(work, town.group).id)
        approver = work.accounts.create("示例县民政局", Role.COUNTY, "430626")
        approve_addresses(
            Work(conn, approver, datetime.now(UTC)), Scope(place_id=town.group), "示例〔2026〕5号", work.today
        )
        town.late = town.house("50", 60, 30, town.group)
    return Office(database, clerk, approver, town)


def received(office: Office, asked: Asked) -> UUID:
    with office.work() as work:
        return receive_application(work, asked, 15).id


def new_house(office: Office) -> UUID:
    return received(office, Asked(ApplicationKind.NEW_HOUSE, "新建", PERMIT, building_id=office.town.late))


@pytest.mark.parametrize("_round", range(3))
def test_one_of_two_decisions_counts(office: Office, _round: int) -> None:
    mine = new_house(office)

    outcomes = office.at_once(*[lambda w: decide_application(w, mine, ACCEPT)] * 3)

    assert sorted(outcomes) == ["application-decided", "application-decided", "done"]
    assert office.count("SELECT count(*) FROM address") == 4
    assert office.count("SELECT count(*) FROM application_step") == 2


@pytest.mark.parametrize("_round", range(3))
def test_acceptance_and_refusal_at_once_do_not_mix(office: Office, _round: int) -> None:
    mine = new_house(office)

    outcomes = office.at_once(
        lambda w: decide_application(w, mine, ACCEPT),
        lambda w: decide_application(w, mine, Decision(accept=False, note="示例")),
        lambda w: withdraw_application(w, mine, "示例"),
    )

    assert sorted(outcomes) == ["application-decided", "application-decided", "done"]
    drafted = office.count("SELECT count(*) FROM address") - 3
    accepted = office.count("SELECT count(*) FROM application WHERE stage = 'accepted'")
    assert drafted == accepted


@pytest.mark.parametrize("_round", range(3))
def test_a_lost_plate_is_decided_on_once(office: Office, _round: int) -> None:
    mine = received(office, Asked(ApplicationKind.LOST_PLATE, "补发", building_code="2"))

    outcomes = office.at_once(
        lambda w: decide_application(w, mine, ACCEPT),
        lambda w: decide_application(w, mine, Decision(accept=False, note="示例")),
        lambda w: withdraw_application(w, mine, "示例"),
    )

    assert sorted(outcomes) == ["application-decided", "application-decided", "done"]
    assert office.count("SELECT count(*) FROM application_step") == 2


@pytest.mark.parametrize("_round", range(3))
def test_rooms_of_one_door_get_serials_of_their_own(office: Office, _round: int) -> None:
    register = (Evidence(EvidenceKind.HOUSEHOLD_REGISTER),)
    labels = ("东户", "西户", "南户")
    asked = [
        Asked(ApplicationKind.SPLIT_HOUSEHOLD, "分户", register, building_code="2", room_label=label)
        for label in labels
    ]
    mine = [received(office, one) for one in asked]

    def decide(application_id: UUID, label: str) -> Callable[[Work], object]:
        return lambda w: decide_application(w, application_id, Decision(accept=True, room_label=label))

    outcomes = office.at_once(*[decide(*pair) for pair in zip(mine, labels, strict=True)])

    assert outcomes == ["done"] * 3
    rooms = "FROM address WHERE parent_id IS NOT NULL"
    assert office.count(f"SELECT count(DISTINCT substr(code, 22, 4)) {rooms}") == 3


def test_the_same_house_at_two_desks_is_received_once(office: Office) -> None:
    asked = Asked(ApplicationKind.NEW_HOUSE, "新建", PERMIT, building_id=office.town.late)

    outcomes = office.at_once(*[lambda w: receive_application(w, asked, 15)] * 3)

    assert sorted(outcomes) == ["application-open-already", "application-open-already", "done"]
    assert office.count("SELECT count(*) FROM application") == 1


def test_many_receipts_at_once_have_numbers_of_their_own(office: Office) -> None:
    def receive(code: str, kind: ApplicationKind) -> Callable[[Work], object]:
        return lambda w: receive_application(w, Asked(kind, "示例", building_code=code), 15)

    kinds = (ApplicationKind.LOST_PLATE, ApplicationKind.CORRECTION)
    outcomes = office.at_once(*[receive(code, kind) for code in "123" for kind in kinds])

    assert outcomes == ["done"] * 6
    assert office.count("SELECT count(DISTINCT application_no) FROM application") == 6
    assert office.count("SELECT max(right(application_no, 5)::int) FROM application") == 6


@pytest.mark.parametrize("_round", range(3))
def test_the_counter_of_applications_and_the_bare_one_number_a_house_once(
    office: Office, _round: int
) -> None:
    mine = new_house(office)

    outcomes = office.at_once(
        lambda w: decide_application(w, mine, ACCEPT),
        lambda w: issue_number(w, office.town.group, office.town.late),
    )

    assert sorted(outcomes) == ["building-has-address", "done"]
    assert office.count("SELECT count(*) FROM address") == 4


@pytest.mark.parametrize("_round", range(3))
def test_a_plate_is_ordered_once(office: Office, _round: int) -> None:
    mine = received(office, Asked(ApplicationKind.LOST_PLATE, "补发", building_code="2"))
    with office.work() as work:
        decide_application(work, mine, ACCEPT)

    outcomes = office.at_once(*[lambda w: order_application_plate(w, mine)] * 2)

    assert sorted(outcomes) == ["done", "plate-ordered-already"]
    assert office.count("SELECT count(*) FROM plate") == 1
