"""Pages of the register for lists: plain values, ordered by id, from a cursor on."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

_NAMES_ON = "upper_inf({0}.recorded) AND {0}.valid @> CAST(:on AS date)"

_DIVISIONS = f"""
SELECT d.division_id AS id, d.code_nbs AS code, d.code_mca, d.name, d.level, d.kind, d.urban_rural_class, d.name_state,
       up.code_nbs AS parent_code, lower(d.valid) AS valid_from, upper(d.valid) AS valid_to,
       ST_X(c.point) AS lon, ST_Y(c.point) AS lat,
       CASE WHEN d.boundary IS NOT NULL THEN ARRAY[ST_XMin(d.boundary), ST_YMin(d.boundary), ST_XMax(d.boundary),
            ST_YMax(d.boundary)] END AS bounds
FROM division_version d
LEFT JOIN division_version up ON up.county_code = d.county_code AND up.division_id = d.parent_id
    AND {_NAMES_ON.format("up")}
LEFT JOIN LATERAL (SELECT ST_PointOnSurface(d.boundary) AS point) c ON true
WHERE d.county_code = :county AND upper_inf(d.recorded) AND (d.valid @> CAST(:on AS date)
       OR :include_ended AND upper(d.valid) <= CAST(:on AS date) AND NOT EXISTS (
           SELECT FROM division_version n WHERE n.county_code = d.county_code AND n.division_id = d.division_id
             AND upper_inf(n.recorded) AND n.valid >> d.valid AND lower(n.valid) <= CAST(:on AS date)))
  AND (CAST(:after AS uuid) IS NULL OR d.division_id > :after)
  AND (CAST(:level AS text) IS NULL OR d.level = :level)
  AND (CAST(:parent AS text) IS NULL OR d.code_nbs LIKE :parent || '_%')
ORDER BY d.division_id LIMIT :limit
"""  # noqa: S608

_PLACES = f"""
SELECT p.id, p.kind, v.name, coalesce(o.name, '') || v.name AS display_name, v.name_state,
       v.decree_no, p.code_prefix, d.code_nbs AS village_code, d.name AS village,
       ST_X(c.point) AS lon, ST_Y(c.point) AS lat
FROM place p
JOIN place_version v ON v.county_code = p.county_code AND v.place_id = p.id AND {_NAMES_ON.format("v")}
JOIN division_version d ON d.county_code = v.county_code AND d.division_id = v.division_id AND {_NAMES_ON.format("d")}
LEFT JOIN place_version o ON o.county_code = v.county_code AND o.place_id = v.parent_place_id
    AND {_NAMES_ON.format("o")}
LEFT JOIN LATERAL (SELECT ST_PointOnSurface(v.geom) AS point) c ON true
WHERE p.county_code = :county AND (CAST(:after AS uuid) IS NULL OR p.id > :after)
  AND (CAST(:village AS text) IS NULL OR d.code_nbs LIKE :village || '%')
  AND (CAST(:kind AS text) IS NULL OR p.kind = :kind)
  AND (CAST(:name AS text) IS NULL OR v.name = :name)
  AND (CAST(:id AS uuid) IS NULL OR p.id = :id)
ORDER BY p.id LIMIT :limit
"""  # noqa: S608

_PARCELS = f"""
SELECT p.id, p.parcel_code, p.real_estate_unit_code, p.use, p.location_text, d.code_nbs AS village_code,
       ST_X(c.point) AS lon, ST_Y(c.point) AS lat
FROM parcel p
LEFT JOIN division_version d ON d.county_code = p.county_code AND d.division_id = p.division_id
    AND {_NAMES_ON.format("d")}
CROSS JOIN LATERAL (SELECT ST_PointOnSurface(p.geom) AS point) c
WHERE p.county_code = :county AND (CAST(:after AS uuid) IS NULL OR p.id > :after)
  AND (CAST(:village AS text) IS NULL OR d.code_nbs LIKE :village || '%')
  AND (CAST(:code AS text) IS NULL OR p.parcel_code = :code)
ORDER BY p.id LIMIT :limit
"""  # noqa: S608

_BUILDINGS = f"""
SELECT b.id, b.building_code, b.use, b.floors, b.units, b.rooms_per_floor, b.name, b.real_estate_unit_code,
       pc.parcel_code, d.code_nbs AS village_code, pv.place_id, pv.name AS place, a.code AS address_code,
       av.full_text, av.stage, ST_X(c.point) AS lon, ST_Y(c.point) AS lat,
       (m.id IS NULL AND b.use <> 'outbuilding') AS unassigned
FROM building b
LEFT JOIN parcel pc ON pc.county_code = b.county_code AND pc.id = b.parcel_id
LEFT JOIN division_version d ON d.county_code = b.county_code AND d.division_id = b.division_id
    AND {_NAMES_ON.format("d")}
LEFT JOIN membership m ON m.county_code = b.county_code AND m.building_id = b.id AND {_NAMES_ON.format("m")}
LEFT JOIN place_version pv ON pv.county_code = m.county_code AND pv.place_id = m.place_id AND {_NAMES_ON.format("pv")}
LEFT JOIN address_building ab ON ab.county_code = b.county_code AND ab.building_id = b.id AND upper_inf(ab.recorded)
    AND upper_inf(ab.valid)
LEFT JOIN address a ON a.county_code = ab.county_code AND a.id = ab.address_id
LEFT JOIN address_version av ON av.county_code = a.county_code AND av.address_id = a.id AND upper_inf(av.recorded)
    AND upper_inf(av.valid)
CROSS JOIN LATERAL (SELECT coalesce(b.gate, ST_PointOnSurface(b.geom)) AS point) c
WHERE b.county_code = :county AND (CAST(:after AS uuid) IS NULL OR b.id > :after)
  AND (CAST(:village AS text) IS NULL OR d.code_nbs LIKE :village || '%')
  AND (CAST(:code AS text) IS NULL OR b.building_code = :code)
  AND (CAST(:id AS uuid) IS NULL OR b.id = :id)
  AND (CAST(:unassigned AS boolean) IS NULL
       OR (m.id IS NULL AND a.id IS NULL AND b.use <> 'outbuilding') = :unassigned)
ORDER BY b.id LIMIT :limit
"""  # noqa: S608

_CONSTRUCTION_PLANS = f"""
SELECT p.id, p.plan_no, p.name, p.kind, v.name AS place, p.place_id, p.side, p.planned_doors, p.purpose, p.holder,
       p.decree_no, p.expires_on, ST_X(c.point) AS lon, ST_Y(c.point) AS lat
FROM construction_plan p
JOIN place_version v ON v.county_code = p.county_code AND v.place_id = p.place_id AND {_NAMES_ON.format("v")}
JOIN division_version d ON d.county_code = v.county_code AND d.division_id = v.division_id AND {_NAMES_ON.format("d")}
CROSS JOIN LATERAL (SELECT ST_PointOnSurface(p.geom) AS point) c
WHERE p.county_code = :county AND (CAST(:after AS uuid) IS NULL OR p.id > :after)
  AND (CAST(:village AS text) IS NULL OR d.code_nbs LIKE :village || '%')
ORDER BY p.id LIMIT :limit
"""  # noqa: S608

# A retired or rejected address stays with the place and the village that it had, ended or not.
_ADDRESSES = """
SELECT a.id, a.code, v.full_text, v.stage, p.kind AS place_kind, pv.name AS place, p.id AS place_id,
       d.code_nbs AS village_code, d.name AS village, v.main, v.sub, v.building_label, v.unit_label, v.floor_label,
       v.room_label, up.code AS door_code, lower(v.valid) AS valid_from, v.decree_no,
       ST_X(v.position) AS lon, ST_Y(v.position) AS lat, b.codes AS building_codes
FROM address a
JOIN address_version v ON v.county_code = a.county_code AND v.address_id = a.id AND upper_inf(v.recorded)
    AND upper_inf(v.valid)
JOIN place p ON p.county_code = v.county_code AND p.id = v.place_id
JOIN LATERAL (
    SELECT x.name FROM place_version x WHERE x.county_code = v.county_code AND x.place_id = v.place_id
      AND upper_inf(x.recorded) AND lower(x.valid) <= CAST(:on AS date) ORDER BY x.valid DESC LIMIT 1
) pv ON true
JOIN LATERAL (
    SELECT x.name, x.code_nbs FROM division_version x WHERE x.county_code = v.county_code
      AND x.division_id = v.division_id AND upper_inf(x.recorded) AND lower(x.valid) <= CAST(:on AS date)
    ORDER BY x.valid DESC LIMIT 1
) d ON true
LEFT JOIN address up ON up.county_code = a.county_code AND up.id = a.parent_id
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(h.building_code ORDER BY h.building_code), '{}') AS codes
    FROM address_building ab JOIN building h ON h.county_code = ab.county_code AND h.id = ab.building_id
    WHERE ab.county_code = a.county_code AND ab.address_id = a.id AND upper_inf(ab.recorded) AND upper_inf(ab.valid)
) b
WHERE a.county_code = :county AND (CAST(:after AS uuid) IS NULL OR a.id > :after)
  AND (CAST(:village AS text) IS NULL OR d.code_nbs LIKE :village || '%')
  AND (CAST(:place AS uuid) IS NULL OR v.place_id = :place)
  AND (CAST(:stage AS text) IS NULL OR v.stage = :stage)
  AND (CAST(:doors_only AS boolean) IS NOT TRUE OR a.parent_id IS NULL)
ORDER BY a.id LIMIT :limit
"""


class Listings:
    """Reads pages as of one day; every page takes ``after`` (the last id seen) and ``limit``."""

    def __init__(self, conn: Connection, county_code: str, on: date) -> None:
        """Bind to a transaction, a tenant and the day on which names are read."""
        self._conn = conn
        self._args: dict[str, Any] = {"county": county_code, "on": on}

    def divisions(
        self,
        after: UUID | None,
        limit: int,
        *,
        level: str | None = None,
        parent: str | None = None,
        include_ended: bool = False,
    ) -> list[dict[str, Any]]:
        """Divisions valid on the day; with ``include_ended`` also the last stretch of each that ended until then."""
        args = {
            "after": after,
            "limit": limit,
            "level": level,
            "parent": parent,
            "include_ended": include_ended,
        }
        return self._rows(_DIVISIONS, args)

    def places(
        self,
        after: UUID | None,
        limit: int,
        *,
        village: str | None = None,
        kind: str | None = None,
        name: str | None = None,
        place_id: UUID | None = None,
    ) -> list[dict[str, Any]]:
        """Places valid on the day."""
        args = {
            "after": after,
            "limit": limit,
            "village": village,
            "kind": kind,
            "name": name,
            "id": place_id,
        }
        return self._rows(_PLACES, args)

    def parcels(
        self, after: UUID | None, limit: int, *, village: str | None = None, code: str | None = None
    ) -> list[dict[str, Any]]:
        """Parcels."""
        return self._rows(_PARCELS, {"after": after, "limit": limit, "village": village, "code": code})

    def buildings(
        self,
        after: UUID | None,
        limit: int,
        *,
        village: str | None = None,
        code: str | None = None,
        building_id: UUID | None = None,
        unassigned: bool | None = None,
    ) -> list[dict[str, Any]]:
        """Buildings with their address; ``unassigned`` are those that no place and no address covers."""
        args = {"after": after, "limit": limit, "village": village, "code": code}
        return self._rows(_BUILDINGS, {**args, "id": building_id, "unassigned": unassigned})

    def construction_plans(
        self, after: UUID | None, limit: int, *, village: str | None = None
    ) -> list[dict[str, Any]]:
        """Construction plans."""
        return self._rows(_CONSTRUCTION_PLANS, {"after": after, "limit": limit, "village": village})

    def addresses(
        self,
        after: UUID | None,
        limit: int,
        *,
        village: str | None = None,
        place_id: UUID | None = None,
        stage: str | None = None,
        doors_only: bool = False,
    ) -> list[dict[str, Any]]:
        """Addresses in their latest version, rooms included unless ``doors_only``."""
        args = {"after": after, "limit": limit, "village": village, "place": place_id}
        return self._rows(_ADDRESSES, {**args, "stage": stage, "doors_only": doors_only})

    def _rows(self, statement: str, args: Mapping[str, Any]) -> list[dict[str, Any]]:
        rows = self._conn.execute(text(statement), {**self._args, **args})
        return [dict(row) for row in rows.mappings()]
