"""Divisions from the command line: lists in, proposals shown and decided, acts of two persons, history, names."""

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
COUNTY = "示例县民政局"
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
        county = work.accounts.create(COUNTY, Role.COUNTY, "430626")
        work.accounts.create("示例派出所", Role.POLICE, "430626")
        approver = Work(work.conn, county, yesterday + timedelta(minutes=1))
        approve_addresses(approver, Scope(place_id=place), "示例〔2026〕1号", date(2016, 1, 1))
    monkeypatch.setenv("DATABASE_URL", database.app_url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")

    def call(*arguments: str, office: str = "示例管理员", text: str = LIST) -> tuple[int, str]:
        (tmp_path / "list.csv").write_text(text, encoding="gbk")
        words = ["list.csv" if word == "FILE" else word for word in arguments]
        words = [str(tmp_path / word) if word == "list.csv" else word for word in words]
        monkeypatch.setattr("sys.argv", ["address-service", *words, "--as", office])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out + said.err

    return call


def planned(said: str) -> str:
    """The act that was kept."""
    (act,) = re.findall(r"^已拟定 (\S{36})：", said, re.MULTILINE)
    return str(act)


def test_a_list_is_imported_its_proposals_shown_and_one_decided(run: Run) -> None:
    code, said = run("import", "divisions", "FILE", "--year", "2017")
    assert code == 0, said
    assert "待决定（2）" in said

    shown = run("division", "proposals")[1]
    (proposal,) = re.findall(r"^(\S{36})  2017年  写法不同", shown, re.MULTILINE)
    code, said = run("division", "decide", proposal, "respelled")
    act = planned(said)
    own = run("division", "commit", act, "--decree", "示例虚构")

    assert (code, "名录建议" in said, "3 条地址改读新名" in said) == (0, True, True)
    assert own[0] == 6
    assert run("division", "commit", act, office=COUNTY)[0] == 3
    done = run("division", "commit", act, "--decree", "示例虚构", office=COUNTY)
    assert done == (0, "已执行：名录建议，2017-01-01起，示例虚构\n")
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
    code, said = run("division", "change", VILLAGE, "rename", "--name", "烟洲村")
    act = planned(said)
    listed = run("division", "acts")[1]

    done = run("division", "commit", act, "--decree", "示例〔2026〕2号", office=COUNTY)

    assert (code, "3 条地址改读新名，0 块门牌须重制" in said) == (0, True)
    assert act in listed
    assert (done[0], "已执行：更名" in done[1]) == (0, True)
    assert "烟洲村" in run("division", "show", VILLAGE)[1]
    assert act not in run("division", "acts")[1]


def test_a_place_is_renamed_and_a_village_created(run: Run, database: Database) -> None:
    with database.engine.begin() as conn:
        place = str(conn.exec_driver_sql("SELECT id FROM place").scalar_one())

    renamed = run("division", "rename-place", place, "横山组")
    created = run("division", "create", "430626113227", "合旺村")
    dropped = run("division", "drop", planned(created[1]))

    assert (renamed[0], "地名更名" in renamed[1], "3 条地址改读新名" in renamed[1]) == (0, True, True)
    assert (created[0], "新设" in created[1]) == (0, True)
    assert dropped == (0, "已作废：新设\n")
    acts = run("division", "acts", "--stage", "all")[1]
    assert planned(renamed[1]) in acts
    assert planned(created[1]) in acts


def test_a_file_of_changes_does_not_change_what_addresses_in_force_read(run: Run) -> None:
    """A file is loaded by one person; two are needed for what was approved."""
    head = "变更类型,旧代码,旧名称,新代码,新名称,生效日期,批准文号,说明\n"
    line = f"更名,{VILLAGE},烟舟村,{VILLAGE},烟洲村,2020-01-01,示例〔2020〕3号,示例虚构\n"

    code, said = run("import", "division-changes", "FILE", text=head + line)

    assert (code, "第1行 旧代码 将改变3条现行地址的全称，请拟定区划变更，由他人批准" in said) == (0, True)
    assert "烟洲村" not in run("division", "show", VILLAGE)[1]


def test_who_may_not_name_asks_for_nothing(run: Run) -> None:
    change = ("division", "change", VILLAGE, "rename", "--name", "烟洲村")

    assert run(*change, office="示例派出所")[0] == 6


def test_names_that_sound_alike_are_listed(run: Run) -> None:
    asked = run("division", "create", "430626113227", "烟洲村")[1]
    run("division", "commit", planned(asked), "--decree", "示例〔2026〕3号", office=COUNTY)

    code, said = run("division", "names", "villages")

    assert code == 0
    assert "同音（yan zhou）：烟舟村（童市镇 430626113208）、烟洲村（童市镇 430626113227）" in said
    assert run("division", "names", "streets")[1] == "共 0 组\n"
