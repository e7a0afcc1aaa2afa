"""Several queries as one statement: one trip to the server where each would cost more than its answer is worth."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
import psycopg
from sqlalchemy import Connection

from address_service.store.bulk import driver_connection
from address_service.store.engine import explain

Rows = dict[str, list[dict[str, Any]]]

_PLACEHOLDER = re.compile(r"(?<!:):([a-z_]+)")


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with ``$1``, ``$2``, … and the names of the arguments that stand for them."""

    sql: str
    names: tuple[str, ...]


def together(parts: Mapping[str, str], first: str = "") -> Statement:
    """One statement that answers every query of ``parts``, its rows in the query's own order, seen at one moment.

    Queries name their arguments ``:so``. ``first`` is a ``WITH`` clause before them.
    """
    members = ", ".join(f"'{name}', (SELECT json_agg(r) FROM ({query}) r)" for name, query in parts.items())  # noqa: S608
    named = f"{first} SELECT CAST(json_build_object({members}) AS text)"
    names = tuple(dict.fromkeys(_PLACEHOLDER.findall(named)))
    places = {name: f"${i}" for i, name in enumerate(names, start=1)}
    return Statement(_PLACEHOLDER.sub(lambda found: places[found[1]], named), names)


def read_together(conn: Connection, statement: Statement, args: Mapping[str, Any]) -> Rows:
    """The rows of each part; values are JSON's: ids and dates come as text, bytes as `from_hex` reads them.

    By the driver itself: a statement this long is read anew for its placeholders at every turn by the layers above.
    """
    cursor = psycopg.RawCursor(driver_connection(conn))
    try:
        row = cursor.execute(statement.sql, [args[name] for name in statement.names]).fetchone()
    except psycopg.Error as error:
        explain(error)
        raise
    found = orjson.loads(row[0]) if row else {}
    return {name: rows or [] for name, rows in found.items()}


def only(rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The only row, if there is one."""
    return rows[0] if rows else None


def as_uuid(value: str | None) -> UUID | None:
    """An id."""
    return UUID(value) if value is not None else None


def from_hex(value: str) -> bytes:
    r"""Bytes from PostgreSQL's ``\x…``."""
    return bytes.fromhex(value[2:])
