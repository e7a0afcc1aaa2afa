"""From a path to a raw table: which file of a folder or archive is meant and who reads it."""

from pathlib import Path

from address_service.errors import InvalidInput
from address_service.gis.delimited import read_delimited
from address_service.gis.field_mapping import FieldMapping
from address_service.gis.field_names import fit
from address_service.gis.geojson import read_geojson
from address_service.gis.layer_read import ReadLimits
from address_service.gis.layers import LayerSpec
from address_service.gis.raw_table import RawTable, empty_file, unreadable
from address_service.gis.unpack import unpacked
from address_service.gis.vector_files import read_database, read_shapefile, shapefile_names
from address_service.gis.workbooks import read_workbook

_TEXT = (".csv", ".tsv", ".txt")
_JSON = (".geojson", ".json", ".geojsonl", ".geojsons")
_READABLE = (".gpkg", ".shp", *_JSON, *_TEXT, ".xlsx")
_FORMATS = "GeoPackage、Shapefile、GeoJSON、CSV、XLSX，或装有它们之一的ZIP"
_REFUSED = {
    ".xls": "旧版XLS请在电子表格软件里另存为XLSX后再导入",
    ".rar": "请改用ZIP压缩",
    ".7z": "请改用ZIP压缩",
    ".dwg": "CAD图请先转成GeoPackage或Shapefile",
    ".dxf": "CAD图请先转成GeoPackage或Shapefile",
    ".shx": "请选.shp文件，或把.shp、.shx、.dbf、.prj一起压缩成ZIP",
    ".dbf": "请选.shp文件，或把.shp、.shx、.dbf、.prj一起压缩成ZIP",
}


def read_source(path: Path, spec: LayerSpec, limits: ReadLimits, mapping: FieldMapping) -> RawTable:
    """The raw table of a file, folder or zip.

    Raises `InvalidInput`: ``file-unreadable``, ``file-empty``, ``layer-ambiguous`` and what the readers raise.
    """
    if not path.exists():
        raise unreadable(f"找不到{path.name}")
    if path.is_file() and path.stat().st_size == 0:
        raise empty_file()
    if path.suffix.lower() == ".zip":
        with unpacked(path, limits) as folder:
            return _read_one(_choose(folder, spec, mapping), spec, limits, mapping)
    if path.is_dir() and path.suffix.lower() != ".gdb":
        return _read_one(_choose(path, spec, mapping), spec, limits, mapping)
    return _read_one(path, spec, limits, mapping)


def _read_one(path: Path, spec: LayerSpec, limits: ReadLimits, mapping: FieldMapping) -> RawTable:
    suffix = path.suffix.lower()
    if path.is_file() and path.stat().st_size == 0:
        raise empty_file()
    if suffix in (".gpkg", ".gdb"):
        return read_database(path, spec, limits, mapping)
    if suffix == ".shp":
        return read_shapefile(path, limits, mapping)
    if suffix in _JSON:
        return read_geojson(path, limits, mapping)
    if suffix in _TEXT:
        return read_delimited(path, spec, limits, mapping)
    if suffix == ".xlsx":
        return read_workbook(path, spec, limits, mapping)
    raise unreadable(_REFUSED.get(suffix, f"不认识的格式{suffix}，可用{_FORMATS}"))


def _choose(folder: Path, spec: LayerSpec, mapping: FieldMapping) -> Path:
    found = sorted(path for path in folder.rglob("*") if _is_dataset(path))
    if not found:
        raise unreadable(f"里面没有可读的图层，可用{_FORMATS}")
    if mapping.source_layer is not None and len(found) > 1:
        named = [path for path in found if mapping.source_layer in (path.stem, path.name)]
        if named:
            found = named
    if len(found) > 1:
        # Offices put read-me texts and old copies beside the layer; a shapefile tells its columns cheaply.
        shapefiles = [path for path in found if path.suffix.lower() == ".shp"]
        found = [path for path in shapefiles if fit(shapefile_names(path, mapping), spec, mapping)] or found
    if len(found) > 1:
        names = "、".join(str(path.relative_to(folder)) for path in found[:20])
        raise InvalidInput(f"里面有多个图层（{names}），请在列对应文件里用layer指明", code="layer-ambiguous")
    return found[0]


def _is_dataset(path: Path) -> bool:
    if path.suffix.lower() == ".gdb":
        return path.is_dir()
    inside_gdb = any(parent.suffix.lower() == ".gdb" for parent in path.parents)
    hidden = path.name.startswith((".", "~$"))
    return path.is_file() and path.suffix.lower() in _READABLE and not inside_gdb and not hidden
