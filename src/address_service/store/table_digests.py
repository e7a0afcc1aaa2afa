"""Rows and digest of every table, streamed out of one snapshot: what a restored database is held against."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from address_service.errors import NotReady
from address_service.store.backup_manifest import TableDigest

_STEADY = (
    # Text of values must not depend on a session's or server's taste.
    "SET LOCAL timezone = 'UTC'",
    "SET LOCAL datestyle = 'ISO, YMD'",
    "SET LOCAL intervalstyle = 'postgres'",
    "SET LOCAL bytea_output = 'hex'",
    "SET LOCAL extra_float_digits = 1",
    # A role that sees only some of the rows gets an error instead of a short backup.
    "SET LOCAL row_security = off",
)


@dataclass(frozen=True, slots=True)
class _Table:
    schema: str
    name: str
    columns: list[str]
    key: list[tuple[str, bool]]
    """Columns of the primary key, and whether each is text."""


def digest_tables(conn: "psycopg.Connection[Any]") -> dict[str, TableDigest]:
    """Every table of the database but those of extensions, by ``schema.table``.

    Call inside of a transaction, whose snapshot is what counts; a table passes through row by row, whatever its size.
    Raises NotReady ``backup-role`` where the role may not see every row.
    """
    for statement in _STEADY:
        conn.execute(statement)
    try:
        return {f"{table.schema}.{table.name}": _digest(conn, table) for table in _tables(conn)}
    except psycopg.errors.InsufficientPrivilege as error:
        raise NotReady(
            f"备份所用的角色看不到全部数据：{error.diag.message_primary}。请设置 ADMIN_DATABASE_URL。",
            code="backup-role",
        ) from error


def _tables(conn: "psycopg.Connection[Any]") -> Iterator[_Table]:
    for schema, name, columns, key in conn.execute(_CATALOG).fetchall():
        yield _Table(schema, name, columns, [(column, text == "t") for column, text in key or []])


def _digest(conn: "psycopg.Connection[Any]", table: _Table) -> TableDigest:
    content, rows = hashlib.sha256(), 0
    with conn.cursor().copy(_copy(table)) as copy:
        for data in copy:
            rows += bytes(data).count(b"\n")  # inside of a value it is written as \n
            content.update(data)
    return TableDigest(rows=rows, sha256=content.hexdigest())


def _copy(table: _Table) -> sql.Composed:
    order: list[sql.Composable] = [
        sql.SQL('{} COLLATE "C"' if text else "{}").format(sql.Identifier(column))
        for column, text in table.key
    ]
    if not order:
        order = [sql.SQL('CAST(one AS text) COLLATE "C"')]
    return sql.SQL("COPY (SELECT {} FROM {} AS one ORDER BY {}) TO STDOUT").format(
        sql.SQL(", ").join(map(sql.Identifier, table.columns)),
        sql.Identifier(table.schema, table.name),
        sql.SQL(", ").join(order),
    )


# Generated columns are made anew by whoever restores, with his own PROJ: they are not part of the record.
_CATALOG = """
SELECT n.nspname, c.relname,
       (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''),
       (SELECT array_agg(ARRAY[a.attname::text, CASE WHEN a.attcollation <> 0 THEN 't' ELSE 'f' END]
                         ORDER BY array_position(k.conkey, a.attnum))
        FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (k.conkey)
        WHERE k.conrelid = c.oid AND k.contype = 'p')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND n.nspname NOT LIKE 'pg\\_toast%'
  AND NOT EXISTS (SELECT FROM pg_depend d
                  WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY 1, 2
"""
