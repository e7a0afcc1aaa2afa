"""The hand-out sheet as XLSX: one worksheet in walking order to sign, one by household."""

from collections.abc import Sequence
from typing import Any

from address_service.plates.handout import (
    CONFIDENTIAL,
    KEEP_INSIDE,
    HandoutRow,
    HandoutSheet,
    household_rows,
    walking_rows,
)
from address_service.plates.spreadsheet import (
    HEADER_ROW,
    Column,
    cell_styles,
    open_book,
    set_print,
    write_head,
    write_text,
)

HANDOUT_COLUMNS = (
    Column("序号", 6),
    Column("页码", 6),
    Column("门牌号", 12),
    Column("标准地址", 46),
    Column("地址编码", 29),
    Column("户主", 12),
    Column("户号", 14),
    Column("人数", 6),
    Column("领取人签字", 18),
    Column("领取日期", 12),
)
HOUSEHOLD_COLUMNS = (
    Column("户号", 14),
    Column("户主", 12),
    Column("人数", 6),
    Column("序号", 6),
    Column("页码", 6),
    Column("门牌号", 12),
    Column("标准地址", 46),
    Column("地址编码", 29),
)
_FOOT = f"{CONFIDENTIAL}　"


def render_handout_list(sheet: HandoutSheet) -> bytes:
    """XLSX with the plates and their households in walking order, and again from the household to the plate.

    Every row carries its plate, so that filters keep it. The same sheet gives the same bytes.
    """
    target, book = open_book(sheet.heading)
    styles = cell_styles(book)
    heading = f"{sheet.heading}　{sheet.imprint}　{sheet.totals}。{KEEP_INSIDE}"
    signing = [_signing(row) for row in walking_rows(sheet.lines)]
    index = [_index(row) for row in household_rows(sheet.lines)]
    _worksheet(book, styles, "按走访顺序", heading, HANDOUT_COLUMNS, signing)
    _worksheet(book, styles, "按户查门牌", heading, HOUSEHOLD_COLUMNS, index)
    book.close()
    return target.getvalue()


def _worksheet(
    book: Any,
    styles: dict[str, Any],
    name: str,
    heading: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[str | int]],
) -> None:
    sheet = book.add_worksheet(name)
    write_head(sheet, styles, heading, columns)
    for at, row in enumerate(rows, start=HEADER_ROW + 1):
        for place, value in enumerate(row):
            if isinstance(value, int):
                sheet.write_number(at, place, value, styles["count"])
            else:
                style = "long" if columns[place].title == "标准地址" else "text"
                write_text(sheet, styles, at, place, value, style)
    set_print(sheet, len(rows), len(columns), _FOOT)


def _persons(row: HandoutRow) -> str | int:
    return row.household.persons if row.household else ""


def _signing(row: HandoutRow) -> tuple[str | int, ...]:
    line, (head, book_no, _) = row.line, row.cells
    plate = (line.position, line.page, line.door_number, line.full_text, line.address_code)
    return *plate, head, book_no, _persons(row), "", ""


def _index(row: HandoutRow) -> tuple[str | int, ...]:
    line, (head, book_no, _) = row.line, row.cells
    plate = (line.position, line.page, line.door_number, line.full_text, line.address_code)
    return book_no, head, _persons(row), *plate
