"""Renumbering from the command line: a list drawn, shown, committed by the county, taken back."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from address_service import cli
from address_service.model.accounts import Role
from address_service.services.approve_addresses import approve_addresses
from address_service.services.commit_numbering_plan import commit_numbering_plan
from address_service.services.plan_numbering import plan_numbering
from address_service.store.addresses import Scope
from address_service.store.engine import Database
from address_service.store.work import Work, unit_of_work
from tests.conftest import add_county
from tests.services.conftest import add_town

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(
    database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """The program over a village whose group has three approved doors; gives exit code and what it says."""
    with database.engine.begin() as conn:
        admin = add_county(conn)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    with unit_of_work(database.engine, admin, yesterday) as work:
        town = add_town(work)
        place = town.place("group", "12组", 12)
        for n in range(1, 4):
            town.house(str(n), n * 25, 12, place)
        commit_numbering_plan(work, plan_numbering(work, place).id)
        county = work.accounts.create("示例县民政局", Role.COUNTY, "430626")
        approver = Work(work.conn, county, yesterday + timedelta(minutes=1))
        approve_addresses(approver, Scope(place_id=place), "示例〔2026〕1号", approver.today)
    monkeypatch.setenv("DATABASE_URL", database.app_url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")

    def call(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["address-service", "renumber", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out + said.err

    return call


def numbers(database: Database) -> dict[str, int]:
    query = "SELECT a.code, d.main FROM door_number d JOIN address a ON a.id = d.holder_id ORDER BY d.main"
    with database.engine.connect() as conn:
        return {row.code: row.main for row in conn.execute(text(query))}


def a_swap(database: Database, folder: Path) -> str:
    first, second, _ = numbers(database)
    path = folder / "改号.csv"
    path.write_text(f"地址编码,门牌号\n{first},2号\n{second},1\n", encoding="gb18030")
    return str(path)


def plan_id(said: str) -> str:
    found = re.search(r"方案 ([0-9a-f-]{36})", said)
    assert found is not None, said
    return found[1]


def test_a_list_is_drawn_committed_and_taken_back(run: Run, database: Database, tmp_path: Path) -> None:
    before = numbers(database)

    code, drawn = run("draw", "烟舟村12组", "--changes", a_swap(database, tmp_path))
    own, refused = run("commit", plan_id(drawn), "--decree", "示例〔2026〕9号")
    done, _ = run("commit", plan_id(drawn), "--decree", "示例〔2026〕9号", "--as", "示例县民政局")
    changed = numbers(database)
    undone, undo = run("undo", plan_id(drawn))
    run("commit", plan_id(undo), "--decree", "示例〔2026〕10号", "--as", "示例县民政局")
    _, shown = run("show", plan_id(undo))

    assert (code, done, undone) == (0, 0, 0)
    assert "1号↔2号" in drawn
    assert "未设单价" not in drawn
    assert (own, "right-missing" in refused) == (6, True)
    assert list(changed.values()) == [1, 2, 3]
    assert changed != before
    assert numbers(database) == before
    assert "已执行" in shown
    assert "示例〔2026〕10号" in shown


def test_a_dry_run_keeps_nothing_and_a_dropped_plan_is_not_committed(
    run: Run, database: Database, tmp_path: Path
) -> None:
    changes = a_swap(database, tmp_path)

    _, previewed = run("draw", "烟舟村12组", "--changes", changes, "--dry-run")
    with database.engine.connect() as conn:
        kept = conn.execute(text("SELECT count(*) FROM renumbering_plan")).scalar()
    _, drawn = run("draw", "烟舟村12组", "--changes", changes)
    run("drop", plan_id(drawn))
    late, said = run("commit", plan_id(drawn), "--decree", "示例", "--as", "示例县民政局")

    assert "仅预览" in previewed
    assert kept == 0
    assert (late, "plan-decided" in said) == (5, True)


def test_a_redraw_of_a_place_in_order_changes_nothing(run: Run) -> None:
    code, said = run("draw", "12组", "--redraw")

    assert (code, "nothing-to-change" in said) == (5, True)


def test_bad_rows_of_a_list_are_named(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "改号.csv"
    path.write_text("code,number\n123,2\n" + "4" * 26 + ",二号\n", encoding="utf-8")

    code, said = run("draw", "烟舟村12组", "--changes", str(path))

    assert code == 3
    assert "第 1 行" in said
    assert "第 2 行" in said
