"""Mergers from the command line: proposed, decided, committed by the county, taken back."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from address_service import cli
from address_service.model.accounts import Role
from address_service.store.engine import Database
from address_service.store.work import Work, unit_of_work
from tests.conftest import add_county
from tests.services.conftest import add_town
from tests.services.villages import two_villages

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """The program over two villages; gives exit code and what it says."""
    with database.engine.begin() as conn:
        admin = add_county(conn)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    with unit_of_work(database.engine, admin, yesterday) as work:
        county = work.accounts.create("示例县民政局", Role.COUNTY, "430626")
        two_villages(work, Work(work.conn, county, yesterday + timedelta(minutes=1)), add_town(work))
    monkeypatch.setenv("DATABASE_URL", database.app_url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "240")

    def call(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["address-service", "merger", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out + said.err

    return call


def plan_id(said: str) -> str:
    found = re.search(r"方案 ([0-9a-f-]{36})", said)
    assert found is not None, said
    return found[1]


def texts(database: Database) -> set[str]:
    query = """SELECT full_text FROM address_version WHERE upper_inf(recorded) AND upper_inf(valid)
               AND stage = 'current'"""
    with database.engine.connect() as conn:
        return {row.full_text for row in conn.exec_driver_sql(query)}


def test_a_merger_is_proposed_decided_committed_and_taken_back(run: Run, database: Database) -> None:
    before = texts(database)
    code, said = run("propose", "--end", "430626113210", "--into", "430626113208")
    assert code == 0, said
    plan = plan_id(said)
    assert "沙坪村并入烟舟村" in said
    assert re.search(r"未决重名\s*│\s*2", said)
    refused, why = run("commit", plan, "--decree", "示例〔2026〕21号", "--as", "示例县民政局")
    assert (refused, "collisions-undecided" in why) == (5, True)
    groups = re.findall(r"沙坪村 *│ ([0-9a-f-]{36})", said)
    assert len(groups) == 2

    for group in groups:
        code, said = run("decide", plan, group, "district", "--name", "沙坪片区")
        assert code == 0, said

    assert "保留旧村为片区：沙坪片区" in run("show", plan)[1]
    code, said = run("commit", plan, "--decree", "示例〔2026〕21号", "--as", "示例县民政局")
    assert code == 0, said
    assert sum("烟舟村沙坪片区" in text for text in texts(database)) == 6
    assert not any("沙坪村" in text for text in texts(database))

    code, said = run("undo", plan)
    assert code == 0, said
    code, said = run("commit", plan_id(said), "--decree", "示例〔2026〕22号", "--as", "示例县民政局")
    assert code == 0, said
    assert texts(database) == before


def test_a_plan_is_put_aside(run: Run) -> None:
    plan = plan_id(run("propose", "--end", "430626113210", "--into", "430626113208")[1])

    code, said = run("drop", plan)

    assert (code, "已作废" in said) == (0, True)
    assert run("drop", plan)[0] == 5


def test_mistyped_words_are_refused(run: Run) -> None:
    plan = plan_id(run("propose", "--end", "430626113210", "--into", "430626113208")[1])

    assert run("decide", plan, plan, "片区")[0] == 3
    assert run("propose", "--end", "430626113210", "--into", "430626113208", "--effective-on", "昨天")[0] == 3
    assert run("show", "00000000-0000-0000-0000-000000000001")[0] == 4
