"""A code by time is good once, a recovery code too; the secret lies sealed in the database."""

from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import text

from address_service.errors import Conflict, InvalidInput, NotReady
from address_service.services.hold_second_factor import confirm_second_factor, start_second_factor
from address_service.services.second_factor_codes import is_code_good
from address_service.settings import CryptoSuite
from address_service.store.keys import KeyRing, KeySource, Purpose, keep_key, make_key
from address_service.store.work import Work


@pytest.fixture
def keyed(work: Work, tmp_path: Path) -> Work:
    keep_key(tmp_path, make_key(Purpose.TOTP, CryptoSuite.SM))
    return Work(work.conn, work.actor, work.now, KeyRing(KeySource(tmp_path)))


def at(work: Work, seconds: int) -> Work:
    return Work(work.conn, work.actor, work.now + timedelta(seconds=seconds), work.keys)


def code(secret: str, work: Work, seconds: int = 0) -> str:
    return pyotp.TOTP(secret).at(work.now + timedelta(seconds=seconds))


def enrol(work: Work) -> tuple[str, list[str]]:
    secret = start_second_factor(work, "示例").secret
    return secret, confirm_second_factor(work, code(secret, work))


def test_a_code_is_taken_once(keyed: Work) -> None:
    secret, _ = enrol(keyed)
    work, then = at(keyed, 60), code(secret, keyed, 60)

    assert not is_code_good(work, work.actor, code(secret, keyed))  # the code that confirmed it
    assert is_code_good(work, work.actor, then)
    assert not is_code_good(work, work.actor, then)
    assert not is_code_good(work, work.actor, code(secret, keyed, 30))  # an older one after it


def test_a_clock_may_be_half_a_minute_off_and_no_more(keyed: Work) -> None:
    secret, _ = enrol(keyed)
    work = at(keyed, 300)

    assert not is_code_good(work, work.actor, code(secret, keyed, 240))
    assert not is_code_good(work, work.actor, code(secret, keyed, 360))
    assert is_code_good(work, work.actor, code(secret, keyed, 270))
    assert is_code_good(work, work.actor, code(secret, keyed, 330))


def test_before_it_is_confirmed_no_code_is_asked(keyed: Work) -> None:
    start_second_factor(keyed, "示例")

    assert is_code_good(keyed, keyed.actor, "")
    with pytest.raises(InvalidInput):
        confirm_second_factor(keyed, "12345")
    assert is_code_good(keyed, keyed.actor, "")


def test_a_recovery_code_is_good_once_however_it_is_typed(keyed: Work) -> None:
    _, codes = enrol(keyed)

    assert len(set(codes)) == 10
    assert is_code_good(keyed, keyed.actor, codes[3].lower().replace("-", " "))
    assert not is_code_good(keyed, keyed.actor, codes[3])
    assert is_code_good(keyed, keyed.actor, codes[4])
    assert not is_code_good(keyed, keyed.actor, "")


def test_a_confirmed_factor_is_not_replaced_by_its_holder(keyed: Work) -> None:
    enrol(keyed)

    with pytest.raises(Conflict):
        start_second_factor(keyed, "示例")


def test_neither_secret_nor_recovery_codes_lie_in_the_database(keyed: Work) -> None:
    secret, codes = enrol(keyed)

    kept = keyed.conn.execute(
        text(
            "SELECT string_agg(sealed::text, '') FROM second_factor"
            " UNION ALL SELECT string_agg(digest::text, '') FROM recovery_code"
        )
    ).scalars()
    everything = "".join(kept)

    for clear in [secret, *codes]:
        assert clear.encode().hex() not in everything


@pytest.mark.parametrize("suite", list(CryptoSuite))
def test_a_secret_moved_to_another_account_or_key_does_not_open(
    work: Work, tmp_path: Path, suite: CryptoSuite
) -> None:
    keep_key(tmp_path, make_key(Purpose.TOTP, suite))
    keyed = Work(work.conn, work.actor, work.now, KeyRing(KeySource(tmp_path)))
    secret, _ = enrol(keyed)
    assert is_code_good(at(keyed, 60), keyed.actor, code(secret, keyed, 60))
    keyed.conn.execute(text("UPDATE second_factor SET removed_at = now()"))
    keyed.conn.execute(
        text(
            "INSERT INTO second_factor SELECT county_code, gen_random_uuid(), account_id, sealed, key_id, created_at,"
            " confirmed_at, 0, NULL FROM second_factor"
        )
    )

    with pytest.raises(NotReady):
        is_code_good(keyed, keyed.actor, "000000")


def test_without_a_key_nothing_is_begun(work: Work, tmp_path: Path) -> None:
    unkeyed = Work(work.conn, work.actor, work.now, KeyRing(KeySource(tmp_path)))

    with pytest.raises(NotReady) as refused:
        start_second_factor(unkeyed, "示例")

    assert refused.value.code == "key-missing"
