"""Use-case: open an account, give it an API key, sign a key in to a browser session."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from address_service.errors import Forbidden, InvalidInput, NotFound
from address_service.model.accounts import Actor, Right, Role, SignInWay
from address_service.model.audit import AuditNote
from address_service.model.codes import DivisionCode
from address_service.services.scope import require_scope
from address_service.services.session_opening import OpenedSession, admit_source, digest_of, open_session
from address_service.store.work import Work

KEY_PREFIX = "ask"
_MAX_KEY_DAYS = 366
_NAME_LENGTH = 64


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new API key; ``secret`` is shown once and kept nowhere."""

    id: UUID
    secret: str


def open_account(work: Work, name: str, role: Role, division_code: str) -> Actor:
    """Open an account within the actor's own scope; raises Conflict when the name is taken.

    Raises Forbidden when whoever may not give offices (三员分立) asks for one.
    """
    name = name.strip()
    if not 1 <= len(name) <= _NAME_LENGTH or not name.isprintable():
        raise InvalidInput(f"账户名应为1至{_NAME_LENGTH}个可见字符", code="account-name-invalid")
    require_county_scope(work, division_code)
    require_scope(work.actor, division_code)
    if role is not Role.PENDING and Right.SECURE not in work.actor.rights:
        raise Forbidden("职责和辖区由安全管理员授予，请先开设待授权账户", code="office-by-security-admin")
    opened = work.accounts.create(name, role, division_code)
    detail = {"role": str(role), "division_code": division_code}
    work.note(AuditNote("account.open", "account", str(opened.account_id), detail))
    return opened


def require_county_scope(work: Work, division_code: str) -> None:
    """Raise InvalidInput unless a division code is one, and of this county."""
    if DivisionCode(division_code).county != work.county_code:
        raise InvalidInput(f"辖区 {division_code} 不在本县", code="scope-outside-county")


def issue_api_key(
    work: Work, account: Actor, label: str, days: int, rights: Collection[Right] | None = None
) -> IssuedKey:
    """Make an API key of 256 random bits that ends after some days, for an account within the actor's scope.

    ``rights`` narrow the key to part of what the office has; None: all of it, whatever it is later.
    """
    require_scope(work.actor, account.division_code)
    if not 1 <= days <= _MAX_KEY_DAYS:
        raise InvalidInput(f"密钥有效期应为1至{_MAX_KEY_DAYS}天", code="key-days-out-of-range")
    if rights is not None and not rights:
        raise InvalidInput("密钥至少要有一项权限", code="key-without-rights")
    secret = f"{KEY_PREFIX}_{secrets.token_urlsafe(32)}"
    key_id = work.api_keys.add(
        account.account_id, digest_of(secret), label, work.now + timedelta(days=days), rights
    )
    detail: dict[str, str | int] = {"account": str(account.account_id), "days": days}
    if rights is not None:
        detail["rights"] = " ".join(sorted(rights))
    work.note(AuditNote("key.issue", "api_key", str(key_id), detail))
    return IssuedKey(key_id, secret)


def revoke_api_key(work: Work, key_id: UUID) -> None:
    """End a key of an account within the actor's scope at once, and the sessions it opened; raises NotFound."""
    owner = work.api_keys.owner(key_id)
    if owner is not None:
        require_scope(work.actor, owner.division_code)
    if owner is None or not work.api_keys.revoke(key_id, work.now):
        raise NotFound(f"没有有效的密钥 {key_id}", code="key-not-found")
    work.note(AuditNote("key.revoke", "api_key", str(key_id), {"account": str(owner.account_id)}))


def revoke_own_key(work: Work, key_id: UUID) -> None:
    """End one of the actor's own keys; raises NotFound for anybody else's."""
    owner = work.api_keys.owner(key_id)
    if owner is None or owner.account_id != work.actor.account_id:
        raise NotFound(f"没有有效的密钥 {key_id}", code="key-not-found")
    revoke_api_key(work, key_id)


def sign_in(
    work: Work, secret: str, hours: int, second_factor: Collection[Role], source: str, source_tries: int
) -> OpenedSession | None:
    """Open a browser session with an API key; None, which the caller commits and refuses, when it is not good.

    It is not for keys that are unknown or ended, for accounts that are disabled or out of their dates, and for offices
    that need a second factor, which a key is not. Sources are counted as with passwords; raises TooMany.
    """
    admit_source(work, source, source_tries)
    key = work.api_keys.find(digest_of(secret), work.now)
    if (
        key is None
        or key.actor.role in second_factor
        or not work.accounts.hold_open(key.actor.account_id, work.now)
    ):
        work.note(AuditNote("session.refuse", "api_key", str(key.id) if key else None))
        return None
    work.credentials.clear_source(source)
    return open_session(work, key.actor, SignInWay.KEY, hours, key.id)
