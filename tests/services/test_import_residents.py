"""A list of residents goes in as its rows allow, once, and tells what it refused without repeating anybody's data."""

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import openpyxl
import pytest
from sqlalchemy import text

from address_service.errors import InvalidInput
from address_service.gis.layer_read import ReadLimits
from address_service.model.residents import RevealPurpose
from address_service.services.change_residents import change_person
from address_service.services.enrol_residents import NewcomerAsked, join_household
from address_service.services.import_layer import ImportReport, import_list_of_residents
from address_service.services.queue_import import ImportLayer, ImportOptions, queue_import
from address_service.services.read_residents import (
    Narrowed,
    PersonCard,
    list_households,
    list_persons,
    look_up_persons,
)
from address_service.services.reveal_residents import reveal_person
from address_service.services.withdraw_residents import withdraw_import
from address_service.store.files import FileStore
from address_service.store.work import Work
from tests.services.people import CHILD_ID, HEAD_ID, HERE, LETTER, THERE, WIFE_ID, Register, code_of
from tests.services.villages import two_villages

HEADER = "户号 户类型 与户主关系 姓名 公民身份号码 联系电话 户籍地址 现住址 何时来本址 宗教信仰".split()  # noqa: SIM905


@pytest.fixture
def register(work: Work, approver: Work, town: Any) -> Register:
    return Register(two_villages(work, approver, town))


def family(door: str, book: str = "H001") -> list[list[str]]:
    return [
        [book, "家庭户", "户主", "示例甲", HEAD_ID, "13800005678", door, "", "1998年5月1日", "无"],
        [book, "家庭户", "配偶", "示例乙", WIFE_ID, "", door, "", "19980501", "无"],
        [book, "家庭户", "长子", "示例丙", CHILD_ID.lower(), "", door, "", "", "无"],
    ]


def as_csv(rows: list[list[str]], encoding: str = "utf-8", title: str = "") -> bytes:
    lines = [",".join(row) for row in [HEADER, *rows]]
    return "\n".join([title, *lines] if title else lines).encode(encoding)


def run(work: Work, data: bytes, suffix: str = ".csv", **options: Any) -> ImportReport:
    limits = ReadLimits(Path("/nonexistent"))
    return import_list_of_residents(work, data, suffix, ImportOptions(**options), limits)


def later(register: Register, hours: int) -> Work:
    work = register.work
    return Work(work.conn, work.actor, work.now + timedelta(hours=hours), work.keys)


def look_up(register: Register, number: str) -> PersonCard:
    (card,) = look_up_persons(register.work, id_no=number, name=None, phone=None)
    return card


def phone_of(register: Register, number: str) -> str | None:
    facts = look_up(register, number).person.facts
    return facts.phone if facts else None


def counts(report: ImportReport) -> tuple[int, int, int]:
    return report.counts.accepted, report.counts.unchanged, report.counts.rejected


def refused(report: ImportReport) -> list[tuple[int, str | None, str]]:
    return [(reject.row_no, reject.field, reject.code) for reject in report.rejects]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_a_list_goes_in_whatever_its_encoding_and_names_what_it_leaves_out(
    register: Register, encoding: str
) -> None:
    report = run(register.work, as_csv(family(register.doors(HERE)[0]), encoding, "烟舟村居民名册"))

    (household,) = list_households(register.work, Narrowed(), None, 10)
    assert counts(report) == (3, 0, 0)
    assert [m.relation for m, _ in household.members] == ["02", "10", "22"]
    assert any("宗教信仰" in note for note in report.notes)
    (head,) = look_up_persons(register.work, id_no=HEAD_ID, name=None, phone=None)
    assert {str(home.arrived_on) for home in head.homes} == {"1998-05-01"}


def test_a_workbook_goes_in_and_a_rounded_number_is_refused(register: Register) -> None:
    book = openpyxl.Workbook()
    rows: list[list[Any]] = [["居民名册"], HEADER, *family(register.doors(HERE)[0])]
    rows[4][4] = int(CHILD_ID)
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    content = io.BytesIO()
    book.save(content)

    report = run(register.work, content.getvalue(), ".xlsx")

    assert counts(report) == (2, 0, 1)
    assert refused(report) == [(3, "公民身份号码", "number-rounded")]


def test_an_address_is_found_by_code_by_text_and_by_a_text_of_before(register: Register) -> None:
    texts = register.villages.texts()
    doors = register.doors(HERE)
    spelled = texts[doors[1]].removeprefix("湖南省岳阳市平江县童市镇")
    rows = [
        ["A1", "", "02", "示例子", "", "", doors[0], "", "", ""],
        ["A2", "", "02", "示例丑", "", "", spelled, "", "", ""],
        ["A3", "", "02", "示例寅", "", "", "没有这个地址", "", "", ""],
    ]

    report = run(register.work, as_csv(rows))

    assert spelled != texts[doors[1]]
    assert counts(report) == (2, 0, 1)
    assert refused(report) == [(3, "户籍地址", "address-unknown")]


def test_the_same_list_again_changes_nothing_and_a_corrected_one_changes_what_differs(
    register: Register,
) -> None:
    door = register.doors(HERE)[0]
    run(register.work, as_csv(family(door)))

    again = run(register.work, as_csv(family(door)))
    corrected = family(door)
    corrected[0][5] = "13900001111"
    corrected.append(["H001", "家庭户", "孙子", "示例丁", "", "", door, "", "", ""])
    changed = run(register.work, as_csv(corrected))
    once_more = run(register.work, as_csv(corrected))

    assert counts(again) == (0, 3, 0)
    assert counts(changed) == (2, 2, 0)
    assert counts(once_more) == (0, 4, 0)
    assert len(list_persons(register.work, Narrowed(), None, 10)) == 4
    assert len(look_up_persons(register.work, id_no=None, name=None, phone="13900001111")) == 1


def test_a_dry_run_says_the_same_and_writes_nobody(register: Register) -> None:
    report = run(register.work, as_csv(family(register.doors(HERE)[0])), dry_run=True)

    assert counts(report) == (3, 0, 0)
    assert list_persons(register.work, Narrowed(), None, 10) == []


def test_all_or_nothing_holds(register: Register) -> None:
    rows = family(register.doors(HERE)[0])
    rows[2][4] = "430626201701010014"

    report = run(register.work, as_csv(rows), all_or_nothing=True)

    assert report.stage == "failed"
    assert list_persons(register.work, Narrowed(), None, 10) == []


def test_bad_rows_are_told_by_row_and_column_and_hold_no_value(register: Register) -> None:
    here, other = register.doors(HERE)[:2]
    rows = [
        *family(here),
        ["H002", "家庭户", "配偶", "示例庚", "", "", other, "", "", ""],
        ["H003", "家庭户", "户主", "示例甲", HEAD_ID, "", other, "", "", ""],
        ["H004", "", "户主", "示例辛", "430626198003021231", "", other, "", "", ""],
        ["H005", "", "邻居", "示例壬", "", "", other, "", "", ""],
        ["H006", "某户", "户主", "示例癸", "", "", other, "", "", ""],
        ["H007", "", "户主", "示例子", "", "12", other, "", "", ""],
        ["", "", "户主", "示例丑", "", "", other, "", "", ""],
    ]

    report = run(register.work, as_csv(rows))

    assert refused(report) == [
        (4, "与户主关系", "head-missing"),
        (5, "公民身份号码", "citizen-id-twice"),
        (6, "公民身份号码", "citizen-id-check-digit"),
        (7, "与户主关系", "relation-unknown"),
        (8, "户类型", "household-kind-unknown"),
        (9, "联系电话", "phone-malformed"),
        (10, "户号", "household-unidentifiable"),
    ]
    assert counts(report) == (3, 0, 7)
    kept = str(register.work.conn.execute(text("SELECT * FROM import_reject")).all())
    assert not any(secret in kept for secret in ("430626198003021231", "示例辛", HEAD_ID))


def test_a_list_moves_nobody_and_reaches_no_other_village(register: Register) -> None:
    here, other, away = *register.doors(HERE)[:2], register.doors(THERE)[0]
    run(register.work, as_csv(family(here)))
    villager = register.as_(HERE)

    moved = run(register.work, as_csv(family(other)))
    joined = run(register.work, as_csv([["H009", "", "户主", "示例甲", HEAD_ID, "", other, "", "", ""]]))
    next_door = run(villager, as_csv([["H010", "", "户主", "示例卯", "", "", away, "", "", ""]]))

    assert {code for _, _, code in refused(moved)} == {"household-elsewhere"}
    assert [code for _, _, code in refused(joined)] == ["person-in-other-household"]
    assert [code for _, _, code in refused(next_door)] == ["out-of-scope"]


@pytest.mark.parametrize(
    ("data", "suffix", "code"),
    [
        (b"", ".csv", "file-empty"),
        ("姓名,电话\n甲,1\n".encode(), ".csv", "columns-missing"),
        ("随便\n什么\n".encode(), ".csv", "columns-missing"),
        (b"PK\x03\x04rubbish", ".xlsx", "file-unreadable"),
        (b"\x00" * 50 + b"x", ".csv", "columns-missing"),
    ],
)
def test_a_file_that_is_no_list_is_refused_whole(
    register: Register, data: bytes, suffix: str, code: str
) -> None:
    with pytest.raises(InvalidInput) as error:
        run(register.work, data, suffix)

    assert error.value.code == code


def test_a_wrong_file_is_withdrawn_and_can_be_imported_again(register: Register) -> None:
    door = register.doors(HERE)[0]
    report = run(register.work, as_csv(family(door)))
    people = [card.person.id for card in list_persons(register.work, Narrowed(), None, 10)]

    decision = withdraw_import(register.work, report.run_id, LETTER, "误导入的文件").decision

    assert (decision.households, decision.persons) == (1, 3)
    assert list_persons(register.work, Narrowed(), None, 10) == []
    assert list_households(register.work, Narrowed(address_code=door), None, 10) == []
    assert look_up_persons(register.work, id_no=HEAD_ID, name=None, phone=None) == []
    assert code_of(reveal_person, register.work, people[0], RevealPurpose.CASE, "核对", 9) == "key-destroyed"
    assert code_of(withdraw_import, register.work, report.run_id, LETTER, "再撤") == "nothing-to-withdraw"
    assert register.count("SELECT count(*) FROM person") == 3
    assert counts(run(register.work, as_csv(family(door)))) == (3, 0, 0)


def test_withdrawing_a_file_gives_back_who_was_there_before_and_leaves_whom_somebody_changed_since(
    register: Register,
) -> None:
    door = register.doors(HERE)[0]
    run(register.work, as_csv(family(door)))
    head, wife = (look_up(register, number).person.id for number in (HEAD_ID, WIFE_ID))
    wrong = family(door)
    wrong[0][5], wrong[1][5] = "13900001111", "13900002222"
    bad = run(later(register, 1), as_csv(wrong))
    change_person(later(register, 2), wife, 2, {"phone": "13900003333"})

    done = withdraw_import(later(register, 3), bad.run_id, LETTER, "误导入的文件")

    assert (done.restored, done.left) == ((head,), (wife,))
    assert [phone_of(register, number) for number in (HEAD_ID, WIFE_ID)] == ["13800005678", "13900003333"]
    assert code_of(withdraw_import, later(register, 4), bad.run_id, LETTER, "再撤") == "nothing-to-withdraw"


def test_who_joined_by_hand_a_household_of_a_withdrawn_file_stays_and_is_in_no_household(
    register: Register,
) -> None:
    report = run(register.work, as_csv(family(register.doors(HERE)[0])))
    (household,) = list_households(register.work, Narrowed(), None, 10)
    joined = join_household(
        later(register, 1), household.household.id, NewcomerAsked({"name": "示例新"}, "99"), None
    )

    withdraw_import(later(register, 2), report.run_id, LETTER, "误导入的文件")

    (card,) = list_persons(register.work, Narrowed(), None, 10)
    assert card.person.id == joined.person_ids[0]
    assert card.membership is None


def test_a_number_known_in_another_village_is_refused_without_telling_where(register: Register) -> None:
    here, away = register.doors(HERE)[0], register.doors(THERE)[0]
    run(register.work, as_csv(family(here)))
    villager = register.as_(THERE)

    report = run(villager, as_csv([["H777", "", "户主", "示例甲", HEAD_ID, "", away, "", "", ""]]))

    assert refused(report) == [(1, "公民身份号码", "person-known")]
    assert not any(HERE in reject.message or HEAD_ID in reject.message for reject in report.rejects)


def test_an_upload_lies_sealed_and_under_a_name_that_names_nobody(register: Register, tmp_path: Path) -> None:
    files = FileStore(tmp_path)
    data = as_csv(family(register.doors(HERE)[0]))

    run_id = queue_import(
        register.work,
        files,
        ImportLayer.RESIDENTS,
        "示例甲一家.csv",
        io.BytesIO(data),
        1 << 20,
        ImportOptions(),
    )

    (upload,) = (tmp_path / "uploads").iterdir()
    row = register.work.imports.get(run_id)
    assert HEAD_ID.encode() not in upload.read_bytes()
    assert row["filename"] == "居民名册.csv"
    assert register.work.seal.open_file(UUID(upload.stem), upload.read_bytes()) == data
    small: Callable[..., Any] = queue_import
    args = (register.work, files, ImportLayer.RESIDENTS, "x.csv", io.BytesIO(data), 10, ImportOptions())
    assert code_of(small, *args) == "upload-too-large"


@pytest.mark.parametrize(("kept", "shown"), [(False, None), (True, "15")])
def test_ethnicity_comes_in_with_a_list_only_where_it_is_switched_on(
    register: Register, kept: bool, shown: str | None
) -> None:
    door = register.doors(HERE)[0]
    rows = f"户号,与户主关系,姓名,公民身份号码,民族,户籍地址\nH001,户主,示例甲,{HEAD_ID},土家族,{door}\n"

    report = import_list_of_residents(
        register.work, rows.encode(), ".csv", ImportOptions(), ReadLimits(Path("/nonexistent")),
        keep_ethnicity=kept,
    )  # fmt: skip

    (head,) = look_up_persons(register.work, id_no=HEAD_ID, name=None, phone=None)
    assert counts(report) == (1, 0, 0)
    assert head.person.facts is not None
    assert head.person.facts.ethnicity == shown


def test_a_village_brings_its_own_people_and_rows_of_another_village_are_refused(register: Register) -> None:
    here, there = register.doors(HERE)[0], register.doors(THERE)[0]
    own = [["H001", "", "户主", "示例甲", HEAD_ID, "", here, "", "", ""]]
    other = [["H002", "", "户主", "示例乙", WIFE_ID, "", there, "", "", ""]]

    report = run(register.as_(HERE), as_csv(own + other))

    assert counts(report) == (1, 0, 1)
    assert refused(report) == [(2, "户籍地址", "out-of-scope")]
    assert len(list_persons(register.work, Narrowed(), None, 10)) == 1


@pytest.mark.parametrize("guess", ["1980-03-02,男", "1980-03-03,女"])
def test_a_list_without_numbers_does_not_tell_whether_it_guesses_a_birth_date_and_takes_no_sex_away(
    register: Register, guess: str
) -> None:
    door, header = register.doors(HERE)[0], "户号,与户主关系,姓名,公民身份号码,出生日期,性别,户籍地址"
    first = [header, f"H001,户主,示例甲,{HEAD_ID},,,{door}", f"H001,长子,示例丁,,2001-05-06,男,{door}"]
    again = [header, f"H001,户主,示例甲,,{guess},{door}", f"H001,长子,示例丁,,,,{door}"]
    run(register.work, "\n".join(first).encode())

    report = run(later(register, 1), "\n".join(again).encode())

    (household,) = list_households(register.work, Narrowed(), None, 10)
    assert (counts(report), refused(report)) == ((0, 2, 0), [])
    facts = [person.facts for _, person in household.members]
    assert [str(one.sex) if one else None for one in facts] == ["1", "1"]
    assert [str(one.born_on) if one else None for one in facts] == ["1980-03-02", "2001-05-06"]
