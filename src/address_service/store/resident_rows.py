"""Many rows at once into tables under row-level security, which take no COPY: one INSERT from arrays."""

from collections.abc import Sequence
from enum import Enum

from sqlalchemy import Connection, Table
from sqlalchemy.dialects.postgresql.base import PGDialect

from address_service.store.bulk import driver_connection
from address_service.store.engine import explain

_DIALECT = PGDialect()  # type: ignore[no-untyped-call]
_MOST = 5_000


def insert_rows(
    conn: Connection, table: Table, columns: Sequence[str], rows: Sequence[Sequence[object]]
) -> None:
    """Write rows; ranges, JSON and arrays of words as text, everything else as the driver takes it.

    A value that is the very same object in every row is sent once.
    """
    kinds = [str(table.columns[name].type.compile(_DIALECT)) for name in columns]
    names = ", ".join(f'"{name}"' for name in columns)
    with driver_connection(conn).cursor() as cursor:
        for start in range(0, len(rows), _MOST):
            taken, source, values = _arranged(kinds, rows[start : start + _MOST])
            statement = f"INSERT INTO {table.fullname} ({names}) SELECT {taken} FROM {source}"  # noqa: S608
            try:
                cursor.execute(statement, values)
            except Exception as error:
                explain(error)
                raise


def _arranged(kinds: Sequence[str], rows: Sequence[Sequence[object]]) -> tuple[str, str, list[object]]:
    """What is selected, what it is selected from, and the values: those said once first."""
    taken: list[str] = []
    sources: list[str] = []
    once: list[object] = []
    many: list[object] = []
    for kind, column in zip(kinds, zip(*rows, strict=True), strict=True):
        first = column[0]
        # One array at least says how many rows there are.
        if all(value is first for value in column) and len(once) + 1 < len(kinds):
            taken.append(f"%s::{_sent_as(kind)}::{kind}")
            once.append(first)
        else:
            many.append([value.value if isinstance(value, Enum) else value for value in column])
            taken.append(f"r.c{len(many)}::{kind}")
            sources.append(f"%b::{_sent_as(kind)}[]")
    columns = ", ".join(f"c{n}" for n in range(1, len(many) + 1))
    return ", ".join(taken), f"unnest({', '.join(sources)}) AS r ({columns})", [*once, *many]


def _sent_as(kind: str) -> str:
    return "text" if kind in ("DATERANGE", "TSTZRANGE", "JSONB", "TEXT[]") else kind
