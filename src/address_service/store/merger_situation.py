"""How villages stand before a merger or split: names, boundaries, places, addresses and all that hangs on them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import shapely
from sqlalchemy import Connection, text

from address_service.coding.full_text import SubStyle, TextStyle
from address_service.coding.merger.collisions import MergerPlace
from address_service.model.addresses import Stage
from address_service.model.numbers import DoorNumber
from address_service.model.places import PlaceKind
from address_service.store.merger_hangers import MergerHangers
from address_service.store.merger_obstacles import MergerObstacles


@dataclass(frozen=True, slots=True)
class VillageNow:
    """A village as it stands; ``shape`` in metres of the zone, ``boundary`` as GeoJSON text in EPSG:4490."""

    id: UUID
    code: str
    name: str
    kind: str
    town_id: UUID
    town: str
    since: date
    shape: shapely.Geometry | None
    boundary: str | None


@dataclass(frozen=True, slots=True)
class AddressNow:
    """A live address; ``style`` is how its door's number is written."""

    id: UUID
    code: str
    parent_id: UUID | None
    stage: Stage
    place_id: UUID
    division_id: UUID
    number: DoorNumber
    labels: tuple[str, str, str, str]
    full_text: str
    style: TextStyle


@dataclass(frozen=True, slots=True)
class PlateNow:
    """A plate on order, made or on the wall, with what it shows."""

    address_id: UUID
    profile: str
    name_text: str


@dataclass(frozen=True, slots=True)
class CountyWords:
    """The names that stand before every text of the county."""

    name: str
    prefecture: str
    province: str
    postcode: str
    srid: int


class MergerReader:
    """Reads of one county, a handful of statements however many addresses there are; writes nothing."""

    def __init__(self, conn: Connection, county_code: str) -> None:
        """Bind to a transaction and a tenant."""
        self._conn = conn
        self._county = county_code
        self.hangers = MergerHangers(conn, county_code)
        self.obstacles = MergerObstacles(conn, county_code)

    def county(self) -> CountyWords:
        """The county's names and its zone."""
        return CountyWords(*self._conn.execute(text(_COUNTY), {"county": self._county}).one())

    def villages(self, ids: Collection[UUID], on: date, srid: int) -> dict[UUID, VillageNow]:
        """Villages that are there on a day and go on from it, by id."""
        args = {"county": self._county, "ids": list(ids), "on": on, "srid": srid}
        rows = self._conn.execute(text(_VILLAGES), args)
        return {
            r.division_id: VillageNow(
                r.division_id,
                r.code_nbs,
                r.name,
                r.kind,
                r.parent_id,
                r.town,
                r.since,
                shapely.from_wkb(bytes(r.shape)) if r.shape else None,
                r.boundary,
            )
            for r in rows
        }

    def boundary_before(
        self, division_id: UUID, on: date, srid: int
    ) -> tuple[shapely.Geometry | None, str | None]:
        """The last boundary that a village had before a day, in metres and as GeoJSON."""
        args = {"county": self._county, "id": division_id, "on": on, "srid": srid}
        row = self._conn.execute(text(_BOUNDARY_BEFORE), args).first()
        if row is None or row.shape is None:
            return None, None
        return shapely.from_wkb(bytes(row.shape)), row.boundary

    def neighbours(self, ids: Collection[UUID], on: date, srid: int) -> list[shapely.Geometry]:
        """Boundaries of the villages around, in metres."""
        args = {"county": self._county, "ids": list(ids), "on": on, "srid": srid}
        return [shapely.from_wkb(bytes(row[0])) for row in self._conn.execute(text(_NEIGHBOURS), args)]

    def from_geojson(self, geojson: str, srid: int) -> shapely.Geometry:
        """A drawn area (EPSG:4490) in metres of the zone."""
        args = {"geojson": geojson, "srid": srid}
        return shapely.from_wkb(bytes(self._conn.execute(text(_DRAWN), args).scalar_one()))

    def to_geojson(self, shape: shapely.Geometry, srid: int) -> str:
        """An area of the zone as GeoJSON in EPSG:4490, to the centimetre."""
        args = {"wkb": shapely.to_wkb(shape), "srid": srid}
        return str(self._conn.execute(text(_TO_GEOJSON), args).scalar_one())

    def places(self, ids: Collection[UUID], moving: Collection[UUID]) -> list[MergerPlace]:
        """The live places of villages with their doors and the highest number known of each."""
        args = {"county": self._county, "ids": list(ids)}
        return [
            MergerPlace(
                r.place_id,
                PlaceKind(r.kind),
                r.name,
                r.outer_name or "",
                r.division_id,
                r.village,
                r.place_id in moving or r.division_id in moving,
                r.doors,
                r.last_main,
                r.parent_place_id,
            )
            for r in self._conn.execute(text(_PLACES), args)
        ]

    def addresses(self, place_ids: Collection[UUID]) -> list[AddressNow]:
        """The live addresses of places, drafts and rooms included, by code."""
        rows = self._conn.execute(text(_ADDRESSES), {"county": self._county, "ids": list(place_ids)})
        styles: dict[tuple[str, int], TextStyle] = {}
        return [_address(row, styles) for row in rows]

    def homonyms(self, texts: Collection[str], but: Collection[UUID]) -> list[tuple[str, str]]:
        """Live addresses of the county that read like one of the texts: text and code."""
        args = {"county": self._county, "texts": list(texts), "but": list(but)}
        return [(r.text, r.code) for r in self._conn.execute(text(_HOMONYMS), args)]

    def plates(self, address_ids: Collection[UUID]) -> list[PlateNow]:
        """Plates of addresses that are on order, made or on the wall."""
        args = {"county": self._county, "ids": list(address_ids)}
        return [
            PlateNow(r.address_id, r.profile, r.name_text) for r in self._conn.execute(text(_PLATES), args)
        ]

    def accounts(self, codes: Collection[str]) -> int:
        """Accounts whose scope is one of these villages."""
        args = {"county": self._county, "codes": list(codes)}
        return int(self._conn.execute(text(_ACCOUNTS), args).scalar_one())

    def digest(self, division_ids: Collection[UUID], place_ids: Collection[UUID], on: date) -> UUID:
        """Changes whenever a name, a boundary, a place, a number, a text or what hangs on it does."""
        args = {
            "county": self._county, "divisions": list(division_ids), "places": list(place_ids), "on": on,
        }  # fmt: skip
        return UUID(str(self._conn.execute(text(_DIGEST), args).scalar_one()))

    def spoils(self, division_ids: Collection[UUID], place_ids: Collection[UUID], on: date) -> int:
        """Addresses with a stretch of time that began after a day and is over: they cannot be dated back to it."""
        args = {"county": self._county, "places": list(place_ids), "divisions": list(division_ids), "on": on}
        return int(self._conn.execute(text(_SPOILS), args).scalar_one())

    def items(self, plan_id: UUID, subject: str) -> list[Mapping[str, Any]]:
        """What a committed plan did to each thing of a kind."""
        args = {"county": self._county, "plan": plan_id, "subject": subject}
        return [dict(row) for row in self._conn.execute(text(_ITEMS), args).mappings()]


def _address(row: Any, styles: dict[tuple[str, int], TextStyle]) -> AddressNow:
    key = (row.sub_style, row.zero_pad)
    if key not in styles:
        styles[key] = TextStyle(sub_style=SubStyle(row.sub_style), zero_pad=row.zero_pad)
    return AddressNow(
        row.id,
        row.code,
        row.parent_id,
        Stage(row.stage),
        row.place_id,
        row.division_id,
        DoorNumber(row.main, row.sub),
        (row.building_label, row.unit_label, row.floor_label, row.room_label),
        row.full_text,
        styles[key],
    )


_COUNTY = """
SELECT name, prefecture_name, province_name, postcode, measure_srid FROM county WHERE county_code = :county
"""

_VILLAGES = """
SELECT d.division_id, d.code_nbs, d.name, d.kind, d.parent_id, t.name AS town, lower(d.valid) AS since,
       ST_AsBinary(ST_Transform(d.boundary, :srid)) AS shape, ST_AsGeoJSON(d.boundary, 7) AS boundary
FROM division_version d
JOIN division_version t ON t.county_code = d.county_code AND t.division_id = d.parent_id AND upper_inf(t.recorded)
    AND upper_inf(t.valid)
WHERE d.county_code = :county AND d.division_id = ANY(:ids) AND d.level = 'village' AND upper_inf(d.recorded)
  AND upper_inf(d.valid)
  AND EXISTS (SELECT FROM division_version o WHERE o.county_code = d.county_code AND o.division_id = d.division_id
              AND upper_inf(o.recorded) AND o.valid @> CAST(:on AS date))
ORDER BY d.code_nbs
"""

_BOUNDARY_BEFORE = """
SELECT ST_AsBinary(ST_Transform(boundary, :srid)) AS shape, ST_AsGeoJSON(boundary, 7) AS boundary
FROM division_version
WHERE county_code = :county AND division_id = :id AND upper_inf(recorded) AND lower(valid) < CAST(:on AS date)
ORDER BY lower(valid) DESC LIMIT 1
"""

_NEIGHBOURS = """
SELECT ST_AsBinary(ST_Transform(n.boundary, :srid)) FROM division_version n
WHERE n.county_code = :county AND n.level = 'village' AND upper_inf(n.recorded) AND n.valid @> CAST(:on AS date)
  AND NOT n.division_id = ANY(:ids)
  AND EXISTS (SELECT FROM division_version m WHERE m.county_code = n.county_code AND m.division_id = ANY(:ids)
              AND upper_inf(m.recorded) AND m.valid @> CAST(:on AS date) AND m.boundary && n.boundary)
"""

_DRAWN = "SELECT ST_AsBinary(ST_Transform(ST_SetSRID(ST_GeomFromGeoJSON(:geojson), 4490), :srid))"
_TO_GEOJSON = "SELECT ST_AsGeoJSON(ST_Transform(ST_SetSRID(ST_GeomFromWKB(:wkb), :srid), 4490), 7)"

_PLACES = """
WITH mine AS MATERIALIZED (
    SELECT v.place_id, p.kind, v.name, o.name AS outer_name, v.parent_place_id, v.division_id,
           d.name AS village, p.code_prefix
    FROM place_version v
    JOIN place p ON p.county_code = v.county_code AND p.id = v.place_id
    JOIN division_version d ON d.county_code = v.county_code AND d.division_id = v.division_id
        AND upper_inf(d.recorded) AND upper_inf(d.valid)
    LEFT JOIN place_version o ON o.county_code = v.county_code AND o.place_id = v.parent_place_id
        AND upper_inf(o.recorded) AND upper_inf(o.valid)
    WHERE v.county_code = :county AND v.division_id = ANY(:ids) AND upper_inf(v.recorded) AND upper_inf(v.valid)
), ledger AS (
    SELECT place_id, max(main) AS last_main, count(*) FILTER (WHERE state = 'issued') AS doors FROM door_number
    WHERE county_code = :county AND place_id IN (SELECT place_id FROM mine) GROUP BY place_id
), surveyed AS (
    SELECT place_id, max(main) AS last_main FROM existing_address
    WHERE county_code = :county AND place_id IN (SELECT place_id FROM mine) GROUP BY place_id
)
SELECT m.*, coalesce(l.doors, 0) AS doors, greatest(coalesce(l.last_main, 0), coalesce(s.last_main, 0)) AS last_main
FROM mine m LEFT JOIN ledger l USING (place_id) LEFT JOIN surveyed s USING (place_id)
ORDER BY m.code_prefix, m.place_id
"""

_LIVE = "upper_inf(v.recorded) AND upper_inf(v.valid) AND v.stage IN ('draft', 'current')"

_ADDRESSES = f"""
SELECT a.id, a.code, a.parent_id, v.stage, v.place_id, v.division_id, v.main, v.sub, v.building_label, v.unit_label,
       v.floor_label, v.room_label, v.full_text, coalesce(q.parameters ->> 'sub_style', 'attached') AS sub_style,
       coalesce(CAST(q.parameters ->> 'zero_pad' AS integer), 0) AS zero_pad
FROM address_version v
JOIN address a ON a.county_code = v.county_code AND a.id = v.address_id
LEFT JOIN door_number d ON d.county_code = v.county_code AND d.holder_id = coalesce(a.parent_id, a.id)
LEFT JOIN numbering_policy q ON q.county_code = d.county_code AND q.id = d.policy_id
WHERE v.county_code = :county AND v.place_id = ANY(:ids) AND {_LIVE}
ORDER BY a.code
"""  # noqa: S608

_HOMONYMS = f"""
SELECT v.full_text AS text, a.code FROM address_version v
JOIN address a ON a.county_code = v.county_code AND a.id = v.address_id
WHERE v.county_code = :county AND v.full_text = ANY(:texts) AND {_LIVE}
  AND NOT EXISTS (SELECT FROM unnest(CAST(:but AS uuid[])) b (id) WHERE b.id = v.address_id)
ORDER BY v.full_text, a.code
"""  # noqa: S608

_PLATES = """
SELECT address_id, profile, name_text FROM plate
WHERE county_code = :county AND address_id = ANY(:ids) AND stage NOT IN ('skipped', 'replaced')
"""

_ACCOUNTS = """
SELECT count(*) FROM account WHERE county_code = :county AND disabled_at IS NULL AND division_code = ANY(:codes)
"""

_DIGEST = """
SELECT md5(concat_ws('|',
    (SELECT string_agg(concat_ws(' ', division_id, valid, code_nbs, name, parent_id, md5(ST_AsBinary(boundary))), ','
        ORDER BY division_id, valid) FROM division_version
     WHERE county_code = :county AND division_id = ANY(:divisions) AND upper_inf(recorded)),
    (SELECT string_agg(concat_ws(' ', v.place_id, v.division_id, v.name, v.parent_place_id, v.valid), ','
        ORDER BY v.place_id, v.valid) FROM place_version v
     WHERE v.county_code = :county AND upper_inf(v.recorded)
       AND (v.division_id = ANY(:divisions) OR v.place_id = ANY(:places))),
    (SELECT string_agg(concat_ws(' ', address_id, place_id, division_id, main, sub, full_text, lower(valid) > :on), ','
        ORDER BY address_id) FROM address_version
     WHERE county_code = :county AND place_id = ANY(:places) AND upper_inf(recorded) AND upper_inf(valid)
       AND stage IN ('draft', 'current')),
    (SELECT string_agg(concat_ws(' ', place_id, main, sub, state, holder_id, reservation_id), ','
        ORDER BY place_id, main, sub) FROM door_number WHERE county_code = :county AND place_id = ANY(:places)),
    (SELECT concat_ws(' ', count(*), sum(hashtext(id::text)::bigint)) FROM building
     WHERE county_code = :county AND division_id = ANY(:divisions)),
    (SELECT concat_ws(' ', count(*), sum(hashtext(id::text)::bigint)) FROM parcel
     WHERE county_code = :county AND division_id = ANY(:divisions)),
    (SELECT concat_ws(' ', count(*), sum(hashtext(id::text)::bigint)) FROM existing_address
     WHERE county_code = :county AND place_id = ANY(:places))))::uuid
"""

_SPOILS = """
SELECT count(DISTINCT v.address_id) FROM address_version v
WHERE v.county_code = :county AND (v.place_id = ANY(:places) OR v.division_id = ANY(:divisions))
  AND upper_inf(v.recorded) AND NOT upper_inf(v.valid) AND upper(v.valid) > CAST(:on AS date)
  AND v.stage = 'current'
"""

_ITEMS = """
SELECT i.subject_id, i.from_division_id, i.to_division_id, i.before, i.after FROM division_change_item i
WHERE i.county_code = :county AND i.plan_id = :plan AND i.subject = :subject ORDER BY i.subject_id
"""


def wanted_ids(items: Sequence[Mapping[str, Any]], division_id: UUID) -> dict[UUID, Mapping[str, Any]]:
    """Of the items of a plan those that came from a village, by thing."""
    return {item["subject_id"]: item for item in items if item["from_division_id"] == division_id}
