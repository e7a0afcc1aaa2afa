"""Lists of residents as offices keep them (CSV or XLSX): what each column is, a person a row; read in memory only."""

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from xml.etree import ElementTree

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from address_service.errors import InvalidInput
from address_service.gis.encodings import decode_document, label_of
from address_service.gis.field_names import HEADER_SEARCH_ROWS, name_key
from address_service.gis.layer_read import ReadLimits
from address_service.gis.raw_table import empty_file, unreadable
from address_service.gis.unpack import check_archive

COLUMNS: dict[str, tuple[str, ...]] = {
    "book_no": ("户号", "户口簿号", "户编号", "HH"),
    "kind": ("户类型", "户别", "户类别", "HLX"),
    "relation": ("与户主关系", "户主关系", "关系", "YHZGX"),
    "name": ("姓名", "XM"),
    "id_no": ("公民身份号码", "身份证号", "身份证号码", "身份证", "证件号码", "GMSFHM"),
    "sex": ("性别", "XB"),
    "born_on": ("出生日期", "出生年月日", "CSRQ"),
    "phone": ("联系电话", "电话", "手机", "手机号", "手机号码", "联系方式", "LXDH"),
    "ethnicity": ("民族", "MZ"),
    "address_code": (
        "地址编码",
        "户籍地址编码",
        "标准地址编码",
        "门牌编码",
        "门牌地址编码",
        "门址编码",
        "地址代码",
        "DZBM",
    ),
    "plate": (
        "门牌二维码",
        "二维码",
        "二维码编号",
        "二维码网址",
        "二维码内容",
        "门牌二维码编号",
        "扫码内容",
        "EWM",
    ),
    "address": (
        "户籍地址",
        "标准地址",
        "门牌地址",
        "住址",
        "地址",
        "户籍住址",
        "户口所在地",
        "户籍所在地",
        "户籍所在地址",
        "户籍地详细地址",
        "户籍地址详址",
        "户口地址",
        "家庭住址",
        "家庭地址",
        "详细地址",
        "入户地址",
        "房屋地址",
        "HJDZ",
        "HJDXZ",
    ),
    "lives_at": ("现住址", "现住址编码", "现居住地", "居住地址", "实际居住地", "XZZ"),
    "arrived_on": ("何时来本址", "何时迁来本址", "迁来日期", "HSLBZ"),
}
"""Field → names of its column, the usual one first."""

REQUIRED = ("name", "relation")
_DOORS = ("address_code", "plate", "address")
_KEYS = {name_key(name): field for field, names in COLUMNS.items() for name in names}
_TELLING = 2
ROUNDED_FROM = 10**15
"""A spreadsheet keeps 15 digits: a whole number from here on is no longer the one that was typed."""
_DELIMITERS = ("\t", ",", ";", "|", "，")
_DATE = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?")
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
    for table in tables:
        at = _header_row(table)
        if at is not None:
            return _read(table, at, notes)
    raise InvalidInput(
        "没有找到表头：须有" + "、".join(COLUMNS[name][0] for name in (*REQUIRED, "address")) + "等列",
        code="columns-missing",
    )


def delimited_tables(data: bytes, limits: ReadLimits) -> tuple[list[list[list[Any]]], list[str]]:
    """The one table of a text file in memory, and what its encoding was; raises InvalidInput `file-unreadable`."""
    text, encoding = decode_document(data)
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
    """The tables of an XLSX workbook in memory; raises InvalidInput `file-unreadable`, and as `check_archive` does."""
    source = io.BytesIO(data)
    check_archive(source, limits, limits.max_workbook_bytes)
    try:
        book = openpyxl.load_workbook(source, read_only=True, data_only=True, keep_links=False)
        tables = []
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            rows: list[list[Any]] = []
            for row in sheet.iter_rows(values_only=True, max_col=200):
                if len(rows) > limits.max_rows:
                    raise unreadable(f"超过{limits.max_rows}行")
                rows.append(list(row))
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
    return -at if known >= _TELLING else None


def _field(cell: Any) -> str | None:
    return _KEYS.get(name_key(str(cell))) if cell is not None else None


def _read(rows: Sequence[Sequence[Any]], at: int, notes: list[str]) -> ResidentList:
    places: dict[str, int] = {}
    unknown = []
    for index, cell in enumerate(rows[at]):
        field = _field(cell)
        if field is not None and field not in places:
            places[field] = index
        elif cell not in (None, ""):
            unknown.append(str(cell).strip()[:20])
    missing = [COLUMNS[name][0] for name in REQUIRED if name not in places]
    if not any(name in places for name in _DOORS):
        missing.append("或".join(COLUMNS[name][0] for name in reversed(_DOORS)))
    if missing:
        raise InvalidInput(f"缺少列：{'、'.join(missing)}", code="columns-missing")
    notes = [*notes, *([f"未导入的列：{'、'.join(unknown[:20])}"] if unknown else [])]
    people = [_person(row_no, row, places) for row_no, row in enumerate(rows[at + 1 :], start=1) if any(row)]
    return ResidentList(people, {name: str(rows[at][index]).strip() for name, index in places.items()}, notes)


def _person(row_no: int, row: Sequence[Any], places: dict[str, int]) -> ListedPerson:
    values, rounded = {}, []
    for field, index in places.items():
        cell = row[index] if index < len(row) else None
        if isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) >= ROUNDED_FROM:
            rounded.append(field)
        elif text := cell_text(cell):
            values[field] = _iso(text) if field in ("born_on", "arrived_on") else text
    return ListedPerson(row_no, values, tuple(rounded))


def cell_text(cell: Any) -> str:
    """A cell as text: days in ISO, whole numbers without a point, no quote prefix of a spreadsheet."""
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip().lstrip("'")


def _iso(text: str) -> str:
    """A day however offices write it; what is none stays as it is and is refused later."""
    found = _DATE.fullmatch(text.replace(" ", "")[:11])
    return f"{int(found[1]):04}-{int(found[2]):02}-{int(found[3]):02}" if found else text
