"""Many rows at once: COPY inside the transaction of the unit of work."""

from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
from sqlalchemy import Connection, Table


def driver_connection(conn: Connection) -> "psycopg.Connection[Any]":
    """The psycopg connection under a SQLAlchemy one, in the same transaction."""
    raw = conn.connection.driver_connection
    if not isinstance(raw, psycopg.Connection):
        raise TypeError("not a psycopg connection")
    return raw


def copy_rows(
    conn: Connection, table: Table, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> int:
    """COPY rows into a table and say how many; geometry as hex EWKB text, ranges as psycopg Range or text."""
    names = ", ".join(f'"{name}"' for name in columns)
    count = 0
    statement = f"COPY {table.fullname} ({names}) FROM STDIN"
    with driver_connection(conn).cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    return count
