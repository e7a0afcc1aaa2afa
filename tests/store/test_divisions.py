"""Divisions over time: nothing is overwritten, and any day can be asked for."""

from datetime import date
from uuid import UUID

import pytest

from address_service.errors import NotFound
from address_service.model.addresses import EventKind, Subject
from address_service.model.divisions import DivisionKind, DivisionLevel
from address_service.store.divisions import NewDivision
from address_service.store.events import NewEvent, record_event
from address_service.store.work import Work

TOWN, VILLAGE = "430626113", "430626113208"
BEGIN, CHANGE = date(2009, 1, 1), date(2016, 1, 1)


def an_event(work: Work) -> UUID:
    """Any event about divisions."""
    fact = NewEvent(Subject.DIVISION, EventKind.CREATE, BEGIN, work.actor.account_id, work.now)
    return record_event(work.conn, work.county_code, fact)


def add(work: Work, name: str = "烟舟村", code: str = VILLAGE) -> UUID:
    """A village since 2009."""
    facts = NewDivision(DivisionLevel.VILLAGE, DivisionKind.ADMINISTRATIVE_VILLAGE, name, code, None, None)
    return work.divisions.create(facts, BEGIN, an_event(work), work.now)


def test_a_change_holds_from_its_day_and_not_before(work: Work) -> None:
    village = add(work)

    work.divisions.change(village, CHANGE, {"name": "烟洲村"}, an_event(work), work.now)

    assert [(d.name, d.valid_from, d.valid_to) for d in work.divisions.history(village)] == [
        ("烟舟村", BEGIN, CHANGE),
        ("烟洲村", CHANGE, None),
    ]


def test_a_correction_holds_for_the_whole_stretch(work: Work) -> None:
    village = add(work)

    work.divisions.correct(village, CHANGE, {"code_mca": VILLAGE}, an_event(work), work.now)

    assert [(d.code_mca, d.valid_from) for d in work.divisions.history(village)] == [(VILLAGE, BEGIN)]


def test_a_closed_division_is_gone_from_its_day_on(work: Work) -> None:
    village = add(work)
    work.divisions.change(village, CHANGE, {"name": "烟洲村"}, an_event(work), work.now)

    work.divisions.close(village, date(2012, 1, 1), an_event(work), work.now)

    assert [(d.name, d.valid_to) for d in work.divisions.history(village)] == [("烟舟村", date(2012, 1, 1))]


def test_several_changes_at_one_moment_follow_each_other(work: Work) -> None:
    village = add(work)

    for name in ("甲村", "乙村", "丙村"):
        work.divisions.correct(village, BEGIN, {"name": name}, an_event(work), work.now)

    assert work.divisions.find_by_id(village, BEGIN).name == "丙村"  # type: ignore[union-attr]


def test_a_code_that_is_not_there_is_not_found(work: Work) -> None:
    add(work)

    with pytest.raises(NotFound):
        work.divisions.id_of_code(VILLAGE, date(2008, 1, 1))
