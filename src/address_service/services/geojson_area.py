"""An area as GeoJSON in degrees, or a kind refusal."""

from collections.abc import Mapping
from typing import Any

import shapely
import shapely.geometry

from address_service.errors import InvalidInput

_AREAS = ("Polygon", "MultiPolygon")
_UNREADABLE = (
    shapely.errors.ShapelyError,
    AttributeError,
    IndexError,
    KeyError,
    RecursionError,
    TypeError,
    ValueError,
)


def area_of(boundary: Mapping[str, Any]) -> shapely.Geometry:
    """The area of a GeoJSON Polygon or MultiPolygon (EPSG:4490); raises InvalidInput `boundary-invalid`."""
    if boundary.get("type") not in _AREAS:
        raise _refusal()
    try:
        shape = shapely.geometry.shape(dict(boundary))
    except _UNREADABLE as error:
        raise _refusal() from error
    if shape.is_empty or not _in_degrees(shape) or not shape.is_valid:
        raise _refusal()
    return shape


def _in_degrees(shape: shapely.Geometry) -> bool:
    west, south, east, north = shapely.bounds(shape).tolist()
    return bool(-180 <= west <= east <= 180 and -90 <= south <= north <= 90)


def _refusal() -> InvalidInput:
    return InvalidInput("界线应为有效的 GeoJSON 面（EPSG:4490，经度在前）", code="boundary-invalid")
