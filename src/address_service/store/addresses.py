"""Standard addresses over time: identities, versions, the buildings behind a door."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from psycopg.errors import UniqueViolation
from psycopg.types.range import DateRange, TimestamptzRange
from sqlalchemy import Connection, text

from address_service.errors import Conflict
from address_service.model.addresses import EventKind, Subject
from address_service.model.codes import AddressCode
from address_service.model.numbers import DoorNumber
from address_service.model.places import PlaceKind
from address_service.store.bulk import copy_rows
from address_service.store.events import NewEvent, record_event
from address_service.store.ids import new_id, new_id_text
from address_service.store.tables.addresses import address, address_building, address_version, alias


@dataclass(frozen=True, slots=True)
class NewAddress:
    """An address to be drafted: its identity, what it reads, where its door is (EPSG:4490)."""

    id: UUID
    code: AddressCode
    scheme: str
    parent_id: UUID | None
    division_id: UUID
    place_id: UUID
    number: DoorNumber
    full_text: str
    lon: float
    lat: float
    building_label: str = ""
    unit_label: str = ""
    floor_label: str = ""
    room_label: str = ""
    building_ids: tuple[UUID, ...] = ()
    former_text: str = ""
    former_from: date | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """Which addresses an act is about: a village, a place, or listed codes; all that are given must hold.

    A code stands for its whole door: a door and its rooms are decided on together.
    """

    village_code: str | None = None
    place_id: UUID | None = None
    codes: tuple[str, ...] | None = None


class AddressRepository:
    """Addresses of one county."""

    def __init__(self, conn: Connection, county_code: str) -> None:
        """Bind to a transaction and a tenant."""
        self._conn = conn
        self._county = county_code

    def record_event(
        self,
        kind: EventKind,
        actor_id: UUID,
        effective_on: date,
        now: datetime,
        *,
        decree_no: str | None = None,
        note: str = "",
        details: Mapping[str, Any] | None = None,
    ) -> UUID:
        """Write an event about addresses."""
        fact = NewEvent(Subject.ADDRESS, kind, effective_on, actor_id, now, decree_no, note, details)
        return record_event(self._conn, self._county, fact)

    def draft(
        self, rows: Sequence[NewAddress], event_id: UUID, drafted_by: UUID, valid_from: date, now: datetime
    ) -> None:
        """Write new addresses as drafts; raises Conflict when a full text or a building is taken."""
        try:
            with self._conn.begin_nested():
                self._copy_identities(rows, now.isoformat())
                self._copy_versions(rows, event_id, drafted_by, f"[{valid_from},)", f"[{now.isoformat()},)")
                self.link_buildings([(r.id, b) for r in rows for b in r.building_ids], valid_from, now)
                self._copy_aliases(rows, valid_from, TimestamptzRange(now, None))
        except UniqueViolation as error:
            raise Conflict(*what_is_taken(error)) from error

    def _copy_identities(self, rows: Sequence[NewAddress], created_at: str) -> None:
        columns = ("county_code", "id", "code", "scheme", "parent_id", "created_at")
        values = ((self._county, r.id, r.code.text, r.scheme, r.parent_id, created_at) for r in rows)
        copy_rows(self._conn, address, columns, values)

    def _copy_versions(
        self,
        rows: Sequence[NewAddress],
        event_id: UUID,
        drafted_by: UUID,
        valid: str,
        recorded: str,
    ) -> None:
        as_text = cache(str)
        event, actor = str(event_id), str(drafted_by)
        values = (
            (
                self._county,
                new_id_text(),
                r.id,
                "draft",
                as_text(r.division_id),
                as_text(r.place_id),
                r.number.main,
                r.number.sub,
                r.building_label,
                r.unit_label,
                r.floor_label,
                r.room_label,
                r.full_text,
                f"SRID=4490;POINT({r.lon!r} {r.lat!r})",
                actor,
                event,
                valid,
                recorded,
            )
            for r in rows
        )
        copy_rows(self._conn, address_version, _VERSION_COLUMNS, values)

    def link_buildings(self, links: Sequence[tuple[UUID, UUID]], valid_from: date, now: datetime) -> None:
        """Say which buildings stand behind which door address, from a date on."""
        columns = ("county_code", "id", "address_id", "building_id", "valid", "recorded")
        valid, recorded = f"[{valid_from},)", f"[{now.isoformat()},)"
        values = ((self._county, new_id_text(), a, b, valid, recorded) for a, b in links)
        copy_rows(self._conn, address_building, columns, values)

    def _copy_aliases(self, rows: Sequence[NewAddress], until: date, recorded: TimestamptzRange) -> None:
        columns = ("county_code", "id", "address_id", "text", "kind", "valid", "recorded")
        values = (
            (
                self._county,
                new_id(),
                r.id,
                r.former_text,
                "former",
                former_valid(r, until),
                recorded,
            )
            for r in rows
            if r.former_text
        )
        copy_rows(self._conn, alias, columns, values)

    def approve(
        self, scope: Scope, actor_id: UUID, decree_no: str, effective_on: date, event_id: UUID, now: datetime
    ) -> list[tuple[UUID, str]]:
        """Make drafts current; gives the id and full text of each.

        Left as drafts: what this actor drafted, and what stands on a name that is not approved; ask
        `approval_obstacles` for them first.
        """
        rows = self._conn.execute(
            text(_APPROVE),
            {
                **self._scope_args(scope),
                "actor": actor_id,
                "decree": decree_no,
                "on": effective_on,
                "event": event_id,
                "now": now,
            },
        )
        return [(row.address_id, row.full_text) for row in rows]

    def refuse_early(self, scope: Scope, effective_on: date) -> None:
        """Raise Conflict `effective-on-too-early` where a draft's text was another address' on that day or after it."""
        rows = self._conn.execute(text(_DRAFT_TEXTS), self._scope_args(scope))
        refuse_texts_in_force(self._conn, self._county, list(rows.scalars()), effective_on)

    def reject(self, scope: Scope, actor_id: UUID, event_id: UUID, now: datetime) -> int:
        """Turn drafts down; their numbers fall vacant, their codes are never given again."""
        args = {**self._scope_args(scope), "actor": actor_id, "event": event_id, "now": now}
        return int(self._conn.execute(text(_REJECT), args).scalar_one())

    def draft_places(self, scope: Scope) -> list[tuple[UUID, UUID, PlaceKind]]:
        """Places, divisions and kinds that drafts of a scope stand on."""
        query = f"""SELECT DISTINCT v.place_id, v.division_id, p.kind FROM address_version v {_SCOPE_JOIN}
            JOIN place p ON p.county_code = v.county_code AND p.id = v.place_id WHERE {_DRAFTS}"""  # noqa: S608
        rows = self._conn.execute(text(query), self._scope_args(scope))
        return [(row.place_id, row.division_id, PlaceKind(row.kind)) for row in rows]

    def approval_obstacles(self, scope: Scope, actor_id: UUID) -> list[dict[str, Any]]:
        """Why drafts in the scope cannot become current, by place: own drafts, unapproved names."""
        args = {**self._scope_args(scope), "actor": actor_id}
        return [dict(row) for row in self._conn.execute(text(_OBSTACLES), args).mappings()]

    def drafts(self, scope: Scope) -> int:
        """How many drafts the scope holds."""
        query = f"SELECT count(*) FROM address_version v {_SCOPE_JOIN} WHERE {_DRAFTS}"  # noqa: S608
        return int(self._conn.execute(text(query), self._scope_args(scope)).scalar_one())

    def search_texts(self, address_ids: Sequence[UUID]) -> list[tuple[UUID, str, list[str]]]:
        """Id, full text and old texts of addresses, for the search index; those of what they came from among them."""
        rows = self._conn.execute(text(_SEARCH_TEXTS), {"county": self._county, "ids": list(address_ids)})
        return [(row.address_id, row.full_text, list(row.aliases)) for row in rows]

    def _scope_args(self, scope: Scope) -> dict[str, Any]:
        return {
            "county": self._county,
            "village": scope.village_code,
            "place": scope.place_id,
            "codes": list(scope.codes) if scope.codes is not None else None,
        }


def refuse_texts_in_force(conn: Connection, county_code: str, texts: Sequence[str], on: date) -> None:
    """Raise Conflict `effective-on-too-early` where one of the texts was true of an address on the day or later.

    Addresses that hold a text today are the business of ``address_version_text_once``.
    """
    args = {"county": county_code, "texts": list(texts), "on": on}
    until = conn.execute(text(_IN_FORCE_UNTIL), args).first()
    if until is not None:
        message = f"“{until.full_text}”到{until.ended_on}才停用，生效日期不能早于该日"
        raise Conflict(message, code="effective-on-too-early")


def former_valid(address: NewAddress, until: date) -> DateRange:
    """When an earlier text was true: up to the day before the new one."""
    since = address.former_from
    return DateRange(since if since and since < until else None, until)


def what_is_taken(error: UniqueViolation) -> tuple[str]:
    """The Chinese message for a draft that the register refuses."""
    name = error.diag.constraint_name or ""
    if name == "address_version_text_once":
        return ("已有相同全称的标准地址，不能重复起草",)
    if name == "address_building_once":
        return ("建筑物已有标准地址",)
    return ("地址编码或标识重复",)


_VERSION_COLUMNS = (
    "county_code",
    "id",
    "address_id",
    "stage",
    "division_id",
    "place_id",
    "main",
    "sub",
    "building_label",
    "unit_label",
    "floor_label",
    "room_label",
    "full_text",
    "position",
    "drafted_by",
    "event_id",
    "valid",
    "recorded",
)

_SCOPE_JOIN = """
JOIN address a ON a.county_code = v.county_code AND a.id = v.address_id
JOIN division_version dv ON dv.county_code = v.county_code AND dv.division_id = v.division_id
    AND upper_inf(dv.recorded) AND upper_inf(dv.valid)
JOIN place_version pv ON pv.county_code = v.county_code AND pv.place_id = v.place_id
    AND upper_inf(pv.recorded) AND upper_inf(pv.valid)
"""

_DRAFTS = """
v.county_code = :county AND v.stage = 'draft' AND upper_inf(v.recorded)
  AND (CAST(:village AS text) IS NULL OR dv.code_nbs LIKE :village || '%')
  AND (CAST(:place AS uuid) IS NULL OR v.place_id = :place)
  AND (CAST(:codes AS text[]) IS NULL OR coalesce(a.parent_id, a.id) IN (
       SELECT coalesce(n.parent_id, n.id) FROM address n
       WHERE n.county_code = :county AND n.code = ANY(CAST(:codes AS text[]))))
"""

# Asked of the row being changed, so that it is asked again when another clerk's decision on it was waited for.
_STILL_DRAFT = "u.stage = 'draft' AND upper_inf(u.recorded)"

_CARRIED = """division_id, place_id, main, sub, building_label, unit_label, floor_label, room_label,
    full_text, position, drafted_by"""

# A version is closed and its successor written in one statement; a microsecond keeps the closed range from being empty.
_APPROVE = f"""
WITH closed AS (
    UPDATE address_version u SET recorded = tstzrange(lower(u.recorded),
        greatest(CAST(:now AS timestamptz), lower(u.recorded) + interval '1 microsecond'))
    FROM address_version v {_SCOPE_JOIN}
    WHERE u.county_code = v.county_code AND u.id = v.id AND {_STILL_DRAFT} AND {_DRAFTS}
      AND v.drafted_by <> :actor AND pv.name_state <> 'proposed'
    RETURNING u.*
), written AS (
    INSERT INTO address_version (county_code, id, address_id, stage, {_CARRIED}, decree_no, approved_by, event_id,
        valid, recorded)
    SELECT county_code, gen_random_uuid(), address_id, 'current', {_CARRIED}, :decree, :actor, :event,
        daterange(CAST(:on AS date), NULL), tstzrange(upper(recorded), NULL)
    FROM closed
    RETURNING address_id, full_text
)
SELECT address_id, full_text FROM written
"""  # noqa: S608

_REJECT = f"""
WITH closed AS (
    UPDATE address_version u SET recorded = tstzrange(lower(u.recorded),
        greatest(CAST(:now AS timestamptz), lower(u.recorded) + interval '1 microsecond'))
    FROM address_version v {_SCOPE_JOIN}
    WHERE u.county_code = v.county_code AND u.id = v.id AND {_STILL_DRAFT} AND {_DRAFTS}
    RETURNING u.*
), written AS (
    INSERT INTO address_version (county_code, id, address_id, stage, {_CARRIED}, event_id, valid, recorded)
    SELECT county_code, gen_random_uuid(), address_id, 'rejected', {_CARRIED}, :event, valid,
        tstzrange(upper(recorded), NULL)
    FROM closed
    RETURNING county_code, address_id
), freed AS (
    UPDATE address_building b SET recorded = tstzrange(lower(b.recorded),
        greatest(CAST(:now AS timestamptz), lower(b.recorded) + interval '1 microsecond'))
    FROM written w WHERE b.county_code = w.county_code AND b.address_id = w.address_id AND upper_inf(b.recorded)
), vacated AS (
    UPDATE door_number d SET state = 'vacant', last_holder_id = d.holder_id, holder_id = NULL, changed_at = :now
    FROM written w WHERE d.county_code = w.county_code AND d.holder_id = w.address_id
)
SELECT count(*) FROM written
"""  # noqa: S608

_OBSTACLES = f"""
SELECT pv.name AS place, dv.name AS village,
       count(*) FILTER (WHERE pv.name_state = 'proposed') AS on_unapproved_name,
       count(*) FILTER (WHERE pv.name_state <> 'proposed' AND v.drafted_by = :actor) AS own_drafts
FROM address_version v {_SCOPE_JOIN}
WHERE {_DRAFTS} AND (pv.name_state = 'proposed' OR v.drafted_by = :actor)
GROUP BY pv.name, dv.name ORDER BY dv.name, pv.name
"""  # noqa: S608

_DRAFT_TEXTS = f"SELECT v.full_text FROM address_version v {_SCOPE_JOIN} WHERE {_DRAFTS}"  # noqa: S608

_IN_FORCE_UNTIL = """
SELECT full_text, upper(valid) AS ended_on FROM address_version
WHERE county_code = :county AND full_text = ANY(:texts) AND upper_inf(recorded) AND NOT upper_inf(valid)
  AND stage = 'current' AND upper(valid) > CAST(:on AS date)
ORDER BY upper(valid) DESC LIMIT 1
"""

# What an address came from is searched for under it once it is not in force itself; of many old texts the first fifty.
_SEARCH_TEXTS = """
WITH RECURSIVE wanted AS (
    SELECT address_id, full_text FROM address_version
    WHERE county_code = :county AND address_id = ANY(:ids) AND upper_inf(recorded) AND upper_inf(valid)
      AND stage = 'current'
), line (address_id, of_id) AS (
    SELECT address_id, address_id FROM wanted
    UNION SELECT l.address_id, s.predecessor_id FROM line l
    JOIN succession s ON s.county_code = :county AND s.successor_id = l.of_id AND s.subject = 'address'
    WHERE NOT EXISTS (SELECT FROM address_version v
        WHERE v.county_code = :county AND v.address_id = s.predecessor_id AND v.stage = 'current'
          AND upper_inf(v.recorded) AND upper_inf(v.valid))
), old (address_id, text) AS (
    SELECT line.address_id, a.text FROM line
    JOIN alias a ON a.county_code = :county AND a.address_id = line.of_id AND upper_inf(a.recorded)
    UNION SELECT line.address_id, v.full_text FROM line
    JOIN address_version v ON v.county_code = :county AND v.address_id = line.of_id AND upper_inf(v.recorded)
      AND v.stage = 'retired'
    WHERE line.of_id <> line.address_id
)
SELECT wanted.address_id, wanted.full_text, ARRAY(
    SELECT text FROM old WHERE old.address_id = wanted.address_id ORDER BY text LIMIT 50) AS aliases
FROM wanted
"""
