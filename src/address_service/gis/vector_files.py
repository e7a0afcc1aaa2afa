"""GeoPackage, File Geodatabase and Shapefile by GDAL."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely

from address_service.errors import InvalidInput
from address_service.gis.dbf import dbf_names, read_dbf
from address_service.gis.field_mapping import FieldMapping
from address_service.gis.field_names import fit
from address_service.gis.layer_read import ObjectArray, ReadLimits
from address_service.gis.layers import LayerSpec
from address_service.gis.raw_table import RawTable, empty_file, unreadable

_SQLITE = b"SQLite format 3\0"
_SHP = b"\x00\x00\x27\x0a"


def read_database(path: Path, spec: LayerSpec, limits: ReadLimits, mapping: FieldMapping) -> RawTable:
    """The table of the one layer of a .gpkg or .gdb that fits; ``layer-ambiguous``, ``file-unreadable``."""
    # GDAL goes by content: a VRT or pipeline text under this name would make it open other files of this machine.
    if path.is_file():
        _require_magic(path, _SQLITE, "不是有效的GeoPackage")
    layers = {str(name): kind for name, kind in _ask(pyogrio.list_layers, path)}
    if not layers:
        raise empty_file()
    name = _choose_layer(path, layers, spec, mapping)
    _require_rows(path, limits, layer=name)
    meta, _, wkb, data = _ask(pyogrio.raw.read, path, layer=name, force_2d=True)
    columns = {str(column): _as_objects(cells) for column, cells in zip(meta["fields"], data, strict=True)}
    count = len(data[0]) if data else len(wkb if wkb is not None else ())
    table = RawTable(columns, np.arange(1, count + 1), _geometry(wkb), meta.get("crs"))
    if len(layers) > 1:
        table.notes.append(f"读取图层“{name}”")
    return table


def read_shapefile(path: Path, limits: ReadLimits, mapping: FieldMapping) -> RawTable:
    """The table of one .shp with its .dbf; raises `InvalidInput` with ``file-unreadable``, ``file-empty``."""
    _require_magic(path, _SHP, "不是有效的Shapefile")
    if sibling(path, ".shx") is None:
        raise unreadable("Shapefile缺少.shx文件，请把同名的.shp、.shx、.dbf、.prj一起放进压缩包")
    # Attributes come from `dbf`; GDAL gets an encoding that decodes anything, so that a wrong .cpg does no harm.
    meta, _, wkb, _ = _ask(pyogrio.raw.read, path, columns=[], force_2d=True, encoding="ISO-8859-1")
    if not len(wkb):
        raise empty_file()
    dbf = sibling(path, ".dbf")
    if dbf is None:
        raise unreadable("Shapefile缺少.dbf文件，请把同名的.shp、.shx、.dbf、.prj一起放进压缩包")
    columns, notes = read_dbf(dbf, declared_encoding(path), mapping.encoding)
    geometry = _geometry(wkb)
    count = len(wkb)
    if any(len(cells) != count for cells in columns.values()):
        raise unreadable(".dbf与.shp的行数不一致")
    return RawTable(columns, np.arange(1, count + 1), geometry, meta.get("crs"), notes)


def shapefile_names(path: Path, mapping: FieldMapping) -> list[str]:
    """The column names of a shapefile."""
    dbf = sibling(path, ".dbf")
    return dbf_names(dbf, mapping.encoding or declared_encoding(path)) if dbf else []


def declared_encoding(path: Path) -> str | None:
    """The encoding that the .cpg names; None without one."""
    cpg = sibling(path, ".cpg")
    text = cpg.read_text(encoding="ascii", errors="ignore").strip() if cpg else ""
    return text or None


def sibling(path: Path, suffix: str) -> Path | None:
    """The file of the same stem with that suffix, in whatever case it is written."""
    wanted = (path.stem + suffix).lower()
    return next((other for other in path.parent.iterdir() if other.name.lower() == wanted), None)


def _choose_layer(path: Path, layers: dict[str, Any], spec: LayerSpec, mapping: FieldMapping) -> str:
    if mapping.source_layer is not None:
        if mapping.source_layer not in layers:
            raise InvalidInput(
                f"文件里没有图层“{mapping.source_layer}”；有：{'、'.join(layers)}", code="layer-unknown"
            )
        return mapping.source_layer
    if len(layers) == 1:
        return next(iter(layers))
    fitting = [
        name
        for name, kind in layers.items()
        if (spec.shape is None or kind is not None)
        and fit([str(f) for f in _ask(pyogrio.read_info, path, layer=name)["fields"]], spec, mapping)
    ]
    if len(fitting) == 1:
        return fitting[0]
    raise InvalidInput(
        f"文件里有多个图层（{'、'.join(layers)}），请在列对应文件里用layer指明", code="layer-ambiguous"
    )


def _require_magic(path: Path, magic: bytes, otherwise: str) -> None:
    with path.open("rb") as file:
        if file.read(len(magic)) != magic:
            raise unreadable(otherwise)


def _require_rows(path: Path, limits: ReadLimits, **options: Any) -> None:
    count = _ask(pyogrio.read_info, path, force_feature_count=True, **options)["features"]
    if count == 0:
        raise empty_file()
    if count > limits.max_rows:
        raise unreadable(f"超过{limits.max_rows}行")


def _ask(call: Any, path: Path, **options: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # dropped M values and the like; the geometry checks speak for themselves
        try:
            return call(path, **options)
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
            raise unreadable("格式有误或文件不完整") from error


def _geometry(wkb: Any) -> ObjectArray | None:
    if wkb is None:
        return None
    geometry: ObjectArray = shapely.from_wkb(wkb, on_invalid="ignore")
    return geometry


def _as_objects(cells: Any) -> ObjectArray:
    array = np.asarray(cells)
    if array.dtype.kind != "M":
        return array.astype(object)
    missing = np.isnat(array)
    result = array.astype("datetime64[ms]").astype(object)
    result[missing] = None
    return result
