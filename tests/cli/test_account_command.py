"""The operator opens the first administrators, sets passwords and unlocks; administrators do the rest."""

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from address_service import cli
from address_service.edge.password_hashing import PasswordHashing
from address_service.edge.sign_in import nobody
from address_service.model.accounts import Role
from address_service.store.accounts import Office
from address_service.store.engine import Database
from address_service.store.work import unit_of_work
from tests.conftest import add_county

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Run a command where the three administrators are apart; gives exit code and what was printed."""
    with database.engine.begin() as conn:
        add_county(conn)
    monkeypatch.setenv("DATABASE_URL", database.app_url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("ADMINISTRATORS", "apart")

    def go(*arguments: str, typed: str = "") -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["address-service", *arguments])
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out + printed.err

    return go


def hash_of(database: Database, name: str) -> str:
    """The password in force."""
    with unit_of_work(database.engine, nobody("430626"), datetime.now(UTC)) as work:
        actor = work.accounts.find_by_name(name)
        assert actor is not None
        return work.credentials.passwords(actor.account_id, 1)[0].hash


def test_the_first_of_each_administrator_is_opened_by_the_operator_and_the_second_is_not(run: Run) -> None:
    assert run("user", "create", "安全员", "--role", "security_admin")[0] == 0
    assert run("user", "create", "审计员", "--role", "audit_admin")[0] == 0

    code, printed = run("user", "create", "安全员二", "--role", "security_admin", "--as", "示例管理员")

    assert code == 6
    assert "[office-by-security-admin]" in printed


def test_an_office_is_given_in_the_name_of_the_security_administrator(run: Run, database: Database) -> None:
    run("user", "create", "安全员", "--role", "security_admin")
    run("user", "create", "烟舟村", "--role", "pending", "--as", "示例管理员")
    office = ["user", "grant", "烟舟村", "--role", "village", "--division", "430626113208"]

    refused = run(*office, "--as", "示例管理员")
    wrong = run(*office, "--until", "明年", "--as", "安全员")
    done = run(*office, "--from", "2026-01-01", "--until", "2026-12-31", "--as", "安全员")

    assert [refused[0], wrong[0], done[0]] == [6, 3, 0]
    with database.engine.connect() as conn:
        row = conn.execute(
            text("SELECT role, division_code, valid_until::text FROM account WHERE name = '烟舟村'")
        )
        assert row.one() == ("village", "430626113208", "2026-12-31")


def test_a_password_for_one_time_is_printed_once_and_kept_as_a_hash(run: Run, database: Database) -> None:
    code, printed = run("user", "set-password", "示例管理员", "--one-time")

    password = printed.strip()
    assert code == 0
    assert re.fullmatch(r"(\w{4}-){3}\w{4}", password)
    assert PasswordHashing().verify(hash_of(database, "示例管理员"), password)


def test_a_password_comes_from_standard_input_and_keeps_the_rules(run: Run, database: Database) -> None:
    weak = run("user", "set-password", "示例管理员", "--stdin", typed="abc\n")
    good = run("user", "set-password", "示例管理员", "--stdin", typed="Shi-Fan-2026\n")

    assert (weak[0], good[0]) == (3, 0)
    assert "password-weak" in weak[1]
    assert "Shi-Fan-2026" not in good[1]
    assert PasswordHashing().verify(hash_of(database, "示例管理员"), "Shi-Fan-2026")


def test_no_account_has_a_password_by_itself(run: Run, database: Database) -> None:
    run("user", "create", "安全员", "--role", "security_admin")

    with database.engine.connect() as conn:
        assert conn.execute(text("SELECT count(*) FROM password")).scalar_one() == 0


def test_the_operator_unlocks_the_last_security_administrator(run: Run, database: Database) -> None:
    run("user", "create", "安全员", "--role", "security_admin", "--one-time-password")
    with database.engine.begin() as conn:
        conn.execute(
            text(
                "UPDATE sign_in_guard SET failures = 5, locked_until = now() + interval '1 day' WHERE account_id ="
                " (SELECT id FROM account WHERE name = '安全员')"
            )
        )
        conn.execute(
            text(
                "INSERT INTO sign_in_guard SELECT county_code, id, 5, now() + interval '1 day' FROM account"
                " WHERE name = '安全员' ON CONFLICT DO NOTHING"
            )
        )

    assert run("user", "unlock", "安全员")[0] == 0
    assert run("user", "unlock", "没有")[0] == 4

    with database.engine.connect() as conn:
        assert conn.execute(text("SELECT failures, locked_until FROM sign_in_guard")).one() == (0, None)


def test_a_lost_second_factor_is_removed_by_the_operator(run: Run, database: Database) -> None:
    with database.engine.begin() as conn:
        conn.execute(
            text(
                "INSERT INTO second_factor SELECT county_code, gen_random_uuid(), id, '',"
                " gen_random_uuid(), now(), now() FROM account"
            )
        )

    assert run("user", "unlock", "示例管理员", "--remove-second-factor")[0] == 0

    with database.engine.connect() as conn:
        assert conn.execute(text("SELECT removed_at IS NOT NULL FROM second_factor")).scalar_one()


def test_together_the_administrator_gives_offices(
    run: Run, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADMINISTRATORS", "together")

    assert run("user", "create", "民政办", "--role", "civil_affairs")[0] == 0

    with unit_of_work(database.engine, nobody("430626"), datetime.now(UTC)) as work:
        found = work.accounts.find_by_name("民政办")
    assert found is not None
    assert found.role is Role.CIVIL_AFFAIRS


@pytest.mark.parametrize(
    ("first", "last", "works"),
    [(None, -1, False), (2, None, False), (-1, 1, True)],
    ids=["over", "to come", "now"],
)
def test_a_command_acts_for_an_account_within_its_dates_only(
    run: Run, database: Database, first: int | None, last: int | None, works: bool
) -> None:
    with unit_of_work(database.engine, nobody("430626"), datetime.now(UTC)) as work:
        clerk = work.accounts.create("示例临时", Role.ADMIN, "430626")
        days = [None if n is None else work.today + timedelta(days=n) for n in (first, last)]
        work.accounts.give_office(clerk.account_id, Office(Role.ADMIN, "430626", days[0], days[1]))

    code, printed = run("user", "create", "示例新人", "--role", "pending", "--as", "示例临时")

    assert (code == 0) is works
    assert ("不在有效期内" in printed) is not works
