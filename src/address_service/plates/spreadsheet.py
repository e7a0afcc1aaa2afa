"""What all XLSX files share: cells of text that stay text, styles, the same bytes for the same rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from address_service.coding.spreadsheet_text import FORMULA_STARTS

HEADER_ROW = 1
_UNDATED = datetime(2000, 1, 1)
"""Creation date of every file: the same list gives the same bytes."""
_CELL_LIMIT = 32_767  # characters an XLSX cell holds


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the sheet, ``width`` in characters."""

    title: str
    width: float


def open_book(title: str) -> tuple[BytesIO, Any]:
    """A workbook and where its bytes go once it is closed."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"title": safe_text(title), "created": _UNDATED})
    return target, book


def cell_styles(book: Any) -> dict[str, Any]:
    """Formats by name: title, head, text, quoted, long, count, degree."""
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


def write_head(sheet: Any, styles: dict[str, Any], heading: str, columns: Sequence[Column]) -> None:
    """The heading, and below it the titles of the columns, frozen."""
    sheet.set_row(0, 26)
    sheet.write_string(0, 0, safe_text(heading), styles["title"])
    sheet.set_row(HEADER_ROW, 20)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(HEADER_ROW, place, column.title, styles["head"])
    sheet.freeze_panes(HEADER_ROW + 1, 0)


def write_text(sheet: Any, styles: dict[str, Any], at: int, place: int, text: str, style: str) -> None:
    """Write a string cell; one that looks like a formula also carries the quote prefix, so that editing keeps it."""
    chosen = "quoted" if text.startswith(FORMULA_STARTS) else style
    sheet.write_string(at, place, safe_text(text), styles[chosen])


def safe_text(text: str) -> str:
    """What XML can hold: no lone surrogates, no more than a cell takes."""
    return text.encode("utf-8", "replace").decode("utf-8")[:_CELL_LIMIT]


def set_print(sheet: Any, rows: int, columns: int, foot: str = "") -> None:
    """A4 landscape, as wide as the page, the header on every page and ``foot`` before its number."""
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.repeat_rows(0, HEADER_ROW)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&C{foot}第 &P 页，共 &N 页")
    last = HEADER_ROW + rows
    sheet.print_area(0, 0, last, columns - 1)
    sheet.autofilter(HEADER_ROW, 0, last, columns - 1)
