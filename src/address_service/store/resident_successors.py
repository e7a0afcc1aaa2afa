"""Residents of addresses that an act ends: how many there are, and how they follow to the one successor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, text

from address_service.store.resident_scope import scope_of_villages
from address_service.store.resident_villages import relocate_household, relocate_persons


@dataclass(frozen=True, slots=True)
class Followed:
    """An address that was succeeded whole, by which one, and who went along."""

    old_code: str
    new_code: str
    households: tuple[UUID, ...]
    persons: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class _Heir:
    old_id: UUID
    old_code: str
    new_id: UUID
    new_code: str
    village_id: UUID


def households_at(conn: Connection, county_code: str, address_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many households are registered at addresses or their rooms now, wherever they show; no more than the number.

    Addresses where nobody is registered are left out.
    """
    with scope_of_villages(conn, county_code, None):
        found = conn.execute(text(_COUNT), {"county": county_code, "ids": list(address_ids)})
        return {row.id: row.households for row in found}


def follow_successors(
    conn: Connection, county_code: str, event_id: UUID, on: date, actor_id: UUID, now: datetime
) -> list[Followed]:
    """Let residents of addresses that an event ended in exactly one other be at that one from a day on.

    When they came (何时来本址) stays as it is; links of before stay on record with their days. The villages of
    residents must be held, and the addresses written.
    """
    heirs = [_Heir(*row) for row in conn.execute(text(_HEIRS), {"county": county_code, "event": event_id})]
    with scope_of_villages(conn, county_code, None):
        return [_follow(conn, county_code, heir, on, actor_id, now) for heir in heirs]


def _follow(
    conn: Connection, county_code: str, heir: _Heir, on: date, actor_id: UUID, now: datetime
) -> Followed:
    args = {
        "county": county_code, "old": heir.old_id, "new": heir.new_id, "village": heir.village_id, "on": on,
        "actor": actor_id, "now": now, "tick": timedelta(microseconds=1),
    }  # fmt: skip
    households = _subjects(conn, _MOVE_HOUSEHOLDS, args)
    persons = _subjects(conn, _MOVE_PERSONS, args)
    for table, ids in (("household", households), ("person", persons)):
        touch = f"UPDATE {table} SET revision = revision + 1 WHERE county_code = :county AND id = ANY(:ids)"  # noqa: S608
        conn.execute(text(touch), {"county": county_code, "ids": ids})
    for household_id in _subjects(conn, _OF_ANOTHER_VILLAGE, args | {"ids": households}):
        relocate_household(conn, county_code, household_id, heir.village_id)
        members = _subjects(conn, _MEMBERS, args | {"id": household_id})
        relocate_persons(conn, county_code, members, heir.village_id)
    return Followed(heir.old_code, heir.new_code, tuple(households), tuple(persons))


def _subjects(conn: Connection, statement: str, args: dict[str, object]) -> list[UUID]:
    return sorted(set(conn.execute(text(statement), args).scalars()))


_COUNT = """
SELECT a.id, count(DISTINCT l.household_id) AS households
FROM address a
JOIN address s ON s.county_code = a.county_code AND (s.id = a.id OR s.parent_id = a.id)
JOIN household_address l ON l.county_code = s.county_code AND l.address_id = s.id AND upper_inf(l.recorded)
  AND upper_inf(l.valid)
WHERE a.county_code = :county AND a.id = ANY(:ids)
GROUP BY a.id
"""

_HEIRS = """
SELECT o.id, o.code, n.id, n.code, v.division_id
FROM succession s
JOIN address o ON o.county_code = s.county_code AND o.id = s.predecessor_id
JOIN address n ON n.county_code = s.county_code AND n.id = s.successor_id
JOIN address_version v ON v.county_code = n.county_code AND v.address_id = n.id AND upper_inf(v.recorded)
  AND upper_inf(v.valid) AND v.stage = 'current'
WHERE s.county_code = :county AND s.event_id = :event AND s.subject = 'address' AND s.share = 'whole'
ORDER BY o.id
"""

# What held before the day is known to have held until it; what began since the day was at the successor from the start.
_MOVE = """
WITH ended AS (
    UPDATE {table} l SET recorded = tstzrange(lower(l.recorded), greatest(:now, lower(l.recorded) + :tick))
    WHERE l.county_code = :county AND l.address_id = :old AND upper_inf(l.recorded) AND upper_inf(l.valid)
    RETURNING {columns}, l.actor_id, l.valid, upper(l.recorded) AS moment
), pieces AS (
    SELECT e.*, CAST(:old AS uuid) AS at, e.actor_id AS by, daterange(lower(e.valid), :on) AS stretch FROM ended e
    WHERE lower(e.valid) < :on
    UNION ALL
    SELECT e.*, CAST(:new AS uuid), CAST(:actor AS uuid), daterange(greatest(lower(e.valid), :on), NULL) FROM ended e
)
INSERT INTO {table} (county_code, id, address_id, actor_id, valid, recorded, {names})
SELECT :county, gen_random_uuid(), at, by, stretch, tstzrange(moment, NULL), {names} FROM pieces
RETURNING {subject}
"""
_MOVE_HOUSEHOLDS = _MOVE.format(
    table="household_address",
    subject="household_id",
    columns="l.village_id, l.household_id",
    names="village_id, household_id",
)
_MOVE_PERSONS = _MOVE.format(
    table="residency",
    subject="person_id",
    columns="l.village_id, l.person_id, l.kind, l.arrived_on",
    names="village_id, person_id, kind, arrived_on",
)

_OF_ANOTHER_VILLAGE = """
SELECT id FROM household WHERE county_code = :county AND id = ANY(:ids) AND village_id <> :village
"""

_MEMBERS = """
SELECT person_id FROM household_member WHERE county_code = :county AND household_id = :id AND upper_inf(recorded)
  AND upper_inf(valid)
"""
