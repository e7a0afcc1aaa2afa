"""Where a layer lies: choosing the grid that puts it into the county, and refusing layers that lie elsewhere."""

import numpy as np
import shapely

from address_service.errors import InvalidInput
from address_service.gis.coordinates import (
    Grid,
    central_meridian,
    likely_grids,
    place,
    read_crs,
    to_zone,
)
from address_service.gis.layer_read import BoolArray, CountyFrame, FloatArray, ObjectArray

_MARGIN_DEGREES = 0.01  # about a kilometre: the county's line in the register may be a simplified one
_SAMPLE = 2000
_MOST = 0.5
_TOLERATED_OFF = 0.1
_WINDS = ("北", "东北", "东", "东南", "南", "西南", "西", "西北")


def locate(
    geometry: ObjectArray, declared: str | None, frame: CountyFrame, overrule: int | None = None
) -> tuple[ObjectArray, list[str]]:
    """Geometries in EPSG:4490 lon, lat and Chinese notes on CRS and axes.

    The declared CRS is tried first, then with axes swapped, then what the range of numbers suggests; the first
    that puts most features into the county is taken. Raises `InvalidInput`: ``layer-off-county`` with distance
    and direction, and as `read_crs` does.
    """
    crs = read_crs(f"EPSG:{overrule}" if overrule else declared)
    points = centres(geometry)
    points = points[np.isfinite(points).all(axis=1)]
    sample = points[:: max(len(points) // _SAMPLE, 1)]
    if not len(sample):
        return geometry, []
    stated = [Grid(crs), Grid(crs, swapped=True)] if crs is not None else []
    grids = [*stated, *likely_grids(sample, frame)]
    area = shapely.buffer(frame.extent, _MARGIN_DEGREES)
    shares = [_share_inside(grid.to_lon_lat(sample), area) for grid in grids]
    grid = next((grid for grid, share in zip(grids, shares, strict=True) if share >= _MOST), None)
    if grid is None:
        # Nothing fits: complain about the best reading, the declared one where all are equal.
        grid = grids[int(np.argmax(shares))]
    placed = place(geometry, grid)
    _refuse_if_elsewhere(placed, area, frame, "本县范围")
    return placed, _notes(grid, crs)


def off_county(geometry: ObjectArray, frame: CountyFrame) -> BoolArray:
    """Which features lie off the county (EPSG:4490, centre of the bounding box)."""
    return _outside(centres(geometry), shapely.buffer(frame.extent, _MARGIN_DEGREES))


def require_near(geometry: ObjectArray, reference: shapely.Geometry, frame: CountyFrame) -> None:
    """Refuse a layer of which most features lie off a known area (EPSG:4490); code ``layer-off-county``."""
    _refuse_if_elsewhere(geometry, shapely.buffer(reference, _MARGIN_DEGREES / 5), frame, "已知村界", _MOST)


def check_location(
    geometries: ObjectArray, claimed_boundaries: ObjectArray, measure_srid: int = 4547
) -> BoolArray:
    """Which features lie outside the village they claim; refuses a layer of which most do.

    Both arrays run in parallel and are EPSG:4490; a claim of None (no code, or no boundary known) is left out
    and answers False. Raises `InvalidInput` with code ``layer-shifted`` and the likely shift, which finds a
    layer displaced inside the county too.
    """
    claims = np.array([boundary is not None for boundary in claimed_boundaries], dtype=bool)
    claims &= ~(shapely.is_missing(geometries) | shapely.is_empty(geometries))
    outside = np.zeros(len(geometries), dtype=bool)
    if not claims.any():
        return outside
    points = shapely.points(centres(geometries[claims]))
    shapely.prepare(list({id(b): b for b in claimed_boundaries[claims]}.values()))
    outside[claims] = ~shapely.intersects(claimed_boundaries[claims], points)
    share = outside.sum() / claims.sum()
    if share <= _MOST:
        return outside
    here = shapely.get_coordinates(to_zone(points, measure_srid))
    there = shapely.get_coordinates(to_zone(shapely.centroid(claimed_boundaries[claims]), measure_srid))
    east, north = np.median(here - there, axis=0)
    raise InvalidInput(
        f"{share:.0%}的要素不在所填村的村界内，图层像是整体向{wind(east, north)}偏移了约"
        f"{np.hypot(east, north) / 1000:.1f}千米，请核对坐标系和原点后再导入",
        code="layer-shifted",
    )


def centres(geometry: ObjectArray) -> FloatArray:
    """Centres of bounding boxes, (n, 2); NaN for missing and empty geometries."""
    bounds = shapely.bounds(geometry)
    return np.asarray((bounds[:, :2] + bounds[:, 2:]) / 2, dtype=np.float64)


def wind(east: float, north: float) -> str:
    """The direction of a shift in eight Chinese winds."""
    return _WINDS[round(np.degrees(np.arctan2(east, north)) / 45) % 8]


def _outside(points: FloatArray, area: shapely.Geometry) -> BoolArray:
    shapely.prepare(area)
    return ~np.asarray(shapely.contains_xy(area, points[:, 0], points[:, 1]), dtype=bool)


def _share_inside(points: FloatArray, area: shapely.Geometry) -> float:
    return 1 - float(_outside(points, area).mean())


def _refuse_if_elsewhere(
    geometry: ObjectArray,
    area: shapely.Geometry,
    frame: CountyFrame,
    what: str,
    tolerated: float = _TOLERATED_OFF,
) -> None:
    points = centres(geometry)
    points = points[~np.isnan(points).any(axis=1)]
    off = _outside(points, area)
    # One stray row among many is refused by itself; a layer of strays is a layer elsewhere.
    if not off.any() or (off.mean() <= max(tolerated, 1 / len(points)) and not off.all()):
        return
    share = f"{off.mean():.0%}的要素"
    if not np.isfinite(points[off]).all() or np.abs(points[off]).max() > 180:
        raise InvalidInput(f"图层{share}的坐标换算不到经纬度，请核对坐标系", code="layer-off-county")
    distance_m, direction = _displacement(points[off], area, frame)
    raise InvalidInput(
        f"图层{share}落在{what}之外，向{direction}偏出约{distance_m / 1000:.1f}千米，请核对坐标系和原点后再导入",
        code="layer-off-county",
    )


def _displacement(points: FloatArray, area: shapely.Geometry, frame: CountyFrame) -> tuple[float, str]:
    """How far the middle of these points lies from an area, and in which direction."""
    middle = shapely.Point(np.median(points, axis=0))
    if abs(middle.x - central_meridian(frame.measure_srid)) > 10:  # far from the zone metres mean little
        line = shapely.shortest_line(area, middle)
        (x0, y0), (x1, y1) = shapely.get_coordinates(line)
        east, north = (x1 - x0) * 111_320 * np.cos(np.radians((y0 + y1) / 2)), (y1 - y0) * 111_320
    else:
        line = to_zone(shapely.shortest_line(area, middle), frame.measure_srid)
        (x0, y0), (x1, y1) = shapely.get_coordinates(line)
        east, north = x1 - x0, y1 - y0
    return float(np.hypot(east, north)), wind(east, north)


def _notes(grid: Grid, crs: object | None) -> list[str]:
    notes = []
    if crs is None:
        notes.append(f"文件没有写坐标系，按坐标范围认作{grid.label}")
    elif grid.crs != crs:
        notes.append(f"声明的坐标系与坐标值不符，按坐标范围认作{grid.label}")
    else:
        notes.append(f"坐标系：{grid.label}")
    if grid.swapped:
        first = "纬度" if grid.crs.is_geographic else "北坐标"
        notes.append(f"坐标的两轴写反了（{first}在前），已对调")
    return notes
