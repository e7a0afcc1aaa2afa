"""Carrying the files of mapping packages over to newer keys, a package at a time, as `key_rotation` does."""

from uuid import UUID

from sqlalchemy import Connection, text

from address_service.store.seal import Seal

_OLD = "county_code = :county AND key_id <> :seal"
_TAKE = f"SELECT id, content FROM mapping_package WHERE {_OLD} ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED"  # noqa: S608
_KEEP = (
    "UPDATE mapping_package SET key_id = :key, content = :content WHERE county_code = :county AND id = :id"
)


class MappingRotation:
    """One transaction's part of a rotation."""

    def __init__(self, conn: Connection, county_code: str, seal: Seal) -> None:
        """Bind to a transaction, a tenant and its seal."""
        self._conn = conn
        self._seal = seal
        self._args = {"county": county_code, "seal": seal.current_ids()[0]}

    def left(self) -> int:
        """Packages that are still under another key than the current one."""
        count = text(f"SELECT count(*) FROM mapping_package WHERE {_OLD}")  # noqa: S608
        return int(self._conn.execute(count, self._args).scalar_one())

    def carry(self) -> int:
        """Carry one over, since a package is large; what somebody else holds is left for another turn."""
        row = self._conn.execute(text(_TAKE), self._args).one_or_none()
        if row is None:
            return 0
        content = self._seal.seal_file(row.id, self._seal.open_file(row.id, bytes(row.content)))
        key = UUID(bytes=content[:16])
        self._conn.execute(text(_KEEP), {**self._args, "id": row.id, "key": key, "content": content})
        return 1
