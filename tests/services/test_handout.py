"""The hand-out sheet joins plates with households, masked and within scope; the factory's files know nobody."""

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pdfplumber
import pytest
from openpyxl import load_workbook

from address_service.errors import Conflict, Forbidden, NotFound, TooLarge
from address_service.jobs.fonts import load_fonts
from address_service.model.accounts import Actor, Role
from address_service.model.residents import HouseholdKind, ResidencyKind
from address_service.plates.handout_list import render_handout_list
from address_service.plates.handout_pdf import render_handout
from address_service.residents.person import PersonFacts
from address_service.services.order_plates import order_plates
from address_service.services.print_batch import print_batch
from address_service.services.write_handout import (
    MOST_PLATES,
    households_behind,
    plates_of_household,
    write_handout,
)
from address_service.store.files import FileStore
from address_service.store.ids import new_id
from address_service.store.known_addresses import KnownAddresses
from address_service.store.resident_entries import (
    NewHousehold,
    NewMember,
    NewPerson,
    NewResidency,
)
from address_service.store.tables.residents import household_address
from address_service.store.work import Work
from tests.services.test_plates import VILLAGE, approved_group

ON = date(2026, 3, 2)
HEAD, WIFE, SON, OTHER = "02", "10", "20", "97"
ID_NO, PHONE = "430626199003070013", "13800001234"


@pytest.fixture
def batch(work: Work, approver: Work, town: Any, tmp_path: Path) -> dict[str, Any]:
    """Three doors with plates, printed."""
    approved_group(work, approver, town, [None] * 3)
    batch_id = order_plates(work, "small", village_code=VILLAGE)
    print_batch(work, FileStore(tmp_path), load_fonts(), "https://mp.example.cn", batch_id)
    return work.plates.batch(batch_id)


def codes(work: Work, batch: dict[str, Any]) -> list[str]:
    return [plate.code for plate in work.plates.printed(batch["id"])]


def enrol(
    work: Work,
    code: str,
    book_no: str,
    *members: tuple[str, str],
    kind: HouseholdKind = HouseholdKind.FAMILY,
) -> UUID:
    """A household of members (name, relation) at an address; the first has an identity number and a phone."""
    known = KnownAddresses(work.conn, work.county_code).by_code(code)
    writer, household = work.resident_writer, new_id()
    writer.add_households([NewHousehold(household, known.division_id, kind, book_no, known.id)], ON)
    for at, (name, relation) in enumerate(members):
        person = new_id()
        facts = PersonFacts(name, ID_NO if at == 0 else None, phone=PHONE if at == 0 else None)
        writer.add_persons([NewPerson(person, known.division_id, facts)])
        writer.add_members([NewMember(known.division_id, household, kind, person, relation)], ON)
        writer.add_residencies(
            [NewResidency(known.division_id, person, known.id, ResidencyKind.REGISTERED, None)], ON
        )
    return household


def test_a_sheet_joins_plate_door_and_households_masked(work: Work, batch: dict[str, Any]) -> None:
    first, second, third = codes(work, batch)
    enrol(work, first, "430000123", ("张晓明", HEAD), ("李梅", WIFE), ("张强", SON))
    enrol(work, third, "430000045", ("王五", HEAD))
    enrol(work, third, "430000777", ("赵六", OTHER), ("钱七", OTHER), kind=HouseholdKind.COLLECTIVE)

    sheet = write_handout(work, batch)

    assert [(line.position, line.page, line.address_code) for line in sheet.lines] == [
        (1, 1, first),
        (2, 2, second),
        (3, 3, third),
    ]
    shown = [[(h.head, h.book_no, h.persons) for h in line.households] for line in sheet.lines]
    assert shown[0] == [("张**", "****123", 3)]
    assert shown[1] == []
    assert sorted(shown[2]) == [("王*", "****045", 1), ("集体户", "****777", 2)]
    assert (sheet.batch_no, sheet.printed_by) == (batch["batch_no"], work.actor.name)


def test_neither_form_of_the_sheet_holds_a_whole_name_number_or_phone(
    work: Work, batch: dict[str, Any]
) -> None:
    enrol(work, codes(work, batch)[0], "430000123", ("张晓明", HEAD))
    sheet = write_handout(work, batch)

    with pdfplumber.open(BytesIO(render_handout(sheet, load_fonts()).content)) as pdf:
        words = "".join(page.extract_text() for page in pdf.pages)
    cells = [
        str(c.value)
        for ws in load_workbook(BytesIO(render_handout_list(sheet))).worksheets
        for r in ws
        for c in r
    ]

    assert "张**" in words
    for text in (words, "\n".join(cells)):
        assert not [secret for secret in ("张晓明", ID_NO, PHONE, "430000123") if secret in text]


def test_the_files_for_the_factory_know_nobody_and_nothing_of_the_sheet_is_kept(
    work: Work, batch: dict[str, Any], tmp_path: Path
) -> None:
    enrol(work, codes(work, batch)[0], "430000123", ("张晓明", HEAD))

    write_handout(work, batch)
    print_batch(work, FileStore(tmp_path), load_fonts(), "https://mp.example.cn", batch["id"])

    files = {path.name: path for path in (tmp_path / "plates").rglob("*") if path.is_file()}
    assert files.keys() == {"plates.pdf", "proof.pdf", "list.xlsx"}
    texts = [str(c.value) for r in load_workbook(files["list.xlsx"]).worksheets[0] for c in r]
    for name in ("plates.pdf", "proof.pdf"):
        with pdfplumber.open(files[name]) as pdf:
            texts += [page.extract_text() for page in pdf.pages]
    said = "\n".join(texts)
    assert "1号" in said
    assert not [
        word for word in ("张晓", "张*", "户主", "户号", ID_NO, PHONE, "****", "123456") if word in said
    ]


def test_the_look_is_noted_with_counts_and_no_name(work: Work, batch: dict[str, Any]) -> None:
    enrol(work, codes(work, batch)[0], "430000123", ("张晓明", HEAD), ("李梅", WIFE))

    write_handout(work, batch)

    note = work.audit_notes[-1]
    assert (note.action, note.object_kind, note.object_id) == (
        "plate_batch.handout",
        "plate_batch",
        str(batch["id"]),
    )
    assert note.detail == {"plates": 3, "households": 1, "persons": 2}


def test_another_village_sees_the_plates_and_none_of_the_people(work: Work, batch: dict[str, Any]) -> None:
    enrol(work, codes(work, batch)[0], "430000123", ("张晓明", HEAD))
    actor = Actor(work.actor.account_id, "示例邻村", Role.VILLAGE, work.county_code, "430626113210")
    neighbour = Work(work.conn, actor, work.now, work.keys)

    sheet = write_handout(neighbour, batch)

    assert len(sheet.lines) == 3
    assert all(line.households == () for line in sheet.lines)


def test_from_a_household_to_its_plate_and_page_and_back(work: Work, batch: dict[str, Any]) -> None:
    household = enrol(work, codes(work, batch)[1], "430000123", ("张晓明", HEAD))

    (place,) = plates_of_household(work, household)
    (behind,) = households_behind(work, place["id"])

    assert (place["batch_no"], place["page"], place["address_code"]) == (
        batch["batch_no"],
        2,
        codes(work, batch)[1],
    )
    assert (behind.household_id, behind.shown.head, behind.shown.persons) == (household, "张**", 1)


def test_who_is_out_of_scope_finds_neither_way(work: Work, batch: dict[str, Any]) -> None:
    household = enrol(work, codes(work, batch)[1], "430000123", ("张晓明", HEAD))
    (place,) = plates_of_household(work, household)
    actor = Actor(work.actor.account_id, "示例邻村", Role.VILLAGE, work.county_code, "430626113210")
    neighbour = Work(work.conn, actor, work.now, work.keys)

    with pytest.raises(NotFound) as no_household:
        plates_of_household(neighbour, household)
    with pytest.raises(Forbidden) as no_plate:
        households_behind(neighbour, place["id"])

    assert (no_household.value.code, no_plate.value.code) == ("household-not-found", "out-of-scope")


def test_a_move_changes_who_stands_behind_a_plate_and_no_plate(work: Work, batch: dict[str, Any]) -> None:
    first, second, _ = codes(work, batch)
    household = enrol(work, first, "430000123", ("张晓明", HEAD))
    before = work.plates.printed(batch["id"])

    (home,) = work.residents.homes_of_households([household])
    known = KnownAddresses(work.conn, work.county_code).by_code(second)
    work.resident_writer.end_link(household_address, home.id, date(2026, 5, 1))
    work.resident_writer.add_household_addresses([(known.division_id, household, known.id)], date(2026, 5, 1))
    sheet = write_handout(work, batch)

    assert work.plates.printed(batch["id"]) == before
    assert [len(line.households) for line in sheet.lines] == [0, 1, 0]
    assert [place["page"] for place in plates_of_household(work, household)] == [2]


def test_a_batch_that_has_no_pages_yet_or_too_many_has_no_sheet(
    work: Work, approver: Work, town: Any
) -> None:
    approved_group(work, approver, town, [None])
    ordered = work.plates.batch(order_plates(work, "small", village_code=VILLAGE))

    with pytest.raises(Conflict) as unprinted:
        write_handout(work, ordered)
    with pytest.raises(TooLarge) as large:
        write_handout(work, {**ordered, "stage": "printed", "plate_count": MOST_PLATES + 1})

    assert (unprinted.value.code, large.value.code) == ("batch-not-printed", "handout-too-large")
