"""Lists of addresses to be matched (CSV or XLSX): which column holds what, every cell kept for the way back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from address_service.errors import InvalidInput
from address_service.gis.field_names import HEADER_SEARCH_ROWS, name_key
from address_service.gis.layer_read import ReadLimits
from address_service.gis.raw_table import empty_file
from address_service.gis.resident_lists import cell_text, delimited_tables, workbook_tables

TEXT = (
    "原地址", "地址", "户籍地址", "住址", "门牌地址", "标准地址", "详细地址", "户口所在地", "家庭住址",
    "HJDZ", "BZDZ", "DZ",
)  # fmt: skip
EXTERNAL_ID = ("地址编码", "门楼牌编号", "门楼牌ID", "门牌编号", "地址编号", "MLPNBID", "BZDZID")
DAY = ("日期", "登记日期", "地址日期", "签发日期", "何时来本址")
_MOST_COLUMNS = 100


@dataclass(frozen=True, slots=True)
class MatchColumns:
    """The titles of the columns, None for the usual ones."""

    text: str | None = None
    external_id: str | None = None
    day: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class MatchLine:
    """A row as it stands, with its text and what else is known of the address; ``day`` is as typed."""

    row_no: int
    cells: tuple[str, ...]
    text: str
    external_id: str
    day: str


@dataclass(frozen=True, slots=True, repr=False)
class MatchList:
    """A file's header, its rows, and notes for people."""

    header: tuple[str, ...]
    lines: list[MatchLine]
    notes: list[str]


def read_match_list(data: bytes, suffix: str, limits: ReadLimits, columns: MatchColumns) -> MatchList:
    """Read a file; title rows above the header are passed over.

    Raises InvalidInput `file-empty`, `file-kind-unsupported`, `file-unreadable`, `columns-missing`.
    """
    if not data.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0"):
        raise empty_file()
    if suffix not in (".xlsx", ".csv", ".tsv", ".txt"):
        raise InvalidInput("地址清单请用 CSV 或 XLSX", code="file-kind-unsupported")
    tables, notes = workbook_tables(data, limits) if suffix == ".xlsx" else delimited_tables(data, limits)
    for table in tables:
        for at, row in enumerate(table[:HEADER_SEARCH_ROWS]):
            places = _places(row, columns)
            if places is not None:
                return _read(table, at, places, notes)
    wanted = "、".join(name for name in (columns.text or TEXT[0], columns.external_id, columns.day) if name)
    raise InvalidInput(f"没有找到表头：须有列 {wanted}", code="columns-missing")


def _places(row: Sequence[Any], columns: MatchColumns) -> tuple[int, int | None, int | None] | None:
    """Where text, external id and day stand in a header; None where one that was named, or the text, is not there."""
    keys: dict[str, int] = {}
    for index, cell in enumerate(row[:_MOST_COLUMNS]):
        if cell not in (None, ""):
            keys.setdefault(name_key(str(cell)), index)

    def place(named: str | None, usual: Sequence[str]) -> int | None:
        names = (named,) if named else usual
        return next((keys[name_key(name)] for name in names if name_key(name) in keys), None)

    text = place(columns.text, TEXT)
    external_id, day = place(columns.external_id, EXTERNAL_ID), place(columns.day, DAY)
    if text is None or (columns.external_id and external_id is None) or (columns.day and day is None):
        return None
    return text, external_id, day


def _read(
    table: Sequence[Sequence[Any]], at: int, places: tuple[int, int | None, int | None], notes: list[str]
) -> MatchList:
    header = tuple(cell_text(cell) for cell in table[at][:_MOST_COLUMNS])
    while header and not header[-1]:
        header = header[:-1]
    lines = []
    for row_no, row in enumerate(table[at + 1 :], start=1):
        if any(cell not in (None, "") for cell in row):
            cells = tuple(cell_text(cell) for cell in row[: len(header)])
            cells += ("",) * (len(header) - len(cells))
            text, external_id, day = ("" if place is None else cells[place].strip() for place in places)
            lines.append(MatchLine(row_no, cells, text, external_id, day))
    named = "、".join(header[place] for place in places if place is not None)
    return MatchList(header, lines, [*notes, f"所用的列：{named}"])
