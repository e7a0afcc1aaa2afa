"""Population extracts as systems export them (CSV or XLSX): which layout, what each column is; read in memory only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from address_service.errors import InvalidInput
from address_service.gis.field_names import HEADER_SEARCH_ROWS, name_key
from address_service.gis.layer_read import ReadLimits
from address_service.gis.raw_table import empty_file
from address_service.gis.resident_lists import ROUNDED_FROM, cell_text, delimited_tables, workbook_tables
from address_service.reconcile.layout import FIELDS, IDENTIFYING, Layout, read_layout

GENERIC = "generic"
_TELLING = 2
_MOST_COLUMNS = 100


@dataclass(frozen=True, slots=True, repr=False)
class ListedRow:
    """One row: every cell as text in the file's order, those that are known by field, and rounded numbers."""

    row_no: int
    cells: tuple[str, ...]
    values: Mapping[str, str]
    rounded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class ExtractList:
    """A file's header and rows, the layout it is read by, and notes for people."""

    layout: Layout
    header: tuple[str, ...]
    rows: list[ListedRow]
    notes: list[str]


@cache
def known_layouts() -> Mapping[str, Layout]:
    """The layouts that come with the program, by id."""
    folder = resources.files("address_service.gis") / "extract_layouts"
    files = sorted((one for one in folder.iterdir() if one.name.endswith(".yaml")), key=lambda one: one.name)
    layouts = [read_layout(one.read_text(encoding="utf-8")) for one in files]
    return {layout.id: layout for layout in layouts}


def read_extract(data: bytes, suffix: str, limits: ReadLimits, layout: Layout | None = None) -> ExtractList:
    """Read a file by the layout given, or by the known one that fits it best.

    Title rows above the header are passed over. Raises InvalidInput `file-empty`, `file-unreadable`,
    `columns-missing`, and as `check_archive` does; no message repeats a cell.
    """
    if not data.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0"):
        raise empty_file()
    tables, notes = workbook_tables(data, limits) if suffix == ".xlsx" else delimited_tables(data, limits)
    candidates = [layout] if layout is not None else list(known_layouts().values())
    best: tuple[int, int, Layout, list[list[Any]]] | None = None
    for table in tables:
        for one in candidates:
            at, score = _fit(table, one)
            if score and (best is None or score > best[0]):
                best = (score, at, one, table)
    if best is None:
        raise InvalidInput(
            "没有找到表头：须有原地址，以及公民身份号码、户号、门楼牌编号中的一列", code="columns-missing"
        )
    _, at, chosen, table = best
    return _read(table, at, chosen, notes)


def _fit(table: Sequence[Sequence[Any]], layout: Layout) -> tuple[int, int]:
    """Where the header is by a layout, and how well it fits: 0 where a column that must be there is not."""
    best = (0, 0)
    for at, row in enumerate(table[:HEADER_SEARCH_ROWS]):
        fields = set(_places(row, layout))
        readable = "address" in fields or "external_id" in fields or fields & set(layout.compose)
        identified = fields & set(IDENTIFYING)
        if (
            len(fields) < _TELLING
            or not readable
            or not identified
            or not fields.issuperset(layout.recognised_by)
        ):
            continue
        score = 10 * len(layout.recognised_by) + len(fields)
        best = max(best, (score, -at))
    return -best[1], best[0]


def _places(row: Sequence[Any], layout: Layout) -> dict[str, int]:
    """Field → column; of several names of a field the one named first in the layout."""
    keys: dict[str, int] = {}
    for index, cell in enumerate(row[:_MOST_COLUMNS]):
        if cell not in (None, ""):
            keys.setdefault(name_key(str(cell)), index)
    places: dict[str, int] = {}
    for field, titles in layout.columns.items():
        found = next((keys[name_key(title)] for title in titles if name_key(title) in keys), None)
        if found is not None and found not in places.values():
            places[field] = found
    return places


def _read(table: Sequence[Sequence[Any]], at: int, layout: Layout, notes: list[str]) -> ExtractList:
    places = _places(table[at], layout)
    header = tuple(cell_text(cell) for cell in table[at][:_MOST_COLUMNS])
    while header and not header[-1]:
        header = header[:-1]
    rows = [
        _row(row_no, row, places, len(header))
        for row_no, row in enumerate(table[at + 1 :], start=1)
        if any(cell not in (None, "") for cell in row)
    ]
    named = "、".join(f"{FIELDS[field]}（{header[index]}）" for field, index in places.items())
    return ExtractList(layout, header, rows, [*notes, f"按“{layout.title}”读取：{named}"])


def _row(row_no: int, row: Sequence[Any], places: Mapping[str, int], width: int) -> ListedRow:
    cells = tuple(cell_text(cell) for cell in row[:width]) + ("",) * (width - len(row))
    rounded = tuple(field for field, at in places.items() if at < len(row) and _is_rounded(row[at]))
    values = {field: cells[at] for field, at in places.items() if cells[at] and field not in rounded}
    return ListedRow(row_no, cells, values, rounded)


def _is_rounded(cell: Any) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) >= ROUNDED_FROM
