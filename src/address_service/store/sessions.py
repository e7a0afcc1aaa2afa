"""Browser sessions: opened by key, password or issuer, ended by rest, by age, or by somebody."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, insert, select, text, update

from address_service.model.accounts import Actor, Right, Role, SignInWay
from address_service.store.accounts import OPEN_TODAY
from address_service.store.api_keys import rights_of_key
from address_service.store.direct import direct, first_row
from address_service.store.ids import new_id
from address_service.store.tables.accounts import session, session_activity

TOUCH_S = 60
"""A session's last request is written down at most this often."""


@dataclass(frozen=True, slots=True)
class Session:
    """An open session: who, by what, and the token that a form or script must send back.

    ``key_rights`` None: all of the office. ``password_set_at`` None: the account has no password.
    """

    id: UUID
    actor: Actor
    csrf_token: str
    opened_by: SignInWay
    key_rights: frozenset[Right] | None
    password_set_at: datetime | None
    password_is_one_time: bool
    has_second_factor: bool
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class SessionCard:
    """A session as its holder sees it."""

    id: UUID
    opened_by: SignInWay
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


# Asked with every request of a browser.
_LIVE_SESSION = direct(
    f"""
    SELECT s.id, s.csrf_token, s.opened_by, k.rights, k.id, p.set_at, coalesce(p.one_time, false), f.id IS NOT NULL,
      seen.seen_at, a.id, a.name, a.role, a.county_code, a.division_code
    FROM session s
    JOIN account a ON a.county_code = s.county_code AND a.id = s.account_id
    JOIN session_activity seen ON seen.county_code = s.county_code AND seen.session_id = s.id
    LEFT JOIN api_key k ON k.county_code = s.county_code AND k.id = s.key_id
    LEFT JOIN second_factor f ON f.county_code = s.county_code AND f.account_id = s.account_id
      AND f.removed_at IS NULL AND f.confirmed_at IS NOT NULL
    LEFT JOIN LATERAL (SELECT set_at, one_time FROM password p WHERE p.county_code = s.county_code
      AND p.account_id = s.account_id ORDER BY serial DESC LIMIT 1) p ON true
    WHERE s.county_code = :county AND s.digest = :digest AND s.revoked_at IS NULL AND s.expires_at > :now
      AND seen.seen_at > :rest AND (s.key_id IS NULL OR (k.revoked_at IS NULL AND k.expires_at > :now)) AND {OPEN_TODAY}
    """  # noqa: S608
)

# Requests of one session at the same moment do not wait for each other here.
_TOUCH = text(
    """
    UPDATE session_activity SET seen_at = :now WHERE county_code = :county AND session_id =
      (SELECT session_id FROM session_activity WHERE county_code = :county AND session_id = :id FOR UPDATE SKIP LOCKED)
    """
)


class SessionRepository:
    """Sessions of one county."""

    def __init__(self, conn: Connection, county_code: str) -> None:
        """Bind to a transaction and a tenant."""
        self._conn = conn
        self._county = county_code

    def open(
        self,
        account_id: UUID,
        way: SignInWay,
        digest: bytes,
        csrf_token: str,
        now: datetime,
        expires_at: datetime,
        key_id: UUID | None = None,
    ) -> UUID:
        """Store the digest of the token of a session; ``key_id`` is the key that opened it."""
        session_id = new_id()
        row = {
            "county_code": self._county,
            "id": session_id,
            "account_id": account_id,
            "key_id": key_id,
            "digest": digest,
            "csrf_token": csrf_token,
            "expires_at": expires_at,
            "opened_by": way,
        }
        self._conn.execute(insert(session).values(row))
        self._conn.execute(
            insert(session_activity).values(county_code=self._county, session_id=session_id, seen_at=now)
        )
        return session_id

    def find(self, digest: bytes, now: datetime, idle_minutes: int) -> Session | None:
        """The live session of that token, which is seen thereby; none lives longer than the key that opened it."""
        asked = {
            "county": self._county,
            "digest": digest,
            "now": now,
            "rest": now - timedelta(minutes=idle_minutes),
        }
        row = first_row(self._conn, _LIVE_SESSION, asked)
        if row is None:
            return None
        account_id, name, role, county_code, division_code = row[9:]
        actor = Actor(account_id, name, Role(role), county_code, division_code, key_id=row[4])
        found = Session(row[0], actor, row[1], SignInWay(row[2]), rights_of_key(row[3]), *row[5:9])
        if now - found.seen_at > timedelta(seconds=TOUCH_S):
            self._conn.execute(_TOUCH, {"county": self._county, "id": found.id, "now": now})
        return found

    def of_account(self, account_id: UUID, now: datetime, idle_minutes: int) -> list[SessionCard]:
        """The live sessions of an account, the latest first."""
        joined = session.join(
            session_activity,
            (session_activity.c.county_code == session.c.county_code)
            & (session_activity.c.session_id == session.c.id),
        )
        query = (
            select(
                session.c.id,
                session.c.opened_by,
                session.c.created_at,
                session_activity.c.seen_at,
                session.c.expires_at,
            )
            .select_from(joined)
            .where(
                session.c.county_code == self._county,
                session.c.account_id == account_id,
                session.c.revoked_at.is_(None),
                session.c.expires_at > now,
                session_activity.c.seen_at > now - timedelta(minutes=idle_minutes),
            )
            .order_by(session.c.id.desc())
        )
        return [
            SessionCard(row.id, SignInWay(row.opened_by), row.created_at, row.seen_at, row.expires_at)
            for row in self._conn.execute(query)
        ]

    def owner(self, session_id: UUID) -> UUID | None:
        """The account of a session."""
        query = select(session.c.account_id).where(
            session.c.county_code == self._county, session.c.id == session_id
        )
        found: UUID | None = self._conn.execute(query).scalar_one_or_none()
        return found

    def end(self, session_id: UUID, now: datetime) -> bool:
        """End a session; False when it had ended."""
        return self._end(now, session.c.id == session_id) == 1

    def end_all(self, account_id: UUID, now: datetime, but: UUID | None = None) -> int:
        """End the sessions of an account, but one; answers how many."""
        others = session.c.id != but if but else True
        return self._end(now, session.c.account_id == account_id, others)

    def _end(self, now: datetime, *conditions: object) -> int:
        query = update(session).where(
            session.c.county_code == self._county,
            session.c.revoked_at.is_(None),
            *conditions,  # type: ignore[arg-type]
        )
        return self._conn.execute(query.values(revoked_at=now)).rowcount
