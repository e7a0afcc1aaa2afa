"""Geometries as the register takes them: valid where that is safe, of the layer's kind, without Z."""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import GeometryType

from address_service.gis.layer_read import BoolArray, FloatArray, IntArray, ObjectArray, is_none
from address_service.gis.layers import LayerSpec, Shape

_AREA_CHANGE = 0.05
_POLYGONS = (GeometryType.POLYGON, GeometryType.MULTIPOLYGON)
_LINES = (GeometryType.LINESTRING, GeometryType.MULTILINESTRING, GeometryType.LINEARRING)
_POINTS = (GeometryType.POINT, GeometryType.MULTIPOINT)
_METRES_PER_DEGREE = 111_320
_FLAT_DEGREES2 = 1e-12  # about 0.01 m²: a line drawn as a polygon

MESSAGES = {
    "geometry-missing": "没有图形",
    "geometry-too-complex": "图形的节点太多",
    "geometry-invalid": "图形有误，修复会改变其面积，请在制图软件里改正",
    "geometry-type": "图形的类型不是本图层要的",
}


@dataclass(frozen=True, slots=True)
class Shaped:
    """Geometries after shaping.

    ``problem`` holds an error code per feature or None, ``repaired`` marks the ones put right, ``from_point``
    the ones that were only a point.
    """

    geometry: ObjectArray
    problem: ObjectArray
    repaired: BoolArray
    from_point: BoolArray


def shape_geometries(geometry: ObjectArray, spec: LayerSpec, max_vertices: int) -> Shaped:
    """Bring geometries in EPSG:4490 to the layer's shape.

    An invalid polygon is repaired if its area stays within 5 %: a spike or a small loop at a corner. A bow-tie,
    whose true outline nobody can tell, is refused.
    """
    result = Shaped(
        geometry.copy(),
        np.full(len(geometry), None, dtype=object),
        np.zeros(len(geometry), dtype=bool),
        np.zeros(len(geometry), dtype=bool),
    )
    _mark(result, shapely.is_missing(geometry) | shapely.is_empty(geometry), "geometry-missing")
    _mark(result, shapely.get_num_coordinates(geometry) > max_vertices, "geometry-too-complex")
    _mark(result, _not_finite(geometry), "geometry-invalid")
    kinds = shapely.get_type_id(geometry)
    polygons = np.isin(kinds, _POLYGONS) & (spec.shape in (Shape.POLYGON, Shape.AREA_OR_LINE))
    lines = np.isin(kinds, _LINES) & (spec.shape is not Shape.POLYGON)
    points = np.isin(kinds, _POINTS) & (spec.point_side_m > 0)
    _mark(result, ~(polygons | lines | points), "geometry-type")
    sound = is_none(result.problem)
    _shape_points(result, np.flatnonzero(points & sound), spec.point_side_m)
    _shape_polygons(result, np.flatnonzero(polygons & sound))
    _shape_lines(result, np.flatnonzero(lines & sound))
    return result


def explode_lines(geometry: ObjectArray) -> tuple[ObjectArray, IntArray]:
    """Single lines and the index of the feature each comes from."""
    parts, index = shapely.get_parts(geometry, return_index=True)
    return parts, np.asarray(index, dtype=np.int64)


def _mark(result: Shaped, where: BoolArray, code: str) -> None:
    result.problem[where & is_none(result.problem)] = code


def _not_finite(geometry: ObjectArray) -> BoolArray:
    xy, index = shapely.get_coordinates(geometry, return_index=True)
    bad = np.zeros(len(geometry), dtype=bool)
    bad[index[~np.isfinite(xy).all(axis=1)]] = True
    return bad


def _shape_polygons(result: Shaped, rows: IntArray) -> None:
    # Planar area of an invalid outline is the shoelace sum: what is walked round twice or backwards shows up
    # as a difference to the area of the repaired polygon.
    invalid = rows[~shapely.is_valid(result.geometry[rows])]
    before = shapely.area(result.geometry[invalid])
    repaired = shapely.make_valid(result.geometry[invalid], method="structure", keep_collapsed=False)
    after = shapely.area(repaired)
    safe = (after > 0) & (np.abs(after - before) <= _AREA_CHANGE * after)
    result.geometry[invalid] = repaired
    result.repaired[invalid[safe]] = True
    result.problem[invalid[~safe]] = "geometry-invalid"
    rows = rows[is_none(result.problem[rows])]
    flat = shapely.area(result.geometry[rows]) < _FLAT_DEGREES2
    result.problem[rows[flat]] = "geometry-invalid"
    rows = rows[~flat]
    _collect(result, rows, GeometryType.POLYGON)


def _shape_lines(result: Shaped, rows: IntArray) -> None:
    empty = shapely.length(result.geometry[rows]) == 0
    result.problem[rows[empty]] = "geometry-invalid"
    _collect(result, rows[~empty], GeometryType.LINESTRING)


def _collect(result: Shaped, rows: IntArray, kind: GeometryType) -> None:
    if not len(rows):
        return
    parts, index = shapely.get_parts(result.geometry[rows], return_index=True)
    wanted = shapely.get_type_id(parts) == kind
    build = shapely.multipolygons if kind == GeometryType.POLYGON else shapely.multilinestrings
    if kind == GeometryType.LINESTRING:
        wanted &= shapely.length(parts) > 0
    multi = np.empty(len(rows), dtype=object)
    build(parts[wanted], indices=index[wanted], out=multi)
    result.geometry[rows] = multi


def _shape_points(result: Shaped, rows: IntArray, side_m: float) -> None:
    if not len(rows):
        return
    points = shapely.centroid(result.geometry[rows])
    result.from_point[rows] = True
    result.geometry[rows] = shapely.multipolygons(
        _squares(shapely.get_coordinates(points), side_m), indices=np.arange(len(rows))
    )


def _squares(lon_lat: FloatArray, side_m: float) -> ObjectArray:
    half_lat = side_m / 2 / _METRES_PER_DEGREE
    half_lon = half_lat / np.cos(np.radians(lon_lat[:, 1]))
    squares: ObjectArray = shapely.box(
        lon_lat[:, 0] - half_lon,
        lon_lat[:, 1] - half_lat,
        lon_lat[:, 0] + half_lon,
        lon_lat[:, 1] + half_lat,
    )
    return squares
