"""Answers kept by Idempotency-Key, so that a repeated request is answered and not done again."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, text, update
from sqlalchemy.dialects.postgresql import insert

from address_service.store.tables.events import idempotency

KEPT_DAYS = 7
"""A request that is repeated later than that is done again."""

# Rows that another transaction lets go of are left to it, so that no claim waits for another's key.
_LET_GO = text(
    """
    DELETE FROM idempotency WHERE (county_code, account_id, key) IN (
        SELECT county_code, account_id, key FROM idempotency
        WHERE county_code = :county AND created_at < now() - make_interval(days => :days)
        LIMIT 1000 FOR UPDATE SKIP LOCKED)
    """
)


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What was asked under a key, and the answer once there is one."""

    request_digest: bytes
    status: int | None
    response: Any


class IdempotencyRepository:
    """Keys of one account."""

    def __init__(self, conn: Connection, county_code: str, account_id: UUID) -> None:
        """Bind to a transaction, a tenant and an account."""
        self._conn = conn
        self._county = county_code
        self._account = account_id

    def claim(self, key: UUID, request_digest: bytes) -> KeptAnswer | None:
        """Take a key, or give what is kept under it.

        A second request with the key waits until the first one's transaction has ended. Answers older than `KEPT_DAYS`
        are let go of first.
        """
        self._conn.execute(_LET_GO, {"county": self._county, "days": KEPT_DAYS})
        mine = self._conn.execute(
            insert(idempotency)
            .values(
                county_code=self._county, account_id=self._account, key=key, request_digest=request_digest
            )
            .on_conflict_do_nothing()
            .returning(idempotency.c.key)  # SQLAlchemy counts no rows of an INSERT
        )
        if mine.first() is not None:
            return None
        row = self._conn.execute(
            select(idempotency.c.request_digest, idempotency.c.status, idempotency.c.response).where(
                *self._where(key)
            )
        ).one()
        return KeptAnswer(*row)

    def keep(self, key: UUID, status: int, response: Any) -> None:
        """Keep the answer under the key."""
        self._conn.execute(
            update(idempotency).where(*self._where(key)).values(status=status, response=response)
        )

    def _where(self, key: UUID) -> tuple[Any, ...]:
        c = idempotency.c
        return (c.county_code == self._county, c.account_id == self._account, c.key == key)
