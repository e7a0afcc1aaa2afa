"""Changes of a division or a place from a day on, through every later stretch of time that still has the old facts."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg.types.range import DateRange
from sqlalchemy import Connection, Table, text

from address_service.errors import NotFound
from address_service.store.tables.divisions import division_version
from address_service.store.tables.places import place_version
from address_service.store.versions import Piece, rewrite, split_at


@dataclass(frozen=True, slots=True)
class Subject:
    """What has versions: their table and the column of the identity."""

    table: Table
    column: str
    missing: str


DIVISION = Subject(division_version, "division_id", "division-not-found")
PLACE = Subject(place_version, "place_id", "place-not-found")


def change_onwards(
    conn: Connection,
    county_code: str,
    subject: Subject,
    identity: UUID,
    on: date,
    changes: Mapping[str, Any],
    event_id: UUID,
    now: datetime,
) -> None:
    """From a day on something is different, until a later act of its own made it different again.

    Stretches that began for other reasons keep the event by which they began.
    """
    stretches = _stretches(conn, county_code, subject, identity, list(changes), on)
    if not stretches or not _holds(stretches[0].valid_from, on):
        raise NotFound(f"{on}时还没有 {identity}", code=subject.missing)
    still = {name: getattr(stretches[0], name) for name in changes}
    for position, row in enumerate(stretches):
        still = {name: value for name, value in still.items() if getattr(row, name) == value}
        if not still:
            break
        valid = DateRange(row.valid_from, row.valid_to)
        kept, after = split_at(valid, on) if position == 0 else (None, valid)
        facts = {name: changes[name] for name in still}
        why = {"event_id": event_id} if position == 0 else {}
        pieces = ([Piece(kept)] if kept is not None else []) + [Piece(after, {**facts, **why})]
        rewrite(conn, subject.table, county_code, row.id, pieces, now)


def carry_back(
    conn: Connection,
    county_code: str,
    division_id: UUID,
    since: date,
    before: Mapping[str, Any],
    event_id: UUID,
    now: datetime,
    until: date | None = None,
) -> None:
    """A division was there earlier than we knew, from a day on.

    With ``before`` it was otherwise until a day not after the one from which it is known; after that as it is known.
    """
    first = _stretches(conn, county_code, DIVISION, division_id, [], None)[0]
    if not before:
        pieces = [Piece(DateRange(since, first.valid_to), {"event_id": event_id})]
    else:
        turn = until or first.valid_from
        pieces = [
            Piece(DateRange(since, turn), {**before, "event_id": event_id}),
            Piece(DateRange(turn, first.valid_to), {"event_id": event_id}),
        ]
    rewrite(conn, division_version, county_code, first.id, pieces, now)


def within(conn: Connection, county_code: str, division_id: UUID, since: date) -> list[UUID]:
    """A division and all that ever lies in it from a day on, in the order in which they are locked."""
    query = text(
        """SELECT division_id FROM division_version WHERE county_code = :county AND upper_inf(recorded)
             AND (parent_id = :id OR division_id = :id) AND valid && daterange(:since, NULL)
           GROUP BY division_id ORDER BY division_id"""
    )
    rows = conn.execute(query, {"county": county_code, "id": division_id, "since": since})
    return list(rows.scalars())


def places_of(conn: Connection, county_code: str, division_ids: Collection[UUID], since: date) -> list[Any]:
    """Places of divisions from a day on, with kind and first day, in the order in which they are locked."""
    query = text(
        """SELECT v.place_id, p.kind, min(lower(v.valid)) AS begin FROM place_version v
           JOIN place p ON p.county_code = v.county_code AND p.id = v.place_id
           WHERE v.county_code = :county AND v.division_id = ANY(:ids) AND upper_inf(v.recorded)
             AND v.valid && daterange(:since, NULL)
           GROUP BY v.place_id, p.kind ORDER BY v.place_id"""
    )
    return list(conn.execute(query, {"county": county_code, "ids": list(division_ids), "since": since}))


def places_under(conn: Connection, county_code: str, place_id: UUID) -> list[UUID]:
    """A place and those that are named after it as their outer place."""
    query = text(
        """SELECT DISTINCT place_id FROM place_version WHERE county_code = :county AND upper_inf(recorded)
             AND (place_id = :id OR parent_place_id = :id) ORDER BY place_id"""
    )
    return list(conn.execute(query, {"county": county_code, "id": place_id}).scalars())


def move_accounts(conn: Connection, county_code: str, old_code: str, new_code: str) -> int:
    """Let accounts follow their division to its new code, since a scope is told by code; gives how many."""
    query = text(
        "UPDATE account SET division_code = :new WHERE county_code = :county AND division_code = :old"
    )
    return conn.execute(query, {"county": county_code, "old": old_code, "new": new_code}).rowcount


def _holds(valid_from: date | None, on: date) -> bool:
    return valid_from is None or valid_from <= on


def _stretches(
    conn: Connection,
    county_code: str,
    subject: Subject,
    identity: UUID,
    columns: Collection[str],
    since: date | None,
) -> list[Any]:
    names = "".join(f", {name}" for name in columns)
    query = text(
        f"""SELECT id, lower(valid) AS valid_from, upper(valid) AS valid_to{names} FROM {subject.table.name}
            WHERE county_code = :county AND {subject.column} = :id AND upper_inf(recorded)
              AND (CAST(:since AS date) IS NULL OR valid && daterange(CAST(:since AS date), NULL))
            ORDER BY lower(valid) NULLS FIRST FOR UPDATE"""  # noqa: S608
    )
    args = {"county": county_code, "id": identity, "since": since}
    return list(conn.execute(query, args))
