"""What a register holds, told by plain SQL that knows nothing of the program: rows and a digest of each table."""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from psycopg import sql

Facts = dict[str, dict[str, Any]]


def contents(conn: "psycopg.Connection[Any]", columns: Mapping[str, Sequence[str]] | None = None) -> Facts:
    """Columns, rows and digest of every table with rows; with ``columns`` of those tables and columns alone.

    A digest does not depend on the order of rows. Columns that the database derives are left out.
    """
    conn.execute("SET TIME ZONE 'UTC'")
    chosen = columns if columns is not None else _columns(conn)
    found = {table: _table(conn, table, names) for table, names in chosen.items()}
    return {table: facts for table, facts in found.items() if facts["rows"] or columns is not None}


def _columns(conn: "psycopg.Connection[Any]") -> dict[str, list[str]]:
    rows = conn.execute(
        """
        SELECT c.oid::regclass::text, array_agg(a.attname::text ORDER BY a.attname)
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relnamespace = 'registry'::regnamespace AND c.relkind = 'r' AND a.attnum > 0
          AND NOT a.attisdropped AND a.attgenerated = ''
        GROUP BY c.oid ORDER BY 1
        """
    )
    return {table.removeprefix("registry."): names for table, names in rows}


def _table(conn: "psycopg.Connection[Any]", table: str, names: Sequence[str]) -> dict[str, Any]:
    fields = sql.SQL(", ").join(sql.Identifier(name) for name in names)
    query = sql.SQL(
        "SELECT count(*), coalesce(md5(string_agg(line, E'\\n' ORDER BY line COLLATE \"C\")), '')"
        " FROM (SELECT md5(ROW({})::text) AS line FROM registry.{}) AS lines"
    ).format(fields, sql.Identifier(table))
    ((rows, digest),) = conn.execute(query).fetchall()
    return {"columns": list(names), "rows": rows, "md5": digest}
