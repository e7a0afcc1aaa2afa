"""What the pages ask of the house, answered from the running service."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from urllib.parse import urlsplit

from fastapi import Request

from address_service.edge.origin import origin_of
from address_service.edge.password_desk import sign_in_by_password
from address_service.edge.policy import confinement_of
from address_service.edge.rights import Right
from address_service.edge.sign_in import COOKIE, find_session, nobody, now, source_of
from address_service.edge.work import House
from address_service.errors import Unauthenticated
from address_service.model.audit import AuditNote
from address_service.model.labels import label
from address_service.services.open_account import sign_in
from address_service.services.session_opening import OpenedSession, digest_of
from address_service.settings import MapAccess
from address_service.store.county import load_county
from address_service.store.work import Work, unit_of_work
from address_service.web.source_terms import PageSources
from address_service.web.visitor import PublicPlate, SessionCookie, SignInForm, Visitor


def page_sources(house: House, find_plate: Callable[[str], Awaitable[PublicPlate | None]]) -> PageSources:
    """Sources over the running service; raises NotReady when the county is not set up."""
    with _looking(house) as work:
        county = load_county(work.conn, work.county_code)
    return PageSources(
        county_name=county.name,
        issuer_label=urlsplit(house.settings.oidc_issuer).hostname if house.settings.oidc_issuer else None,
        map_is_open=house.settings.map_access is MapAccess.OPEN,
        visitor=lambda request: _visitor(house, request),
        account_visitor=lambda request: _account_visitor(house, request),
        sign_in=lambda request, form: _sign_in(house, request, form),
        sign_out=lambda request: _sign_out(house, request),
        plate=find_plate,
        is_synthetic=county.is_synthetic,
    )


def _looking(house: House) -> AbstractContextManager[Work]:
    return unit_of_work(house.engine, nobody(house.settings.county_code), now(), unnamed=None)


def _work(house: House, request: Request) -> AbstractContextManager[Work]:
    anybody = nobody(house.settings.county_code)
    return unit_of_work(house.engine, anybody, now(), house.keys, origin_of(request), unnamed=None)


def _visitor(house: House, request: Request) -> Visitor | None:
    found = _account_visitor(house, request)
    return None if found is None or found.is_confined else found


def _account_visitor(house: House, request: Request) -> Visitor | None:
    with _work(house, request) as work:
        found = find_session(request, work)
    if found is None:
        return None
    actor = found.actor
    return Visitor(
        actor.name,
        label(actor.role),
        found.csrf_token,
        may_assign=Right.ASSIGN in actor.rights,
        may_number=Right.NUMBER in actor.rights,
        may_approve=Right.APPROVE in actor.rights,
        may_order_plates=Right.PLATES in actor.rights,
        may_name=Right.NAME in actor.rights,
        may_keep_accounts=bool({Right.ADMINISTER, Right.SECURE} & actor.rights),
        is_confined=confinement_of(found, house.policy) is not None,
        may_audit=Right.AUDIT in actor.rights,
        may_see_residents=Right.RESIDENTS in actor.rights,
        may_enrol=Right.ENROL in actor.rights,
        may_reveal=Right.REVEAL in actor.rights,
        may_administer=Right.ADMINISTER in actor.rights,
        may_reconcile=Right.RECONCILE in actor.rights,
        may_attach=Right.ATTACH in actor.rights,
        may_exchange=Right.EXCHANGE in actor.rights,
    )


def _sign_in(house: House, request: Request, form: SignInForm) -> SessionCookie:
    if form.key:
        with _work(house, request) as work:
            policy = house.policy
            opened = sign_in(
                work,
                form.key,
                policy.session_hours,
                policy.second_factor,
                source_of(request),
                policy.source_tries,
            )
        if opened is None:
            raise Unauthenticated("API密钥无效或已过期，或该职责须用口令和验证码登录", code="key-invalid")
    else:
        opened = sign_in_by_password(
            house, origin_of(request), source_of(request), form.name, form.password, form.code
        )
    return session_cookie(house, opened)


def session_cookie(house: House, opened: OpenedSession) -> SessionCookie:
    """The cookie of a session that was just opened."""
    settings = house.settings
    with _looking(house) as work:
        found = work.sessions.find(digest_of(opened.token), work.now, house.policy.idle_minutes)
    confined = found is not None and confinement_of(found, house.policy) is not None
    secure = settings.public_url.startswith("https://")
    return SessionCookie(COOKIE, opened.token, settings.session_hours * 3600, secure, confined)


def _sign_out(house: House, request: Request) -> str:
    with _work(house, request) as work:
        found = find_session(request, work)
        if found is not None:
            work.sessions.end(found.id, work.now)
            work.note(AuditNote("session.sign-out", "session", str(found.id)))
    return COOKIE
