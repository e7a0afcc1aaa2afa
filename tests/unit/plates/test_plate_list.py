"""The list of a batch read back by a spreadsheet library."""

from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from address_service.plates.listing import LIST_COLUMNS, ListRow, render_list

CODE = "43062611320840120001800006"


def row(position: int = 1, **changes: Any) -> ListRow:
    values: dict[str, Any] = {
        "position": position,
        "page": position,
        "address_code": CODE,
        "full_text": "湖南省岳阳市平江县童市镇烟舟村12组18号",
        "door_number": "18号",
        "profile": "小门牌",
        "url": "https://mp.example.cn/p/0123456789abcdef",
        "lon": 113.612345,
        "lat": 28.912345,
        "note": "",
    }
    return ListRow(**{**values, **changes})


def sheet_of(rows: list[ListRow]) -> Any:
    return load_workbook(BytesIO(render_list(rows, "烟舟村 2026-001 批次"))).active


def test_rows_keep_their_order_under_the_header() -> None:
    sheet = sheet_of([row(1), row(2, door_number="20号"), row(3, door_number="3号")])

    assert [cell.value for cell in sheet[2]] == [column.title for column in LIST_COLUMNS]
    assert [cell.value for cell in sheet["E"]][2:] == ["18号", "20号", "3号"]
    assert sheet["A1"].value == "烟舟村 2026-001 批次"


def test_an_address_code_stays_text_with_all_its_digits() -> None:
    cell = sheet_of([row()])["C3"]

    assert (cell.value, cell.data_type, cell.number_format) == (CODE, "s", "@")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x","y")'])
def test_text_that_looks_like_a_formula_stays_text(text: str) -> None:
    cell = sheet_of([row(note=text, full_text=text)])["J3"]

    assert (cell.value, cell.data_type) == (text, "s")
    assert cell.quotePrefix


def test_a_url_is_no_link_and_coordinates_are_numbers() -> None:
    sheet = sheet_of([row()])

    assert sheet["G3"].hyperlink is None
    assert (sheet["H3"].value, sheet["I3"].value) == (113.612345, 28.912345)


def test_a_plate_without_coordinates_leaves_the_cells_empty() -> None:
    sheet = sheet_of([row(lon=None, lat=None)])

    assert (sheet["H3"].value, sheet["I3"].value) == (None, None)


def test_the_header_is_frozen_and_repeated_on_a4_landscape() -> None:
    sheet = sheet_of([row()])

    assert sheet.freeze_panes == "A3"
    assert sheet.print_title_rows == "$1:$2"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)


def test_hostile_text_is_written_without_harm() -> None:
    sheet = sheet_of([row(note="(" * 40_000, full_text="\ud800\x01")])

    assert len(sheet["J3"].value) == 32_767


def test_the_same_rows_give_the_same_bytes() -> None:
    assert render_list([row()], "甲") == render_list([row()], "甲")
