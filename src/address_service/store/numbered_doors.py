"""Doors of a place as an audit looks at them: number, gate, what they stand on, and who lives behind them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, text

from address_service.model.numbers import DoorNumber
from address_service.model.places import PlaceKind
from address_service.store.surveyed_numbers import LAST_DECISION


@dataclass(frozen=True, slots=True)
class NumberedDoor:
    """A door with a number: of an address (draft or current), else of the survey, whose ``id`` is its building's.

    ``x, y`` are metres of the county's zone. ``dwellings`` counts the houses behind the door that people live in,
    ``courtyards`` the parcels that those stand on; ``on_parcel``: one of its buildings, or the door, lies on one.
    ``is_contested``: the survey found the number on another house too, and nobody decided yet that this one keeps it;
    ``yard_keeps_it``: it is another house of the same courtyard that does.
    """

    id: UUID
    number: DoorNumber
    x: float
    y: float
    lon: float
    lat: float
    code: str | None
    stage: str | None
    full_text: str
    building_ids: tuple[UUID, ...]
    building_codes: tuple[str, ...]
    dwellings: int
    courtyards: int
    on_parcel: bool
    is_contested: bool
    yard_keeps_it: bool

    @property
    def is_surveyed(self) -> bool:
        """Whether only the survey knows the number: no address stands on it."""
        return self.code is None


@dataclass(frozen=True, slots=True)
class AuditedPlace:
    """A place of a village that has numbers."""

    id: UUID
    kind: PlaceKind
    name: str
    village_code: str
    village: str


# Surveyed gates are measured where a numbering plan would measure them: at the point nearest to the street.
_DOORS = f"""
WITH line AS (
    SELECT ST_Transform(geom, :srid) AS geom FROM place_version
    WHERE county_code = :county AND place_id = :place AND upper_inf(recorded) AND valid @> CAST(:on AS date)
      AND :kind = 'street'
), door AS (
    SELECT d.holder_id AS id, d.main, d.sub, a.code, v.stage, v.full_text, v.position AS spot,
           ARRAY(SELECT ab.building_id FROM address_building ab
                 WHERE ab.county_code = d.county_code AND ab.address_id = d.holder_id AND upper_inf(ab.recorded)
                   AND upper_inf(ab.valid)) AS building_ids, false AS is_contested, false AS yard_keeps_it
    FROM door_number d
    JOIN address a ON a.county_code = d.county_code AND a.id = d.holder_id
    JOIN address_version v ON v.county_code = d.county_code AND v.address_id = d.holder_id AND upper_inf(v.recorded)
        AND upper_inf(v.valid)
    WHERE d.county_code = :county AND d.place_id = :place AND d.state = 'issued' AND v.stage IN ('draft', 'current')
    UNION ALL
    SELECT e.building_id, e.main, e.sub, NULL, NULL, e.old_text, g.spot, ARRAY[e.building_id], NOT e.kept,
           EXISTS (SELECT FROM existing_address o
                   JOIN building y ON y.county_code = o.county_code AND y.id = o.building_id
                   WHERE NOT e.kept AND o.county_code = e.county_code AND o.place_id = e.place_id AND o.main = e.main
                     AND o.sub = e.sub AND o.kept AND y.parcel_id = b.parcel_id)
    FROM existing_address e
    JOIN building b ON b.county_code = e.county_code AND b.id = e.building_id
    LEFT JOIN line ON true
    CROSS JOIN LATERAL (SELECT CASE
        WHEN b.gate IS NOT NULL THEN b.gate
        WHEN line.geom IS NOT NULL
            THEN ST_Transform(ST_ClosestPoint(ST_Transform(b.geom, :srid), line.geom), 4490)
        ELSE ST_PointOnSurface(b.geom) END AS spot) g
    WHERE e.county_code = :county AND e.place_id = :place AND (e.kept OR {LAST_DECISION} IS DISTINCT FROM false)
      AND NOT EXISTS (SELECT FROM address_building ab WHERE ab.county_code = e.county_code
                      AND ab.building_id = e.building_id AND upper_inf(ab.recorded) AND upper_inf(ab.valid))
)
SELECT door.*, ST_X(m.p) AS x, ST_Y(m.p) AS y, ST_X(door.spot) AS lon, ST_Y(door.spot) AS lat,
       behind.building_codes, behind.dwellings, behind.courtyards,
       behind.on_parcel OR EXISTS (SELECT FROM parcel p WHERE p.county_code = :county
                                   AND ST_Intersects(p.geom, door.spot)) AS on_parcel
FROM door
CROSS JOIN LATERAL (SELECT ST_Transform(door.spot, :srid) AS p) m
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(b.building_code ORDER BY b.building_code), '{{}}') AS building_codes,
           count(*) FILTER (WHERE b.use IN ('dwelling', 'mixed')) AS dwellings,
           count(DISTINCT coalesce(b.parcel_id, b.id)) FILTER (WHERE b.use IN ('dwelling', 'mixed')) AS courtyards,
           coalesce(bool_or(b.parcel_id IS NOT NULL OR EXISTS (
               SELECT FROM parcel p WHERE p.county_code = b.county_code AND ST_Intersects(p.geom, b.geom))), false)
               AS on_parcel
    FROM building b WHERE b.county_code = :county AND b.id = ANY(door.building_ids)
) behind
ORDER BY door.main, door.sub, door.id
"""  # noqa: S608

_BOUNDARY = """
SELECT ST_AsBinary(ST_Transform(boundary, :srid)) FROM division_version
WHERE county_code = :county AND division_id = :division AND upper_inf(recorded) AND valid @> CAST(:on AS date)
  AND boundary IS NOT NULL
"""

_PLACES = """
SELECT p.id, p.kind, v.name, d.code_nbs AS village_code, d.name AS village
FROM place p
JOIN place_version v ON v.county_code = p.county_code AND v.place_id = p.id AND upper_inf(v.recorded)
    AND v.valid @> CAST(:on AS date)
JOIN division_version d ON d.county_code = v.county_code AND d.division_id = v.division_id AND upper_inf(d.recorded)
    AND d.valid @> CAST(:on AS date)
WHERE p.county_code = :county AND d.code_nbs = :village
  AND (EXISTS (SELECT FROM door_number n WHERE n.county_code = p.county_code AND n.place_id = p.id
               AND n.state = 'issued')
    OR EXISTS (SELECT FROM existing_address e WHERE e.county_code = p.county_code AND e.place_id = p.id))
ORDER BY p.code_prefix
"""


class AuditInputs:
    """Reads for one place on one day, in metres of the zone ``srid``; writes nothing."""

    def __init__(self, conn: Connection, county_code: str, srid: int, on: date) -> None:
        """Bind to a county and a day."""
        self._conn = conn
        self._args: dict[str, Any] = {"county": county_code, "srid": srid, "on": on}

    def doors(self, place_id: UUID, kind: PlaceKind) -> list[NumberedDoor]:
        """Every door of the place that carries a number, by number."""
        rows = self._conn.execute(text(_DOORS), {**self._args, "place": place_id, "kind": str(kind)})
        return [_door(row) for row in rows.mappings()]

    def boundary(self, division_id: UUID) -> BaseGeometry | None:
        """The village's boundary, or None when no layer gave it."""
        found = self._conn.execute(text(_BOUNDARY), {**self._args, "division": division_id}).scalar()
        return shapely.from_wkb(bytes(found)) if found is not None else None

    def has_parcels(self, division_id: UUID) -> bool:
        """Whether parcels of the village were loaded at all."""
        query = "SELECT EXISTS (SELECT FROM parcel WHERE county_code = :county AND division_id = :division)"
        return bool(self._conn.execute(text(query), {**self._args, "division": division_id}).scalar())

    def degrees(self, points: list[tuple[float, float]]) -> list[tuple[float, float]]:
        """Points in metres as lon and lat of EPSG:4490, in order."""
        query = """
            SELECT ST_X(p.geom), ST_Y(p.geom)
            FROM unnest(CAST(:xs AS float8[]), CAST(:ys AS float8[])) WITH ORDINALITY AS t(x, y, n)
            CROSS JOIN LATERAL (SELECT ST_Transform(ST_SetSRID(ST_Point(t.x, t.y), :srid), 4490) AS geom) p ORDER BY t.n
        """
        args = {**self._args, "xs": [x for x, _ in points], "ys": [y for _, y in points]}
        return [(lon, lat) for lon, lat in self._conn.execute(text(query), args)]


def places_with_numbers(
    conn: Connection, county_code: str, village_code: str, on: date
) -> list[AuditedPlace]:
    """Places of a village that have numbers, issued or surveyed, in the order of their codes."""
    args = {"county": county_code, "village": village_code, "on": on}
    rows = conn.execute(text(_PLACES), args).mappings()
    return [AuditedPlace(**{**row, "kind": PlaceKind(row["kind"])}) for row in rows]


def _door(row: Mapping[Any, Any]) -> NumberedDoor:
    values = {name: row[name] for name in NumberedDoor.__dataclass_fields__ if name != "number"}
    lists = {name: tuple(row[name]) for name in ("building_ids", "building_codes")}
    return NumberedDoor(
        **{**values, **lists, "full_text": row["full_text"] or ""}, number=DoorNumber(row["main"], row["sub"])
    )
