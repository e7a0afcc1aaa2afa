"""Signing in by password and setting one: transaction, verification outside of any, transaction."""

from contextlib import AbstractContextManager
from uuid import UUID

from address_service.edge.house import House
from address_service.edge.rights import entitled
from address_service.edge.sign_in import nobody, now
from address_service.errors import InvalidInput, Unauthenticated
from address_service.model.accounts import Actor
from address_service.model.audit import INSIDE, Origin
from address_service.services.session_opening import OpenedSession
from address_service.services.set_password import (
    PasswordsInForce,
    keep_given_password,
    keep_own_password,
    one_time_password,
    passwords_in_force,
    require_fresh,
    require_good_password,
)
from address_service.services.try_password import REFUSED, PasswordTry, begin_try, count_try, end_try
from address_service.store.sessions import Session
from address_service.store.work import Work, unit_of_work


def sign_in_by_password(
    house: House, origin: Origin, source: str, name: str, password: str, code: str
) -> OpenedSession:
    """Open a session; raises Unauthenticated with one sentence for all reasons, TooMany, NotReady `sign-in-busy`."""
    with house.hashing.turn():
        with _work(house, origin) as work:
            tried = begin_try(work, house.policy, name, source)
        good = house.hashing.verify(tried.hash, password)
        with _work(house, origin) as work:
            opened = end_try(work, house.policy, tried, good, code)
    if opened is None:
        raise Unauthenticated(REFUSED, code="sign-in-refused")
    return opened


def change_own_password(house: House, origin: Origin, session: Session, old: str, new: str) -> None:
    """Set the password of a session's holder, who knows the old one; wrong guesses at it count as tries."""
    actor = entitled(session.actor, house.settings.administrators)
    require_good_password(actor, new, house.policy)
    with house.hashing.turn():
        with _work(house, origin, actor) as work:
            tried = count_try(work, house.policy, actor)
            known = passwords_in_force(work, actor.account_id, house.policy)
        _require_old(house, tried, old)
        hashed = _fresh_hash(house, known, new)
        with _work(house, origin, actor) as work:
            work.credentials.clear_tries(actor.account_id, "")
            keep_own_password(work, session.id, known.serial, hashed)


def _require_old(house: House, tried: PasswordTry, old: str) -> None:
    if not house.hashing.verify(tried.hash, old):
        raise InvalidInput("当前口令不对，或账户暂被锁定", code="password-wrong")


def _fresh_hash(house: House, known: PasswordsInForce, new: str) -> str:
    require_fresh([house.hashing.verify(each, new) for each in known.hashes])
    return house.hashing.hash(new)


def give_password(
    house: House, origin: Origin, actor: Actor, account: Actor, password: str | None = None
) -> str | None:
    """Set the password of another account: the one given, by the operator, or one for a single use, which is answered.

    Raises InvalidInput for a given one that breaks the rules.
    """
    single = one_time_password() if password is None else None
    if password is not None:
        require_good_password(account, password, house.policy)
    with house.hashing.turn():
        hashed = house.hashing.hash(single or password or "")
        with _work(house, origin, actor) as work:
            serial = passwords_in_force(work, account.account_id, house.policy).serial
            keep_given_password(work, account.account_id, serial, hashed, one_time=single is not None)
    return single


def owner_of(house: House, account_id: UUID) -> Actor | None:
    """The account, enabled or not."""
    with _work(house, INSIDE) as work:
        return work.accounts.find(account_id)


def _work(house: House, origin: Origin, actor: Actor | None = None) -> AbstractContextManager[Work]:
    who = actor or nobody(house.settings.county_code)
    return unit_of_work(house.engine, who, now(), house.keys, origin, unnamed=None)
