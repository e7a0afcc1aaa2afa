"""XLSX workbooks: title rows, merged header cells, and numbers that a spreadsheet has rounded."""

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from address_service.errors import InvalidInput
from address_service.gis.field_mapping import FieldMapping
from address_service.gis.field_names import find_header, fit, known_keys, name_key
from address_service.gis.layer_read import ReadLimits
from address_service.gis.layers import LayerSpec
from address_service.gis.merged_cells import merged_areas, spread
from address_service.gis.raw_table import RawTable, empty_file, table_from_rows, unreadable
from address_service.gis.unpack import check_archive

Row = list[Any]

_MAX_CELLS = 20_000_000
_MAX_ROWS = 1_048_576  # the format knows no more, and a file may call its only row the 2,000,000,000th
_FLOAT_BELOW = 10**300
_BROKEN = (InvalidFileException, zipfile.BadZipFile, ElementTree.ParseError, KeyError, ValueError, TypeError)


def read_workbook(path: Path, spec: LayerSpec, limits: ReadLimits, mapping: FieldMapping) -> RawTable:
    """The table of the one sheet that fits the layer.

    Merged cells are spread over what they cover; a header of two rows is read by its lower names where these
    are known. Raises `InvalidInput`: ``file-empty``, ``file-unreadable``, ``layer-ambiguous``.
    """
    check_archive(path, limits, limits.max_workbook_bytes)
    try:
        # Read-only: the other mode makes an object of every cell under a merged range, which a file of a few
        # hundred bytes can let run into billions. The file is opened here, since a broken book does not close it.
        with path.open("rb") as source:
            book = openpyxl.load_workbook(source, read_only=True, data_only=True, keep_links=False)
            sheets = {sheet.title: _rows(sheet, path, limits) for sheet in book.worksheets}
            book.close()
    except _BROKEN as error:
        raise unreadable("不是有效的XLSX工作簿") from error
    sheets = {title: rows for title, rows in sheets.items() if rows}
    if not sheets:
        raise empty_file()
    title = _choose(sheets, spec, mapping)
    table = _table(sheets[title], spec, mapping)
    if len(book.sheetnames) > 1:
        table.notes.append(f"读取工作表“{title}”")
    return table


def _rows(sheet: Any, path: Path, limits: ReadLimits) -> list[Row]:
    sheet.reset_dimensions()  # what a file says of its size is often wrong
    rows: list[Row] = []
    cells = 0
    for row in sheet.iter_rows(values_only=True):
        cells += len(row)
        if len(rows) >= min(limits.max_rows, _MAX_ROWS) or cells > _MAX_CELLS:
            raise unreadable("工作表太大，请另存为CSV")
        rows.append(list(row))
    while rows and all(cell is None for cell in rows[-1]):
        rows.pop()
    spread(rows, merged_areas(path, sheet._worksheet_path))
    return rows


def _choose(sheets: dict[str, list[Row]], spec: LayerSpec, mapping: FieldMapping) -> str:
    titles = list(sheets)
    if mapping.source_layer is not None:
        if mapping.source_layer not in sheets:
            raise InvalidInput(
                f"没有工作表“{mapping.source_layer}”；有：{'、'.join(titles)}", code="layer-unknown"
            )
        return mapping.source_layer
    if len(titles) == 1:
        return titles[0]
    fitting = [title for title in titles if fit(_header(sheets[title], spec, mapping)[0], spec, mapping)]
    if len(fitting) == 1:
        return fitting[0]
    raise InvalidInput(
        f"工作簿有多个工作表（{'、'.join(titles)}），请在列对应文件里用layer指明", code="layer-ambiguous"
    )


def _header(rows: Sequence[Row], spec: LayerSpec, mapping: FieldMapping) -> tuple[list[str], int]:
    """The header's names and the index of the first data row."""
    at = find_header(rows, spec, mapping)
    known = known_keys(spec, mapping)
    upper = rows[at - 1] if at else []
    names = []
    for index, cell in enumerate(rows[at]):
        name = "" if cell is None else str(cell).strip()
        above = str(upper[index]).strip() if index < len(upper) and upper[index] is not None else ""
        # Under a header of two rows, the lower cell of a column that is not subdivided may be empty.
        names.append(above if name_key(name) not in known and name_key(above) in known else name)
    return names, at + 1


def _table(rows: Sequence[Row], spec: LayerSpec, mapping: FieldMapping) -> RawTable:
    names, first = _header(rows, spec, mapping)
    data = [[_cell(cell) for cell in row] for row in rows[first:]]
    table = table_from_rows(names, data)
    if first > 1:
        table.notes.append(f"表头在第{first}行，行号从表头的下一行起数")
    return table


def _cell(cell: Any) -> Any:
    # A spreadsheet keeps 15 digits; a longer whole number is already rounded, however it is written.
    if isinstance(cell, int) and not isinstance(cell, bool) and abs(cell) >= 10**15:
        return float(cell) if abs(cell) < _FLOAT_BELOW else str(cell)
    return cell
