"""Who is asking: an API key in a header, or the cookie of a browser session with its anti-forgery token."""

from datetime import UTC, datetime
from hmac import compare_digest
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security import APIKeyHeader

from address_service.edge.origin import SAFE_METHODS
from address_service.errors import Forbidden, Unauthenticated
from address_service.model.accounts import Actor, Role
from address_service.services.open_account import digest_of
from address_service.settings import MapAccess
from address_service.store.accounts import Session
from address_service.store.work import Work

COOKIE = "address_session"
_NOBODY = UUID(int=0)

_header = APIKeyHeader(
    name="X-API-Key", auto_error=False, description="由 `address-service user key` 签发的密钥"
)

ApiKey = Annotated[str | None, Depends(_header)]


def nobody(county_code: str) -> Actor:
    """An actor that only looks: no account, no scope to write in."""
    return Actor(_NOBODY, "匿名", Role.LEADING_GROUP, county_code, county_code)


def is_nobody(actor: Actor) -> bool:
    """Whether that is a visitor without an account."""
    return actor.account_id == _NOBODY


def now() -> datetime:
    """The edge's clock reading."""
    return datetime.now(UTC)


def find_actor(request: Request, work: Work, key: str | None) -> Actor | None:
    """The account behind a request, None when it carries neither key nor live cookie; kept as `request.state.actor`.

    Raises Unauthenticated for a key that is not good, Forbidden when a writing request by cookie lacks the session's
    anti-forgery token.
    """
    if key is not None:
        actor = work.accounts.find_by_key(digest_of(key), work.now)
        if actor is None:
            raise Unauthenticated("API密钥无效或已过期", code="key-invalid")
        request.state.actor = actor
        return actor
    found = find_session(request, work)
    if found is None:
        return None
    request.state.actor = found.actor
    if request.method not in SAFE_METHODS:
        sent = request.headers.get("X-CSRF-Token", "")
        if not compare_digest(sent.encode("utf-8", "replace"), found.csrf_token.encode()):
            raise Forbidden("页面已过期，请刷新后重试", code="csrf-token-wrong")
    return found.actor


def find_session(request: Request, work: Work) -> Session | None:
    """The live browser session of a request."""
    token = request.cookies.get(COOKIE)
    return work.accounts.find_session(digest_of(token), work.now) if token else None


def require_actor(request: Request, work: Work, key: str | None) -> Actor:
    """The account behind a request; raises Unauthenticated when nobody is signed in."""
    actor = find_actor(request, work, key)
    if actor is None:
        raise Unauthenticated("请先登录，或在 X-API-Key 中给出密钥", code="sign-in-needed")
    return actor


def may_look(actor: Actor | None, access: MapAccess) -> bool:
    """Whether a request may read the map."""
    return actor is not None or access is MapAccess.OPEN
