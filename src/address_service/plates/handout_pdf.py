"""The hand-out sheet as PDF of A4 landscape: a table in walking order to sign, and an index by household."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from address_service.plates.drawing import Sheet
from address_service.plates.fonts import FontMeasure, FontSet, missing_characters
from address_service.plates.handout import (
    KEEP_INSIDE,
    HandoutRow,
    HandoutSheet,
    household_rows,
    walking_rows,
)
from address_service.plates.receipt import wrapped
from address_service.plates.sheet import A4_HEIGHT_MM, A4_WIDTH_MM, TYPESETTING
from address_service.plates.stand_in import printable_text, visible_text

WIDTH_MM, HEIGHT_MM = A4_HEIGHT_MM, A4_WIDTH_MM

_MARGIN_MM = 12.0
_HEAD_MM, _FOOT_MM = 24.0, 10.0
_TITLE_SIZE, _TEXT_SIZE, _SMALL_SIZE = 5.0, 3.5, 3.0
_PAD_MM = 1.2


@dataclass(frozen=True, slots=True)
class _Table:
    """Titles and widths in mm of a table's columns, and the height of its rows."""

    name: str
    columns: tuple[tuple[str, float], ...]
    row_mm: float

    @property
    def rows_per_page(self) -> int:
        return int((HEIGHT_MM - 2 * _MARGIN_MM - _HEAD_MM - _FOOT_MM) / self.row_mm) - 1


_SIGN = _Table(
    "按走访顺序",
    (
        ("序号", 12),
        ("页码", 12),
        ("门牌号", 24),
        ("标准地址", 92),
        ("户主", 22),
        ("户号", 27),
        ("人数", 12),
        ("领取人签字", 44),
        ("领取日期", 28),
    ),
    10.0,
)
_INDEX = _Table(
    "按户查门牌",
    (("户号", 34), ("户主", 30), ("人数", 14), ("序号", 16), ("页码", 16), ("门牌号", 28), ("标准地址", 135)),
    7.0,
)
_Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PrintedHandout:
    """The sheet as PDF, and the characters that no font shows: 〓 stands for each of them."""

    content: bytes
    missing: tuple[str, ...] = ()


def render_handout(sheet: HandoutSheet, fonts: FontSet) -> PrintedHandout:
    """The hand-out sheet as PDF; the same sheet gives the same bytes.

    Rows follow the walking order with the page of each plate in the plates' PDF and room to sign; an index leads from
    the household to its plate. No name keeps a sheet from the printer.
    """
    signing = [_signing_cells(row, at) for at, row in enumerate(walking_rows(sheet.lines))]
    index = [_index_cells(row) for row in household_rows(sheet.lines)]
    pages = [*_pages(_SIGN, signing), *(_pages(_INDEX, index) if index else ())]
    missing = missing_characters(visible_text("".join(_texts(sheet, signing))), fonts)
    with TYPESETTING:
        desk = _Desk(Sheet(WIDTH_MM, HEIGHT_MM, fonts, printable_text(sheet.heading, fonts)), fonts)
        for number, (table, rows) in enumerate(pages, start=1):
            with desk.sheet.page():
                desk.head(sheet, table, f"第 {number} 页，共 {len(pages)} 页")
                desk.table(table, rows)
        return PrintedHandout(desk.sheet.finish(), missing)


def _texts(sheet: HandoutSheet, rows: Sequence[_Cells]) -> Iterator[str]:
    yield from (sheet.heading, sheet.imprint, sheet.totals)
    for row in rows:
        yield from row


def _pages(table: _Table, rows: Sequence[_Cells]) -> Iterator[tuple[_Table, Sequence[_Cells]]]:
    for start in range(0, max(len(rows), 1), table.rows_per_page):
        yield table, rows[start : start + table.rows_per_page]


def _signing_cells(row: HandoutRow, at: int) -> _Cells:
    """A plate is written once; its further households stand below it, and it comes again on the next page."""
    line, (head, book_no, persons) = row.line, row.cells
    if row.is_first or at % _SIGN.rows_per_page == 0:
        plate = (str(line.position), str(line.page), line.door_number, line.full_text)
    else:
        plate = ("", "", "〃", "")
    return *plate, head, book_no, persons, "", ""


def _index_cells(row: HandoutRow) -> _Cells:
    line, (head, book_no, persons) = row.line, row.cells
    return book_no, head, persons, str(line.position), str(line.page), line.door_number, line.full_text


class _Desk:
    """Draws headers and tables onto the pages of one document."""

    def __init__(self, sheet: Sheet, fonts: FontSet) -> None:
        self.sheet = sheet
        self._fonts = fonts
        self._measure = FontMeasure(fonts)

    def head(self, what: HandoutSheet, table: _Table, page: str) -> None:
        """Title, what it is for, who printed it; the number of the page."""
        top, right = HEIGHT_MM - _MARGIN_MM, WIDTH_MM - _MARGIN_MM
        self._write(what.heading, _MARGIN_MM, top - 5, _TITLE_SIZE)
        self._write(KEEP_INSIDE, _MARGIN_MM, top - 11.5, _SMALL_SIZE)
        self._write(f"{what.imprint}　{what.totals}　{table.name}", _MARGIN_MM, top - 17.5, _TEXT_SIZE)
        self._write(page, right - self.sheet.width(page, _SMALL_SIZE), _MARGIN_MM - 4, _SMALL_SIZE)

    def table(self, table: _Table, rows: Sequence[_Cells]) -> None:
        """A ruled table with its titles."""
        top = HEIGHT_MM - _MARGIN_MM - _HEAD_MM
        titles = tuple(title for title, _ in table.columns)
        for number, cells in enumerate([titles, *rows]):
            self._row(table, top - number * table.row_mm, cells)
        self._rules(table, top, len(rows) + 1)

    def _row(self, table: _Table, top: float, cells: _Cells) -> None:
        x = _MARGIN_MM
        for (_, width), text in zip(table.columns, cells, strict=True):
            self._cell(text, x + _PAD_MM, top, width - 2 * _PAD_MM, table.row_mm)
            x += width

    def _cell(self, text: str, x: float, top: float, width: float, height: float) -> None:
        shown = printable_text(text, self._fonts)
        size, most = (_TEXT_SIZE, 1) if self.sheet.width(shown, _TEXT_SIZE) <= width else (_SMALL_SIZE, 2)
        lines = wrapped(shown, width / size, self._measure, most)
        spacing = size * 1.15
        y = top - (height - spacing * (len(lines) - 1)) / 2 - size * 0.35
        for line in lines:
            self.sheet.write(line, x, y, size)
            y -= spacing

    def _rules(self, table: _Table, top: float, rows: int) -> None:
        right = _MARGIN_MM + sum(width for _, width in table.columns)
        for number in range(rows + 1):
            y = top - number * table.row_mm
            self.sheet.rule(_MARGIN_MM, y, right, y)
        x = _MARGIN_MM
        for width in (0.0, *(width for _, width in table.columns)):
            x += width
            self.sheet.rule(x, top, x, top - rows * table.row_mm)

    def _write(self, text: str, x: float, y: float, size: float) -> None:
        self.sheet.write(printable_text(text, self._fonts), x, y, size)
