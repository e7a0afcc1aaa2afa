"""GeoJSON, parsed here: GDAL would guess types (dates, long numbers) and follow other JSON dialects."""

from pathlib import Path
from typing import Any

import numpy as np
import orjson
import shapely

from address_service.gis.encodings import codec_name, decode_document, label_of
from address_service.gis.field_mapping import FieldMapping
from address_service.gis.layer_read import ReadLimits, object_array
from address_service.gis.raw_table import MAX_COLUMNS, RawTable, empty_file, unreadable


def read_geojson(path: Path, limits: ReadLimits, mapping: FieldMapping) -> RawTable:
    """The table of a FeatureCollection or of one feature per line.

    A ``crs`` member (GeoJSON 2008) counts; without it the CRS is told by range, as offices write projected
    metres too. Raises `InvalidInput` with ``file-empty`` or ``file-unreadable``.
    """
    data = path.read_bytes()
    if not data.strip():
        raise empty_file()
    text, encoding = decode_document(data, codec_name(mapping.encoding) if mapping.encoding else None)
    document = _parse(text.lstrip("\ufeff"))
    features = document["features"]
    if not features:
        raise empty_file()
    if len(features) > limits.max_rows:
        raise unreadable(f"超过{limits.max_rows}行")
    table = _table(features, _declared(document))
    if encoding != "utf-8":
        table.notes.append(f"文字编码：{label_of(encoding)}")
    return table


def _parse(text: str) -> dict[str, Any]:
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError:
        document = {"type": "FeatureCollection", "features": _lines(text)}
    if isinstance(document, dict) and document.get("type") == "Feature":
        document = {"type": "FeatureCollection", "features": [document]}
    if not isinstance(document, dict) or not isinstance(document.get("features"), list):
        raise unreadable("不是GeoJSON的FeatureCollection")
    return document


def _lines(text: str) -> list[Any]:
    try:
        return [orjson.loads(line.strip("\x1e ")) for line in text.splitlines() if line.strip("\x1e ")]
    except orjson.JSONDecodeError as error:
        raise unreadable("不是有效的JSON") from error


def _table(features: list[Any], declared: str | None) -> RawTable:
    if not all(isinstance(feature, dict) for feature in features):
        raise unreadable("features里有不是对象的成员")
    properties = [feature.get("properties") or {} for feature in features]
    if not all(isinstance(members, dict) for members in properties):
        raise unreadable("properties应为对象")
    names = dict.fromkeys(name for members in properties for name in members)
    if len(names) > MAX_COLUMNS:
        raise unreadable(f"超过{MAX_COLUMNS}列")
    columns = {name: object_array([_cell(members.get(name)) for members in properties]) for name in names}
    geometry = None
    if any(feature.get("geometry") for feature in features):
        texts = [_dumped(feature.get("geometry")) for feature in features]
        geometry = shapely.force_2d(shapely.from_geojson(object_array(texts), on_invalid="ignore"))
    return RawTable(columns, np.arange(1, len(features) + 1), geometry, declared)


def _dumped(member: Any) -> str | None:
    return orjson.dumps(member).decode() if isinstance(member, dict) else None


def _cell(value: Any) -> Any:
    return orjson.dumps(value).decode() if isinstance(value, dict | list) else value


def _declared(document: dict[str, Any]) -> str | None:
    member = document.get("crs")
    properties = member.get("properties") if isinstance(member, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    return name if isinstance(name, str) else None
