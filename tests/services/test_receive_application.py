"""Receiving at the counter: numbers of the day, papers, deadlines, what is refused, and no data of persons."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from address_service.errors import Conflict, InvalidInput, ServiceError
from address_service.model.applications import (
    ApplicationKind,
    ApplicationStage,
    Evidence,
    EvidenceKind,
)
from address_service.services.decide_application import Decision, decide_application
from address_service.services.end_application import close_application, withdraw_application
from address_service.services.receive_application import Asked, receive_application
from address_service.store.application_views import ApplicationViews
from address_service.store.work import Work
from tests.services.desk import (
    PERMIT,
    REGISTER,
    address_of,
    approve,
    card,
    code_of,
    door,
    lost,
    new_house,
    numbered_group,
    receive,
    split,
)


@pytest.fixture
def group(work: Work, approver: Work, town: Any) -> UUID:
    """Four current addresses; the first yard has two buildings behind one door."""
    return numbered_group(work, approver, town)


def test_numbers_count_by_day_and_the_deadline_follows(work: Work, town: Any, group: UUID) -> None:
    first, second = new_house(work, town, group), new_house(work, town, group, "51", 90)
    earlier = receive_application(
        work, Asked(ApplicationKind.LOST_PLATE, "补发", building_code="1", received_on=date(2026, 2, 27)), 5
    )

    assert [a.application_no for a in (first, second)] == ["2026030200001", "2026030200002"]
    assert (earlier.application_no, earlier.due_on) == ("2026022700001", date(2026, 3, 4))
    assert (first.received_on, first.due_on) == (work.today, work.today + timedelta(days=15))
    assert (first.stage, first.place_id) == (ApplicationStage.RECEIVED, group)


def test_time_alone_marks_overdue_and_does_nothing_else(work: Work, town: Any, group: UUID) -> None:
    found = new_house(work, town, group)
    views = {n: card(work, found, found.due_on + timedelta(days=n)) for n in (0, 1, 400)}

    assert {n: view["overdue"] for n, view in views.items()} == {0: False, 1: True, 400: True}
    assert {view["stage"] for view in views.values()} == {"received"}
    late = ApplicationViews(work.conn, work.county_code, found.due_on + timedelta(days=1))
    assert [row["id"] for row in late.page(None, 10, overdue=True)] == [found.id]
    assert late.page(None, 10, overdue=False) == []
    decide_application(work, found.id, Decision(accept=False, note="示例"))
    assert late.page(None, 10, overdue=True) == []


def test_a_new_house_without_a_permit_is_told_what_is_missing(work: Work, town: Any, group: UUID) -> None:
    house = town.house("50", 60, 30, group)

    with pytest.raises(InvalidInput) as caught:
        receive(work, ApplicationKind.NEW_HOUSE, REGISTER, building_id=house)

    assert code_of(caught) == "evidence-missing"
    assert "建房批准文件" in caught.value.message


@pytest.mark.parametrize("paper", [REGISTER, Evidence(EvidenceKind.OWNERSHIP, "湘(2026)平江县不动产权第1号")])
def test_a_split_is_shown_by_register_or_ownership(
    work: Work, town: Any, group: UUID, paper: Evidence
) -> None:
    with pytest.raises(InvalidInput) as caught:
        receive(work, ApplicationKind.SPLIT_HOUSEHOLD, PERMIT, building_code="5")

    assert code_of(caught) == "evidence-missing"
    assert receive(work, ApplicationKind.SPLIT_HOUSEHOLD, paper, building_code="5").subject_id


@pytest.mark.parametrize(
    ("kind", "building", "code"),
    [
        (ApplicationKind.NEW_HOUSE, "1", "building-has-address"),
        (ApplicationKind.NEW_HOUSE, "outbuilding", "outbuilding-has-no-number"),
        (ApplicationKind.NEW_HOUSE, "placeless", "house-without-place"),
        (ApplicationKind.NEW_HOUSE, "没有", "building-not-found"),
        (ApplicationKind.NEW_HOUSE, None, "subject-missing"),
        (ApplicationKind.SPLIT_HOUSEHOLD, "unnumbered", "split-without-door"),
        (ApplicationKind.LOST_PLATE, "unnumbered", "subject-missing"),
        (ApplicationKind.CORRECTION, None, "subject-missing"),
    ],
)
def test_what_cannot_be_asked_is_refused_at_once(
    work: Work, town: Any, group: UUID, kind: ApplicationKind, building: str | None, code: str
) -> None:
    town.house("71", 60, 40, group)
    town.house("72", 90, 40, group, use="outbuilding")
    town.house("73", 120, 40, None)
    names = {"unnumbered": "71", "outbuilding": "72", "placeless": "73"}

    with pytest.raises(ServiceError) as caught:
        receive(work, kind, PERMIT, REGISTER, building_code=names.get(building or "", building))

    assert code_of(caught) == code


def test_a_day_to_come_and_an_empty_request_are_refused(work: Work, town: Any, group: UUID) -> None:
    tomorrow = work.today + timedelta(days=1)
    for asked, code in (
        (
            Asked(ApplicationKind.LOST_PLATE, "补发", building_code="1", received_on=tomorrow),
            "received-in-future",
        ),
        (Asked(ApplicationKind.LOST_PLATE, "　", building_code="1"), "request-missing"),
    ):
        with pytest.raises(InvalidInput) as caught:
            receive_application(work, asked, 15)
        assert code_of(caught) == code


def test_a_house_applies_once_at_a_time(work: Work, town: Any, group: UUID) -> None:
    found = new_house(work, town, group)
    again = Asked(ApplicationKind.NEW_HOUSE, "再报", (PERMIT,), building_id=found.building_id)

    with pytest.raises(Conflict) as caught:
        receive_application(work, again, 15)
    withdraw_application(work, found.id, "改日再办")

    assert code_of(caught) == "application-open-already"
    assert receive_application(work, again, 15).application_no == "2026030200002"


def test_an_address_applies_once_for_one_thing(work: Work, town: Any, group: UUID) -> None:
    first = lost(work, "2")
    receive(work, ApplicationKind.CORRECTION, building_code="2")

    with pytest.raises(Conflict) as caught:
        receive(work, ApplicationKind.LOST_PLATE, address_code=door(work, "2").code.text)

    assert code_of(caught) == "application-open-already"
    assert first.subject_id == door(work, "2").id


def test_two_rooms_of_a_house_may_lose_their_plates_at_a_time(
    work: Work, approver: Work, town: Any, group: UUID
) -> None:
    rooms = []
    for label in ("东户", "西户"):
        found = split(work, "3", room_label=label)
        accepted = decide_application(work, found.id, Decision(accept=True, room_label=label))
        approve(approver, accepted)
        rooms.append(address_of(work, accepted).code.text)
    lost = [receive(work, ApplicationKind.LOST_PLATE, building_code="3", address_code=code) for code in rooms]

    with pytest.raises(Conflict) as caught:
        receive(work, ApplicationKind.LOST_PLATE, building_code="3", address_code=rooms[0])

    assert len({found.subject_id for found in lost}) == 2
    assert code_of(caught) == "application-open-already"


def test_a_house_that_does_not_stand_behind_the_address_is_no_part_of_it(
    work: Work, town: Any, group: UUID
) -> None:
    with pytest.raises(InvalidInput) as caught:
        receive(work, ApplicationKind.LOST_PLATE, building_code="3", address_code=door(work, "2").code.text)

    assert code_of(caught) == "house-not-behind-address"
    assert "建筑 3 不在" in str(caught.value)


def test_no_number_of_a_person_is_taken_down(work: Work, town: Any, group: UUID) -> None:
    number, mobile = "１３８ ００１３ ８０００", "13800138000"
    spaced = "430626 19900101 1236"
    asked = [
        Asked(ApplicationKind.LOST_PLATE, f"请打{number}", building_code="1"),
        Asked(ApplicationKind.LOST_PLATE, f"户主{spaced}", building_code="1"),
        Asked(ApplicationKind.SPLIT_HOUSEHOLD, "分户", (REGISTER,), building_code="5", room_label=mobile),
    ] + [
        Asked(ApplicationKind.LOST_PLATE, "补发", (paper,), building_code="1")
        for paper in (
            Evidence(EvidenceKind.IDENTITY, "已看"),
            Evidence(EvidenceKind.OTHER, document_no=spaced),
            Evidence(EvidenceKind.OTHER, issued_by=mobile),
            Evidence(EvidenceKind.LETTER, note=mobile),
        )
    ]
    for one in asked:
        with pytest.raises(InvalidInput) as caught:
            receive_application(work, one, 15)
        assert code_of(caught) == "personal-data-not-here"
    seen = receive(work, ApplicationKind.LOST_PLATE, Evidence(EvidenceKind.IDENTITY), building_code="1")
    acts: list[Callable[[], object]] = [
        lambda: decide_application(work, seen.id, Decision(accept=True, note=mobile)),
        lambda: withdraw_application(work, seen.id, mobile),
        lambda: close_application(work, seen.id, mobile),
    ]
    for act in acts:
        with pytest.raises(InvalidInput) as caught:
            act()
        assert code_of(caught) == "personal-data-not-here"


def test_the_database_itself_refuses_the_number_of_an_identity_paper(
    work: Work, town: Any, group: UUID
) -> None:
    found = lost(work, "1")
    with pytest.raises(Exception, match="application_evidence_identity"), work.conn.begin_nested():
        town.run(
            """INSERT INTO application_evidence (county_code, application_id, position, kind, document_no)
               VALUES (:c, :id, 9, 'identity', '某号')""",
            id=found.id,
        )
