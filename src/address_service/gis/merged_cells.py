"""Merged cells of a workbook's sheet: where they are, and their value spread over all that they cover."""

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any
from xml.etree import ElementTree

from openpyxl.utils import range_boundaries

from address_service.gis.raw_table import unreadable

Area = tuple[int, int, int, int]
"""First column, first row, last column, last row, from 1."""

_MARK = b"mergeCell "
_CHUNK = 1 << 20
_MOST_SPREAD = 20_000_000
"""Cells under merged ranges; ranges that a spreadsheet wrote do not overlap, so no honest file has more."""


def merged_areas(source: Path | IO[bytes], part: str) -> list[Area]:
    """Merged ranges of the sheet that is that part of the archive."""
    with zipfile.ZipFile(source) as archive:
        if not _has_any(archive, part.lstrip("/")):
            return []
        areas = []
        with archive.open(part.lstrip("/")) as sheet:
            # Expat bounds the expansion of entities since 2.4.1, which every Python 3.11 has.
            for _, element in ElementTree.iterparse(sheet):  # noqa: S314
                if element.tag.endswith("}mergeCell"):
                    left, top, right, bottom = range_boundaries(element.get("ref", "A1"))
                    areas.append((left or 1, top or 1, right or 1, bottom or 1))
                element.clear()
    return areas


def _has_any(archive: zipfile.ZipFile, part: str) -> bool:
    """Whether a sheet speaks of merged cells at all, which is read much faster than what they are."""
    tail = b""
    with archive.open(part) as sheet:
        while chunk := sheet.read(_CHUNK):
            if _MARK in tail + chunk:
                return True
            tail = chunk[-len(_MARK) :]
    return False


def spread(rows: Sequence[list[Any]], areas: Sequence[Area]) -> None:
    """Give every cell under a merged range its value, within the rows that are there; raises InvalidInput
    `file-unreadable` for ranges without end.
    """
    width, budget = max((len(row) for row in rows), default=0), _MOST_SPREAD
    for left, top, right, bottom in areas:
        covered, last = rows[top - 1 : bottom], min(right, width)
        if not covered or len(covered[0]) < left or (value := covered[0][left - 1]) is None:
            continue
        budget -= len(covered) * (last - left + 1)
        if budget < 0:
            raise unreadable("合并的单元格过多，请另存为CSV")
        for row in covered:
            row.extend([None] * (last - len(row)))
            row[left - 1 : last] = [value] * (last - left + 1)
