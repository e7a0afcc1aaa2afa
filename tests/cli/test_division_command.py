"""Divisions from the command line: lists in, proposals shown and decided, changes by decree, history, names."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

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
VILLAGE = "430626113208"
LIST = (
    f"统计用区划代码,名称\n430626000000,平江县\n430626113000,童市镇\n{VILLAGE},烟洲村\n430626113227,合旺村\n"
)


@pytest.fixture
def run(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
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
        work.accounts.create("示例派出所", Role.POLICE, "430626")
        approver = Work(work.conn, county, yesterday + timedelta(minutes=1))
        approve_addresses(approver, Scope(place_id=place), "示例〔2026〕1号", date(2016, 1, 1))
    monkeypatch.setenv("DATABASE_URL", database.app_url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "list.csv").write_text(LIST, encoding="gbk")

    def call(*arguments: str, office: str = "示例管理员") -> tuple[int, str]:
        words = ["list.csv" if word == "FILE" else word for word in arguments]
        words = [str(tmp_path / word) if word == "list.csv" else word for word in words]
        monkeypatch.setattr("sys.argv", ["address-service", *words, "--as", office])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out + said.err

    return call


def test_a_list_is_imported_its_proposals_shown_and_one_decided(run: Run) -> None:
    code, said = run("import", "divisions", "FILE", "--year", "2017")
    assert code == 0, said
    assert "待决定（2）" in said

    shown = run("division", "proposals")[1]
    (proposal,) = re.findall(r"^(\S{36})  2017年  写法不同", shown, re.MULTILINE)
    code, said = run("division", "decide", proposal, "respelled", "--decree", "示例虚构")

    assert (code, said) == (0, "已决定：更正用字\n")
    assert "2016-01-01 至 2017-01-01" in (history := run("division", "show", VILLAGE)[1])
    assert "烟洲村（430626113208）" in history
    assert "写法不同" not in run("division", "proposals")[1]
    assert "2017" in run("division", "lists")[1]


def test_a_decision_that_is_none_says_which_there_are(run: Run) -> None:
    run("import", "divisions", "FILE", "--year", "2017")
    (proposal,) = re.findall(r"^(\S{36})  2017年  不在册", run("division", "proposals")[1], re.MULTILINE)

    code, said = run("division", "decide", proposal, "guessed")

    assert code == 3
    assert "created" in said


def test_a_village_is_renamed_with_its_addresses(run: Run) -> None:
    code, said = run(
        "division", "change", VILLAGE, "rename", "--name", "烟洲村", "--decree", "示例〔2026〕2号"
    )

    assert (code, said) == (0, "已变更：3 条地址改读新名，0 块门牌须重制\n")


def test_a_place_is_renamed_and_a_village_created(run: Run, database: Database) -> None:
    with database.engine.begin() as conn:
        place = str(conn.exec_driver_sql("SELECT id FROM place").scalar_one())

    renamed = run("division", "rename-place", place, "横山组", "--decree", "示例〔2026〕2号")
    created = run("division", "create", "430626113227", "合旺村", "--decree", "示例〔2026〕3号")

    assert renamed == (0, "已更名：3 条地址改读新名，0 块门牌须重制\n")
    assert created == (0, "已新设 合旺村（430626113227）\n")


def test_who_may_not_name_changes_nothing(run: Run) -> None:
    change = ("division", "change", VILLAGE, "rename", "--name", "烟洲村", "--decree", "示例")

    assert run(*change, office="示例派出所")[0] == 6


def test_names_that_sound_alike_are_listed(run: Run) -> None:
    run("division", "create", "430626113227", "烟洲村", "--decree", "示例〔2026〕3号")

    code, said = run("division", "names", "villages")

    assert code == 0
    assert "同音（yan zhou）：烟舟村（童市镇 430626113208）、烟洲村（童市镇 430626113227）" in said
    assert run("division", "names", "streets")[1] == "共 0 组\n"
