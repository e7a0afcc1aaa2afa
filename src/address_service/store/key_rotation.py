"""Carrying residents' rows over to newer keys, some at a time: each row says which keys it is under."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from address_service.residents.person import from_payload
from address_service.store.bulk import driver_connection
from address_service.store.seal import RowKey, Seal

_FIRST = UUID(int=0)
_TAKE = """
SELECT id, key_id, row_key, payload FROM {table}
WHERE county_code = :county AND id > :after AND row_key IS NOT NULL AND (key_id <> :seal OR index_key_id <> :index)
ORDER BY id LIMIT :limit FOR UPDATE SKIP LOCKED
"""
_COUNT = """
SELECT count(*) FROM {table}
WHERE county_code = :county AND row_key IS NOT NULL AND (key_id <> :seal OR index_key_id <> :index)
"""
# The statistics show a role its own sessions, which are those that seal.
_UNDER_WAY = """
SELECT EXISTS (SELECT FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid() AND xact_start < :moment)
"""
_PERSONS = """
UPDATE person p SET key_id = %s, index_key_id = %s, row_key = n.row_key, id_no_index = n.id_no, name_index = n.name,
    phone_index = n.phone
FROM unnest(%s::uuid[], %s::bytea[], %s::bytea[], %s::bytea[], %s::bytea[]) AS n (id, row_key, id_no, name, phone)
WHERE p.county_code = %s AND p.id = n.id
"""
_HOUSEHOLDS = """
UPDATE household h SET key_id = %s, index_key_id = %s, row_key = n.row_key, book_no_index = n.book_no
FROM unnest(%s::uuid[], %s::bytea[], %s::bytea[]) AS n (id, row_key, book_no)
WHERE h.county_code = %s AND h.id = n.id
"""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a walk over the rows has come: the table, and the last row of it that was looked at."""

    table: int = 0
    after: UUID = _FIRST


class KeyRotation:
    """One transaction's part of a rotation; the whole county must be in scope."""

    def __init__(self, conn: Connection, county_code: str, seal: Seal) -> None:
        """Bind to a transaction, a tenant and its seal."""
        self._conn = conn
        self._county = county_code
        self._seal = seal

    def left(self) -> int:
        """Rows that are still under another key than the current ones."""
        return sum(
            int(self._conn.execute(text(_COUNT.format(table=t)), self._args()).scalar_one()) for t in _TABLES
        )

    def began_at(self) -> datetime:
        """When this transaction began, by the database's clock."""
        found: datetime = self._conn.execute(text("SELECT transaction_timestamp()")).scalar_one()
        return found

    def is_older_work_under_way(self, moment: datetime) -> bool:
        """Whether somebody who began before a moment may yet commit rows under the keys of then."""
        return bool(self._conn.execute(text(_UNDER_WAY), {"moment": moment}).scalar_one())

    def carry(self, mark: Mark, limit: int) -> tuple[int, Mark | None]:
        """Carry up to ``limit`` rows after a mark over, and say where to go on; None at the end.

        A walk looks at each row once. Rows that somebody else holds are left for another walk.
        """
        rows = self._take(_TABLES[mark.table], mark.after, limit)
        done = self._persons(rows) if mark.table == 0 else self._households(rows)
        if len(rows) == limit:
            return done, Mark(mark.table, rows[-1].id)
        return done, Mark(mark.table + 1) if mark.table + 1 < len(_TABLES) else None

    def _args(self) -> dict[str, Any]:
        seal, index = self._seal.current_ids()
        return {"county": self._county, "seal": seal, "index": index}

    def _take(self, table: str, after: UUID, limit: int) -> list[Any]:
        args = {**self._args(), "after": after, "limit": limit}
        return list(self._conn.execute(text(_TAKE.format(table=table)), args))

    def _persons(self, rows: list[Any]) -> int:
        columns: list[list[Any]] = [[], [], [], [], []]
        for row in rows:
            key = RowKey(row.key_id, bytes(row.row_key))
            facts = from_payload(self._seal.open("person", row.id, key, bytes(row.payload)))
            index = self._seal.index
            values = (row.id, self._rewrapped("person", row.id, key), index("id-no", facts.id_no),
                      index("name", facts.name), index("phone", facts.phone))  # fmt: skip
            for column, value in zip(columns, values, strict=True):
                column.append(value)
        return self._write(_PERSONS, columns)

    def _households(self, rows: list[Any]) -> int:
        columns: list[list[Any]] = [[], [], []]
        for row in rows:
            key = RowKey(row.key_id, bytes(row.row_key))
            book_no = self._seal.open("household", row.id, key, bytes(row.payload)).get("book_no")
            values = (row.id, self._rewrapped("household", row.id, key), self._seal.index("book-no", book_no))
            for column, value in zip(columns, values, strict=True):
                column.append(value)
        return self._write(_HOUSEHOLDS, columns)

    def _rewrapped(self, table: str, row_id: UUID, key: RowKey) -> bytes:
        return self._seal.rewrap(table, row_id, key).wrapped

    def _write(self, statement: str, columns: list[list[Any]]) -> int:
        if not columns[0]:
            return 0
        seal, index = self._seal.current_ids()
        with driver_connection(self._conn).cursor() as cursor:
            cursor.execute(statement, [seal, index, *columns, self._county])
            return cursor.rowcount


_TABLES = ("person", "household")
