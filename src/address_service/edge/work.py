"""One transaction a request, committed before the answer leaves; the work's actor is who asks."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from address_service.edge.rights import Right, require_right
from address_service.edge.sign_in import ApiKey, find_actor, may_look, nobody, now, require_actor
from address_service.errors import Unauthenticated
from address_service.settings import Settings
from address_service.store.engine import Engine, begin
from address_service.store.files import FileStore
from address_service.store.keys import KeyRing, ring_of
from address_service.store.work import Work


@dataclass(frozen=True, slots=True)
class House:
    """What every request needs of the running service."""

    settings: Settings
    engine: Engine
    files: FileStore

    @property
    def keys(self) -> KeyRing:
        """The keys that seal residents' data, find them and chain the audit."""
        return ring_of(self.settings)


def house_of(request: Request) -> House:
    """The running service."""
    return cast(House, request.app.state.house)


HouseDep = Annotated[House, Depends(house_of)]


def _anonymous_work(request: Request) -> Iterator[Work]:
    house = house_of(request)
    with begin(house.engine) as conn:
        yield Work(conn, nobody(house.settings.county_code), now(), house.keys)


# `scope="function"`: with the default a failed commit would come after the answer, which would still say 201.
AnonymousWork = Annotated[Work, Depends(_anonymous_work, scope="function")]


@contextmanager
def signed_in_work(request: Request, key: str | None, right: Right | None = None) -> Iterator[Work]:
    """A transaction for whoever is signed in and has the right; it commits when the block ends well."""
    house = house_of(request)
    with begin(house.engine) as conn:
        work = Work(conn, nobody(house.settings.county_code), now(), house.keys)
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
        raise Unauthenticated("请先登录，或在 X-API-Key 中给出密钥", code="sign-in-needed")
    work.actor = actor or work.actor
    return work


LookingWork = Annotated[Work, Depends(_looking_work, scope="function")]
"""For what the map shows: an account, or anybody where the map is open."""


def work_with(right: Right) -> Callable[[SignedInWork], Awaitable[Work]]:
    """A dependency that gives the unit of work to accounts with a right."""

    async def check(work: SignedInWork) -> Work:
        require_right(work.actor, right)
        return work

    return check


ReadWork = Annotated[Work, Depends(work_with(Right.READ), scope="function")]
ImportWork = Annotated[Work, Depends(work_with(Right.IMPORT), scope="function")]
AssignWork = Annotated[Work, Depends(work_with(Right.ASSIGN), scope="function")]
NameWork = Annotated[Work, Depends(work_with(Right.NAME), scope="function")]
NumberWork = Annotated[Work, Depends(work_with(Right.NUMBER), scope="function")]
ApproveWork = Annotated[Work, Depends(work_with(Right.APPROVE), scope="function")]
PlatesWork = Annotated[Work, Depends(work_with(Right.PLATES), scope="function")]
SubscribeWork = Annotated[Work, Depends(work_with(Right.SUBSCRIBE), scope="function")]
ResidentsWork = Annotated[Work, Depends(work_with(Right.RESIDENTS), scope="function")]
AdministerWork = Annotated[Work, Depends(work_with(Right.ADMINISTER), scope="function")]
EnrolWork = Annotated[Work, Depends(work_with(Right.ENROL), scope="function")]
RevealWork = Annotated[Work, Depends(work_with(Right.REVEAL), scope="function")]
