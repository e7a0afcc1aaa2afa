"""Parcels, buildings, lanes, construction plans, existing addresses: whole layers in, single facts out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from sqlalchemy import Connection, text

from address_service.model.buildings import BuildingUse
from address_service.store.bulk import copy_rows, driver_connection
from address_service.store.ids import new_id
from address_service.store.layer_upsert import (
    Features,
    LayerTable,
    LayerUpsert,
    ObjectArray,
    Progress,
    Upserted,
    own_sql,
    spelled_row,
)
from address_service.store.tables.land import building, construction_plan, existing_address, parcel
from address_service.store.tables.places import lane

PARCELS = LayerTable("parcels", parcel, "parcel_code")
BUILDINGS = LayerTable("buildings", building, "building_code")
PLANS = LayerTable("plans", construction_plan, "plan_no")
LANES = LayerTable("lanes", lane, "feature_key")
EXISTING = LayerTable("addresses", existing_address, "building_id")


@dataclass(frozen=True, slots=True)
class BuildingRef:
    """A building as other layers point at it; ``place_id`` is what it belongs to on the day asked for."""

    id: UUID
    building_code: str
    parcel_code: str | None
    division_id: UUID | None
    use: BuildingUse
    place_id: UUID | None
    is_addressed: bool


@dataclass(frozen=True, slots=True)
class LaneRows:
    """Lanes in parallel: ``keys`` is a hash of the line, ``geometry`` LineStrings in EPSG:4490."""

    keys: Sequence[UUID]
    names: Sequence[str]
    division_ids: Sequence[UUID | None]
    geometry: ObjectArray


_BUILDINGS = """
SELECT b.id, b.building_code, p.parcel_code, b.division_id, b.use, m.place_id,
       EXISTS (SELECT FROM address_building a WHERE a.county_code = b.county_code AND a.building_id = b.id
               AND upper_inf(a.recorded) AND upper_inf(a.valid)) AS is_addressed
FROM building b
LEFT JOIN parcel p ON p.county_code = b.county_code AND p.id = b.parcel_id
LEFT JOIN membership m ON m.county_code = b.county_code AND m.building_id = b.id AND upper_inf(m.recorded)
    AND m.valid @> CAST(:on AS date)
WHERE b.county_code = :county AND {} ORDER BY b.building_code
"""

# A construction plan lies where its place does. A village that has ended is still whose feature it was.
_RECORDED = """
SELECT t.{key}::text, d.code_nbs FROM {table} t
CROSS JOIN LATERAL (SELECT {division} AS division_id) own
LEFT JOIN LATERAL (
    SELECT v.code_nbs FROM division_version v
    WHERE v.county_code = t.county_code AND v.division_id = own.division_id AND upper_inf(v.recorded)
    ORDER BY v.valid DESC LIMIT 1
) d ON true
WHERE t.county_code = %s AND t.{key}::text = ANY(%s)
"""
_OF_PLACE = """(SELECT v.division_id FROM place_version v
    WHERE v.county_code = t.county_code AND v.place_id = t.place_id AND upper_inf(v.recorded)
    ORDER BY v.valid DESC LIMIT 1)"""

_LOCATE = """
WITH found AS MATERIALIZED (
    SELECT t.id, v.division_id FROM {table} t
    CROSS JOIN LATERAL (
        SELECT v.division_id FROM division_version v
        WHERE v.county_code = t.county_code AND v.level = 'village' AND upper_inf(v.recorded)
          AND v.valid @> CAST(:on AS date) AND ST_Intersects(v.boundary, ST_PointOnSurface(t.geom))
        ORDER BY v.code_nbs LIMIT 1
    ) v
    WHERE t.county_code = :county AND t.division_id IS NULL
), before AS (
    INSERT INTO layer_history (county_code, layer, feature_id, row, replaced_at, import_id)
    SELECT r.county_code, :layer, r.id, to_jsonb(r), :now, :import_id
    FROM (SELECT {row} FROM {table} t JOIN found f ON f.id = t.id WHERE t.county_code = :county) r
)
UPDATE {table} t SET division_id = f.division_id FROM found f WHERE t.county_code = :county AND t.id = f.id
"""

_RENAME_LANE = """
WITH before AS (
    INSERT INTO layer_history (county_code, layer, feature_id, row, replaced_at, import_id)
    SELECT r.county_code, :layer, r.id, to_jsonb(r), :now, :import_id
    FROM (SELECT {row} FROM lane t WHERE t.county_code = :county AND t.feature_key = :key) r
)
UPDATE lane SET name = :name, division_id = :division, import_id = :import_id
WHERE county_code = :county AND feature_key = :key
"""


class LayerRepository:
    """The layers of one county."""

    def __init__(self, conn: Connection, county_code: str) -> None:
        """Bind to a transaction and a tenant."""
        self._conn = conn
        self._county = county_code

    def upsert(
        self,
        target: LayerTable,
        features: Features,
        import_id: UUID,
        now: datetime,
        progress: Progress | None = None,
    ) -> Upserted:
        """Bring a layer to what a file says of it; features the file does not name stay as they are."""
        return LayerUpsert(self._conn, self._county, target, features, import_id).run(now, progress)

    def upsert_existing(self, features: Features, import_id: UUID, now: datetime) -> Upserted:
        """Bring the numbers that houses carry to what a file says; houses may hand theirs on to each other."""
        constraint = "existing_address_number_once"
        self._conn.execute(text(f"SET CONSTRAINTS {constraint} DEFERRED"))
        done = self.upsert(EXISTING, features, import_id, now)
        self._conn.execute(text(f"SET CONSTRAINTS {constraint} IMMEDIATE"))
        return done

    def upsert_lanes(self, rows: LaneRows, import_id: UUID, now: datetime) -> list[bool]:
        """Write lanes that are new or have another name or village; True for those, in order.

        What a lane was before goes to `layer_history`. A line that stands twice is one lane, and the
        first of them counts.
        """
        known = self._lanes(rows.keys)
        fresh: dict[UUID, int] = {}
        written = []
        for i, key in enumerate(rows.keys):
            facts = (rows.names[i], rows.division_ids[i])
            is_first = key not in known and key not in fresh
            differs = key in known and known[key] != facts
            if is_first:
                fresh[key] = i
            elif differs:
                self._rename_lane(key, facts, import_id, now)
                known[key] = facts
            written.append(is_first or differs)
        encoded = shapely.to_wkb(shapely.set_srid(rows.geometry, 4490), hex=True, include_srid=True)
        columns = ("county_code", "id", "name", "division_id", "geom", "feature_key", "import_id")
        values = (
            (self._county, new_id(), rows.names[i], rows.division_ids[i], encoded[i], key, import_id)
            for key, i in fresh.items()
        )
        copy_rows(self._conn, lane, columns, values)
        return written

    def parcel_ids(self, codes: Collection[str]) -> dict[str, str]:
        """Ids of parcels, as text, by code."""
        query = "SELECT parcel_code, id::text FROM parcel WHERE county_code = %s AND parcel_code = ANY(%s)"
        with driver_connection(self._conn).cursor() as cursor:
            return dict(cursor.execute(query, (self._county, list(codes))).fetchall())

    def parcel_villages(self, codes: Collection[str]) -> dict[str, UUID | None]:
        """The villages that parcels lie in, by parcel code; None for one that lies in none."""
        query = "SELECT parcel_code, division_id FROM parcel WHERE county_code = %s AND parcel_code = ANY(%s)"
        with driver_connection(self._conn).cursor() as cursor:
            return dict(cursor.execute(query, (self._county, list(codes))).fetchall())

    def recorded_villages(self, target: LayerTable, keys: Collection[str]) -> dict[str, str | None]:
        """Codes of the villages that features are recorded in, by key; those that are not on record are left out."""
        division = "t.division_id" if "division_id" in target.table.c else _OF_PLACE
        query = _RECORDED.format(key=target.key, table=target.table.fullname, division=division)
        with driver_connection(self._conn).cursor() as cursor:
            return dict(cursor.execute(own_sql(query), (self._county, list(keys))).fetchall())

    def addressed_divisions(self, codes: Collection[str]) -> dict[str, str | None]:
        """The villages, ids as text, that houses with an address are recorded in, by building code."""
        query = """
            SELECT b.building_code, b.division_id::text FROM building b
            WHERE b.county_code = %s AND b.building_code = ANY(%s)
              AND EXISTS (SELECT FROM address_building a WHERE a.county_code = b.county_code AND a.building_id = b.id
                          AND upper_inf(a.recorded) AND upper_inf(a.valid))
        """
        with driver_connection(self._conn).cursor() as cursor:
            return dict(cursor.execute(query, (self._county, list(codes))).fetchall())

    def buildings_by_code(self, codes: Collection[str], on: date) -> dict[str, BuildingRef]:
        """Buildings by code."""
        return {
            b.building_code: b
            for b in self._buildings("b.building_code = ANY(:codes)", on, codes=list(codes))
        }

    def buildings_by_id(self, ids: Collection[UUID], on: date) -> list[BuildingRef]:
        """Buildings by id."""
        return self._buildings("b.id = ANY(:ids)", on, ids=list(ids))

    def buildings_by_parcel(self, codes: Collection[str], on: date) -> dict[str, list[BuildingRef]]:
        """Buildings on parcels, by parcel code."""
        found: dict[str, list[BuildingRef]] = {}
        for ref in self._buildings("p.parcel_code = ANY(:codes)", on, codes=list(codes)):
            found.setdefault(ref.parcel_code or "", []).append(ref)
        return found

    def locate_missing(self, on: date, import_id: UUID, now: datetime) -> int:
        """Find the village of parcels, buildings and lanes that had none for want of a boundary; says how many."""
        args = {"county": self._county, "on": on, "import_id": import_id, "now": now}
        found = 0
        for target in (PARCELS, BUILDINGS, LANES):
            statement = text(_LOCATE.format(table=target.table.name, row=spelled_row(target.table)))
            found += self._conn.execute(statement, {**args, "layer": target.layer}).rowcount
        return found

    def count(self, target: LayerTable) -> int:
        """How many features a layer has."""
        query = text(f"SELECT count(*) FROM {target.table.name} WHERE county_code = :county")  # noqa: S608
        return int(self._conn.execute(query, {"county": self._county}).scalar_one())

    def shapes(self, target: LayerTable) -> tuple[list[str], ObjectArray]:
        """Codes and geometries (EPSG:4490) of a whole layer."""
        query = (
            f"SELECT {target.key}, ST_AsBinary(geom) FROM {target.table.name}"  # noqa: S608
            " WHERE county_code = %s"
        )
        with driver_connection(self._conn).cursor(binary=True) as cursor:
            rows = cursor.execute(own_sql(query), (self._county,)).fetchall()
        encoded = np.empty(len(rows), dtype=object)
        encoded[:] = [wkb for _, wkb in rows]
        return [code for code, _ in rows], shapely.from_wkb(encoded)

    def _buildings(self, where: str, on: date, **args: Any) -> list[BuildingRef]:
        rows = self._conn.execute(text(_BUILDINGS.format(where)), {"county": self._county, "on": on, **args})
        return [BuildingRef(**{**row, "use": BuildingUse(row["use"])}) for row in rows.mappings()]

    def _lanes(self, keys: Sequence[UUID]) -> dict[UUID, tuple[str, UUID | None]]:
        query = text(
            "SELECT feature_key, name, division_id FROM lane WHERE county_code = :county AND feature_key = ANY(:keys)"
        )
        rows = self._conn.execute(query, {"county": self._county, "keys": list(keys)})
        return {r.feature_key: (r.name, r.division_id) for r in rows}

    def _rename_lane(self, key: UUID, facts: tuple[str, UUID | None], import_id: UUID, now: datetime) -> None:
        args = {"county": self._county, "key": key, "import_id": import_id, "now": now, "layer": LANES.layer}
        statement = text(_RENAME_LANE.format(row=spelled_row(lane)))
        self._conn.execute(statement, {**args, "name": facts[0], "division": facts[1]})
