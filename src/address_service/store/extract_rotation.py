"""Carrying extracts and their rows over to newer keys, some at a time, as `key_rotation` does with residents."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from address_service.reconcile.facts import from_payload, memory_key
from address_service.store.extract_rows import ID_NO, MEMORY
from address_service.store.seal import RowKey, Seal

_OLD_ROW = "county_code = :county AND row_key IS NOT NULL AND (key_id <> :seal OR index_key_id <> :index)"
_OLD_EXTRACT = "county_code = :county AND row_key IS NOT NULL AND key_id <> :seal"
_ROW = """
UPDATE extract_row SET key_id = :key_id, row_key = :row_key, index_key_id = :index_key, memory_index = :memory,
    id_no_index = :id_no
WHERE county_code = :county AND id = :id
"""
_EXTRACT = "UPDATE extract SET key_id = :key_id, row_key = :row_key WHERE county_code = :county AND id = :id"


class ExtractRotation:
    """One transaction's part of a rotation; the whole county must be in scope."""

    def __init__(self, conn: Connection, county_code: str, seal: Seal) -> None:
        """Bind to a transaction, a tenant and its seal."""
        self._conn = conn
        self._county = county_code
        self._seal = seal

    def left(self) -> int:
        """Extracts and rows that are still under another key than the current ones."""
        counts = [
            f"(SELECT count(*) FROM extract_row WHERE {_OLD_ROW})",  # noqa: S608
            f"(SELECT count(*) FROM extract WHERE {_OLD_EXTRACT})",  # noqa: S608
        ]
        return int(self._conn.execute(text(f"SELECT {' + '.join(counts)}"), self._args()).scalar_one())

    def carry(self, limit: int) -> int:
        """Carry up to ``limit`` over; what somebody else holds is left for another turn."""
        rows = self._take("extract_row", _OLD_ROW, limit)
        for row in rows:
            key = RowKey(row.key_id, bytes(row.row_key))
            facts = from_payload(self._seal.open("extract_row", row.id, key, bytes(row.payload)))
            self._conn.execute(text(_ROW), {
                **self._rewrapped("extract_row", row.id, key), "index_key": self._seal.current_ids()[1],
                "memory": self._seal.index(MEMORY, memory_key(facts)), "id_no": self._seal.index(ID_NO, facts.id_no),
            })  # fmt: skip
        extracts = self._take("extract", _OLD_EXTRACT, limit - len(rows)) if len(rows) < limit else []
        for row in extracts:
            key = RowKey(row.key_id, bytes(row.row_key))
            self._conn.execute(text(_EXTRACT), self._rewrapped("extract", row.id, key))
        return len(rows) + len(extracts)

    def _take(self, table: str, old: str, limit: int) -> list[Any]:
        query = f"SELECT id, key_id, row_key, payload FROM {table} WHERE {old} ORDER BY id LIMIT :limit"  # noqa: S608
        return list(
            self._conn.execute(text(f"{query} FOR UPDATE SKIP LOCKED"), {**self._args(), "limit": limit})
        )

    def _rewrapped(self, table: str, row_id: UUID, key: RowKey) -> dict[str, Any]:
        new = self._seal.rewrap(table, row_id, key)
        return {"county": self._county, "id": row_id, "key_id": new.key_id, "row_key": new.wrapped}

    def _args(self) -> dict[str, Any]:
        seal, index = self._seal.current_ids()
        return {"county": self._county, "seal": seal, "index": index}
