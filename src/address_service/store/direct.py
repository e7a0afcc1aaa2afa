"""Statements said by the driver itself, for what every request says: the layers above take longer than the answer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import Connection

from address_service.store.bulk import driver_connection
from address_service.store.engine import explain

_PLACEHOLDER = re.compile(r"(?<!:):([a-z_]+)")


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with ``$1``, ``$2``, … and the names of the arguments that stand for them."""

    sql: str
    names: tuple[str, ...]


@lru_cache(maxsize=256)
def direct(query: str) -> Statement:
    """A statement from SQL that names its arguments ``:so``; it is read for them once and not at every turn."""
    names = tuple(dict.fromkeys(_PLACEHOLDER.findall(query)))
    places = {name: f"${i}" for i, name in enumerate(names, start=1)}
    return Statement(_PLACEHOLDER.sub(lambda found: places[found[1]], query), names)


def first_row(conn: Connection, statement: Statement, args: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """The first row of the answer, in the transaction of the connection."""
    cursor = psycopg.RawCursor(driver_connection(conn))
    try:
        return cursor.execute(statement.sql, [args[name] for name in statement.names]).fetchone()
    except psycopg.Error as error:
        explain(error)
        raise


def named_rows(conn: Connection, statement: Statement, args: Mapping[str, Any]) -> list[Any]:
    """All rows of the answer as named tuples, in the transaction of the connection."""
    cursor: psycopg.RawCursor[NamedTuple] = psycopg.RawCursor(
        driver_connection(conn), row_factory=namedtuple_row
    )
    try:
        return cursor.execute(statement.sql, [args[name] for name in statement.names]).fetchall()
    except psycopg.Error as error:
        explain(error)
        raise
