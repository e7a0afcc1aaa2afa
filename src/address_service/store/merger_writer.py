"""Writing a merger or split: a fixed number of statements for whole villages, whatever their size."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import shapely
from psycopg.types.json import Jsonb
from sqlalchemy import Connection, text

from address_service.store.bulk import copy_rows
from address_service.store.layer_upsert import LayerTable, spelled_row
from address_service.store.layers import BUILDINGS, LANES, PARCELS
from address_service.store.locks import hold
from address_service.store.merger_parts import Part, part_ids
from address_service.store.tables.mergers import division_change_item


@dataclass(frozen=True, slots=True)
class PlaceMove:
    """Where a place is from a day on and what it is called; without a division it ends."""

    place_id: UUID
    division_id: UUID | None
    parent_id: UUID | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """What was done to one place or address."""

    subject: str
    subject_id: UUID
    from_division_id: UUID
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """By whom and when; ``on`` is the first day of the new state."""

    plan_id: UUID
    event_id: UUID
    actor_id: UUID
    on: date
    now: datetime

    def args(self, county_code: str) -> dict[str, Any]:
        """What the statements ask for."""
        return {
            "county": county_code,
            "plan": self.plan_id,
            "event": self.event_id,
            "actor": self.actor_id,
            "on": self.on,
            "now": self.now,
            "tick": timedelta(microseconds=1),
        }


class MergerWriter:
    """Writes for one county; villages and places are locked by `hold_all`."""

    def __init__(self, conn: Connection, county_code: str, act: Act) -> None:
        """Bind to a transaction, a tenant and an act."""
        self._conn = conn
        self._county = county_code
        self._act = act
        self._args = act.args(county_code)

    def _run(self, statement: str, **args: Any) -> Any:
        return self._conn.execute(text(statement), {**self._args, **args})

    def move_places(self, moves: Sequence[PlaceMove]) -> None:
        """From the day on, places are in another village or called otherwise, or are no more; before, nothing changes.

        Stretches that began after the day are rewritten whole.
        """
        ids = [move.place_id for move in moves]
        found = self._run(_LOCK_PLACES, ids=ids).all()
        versions = [row.id for row in found]
        moment = max([self._act.now, *(row.since + timedelta(microseconds=1) for row in found)])
        self._run(_CLOSE_PLACES, versions=versions, moment=moment)
        self._run(_PLACES_BEFORE, versions=versions, moment=moment)
        stay = [move for move in moves if move.division_id is not None]
        self._run(
            _PLACES_AFTER,
            versions=versions,
            moment=moment,
            ids=[move.place_id for move in stay],
            divisions=[move.division_id for move in stay],
            parents=[move.parent_id for move in stay],
            names=[move.name for move in stay],
        )

    def move_features(self, from_ids: Collection[UUID], to: UUID) -> None:
        """All buildings, parcels and lanes of villages are another village's; what their rows said stays on record."""
        for target, subject in _FEATURES:
            self._move(target, subject, "t.division_id = ANY(:divisions)", to, divisions=list(from_ids))

    def move_part(self, part: Part, to: UUID) -> None:
        """The buildings, parcels and lanes of a part are another village's."""
        for target, subject in _FEATURES:
            ids = part_ids(self._conn, self._county, part, subject)
            self._move(target, subject, "t.id = ANY(:ids)", to, ids=ids)

    def _move(self, target: LayerTable, subject: str, where: str, to: UUID, **args: Any) -> None:
        table = target.table.name
        keep_rows(self._conn, self._args, target, where, **args)
        items = f"""
            INSERT INTO division_change_item (county_code, plan_id, subject, subject_id, from_division_id,
                to_division_id, before, after)
            SELECT t.county_code, :plan, :subject, t.id, t.division_id, :to, '{{}}', '{{}}' FROM {table} t
            WHERE t.county_code = :county AND {where}
        """  # noqa: S608
        self._run(items, subject=subject, to=to, **args)
        move = f"UPDATE {table} t SET division_id = :to WHERE t.county_code = :county AND {where}"  # noqa: S608
        self._run(move, to=to, **args)

    def move_applications(self, from_ids: Collection[UUID], place_ids: Collection[UUID], to: UUID) -> None:
        """Open applications of villages or of places are another village's."""
        self._run(_APPLICATIONS, divisions=list(from_ids), places=list(place_ids), to=to)

    def replace_plates(self, plates: Sequence[tuple[UUID, str]]) -> None:
        """Mark plates, by address and profile, as replaced, so that the next order makes them anew."""
        self._run(_PLATES, ids=[key for key, _ in plates], profiles=[profile for _, profile in plates])

    def registered(self, shape: shapely.Geometry, srid: int) -> str:
        """An area of the zone as the register's geometry: hex EWKB of EPSG:4490."""
        return str(self._run(_REGISTERED, wkb=shapely.to_wkb(shape), srid=srid).scalar_one())

    def record_items(self, items: Iterable[Item], to: UUID) -> None:
        """Keep what was done to places and addresses."""
        columns = ("county_code", "plan_id", "subject", "subject_id", "from_division_id", "to_division_id", "before",
                   "after")  # fmt: skip
        rows = (
            (self._county, self._act.plan_id, i.subject, i.subject_id, i.from_division_id, to, Jsonb(dict(i.before)),
             Jsonb(dict(i.after)))
            for i in items
        )  # fmt: skip
        copy_rows(self._conn, division_change_item, columns, rows)


def keep_rows(conn: Connection, args: Mapping[str, Any], target: LayerTable, where: str, **more: Any) -> None:
    """What rows ``t`` said until now goes into their history, as the importers do."""
    statement = f"""
        INSERT INTO layer_history (county_code, layer, feature_id, row, replaced_at)
        SELECT county_code, :layer, id, to_jsonb(r), :now
        FROM (SELECT {spelled_row(target.table)} FROM {target.table.name} t
              WHERE t.county_code = :county AND {where}) r
    """  # noqa: S608
    conn.execute(text(statement), {**args, "layer": target.layer, **more})


def hold_all(
    conn: Connection, county_code: str, division_ids: Collection[UUID], place_ids: Collection[UUID]
) -> None:
    """Let nobody else number, import or merge there until commit: the importers, villages in order, then places."""
    hold(conn, county_code, "import")
    for ids in (division_ids, place_ids):
        conn.execute(text(_HOLD), {"county": county_code, "ids": sorted(ids)})


_FEATURES: tuple[tuple[LayerTable, str], ...] = (
    (BUILDINGS, "building"),
    (PARCELS, "parcel"),
    (LANES, "lane"),
)

_HOLD = """
SELECT pg_advisory_xact_lock(hashtextextended(:county || ' place ' || CAST(id AS text), 0))
FROM (SELECT id FROM unnest(CAST(:ids AS uuid[])) o (id) ORDER BY id) wanted
"""

_LOCK_PLACES = """
SELECT id, lower(recorded) AS since FROM place_version
WHERE county_code = :county AND place_id = ANY(:ids) AND upper_inf(recorded)
  AND valid && daterange(CAST(:on AS date), NULL)
ORDER BY id FOR UPDATE
"""

_CLOSE_PLACES = """
UPDATE place_version SET recorded = tstzrange(lower(recorded), :moment)
WHERE county_code = :county AND id = ANY(:versions)
"""

_KEPT = "street_kind, name_state, decree_no, origin, geom"

_PLACES_BEFORE = f"""
INSERT INTO place_version (county_code, id, place_id, division_id, parent_place_id, name, {_KEPT}, valid, recorded,
    event_id)
SELECT county_code, gen_random_uuid(), place_id, division_id, parent_place_id, name, {_KEPT},
    daterange(lower(valid), CAST(:on AS date)), tstzrange(:moment, NULL), event_id
FROM place_version WHERE county_code = :county AND id = ANY(:versions) AND lower(valid) < CAST(:on AS date)
"""  # noqa: S608

_PLACES_AFTER = f"""
INSERT INTO place_version (county_code, id, place_id, division_id, parent_place_id, name, {_KEPT}, valid, recorded,
    event_id)
SELECT v.county_code, gen_random_uuid(), v.place_id, n.division_id, n.parent_id, coalesce(n.name, v.name), {_KEPT},
    daterange(greatest(lower(v.valid), CAST(:on AS date)), upper(v.valid)), tstzrange(:moment, NULL), :event
FROM place_version v
JOIN unnest(CAST(:ids AS uuid[]), CAST(:divisions AS uuid[]), CAST(:parents AS uuid[]), CAST(:names AS text[]))
    AS n (place_id, division_id, parent_id, name) ON n.place_id = v.place_id
WHERE v.county_code = :county AND v.id = ANY(:versions)
"""  # noqa: S608

_APPLICATIONS = """
UPDATE application SET division_id = :to
WHERE county_code = :county AND stage IN ('received', 'accepted')
  AND (division_id = ANY(:divisions) OR place_id = ANY(:places))
"""

_PLATES = """
UPDATE plate p SET stage = 'replaced', changed_at = :now
FROM unnest(CAST(:ids AS uuid[]), CAST(:profiles AS text[])) AS n (address_id, profile)
WHERE p.county_code = :county AND p.address_id = n.address_id AND p.profile = n.profile
  AND p.stage NOT IN ('skipped', 'replaced')
"""

_REGISTERED = """
SELECT encode(ST_AsEWKB(ST_Multi(ST_Transform(ST_SetSRID(ST_GeomFromWKB(:wkb), :srid), 4490))), 'hex')
"""
