"""Plain lists that another office sends (CSV or XLSX, GBK or UTF-8): one table whose columns have known names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from address_service.errors import InvalidInput
from address_service.gis.field_names import HEADER_SEARCH_ROWS, name_key
from address_service.gis.layer_read import ReadLimits
from address_service.gis.raw_table import empty_file
from address_service.gis.resident_lists import ROUNDED_FROM, cell_text, delimited_tables, workbook_tables

SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".xlsx"})
_MOST_COLUMNS = 100
_BLANK = b"\xef\xbb\xbf\xff\xfe \t\r\n\0"


@dataclass(frozen=True, slots=True)
class Columns:
    """Field → names of its column; ``needed`` are groups of fields of each of which the header has one at least."""

    names: Mapping[str, Sequence[str]]
    needed: tuple[tuple[str, ...], ...]

    def places(self, row: Sequence[Any]) -> dict[str, int]:
        """Field → position in a header row; of several names of a field the one named first."""
        keys: dict[str, int] = {}
        for index, cell in enumerate(row[:_MOST_COLUMNS]):
            if cell not in (None, ""):
                keys.setdefault(name_key(str(cell)), index)
        found: dict[str, int] = {}
        for field, names in self.names.items():
            at = next((keys[name_key(name)] for name in names if name_key(name) in keys), None)
            if at is not None and at not in found.values():
                found[field] = at
        return found

    def missing(self, fields: Mapping[str, int]) -> list[str]:
        """The usual names of what a header lacks."""
        lacking = [group for group in self.needed if not any(field in fields for field in group)]
        return ["或".join(self.names[field][0] for field in group) for group in lacking]


@dataclass(frozen=True, slots=True)
class PlainRow:
    """The cells of a data row (from 1) by field; ``rounded`` names fields that a spreadsheet has rounded."""

    row_no: int
    values: Mapping[str, str]
    rounded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlainList:
    """Rows, the file's own name of each field's column, and notes for people."""

    rows: list[PlainRow]
    titles: Mapping[str, str]
    notes: list[str]


def read_plain_list(data: bytes, suffix: str, limits: ReadLimits, columns: Columns) -> PlainList:
    """Read the first table that has the columns; title rows above the header are passed over.

    Raises InvalidInput `file-kind-unsupported`, `file-empty`, `file-unreadable`, `columns-missing`, and as
    `check_archive` does.
    """
    if suffix not in SUFFIXES:
        raise InvalidInput("请用 CSV 或 XLSX", code="file-kind-unsupported")
    if not data.strip(_BLANK):
        raise empty_file()
    tables, notes = workbook_tables(data, limits) if suffix == ".xlsx" else delimited_tables(data, limits)
    best: tuple[int, list[list[Any]], int] | None = None
    for table in tables:
        for at, row in enumerate(table[:HEADER_SEARCH_ROWS]):
            score = len(columns.places(row))
            if score and (best is None or score > best[0]):
                best = (score, table, at)
    places = columns.places(best[1][best[2]]) if best else {}
    if best is None or columns.missing(places):
        raise InvalidInput(f"缺少列：{'、'.join(columns.missing(places))}", code="columns-missing")
    return _read(best[1], best[2], places, notes)


def _read(table: list[list[Any]], at: int, places: Mapping[str, int], notes: list[str]) -> PlainList:
    rows = [
        _row(row_no, row, places)
        for row_no, row in enumerate(table[at + 1 :], start=1)
        if any(cell not in (None, "") for cell in row)
    ]
    titles = {field: cell_text(table[at][index])[:40] for field, index in places.items()}
    if at:
        notes = [*notes, f"表头在第{at + 1}行，行号从表头的下一行起数"]
    return PlainList(rows, titles, notes)


def _row(row_no: int, row: Sequence[Any], places: Mapping[str, int]) -> PlainRow:
    cells = {field: row[at] for field, at in places.items() if at < len(row)}
    rounded = tuple(field for field, cell in cells.items() if _is_rounded(cell))
    values = {field: cell_text(cell) for field, cell in cells.items() if field not in rounded}
    return PlainRow(row_no, {field: value for field, value in values.items() if value}, rounded)


def _is_rounded(cell: Any) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) >= ROUNDED_FROM
