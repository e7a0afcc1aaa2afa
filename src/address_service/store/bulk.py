"""Many rows at once: COPY inside the transaction of the unit of work."""

from collections.abc import Iterable, Sequence
from itertools import chain, islice
from typing import Any

import orjson
import psycopg
from sqlalchemy import Connection, Table
from sqlalchemy.exc import DBAPIError


def json_text(value: object) -> str:
    """A value for a JSON column, which takes it as text."""
    return orjson.dumps(value).decode()


def driver_connection(conn: Connection) -> "psycopg.Connection[Any]":
    """The psycopg connection under a SQLAlchemy one, in the same transaction."""
    raw = conn.connection.driver_connection
    if not isinstance(raw, psycopg.Connection):
        raise TypeError("not a psycopg connection")
    return raw


_FEW = 8
"""So many rows are inserted one by one: a COPY costs three trips to the server, even for no row at all."""


def copy_rows(
    conn: Connection, table: Table, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> int:
    """Write rows into a table and say how many; geometry as hex EWKB text, ranges as psycopg Range or text.

    What is the same in every row is best given as text: that is how it is sent.
    """
    names = ", ".join(f'"{name}"' for name in columns)
    following = iter(rows)
    head = list(islice(following, _FEW + 1))
    if len(head) <= _FEW:
        _insert(conn, f"INSERT INTO {table.fullname} ({names})", head)
        return len(head)
    count = 0
    statement = f"COPY {table.fullname} ({names}) FROM STDIN"
    with driver_connection(conn).cursor() as cursor, cursor.copy(statement) as copy:
        for row in chain(head, following):
            copy.write_row(row)
            count += 1
    return count


def _insert(conn: Connection, into: str, rows: Sequence[Sequence[object]]) -> None:
    """One row after the other; raises the driver's own errors, as COPY does."""
    for row in rows:
        places = ", ".join(["%s"] * len(row))
        try:
            conn.exec_driver_sql(f"{into} VALUES ({places})", tuple(row))
        except DBAPIError as error:
            if isinstance(error.orig, psycopg.Error):
                raise error.orig from error
            raise
