"""What the pages ask of the house, answered from the running service."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager

from fastapi import Request

from address_service.edge.rights import RIGHTS, Right
from address_service.edge.sign_in import COOKIE, find_session, nobody, now
from address_service.edge.work import House
from address_service.model.labels import label
from address_service.services.open_account import sign_in
from address_service.settings import MapAccess
from address_service.store.county import load_county
from address_service.store.work import Work, unit_of_work
from address_service.web.source_terms import PageSources
from address_service.web.visitor import PublicPlate, SessionCookie, Visitor


def page_sources(house: House, find_plate: Callable[[str], Awaitable[PublicPlate | None]]) -> PageSources:
    """Sources over the running service; raises NotReady when the county is not set up."""
    with _work(house) as work:
        county = load_county(work.conn, work.county_code)
    return PageSources(
        county_name=county.name,
        map_is_open=house.settings.map_access is MapAccess.OPEN,
        visitor=lambda request: _visitor(house, request),
        sign_in=lambda key: _sign_in(house, key),
        sign_out=lambda request: _sign_out(house, request),
        plate=find_plate,
    )


def _work(house: House) -> AbstractContextManager[Work]:
    return unit_of_work(house.engine, nobody(house.settings.county_code), now())


def _visitor(house: House, request: Request) -> Visitor | None:
    with _work(house) as work:
        found = find_session(request, work)
    if found is None:
        return None
    actor = found.actor
    rights = RIGHTS[actor.role]
    return Visitor(
        actor.name,
        label(actor.role),
        found.csrf_token,
        may_assign=Right.ASSIGN in rights,
        may_number=Right.NUMBER in rights,
        may_approve=Right.APPROVE in rights,
        may_order_plates=Right.PLATES in rights,
        may_name=Right.NAME in rights,
        may_audit=Right.AUDIT in rights,
    )


def _sign_in(house: House, key: str) -> SessionCookie:
    settings = house.settings
    with _work(house) as work:
        opened = sign_in(work, key, settings.session_hours)
    secure = settings.public_url.startswith("https://")
    return SessionCookie(COOKIE, opened.token, settings.session_hours * 3600, secure)


def _sign_out(house: House, request: Request) -> str:
    with _work(house) as work:
        found = find_session(request, work)
        if found is not None:
            work.accounts.end_session(found.id, work.now)
    return COOKIE
