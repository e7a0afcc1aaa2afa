"""The hand-out sheet read back: every plate with its households, its page, room to sign, and the way back."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any

import pdfplumber
import pytest
from openpyxl import load_workbook

from address_service.plates.fonts import FontSet
from address_service.plates.handout import HandoutHousehold, HandoutLine, HandoutSheet
from address_service.plates.handout_list import HANDOUT_COLUMNS, render_handout_list
from address_service.plates.handout_pdf import HEIGHT_MM, WIDTH_MM, render_handout
from tests.unit.plates.conftest import RARE


def line(position: int, *households: HandoutHousehold, **changes: Any) -> HandoutLine:
    made = HandoutLine(
        position=position,
        page=position,
        address_code=f"430626113208401200018{position:05d}",
        full_text=f"湖南省岳阳市平江县童市镇烟舟村12组{position * 2}号",
        door_number=f"{position * 2}号",
        households=households,
    )
    return replace(made, **changes)


def handout(*lines: HandoutLine, **changes: Any) -> HandoutSheet:
    made = HandoutSheet("20260302-01", "小门牌", "2026年3月2日", "示例民政办", lines)
    return replace(made, **changes)


ZHANG = HandoutHousehold("张*明", "******123", 4)
LI = HandoutHousehold("李*", "******045", 2)


def tables(pdf: bytes) -> list[list[list[str]]]:
    """The table of each page, its cells without line ends."""
    with pdfplumber.open(BytesIO(pdf)) as document:
        found = [page.extract_table() for page in document.pages]
    return [[[(cell or "").replace("\n", "") for cell in row] for row in table or []] for table in found]


def worksheets(xlsx: bytes) -> list[Any]:
    return list(load_workbook(BytesIO(xlsx)).worksheets)


def texts(pdf: bytes) -> list[str]:
    with pdfplumber.open(BytesIO(pdf)) as document:
        return [page.extract_text() for page in document.pages]


def test_each_plate_stands_with_its_households_in_walking_order_and_room_to_sign(fonts: FontSet) -> None:
    sheet = handout(line(1, ZHANG, LI), line(2), line(3, HandoutHousehold("", "", 31)))

    signing, _ = tables(render_handout(sheet, fonts).content)

    assert signing[0] == [
        "序号",
        "页码",
        "门牌号",
        "标准地址",
        "户主",
        "户号",
        "人数",
        "领取人签字",
        "领取日期",
    ]
    town = "湖南省岳阳市平江县童市镇烟舟村12组"
    assert signing[1:] == [
        ["1", "1", "2号", f"{town}2号", "张*明", "******123", "4", "", ""],
        ["", "", "〃", "", "李*", "******045", "2", "", ""],
        ["2", "2", "4号", f"{town}4号", "无户籍登记", "", "", "", ""],
        ["3", "3", "6号", f"{town}6号", "—", "—", "31", "", ""],
    ]


def test_from_a_household_one_gets_to_its_plate_and_its_page(fonts: FontSet) -> None:
    sheet = handout(line(1, ZHANG), line(2), line(3, LI, HandoutHousehold("王*", "", 1), page=7))

    *_, index = tables(render_handout(sheet, fonts).content)

    assert [row[:6] for row in index] == [
        ["户号", "户主", "人数", "序号", "页码", "门牌号"],
        ["******045", "李*", "2", "3", "7", "6号"],
        ["******123", "张*明", "4", "1", "1", "2号"],
        ["—", "王*", "1", "3", "7", "6号"],
    ]


def test_every_page_says_what_it_is_for_and_who_printed_it(fonts: FontSet) -> None:
    sheet = handout(*(line(n, ZHANG) for n in range(1, 40)))

    pages = texts(render_handout(sheet, fonts).content)

    assert len(pages) > 3
    for number, page in enumerate(pages, start=1):
        assert "门牌发放表（仅供内部发放使用）" in page
        assert "不得交给门牌制作单位" in page
        assert "批次 20260302-01" in page
        assert "打印日期 2026年3月2日" in page
        assert "打印人 示例民政办" in page
        assert "门牌 39 张" in page
        assert f"第 {number} 页，共 {len(pages)} 页" in page


def test_no_plate_is_lost_between_pages(fonts: FontSet) -> None:
    households = [HandoutHousehold("张*", f"***{number:03d}", number % 9 + 1) for number in range(1, 121)]
    sheet = handout(line(1, *households[:50]), line(2), *(line(n, households[n]) for n in range(50, 120)))

    rows = [row for table in tables(render_handout(sheet, fonts).content) for row in table[1:]]
    signing = [row for row in rows if len(row) == 9]
    index = [row for row in rows if len(row) == 7]

    assert [row[5] for row in signing if row[5]] == [one.book_no for one in households]
    assert [row[0] for row in index] == [one.book_no for one in households]
    continued = [page[1] for page in tables(render_handout(sheet, fonts).content)[1:3]]
    assert [row[:3] for row in continued] == [["1", "1", "2号"]] * 2


def test_the_sheet_is_a4_landscape_and_the_same_input_gives_the_same_bytes(fonts: FontSet) -> None:
    sheet = handout(line(1, ZHANG))

    first, second = (render_handout(sheet, fonts).content for _ in range(2))

    assert first == second
    assert render_handout_list(sheet) == render_handout_list(sheet)
    with pdfplumber.open(BytesIO(first)) as document:
        page = document.pages[0]
        assert (round(page.width / 72 * 25.4), round(page.height / 72 * 25.4)) == (WIDTH_MM, HEIGHT_MM)


def test_all_text_stays_inside_of_its_cell_and_page(fonts: FontSet) -> None:
    long = line(1, HandoutHousehold("买买提·阿卜杜*", "*" * 12 + "123", 12), door_number="12345附999号")
    sheet = handout(replace(long, full_text="湖南省岳阳市平江县" + "很长的地名" * 30 + "1号"))

    with pdfplumber.open(BytesIO(render_handout(sheet, fonts).content)) as document:
        page = document.pages[0]
        edges = sorted({round(rect["x0"], 1) for rect in page.lines if rect["x0"] == rect["x1"]})
        words = [word for word in page.extract_words() if word["top"] > 100]

    assert len(edges) == 10
    for word in words:
        crossed = [edge for edge in edges if word["x0"] + 0.5 < edge < word["x1"] - 0.5]
        assert crossed == [], word["text"]


def test_a_rare_name_is_printed_and_one_that_no_font_has_gets_a_stand_in(
    fonts: FontSet, text_of_pages: Callable[[bytes], list[str]]
) -> None:
    sheet = handout(
        line(1, HandoutHousehold(f"{RARE}*", "***001", 1), HandoutHousehold("\U0003ffff*\u200b", "***002", 1))
    )

    printed = render_handout(sheet, fonts)

    assert printed.missing == ("\U0003ffff",)
    page = text_of_pages(printed.content)[0]
    assert f"{RARE}*" in page
    assert "〓*" in page


@pytest.mark.parametrize("text", ["", "\ud800", "\u202e反", "a\nb\tc", "（「" * 5000, "\0"])
def test_whatever_stands_in_a_name_both_files_come_out(fonts: FontSet, text: str) -> None:
    sheet = handout(
        line(1, HandoutHousehold(text, text, 1), full_text=text, door_number=text), printed_by=text
    )

    assert render_handout(sheet, fonts).content.startswith(b"%PDF")
    assert load_workbook(BytesIO(render_handout_list(sheet))).sheetnames == ["按走访顺序", "按户查门牌"]


def test_an_empty_batch_is_an_empty_sheet(fonts: FontSet) -> None:
    (page,) = texts(render_handout(handout(), fonts).content)

    assert "门牌 0 张" in page


def test_a_sample_is_marked_as_one(fonts: FontSet) -> None:
    sheet = handout(line(1, ZHANG), synthetic=True)

    assert all("示例数据，不作凭证" in page for page in texts(render_handout(sheet, fonts).content))
    assert all("示例数据，不作凭证" in one["A1"].value for one in worksheets(render_handout_list(sheet)))


def test_the_workbook_repeats_the_plate_in_every_row_and_leads_both_ways() -> None:
    sheet = handout(line(1, ZHANG, LI), line(2), line(3, HandoutHousehold("=1+1", "***777", 1), page=9))

    walking, by_household = worksheets(render_handout_list(sheet))
    rows = [list(row) for row in walking.iter_rows(min_row=2, values_only=True)]

    assert rows[0] == [column.title for column in HANDOUT_COLUMNS]
    assert [row[:3] + row[5:8] for row in rows[1:]] == [
        [1, 1, "2号", "张*明", "******123", 4],
        [1, 1, "2号", "李*", "******045", 2],
        [2, 2, "4号", "无户籍登记", "", ""],
        [3, 9, "6号", "=1+1", "***777", 1],
    ]
    assert [[c.value for c in row[:5]] for row in by_household.iter_rows(min_row=3)] == [
        ["******045", "李*", 2, 1, 1],
        ["******123", "张*明", 4, 1, 1],
        ["***777", "=1+1", 1, 3, 9],
    ]
    assert walking["F6"].data_type == "s"
    assert "仅供内部发放使用" in walking.oddFooter.center.text
    assert "打印人 示例民政办" in walking["A1"].value
