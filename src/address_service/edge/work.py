"""One transaction a request, committed before the answer leaves; the work's actor is who asks."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import Depends, Request

from address_service.edge.house import House as House
from address_service.edge.house import HouseDep as HouseDep
from address_service.edge.house import house_of as house_of
from address_service.edge.origin import SAFE_METHODS, act_of, origin_of
from address_service.edge.rights import Right, require_right
from address_service.edge.sign_in import (
    ApiKey,
    find_actor,
    find_session,
    may_look,
    nobody,
    now,
    require_actor,
    require_csrf,
)
from address_service.errors import Forbidden, Unauthenticated
from address_service.model.accounts import SignInWay
from address_service.store.sessions import Session
from address_service.store.work import Work, unit_of_work


@contextmanager
def request_work(request: Request) -> Iterator[Work]:
    """The transaction of a request, nobody's at first; what writes and was not named by a service is named here."""
    house = house_of(request)
    actor, origin = nobody(house.settings.county_code), origin_of(request)
    with unit_of_work(house.engine, actor, now(), house.keys, origin, unnamed=None) as work:
        yield work
        if request.method not in SAFE_METHODS and not work.audit_notes:
            work.note(act_of(request))


def _anonymous_work(request: Request) -> Iterator[Work]:
    with request_work(request) as work:
        yield work


# `scope="function"`: with the default a failed commit would come after the answer, which would still say 201.
AnonymousWork = Annotated[Work, Depends(_anonymous_work, scope="function")]


@contextmanager
def signed_in_work(request: Request, key: str | None, right: Right | None = None) -> Iterator[Work]:
    """A transaction for whoever is signed in and has the right; it commits when the block ends well."""
    with request_work(request) as work:
        work.actor = require_actor(request, work, key)
        if right is not None:
            require_right(work.actor, right)
        yield work


def _signed_in_work(request: Request, key: ApiKey) -> Iterator[Work]:
    with signed_in_work(request, key) as work:
        yield work


SignedInWork = Annotated[Work, Depends(_signed_in_work, scope="function")]


def _looking_work(request: Request, work: AnonymousWork, key: ApiKey) -> Work:
    actor = find_actor(request, work, key)
    if not may_look(actor, house_of(request).settings.map_access):
        if actor is not None:
            require_right(actor, Right.READ)
        raise Unauthenticated("请先登录，或在 X-API-Key 中给出密钥", code="sign-in-needed")
    work.actor = actor or work.actor
    return work


LookingWork = Annotated[Work, Depends(_looking_work, scope="function")]
"""For what the map shows: an account, or anybody where the map is open."""


def work_with(*rights: Right) -> Callable[[SignedInWork], Awaitable[Work]]:
    """A dependency that gives the unit of work to accounts with one of the rights."""

    async def check(work: SignedInWork) -> Work:
        require_right(work.actor, *rights)
        return work

    return check


ReadWork = Annotated[Work, Depends(work_with(Right.READ), scope="function")]
ImportWork = Annotated[Work, Depends(work_with(Right.IMPORT), scope="function")]
BringWork = Annotated[Work, Depends(work_with(Right.IMPORT, Right.ENROL), scope="function")]
"""For who may bring layers, or lists of residents; which of them, the layer says."""
AssignWork = Annotated[Work, Depends(work_with(Right.ASSIGN), scope="function")]
NameWork = Annotated[Work, Depends(work_with(Right.NAME), scope="function")]
NameOrNumberWork = Annotated[Work, Depends(work_with(Right.NAME, Right.NUMBER), scope="function")]
"""For who names, and who drafts addresses of the own village."""
NumberWork = Annotated[Work, Depends(work_with(Right.NUMBER), scope="function")]
NumberOrApproveWork = Annotated[Work, Depends(work_with(Right.NUMBER, Right.APPROVE), scope="function")]
ApproveWork = Annotated[Work, Depends(work_with(Right.APPROVE), scope="function")]
PlatesWork = Annotated[Work, Depends(work_with(Right.PLATES), scope="function")]
AttachWork = Annotated[Work, Depends(work_with(Right.ATTACH), scope="function")]
SubscribeWork = Annotated[Work, Depends(work_with(Right.SUBSCRIBE), scope="function")]
WatchWork = Annotated[Work, Depends(work_with(Right.SUBSCRIBE, Right.ADMINISTER), scope="function")]
"""For who reads the change feed, and who looks after its readers."""
AuditWork = Annotated[Work, Depends(work_with(Right.AUDIT), scope="function")]
ResidentsWork = Annotated[Work, Depends(work_with(Right.RESIDENTS), scope="function")]
ReconcileWork = Annotated[Work, Depends(work_with(Right.RECONCILE), scope="function")]
ExchangeWork = Annotated[Work, Depends(work_with(Right.EXCHANGE), scope="function")]


async def _check_papers(work: ExchangeWork) -> Work:
    require_right(work.actor, Right.RESIDENTS)
    return work


PapersWork = Annotated[Work, Depends(_check_papers, scope="function")]
"""For who exchanges addresses and may see residents as well."""


async def _check_rows_in_clear(work: ReconcileWork) -> Work:
    require_right(work.actor, Right.REVEAL)
    return work


RevealRowsWork = Annotated[Work, Depends(_check_rows_in_clear, scope="function")]
"""For who reviews extracts and may see people unmasked as well."""
AdministerWork = Annotated[Work, Depends(work_with(Right.ADMINISTER), scope="function")]
EnrolWork = Annotated[Work, Depends(work_with(Right.ENROL), scope="function")]
RevealWork = Annotated[Work, Depends(work_with(Right.REVEAL), scope="function")]
SecureWork = Annotated[Work, Depends(work_with(Right.SECURE), scope="function")]
KeepAccountsWork = Annotated[Work, Depends(work_with(Right.ADMINISTER, Right.SECURE), scope="function")]


def _own_session(request: Request, work: Work, key: str | None) -> Session:
    """The session by which somebody changes the own account; what opens other doors is not made by a key."""
    found = None if key is not None else find_session(request, work)
    if found is None:
        require_actor(request, work, key)
        raise Forbidden("请用口令登录后在“我的账户”中办理", code="session-needed")
    request.state.actor = found.actor
    require_csrf(request, found)
    if found.opened_by is SignInWay.KEY:
        raise Forbidden("请用口令登录后在“我的账户”中办理", code="session-needed")
    return found


def _own_work(request: Request, work: AnonymousWork, key: ApiKey) -> Work:
    work.actor = _own_session(request, work, key).actor
    return work


OwnWork = Annotated[Work, Depends(_own_work, scope="function")]
"""For one's own account, by a session that a password or an issuer opened, whatever it has to do first."""


def _settled_work(request: Request, work: AnonymousWork, key: ApiKey) -> Work:
    _own_session(request, work, key)
    work.actor = require_actor(request, work, key)
    return work


SettledWork = Annotated[Work, Depends(_settled_work, scope="function")]
"""The same, once the session has nothing to do first."""


def _own_session_alone(request: Request, house: HouseDep, key: ApiKey) -> Session:
    """The same for what verifies passwords: the transaction has ended, and was no act."""
    anybody, origin = nobody(house.settings.county_code), origin_of(request)
    with unit_of_work(house.engine, anybody, now(), house.keys, origin, unnamed=None) as work:
        return _own_session(request, work, key)


OwnSession = Annotated[Session, Depends(_own_session_alone)]


def _known_session(request: Request, work: AnonymousWork, key: ApiKey) -> Session | None:
    """The session that asks about itself; None when a key asks. Raises Unauthenticated."""
    found = None if key is not None else find_session(request, work)
    work.actor = found.actor if found else require_actor(request, work, key)
    return found


KnownSession = Annotated[Session | None, Depends(_known_session, scope="function")]
