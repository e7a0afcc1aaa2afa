"""Coordinate reference systems: what a file declares, what its numbers say, and the way to EPSG:4490."""

import re
from functools import lru_cache
from typing import Any

import numpy as np
import pyproj
import shapely
from pyproj.exceptions import CRSError

from address_service.errors import InvalidInput
from address_service.gis.layer_read import CountyFrame, FloatArray, ObjectArray

CGCS2000 = "EPSG:4490"

# Datums without a public accurate transform to CGCS2000, by the names in EPSG and ESRI texts and by ellipsoid.
_XIAN_80 = re.compile(r"xian.?1980|xi'?an.?80|iag.?(?:19)?75|西安", re.IGNORECASE)
_BEIJING_54 = re.compile(r"beijing|krass?ow?v?sky|北京", re.IGNORECASE)
_XIAN_AXIS = 6378140.0
_BEIJING_AXIS = 6378245.0
_ACCEPTED_DATUM = re.compile(
    r"cgcs.?2000|china.?2000|china.geodetic|国家2000|2000国家|wgs.?(?:19)?84|world.geodetic", re.IGNORECASE
)


class Grid:
    """One way to take a file's numbers: a CRS, and whether the second ordinate is written first."""

    __slots__ = ("crs", "label", "swapped")

    def __init__(self, crs: pyproj.CRS, *, swapped: bool = False) -> None:
        self.crs = crs
        self.swapped = swapped
        self.label = label_of(crs)

    def to_lon_lat(self, xy: FloatArray) -> FloatArray:
        """Points (n, 2) in the file's order to EPSG:4490 lon, lat; what cannot be placed becomes infinite.

        WGS 84 is taken for CGCS2000: the two agree within centimetres to decimetres here.
        """
        points = xy[:, ::-1] if self.swapped else xy
        if self.crs.is_geographic:
            return np.ascontiguousarray(points)
        x, y = _to_geographic(self.crs.to_wkt()).transform(points[:, 0], points[:, 1], errcheck=False)
        return np.column_stack([x, y])


def read_crs(declared: str | None) -> pyproj.CRS | None:
    """The CRS that a file declares, or None where it declares nothing that PROJ knows.

    Raises `InvalidInput`: ``crs-old-datum`` for Xi'an 80 and Beijing 54, ``crs-unsupported`` for a datum that
    is neither CGCS2000 nor WGS 84.
    """
    if not declared or not declared.strip():
        return None
    _refuse_old_datum(declared)
    try:
        crs = pyproj.CRS.from_user_input(declared)
    except CRSError:
        return None
    if crs.geodetic_crs is None:  # a local or engineering system says nothing
        return None
    _refuse_old_datum(" ".join(_names(crs)), crs.ellipsoid.semi_major_metre if crs.ellipsoid else None)
    if not _ACCEPTED_DATUM.search(" ".join(_names(crs))):
        raise InvalidInput(
            f"坐标系“{crs.name}”的基准不是CGCS2000（国家2000），请先转换到EPSG:4490或4547",
            code="crs-unsupported",
        )
    return crs


def label_of(crs: pyproj.CRS) -> str:
    """A CRS as notes call it."""
    number = crs.to_epsg(min_confidence=20)
    return f"{crs.name}（EPSG:{number}）" if number else str(crs.name)


def likely_grids(xy: FloatArray, frame: CountyFrame) -> list[Grid]:
    """Ways to take numbers of which nothing is declared, likeliest first.

    Degrees; else the county's 3-degree zone without and with zone prefix, its neighbours, the 6-degree zones
    and web Mercator, each also with the axes swapped (surveyors write the northing first).
    """
    if len(xy) and np.nanmax(np.abs(xy)) <= 180:
        codes = [4490]
    else:
        centre = central_meridian(frame.measure_srid)
        codes = [code for meridian in (centre, centre - 3, centre + 3) for code in _zone_codes(meridian)]
        codes.append(3857)
    return [Grid(_crs(code), swapped=swapped) for swapped in (False, True) for code in codes]


def central_meridian(srid: int) -> int:
    """Central meridian in degrees of a Gauss-Krüger zone."""
    operation = _crs(srid).coordinate_operation
    values = {parameter.name: parameter.value for parameter in operation.params} if operation else {}
    return round(float(values["Longitude of natural origin"]))


def to_zone(geometry: Any, srid: int, *, back: bool = False) -> Any:
    """Geometries in EPSG:4490 to metres (x east, y north) of a Gauss-Krüger zone, or back."""
    ends = (f"EPSG:{srid}", CGCS2000) if back else (CGCS2000, f"EPSG:{srid}")
    transformer = _between(*ends)
    return shapely.transform(geometry, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1])))


def place(geometry: ObjectArray, grid: Grid) -> ObjectArray:
    """Geometries in the file's numbers to EPSG:4490."""
    if grid.crs.is_geographic and not grid.swapped:
        return geometry
    moved: ObjectArray = shapely.transform(geometry, grid.to_lon_lat)
    return moved


def _zone_codes(meridian: int) -> list[int]:
    # EPSG 4534-4554 are the 3-degree zones of CGCS2000 without prefix, 4513-4533 with it, 4491-4501 the
    # 6-degree zones with prefix (without it they are the 3-degree ones of the same meridian).
    codes = [4534 + (meridian - 75) // 3, 4513 + (meridian - 75) // 3]
    if meridian % 6 == 3:
        codes.append(4491 + (meridian - 75) // 6)
    return codes


@lru_cache(maxsize=64)
def _crs(code: int) -> pyproj.CRS:
    return pyproj.CRS.from_epsg(code)


@lru_cache(maxsize=64)
def _between(source: str, target: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(source, target, always_xy=True)


@lru_cache(maxsize=64)
def _to_geographic(wkt: str) -> pyproj.Transformer:
    crs = pyproj.CRS.from_wkt(wkt)
    return pyproj.Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)


def _names(crs: pyproj.CRS) -> list[str]:
    parts = (crs, crs.geodetic_crs, crs.datum, crs.ellipsoid)
    return [str(part.name) for part in parts if part is not None]


def _refuse_old_datum(text: str, axis: float | None = None) -> None:
    if _XIAN_80.search(text) or axis == _XIAN_AXIS:
        old = "西安80"
    elif _BEIJING_54.search(text) or axis == _BEIJING_AXIS:
        old = "北京54"
    else:
        return
    raise InvalidInput(
        f"图层是{old}坐标系：它到CGCS2000没有公开的精确转换参数，硬转会差几十米。"
        "请由测绘或自然资源部门转换到CGCS2000（EPSG:4490或4547）后再导入",
        code="crs-old-datum",
    )
