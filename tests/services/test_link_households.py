"""A survey form links a household to its door by code, by plate or by text, and never by a guess."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from address_service.gis.resident_templates import TemplateName
from address_service.model.address_changes import AddressAct
from address_service.services.import_layer import ImportReport
from address_service.services.order_plates import order_plates
from address_service.services.read_residents import Narrowed, list_households
from address_service.store.work import Work
from tests.services.people import HEAD_ID, HERE, THERE, WIFE_ID, Register
from tests.services.test_address_changes import Doors
from tests.services.test_address_changes import doors as doors
from tests.services.test_import_residents import counts, refused, run
from tests.services.villages import HEAD, two_villages
from tests.unit.gis.test_resident_templates import filled

HEADER = ("户号", "与户主关系", "姓名", "地址编码", "门牌二维码", "门牌地址")
TEXT, CODE, PLATE = "门牌地址", "地址编码", "门牌二维码"


@pytest.fixture
def register(work: Work, approver: Work, town: Any) -> Register:
    return Register(two_villages(work, approver, town))


def form(*doors: dict[str, str]) -> bytes:
    """A survey form of one household a row."""
    rows = [
        (f"H{n}", "户主", "示例" + "甲乙丙丁戊己庚辛"[n], *(door.get(name, "") for name in HEADER[3:]))
        for n, door in enumerate(doors, start=1)
    ]
    return "\n".join(",".join(row) for row in (HEADER, *rows)).encode("gb18030")


def tokens(work: Work) -> dict[str, str]:
    """The token of each plate's door, by code."""
    rows = work.conn.execute(
        text("SELECT a.code, p.token FROM plate p JOIN address a ON a.id = p.address_id")
    )
    return {row.code: row.token for row in rows}


def homes(work: Work) -> dict[str | None, str | None]:
    """Where each household is registered, by 户号."""
    cards = list_households(work, Narrowed(), None, 100)
    return {card.household.book_no: card.home.address_code if card.home else None for card in cards}


def ways(report: ImportReport) -> list[int]:
    return list((report.ways or {}).values())


def test_a_form_links_by_code_by_plate_and_by_text_and_the_check_counts_each(register: Register) -> None:
    order_plates(register.work, "small", village_code=HERE)
    doors, texts, plates = register.doors(HERE), register.villages.texts(), tokens(register.work)
    spaced = f"{doors[0][:6]} {doors[0][6:12]} {doors[0][12:]}"
    data = form(
        {CODE: spaced},
        {PLATE: f"HTTPS://DZ.EXAMPLE.CN/p/{plates[doors[1]].upper()}"},
        {PLATE: f" {plates[doors[2]][:8]} {plates[doors[2]][8:]} "},
        {TEXT: texts[doors[3]].removeprefix(HEAD)},
        {TEXT: texts[doors[4]].replace("平江县", "平江 县").replace("号", "号 ")},
        {CODE: doors[5], PLATE: plates[doors[5]], TEXT: texts[doors[5]]},
    )

    checked = run(register.work, data, dry_run=True)
    done = run(register.work, data)

    assert (counts(checked), ways(checked)) == ((6, 0, 0), [2, 2, 2])
    assert (counts(done), ways(done)) == ((6, 0, 0), [2, 2, 2])
    assert homes(register.work) == {f"H{n + 1}": door for n, door in enumerate(doors[:6])}
    assert ways(run(register.work, data)) == [2, 2, 2]


def test_what_names_no_door_is_refused_by_row_and_column_with_its_own_reason(register: Register) -> None:
    door = register.doors(HERE)[0]
    wrong = door[:-1] + str((int(door[-1]) + 1) % 10)

    report = run(
        register.work,
        form(
            {CODE: wrong},
            {CODE: door[:-1]},
            {PLATE: "0000000000000000"},
            {PLATE: "https://dz.example.cn/p/0123"},
            {TEXT: "烟舟村99组1号"},
            {},
            {CODE: wrong, TEXT: register.villages.texts()[door]},
        ),
    )

    assert refused(report) == [
        (1, CODE, "address-code-check"),
        (2, CODE, "code-malformed"),
        (3, PLATE, "plate-unknown"),
        (4, PLATE, "plate-token-malformed"),
        (5, TEXT, "address-unknown"),
        (6, TEXT, "address-missing"),
        (7, CODE, "address-code-check"),
    ]
    assert "抄错" in report.rejects[0].message
    assert "0000000000000000" in report.rejects[2].message


def test_a_text_that_may_be_several_doors_is_refused_with_the_candidates(register: Register) -> None:
    here, there = register.doors(HERE), register.doors(THERE)
    texts = register.villages.texts()
    bare = texts[here[0]].removeprefix(f"{HEAD}烟舟村")
    twins = sorted(code for code in (*here, *there) if texts[code].endswith(f"村{bare}"))

    report = run(register.work, form({TEXT: bare}, {TEXT: f"烟州村{bare}"}))

    assert len(twins) == 2
    assert [code for _, _, code in refused(report)] == ["address-ambiguous", "address-unsure"]
    assert sorted(one[:26] for one in report.rejects[0].value.split("；")) == twins
    assert report.rejects[1].value == f"{here[0]} {texts[here[0]]}"
    assert texts[here[0]] in report.rejects[1].message
    assert homes(register.work) == {}


def test_two_ways_that_name_two_doors_are_refused_and_both_named(register: Register) -> None:
    order_plates(register.work, "small", village_code=HERE)
    doors, texts, plates = register.doors(HERE), register.villages.texts(), tokens(register.work)

    report = run(
        register.work,
        form(
            {CODE: doors[0], TEXT: texts[doors[1]]},
            {CODE: doors[0], PLATE: plates[doors[1]]},
            {PLATE: plates[doors[0]], TEXT: f"烟州村{texts[doors[1]].removeprefix(HEAD + '烟舟村')}"},
            {PLATE: plates[doors[0]], TEXT: "老供销社隔壁"},
        ),
    )

    assert refused(report) == [
        (1, TEXT, "address-ways-differ"),
        (2, PLATE, "address-ways-differ"),
        (3, TEXT, "address-ways-differ"),
    ]
    assert all(texts[door] in reject.message for door in doors[:2] for reject in report.rejects)
    assert homes(register.work) == {"H4": doors[0]}
    assert any("1行的地址文字没有对上" in note for note in report.notes)


def test_a_plate_that_came_down_and_the_code_of_an_ended_door_lead_to_the_door_of_today(doors: Doors) -> None:
    order_plates(doors.work, "small", place_id=doors.place)
    gone, lost, into, kept = (doors.codes()[n] for n in (3, 2, 4, 1))
    plates = tokens(doors.work)
    doors.act(AddressAct.MERGE, gone, into=into)
    doors.act(AddressAct.RETIRE, lost, after=11)
    doors.work.conn.execute(text("UPDATE plate SET stage = 'replaced' WHERE token = :t"), {"t": plates[kept]})
    work = Work(doors.work.conn, doors.work.actor, doors.work.now + timedelta(days=20), doors.work.keys)

    report = run(
        work,
        form(
            {PLATE: plates[gone]}, {CODE: gone}, {TEXT: "烟舟村12组3号"}, {PLATE: plates[kept]},
            {PLATE: plates[lost]}, {CODE: lost}, {TEXT: "烟舟村12组2号"},
        ),
    )  # fmt: skip

    assert homes(work) == {"H1": into, "H2": into, "H3": into, "H4": kept}
    assert refused(report) == [
        (5, PLATE, "address-ended"),
        (6, CODE, "address-ended"),
        (7, TEXT, "address-unknown"),
    ]


def test_rows_below_the_head_need_not_repeat_the_door_and_share_its_fate(register: Register) -> None:
    door = register.doors(HERE)[0]
    rows = [
        ("", "户主", "示例甲", door, "", ""),
        ("", "配偶", "示例乙", "", "", ""),
        ("", "户主", "示例丙", "", "", "烟舟村99组1号"),
        ("", "子", "示例丁", "", "", ""),
    ]
    lines = [(*HEADER[:3], "身份证号", *HEADER[3:])]
    numbers = ["430626198003021230", "430626198205064327", "", ""]
    lines += [(*row[:3], number, *row[3:]) for row, number in zip(rows, numbers, strict=True)]

    report = run(register.work, "\n".join(",".join(row) for row in lines).encode())

    assert counts(report) == (2, 0, 2)
    assert refused(report) == [(3, TEXT, "address-unknown"), (4, TEXT, "address-missing")]


def test_the_survey_form_that_was_filled_in_is_imported_and_a_spoilt_number_is_named(
    register: Register,
) -> None:
    doors, texts = register.doors(HERE), register.villages.texts()
    head: dict[str, str | int] = {"序号": 1, "与户主关系": "户主", "公民身份号码": HEAD_ID, "姓名": "示例甲"}
    wife: dict[str, str | int] = {"序号": 2, "与户主关系": "配偶", "姓名": "示例乙"}
    other: dict[str, str | int] = {**head, "公民身份号码": "4.30626E+17", "地址编码": doors[1]}
    third: dict[str, str | int] = {**head, "公民身份号码": WIFE_ID[:-3] + "000", "地址编码": doors[2]}
    form_of = filled(TemplateName.SURVEY, {**head, "门牌地址": texts[doors[0]]}, wife, {}, other, third)

    report = run(register.work, form_of, ".xlsx")

    assert counts(report) == (2, 0, 2)
    assert refused(report) == [(5, "公民身份号码", "number-rounded"), (6, "公民身份号码", "number-rounded")]
    assert ways(report) == [0, 0, 1]


def test_a_village_links_its_own_doors_alone_and_learns_no_draft_of_another(register: Register) -> None:
    here, there = register.doors(HERE)[0], register.doors(THERE)[0]
    villager = register.as_(HERE)

    report = run(villager, form({CODE: there}, {CODE: here}, {TEXT: register.villages.texts()[there]}))

    assert refused(report) == [(1, CODE, "out-of-scope"), (3, TEXT, "out-of-scope")]
    assert homes(villager) == {"H2": here}


@pytest.mark.parametrize(
    "cell",
    ["（" * 10_000, "\u202e烟舟村", "1" * 5_000, "' OR 1=1 --", "%_\\", " " * 5_000 + "烟\0舟村1组1号"],
    ids=["brackets", "right to left", "digits", "sql", "patterns", "nul"],
)
def test_no_cell_that_names_a_door_stops_the_import(register: Register, cell: str) -> None:
    data = form({TEXT: cell}, {PLATE: cell}, {CODE: cell}, {CODE: register.doors(HERE)[0]})

    report = run(register.work, data)

    assert counts(report) == (1, 0, 3)
    assert homes(register.work).keys() == {"H4"}
