"""Nobody changes the own office, one security administrator always remains, and a change ends the sessions."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from time import sleep

import pytest
from sqlalchemy import Connection

from address_service.errors import Conflict, Forbidden, InvalidInput
from address_service.model.accounts import Actor, Right, Role, SignInPolicy, SignInWay
from address_service.services.keep_accounts import (
    disable_account,
    enable_account,
    give_office,
    unlock_account,
)
from address_service.services.open_account import issue_api_key, open_account
from address_service.services.session_opening import digest_of, open_session
from address_service.services.set_password import keep_given_password
from address_service.services.try_password import begin_try, end_try
from address_service.store.accounts import Office
from address_service.store.engine import Database
from address_service.store.work import Work, unit_of_work

COUNTY, VILLAGE = "430626", "430626113208"
SECURING = frozenset({Role.SECURITY_ADMIN})
HASH = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$aGFzaA"


def holding(work: Work, role: Role, name: str, *rights: Right) -> Work:
    actor = replace(work.accounts.create(name, role, COUNTY), rights=frozenset(rights))
    return Work(work.conn, actor, work.now)


@pytest.fixture
def guard(work: Work) -> Work:
    return holding(work, Role.SECURITY_ADMIN, "示例安全员", Right.SECURE)


@pytest.fixture
def opener(work: Work) -> Work:
    return holding(work, Role.ADMIN, "示例系统员", Right.ADMINISTER)


@pytest.fixture
def clerk(guard: Work) -> Actor:
    return guard.accounts.create("示例文书", Role.VILLAGE, VILLAGE)


def test_who_opens_accounts_gives_no_office(opener: Work) -> None:
    with pytest.raises(Forbidden) as refused:
        open_account(opener, "示例新人", Role.VILLAGE, VILLAGE)

    assert refused.value.code == "office-by-security-admin"
    assert open_account(opener, "示例新人", Role.PENDING, COUNTY).role is Role.PENDING


def test_an_office_given_ends_the_sessions_and_leaves_the_keys(guard: Work, clerk: Actor) -> None:
    opened = open_session(guard, clerk, SignInWay.PASSWORD, 8)
    key = issue_api_key(guard, clerk, "示例", 1)

    card = give_office(guard, clerk.account_id, Office(Role.FIELD_TEAM, "430626113"), SECURING)

    assert (card.actor.role, card.actor.division_code) == (Role.FIELD_TEAM, "430626113")
    assert guard.sessions.find(digest_of(opened.token), guard.now, 30) is None
    live = guard.api_keys.find(digest_of(key.secret), guard.now)
    assert live is not None
    assert live.actor.role is Role.FIELD_TEAM


def test_nobody_changes_the_own_account(guard: Work) -> None:
    me = guard.actor.account_id

    with pytest.raises(Forbidden) as refused:
        give_office(guard, me, Office(Role.COUNTY, COUNTY), SECURING)
    with pytest.raises(Forbidden):
        disable_account(guard, me, SECURING)

    assert refused.value.code == "own-account"


@pytest.mark.parametrize(
    "office",
    [
        Office(Role.COUNTY, COUNTY),
        Office(Role.SECURITY_ADMIN, COUNTY, valid_until=datetime(2026, 3, 3, tzinfo=UTC).date()),
        Office(Role.SECURITY_ADMIN, COUNTY, valid_from=datetime(2030, 1, 1, tzinfo=UTC).date()),
    ],
)
def test_the_last_security_administrator_stays(guard: Work, opener: Work, office: Office) -> None:
    someone = holding(guard, Role.ADMIN, "示例另一员", Right.SECURE)

    with pytest.raises(Conflict) as refused:
        give_office(someone, guard.actor.account_id, office, SECURING)
    with pytest.raises(Conflict):
        disable_account(opener, guard.actor.account_id, SECURING)

    assert refused.value.code == "last-security-admin"


def test_one_of_two_security_administrators_may_go(guard: Work, opener: Work) -> None:
    holding(guard, Role.SECURITY_ADMIN, "示例安全员二")

    card = disable_account(opener, guard.actor.account_id, SECURING)

    assert card.disabled_at is not None


def test_a_disabled_account_comes_back_without_an_office(opener: Work, clerk: Actor) -> None:
    key = issue_api_key(opener, clerk, "示例", 1)
    disable_account(opener, clerk.account_id, SECURING)
    assert opener.api_keys.find(digest_of(key.secret), opener.now) is None

    card = enable_account(opener, clerk.account_id)

    assert (card.actor.role, card.disabled_at) == (Role.PENDING, None)


def test_administrators_of_security_and_audit_are_the_countys(guard: Work, clerk: Actor) -> None:
    with pytest.raises(InvalidInput) as refused:
        give_office(guard, clerk.account_id, Office(Role.AUDIT_ADMIN, VILLAGE), SECURING)

    assert refused.value.code == "administrator-of-the-county"


def test_unlocking_opens_a_locked_account(guard: Work, clerk: Actor) -> None:
    policy = SignInPolicy(tries=1, source_tries=100)
    keep_given_password(guard, clerk.account_id, 0, HASH, one_time=False)
    begin_try(guard, policy, clerk.name, "10.0.0.1")
    assert begin_try(guard, policy, clerk.name, "10.0.0.1").hash is None

    card = unlock_account(guard, clerk.account_id)

    assert card.locked_until is None
    assert begin_try(guard, policy, clerk.name, "10.0.0.1").hash == HASH


def test_a_session_ends_when_it_rests(guard: Work, clerk: Actor) -> None:
    digest = digest_of(open_session(guard, clerk, SignInWay.PASSWORD, 8).token)
    asked = [guard.now + timedelta(minutes=n) for n in (29, 58, 87, 118)]

    lives = [guard.sessions.find(digest, moment, 30) is not None for moment in asked]

    assert lives == [True, True, True, False]


def test_a_session_ends_by_age_however_busy(guard: Work, clerk: Actor) -> None:
    digest = digest_of(open_session(guard, clerk, SignInWay.PASSWORD, 1).token)
    asked = [guard.now + timedelta(minutes=n) for n in (20, 40, 59, 61)]

    lives = [guard.sessions.find(digest, moment, 30) is not None for moment in asked]

    assert lives == [True, True, True, False]


def test_of_guesses_at_one_moment_no_more_than_the_tries_are_verified(
    database: Database, make_county: Callable[[Connection], Actor]
) -> None:
    with database.engine.begin() as conn:
        admin = make_county(conn)
    with unit_of_work(database.engine, admin, datetime.now(UTC)) as work:
        clerk = work.accounts.create("示例文书", Role.VILLAGE, VILLAGE)
        keep_given_password(work, clerk.account_id, 0, HASH, one_time=False)
    policy, together = SignInPolicy(tries=5, source_tries=1000), Barrier(5)

    def guess(_: int) -> bool:
        together.wait(30)
        with unit_of_work(database.engine, admin, datetime.now(UTC)) as work:
            return begin_try(work, policy, "示例文书", "10.0.0.1").hash is not None

    with ThreadPoolExecutor(5) as pool:
        verified = list(pool.map(guess, range(40)))

    assert sum(verified) == 5


def test_no_session_opens_while_the_password_is_being_replaced(
    database: Database, make_county: Callable[[Connection], Actor]
) -> None:
    with database.engine.begin() as conn:
        admin = make_county(conn)
    policy = SignInPolicy()
    with unit_of_work(database.engine, admin, datetime.now(UTC)) as work:
        clerk = work.accounts.create("示例文书", Role.VILLAGE, VILLAGE)
        keep_given_password(work, clerk.account_id, 0, HASH, one_time=False)
    with unit_of_work(database.engine, admin, datetime.now(UTC)) as work:
        tried = begin_try(work, policy, "示例文书", "10.0.0.1")

    def finish() -> bool:
        with unit_of_work(database.engine, admin, datetime.now(UTC)) as work:
            return end_try(work, policy, tried, True, "") is not None

    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'"
    with ThreadPoolExecutor(1) as pool:
        with unit_of_work(database.engine, admin, datetime.now(UTC)) as work:
            keep_given_password(work, clerk.account_id, 1, HASH + "b", one_time=False)
            opened = pool.submit(finish)
            while not opened.done() and work.conn.exec_driver_sql(waiting).scalar_one() == 0:
                sleep(0.01)
        result = opened.result()

    assert result is False


def test_two_security_administrators_do_not_take_each_other_away(
    database: Database, make_county: Callable[[Connection], Actor]
) -> None:
    with database.engine.begin() as conn:
        admin = make_county(conn)
    with unit_of_work(database.engine, admin, datetime.now(UTC)) as work:
        pair = [work.accounts.create(f"示例安全员{n}", Role.SECURITY_ADMIN, COUNTY) for n in (1, 2)]
    together = Barrier(2)

    def take_away(n: int) -> str:
        together.wait(30)
        try:
            with unit_of_work(database.engine, pair[n], datetime.now(UTC)) as work:
                give_office(work, pair[1 - n].account_id, Office(Role.FINANCE, COUNTY), SECURING)
        except Conflict as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(take_away, range(2)))

    assert sorted(results) == ["done", "last-security-admin"]
