"""The counter by command line: from the receipt to the plate's files, within right and scope."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pdfplumber
import pytest

from address_service import cli
from address_service.model.accounts import Role
from address_service.services.approve_addresses import approve_addresses
from address_service.services.commit_numbering_plan import commit_numbering_plan
from address_service.services.plan_numbering import plan_numbering
from address_service.store.addresses import Scope
from address_service.store.engine import Database
from address_service.store.work import unit_of_work
from tests.conftest import add_county
from tests.services.conftest import add_town

VILLAGE = "430626113208"


class Terminal:
    """Runs commands as an account and reads what they print."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def run(self, *words: str, by: str = "示例民政办", code: int = 0) -> str:
        self._capsys.readouterr()
        self._monkeypatch.setattr("sys.argv", ["address-service", "counter", *words, "--as", by])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        seen = self._capsys.readouterr()
        assert (ended.value.code or 0) == code, seen.out + seen.err
        return seen.out + seen.err


@pytest.fixture
def terminal(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Terminal:
    """A numbered and approved group, a house without a number, and the accounts."""
    with database.engine.begin() as conn:
        admin = add_county(conn)
    with unit_of_work(database.engine, admin, datetime.now(UTC)) as work:
        town: Any = add_town(work)
        group = town.place("group", "12组", 12)
        for n in range(1, 4):
            town.house(str(n), n * 25, 12, group)
        commit_numbering_plan(work, plan_numbering(work, group).id)
        town.house("50", 60, 30, group)
        work.accounts.create("示例民政办", Role.CIVIL_AFFAIRS, "430626113")
        work.accounts.create("示例派出所", Role.POLICE, "430626113")
        work.accounts.create("示例邻村", Role.VILLAGE, "430626113209")
        county = work.accounts.create("示例县民政局", Role.COUNTY, "430626")
    approve_all(database, county)
    monkeypatch.setenv("DATABASE_URL", database.app_url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COUNTER_DEADLINE_DAYS", "7")
    monkeypatch.setenv("COUNTER_OFFICE", "童市镇示例窗口")
    monkeypatch.chdir(tmp_path)
    return Terminal(monkeypatch, capsys)


def approve_all(database: Database, county: Any) -> None:
    with unit_of_work(database.engine, county, datetime.now(UTC)) as work:
        approve_addresses(work, Scope(village_code=VILLAGE), "示例〔2026〕5号", work.today)


def test_an_application_by_command_line(terminal: Terminal, database: Database, tmp_path: Path) -> None:
    said = terminal.run(
        "receive", "new_house", "--request", "\u200b新建", "--building", "50", "--evidence", "permit:乡字第1号",
        "--received-on", "2026-03-02",
    )  # fmt: skip
    number = said.split("\t")[0]
    offered = terminal.run("candidates", number).splitlines()
    late = terminal.run("list", "--overdue")
    best = offered[0].split("\t")[0].removesuffix("号").replace("号附", "-")
    decided = terminal.run("decide", number, "--number", best)
    with unit_of_work(database.engine, _account(database, "示例县民政局"), datetime.now(UTC)) as work:
        approve_addresses(work, Scope(village_code=VILLAGE), "示例〔2026〕6号", work.today)
    terminal.run("receipt", number)
    terminal.run("receipt", number, "--notice", "--to", "notice.pdf")
    printed = terminal.run("plate", number)
    closed = terminal.run("close", number)

    assert number == "2026030200001"
    assert f"{date(2026, 3, 2) + timedelta(days=7)} 前办理" in said
    assert 1 <= len(offered) <= 3
    assert (number in late, "逾期" in late) == (True, True)
    assert "已核定" in decided
    assert "已办结" in closed
    assert number not in terminal.run("list")
    with pdfplumber.open(tmp_path / f"{number}.pdf") as receipt:
        assert "童市镇示例窗口" in receipt.pages[0].extract_text()
    with pdfplumber.open(tmp_path / "notice.pdf") as notice:
        assert "示例〔2026〕6号" in notice.pages[0].extract_text()
    folder = Path(printed.strip().rsplit(" ", 1)[1])
    assert (folder / "plates.pdf").is_file()


def _account(database: Database, name: str) -> Any:
    from address_service.edge.sign_in import nobody

    with unit_of_work(database.engine, nobody("430626"), datetime.now(UTC)) as work:
        return work.accounts.find_by_name(name)


def test_errors_have_their_exit_codes(terminal: Terminal) -> None:
    terminal.run("receive", "new_house", "--request", "新建", "--building", "50", code=3)
    assert "personal-data-not-here" in terminal.run(
        "receive", "lost_plate", "--request", "电话13800138000", "--building", "1", code=3
    )
    assert "evidence-kind-unknown" in terminal.run(
        "receive", "lost_plate", "--request", "补发", "--building", "1", "--evidence", "rumour", code=3
    )
    number = terminal.run("receive", "lost_plate", "--request", "补发", "--building", "1").split("\t")[0]
    terminal.run("receive", "lost_plate", "--request", "补发", "--building", "1", code=5)
    terminal.run("decide", number, "--number", "十八", code=3)
    terminal.run("decide", number, by="示例派出所", code=6)
    terminal.run("decide", number, by="示例邻村", code=6)
    terminal.run("decide", "2026010100001", code=4)
    assert "不予办理" in terminal.run("decide", number, "--refuse", "--note", "牌在墙上")
    terminal.run("withdraw", number, code=5)
    assert terminal.run("list", by="示例邻村") == ""


def test_what_was_received_is_withdrawn(terminal: Terminal) -> None:
    number = terminal.run("receive", "correction", "--request", "号码有误", "--building", "2").split("\t")[0]

    assert "已撤回" in terminal.run("withdraw", number, "--note", "看错了")


def test_a_list_shows_the_open_ones_page_by_page_the_most_overdue_first(terminal: Terminal) -> None:
    def receive(building: str, on: str) -> str:
        said = terminal.run(
            "receive", "correction", "--request", "号码有误", "--building", building, "--received-on", on
        )
        return said.split("\t")[0]

    fresh, old, done = receive("1", "2026-03-02"), receive("2", "2026-01-05"), receive("3", "2026-01-04")
    terminal.run("withdraw", done, "--note", "看错了")

    first = terminal.run("list", "--limit", "1")
    rest = terminal.run("list", "--after", old)

    assert [line.split("\t")[0] for line in terminal.run("list").splitlines()] == [old, fresh]
    assert first.startswith(f"{old}\t")
    assert first.endswith(f"--after {old}\n")
    assert "--after" not in rest
    assert rest.split("\t")[0] == fresh
    assert [line.split("\t")[0] for line in terminal.run("list", "--done").splitlines()] == [done]
