"""Writing a layer: GeoPackage, GeoJSON, or a zipped Shapefile."""

import tempfile
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely

from address_service.errors import InvalidInput
from address_service.gis.coordinates import to_zone
from address_service.gis.layer_read import BoolArray, ObjectArray, is_none

_DBF_NAME_BYTES = 10
_DRIVERS = {".gpkg": "GPKG", ".geojson": "GeoJSON", ".shp": "ESRI Shapefile"}
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the same rows give the same archive


def write_layer(
    path: Path,
    fields: Mapping[str, ObjectArray],
    geometry: ObjectArray,
    *,
    srid: int = 4490,
    encoding: str = "UTF-8",
) -> None:
    """Write columns and geometries (EPSG:4490) to a .gpkg, .geojson or a .zip holding a Shapefile.

    ``srid`` is 4490 or the Gauss-Krüger zone to convert to; ``encoding`` concerns the Shapefile, whose column
    names are cut to 10 bytes of it. Raises `InvalidInput` with code ``format-unknown``.
    """
    placed = geometry if srid == 4490 else to_zone(geometry, srid)
    suffix = path.suffix.lower()
    if suffix == ".zip":
        _write_zip(path, fields, placed, srid, encoding)
    elif suffix in _DRIVERS:
        _write(path, list(fields), list(fields.values()), placed, srid)
    else:
        raise InvalidInput(f"不能写成{suffix}，可用.gpkg、.geojson、.zip", code="format-unknown")


def _write_zip(
    path: Path, fields: Mapping[str, ObjectArray], geometry: ObjectArray, srid: int, encoding: str
) -> None:
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        target = Path(folder) / f"{path.stem}.shp"
        names = cut_names(list(fields), encoding)
        _write(target, names, list(fields.values()), geometry, srid, encoding=encoding)
        target.with_suffix(".cpg").write_text(encoding, encoding="ascii")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in sorted(Path(folder).iterdir()):
                entry = zipfile.ZipInfo(part.name, _ZIP_TIME)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, part.read_bytes())


def cut_names(names: Sequence[str], encoding: str) -> list[str]:
    """Column names cut to the 10 bytes of a .dbf, whole characters only, each different."""
    result: list[str] = []
    for name in names:
        cut = _cut(name, _DBF_NAME_BYTES, encoding)
        serial = 1
        while cut in result:
            cut = _cut(name, _DBF_NAME_BYTES - 2, encoding) + f"_{serial}"
            serial += 1
        result.append(cut)
    return result


def _cut(text: str, length: int, encoding: str) -> str:
    return text.encode(encoding)[:length].decode(encoding, errors="ignore")


def _write(
    path: Path,
    names: list[str],
    columns: list[ObjectArray],
    geometry: ObjectArray,
    srid: int,
    encoding: str | None = None,
) -> None:
    typed = [_typed(column) for column in columns]
    kinds = {shape.geom_type for shape in geometry}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # widths of text columns
        pyogrio.raw.write(
            path,
            shapely.to_wkb(geometry),
            [values for values, _ in typed],
            names,
            field_mask=[mask for _, mask in typed],
            driver=_DRIVERS[path.suffix.lower()],
            geometry_type=kinds.pop() if len(kinds) == 1 else "Unknown",
            crs=f"EPSG:{srid}",
            encoding=encoding,
        )


def _typed(column: ObjectArray) -> tuple[Any, BoolArray | None]:
    """A numpy column that the writer knows, and the mask of its missing values."""
    missing = is_none(column)
    present = column[~missing]
    if len(present) and all(type(value) is int for value in present):
        return _filled(column, missing, 0).astype(np.int64), missing
    if len(present) and all(isinstance(value, int | float) for value in present):
        return _filled(column, missing, np.nan).astype(np.float64), None
    if len(present) and all(isinstance(value, date) for value in present):
        return _filled(column, missing, np.datetime64("NaT")).astype("datetime64[D]"), None
    texts = np.array([None if value is None else str(value) for value in column], dtype=object)
    return texts, None


def _filled(column: ObjectArray, missing: BoolArray, value: object) -> ObjectArray:
    filled = column.copy()
    filled[missing] = value
    return filled
