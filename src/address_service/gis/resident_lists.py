"""Lists of residents as offices keep them (CSV or XLSX): what each column is, a person a row; read in memory only."""

import csv
import io
import re
import zipfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from xml.etree import ElementTree

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from address_service.errors import InvalidInput
from address_service.gis.encodings import decode_document, label_of
from address_service.gis.field_names import HEADER_SEARCH_ROWS, bare_key, name_key
from address_service.gis.layer_read import ReadLimits
from address_service.gis.merged_cells import merged_areas, spread
from address_service.gis.passed_rows import notes_of_passed, passed_over
from address_service.gis.raw_table import empty_file, unreadable
from address_service.gis.resident_columns import COLUMNS, QUIET
from address_service.gis.unpack import check_archive

REQUIRED = ("name", "relation")
_DOORS = ("address_code", "plate", "address")
_KEYS = {name_key(name): field for field, names in COLUMNS.items() for name in names}
_QUIET_KEYS = {name_key(name) for name in QUIET}
_TELLING = 2
ROUNDED_FROM = 10**15
"""A spreadsheet keeps 15 digits: a whole number from here on is no longer the one that was typed."""
_DELIMITERS = ("\t", ",", ";", "|", "，")
_DATE = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?")
_DIGITS = frozenset({"book_no", "id_no", "phone", *_DOORS, "lives_at"})
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{1,2}")
_QUOTED = re.compile(r'="([^"]*)"')
_BROKEN = (InvalidFileException, zipfile.BadZipFile, ElementTree.ParseError, KeyError, ValueError, TypeError)


@dataclass(frozen=True, slots=True, repr=False)
class ListedPerson:
    """One row: the cells that are there as text, by field; ``rounded`` names fields that a spreadsheet has rounded."""

    row_no: int
    values: dict[str, str]
    rounded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class ResidentList:
    """A file's rows, its own name of each field's column, and notes for people."""

    rows: list[ListedPerson]
    columns: dict[str, str]
    notes: list[str]


def read_resident_list(data: bytes, suffix: str, limits: ReadLimits) -> ResidentList:
    """Read a file; title rows above the header are passed over, columns that are not known are left out and named.

    Raises InvalidInput `file-empty`, `file-unreadable`, `columns-missing`, and as `check_archive` does.
    """
    if not data.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0"):
        raise empty_file()
    tables, notes = workbook_tables(data, limits) if suffix == ".xlsx" else delimited_tables(data, limits)
    found = [(table, at) for table in tables if (at := _header_row(table)) is not None]
    if found:
        if len(found) > 1:
            notes.append(f"另有{len(found) - 1}个工作表也像名册，没有读取；请分开上传")
        return _read(*found[0], notes)
    raise InvalidInput(
        "没有找到表头：须有" + "、".join(COLUMNS[name][0] for name in (*REQUIRED, "address")) + "等列",
        code="columns-missing",
    )


def delimited_tables(data: bytes, limits: ReadLimits) -> tuple[list[list[list[Any]]], list[str]]:
    """The one table of a text file in memory, and what its encoding was; raises InvalidInput `file-unreadable`."""
    text, encoding = decode_document(data)
    text = text.replace("\0", "")  # no cell of anybody's; the database would refuse the whole list for it
    delimiter = max(_DELIMITERS, key=text[:5000].count)
    try:
        rows: list[list[Any]] = [
            list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        ]
    except csv.Error:
        raise unreadable("分隔或引号有误") from None
    if len(rows) > limits.max_rows:
        raise unreadable(f"超过{limits.max_rows}行")
    return [rows], [f"文字编码：{label_of(encoding)}"]


def workbook_tables(data: bytes, limits: ReadLimits) -> tuple[list[list[list[Any]]], list[str]]:
    """The tables of an XLSX workbook in memory, merged cells standing for all that they cover.

    Raises InvalidInput `file-unreadable`, and as `check_archive` does.
    """
    source = io.BytesIO(data)
    check_archive(source, limits, limits.max_workbook_bytes)
    try:
        book = openpyxl.load_workbook(source, read_only=True, data_only=True, keep_links=False)
        tables = []
        for sheet in book.worksheets:
            part: str = sheet._worksheet_path  # type: ignore[attr-defined]
            sheet.reset_dimensions()
            rows: list[list[Any]] = []
            for row in sheet.iter_rows(values_only=True, max_col=200):
                if len(rows) > limits.max_rows:
                    raise unreadable(f"超过{limits.max_rows}行")
                rows.append(list(row))
            spread(rows, merged_areas(source, part))
            tables.append(rows)
        book.close()
    except _BROKEN:
        # The cause may carry the content of a cell.
        raise unreadable("不是有效的XLSX工作簿") from None
    return tables, []


def _header_row(rows: Sequence[Sequence[Any]]) -> int | None:
    found = [
        (len({_field(cell) for cell in row} - {None}), -at)
        for at, row in enumerate(rows[:HEADER_SEARCH_ROWS])
    ]
    known, at = max(found, default=(0, 0))
    if known < _TELLING:
        return None
    at = -at
    while at + 1 < len(rows) and list(rows[at + 1]) == list(rows[at]):  # cells merged downwards, spread
        at += 1
    return at


def _field(cell: Any) -> str | None:
    if cell is None:
        return None
    return _KEYS.get(name_key(str(cell))) or _KEYS.get(bare_key(str(cell)))


def _read(rows: Sequence[Sequence[Any]], at: int, notes: list[str]) -> ResidentList:
    header = [cell_text(cell) for cell in rows[at]]
    places: dict[str, int] = {}
    for index, name in enumerate(header):
        field = _field(name)
        if field is not None:
            places.setdefault(field, index)
    _require(places)
    unknown = [
        name[:20]
        for index, name in enumerate(header)
        if name and index not in places.values() and bare_key(name) not in _QUIET_KEYS
    ]
    people, passed = [], []
    for row_no, row in enumerate(rows[at + 1 :], start=1):
        cells = [cell_text(cell) for cell in row]
        known = [cells[index] for index in places.values() if index < len(cells)]
        why = passed_over(cells, known, header)
        if why is None:
            people.append(_person(row_no, row, places))
        else:
            passed.append(why)
    left_out = [f"未导入的列：{'、'.join(unknown[:20])}"] if unknown else []
    columns = {name: header[index] for name, index in places.items()}
    return ResidentList(people, columns, [*notes, *left_out, *notes_of_passed(passed)])


def _require(places: Collection[str]) -> None:
    missing = [COLUMNS[name][0] for name in REQUIRED if name not in places]
    if not any(name in places for name in _DOORS):
        missing.append("或".join(COLUMNS[name][0] for name in reversed(_DOORS)))
    if missing:
        raise InvalidInput(f"缺少列：{'、'.join(missing)}", code="columns-missing")


def _person(row_no: int, row: Sequence[Any], places: dict[str, int]) -> ListedPerson:
    values, rounded = {}, []
    for field, index in places.items():
        cell = row[index] if index < len(row) else None
        if _is_rounded(cell, field):
            rounded.append(field)
        elif text := cell_text(cell):
            values[field] = _iso(text) if field in ("born_on", "arrived_on") else text
    return ListedPerson(row_no, values, tuple(rounded))


def _is_rounded(cell: Any, field: str) -> bool:
    """Whether a spreadsheet made a number of a text of digits: 430626198003021230 became 4.30626E+17."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return abs(cell) >= ROUNDED_FROM
    return field in _DIGITS and isinstance(cell, str) and bool(_SCIENTIFIC.fullmatch(cell.strip()))


def cell_text(cell: Any) -> str:
    """A cell as text: days in ISO, whole numbers without a point, no quote prefix of a spreadsheet, and no ="…"."""
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = str(cell).strip()
    quoted = _QUOTED.fullmatch(text)
    return quoted[1].strip() if quoted else text.lstrip("'")


def _iso(text: str) -> str:
    """A day however offices write it; what is none stays as it is and is refused later."""
    found = _DATE.fullmatch(text.replace(" ", "")[:11])
    return f"{int(found[1]):04}-{int(found[2]):02}-{int(found[3]):02}" if found else text
