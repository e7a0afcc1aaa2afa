"""What is reserved stays so until somebody decides: released, kept longer, or built upon."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from address_service.coding.numbering.infill import Takes
from address_service.errors import Conflict, Forbidden, InvalidInput
from address_service.model.accounts import Actor, Role
from address_service.services.commit_numbering_plan import commit_numbering_plan
from address_service.services.issue_number import issue_number, propose_numbers
from address_service.services.manage_reservation import extend_reservation, release_reservation
from address_service.services.plan_numbering import plan_numbering
from address_service.store.ids import new_id
from address_service.store.reservations import Reservation, ReservationRepository
from address_service.store.work import Work

GROUND = ((200, 5), (300, 5), (300, 45), (200, 45), (200, 5))
WKT = "MULTIPOLYGON(((" + ",".join(f"{480_000 + x} {3_180_000 + y}" for x, y in GROUND) + ")))"


@pytest.fixture
def street(work: Work, town: Any) -> UUID:
    """A street with houses on either side of a site that keeps four numbers until the end of 2030."""
    place: UUID = town.place("street", "新市街", 1, [(0, 0), (600, 0)])
    town.site(place, 4, 0, 0, wkt=WKT)
    for n, x in enumerate((170, 190, 310, 330)):
        town.house(str(n + 1), x, 12, place, parcel=str(n + 1))
    commit_numbering_plan(work, plan_numbering(work, place).id)
    return place


def reservation(work: Work) -> Reservation:
    query = text("SELECT id FROM reservation WHERE construction_plan_id IS NOT NULL")
    return ReservationRepository(work.conn, work.county_code).get(work.conn.execute(query).scalar_one())


def states(work: Work, place: UUID) -> list[tuple[int, int, str]]:
    return [(r["main"], r["sub"], r["state"]) for r in work.numbers.of_place(place)]


def test_what_is_released_falls_vacant_and_what_is_built_stays(work: Work, town: Any, street: UUID) -> None:
    built = issue_number(work, street, town.house("20", 250, 12, street, parcel="20"))
    issued = [s for s in states(work, street) if s[2] == "issued"]

    after = release_reservation(work, reservation(work).id, "示例〔2026〕7号", "项目取消")

    assert built.candidate.takes is Takes.PLAN_RESERVED
    assert (after.stage, after.numbers) == ("released", 0)
    assert [s for s in states(work, street) if s[2] == "issued"] == issued
    assert len([s for s in states(work, street) if s[2] == "vacant"]) == 3
    decided = work.conn.execute(text("SELECT kind, decree_no, reason, freed FROM reservation_decision")).one()
    assert tuple(decided) == ("release", "示例〔2026〕7号", "项目取消", 3)


def test_a_vacant_number_of_a_released_site_may_be_taken(work: Work, town: Any, street: UUID) -> None:
    release_reservation(work, reservation(work).id, "示例〔2026〕7号", "项目取消")

    done = issue_number(work, street, town.house("20", 250, 12, street, parcel="20"))

    assert done.candidate.takes is Takes.VACANT
    assert plan_numbering(work, street).summary["reserved"] == 0


def test_a_reservation_is_released_once(work: Work, street: UUID) -> None:
    found = reservation(work)
    release_reservation(work, found.id, "示例〔2026〕7号", "项目取消")

    with pytest.raises(Conflict) as caught:
        release_reservation(work, found.id, "示例〔2026〕7号", "项目取消")

    assert caught.value.code == "reservation-released"


def test_a_decision_needs_a_decree_and_a_reason(work: Work, street: UUID) -> None:
    found = reservation(work)

    with pytest.raises(InvalidInput) as no_decree:
        release_reservation(work, found.id, " ", "项目取消")
    with pytest.raises(InvalidInput) as no_reason:
        extend_reservation(work, found.id, date(2031, 12, 31), "示例〔2026〕7号", "")

    assert (no_decree.value.code, no_reason.value.code) == ("decree-missing", "reason-missing")
    assert reservation(work) == found


def test_the_reason_of_a_reservation_names_no_person(work: Work, street: UUID) -> None:
    found = reservation(work)

    with pytest.raises(InvalidInput) as caught:
        release_reservation(work, found.id, "示例〔2026〕7号", "电13800138000")

    assert caught.value.code == "personal-data-not-here"
    assert reservation(work) == found


def test_a_reservation_is_kept_longer_never_shorter(work: Work, street: UUID) -> None:
    found = reservation(work)

    later = extend_reservation(work, found.id, date(2031, 12, 31), "示例〔2026〕8号", "工期延长")
    with pytest.raises(InvalidInput) as caught:
        extend_reservation(work, found.id, date(2031, 12, 31), "示例〔2026〕8号", "工期延长")

    assert later == replace(found, expires_on=date(2031, 12, 31))
    assert caught.value.code == "expiry-not-later"


def test_expiry_frees_nothing_and_issues_nothing(work: Work, town: Any, street: UUID) -> None:
    before, ledger = reservation(work), states(work, street)
    late = Work(work.conn, work.actor, work.now + timedelta(days=3000))
    repository = ReservationRepository(work.conn, work.county_code)
    elsewhere = town.house("20", 400, 12, street, parcel="20")

    assert repository.overdue(work.today) == []
    assert [r.id for r in repository.overdue(late.today)] == [before.id]
    reserved = {(m, s) for m, s, state in ledger if state == "reserved"}
    offered = {(c.number.main, c.number.sub) for c in propose_numbers(late, street, elsewhere)}
    commit_numbering_plan(late, plan_numbering(late, street).id)

    after = states(work, street)
    assert not reserved & offered
    assert [s for s in after if s[2] == "reserved"] == [s for s in ledger if s[2] == "reserved"]


def test_another_village_does_not_decide(work: Work, street: UUID) -> None:
    neighbour = Actor(new_id(), "邻村", Role.VILLAGE, "430626", "430626113209")

    with pytest.raises(Forbidden):
        release_reservation(
            Work(work.conn, neighbour, work.now), reservation(work).id, "示例〔2026〕7号", "项目取消"
        )
