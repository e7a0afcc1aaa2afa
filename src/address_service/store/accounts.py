"""Accounts: name, office, scope with its dates, and whether they are open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, RowMapping, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from address_service.errors import Conflict
from address_service.model.accounts import Actor, Role
from address_service.store.ids import new_id
from address_service.store.locks import hold
from address_service.store.tables.accounts import account


@dataclass(frozen=True, slots=True)
class AccountCard:
    """An account as whoever keeps accounts sees it; the moments are aware, the days those of China."""

    actor: Actor
    valid_from: date | None
    valid_until: date | None
    identity: str | None
    disabled_at: datetime | None
    locked_until: datetime | None
    has_password: bool
    has_second_factor: bool


@dataclass(frozen=True, slots=True)
class Office:
    """Office and scope of an account: role, NBS code of the division, first and last day, name at an issuer."""

    role: Role
    division_code: str
    valid_from: date | None = None
    valid_until: date | None = None
    identity: str | None = None


def actor_of(row: Mapping[str, Any] | RowMapping) -> Actor:
    """The actor of a row that has the columns of `ACTOR_COLUMNS`; without rights, which the edge knows."""
    return Actor(
        account_id=row["id"],
        name=row["name"],
        role=Role(row["role"]),
        county_code=row["county_code"],
        division_code=row["division_code"],
    )


ACTOR_COLUMNS = (
    account.c.id,
    account.c.name,
    account.c.role,
    account.c.county_code,
    account.c.division_code,
)

OPEN_TODAY = """a.disabled_at IS NULL
      AND (a.valid_from IS NULL OR a.valid_from <= (CAST(:now AS timestamptz) AT TIME ZONE 'Asia/Shanghai')::date)
      AND (a.valid_until IS NULL OR a.valid_until >= (CAST(:now AS timestamptz) AT TIME ZONE 'Asia/Shanghai')::date)"""
"""SQL: account ``a`` may sign in at the moment ``:now``."""

_OPEN = text(
    f"SELECT EXISTS (SELECT FROM account a WHERE county_code = :county AND id = :id AND {OPEN_TODAY})"  # noqa: S608
)

_HOLD_OPEN = text(
    f"SELECT FROM account a WHERE county_code = :county AND id = :id AND {OPEN_TODAY} FOR SHARE"
)

_CARDS = """
SELECT a.*, g.locked_until, f.id IS NOT NULL AS has_second_factor,
  EXISTS (SELECT FROM password p WHERE p.county_code = a.county_code AND p.account_id = a.id) AS has_password
FROM account a
LEFT JOIN sign_in_guard g ON g.county_code = a.county_code AND g.account_id = a.id AND g.locked_until > :now
LEFT JOIN second_factor f ON f.county_code = a.county_code AND f.account_id = a.id AND f.removed_at IS NULL
  AND f.confirmed_at IS NOT NULL
WHERE a.county_code = :county
"""

_OTHER_HOLDERS = text(
    f"""
    SELECT EXISTS (SELECT FROM account a WHERE county_code = :county AND id <> :id AND role = ANY(:roles)
      AND division_code = :county AND {OPEN_TODAY} AND a.valid_until IS NULL)
    """  # noqa: S608
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
        return actor_of(values)

    def find_by_name(self, name: str) -> Actor | None:
        """The enabled account of that name."""
        return self._find(account.c.name == name, account.c.disabled_at.is_(None))

    def find_by_identity(self, identity: str) -> Actor | None:
        """The enabled account of a person as an issuer calls them."""
        return self._find(account.c.identity == identity, account.c.disabled_at.is_(None))

    def find(self, account_id: UUID) -> Actor | None:
        """An account, enabled or not."""
        return self._find(account.c.id == account_id)

    def _find(self, *conditions: Any) -> Actor | None:
        query = select(*ACTOR_COLUMNS).where(account.c.county_code == self._county, *conditions)
        row = self._conn.execute(query).mappings().one_or_none()
        return actor_of(row) if row else None

    def is_open(self, account_id: UUID, now: datetime) -> bool:
        """Whether the account is enabled and within its dates."""
        values = {"county": self._county, "id": account_id, "now": now}
        return bool(self._conn.execute(_OPEN, values).scalar_one())

    def hold_open(self, account_id: UUID, now: datetime) -> bool:
        """The same, and nobody disables it or changes its office before this transaction ends."""
        values = {"county": self._county, "id": account_id, "now": now}
        return self._conn.execute(_HOLD_OPEN, values).first() is not None

    def scope_of(self, account_id: UUID) -> str:
        """The division code of an account, enabled or not."""
        query = select(account.c.division_code).where(
            account.c.county_code == self._county, account.c.id == account_id
        )
        return str(self._conn.execute(query).scalar_one())

    def sole_admin(self) -> Actor | None:
        """The administrator, when there is exactly one."""
        query = select(*ACTOR_COLUMNS).where(
            account.c.county_code == self._county,
            account.c.role == Role.ADMIN,
            account.c.disabled_at.is_(None),
        )
        rows = self._conn.execute(query.limit(2)).mappings().all()
        return actor_of(rows[0]) if len(rows) == 1 else None

    def list(self) -> list[Actor]:
        """All enabled accounts by name."""
        query = select(*ACTOR_COLUMNS).where(
            account.c.county_code == self._county, account.c.disabled_at.is_(None)
        )
        return [actor_of(row) for row in self._conn.execute(query.order_by(account.c.name)).mappings()]

    def cards(self, now: datetime) -> Sequence[AccountCard]:
        """All accounts by name, disabled ones last."""
        rows = self._conn.execute(
            text(f"{_CARDS} ORDER BY a.disabled_at IS NOT NULL, a.name"), {"county": self._county, "now": now}
        )
        return [_card(row) for row in rows.mappings()]

    def card(self, account_id: UUID, now: datetime) -> AccountCard | None:
        """One account."""
        rows = self._conn.execute(
            text(f"{_CARDS} AND a.id = :id"), {"county": self._county, "id": account_id, "now": now}
        )
        row = rows.mappings().one_or_none()
        return _card(row) if row else None

    def give_office(self, account_id: UUID, office: Office) -> None:
        """Change office and scope; raises Conflict when another account has that identity."""
        values = {
            "role": office.role,
            "division_code": office.division_code,
            "valid_from": office.valid_from,
            "valid_until": office.valid_until,
            "identity": office.identity,
        }
        try:
            with self._conn.begin_nested():
                self._update(account_id, values)
        except IntegrityError as error:
            raise Conflict(f"外部身份“{office.identity}”已属于另一账户", code="identity-taken") from error

    def set_disabled(self, account_id: UUID, at: datetime | None) -> None:
        """Disable an account, or enable it with None."""
        self._update(account_id, {"disabled_at": at})

    def _update(self, account_id: UUID, values: Mapping[str, object]) -> None:
        self._conn.execute(
            update(account)
            .where(account.c.county_code == self._county, account.c.id == account_id)
            .values(values)
        )

    def is_held_by_another(self, roles: frozenset[Role], account_id: UUID, now: datetime) -> bool:
        """Whether somebody else holds one of these offices for the whole county, open and without an end."""
        values = {"county": self._county, "id": account_id, "roles": sorted(roles), "now": now}
        return bool(self._conn.execute(_OTHER_HOLDERS, values).scalar_one())

    def lock_name(self, name: str) -> None:
        """Let one transaction at a time work on an account of that name."""
        hold(self._conn, self._county, f"account {name}")

    def lock_password(self, account_id: UUID) -> None:
        """Let one transaction at a time set an account's password, or open a session by it."""
        self.lock_name(f"password {account_id}")


def _card(row: RowMapping) -> AccountCard:
    return AccountCard(
        actor_of(row),
        row["valid_from"],
        row["valid_until"],
        row["identity"],
        row["disabled_at"],
        row["locked_until"],
        row["has_password"],
        row["has_second_factor"],
    )
