"""The audit as it is read: line by line for who checks or exports it, page by page for who searches."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row
from sqlalchemy import Connection, text

from address_service.coding.audit_chain import Head
from address_service.errors import InvalidInput
from address_service.store.bulk import driver_connection
from address_service.store.engine import explain

_COLUMNS = """
    coalesce(chain, -1) AS chain, coalesce(seq, 0) AS seq, county_code, previous, key_id,
    CASE WHEN isfinite(at) THEN CAST(extract(epoch FROM at) * 1000000 AS bigint) END AS at_us, account_id, account_name,
    office, scope, channel, source, request_id, action, object_kind, object_id, CAST(detail AS text) AS detail, before,
    after, reason, mac
"""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_AT_ONCE = 2000
"""Lines that are in memory at one time."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines; None for any. ``scope`` is the start of the division codes of accounts whose lines are seen."""

    scope: str | None = None
    account: str | None = None
    action: str | None = None
    object_kind: str | None = None
    object_id: str | None = None
    channel: str | None = None
    source: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> str:
        """The chosen conditions as SQL over `audit_line l` with the names of this class's members."""
        return "".join(f" AND {_CONDITIONS[name]}" for name in self.chosen())

    def chosen(self) -> dict[str, Any]:
        """The arguments that were given."""
        values = {name: getattr(self, name) for name in _CONDITIONS}
        return {name: value for name, value in values.items() if value is not None}


_CONDITIONS = {
    "scope": "starts_with(l.scope, %(scope)s)",
    "account": "l.account_name = %(account)s",
    "action": "l.action = %(action)s",
    "object_kind": "l.object_kind = %(object_kind)s",
    "object_id": "l.object_id = %(object_id)s",
    "channel": "l.channel = %(channel)s",
    "source": "l.source = %(source)s",
    "since": "l.at >= %(since)s",
    "until": "l.at < %(until)s",
}


def one_moment(conn: Connection) -> None:
    """See everything as of one moment; said before anything else in the transaction."""
    conn.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))


def read_lines(conn: Connection, county_code: str, wanted: Wanted | None = None) -> Iterator[dict[str, Any]]:
    """The lines by chain and number, with every field that their macs take in; few are in memory at one time."""
    wanted = wanted or Wanted()
    query = f"""
        SELECT {_COLUMNS} FROM registry.audit_line l WHERE county_code = %(county)s{wanted.conditions()}
        ORDER BY l.chain, l.seq
    """  # noqa: S608 - conditions are constants
    with driver_connection(conn).cursor("audit", row_factory=dict_row) as cursor:
        cursor.itersize = _AT_ONCE
        _ask(cursor, query, {"county": county_code, **wanted.chosen()})
        for row in cursor:
            yield {**row, "detail": as_detail(row["detail"])}


def as_detail(words: str | None) -> Any:
    """A detail as it was given; what cannot be read stays text, and fits no mac."""
    try:
        return json.loads(words or "")
    except ValueError:
        return words


def read_heads(conn: Connection, county_code: str) -> dict[int, Head]:
    """Where each chain ends."""
    query = text("SELECT chain, seq, mac FROM registry.audit_head WHERE county_code = :county AND seq > 0")
    return {row.chain: Head(row.seq, row.mac) for row in conn.execute(query, {"county": county_code})}


def count_before(conn: Connection, county_code: str, day: datetime) -> int:
    """How many lines are older."""
    query = text("SELECT count(*) FROM registry.audit_line WHERE county_code = :county AND at < :day")
    return int(conn.execute(query, {"county": county_code, "day": day}).scalar_one())


def audit_page(
    conn: Connection, county_code: str, wanted: Wanted, after: UUID | None, limit: int
) -> list[dict[str, Any]]:
    """Lines, the latest first; ``after`` is the ``position`` of the last one seen."""
    place = position_of(after) if after else None
    onward = " AND (l.at, l.chain, l.seq) < (%(at)s, %(chain)s, %(seq)s)" if place else ""
    query = f"""
        SELECT l.* FROM registry.audit_line l WHERE l.county_code = %(county)s{wanted.conditions()}{onward}
        ORDER BY l.at DESC, l.chain DESC, l.seq DESC LIMIT %(limit)s
    """  # noqa: S608 - conditions are constants
    args = {"county": county_code, "limit": limit, **wanted.chosen(), **(place or {})}
    with driver_connection(conn).cursor(row_factory=dict_row) as cursor:
        _ask(cursor, query, args)
        rows = cursor.fetchall()
    return [{**row, "position": _position(row)} for row in rows]


def _ask(
    cursor: psycopg.Cursor[Any] | psycopg.ServerCursor[Any], query: str, args: Mapping[str, Any]
) -> None:
    try:
        cursor.execute(query, args)
    except psycopg.Error as error:
        explain(error)
        raise


def _position(row: Mapping[str, Any]) -> UUID:
    """Moment, chain and number in the bytes of one id, in the order of the list."""
    at: datetime = row["at"]
    moment = int(at.replace(microsecond=0).timestamp()) * 1_000_000 + at.microsecond
    return UUID(int=(moment << 64) | (row["chain"] << 48) | row["seq"])


def position_of(position: UUID) -> dict[str, Any]:
    """What `_position` put together; raises InvalidInput `cursor-invalid`."""
    moment, chain, seq = position.int >> 64, (position.int >> 48) & 0xFFFF, position.int & (1 << 48) - 1
    try:
        return {"at": _EPOCH + timedelta(microseconds=moment), "chain": chain, "seq": seq}
    except OverflowError as error:
        raise InvalidInput("cursor 无效，请用上一页答复中的 next_cursor", code="cursor-invalid") from error
