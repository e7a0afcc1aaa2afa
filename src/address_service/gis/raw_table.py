"""A file's own columns and cells, as a reader of one format hands them on."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from address_service.errors import InvalidInput
from address_service.gis.layer_read import IntArray, ObjectArray, Reject

MAX_COLUMNS = 500


@dataclass(frozen=True, slots=True)
class RawTable:
    """Columns by the file's own names, cells untouched (str, int, float, date, datetime or None).

    ``row_no`` is the 1-based data row of each; ``geometry`` is in the file's own coordinates and axis order;
    ``declared_crs`` what the file says about them (WKT or an authority code). ``rejects`` are rows that could
    not even be split into cells.
    """

    columns: dict[str, ObjectArray]
    row_no: IntArray
    geometry: ObjectArray | None = None
    declared_crs: str | None = None
    notes: list[str] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.row_no)


def table_from_rows(
    header: Sequence[str], rows: Sequence[Sequence[object]], first_row_no: int = 1
) -> RawTable:
    """A table from rows of cells under a header; blank rows are left out but counted in ``row_no``.

    A row with more cells than the header is a reject ``row-width``: its cells stand under wrong columns. Over 500
    columns are ``file-unreadable``.
    """
    last = max((index for index, name in enumerate(header) if name), default=-1)
    if last >= MAX_COLUMNS:
        raise unreadable(f"超过{MAX_COLUMNS}列")
    names = unique_names(header[: last + 1])
    width = len(names)
    kept: list[Sequence[object]] = []
    numbers: list[int] = []
    rejects: list[Reject] = []
    for row_no, row in enumerate(rows, start=first_row_no):
        if not any(cell is not None and cell != "" for cell in row):
            continue
        if len(row) > width and any(cell not in (None, "") for cell in row[width:]):
            message = f"该行有{len(row)}格，表头只有{width}列"
            rejects.append(Reject(row_no, None, "row-width", message, ",".join(map(str, row))[:80]))
            continue
        kept.append(row)
        numbers.append(row_no)
    grid = np.full((len(kept), width), None, dtype=object)
    for index, row in enumerate(kept):
        cells = row[:width]
        grid[index, : len(cells)] = cells
    columns = {name: grid[:, index].copy() for index, name in enumerate(names) if name}
    return RawTable(columns, np.array(numbers, dtype=np.int64), rejects=rejects)


def unique_names(header: Sequence[str]) -> list[str]:
    """Header names with a number behind each repeated one, so that no column hides another."""
    seen: dict[str, int] = {}
    names = []
    for name in header:
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 or not name else f"{name}_{seen[name]}")
    return names


def empty_file() -> InvalidInput:
    """The refusal of a file that holds nothing."""
    return InvalidInput("文件是空的，没有可导入的数据", code="file-empty")


def unreadable(why: str) -> InvalidInput:
    """The refusal of a file that is not what it should be."""
    return InvalidInput(f"文件读不出来：{why}", code="file-unreadable")
