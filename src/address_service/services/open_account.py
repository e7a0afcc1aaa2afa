"""Use-case: open an account, give it an API key, sign a key in to a browser session."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from address_service.errors import InvalidInput, NotFound, Unauthenticated
from address_service.model.accounts import Actor, Role
from address_service.model.codes import DivisionCode
from address_service.services.scope import require_scope
from address_service.store.work import Work

KEY_PREFIX = "ask"
_MAX_KEY_DAYS = 366
_NAME_LENGTH = 64


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new API key; ``secret`` is shown once and kept nowhere."""

    id: UUID
    secret: str


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A new session; ``token`` goes into the cookie, its digest into the database."""

    token: str
    csrf_token: str
    actor: Actor


def open_account(work: Work, name: str, role: Role, division_code: str) -> Actor:
    """Open an account within the actor's own scope; raises Conflict when the name is taken."""
    name = name.strip()
    if not 1 <= len(name) <= _NAME_LENGTH or not name.isprintable():
        raise InvalidInput(f"账户名应为1至{_NAME_LENGTH}个可见字符", code="account-name-invalid")
    scope = DivisionCode(division_code)
    if scope.county != work.county_code:
        raise InvalidInput(f"辖区 {division_code} 不在本县", code="scope-outside-county")
    require_scope(work.actor, division_code)
    return work.accounts.create(name, role, division_code)


def issue_api_key(work: Work, account: Actor, label: str, days: int) -> IssuedKey:
    """Make an API key of 256 random bits that ends after some days, for an account within the actor's scope."""
    require_scope(work.actor, account.division_code)
    if not 1 <= days <= _MAX_KEY_DAYS:
        raise InvalidInput(f"密钥有效期应为1至{_MAX_KEY_DAYS}天", code="key-days-out-of-range")
    secret = f"{KEY_PREFIX}_{secrets.token_urlsafe(32)}"
    key_id = work.accounts.add_key(
        account.account_id, digest_of(secret), label, work.now + timedelta(days=days)
    )
    return IssuedKey(key_id, secret)


def revoke_api_key(work: Work, key_id: UUID) -> None:
    """End a key of an account within the actor's scope at once, and the sessions it opened; raises NotFound."""
    owner = work.accounts.owner_of_key(key_id)
    if owner is not None:
        require_scope(work.actor, owner.division_code)
    if owner is None or not work.accounts.revoke_key(key_id, work.now):
        raise NotFound(f"没有有效的密钥 {key_id}", code="key-not-found")


def sign_in(work: Work, secret: str, hours: int) -> OpenedSession:
    """Open a browser session with an API key.

    Raises Unauthenticated, saying the same for keys that are unknown or ended and for disabled accounts.
    """
    key = work.accounts.find_key(digest_of(secret), work.now)
    if key is None:
        raise Unauthenticated("API密钥无效或已过期", code="key-invalid")
    token, csrf_token = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
    work.accounts.open_session(key, digest_of(token), csrf_token, work.now + timedelta(hours=hours))
    return OpenedSession(token, csrf_token, key.actor)


def digest_of(secret: str) -> bytes:
    """SHA-256 of a secret; enough for 256 random bits, where a slow password hash would add nothing."""
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()
