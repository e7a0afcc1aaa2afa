"""The command that looks through existing numbers: a table by place, and a list for a spreadsheet."""

import csv
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from address_service import cli
from address_service.services.write_findings import HEADER
from address_service.store.engine import Database
from address_service.store.work import Work
from tests.conftest import add_county
from tests.services.conftest import add_town


@pytest.fixture
def program(database: Database, clock: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The program before a village with one street whose third house has an even number on the odd side."""
    with database.engine.begin() as conn:
        town = add_town(Work(conn, add_county(conn), clock))
        street = town.place("street", "新市街", 1, [(600, 0), (0, 0)])
        for n, number in enumerate((1, 3, 6, 7)):
            town.existing(town.house(str(n + 1), 580 - 25 * n, 12, street), street, number)
        group = town.place("group", "12组", 12)
        town.existing(town.house("9", 300, 300, group), group, 1)
    monkeypatch.setenv("DATABASE_URL", database.app_url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))

    def run(*arguments: str) -> int:
        monkeypatch.setattr("sys.argv", ["address-service", "audit", "numbers", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return int(ended.value.code or 0)

    return run


def test_findings_are_counted_by_place_and_listed_in_a_file(
    program: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "问题.csv"

    assert program("烟舟村", "--csv", str(path)) == 0

    printed = capsys.readouterr().out
    assert "烟舟村新市街" in printed
    assert "12组" not in printed
    assert "合计 2 处" in printed
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    header, line = csv.reader(path.read_text(encoding="utf-8-sig").splitlines())
    found = dict(zip(header, line, strict=True))
    assert tuple(header) == HEADER
    assert (found["轻重"], found["问题"], found["门牌号"], found["建议号"]) == (
        "错误",
        "单双号错侧",
        "6号",
        "5号",
    )
    assert (found["地名"], found["建筑编号"], found["处理办法"]) == ("新市街", "3", "不沿用旧号")


def test_other_severities_are_left_out(program: Any, tmp_path: Path) -> None:
    path = tmp_path / "提示.csv"

    assert program("all", "--severity", "notice", "--csv", str(path)) == 0

    assert len(path.read_text(encoding="utf-8-sig").splitlines()) == 1


def test_an_unknown_severity_is_refused(program: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert program("all", "--severity", "fatal") == 3
    assert "severity-unknown" in capsys.readouterr().err
