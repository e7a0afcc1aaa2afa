"""A plain table as a file that spreadsheets open: XLSX, or CSV in GB18030 or UTF-8 with BOM; cells stay text."""

import csv
import io
from collections.abc import Iterable, Sequence

from address_service.coding.spreadsheet_text import plain_cell
from address_service.plates.spreadsheet import cell_styles, open_book, safe_text, write_text


def table_text(head: Sequence[str], lines: Iterable[Sequence[str]], encoding: str) -> bytes:
    """CSV in ``gbk`` (GB18030) or ``utf-8`` (with BOM); what a spreadsheet would run gets an apostrophe before it."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow([plain_cell(cell) for cell in head])
    writer.writerows([plain_cell(cell) for cell in line] for line in lines)
    return target.getvalue().encode("gb18030" if encoding == "gbk" else "utf-8-sig", errors="replace")


def table_book(title: str, sheet_name: str, head: Sequence[str], lines: Iterable[Sequence[str]]) -> bytes:
    """XLSX of one sheet, its header frozen."""
    target, book = open_book(title)
    styles, sheet = cell_styles(book), book.add_worksheet(sheet_name)
    for place, name in enumerate(head):
        sheet.write_string(0, place, safe_text(name), styles["head"])
    for at, line in enumerate(lines, start=1):
        for place, cell in enumerate(line):
            write_text(sheet, styles, at, place, cell, "text")
    sheet.freeze_panes(1, 0)
    book.close()
    return target.getvalue()
