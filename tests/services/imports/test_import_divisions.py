"""Division lists: what a list says for sure is written, what it cannot say waits for a person."""

from dataclasses import replace
from datetime import date

from address_service.store.work import Work
from tests.services.imports.conftest import EAST, TOWN, WEST, Register, layer

SPRING = date(2016, 1, 1)


def test_the_same_list_twice_changes_nothing(register: Register) -> None:
    register.divisions()
    before = register.content()

    second = register.divisions()

    assert (second.counts.accepted, second.counts.unchanged) == (0, 3)
    assert register.content() == before


def test_another_name_for_a_known_code_waits_for_a_decision(register: Register) -> None:
    register.divisions()

    report = register.bring(
        "divisions", layer(code_nbs=[TOWN, WEST, EAST], name=["童市镇", "烟洲村", "义字村"])
    )

    assert [(p["code"], p["what"], p["division"]) for p in report.pending] == [
        ("decision-needed", "respelled", WEST)
    ]
    assert report.counts.accepted == 0
    assert register.work.divisions.find_by_code(WEST, register.work.today).name == "烟舟村"  # type: ignore[union-attr]


def test_a_vanished_village_is_listed_and_lives_on(register: Register) -> None:
    register.divisions()

    report = register.bring("divisions", layer(code_nbs=[TOWN, WEST], name=["童市镇", "烟舟村"]))

    assert [(p["what"], p["division"]) for p in report.pending] == [("vanished", EAST)]
    assert register.work.divisions.find_by_code(EAST, register.work.today) is not None


def test_the_urban_rural_class_holds_from_its_day(register: Register) -> None:
    register.divisions()

    register.bring(
        "divisions",
        layer(
            code_nbs=[WEST, EAST],
            name=["烟舟村", "义字村"],
            urban_rural_class=["220", "122"],
            valid_from=[SPRING] * 2,
        ),
    )

    def class_on(day: date) -> str | None:
        found = register.work.divisions.find_by_code(EAST, day)
        return found.urban_rural_class if found else None

    assert (class_on(date(2015, 12, 31)), class_on(SPRING)) == (None, "122")


def test_a_list_of_an_older_year_says_that_a_village_was_there_already(register: Register) -> None:
    register.divisions()

    report = register.bring(
        "divisions", layer(code_nbs=[WEST], name=["烟舟村"], valid_from=[date(2001, 1, 1)])
    )

    known = register.work.divisions.find_by_code(WEST, register.work.today)
    assert report.counts.accepted == 1
    assert known is not None
    assert [d.valid_from for d in register.work.divisions.history(known.id)] == [date(2001, 1, 1)]


def test_a_village_without_its_town_is_refused(register: Register) -> None:
    report = register.bring("divisions", layer(code_nbs=[WEST], name=["烟舟村"]))

    assert [r.code for r in report.rejects] == ["parent-missing"]


def test_an_account_brings_in_no_village_outside_its_scope(register: Register, work: Work) -> None:
    work.actor = replace(work.actor, division_code=TOWN)

    report = register.bring(
        "divisions", layer(code_nbs=["430626", TOWN, "430626114"], name=["平江县", "童市镇", "他镇"])
    )

    assert (report.counts.accepted, [r.code for r in report.rejects]) == (1, ["out-of-scope"])
