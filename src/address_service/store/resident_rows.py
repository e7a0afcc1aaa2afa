"""Many rows at once into tables under row-level security, which take no COPY: one INSERT from arrays."""

from collections.abc import Sequence

from sqlalchemy import Connection, Table
from sqlalchemy.dialects.postgresql.base import PGDialect

from address_service.store.bulk import driver_connection
from address_service.store.engine import explain

_DIALECT = PGDialect()  # type: ignore[no-untyped-call]
_MOST = 5_000


def insert_rows(
    conn: Connection, table: Table, columns: Sequence[str], rows: Sequence[Sequence[object]]
) -> None:
    """Write rows; ranges and JSON as text, everything else as the driver takes it."""
    kinds = [str(table.columns[name].type.compile(_DIALECT)) for name in columns]
    names = ", ".join(f'"{name}"' for name in columns)
    arrays = ", ".join(f"%s::{_sent_as(kind)}[]::{kind}[]" for kind in kinds)
    statement = f"INSERT INTO {table.fullname} ({names}) SELECT * FROM unnest({arrays})"  # noqa: S608
    with driver_connection(conn).cursor() as cursor:
        for start in range(0, len(rows), _MOST):
            part = rows[start : start + _MOST]
            try:
                cursor.execute(statement, [[row[i] for row in part] for i in range(len(columns))])
            except Exception as error:
                explain(error)
                raise


def _sent_as(kind: str) -> str:
    return "text" if kind in ("DATERANGE", "TSTZRANGE", "JSONB") else kind
