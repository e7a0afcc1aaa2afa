"""Which buildings, parcels and lanes of a village go with the part that is split off."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

import shapely
from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class Part:
    """What leaves ``source``: places, the doors of ``holders``, an area in metres of the zone ``srid``.

    ``undoes`` is the merger, and the village that it ended, whose things go back whatever their place on the map.
    """

    source: UUID
    place_ids: Collection[UUID]
    holders: Collection[UUID]
    shape: shapely.Geometry | None
    srid: int
    undoes: tuple[UUID, UUID] | None = None


def part_ids(conn: Connection, county_code: str, part: Part, subject: str) -> list[UUID]:
    """The buildings, parcels or lanes of a part."""
    plan, village = part.undoes or (None, None)
    args = {
        "county": county_code,
        "source": part.source,
        "places": list(part.place_ids),
        "holders": list(part.holders),
        "shape": shapely.to_wkb(part.shape) if part.shape is not None else None,
        "srid": part.srid,
        "undoes": plan,
        "village": village,
    }
    return list(conn.execute(text(_PART[subject]), args).scalars())


# What a merger took goes back, whatever its place on the map; the rest by its place, else by where it lies.
_TAKEN = """
EXISTS (SELECT FROM division_change_item i WHERE i.county_code = f.county_code AND i.subject_id = f.id
    AND i.plan_id = :undoes AND i.from_division_id = :village)
"""
_TAKEN_OF_OTHERS = """
EXISTS (SELECT FROM division_change_item i WHERE i.county_code = f.county_code AND i.subject_id = f.id
    AND i.plan_id = :undoes AND i.from_division_id <> :village)
"""
_LIES_WITHIN = """
coalesce(ST_Covers(ST_Transform(ST_SetSRID(ST_GeomFromWKB(CAST(:shape AS bytea)), :srid), 4490),
    ST_PointOnSurface(f.geom)), false)
"""

_BUILDING_PART = f"""
WITH home AS (
    SELECT b.building_id, v.place_id, b.address_id FROM address_building b
    JOIN address_version v ON v.county_code = b.county_code AND v.address_id = b.address_id AND upper_inf(v.recorded)
        AND upper_inf(v.valid) AND v.stage IN ('draft', 'current')
    WHERE b.county_code = :county AND upper_inf(b.recorded) AND upper_inf(b.valid)
      AND b.building_id IN (SELECT id FROM building WHERE county_code = :county AND division_id = :source)
    UNION ALL
    SELECT m.building_id, m.place_id, NULL FROM membership m
    WHERE m.county_code = :county AND upper_inf(m.recorded) AND upper_inf(m.valid)
      AND m.building_id IN (SELECT id FROM building WHERE county_code = :county AND division_id = :source)
)
SELECT f.id FROM building f
WHERE f.county_code = :county AND f.division_id = :source AND CASE
    WHEN EXISTS (SELECT FROM home h WHERE h.building_id = f.id
        AND (h.place_id = ANY(:places) OR h.address_id = ANY(:holders))) THEN true
    WHEN EXISTS (SELECT FROM home h WHERE h.building_id = f.id) THEN false
    WHEN {_TAKEN} THEN true WHEN {_TAKEN_OF_OTHERS} THEN false ELSE {_LIES_WITHIN} END
"""  # noqa: S608

_AREA_PART = """
SELECT f.id FROM {table} f
WHERE f.county_code = :county AND f.division_id = :source AND CASE
    WHEN {taken} THEN true WHEN {others} THEN false ELSE {within} END
"""

_PART = {
    "building": _BUILDING_PART,
    "parcel": _AREA_PART.format(table="parcel", taken=_TAKEN, others=_TAKEN_OF_OTHERS, within=_LIES_WITHIN),
    "lane": _AREA_PART.format(table="lane", taken=_TAKEN, others=_TAKEN_OF_OTHERS, within=_LIES_WITHIN),
}
