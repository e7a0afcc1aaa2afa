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
from address_service.store.layers import BUILDINGS, EXISTING, LANES, PARCELS, PLANS
from address_service.store.locks import hold
from address_service.store.merger_parts import Part, part_ids
from address_service.store.tables import division_change_item


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


class MergerWriter:
    """Writes for one county; villages and places are locked by `hold_all`."""

    def __init__(self, conn: Connection, county_code: str, act: Act) -> None:
        """Bind to a transaction, a tenant and an act."""
        self._conn = conn
        self._county = county_code
        self._act = act
        self._args: dict[str, Any] = {
            "county": county_code,
            "plan": act.plan_id,
            "event": act.event_id,
            "actor": act.actor_id,
            "on": act.on,
            "now": act.now,
            "tick": timedelta(microseconds=1),
        }

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

    def join_place(self, place_id: UUID, into: UUID, offset: int, why: str) -> None:
        """Let the numbers of a place follow those of another, with all that hangs on it; the old ledger retires."""
        args = {
            "place": place_id,
            "into": into,
            "offset": offset,
            "why": Jsonb([{"code": "joined", "text": why}]),
        }
        self._run(_JOIN_NUMBERS, **args)
        self._run(
            "UPDATE reservation SET place_id = :into WHERE county_code = :county AND place_id = :place",
            **args,
        )
        self._keep_rows(PLANS, "t.place_id = :place", **args)
        self._run(
            "UPDATE construction_plan SET place_id = :into WHERE county_code = :county AND place_id = :place",
            **args,
        )
        self._keep_rows(EXISTING, "t.place_id = :place", **args)
        self._run(_JOIN_SURVEYED, **args)
        self._run(_CLOSE_MEMBERS, **args)
        self._run(_JOIN_MEMBERS, **args)
        self._run(
            "UPDATE application SET place_id = :into WHERE county_code = :county AND place_id = :place"
            " AND stage IN ('received', 'accepted')",
            **args,
        )

    def revive_numbers(
        self, place_id: UUID, joined_to: UUID, doors: Mapping[UUID, tuple[int, int]], why: str
    ) -> None:
        """Doors that were joined to another place have numbers of a place of their own again, by holder."""
        args = {
            "place": place_id,
            "joined": joined_to,
            "holders": list(doors),
            "mains": [main for main, _ in doors.values()],
            "subs": [sub for _, sub in doors.values()],
            "why": Jsonb([{"code": "split", "text": why}]),
        }
        self._run(_REVIVE_NUMBERS, **args)
        self._run(_CLOSE_HOLDERS_MEMBERS, **args)
        self._run(_REVIVE_MEMBERS, **args)

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
        self._keep_rows(target, where, **args)
        items = f"""
            INSERT INTO division_change_item (county_code, plan_id, subject, subject_id, from_division_id,
                to_division_id, before, after)
            SELECT t.county_code, :plan, :subject, t.id, t.division_id, :to, '{{}}', '{{}}' FROM {table} t
            WHERE t.county_code = :county AND {where}
        """  # noqa: S608
        self._run(items, subject=subject, to=to, **args)
        move = f"UPDATE {table} t SET division_id = :to WHERE t.county_code = :county AND {where}"  # noqa: S608
        self._run(move, to=to, **args)

    def _keep_rows(self, target: LayerTable, where: str, **args: Any) -> None:
        """What rows said until now goes into their history, as the importers do."""
        statement = f"""
            INSERT INTO layer_history (county_code, layer, feature_id, row, replaced_at)
            SELECT county_code, :layer, id, to_jsonb(r), :now
            FROM (SELECT {spelled_row(target.table)} FROM {target.table.name} t
                  WHERE t.county_code = :county AND {where}) r
        """  # noqa: S608
        self._run(statement, layer=target.layer, **args)

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

# One statement, for that a holder has one number is checked at its end. What only a draft had falls vacant.
_JOIN_NUMBERS = """
WITH old AS (
    SELECT d.*, EXISTS (SELECT FROM address_version v WHERE v.county_code = d.county_code AND v.address_id = d.holder_id
        AND v.stage IN ('current', 'retired') AND upper_inf(v.recorded)) AS was_in_force
    FROM door_number d WHERE d.county_code = :county AND d.place_id = :place AND d.state IN ('issued', 'reserved')
    FOR UPDATE
), given_up AS (
    UPDATE door_number d SET holder_id = NULL, reservation_id = NULL, changed_at = :now,
        state = CASE WHEN o.was_in_force THEN 'retired' ELSE 'vacant' END,
        last_holder_id = coalesce(o.holder_id, d.last_holder_id)
    FROM old o WHERE d.county_code = o.county_code AND d.place_id = o.place_id AND d.main = o.main AND d.sub = o.sub
    RETURNING d.main
)
INSERT INTO door_number (county_code, place_id, main, sub, state, reservation_id, holder_id, side, offset_m, policy_id,
    reasons, changed_at)
SELECT o.county_code, :into, o.main + :offset, o.sub, o.state, o.reservation_id, o.holder_id, o.side, o.offset_m,
    o.policy_id, o.reasons || CAST(:why AS jsonb), :now
FROM old o, (SELECT count(*) FROM given_up) done
"""

_REVIVE_NUMBERS = """
WITH old AS (
    SELECT d.*, n.main AS new_main, n.sub AS new_sub FROM door_number d
    JOIN unnest(CAST(:holders AS uuid[]), CAST(:mains AS int[]), CAST(:subs AS int[])) AS n (holder_id, main, sub)
        ON n.holder_id = d.holder_id
    WHERE d.county_code = :county AND d.place_id = :joined AND d.state = 'issued'
    FOR UPDATE OF d
), given_up AS (
    UPDATE door_number d SET holder_id = NULL, reservation_id = NULL, changed_at = :now, state = 'retired',
        last_holder_id = o.holder_id
    FROM old o WHERE d.county_code = o.county_code AND d.place_id = o.place_id AND d.main = o.main AND d.sub = o.sub
    RETURNING d.main
)
INSERT INTO door_number (county_code, place_id, main, sub, state, holder_id, side, offset_m, policy_id, reasons,
    changed_at)
SELECT o.county_code, :place, o.new_main, o.new_sub, 'issued', o.holder_id, o.side, o.offset_m, o.policy_id,
    o.reasons || CAST(:why AS jsonb), :now
FROM old o, (SELECT count(*) FROM given_up) done
"""

_JOIN_SURVEYED = """
UPDATE existing_address SET place_id = :into, main = main + :offset WHERE county_code = :county AND place_id = :place
"""

_CLOSE_MEMBERS = """
UPDATE membership m SET recorded = tstzrange(lower(m.recorded), greatest(:now, lower(m.recorded) + :tick))
WHERE m.county_code = :county AND m.place_id = :place AND upper_inf(m.recorded)
  AND m.valid && daterange(CAST(:on AS date), NULL)
"""

_JOIN_MEMBERS = """
WITH closed AS (
    SELECT m.* FROM membership m
    WHERE m.county_code = :county AND m.place_id = :place AND upper(m.recorded) >= :now AND NOT upper_inf(m.recorded)
      AND m.valid && daterange(CAST(:on AS date), NULL)
)
INSERT INTO membership (county_code, id, building_id, place_id, source, actor_id, valid, recorded)
SELECT county_code, gen_random_uuid(), building_id, place_id, source, actor_id,
    daterange(lower(valid), CAST(:on AS date)), tstzrange(upper(recorded), NULL)
FROM closed WHERE lower(valid) < CAST(:on AS date)
UNION ALL
SELECT county_code, gen_random_uuid(), building_id, :into, source, :actor,
    daterange(greatest(lower(valid), CAST(:on AS date)), upper(valid)), tstzrange(upper(recorded), NULL)
FROM closed
"""

_CLOSE_HOLDERS_MEMBERS = """
UPDATE membership m SET recorded = tstzrange(lower(m.recorded), greatest(:now, lower(m.recorded) + :tick))
FROM address_building b
WHERE m.county_code = :county AND m.place_id = :joined AND upper_inf(m.recorded) AND upper_inf(m.valid)
  AND b.county_code = m.county_code AND b.building_id = m.building_id AND b.address_id = ANY(:holders)
  AND upper_inf(b.recorded) AND upper_inf(b.valid)
"""

_REVIVE_MEMBERS = """
WITH closed AS (
    SELECT m.* FROM membership m
    JOIN address_building b ON b.county_code = m.county_code AND b.building_id = m.building_id
        AND b.address_id = ANY(:holders) AND upper_inf(b.recorded) AND upper_inf(b.valid)
    WHERE m.county_code = :county AND m.place_id = :joined AND upper(m.recorded) >= :now AND NOT upper_inf(m.recorded)
      AND upper_inf(m.valid)
)
INSERT INTO membership (county_code, id, building_id, place_id, source, actor_id, valid, recorded)
SELECT county_code, gen_random_uuid(), building_id, place_id, source, actor_id,
    daterange(lower(valid), CAST(:on AS date)), tstzrange(upper(recorded), NULL)
FROM closed WHERE lower(valid) < CAST(:on AS date)
UNION ALL
SELECT county_code, gen_random_uuid(), building_id, :place, source, :actor,
    daterange(greatest(lower(valid), CAST(:on AS date)), NULL), tstzrange(upper(recorded), NULL)
FROM closed
"""

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
