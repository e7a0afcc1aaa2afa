"""What the readers take and give: the county's frame, limits, the rows that passed and the rows that did not."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

ObjectArray = NDArray[np.object_]
IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

VALUE_LENGTH = 80
"""Characters of a refused value that a reject shows."""


@dataclass(frozen=True, slots=True)
class CountyFrame:
    """Where a layer should lie.

    ``extent`` is lon/lat in EPSG:4490; ``measure_srid`` the county's CGCS2000 3-degree zone without prefix
    (4547 for 平江县), in which metres are measured.
    """

    county_code: str
    extent: shapely.Polygon
    measure_srid: int


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """How much a file may ask for; ``work_dir`` is the caller's directory in which archives are unpacked."""

    work_dir: Path
    max_unpacked_bytes: int = 2_000_000_000
    max_members: int = 2_000
    max_ratio: int = 200
    max_rows: int = 3_000_000
    max_vertices: int = 100_000
    """Vertices of one feature."""

    max_workbook_bytes: int = 200_000_000
    """Unpacked size of an XLSX file, which is held in memory whole."""


@dataclass(frozen=True, slots=True)
class Reject:
    """Why a row was refused.

    ``row_no`` is the 1-based data row of the file, ``field`` the file's own column name (or None for the
    geometry and the row as a whole), ``code`` stable, ``message`` Chinese, ``value`` cut to 80 characters.
    """

    row_no: int
    field: str | None
    code: str
    message: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class LayerRead:
    """The rows that passed, column by column, and what was found on the way.

    ``fields`` holds typed values or None under the canonical names of the layer; ``geometry`` shapely
    geometries in EPSG:4490 (lon, lat), or None for a layer without any; ``row_no`` the 1-based data row of
    each (a multi-part lane gives several rows of one number). ``notes`` are Chinese sentences: encoding,
    CRS, axes, repairs, dropped columns. ``repaired`` counts geometries that were put right; ``columns`` gives the
    file's own name of a field, for those who refuse further rows.
    """

    fields: dict[str, ObjectArray]
    geometry: ObjectArray | None
    row_no: IntArray
    rejects: list[Reject] = field(default_factory=list)
    read_count: int = 0
    notes: list[str] = field(default_factory=list)
    repaired: int = 0
    columns: dict[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.row_no)


def object_array(values: "list[Any] | tuple[Any, ...]") -> ObjectArray:
    """A one-dimensional object array, whatever the values are (numpy would unpack sequences)."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def is_none(values: ObjectArray) -> BoolArray:
    """Which members are None."""
    return np.fromiter((value is None for value in values), dtype=bool, count=len(values))


def shown(value: object) -> str:
    """A refused value as a reject shows it."""
    return str(value)[:VALUE_LENGTH]
