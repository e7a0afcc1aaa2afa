"""Topology report: villages that overlap or gape, parcels across a boundary, houses in no village."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import shapely

from address_service.gis.coordinates import to_zone
from address_service.gis.layer_read import BoolArray, FloatArray, IntArray, ObjectArray, object_array

_MIN_AREA_M2 = 1.0
_SLIT_M = 2.0
_TOUCH_M = 0.5


class TopologyKind(StrEnum):
    """What a finding is about."""

    VILLAGE_OVERLAP = "village-overlap"
    VILLAGE_GAP = "village-gap"
    PARCEL_OVERLAP = "parcel-overlap"
    PARCEL_CROSSES_BOUNDARY = "parcel-crosses-boundary"
    PARCEL_OUTSIDE = "parcel-outside"
    BUILDING_OUTSIDE = "building-outside"


@dataclass(frozen=True, slots=True)
class Features:
    """Geometries in EPSG:4490 with the keys they are known by, in parallel."""

    keys: Sequence[Hashable]
    geometry: ObjectArray


@dataclass(frozen=True, slots=True)
class TopologyFinding:
    """One thing to look at.

    ``keys`` names the features concerned (for parcels and buildings theirs first, then the villages);
    ``measure`` is an area in ``m²`` or a distance in ``m``, by ``unit``; ``lon, lat`` where to look.
    """

    kind: TopologyKind
    keys: tuple[Hashable, ...]
    measure: float
    unit: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class TopologyReport:
    """The findings, largest first within their kind, and the villages' areas in hectares (flat, in the zone)."""

    findings: tuple[TopologyFinding, ...]
    hectares: dict[Hashable, float]

    @property
    def total_hectares(self) -> float:
        """Sum of the village areas."""
        return sum(self.hectares.values())


@dataclass(frozen=True, slots=True)
class _Spot:
    """A finding in metres, before its place is turned into lon, lat."""

    kind: TopologyKind
    keys: tuple[Hashable, ...]
    measure: float
    unit: str
    where: shapely.Geometry


def topology_report(
    boundaries: Features,
    parcels: Features | None = None,
    buildings: Features | None = None,
    measure_srid: int = 4547,
) -> TopologyReport:
    """Check villages against each other, and parcels and buildings against the villages.

    Areas below 1 m² and slits wider than 4 m that open outwards are not findings.
    """
    villages = _in_zone(boundaries, measure_srid)
    spots = [*_village_overlaps(villages), *_village_gaps(villages)]
    if parcels is not None:
        plots = _in_zone(parcels, measure_srid)
        spots += [*_parcel_overlaps(plots), *_parcels_across(plots, villages)]
    if buildings is not None:
        spots += _buildings_outside(_in_zone(buildings, measure_srid), villages)
    hectares = dict(zip(villages.keys, (shapely.area(villages.geometry) / 10_000).tolist(), strict=True))
    return TopologyReport(_findings(spots, measure_srid), hectares)


def _in_zone(features: Features, srid: int) -> Features:
    return Features(features.keys, to_zone(features.geometry, srid))


def _findings(spots: list[_Spot], srid: int) -> tuple[TopologyFinding, ...]:
    if not spots:
        return ()
    points = shapely.point_on_surface(object_array([spot.where for spot in spots]))
    lon_lat = shapely.get_coordinates(to_zone(points, srid, back=True))
    found = [
        TopologyFinding(spot.kind, spot.keys, spot.measure, spot.unit, float(lon), float(lat))
        for spot, (lon, lat) in zip(spots, lon_lat, strict=True)
    ]
    order = list(TopologyKind)
    return tuple(sorted(found, key=lambda finding: (order.index(finding.kind), -finding.measure)))


def _village_overlaps(villages: Features) -> list[_Spot]:
    return _overlaps(villages, TopologyKind.VILLAGE_OVERLAP)


def _parcel_overlaps(parcels: Features) -> list[_Spot]:
    return _overlaps(parcels, TopologyKind.PARCEL_OVERLAP)


def _overlaps(features: Features, kind: TopologyKind) -> list[_Spot]:
    geometry = features.geometry
    left, right = shapely.STRtree(geometry).query(geometry, predicate="intersects")
    once = left < right
    left, right = left[once], right[once]
    touching = shapely.touches(geometry[left], geometry[right])
    left, right = left[~touching], right[~touching]
    shared = shapely.intersection(geometry[left], geometry[right])
    areas = shapely.area(shared)
    return [
        _Spot(kind, (features.keys[left[i]], features.keys[right[i]]), float(areas[i]), "m²", shared[i])
        for i in np.flatnonzero(areas > _MIN_AREA_M2)
    ]


def _village_gaps(villages: Features) -> list[_Spot]:
    union = shapely.union_all(villages.geometry)
    # Closing (out and back in again) fills slits that open outwards; mitred corners come back as they were.
    closed = shapely.buffer(shapely.buffer(union, _SLIT_M, join_style="mitre"), -_SLIT_M, join_style="mitre")
    filled = shapely.polygons(shapely.get_exterior_ring(shapely.get_parts(closed)))
    gaps = shapely.get_parts(shapely.difference(shapely.union_all(filled), union))
    gaps = gaps[
        (shapely.get_type_id(gaps) == shapely.GeometryType.POLYGON) & (shapely.area(gaps) > _MIN_AREA_M2)
    ]
    tree = shapely.STRtree(villages.geometry)
    spots = []
    for gap in gaps:
        beside = tree.query(gap, predicate="dwithin", distance=_TOUCH_M)
        keys = tuple(villages.keys[i] for i in np.sort(beside))
        spots.append(_Spot(TopologyKind.VILLAGE_GAP, keys, float(shapely.area(gap)), "m²", gap))
    return spots


def _parcels_across(parcels: Features, villages: Features) -> list[_Spot]:
    """Parcels that no village covers: across a boundary, or partly or wholly in none."""
    tree = shapely.STRtree(villages.geometry)
    covered = np.zeros(len(parcels.geometry), dtype=bool)
    covered[tree.query(parcels.geometry, predicate="covered_by")[0]] = True
    rows = np.flatnonzero(~covered)
    plots = parcels.geometry[rows]
    index, village = tree.query(plots, predicate="intersects")
    shared = shapely.area(shapely.intersection(plots[index], villages.geometry[village]))
    spots = []
    for i, row in enumerate(rows):
        mine = index == i
        spots += _parcel_spots(parcels, int(row), villages, village[mine], shared[mine])
    return spots


def _parcel_spots(
    parcels: Features, row: int, villages: Features, village: IntArray, shared: FloatArray
) -> list[_Spot]:
    plot = parcels.geometry[row]
    real: BoolArray = shared > _MIN_AREA_M2
    order = village[real][np.argsort(-shared[real])]
    keys = (parcels.keys[row], *(villages.keys[i] for i in order))
    spots = []
    if real.sum() > 1:
        smaller = float(shared[real].sum() - shared[real].max())
        spots.append(_Spot(TopologyKind.PARCEL_CROSSES_BOUNDARY, keys, smaller, "m²", plot))
    outside = float(shapely.area(plot) - shared.sum())
    if outside > _MIN_AREA_M2:
        spots.append(_Spot(TopologyKind.PARCEL_OUTSIDE, keys, outside, "m²", plot))
    return spots


def _buildings_outside(buildings: Features, villages: Features) -> list[_Spot]:
    tree = shapely.STRtree(villages.geometry)
    points = shapely.point_on_surface(buildings.geometry)
    inside = np.zeros(len(points), dtype=bool)
    inside[tree.query(points, predicate="intersects")[0]] = True
    rows = np.flatnonzero(~inside)
    if not len(rows):
        return []
    (index, nearest), metres = tree.query_nearest(points[rows], return_distance=True, all_matches=False)
    return [
        _Spot(
            TopologyKind.BUILDING_OUTSIDE,
            (buildings.keys[rows[i]], villages.keys[village]),
            float(distance),
            "m",
            points[rows[i]],
        )
        for i, village, distance in zip(index, nearest, metres, strict=True)
    ]
