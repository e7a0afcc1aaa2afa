"""Who may use the read lane: checked in the database once, then remembered for a little while."""

import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from address_service.edge.policy import confinement_of
from address_service.edge.rights import Right, entitled, require_right
from address_service.edge.sign_in import COOKIE, nobody, now
from address_service.edge.work import House
from address_service.errors import Forbidden, Unauthenticated
from address_service.model.accounts import Actor
from address_service.services.session_opening import digest_of
from address_service.settings import MapAccess
from address_service.store.sessions import Session
from address_service.store.work import unit_of_work

REMEMBER_S = 20.0
"""A revoked key or a closed session may look at the map this much longer."""

_MOST = 4096


Check = Callable[[Request], Awaitable[str | None]]
"""Gives the code of the division that bounds the viewer's scope, None for a visitor of an open map."""


def make_read_access(house: House) -> Check:
    """A check for the read lane: an account, or anybody where the map is open."""
    account = make_account_check(house)
    if house.settings.map_access is not MapAccess.OPEN:
        return account

    async def anybody(request: Request) -> str | None:
        try:
            return await account(request)
        except (
            Unauthenticated,
            Forbidden,
        ):  # no key, one that has run out, no office: a visitor like any other
            return None

    return anybody


def make_account_check(house: House) -> Check:
    """A check that an account with an office asks: raises Unauthenticated or Forbidden, and never blocks the loop."""
    known: dict[bytes, tuple[float, str]] = {}

    async def check(request: Request) -> str | None:
        key, token = request.headers.get("X-API-Key"), request.cookies.get(COOKIE)
        if not key and not token:
            raise Unauthenticated("请先登录，或在 X-API-Key 中给出密钥", code="sign-in-needed")
        digest = digest_of(key or token or "")
        until, scope = known.get(digest, (0.0, ""))
        if until > time.monotonic():
            return scope
        found = await run_in_threadpool(_scope_of, house, digest, bool(key), now())
        if found is None:
            raise Unauthenticated("请重新登录，或检查API密钥", code="key-invalid")
        if len(known) >= _MOST:
            known.clear()
        known[digest] = time.monotonic() + REMEMBER_S, found
        return found

    return check


async def _require_known(request: Request) -> str:
    check: Check = request.app.state.account_check
    return await check(request) or ""


KnownAccount = Annotated[str, Depends(_require_known)]
"""Some account asks, by the code of its division: for routes that wait before they open a transaction, so that nobody
waits for a stranger."""


def _scope_of(house: House, digest: bytes, is_key: bool, at: datetime) -> str | None:
    with unit_of_work(house.engine, nobody(house.settings.county_code), at, unnamed=None) as work:
        if is_key:
            live = work.api_keys.find(digest, at)
            actor = entitled(live.actor, house.settings.administrators, live.rights) if live else None
        else:
            actor = _of_session(house, work.sessions.find(digest, at, house.policy.idle_minutes))
    if actor is None:
        return None
    require_right(actor, Right.READ)
    return actor.division_code


def _of_session(house: House, session: Session | None) -> Actor | None:
    if session is None or confinement_of(session, house.policy) is not None:
        return None
    return entitled(session.actor, house.settings.administrators, session.key_rights)
