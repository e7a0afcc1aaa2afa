"""Drafts become current by the county's decree, and by nobody who drafted them."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from address_service.errors import Conflict, InvalidInput
from address_service.services.approve_addresses import approve_addresses, reject_addresses
from address_service.services.commit_numbering_plan import commit_numbering_plan
from address_service.services.plan_numbering import plan_numbering
from address_service.store.address_card import load_address_card
from address_service.store.addresses import Scope
from address_service.store.listings import Listings
from address_service.store.work import Work

VILLAGE = Scope(village_code="430626113208")
DECREE = "平民地〔2026〕5号"


@pytest.fixture
def drafted(work: Work, town: Any) -> UUID:
    """A group with three drafted addresses."""
    group: UUID = town.place("group", "12组", 12)
    for n in range(1, 4):
        town.house(str(n), n * 25, 12, group)
    commit_numbering_plan(work, plan_numbering(work, group).id)
    return group


def stages(work: Work) -> list[str]:
    return [a["stage"] for a in Listings(work.conn, work.county_code, work.today).addresses(None, 100)]


def test_the_county_makes_drafts_current(work: Work, drafted: UUID, approver: Work) -> None:
    done = approve_addresses(approver, VILLAGE, DECREE, date(2026, 3, 2))

    assert (done.approved, done.held_back) == (3, ())
    assert stages(work) == ["current"] * 3


def test_who_drafted_cannot_approve(work: Work, drafted: UUID) -> None:
    done = approve_addresses(work, VILLAGE, DECREE, date(2026, 3, 2))

    assert done.approved == 0
    assert done.held_back[0]["own_drafts"] == 3
    assert stages(work) == ["draft"] * 3


def test_the_database_itself_refuses_the_drafter_as_approver(work: Work, drafted: UUID) -> None:
    with pytest.raises(DBAPIError, match="address_version_four_eyes"):
        work.conn.execute(
            text(
                """INSERT INTO address_version (county_code, id, address_id, stage, division_id, place_id, main,
                     full_text, position, decree_no, drafted_by, approved_by, event_id, valid, recorded)
                   SELECT county_code, gen_random_uuid(), address_id, 'current', division_id, place_id, main,
                     full_text || '*', position, 'x', drafted_by, drafted_by, event_id, '[2030-01-01,)', recorded
                   FROM address_version LIMIT 1"""
            )
        )


def test_no_address_on_an_unapproved_name_becomes_current(
    work: Work, town: Any, drafted: UUID, approver: Work
) -> None:
    street = town.place("street", "拟名街", 9, [(0, 200), (200, 200)])
    town.run(
        """UPDATE place_version SET recorded = '[2016-01-01,2016-01-02)' WHERE county_code = :c AND place_id = :p""",
        p=street,
    )
    town.run(
        """INSERT INTO place_version (county_code, id, place_id, division_id, name, name_state, geom, valid, recorded,
             event_id)
           SELECT county_code, gen_random_uuid(), place_id, division_id, name, 'proposed', geom, valid,
             '[2016-01-02,)', event_id
           FROM place_version WHERE county_code = :c AND place_id = :p""",
        p=street,
    )
    town.house("60", 30, 212, street)
    commit_numbering_plan(work, plan_numbering(work, street).id)

    done = approve_addresses(approver, VILLAGE, DECREE, date(2026, 3, 2))

    assert done.approved == 3
    assert [(h["place"], h["on_unapproved_name"]) for h in done.held_back] == [("拟名街", 1)]
    with pytest.raises(Conflict) as caught:
        approve_addresses(approver, VILLAGE, DECREE, date(2026, 3, 2), all_or_nothing=True)
    assert caught.value.code == "approval-obstacles"


def test_approval_needs_a_decree(drafted: UUID, approver: Work) -> None:
    with pytest.raises(InvalidInput) as caught:
        approve_addresses(approver, VILLAGE, "  ", date(2026, 3, 2))

    assert caught.value.code == "decree-missing"


def test_the_draft_stays_in_the_history(work: Work, drafted: UUID, approver: Work) -> None:
    code = Listings(work.conn, work.county_code, work.today).addresses(None, 1)[0]["code"]
    approve_addresses(approver, VILLAGE, DECREE, date(2026, 3, 2))

    then = load_address_card(work.conn, work.county_code, code, work.today, work.now)
    now = load_address_card(work.conn, work.county_code, code, work.today, approver.now)

    assert (then["stage"], now["stage"]) == ("draft", "current")
    assert now["decree_no"] == DECREE
    assert then["full_text"] == now["full_text"]


def test_a_rejected_village_is_numbered_again_from_one(work: Work, drafted: UUID, approver: Work) -> None:
    before = {a["code"] for a in Listings(work.conn, work.county_code, work.today).addresses(None, 100)}

    assert reject_addresses(approver, VILLAGE, "走向有误，请重编") == 3
    commit_numbering_plan(work, plan_numbering(work, drafted).id)

    found = Listings(work.conn, work.county_code, work.today).addresses(None, 100, stage="draft")
    assert sorted(a["main"] for a in found) == [1, 2, 3]
    assert not before & {a["code"] for a in found}
    assert {row["state"] for row in work.numbers.of_place(drafted)} == {"issued"}


def test_nothing_to_approve_is_said_so(town: Any, approver: Work) -> None:
    with pytest.raises(Conflict) as caught:
        approve_addresses(approver, VILLAGE, DECREE, date(2026, 3, 2))

    assert caught.value.code == "nothing-to-approve"


def test_a_door_and_its_rooms_are_decided_together(work: Work, town: Any, approver: Work) -> None:
    street = town.place("street", "新市街", 1, [(0, 0), (300, 0)])
    town.house("1", 50, 12, street, floors=2, units=1, rooms=2)
    commit_numbering_plan(work, plan_numbering(work, street).id)
    rooms = [
        a["code"]
        for a in Listings(work.conn, work.county_code, work.today).addresses(None, 100)
        if a["door_code"]
    ]

    done = approve_addresses(approver, Scope(codes=tuple(rooms[:1])), DECREE, date(2026, 3, 2))

    assert done.approved == 5
    assert set(stages(work)) == {"current"}


def test_an_approval_for_a_day_to_come_is_refused(drafted: UUID, approver: Work) -> None:
    with pytest.raises(InvalidInput) as caught:
        approve_addresses(approver, VILLAGE, DECREE, date(2026, 3, 3))

    assert caught.value.code == "effective-on-future"
