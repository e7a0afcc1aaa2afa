"""A village answers rows that were sent to it, within its own land; the reviewer sees who said so."""

import pytest

from address_service.model.accounts import Role
from address_service.model.reconciliation import RowDecision
from address_service.services.decide_extract_row import answer_row, decide_row
from address_service.services.read_extract_rows import list_sent_rows
from address_service.store.extract_rows import ExtractRow
from address_service.store.work import Work
from tests.services.people import HEAD_ID, HERE, THERE, code_of
from tests.services.test_reconcile import Station, station

__all__ = ["station"]


def sent_to(station: Station, village: str) -> ExtractRow:
    found = station.send(("H1", "示例甲", HEAD_ID, "童市镇烟舟村谁也不认得的老屋", ""))
    (row,) = station.own(found)
    return decide_row(station.fresh(), row.id, row.revision, RowDecision.VILLAGE, village_code=village)


def office(station: Station, village: str, role: Role = Role.VILLAGE) -> Work:
    return station.fresh(station.register.as_(village, role))


def waiting(work: Work) -> list[str]:
    return [str(card.row.id) for card in list_sent_rows(work, None, 10)]


def test_the_village_sees_the_row_answers_it_and_is_named_with_its_answer(station: Station) -> None:
    row, door = sent_to(station, HERE), station.register.doors(HERE)[1]
    seen = waiting(office(station, HERE)), waiting(office(station, THERE))

    answered = answer_row(office(station, HERE), row.id, row.revision, door)

    assert seen == ([str(row.id)], [])
    assert (answered.decision, answered.decided_by) == (RowDecision.CHOOSE, f"示例{HERE}")
    after = station.work.extract_rows.get(row.id)
    assert (after.decided_address_id, after.revision) == (answered.decided_address_id, row.revision + 1)
    assert waiting(office(station, HERE)) == []


def test_a_row_that_the_village_cannot_place_goes_back_to_the_reviewer(station: Station) -> None:
    row = sent_to(station, HERE)

    back = answer_row(office(station, HERE), row.id, row.revision, None)

    assert (back.decision, back.decided_by, back.revision) == (None, None, row.revision + 1)
    assert waiting(office(station, HERE)) == []
    again = decide_row(station.fresh(), row.id, back.revision, RowDecision.PARK)
    assert again.decision is RowDecision.PARK


def test_a_village_answers_once_about_its_own_land_and_rows_that_are_its_own(station: Station) -> None:
    row, (door, other, *_) = sent_to(station, HERE), station.register.doors(HERE)
    theirs = station.register.doors(THERE)[0]

    refused = [
        code_of(answer_row, office(station, HERE), row.id, row.revision, theirs),
        code_of(answer_row, office(station, HERE), row.id, row.revision, "4" * 26),
        code_of(answer_row, office(station, THERE), row.id, row.revision, theirs),
        code_of(answer_row, office(station, HERE), row.id, row.revision - 1, door),
    ]
    answer_row(office(station, HERE), row.id, row.revision, door)
    late = code_of(answer_row, office(station, HERE), row.id, row.revision, other)

    assert refused == ["out-of-scope", "address-not-found", "extract-row-not-found", "row-decided"]
    assert late == "row-not-sent"


@pytest.mark.parametrize("decision", [None, RowDecision.PARK])
def test_a_row_that_was_not_sent_is_not_answered(station: Station, decision: RowDecision | None) -> None:
    found = station.send(("H1", "示例甲", HEAD_ID, station.texts[station.register.doors(HERE)[0]], ""))
    (row,) = station.own(found)
    if decision is not None:
        row = decide_row(station.fresh(), row.id, row.revision, decision)

    code = code_of(answer_row, office(station, HERE), row.id, row.revision, None)

    assert (code, waiting(office(station, HERE))) == ("row-not-sent", [])
