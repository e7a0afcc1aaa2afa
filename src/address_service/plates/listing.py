"""The list that goes with a batch to the plate factory and the fitters: XLSX in walking order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from address_service.coding.spreadsheet_text import FORMULA_STARTS

_UNDATED = datetime(2000, 1, 1)
"""Creation date of every file: the same list gives the same bytes."""

_CELL_LIMIT = 32_767  # characters an XLSX cell holds
_HEADER_ROW = 1


@dataclass(frozen=True, slots=True)
class ListRow:
    """One plate on the list; ``page`` is its page in the 1:1 PDF, ``lon`` and ``lat`` degrees in EPSG:4490.

    ``profile`` is the Chinese label of the plate's size.
    """

    position: int
    page: int
    address_code: str
    full_text: str
    door_number: str
    profile: str
    url: str
    lon: float | None
    lat: float | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the sheet, ``width`` in characters."""

    title: str
    width: float


LIST_COLUMNS = (
    Column("序号", 6),
    Column("页码", 6),
    Column("地址编码", 29),
    Column("标准地址", 46),
    Column("门牌号", 12),
    Column("规格", 8),
    Column("二维码网址", 40),
    Column("经度", 12),
    Column("纬度", 11),
    Column("备注", 18),
)


def render_list(rows: Sequence[ListRow], heading: str) -> bytes:
    """XLSX with ``heading`` over a frozen header, one row per plate in the order given (walking order).

    Codes are text, since a spreadsheet keeps 15 digits of a number; no cell is ever a formula or a link. Prints on
    A4 landscape with the header on every page. The same input gives the same bytes.
    """
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"title": _safe(heading), "created": _UNDATED})
    sheet = book.add_worksheet("门牌清单")
    styles = _styles(book)
    _write_head(sheet, styles, heading)
    for offset, row in enumerate(rows):
        _write_row(sheet, styles, _HEADER_ROW + 1 + offset, row)
    _set_print(sheet, len(rows))
    book.close()
    return target.getvalue()


def _styles(book: Any) -> dict[str, Any]:
    cell = {"border": 1, "border_color": "#9AA5B1", "valign": "vcenter", "font_name": "宋体", "font_size": 10}
    return {
        "title": book.add_format({"bold": True, "font_name": "黑体", "font_size": 14, "valign": "vcenter"}),
        "head": book.add_format({**cell, "bold": True, "align": "center", "bg_color": "#DCE6F2"}),
        "text": book.add_format({**cell, "num_format": "@"}),
        "quoted": book.add_format({**cell, "num_format": "@", "quote_prefix": True}),
        "long": book.add_format({**cell, "num_format": "@", "text_wrap": True}),
        "count": book.add_format({**cell, "align": "center", "num_format": "0"}),
        "degree": book.add_format({**cell, "num_format": "0.000000"}),
    }


def _write_head(sheet: Any, styles: dict[str, Any], heading: str) -> None:
    sheet.set_row(0, 26)
    sheet.write_string(0, 0, _safe(heading), styles["title"])
    sheet.set_row(_HEADER_ROW, 20)
    for place, column in enumerate(LIST_COLUMNS):
        sheet.set_column(place, place, column.width)
        sheet.write_string(_HEADER_ROW, place, column.title, styles["head"])
    sheet.freeze_panes(_HEADER_ROW + 1, 0)


def _write_row(sheet: Any, styles: dict[str, Any], at: int, row: ListRow) -> None:
    sheet.write_number(at, 0, row.position, styles["count"])
    sheet.write_number(at, 1, row.page, styles["count"])
    texts = {2: row.address_code, 4: row.door_number, 5: row.profile, 6: row.url}
    for place, text in texts.items():
        _write_text(sheet, styles, at, place, text, "text")
    _write_text(sheet, styles, at, 3, row.full_text, "long")
    for place, degrees in ((7, row.lon), (8, row.lat)):
        if degrees is None:
            sheet.write_blank(at, place, None, styles["degree"])
        else:
            sheet.write_number(at, place, degrees, styles["degree"])
    _write_text(sheet, styles, at, 9, row.note, "long")


def _write_text(sheet: Any, styles: dict[str, Any], at: int, place: int, text: str, style: str) -> None:
    """Write a string cell; one that looks like a formula also carries the quote prefix, so that editing keeps it."""
    chosen = "quoted" if text.startswith(FORMULA_STARTS) else style
    sheet.write_string(at, place, _safe(text), styles[chosen])


def _safe(text: str) -> str:
    """What XML can hold: no lone surrogates, no more than a cell takes."""
    return text.encode("utf-8", "replace").decode("utf-8")[:_CELL_LIMIT]


def _set_print(sheet: Any, count: int) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.repeat_rows(0, _HEADER_ROW)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C第 &P 页，共 &N 页")
    last = _HEADER_ROW + count
    sheet.print_area(0, 0, last, len(LIST_COLUMNS) - 1)
    sheet.autofilter(_HEADER_ROW, 0, last, len(LIST_COLUMNS) - 1)
