"""Who reads the change feed, and how far each has come."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text

from address_service.errors import Conflict, InvalidInput
from address_service.store.ids import new_id


@dataclass(frozen=True, slots=True)
class Consumer:
    """A reader of the feed, and how far it has come."""

    name: str
    account: str
    acknowledged: int
    created_at: datetime
    acknowledged_at: datetime


class ConsumerRepository:
    """Consumers of one county's feed."""

    def __init__(self, conn: Connection, county_code: str) -> None:
        """Bind to a transaction and a tenant."""
        self._conn = conn
        self._county = county_code

    def acknowledge(self, account_id: UUID, name: str, cursor: int, last: int, now: datetime) -> Consumer:
        """Note how far a consumer has come; the first time registers it.

        Raises InvalidInput `cursor-unknown` beyond the last position, Conflict `cursor-behind` before its own.
        """
        if cursor > last:
            raise InvalidInput("变更位置尚未发出", code="cursor-unknown")
        args = {
            "county": self._county,
            "id": new_id(),
            "account": account_id,
            "name": name,
            "cursor": cursor,
            "now": now,
        }
        if not self._conn.execute(text(_ACKNOWLEDGE), args).rowcount:
            raise Conflict(f"“{name}”已确认到更后的位置", code="cursor-behind")
        return next(one for one in self.all(account_id) if one.name == name)

    def all(self, account_id: UUID | None = None) -> list[Consumer]:
        """Consumers of an account, or everybody's."""
        rows = self._conn.execute(text(_CONSUMERS), {"county": self._county, "account": account_id})
        return [Consumer(*row) for row in rows]


_ACKNOWLEDGE = """
INSERT INTO change_consumer AS c (county_code, id, account_id, name, acknowledged, created_at, acknowledged_at)
VALUES (:county, :id, :account, :name, :cursor, :now, :now)
ON CONFLICT (county_code, account_id, name) DO UPDATE SET acknowledged = excluded.acknowledged,
    acknowledged_at = excluded.acknowledged_at WHERE c.acknowledged <= excluded.acknowledged
"""

_CONSUMERS = """
SELECT c.name, a.name AS account, c.acknowledged, c.created_at, c.acknowledged_at FROM change_consumer c
JOIN account a ON a.county_code = c.county_code AND a.id = c.account_id
WHERE c.county_code = :county AND (CAST(:account AS uuid) IS NULL OR c.account_id = :account) ORDER BY a.name, c.name
"""
