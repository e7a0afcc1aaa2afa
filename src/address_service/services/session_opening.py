"""Opening a browser session for an account that has proven who it is, and the digest under which secrets are kept."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from address_service.errors import TooMany
from address_service.model.accounts import Actor, SignInWay
from address_service.model.audit import AuditNote
from address_service.store.work import Work


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A new session; ``token`` goes into the cookie, its digest into the database."""

    token: str
    csrf_token: str
    actor: Actor


def admit_source(work: Work, source: str, tries: int) -> None:
    """Count a try of any kind to sign in from a source; raises TooMany while the source has to wait."""
    if work.credentials.count_source(source, tries, work.now) is None:
        raise TooMany("此处登录失败过多，请稍候再试", code="sign-in-slow-down")


def open_session(
    work: Work, actor: Actor, way: SignInWay, hours: int, key_id: UUID | None = None
) -> OpenedSession:
    """Open a session for an account that has proven who it is."""
    token, csrf_token = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
    session_id = work.sessions.open(
        actor.account_id,
        way,
        digest_of(token),
        csrf_token,
        work.now,
        work.now + timedelta(hours=hours),
        key_id,
    )
    detail = {"account": str(actor.account_id), "way": str(way)}
    work.note(AuditNote("session.open", "session", str(session_id), detail))
    return OpenedSession(token, csrf_token, actor)


def digest_of(secret: str) -> bytes:
    """SHA-256 of a secret; enough for 256 random bits, where a slow password hash would add nothing."""
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()
