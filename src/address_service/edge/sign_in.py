"""Who is asking: an API key in a header, or the cookie of a browser session with its anti-forgery token."""

from dataclasses import replace
from datetime import UTC, datetime
from hmac import compare_digest
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security import APIKeyHeader

from address_service.edge.house import house_of
from address_service.edge.origin import SAFE_METHODS
from address_service.edge.policy import confinement_of
from address_service.edge.rights import entitled
from address_service.errors import Forbidden, Unauthenticated
from address_service.model.accounts import Actor, Confinement, Right, Role
from address_service.services.session_opening import digest_of
from address_service.settings import MapAccess
from address_service.store.sessions import Session
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
    anti-forgery token, or when the session has to set a password or a second factor first.
    """
    house = house_of(request)
    if key is not None:
        live = work.api_keys.find(digest_of(key), work.now)
        if live is None:
            raise Unauthenticated("API密钥无效或已过期", code="key-invalid")
        actor = entitled(live.actor, house.settings.administrators, live.rights)
        request.state.actor = actor
        return actor
    found = find_session(request, work)
    if found is None:
        return None
    request.state.actor = found.actor
    require_csrf(request, found)
    must = confinement_of(found, house.policy)
    if must is not None:
        raise Forbidden(_FIRST[must], code=f"{must.replace('_', '-')}-needed")
    return found.actor


_FIRST = {
    Confinement.PASSWORD: "请先在“我的账户”中更改口令",
    Confinement.SECOND_FACTOR: "请先在“我的账户”中设置第二因素",
}


def require_csrf(request: Request, session: Session) -> None:
    """Raise Forbidden when a writing request by cookie lacks the session's anti-forgery token."""
    if request.method in SAFE_METHODS:
        return
    sent = request.headers.get("X-CSRF-Token", "")
    if not compare_digest(sent.encode("utf-8", "replace"), session.csrf_token.encode()):
        raise Forbidden("页面已过期，请刷新后重试", code="csrf-token-wrong")


def find_session(request: Request, work: Work) -> Session | None:
    """The live browser session of a request, whatever it has to do first; its actor has its rights."""
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    house = house_of(request)
    found = work.sessions.find(digest_of(token), work.now, house.policy.idle_minutes)
    if found is None:
        return None
    return replace(found, actor=entitled(found.actor, house.settings.administrators, found.key_rights))


def source_of(request: Request) -> str:
    """Where a request comes from, as far as tries are counted: an IPv4 address, or the /64 of an IPv6 one."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or ip_network((address, 64), strict=False).network_address)
    return str(address)


def require_actor(request: Request, work: Work, key: str | None) -> Actor:
    """The account behind a request; raises Unauthenticated when nobody is signed in."""
    actor = find_actor(request, work, key)
    if actor is None:
        raise Unauthenticated("请先登录，或在 X-API-Key 中给出密钥", code="sign-in-needed")
    return actor


def may_look(actor: Actor | None, access: MapAccess) -> bool:
    """Whether a request may read the map: an account with an office, or anybody where the map is open."""
    return access is MapAccess.OPEN or (actor is not None and Right.READ in actor.rights)
