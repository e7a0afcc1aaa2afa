"""Geometry of a table without any: points from two coordinate columns, or WKT."""

from dataclasses import dataclass

import numpy as np
import shapely

from address_service.errors import InvalidInput
from address_service.gis.layer_read import FloatArray, ObjectArray, object_array
from address_service.gis.raw_table import RawTable
from address_service.gis.values import is_empty, to_number


@dataclass(frozen=True, slots=True)
class TableGeometry:
    """Geometries in the file's own numbers, None where a cell is empty; failures as (row, column, cell)."""

    geometry: ObjectArray
    failures: list[tuple[int, str, object]]


def geometry_from_columns(raw: RawTable, columns: dict[str, str]) -> TableGeometry:
    """Build geometries from {"wkt": …}, {"lon": …, "lat": …} or {"x": …, "y": …}."""
    if "wkt" in columns:
        texts = [None if is_empty(cell) else str(cell) for cell in raw.columns[columns["wkt"]]]
        return TableGeometry(shapely.force_2d(_from_wkt(object_array(texts))), [])
    failures: list[tuple[int, str, object]] = []
    first, second = (_numbers(raw.columns[column], column, failures) for column in columns.values())
    geometry = np.full(len(raw), None, dtype=object)
    given = ~(np.isnan(first) | np.isnan(second))
    geometry[given] = shapely.points(first[given], second[given])
    return TableGeometry(geometry, failures)


def _from_wkt(texts: ObjectArray) -> ObjectArray:
    try:
        return np.asarray(shapely.from_wkt(texts, on_invalid="ignore"), dtype=object)
    except NotImplementedError:  # one curve among the texts; GeoPackage is the format for those
        return object_array(
            [None if _is_curve(text) else shapely.from_wkt(text, on_invalid="ignore") for text in texts]
        )


def _is_curve(text: str | None) -> bool:
    try:
        shapely.from_wkt(text, on_invalid="ignore")
    except NotImplementedError:
        return True
    return False


def _numbers(cells: ObjectArray, column: str, failures: list[tuple[int, str, object]]) -> FloatArray:
    numbers = np.full(len(cells), np.nan)
    for row, cell in enumerate(cells):
        if is_empty(cell):
            continue
        try:
            numbers[row] = to_number(cell)
        except InvalidInput:
            failures.append((row, column, cell))
    return numbers
