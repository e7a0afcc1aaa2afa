"""API keys, of which only digests are kept; a key may have part of its office's rights."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from address_service.model.accounts import Actor, Right, Role
from address_service.store.accounts import ACTOR_COLUMNS, OPEN_TODAY, actor_of
from address_service.store.direct import direct, first_row
from address_service.store.ids import new_id
from address_service.store.tables.accounts import account, api_key


@dataclass(frozen=True, slots=True)
class LiveKey:
    """A key that is neither revoked nor ended, of an account that is open; ``rights`` None: all of the office."""

    id: UUID
    actor: Actor
    rights: frozenset[Right] | None


@dataclass(frozen=True, slots=True)
class KeyCard:
    """A key as its holder sees it."""

    id: UUID
    label: str
    rights: frozenset[Right] | None
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


# Asked with every request.
_LIVE_KEY = direct(
    f"""
    SELECT k.id, k.rights, a.id, a.name, a.role, a.county_code, a.division_code
    FROM api_key k
    JOIN account a ON a.county_code = k.county_code AND a.id = k.account_id
    WHERE k.county_code = :county AND k.digest = :digest AND k.revoked_at IS NULL AND k.expires_at > :now
      AND {OPEN_TODAY}
    """  # noqa: S608
)


def rights_of_key(names: Collection[str] | None) -> frozenset[Right] | None:
    """The rights that a key's row names; a right that this program no longer knows is none."""
    if names is None:
        return None
    return frozenset(right for right in Right if right in names)


class ApiKeyRepository:
    """Keys of one county."""

    def __init__(self, conn: Connection, county_code: str) -> None:
        """Bind to a transaction and a tenant."""
        self._conn = conn
        self._county = county_code

    def add(
        self,
        account_id: UUID,
        digest: bytes,
        label: str,
        expires_at: datetime,
        rights: Collection[Right] | None = None,
    ) -> UUID:
        """Store the digest of a key."""
        key_id = new_id()
        self._conn.execute(
            insert(api_key).values(
                county_code=self._county,
                id=key_id,
                account_id=account_id,
                digest=digest,
                label=label,
                expires_at=expires_at,
                rights=None if rights is None else sorted(rights),
            )
        )
        return key_id

    def revoke(self, key_id: UUID, now: datetime) -> bool:
        """End a key; False when there is none or it has ended."""
        done = self._conn.execute(
            update(api_key)
            .where(
                api_key.c.county_code == self._county, api_key.c.id == key_id, api_key.c.revoked_at.is_(None)
            )
            .values(revoked_at=now)
        )
        return done.rowcount == 1

    def owner(self, key_id: UUID) -> Actor | None:
        """The account that a key was made for, whatever became of either."""
        belongs = (api_key.c.county_code == account.c.county_code) & (api_key.c.account_id == account.c.id)
        query = select(*ACTOR_COLUMNS).join(api_key, belongs)
        found = self._conn.execute(query.where(api_key.c.county_code == self._county, api_key.c.id == key_id))
        row = found.mappings().one_or_none()
        return actor_of(row) if row else None

    def find(self, digest: bytes, now: datetime) -> LiveKey | None:
        """The live key of that digest."""
        row = first_row(self._conn, _LIVE_KEY, {"county": self._county, "digest": digest, "now": now})
        if row is None:
            return None
        account_id, name, role, county_code, division_code = row[2:]
        actor = Actor(account_id, name, Role(role), county_code, division_code, key_id=row[0])
        return LiveKey(row[0], actor, rights_of_key(row[1]))

    def is_live(self, key_id: UUID, now: datetime) -> bool:
        """Whether a key is there, and neither revoked nor ended."""
        c = api_key.c
        query = select(c.id).where(
            c.county_code == self._county, c.id == key_id, c.revoked_at.is_(None), c.expires_at > now
        )
        return self._conn.execute(query).first() is not None

    def of_account(self, account_id: UUID) -> list[KeyCard]:
        """All keys of an account, the latest first."""
        query = select(api_key).where(
            api_key.c.county_code == self._county, api_key.c.account_id == account_id
        )
        rows = self._conn.execute(query.order_by(api_key.c.id.desc())).mappings()
        return [
            KeyCard(
                row["id"],
                row["label"],
                rights_of_key(row["rights"]),
                row["created_at"],
                row["expires_at"],
                row["revoked_at"],
            )
            for row in rows
        ]
