"""Existing numbers: each on one house of one place, kept as found; of several houses with one, one keeps it."""

import threading
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from address_service.model.numbers import DoorNumber, NumberState
from address_service.services.approve_addresses import reject_addresses
from address_service.services.decide_survey_number import decide_survey_number
from address_service.services.import_layer import ImportReport
from address_service.store.addresses import Scope
from address_service.store.engine import Database
from address_service.store.numbering_inputs import NumberingInputs
from address_service.store.standing_doors import StandingDoors
from address_service.store.surveyed_numbers import hold_survey
from address_service.store.work import Work, unit_of_work
from tests.services.imports.conftest import WEST, Register, box, buildings, groups, layer, parcels


def bring(register: Register, *lines: tuple[str, str | None, int], **columns: Sequence[Any]) -> ImportReport:
    """Lines of building, place, number."""
    count = len(lines)
    plain: dict[str, Sequence[Any]] = {
        "building_code": [code for code, _, _ in lines],
        "place_name": [place for _, place, _ in lines],
        "number": [DoorNumber(number) for _, _, number in lines],
        "village_name": ["烟舟村"] * count,
        "old_text": [""] * count,
        "plate_state": ["good"] * count,
    }
    return register.bring("addresses", layer(**{**plain, **columns}))


@pytest.fixture
def settled(town: Register) -> Register:
    """Two houses in group 1, one in group 2, one in none."""
    town.bring("groups", groups(("1组", box(0, 0, 300, 300)), ("2组", box(300, 0, 600, 300))))
    town.houses(("F1", 100, 100), ("F2", 200, 100), ("F3", 400, 100), ("F4", 800, 800))
    return town


def numbers(register: Register) -> dict[str, tuple[str, int]]:
    """Place and number by building code."""
    query = """
        SELECT b.building_code, v.name, e.main FROM existing_address e JOIN building b ON b.id = e.building_id
        JOIN place_version v ON v.place_id = e.place_id AND upper_inf(v.recorded)
    """
    return {code: (place, main) for code, place, main in register.rows(query)}


def test_the_same_numbers_twice_change_nothing(settled: Register) -> None:
    bring(settled, ("F1", "1组", 18), ("F2", "1组", 20))
    before = settled.content()

    assert bring(settled, ("F1", "1组", 18), ("F2", "1组", 20)).counts.unchanged == 2
    assert settled.content() == before


def test_a_number_on_another_place_than_the_house_is_refused(settled: Register) -> None:
    report = bring(settled, ("F1", "2组", 18))

    assert [(r.code, r.field) for r in report.rejects] == [("place-differs", "place_name")]


def found(report: ImportReport) -> list[tuple[int | None, str]]:
    """Row and code of each finding."""
    return [(finding.row, finding.code) for finding in report.findings]


def test_the_second_house_under_one_number_is_on_record_too_but_does_not_keep_it(settled: Register) -> None:
    report = bring(settled, ("F1", "1组", 18), ("F2", "1组", 18), ("F3", "2组", 18))

    assert (report.rejects, report.counts.accepted) == ([], 3)
    assert found(report) == [(2, "number-duplicate")]
    assert "18号已是建筑F1的旧号" in report.findings[0].text
    assert kept(settled) == {"F1": (18, True), "F2": (18, False), "F3": (18, True)}


def test_a_number_that_the_register_has_on_another_house_stays_there(settled: Register) -> None:
    bring(settled, ("F1", "1组", 18))

    report = bring(settled, ("F2", "1组", 18), ("F1", "1组", 18))

    assert (report.rejects, found(report)) == ([], [(1, "number-duplicate")])
    assert kept(settled) == {"F1": (18, True), "F2": (18, False)}


def test_a_duplicate_that_comes_again_is_told_again_and_changes_nothing(settled: Register) -> None:
    rows = ("F1", "1组", 18), ("F2", "1组", 18)
    bring(settled, *rows)
    before = settled.content()

    report = bring(settled, *rows)

    assert (report.counts.unchanged, found(report)) == (2, [(2, "number-duplicate")])
    assert settled.content() == before


def test_a_number_that_only_one_house_has_left_is_kept_when_the_survey_says_so(settled: Register) -> None:
    bring(settled, ("F1", "1组", 18), ("F2", "1组", 18))

    report = bring(settled, ("F1", "1组", 22), ("F2", "1组", 18))

    assert found(report) == []
    assert kept(settled) == {"F1": (22, True), "F2": (18, True)}


def test_a_duplicate_that_no_file_speaks_of_is_not_kept_behind_the_clerk_s_back(settled: Register) -> None:
    bring(settled, ("F1", "1组", 18), ("F2", "1组", 18))

    bring(settled, ("F1", "1组", 22))
    report = bring(settled, ("F3", "2组", 1), ("F1", "1组", 18))

    assert found(report) == [(2, "number-duplicate")]
    assert kept(settled) == {"F1": (18, False), "F2": (18, False), "F3": (1, True)}


def test_houses_hand_their_numbers_round_in_one_file(settled: Register) -> None:
    bring(settled, ("F1", "1组", 18), ("F2", "1组", 20))

    report = bring(settled, ("F1", "1组", 20), ("F2", "1组", 18))

    assert report.counts.accepted == 2
    assert numbers(settled) == {"F1": ("1组", 20), "F2": ("1组", 18)}


def test_without_a_name_the_place_is_the_house_s_own_or_the_whole_village(settled: Register) -> None:
    bring(settled, ("F1", None, 18), ("F4", None, 5))

    assert numbers(settled) == {"F1": ("1组", 18), "F4": ("烟舟村", 5)}


def test_a_named_place_takes_no_house_in(settled: Register) -> None:
    bring(settled, ("F4", "1组", 5))

    assert numbers(settled) == {"F4": ("1组", 5)}
    assert "F4" not in settled.members()


@pytest.mark.parametrize(
    ("line", "columns", "code"),
    [
        (("F9", "1组", 1), {}, "building-unknown"),
        (("F1", "9组", 1), {}, "place-unknown"),
        (("F1", "1组", 1), {"village_name": ["无村"]}, "village-unknown"),
        (("F1", "1组", 1), {"village_name": ["义字村"]}, "building-in-other-village"),
    ],
)
def test_what_is_not_on_record_is_refused(settled: Register, line: Any, columns: Any, code: str) -> None:
    assert [r.code for r in bring(settled, line, **columns).rejects] == [code]


def test_a_house_named_twice_is_refused_once(settled: Register) -> None:
    report = bring(settled, ("F1", "1组", 18), ("F1", "1组", 20))

    assert [(r.row_no, r.code) for r in report.rejects] == [(2, "building-twice")]


def test_a_parcel_stands_for_its_only_house_and_is_never_guessed_at(town: Register) -> None:
    town.bring("parcels", parcels(("00001", 100, 100), ("00002", 400, 100)))
    codes = [f"{WEST}JC00001", f"{WEST}JC00001", f"{WEST}JC00002", f"{WEST}JC00002"]
    spots = (("F1", 100, 100), ("F2", 105, 100), ("F3", 400, 100), ("F4", 405, 100))
    town.bring(
        "buildings",
        buildings(*spots, parcel_code=codes, use=["dwelling", "outbuilding", "dwelling", "dwelling"]),
    )

    report = bring(
        town, ("", None, 1), ("", None, 2), parcel_code=[codes[0], codes[2]], building_code=[None, None]
    )

    assert numbers(town) == {"F1": ("烟舟村", 1)}
    assert [(r.row_no, r.code) for r in report.rejects] == [(2, "building-ambiguous")]


def issued(register: Register, code: str) -> int:
    """The number that a house's address has."""
    query = """
        SELECT d.main FROM door_number d JOIN address_building a ON a.address_id = d.holder_id
        JOIN building b ON b.id = a.building_id WHERE b.building_code = :code
    """
    found: int = register.rows(query, code=code)[0][0]
    return found


@pytest.fixture
def numbered(settled: Register) -> Register:
    """The first group numbered, with a block reserved for a construction plan."""
    site = layer(
        [box(220, 50, 280, 280)],
        plan_no=["P1"],
        name=["集中建房点"],
        plan_kind=["area"],
        village_code=[WEST],
        place_name=["1组"],
        planned_doors=[5],
        holder=["示例村委会"],
        purpose=["住宅"],
        decree_no=["示例〔2026〕1号"],
        expires_on=[date(2029, 12, 31)],
        side=[None],
    )
    settled.bring("plans", site)
    settled.number(settled.place_id("1组"))
    return settled


def test_a_number_that_another_house_was_given_is_recorded_and_changes_no_number(numbered: Register) -> None:
    number = issued(numbered, "F1")

    report = bring(numbered, ("F2", "1组", number))

    assert (report.rejects, found(report)) == ([], [(1, "number-duplicate")])
    assert "已发给湖南省岳阳市平江县童市镇烟舟村1组" in report.findings[0].text
    assert kept(numbered) == {"F2": (number, False)}
    assert issued(numbered, "F1") == number


def test_a_reserved_number_is_refused_with_what_it_is_kept_for(numbered: Register) -> None:
    ((reserved,), *_) = numbered.rows("SELECT main FROM door_number WHERE state = 'reserved' ORDER BY 1")

    report = bring(numbered, ("F1", "1组", reserved))

    assert [(r.code, r.message) for r in report.rejects] == [
        ("number-taken", f"{reserved}号已预留：集中建房点，示例村委会")
    ]


def test_a_retired_number_is_refused(numbered: Register) -> None:
    number = issued(numbered, "F1")
    numbered.work.conn.execute(
        text(
            "UPDATE door_number SET state = 'retired', last_holder_id = holder_id, holder_id = NULL WHERE main = :n"
        ),
        {"n": number},
    )

    report = bring(numbered, ("F1", "1组", number))

    assert [r.code for r in report.rejects] == ["number-taken"]
    assert "已停用" in report.rejects[0].message


def test_what_the_survey_said_may_be_said_again_after_a_renumbering(numbered: Register) -> None:
    one, two = issued(numbered, "F1"), issued(numbered, "F2")
    bring(numbered, ("F1", "1组", one), ("F2", "1组", two))
    swap = """UPDATE door_number d SET holder_id = o.holder_id FROM door_number o
              WHERE d.main = ANY(:n) AND o.main = ANY(:n) AND o.main <> d.main"""
    numbered.work.conn.execute(text(swap), {"n": [one, two]})

    same = bring(numbered, ("F1", "1组", one), ("F2", "1组", two))
    worn = bring(numbered, ("F1", "1组", one), plate_state=["damaged"])

    assert (same.counts.unchanged, same.rejects) == (2, [])
    assert (worn.counts.accepted, worn.rejects) == (1, [])


def test_the_number_that_the_house_itself_was_given_is_taken(numbered: Register) -> None:
    number = issued(numbered, "F1")

    assert bring(numbered, ("F1", "1组", number)).counts.accepted == 1
    assert numbers(numbered) == {"F1": ("1组", number)}


def test_a_vacant_number_is_free(numbered: Register) -> None:
    number = issued(numbered, "F1")
    reject_addresses(numbered.work, Scope(place_id=numbered.place_id("1组")), "门牌有误")

    assert bring(numbered, ("F2", "1组", number)).counts.accepted == 1


def kept(register: Register) -> dict[str, tuple[int, bool]]:
    """Number and whether it is kept, by building code."""
    query = "SELECT b.building_code, e.main, e.kept FROM existing_address e JOIN building b ON b.id = e.building_id"
    return {code: (main, is_kept) for code, main, is_kept in register.rows(query)}


@pytest.fixture
def decided(settled: Register) -> Register:
    """The first house carries number 18, which it was decided not to keep."""
    bring(settled, ("F1", "1组", 18), ("F2", "1组", 20))
    ((house,),) = settled.rows("SELECT id FROM building WHERE building_code = 'F1'")
    decide_survey_number(settled.work, settled.place_id("1组"), house, kept=False, reason="示例")
    return settled


def test_the_same_row_again_leaves_the_decision_as_it_is(decided: Register) -> None:
    bring(decided, ("F1", "1组", 18), ("F2", "1组", 20), plate_state=["damaged", "good"])

    assert kept(decided) == {"F1": (18, False), "F2": (20, True)}


def test_another_number_is_kept_until_it_is_decided_on(decided: Register) -> None:
    bring(decided, ("F1", "1组", 22))

    assert kept(decided)["F1"] == (22, True)


def test_a_decision_holds_again_when_the_survey_says_the_number_again(decided: Register) -> None:
    bring(decided, ("F1", "1组", 22))
    bring(decided, ("F1", "1组", 18))

    assert kept(decided)["F1"] == (18, False)


def test_a_number_not_kept_is_not_kept_by_another_house_either(decided: Register) -> None:
    report = bring(decided, ("F2", "1组", 18))

    assert (report.rejects, found(report)) == ([], [(1, "number-duplicate")])
    assert "已决定不沿用" in report.findings[0].text
    assert kept(decided) == {"F1": (18, False), "F2": (18, False)}


def test_a_number_not_kept_stays_blocked_when_the_next_survey_says_another(decided: Register) -> None:
    bring(decided, ("F1", "1组", 22))

    report = bring(decided, ("F2", "1组", 18))

    assert kept(decided) == {"F1": (22, True), "F2": (18, False)}
    assert found(report) == [(1, "number-duplicate")]
    place = decided.place_id("1组")
    ledger = NumberingInputs(decided.work.conn, decided.work.county_code, place, decided.work.today).ledger()
    assert ledger == {DoorNumber(18): NumberState.RETIRED, DoorNumber(22): NumberState.ISSUED}


def test_a_number_not_kept_goes_to_nobody_after_the_survey_moved_on(decided: Register) -> None:
    bring(decided, ("F1", "1组", 22), ("F2", "1组", 20))
    place, conn = decided.place_id("1组"), decided.work.conn
    decided.houses(*((f"N{n}", 40.0 + n * 12, 200.0) for n in range(20)))
    decided.bring("groups", groups(("1组", box(0, 0, 300, 300)), ("2组", box(300, 0, 600, 300))))

    lines = StandingDoors(conn, decided.work.county_code, place, 4547).ledger()
    decided.number(place)

    assert (lines[DoorNumber(18)].state, lines[DoorNumber(18)].is_entered) == (NumberState.RETIRED, False)
    numbers_issued = {main for (main,) in decided.rows("SELECT main FROM door_number WHERE state = 'issued'")}
    assert {17, 19, 20, 22} <= numbers_issued
    assert 18 not in numbers_issued


def test_what_was_decided_back_is_free_when_the_survey_moves_on(decided: Register) -> None:
    ((house,),) = decided.rows("SELECT id FROM building WHERE building_code = 'F1'")
    later = Work(decided.work.conn, decided.work.actor, decided.work.now + timedelta(seconds=1))
    decide_survey_number(later, decided.place_id("1组"), house, kept=True, reason="示例")

    report = bring(decided, ("F1", "1组", 22), ("F2", "1组", 18))

    assert (found(report), kept(decided)) == ([], {"F1": (22, True), "F2": (18, True)})


def test_a_decision_made_while_an_import_runs_is_not_overwritten(
    database: Database, make_county: Any
) -> None:
    """The import has read what was decided when the clerk decides; the clerk waits, and has the last word."""
    with database.engine.begin() as conn:
        clerk = make_county(conn)
        register = Register(Work(conn, clerk, datetime.now(UTC)))
        register.divisions()
        register.boundaries()
        register.bring("groups", groups(("1组", box(0, 0, 300, 300))))
        register.houses(("F1", 100, 100))
        bring(register, ("F1", "1组", 18))
        ((house,),) = register.rows("SELECT id FROM building WHERE building_code = 'F1'")
        place = register.place_id("1组")
    decided = threading.Event()

    def decide() -> None:
        with unit_of_work(database.engine, clerk, datetime.now(UTC)) as work:
            decide_survey_number(work, place, house, kept=False, reason="示例")
        decided.set()

    thread = threading.Thread(target=decide)
    with unit_of_work(database.engine, clerk, datetime.now(UTC)) as work:
        hold_survey(work.conn, work.county_code, {place}, {house})
        thread.start()
        waited = not decided.wait(0.3)
        bring(Register(work), ("F1", "1组", 18), plate_state=["damaged"])
    thread.join()

    assert waited
    with unit_of_work(database.engine, clerk, datetime.now(UTC)) as work:
        assert kept(Register(work)) == {"F1": (18, False)}
