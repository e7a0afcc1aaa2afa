"""Tries at a password are counted before they are verified, lock the account, and are forgotten by a good one."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from address_service.errors import TooMany
from address_service.model.accounts import Actor, Role, SignInPolicy
from address_service.services.set_password import keep_given_password
from address_service.services.try_password import PasswordTry, begin_try, end_try
from address_service.store.accounts import Office
from address_service.store.work import Work

HASH = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$aGFzaA"
POLICY = SignInPolicy(tries=3, lock_minutes=15, source_tries=100)


@pytest.fixture
def clerk(work: Work) -> Actor:
    actor = work.accounts.create("示例文书", Role.VILLAGE, "430626113208")
    keep_given_password(work, actor.account_id, 0, HASH, one_time=False)
    return actor


def later(work: Work, minutes: int) -> Work:
    return Work(work.conn, work.actor, work.now + timedelta(minutes=minutes))


def attempt(work: Work, name: str = "示例文书", policy: SignInPolicy = POLICY) -> PasswordTry:
    return begin_try(work, policy, name, "10.0.0.1")


def test_the_account_locks_after_the_set_tries_and_opens_by_itself(work: Work, clerk: Actor) -> None:
    opened = [attempt(work).hash is not None for _ in range(5)]

    assert opened == [True, True, True, False, False]
    assert attempt(later(work, 14)).hash is None
    assert attempt(later(work, 16)).hash == HASH


def test_a_good_password_forgets_the_tries_even_on_the_last_one(work: Work, clerk: Actor) -> None:
    tried = [attempt(work) for _ in range(3)][-1]

    opened = end_try(work, POLICY, tried, True, "")

    assert opened is not None
    assert [attempt(work).hash is not None for _ in range(4)] == [True, True, True, False]


def test_every_refusal_and_every_lock_is_noted(work: Work, clerk: Actor) -> None:
    work.audit_notes.clear()

    for _ in range(3):
        end_try(work, POLICY, attempt(work), False, "")

    acts = [(note.action, note.object_id) for note in work.audit_notes]
    account = str(clerk.account_id)
    assert acts == [("session.refuse", account)] * 2 + [
        ("account.lock", account),
        ("session.refuse", account),
    ]


def test_the_try_at_an_unknown_name_is_noted_without_the_name(work: Work) -> None:
    tried = attempt(work, "Shi-Fan-2026")

    assert end_try(work, POLICY, tried, True, "") is None
    assert [(n.action, n.object_id, dict(n.detail)) for n in work.audit_notes] == [
        ("session.refuse", None, {})
    ]


@pytest.mark.parametrize(
    ("first", "last", "opens"), [(None, -1, False), (1, None, False), (0, 0, True), (None, None, True)]
)
def test_an_account_opens_within_its_dates_only(
    work: Work, clerk: Actor, first: int | None, last: int | None, opens: bool
) -> None:
    days = [None if n is None else work.today + timedelta(days=n) for n in (first, last)]
    work.accounts.give_office(clerk.account_id, Office(clerk.role, clerk.division_code, days[0], days[1]))

    assert (attempt(work).hash is not None) is opens


def test_a_disabled_account_does_not_open(work: Work, clerk: Actor) -> None:
    work.accounts.set_disabled(clerk.account_id, work.now)

    assert attempt(work).hash is None


def test_a_password_for_one_time_ends_after_a_week(work: Work, clerk: Actor) -> None:
    keep_given_password(work, clerk.account_id, 1, HASH + "b", one_time=True)

    assert attempt(later(work, 7 * 24 * 60 - 1)).hash == HASH + "b"
    assert attempt(later(work, 7 * 24 * 60 + 1)).hash is None


def test_a_source_of_many_failures_waits_longer_and_longer(work: Work) -> None:
    policy = SignInPolicy(source_tries=2)
    for _ in range(2):
        attempt(work, "没有", policy)

    with pytest.raises(TooMany):
        attempt(work, "没有", policy)
    attempt(later(work, 1), "没有", policy)
    waits = work.conn.execute(text("SELECT waits_until - counted_from FROM sign_in_source")).scalar_one()

    assert waits == timedelta(minutes=1, seconds=2)
    attempt(later(work, 20), "没有", policy)
    attempt(
        later(work, 20), "没有", SignInPolicy(source_tries=3)
    )  # a quarter of an hour later the count is new


def test_one_source_cannot_keep_accounts_locked(work: Work) -> None:
    policy = SignInPolicy()
    names = [f"示例{n}" for n in range(4)]
    for name in names:
        actor = work.accounts.create(name, Role.VILLAGE, "430626113208")
        keep_given_password(work, actor.account_id, 0, HASH, one_time=False)
    victims, colleague = names[:3], names[3]
    opened = {name: 0 for name in names}

    for quarter in range(96):
        at = later(work, 15 * quarter + 1)
        for name in victims * 5:
            begin_try(at, policy, name, "10.0.0.1")
        for name in victims:
            opened[name] += _signs_in(at, policy, name, "10.0.0.2")
        opened[colleague] += _signs_in(at, policy, colleague, "10.0.0.1")

    assert opened == {**dict.fromkeys(victims, 96 - 7), colleague: 96}


def _signs_in(work: Work, policy: SignInPolicy, name: str, source: str) -> bool:
    tried = begin_try(work, policy, name, source)
    return tried.hash is not None and end_try(work, policy, tried, True, "") is not None


def test_a_source_that_waits_for_an_account_adds_no_tries_there(work: Work, clerk: Actor) -> None:
    for _ in range(3):
        attempt(work)
    work.credentials.clear_tries(clerk.account_id, "10.0.0.2")

    guesses = [attempt(work).hash for _ in range(10)]

    assert guesses == [None] * 10
    assert begin_try(work, POLICY, "示例文书", "10.0.0.2").hash == HASH


def test_unlocking_lets_every_source_in_again(work: Work, clerk: Actor) -> None:
    for _ in range(4):
        attempt(work)

    work.credentials.clear_tries(clerk.account_id)

    assert attempt(work).hash == HASH


def test_a_password_that_was_replaced_while_it_was_verified_opens_nothing(work: Work, clerk: Actor) -> None:
    tried = attempt(work)
    keep_given_password(work, clerk.account_id, 1, HASH + "b", one_time=False)

    assert end_try(work, POLICY, tried, True, "") is None
    assert end_try(work, POLICY, attempt(work), True, "") is not None


def test_an_account_that_was_disabled_while_its_password_was_verified_opens_nothing(
    work: Work, clerk: Actor
) -> None:
    tried = attempt(work)
    work.accounts.set_disabled(clerk.account_id, work.now)

    assert end_try(work, POLICY, tried, True, "") is None


def test_sources_do_not_wait_for_each_other(work: Work) -> None:
    policy = SignInPolicy(source_tries=1)
    attempt(work, "没有", policy)

    begin_try(work, policy, "没有", "10.0.0.2")

    with pytest.raises(TooMany):
        attempt(work, "没有", policy)
