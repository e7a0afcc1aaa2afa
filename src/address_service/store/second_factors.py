"""Second factors: sealed secrets, the last code taken, recovery codes as digests."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from address_service.store.ids import new_id
from address_service.store.tables.accounts import recovery_code, second_factor


@dataclass(frozen=True, slots=True)
class FactorRow:
    """A second factor that was not removed."""

    id: UUID
    sealed: bytes
    key_id: UUID
    is_confirmed: bool


class SecondFactorRepository:
    """Second factors of one county."""

    def __init__(self, conn: Connection, county_code: str) -> None:
        """Bind to a transaction and a tenant."""
        self._conn = conn
        self._county = county_code

    def find(self, account_id: UUID) -> FactorRow | None:
        """The factor of an account, confirmed or not."""
        table = second_factor
        query = select(table.c.id, table.c.sealed, table.c.key_id, table.c.confirmed_at.is_not(None)).where(
            table.c.county_code == self._county,
            table.c.account_id == account_id,
            table.c.removed_at.is_(None),
        )
        row = self._conn.execute(query).one_or_none()
        return FactorRow(*row) if row else None

    def add(self, factor_id: UUID, account_id: UUID, sealed: bytes, key_id: UUID, now: datetime) -> None:
        """Keep a secret that is still to be confirmed."""
        self._conn.execute(
            insert(second_factor).values(
                county_code=self._county,
                id=factor_id,
                account_id=account_id,
                sealed=sealed,
                key_id=key_id,
                created_at=now,
                last_step=0,
            )
        )

    def take_step(self, factor_id: UUID, step: int) -> bool:
        """Take the code of a 30-second step: False when this or a later one was taken before."""
        table = second_factor
        query = (
            update(table)
            .where(
                table.c.county_code == self._county,
                table.c.id == factor_id,
                table.c.last_step < step,
                table.c.removed_at.is_(None),
            )
            .values(last_step=step)
        )
        return self._conn.execute(query).rowcount == 1

    def confirm(self, factor_id: UUID, digests: list[bytes], now: datetime) -> None:
        """The holder has shown a code: the factor counts, with these recovery codes."""
        table = second_factor
        self._conn.execute(
            update(table)
            .where(table.c.county_code == self._county, table.c.id == factor_id)
            .values(confirmed_at=now)
        )
        rows = [
            {"county_code": self._county, "id": new_id(), "factor_id": factor_id, "digest": digest}
            for digest in digests
        ]
        self._conn.execute(insert(recovery_code), rows)

    def remove(self, account_id: UUID, now: datetime) -> bool:
        """End the factor of an account; False when there is none."""
        table = second_factor
        query = (
            update(table)
            .where(
                table.c.county_code == self._county,
                table.c.account_id == account_id,
                table.c.removed_at.is_(None),
            )
            .values(removed_at=now)
        )
        return self._conn.execute(query).rowcount == 1

    def use_recovery_code(self, factor_id: UUID, digest: bytes, now: datetime) -> bool:
        """Use up a recovery code; False when there is none or it was used."""
        table = recovery_code
        query = (
            update(table)
            .where(
                table.c.county_code == self._county,
                table.c.factor_id == factor_id,
                table.c.digest == digest,
                table.c.used_at.is_(None),
            )
            .values(used_at=now)
        )
        return self._conn.execute(query).rowcount == 1
