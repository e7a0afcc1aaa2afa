"""Gates (大门) given as two columns of degrees: in the county, and beside their building."""

from dataclasses import dataclass

import numpy as np
import shapely

from address_service.gis.coordinates import to_zone
from address_service.gis.layer_read import BoolArray, CountyFrame, FloatArray, IntArray, ObjectArray, is_none

MAX_DISTANCE_M = 200.0
"""A gate farther than this from its building belongs to another one, or is mistyped."""


@dataclass(frozen=True, slots=True)
class GateProblem:
    """A row whose gate cannot be taken; ``field`` is canonical."""

    row: int
    field: str
    code: str
    message: str
    value: object


def check_gates(
    lon: ObjectArray, lat: ObjectArray, buildings: ObjectArray, frame: CountyFrame
) -> tuple[list[GateProblem], bool]:
    """Problems of the gates, and whether the two columns were exchanged (which is put right in place).

    Columns are degrees or None, in parallel with buildings in EPSG:4490. Codes: ``gate-incomplete``,
    ``gate-off-county``, ``gate-far``.
    """
    given_lon, given_lat = ~is_none(lon), ~is_none(lat)
    half = np.flatnonzero(given_lon != given_lat)
    problems = [
        GateProblem(
            int(row),
            "gate_lat" if given_lon[row] else "gate_lon",
            "gate-incomplete",
            "大门的经纬度缺一半",
            "",
        )
        for row in half
    ]
    rows = np.flatnonzero(given_lon & given_lat)
    if not len(rows):
        return problems, False
    exchanged = _exchanged(lon, lat, rows, frame)
    if exchanged:
        lon[rows], lat[rows] = lat[rows].copy(), lon[rows].copy()
    points = np.column_stack([lon[rows], lat[rows]]).astype(float)
    off = ~_inside(points, frame)
    near = rows[~off]
    gates = to_zone(shapely.points(points[~off]), frame.measure_srid)
    far = near[shapely.distance(gates, to_zone(buildings[near], frame.measure_srid)) > MAX_DISTANCE_M]
    for found, code, message in (
        (rows[off], "gate-off-county", "大门落在本县范围之外"),
        (far, "gate-far", f"大门离建筑物超过{MAX_DISTANCE_M:g}米"),
    ):
        problems += [
            GateProblem(int(row), "gate_lon", code, message, f"{lon[row]}, {lat[row]}") for row in found
        ]
    return problems, exchanged


def _exchanged(lon: ObjectArray, lat: ObjectArray, rows: IntArray, frame: CountyFrame) -> bool:
    points = np.column_stack([lon[rows], lat[rows]]).astype(float)
    return bool(_inside(points[:, ::-1], frame).sum() > _inside(points, frame).sum())


def _inside(points: FloatArray, frame: CountyFrame) -> BoolArray:
    shapely.prepare(frame.extent)
    inside: BoolArray = shapely.contains_xy(frame.extent, points[:, 0], points[:, 1])
    return inside
