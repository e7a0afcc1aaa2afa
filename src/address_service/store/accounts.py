"""Accounts, API keys and sessions; only digests of secrets are stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, RowMapping, insert, select, update
from sqlalchemy.exc import IntegrityError

from address_service.errors import Conflict
from address_service.model.accounts import Actor, Role
from address_service.store.direct import direct, first_row
from address_service.store.ids import new_id
from address_service.store.locks import hold
from address_service.store.tables import account, api_key, session


@dataclass(frozen=True, slots=True)
class LiveKey:
    """An API key that is neither revoked nor past its end, of an enabled account."""

    id: UUID
    actor: Actor


@dataclass(frozen=True, slots=True)
class Session:
    """An open session: who, and the token that a form or script must send back."""

    id: UUID
    actor: Actor
    csrf_token: str


def _actor(row: Mapping[str, Any] | RowMapping) -> Actor:
    return Actor(
        account_id=row["id"],
        name=row["name"],
        role=Role(row["role"]),
        county_code=row["county_code"],
        division_code=row["division_code"],
    )


def _actor_of(account_id: UUID, name: str, role: str, county_code: str, division_code: str) -> Actor:
    return Actor(account_id, name, Role(role), county_code, division_code)


_ACTOR_COLUMNS = (
    account.c.id,
    account.c.name,
    account.c.role,
    account.c.county_code,
    account.c.division_code,
)


_KEY_OF_ACCOUNT = (api_key.c.county_code == account.c.county_code) & (api_key.c.account_id == account.c.id)

# Asked with every request.
_LIVE_KEY = direct(
    """
    SELECT k.id, a.id, a.name, a.role, a.county_code, a.division_code
    FROM api_key k
    JOIN account a ON a.county_code = k.county_code AND a.id = k.account_id
    WHERE k.county_code = :county AND k.digest = :digest AND k.revoked_at IS NULL AND k.expires_at > :now
      AND a.disabled_at IS NULL
    """
)

_LIVE_SESSION = direct(
    """
    SELECT s.id, s.csrf_token, a.id, a.name, a.role, a.county_code, a.division_code
    FROM session s
    JOIN account a ON a.county_code = s.county_code AND a.id = s.account_id
    JOIN api_key k ON k.county_code = s.county_code AND k.id = s.key_id
    WHERE s.county_code = :county AND s.digest = :digest AND s.revoked_at IS NULL AND s.expires_at > :now
      AND k.revoked_at IS NULL AND k.expires_at > :now AND a.disabled_at IS NULL
    """
)


class AccountRepository:
    """Accounts of one county."""

    def __init__(self, conn: Connection, county_code: str) -> None:
        """Bind to a transaction and a tenant."""
        self._conn = conn
        self._county = county_code

    def create(self, name: str, role: Role, division_code: str) -> Actor:
        """Open an account; raises Conflict when the name is taken."""
        values = {
            "county_code": self._county,
            "id": new_id(),
            "name": name,
            "role": role,
            "division_code": division_code,
        }
        try:
            with self._conn.begin_nested():
                self._conn.execute(insert(account).values(values))
        except IntegrityError as error:
            raise Conflict(f"账户“{name}”已存在", code="account-exists") from error
        return _actor(values)

    def find_by_name(self, name: str) -> Actor | None:
        """The enabled account of that name."""
        query = select(*_ACTOR_COLUMNS).where(
            account.c.county_code == self._county, account.c.name == name, account.c.disabled_at.is_(None)
        )
        row = self._conn.execute(query).mappings().one_or_none()
        return _actor(row) if row else None

    def scope_of(self, account_id: UUID) -> str:
        """The division code of an account, enabled or not."""
        query = select(account.c.division_code).where(
            account.c.county_code == self._county, account.c.id == account_id
        )
        return str(self._conn.execute(query).scalar_one())

    def sole_admin(self) -> Actor | None:
        """The administrator, when there is exactly one."""
        query = select(*_ACTOR_COLUMNS).where(
            account.c.county_code == self._county,
            account.c.role == Role.ADMIN,
            account.c.disabled_at.is_(None),
        )
        rows = self._conn.execute(query.limit(2)).mappings().all()
        return _actor(rows[0]) if len(rows) == 1 else None

    def list(self) -> list[Actor]:
        """All enabled accounts by name."""
        query = select(*_ACTOR_COLUMNS).where(
            account.c.county_code == self._county, account.c.disabled_at.is_(None)
        )
        return [_actor(row) for row in self._conn.execute(query.order_by(account.c.name)).mappings()]

    def add_key(self, account_id: UUID, digest: bytes, label: str, expires_at: datetime) -> UUID:
        """Store the digest of an API key."""
        key_id = new_id()
        self._conn.execute(
            insert(api_key).values(
                county_code=self._county,
                id=key_id,
                account_id=account_id,
                digest=digest,
                label=label,
                expires_at=expires_at,
            )
        )
        return key_id

    def revoke_key(self, key_id: UUID, now: datetime) -> bool:
        """End an API key; False when there is none or it has ended."""
        done = self._conn.execute(
            update(api_key)
            .where(
                api_key.c.county_code == self._county, api_key.c.id == key_id, api_key.c.revoked_at.is_(None)
            )
            .values(revoked_at=now)
        )
        return done.rowcount == 1

    def owner_of_key(self, key_id: UUID) -> Actor | None:
        """The account that a key was made for, whatever became of either."""
        query = select(*_ACTOR_COLUMNS).join(api_key, _KEY_OF_ACCOUNT)
        found = self._conn.execute(query.where(api_key.c.county_code == self._county, api_key.c.id == key_id))
        row = found.mappings().one_or_none()
        return _actor(row) if row else None

    def find_key(self, digest: bytes, now: datetime) -> LiveKey | None:
        """The live key of that digest."""
        row = first_row(self._conn, _LIVE_KEY, self._asked(digest, now))
        return LiveKey(row[0], _actor_of(*row[1:])) if row else None

    def find_by_key(self, digest: bytes, now: datetime) -> Actor | None:
        """The account behind a live key."""
        found = self.find_key(digest, now)
        return found.actor if found else None

    def _asked(self, digest: bytes, now: datetime) -> dict[str, object]:
        return {"county": self._county, "digest": digest, "now": now}

    def open_session(self, key: LiveKey, digest: bytes, csrf_token: str, expires_at: datetime) -> UUID:
        """Store the digest of the token of a session that a key opened."""
        session_id = new_id()
        self._conn.execute(
            insert(session).values(
                county_code=self._county,
                id=session_id,
                account_id=key.actor.account_id,
                key_id=key.id,
                digest=digest,
                csrf_token=csrf_token,
                expires_at=expires_at,
            )
        )
        return session_id

    def find_session(self, digest: bytes, now: datetime) -> Session | None:
        """The live session of that token; a session lives no longer than the key that opened it."""
        row = first_row(self._conn, _LIVE_SESSION, self._asked(digest, now))
        return Session(row[0], _actor_of(*row[2:]), row[1]) if row else None

    def end_session(self, session_id: UUID, now: datetime) -> None:
        """End a session; ending it twice is the same."""
        self._conn.execute(
            update(session)
            .where(session.c.county_code == self._county, session.c.id == session_id)
            .values(revoked_at=now)
        )

    def lock_name(self, name: str) -> None:
        """Let one transaction at a time work on an account of that name."""
        hold(self._conn, self._county, f"account {name}")
