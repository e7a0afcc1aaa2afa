"""Rewriting history without overwriting it: the old version stops being what we know, new ones take its place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.types.range import DateRange, TimestamptzRange
from sqlalchemy import Connection, Table, text
from sqlalchemy.dialects.postgresql.base import PGDialect

from address_service.store.ids import new_id

_DIALECT = PGDialect()  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of time of the rewritten history and what differs in it; geometry as hex EWKB."""

    valid: DateRange
    changes: Mapping[str, Any] = field(default_factory=dict)


def rewrite(
    conn: Connection, table: Table, county_code: str, version_id: UUID, pieces: Sequence[Piece], now: datetime
) -> datetime:
    """Close what we knew (``recorded``) of one version and write pieces of it in its place, none to withdraw it.

    A version recorded at the same moment or, by another clock, later is followed a microsecond after itself; gives the
    moment.
    """
    moment = _close(conn, table, county_code, version_id, now)
    for piece in pieces:
        changes = {**piece.changes, "id": new_id(), "valid": piece.valid, **_unseen(table)}
        _copy(conn, table, county_code, version_id, changes, moment)
    return moment


def _unseen(table: Table) -> dict[str, None]:
    """A new version has no position in the change feed yet, whatever position the old one has."""
    return {name: None for name in ("change_seq", "closed_seq") if name in table.columns}


def split_at(valid: DateRange, on: date) -> tuple[DateRange | None, DateRange]:
    """The stretch before a day, None where there is none, and the stretch from that day on."""
    if valid.lower is not None and on <= valid.lower:
        return None, valid
    return DateRange(valid.lower, on), DateRange(on, valid.upper)


def _close(conn: Connection, table: Table, county_code: str, version_id: UUID, now: datetime) -> datetime:
    statement = text(
        f"UPDATE {table.name} SET recorded = tstzrange(lower(recorded), greatest(:now, lower(recorded) + :tick))"  # noqa: S608
        " WHERE county_code = :county AND id = :id AND upper_inf(recorded) RETURNING upper(recorded)"
    )
    args = {"now": now, "tick": timedelta(microseconds=1), "county": county_code, "id": version_id}
    moment: datetime = conn.execute(statement, args).scalar_one()
    return moment


def _copy(
    conn: Connection,
    table: Table,
    county_code: str,
    version_id: UUID,
    changes: Mapping[str, Any],
    moment: datetime,
) -> None:
    values = {**changes, "recorded": TimestamptzRange(moment, None)}
    columns = [column for column in table.columns if column.computed is None]
    names = ", ".join(column.name for column in columns)
    taken = ", ".join(
        f"CAST(:{c.name} AS {c.type.compile(_DIALECT)})" if c.name in values else c.name for c in columns
    )
    statement = f"INSERT INTO {table.name} ({names}) SELECT {taken} FROM {table.name} WHERE county_code = :_c AND id = :_v"  # noqa: S608, E501
    conn.execute(text(statement), {**values, "_c": county_code, "_v": version_id})
