"""Several queries as one statement: one trip to the server where each would cost more than its answer is worth."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection

from address_service.store.direct import Statement, direct, first_row

Rows = dict[str, list[dict[str, Any]]]


def together(parts: Mapping[str, str], first: str = "") -> Statement:
    """One statement that answers every query of ``parts``, its rows in the query's own order, seen at one moment.

    Queries name their arguments ``:so``. ``first`` is a ``WITH`` clause before them.
    """
    members = ", ".join(f"'{name}', (SELECT json_agg(r) FROM ({query}) r)" for name, query in parts.items())  # noqa: S608
    return direct(f"{first} SELECT CAST(json_build_object({members}) AS text)")


def read_together(conn: Connection, statement: Statement, args: Mapping[str, Any]) -> Rows:
    """The rows of each part; values are JSON's: ids and dates come as text, bytes as `from_hex` reads them."""
    row = first_row(conn, statement, args)
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
