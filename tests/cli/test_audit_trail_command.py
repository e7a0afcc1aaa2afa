"""`audit verify`, `anchor` and `export`: what they print, where they write, and how they end."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from address_service import cli
from address_service.model.accounts import Actor
from address_service.model.audit import AuditNote
from address_service.store.engine import Database
from address_service.store.work import unit_of_work
from tests.audit_lines import as_superuser

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(
    database: Database,
    make_county: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Run the program over a register with three audit lines."""
    with database.engine.begin() as conn:
        actor: Actor = make_county(conn)
    for number in range(3):
        with unit_of_work(database.engine, actor, datetime.now(UTC)) as work:
            work.note(AuditNote("person.read", "person", str(number), {"count": number}))
    monkeypatch.setenv("DATABASE_URL", database.app_url)
    monkeypatch.setenv("OWNER_DATABASE_URL", database.owner_url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))

    def execute(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["address-service", *arguments])
        try:
            cli.main()
        except SystemExit as end:
            said = capsys.readouterr()
            return int(end.code or 0), said.out + said.err
        said = capsys.readouterr()
        return 0, said.out + said.err

    return execute


def actions(database: Database) -> list[Any]:
    with as_superuser(database.owner_url) as conn:
        return conn.execute("SELECT action, channel, office FROM audit_line ORDER BY at").fetchall()


def test_a_sound_audit_is_said_to_be_sound_and_the_check_is_a_line_of_its_own(
    run: Run, database: Database
) -> None:
    code, said = run("audit", "verify")

    assert (code, "已校验 3 条记录" in said, "未发现问题" in said) == (0, True, True)
    assert actions(database)[-1] == ("audit.verify", "cli", "none")


def test_an_edited_line_is_named_and_the_program_fails(run: Run, database: Database) -> None:
    with as_superuser(database.owner_url) as conn:
        place = conn.execute(
            "UPDATE audit_line SET reason = '改' WHERE object_id = '1' RETURNING chain, seq"
        ).fetchone()
    assert place is not None

    code, said = run("audit", "verify")

    assert code == 5
    assert f"第 {place[0]} 链第 {place[1]} 条：内容被改动" in said
    assert "audit-flawed" in said


def test_an_anchor_is_printed_kept_and_found_missing_what_was_cut_off(run: Run, database: Database) -> None:
    code, said = run("audit", "anchor")
    with as_superuser(database.owner_url) as conn:
        conn.execute("DELETE FROM audit_line")
        conn.execute("DELETE FROM audit_head")

    later, found = run("audit", "verify")

    assert (code, "锚点第 1 号" in said) == (0, True)
    assert (later, "与锚点不符" in found) == (5, True)


def test_a_copy_of_the_anchors_kept_elsewhere_counts(run: Run, database: Database, tmp_path: Path) -> None:
    run("audit", "anchor")
    copy = (tmp_path / "audit-anchors" / "430626.jsonl").rename(tmp_path / "kept.jsonl")
    with as_superuser(database.owner_url) as conn:
        for table in ("audit_line", "audit_head", "audit_anchor"):
            conn.execute(f"DELETE FROM {table}")

    without, _ = run("audit", "verify")
    code, said = run("audit", "verify", "--anchors", str(copy))

    assert without == 0
    assert (code, "数据库缺少文件中的锚点" in said) == (5, True)


def test_an_export_is_verified_and_an_edited_one_fails(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "lines.jsonl"

    code, said = run("audit", "export", str(target), "--as", "示例管理员")
    sound = run("audit", "verify", "--file", str(target))
    target.write_text(target.read_text().replace('"count": 2', '"count": 3'))
    edited = run("audit", "verify", "--file", str(target))

    assert (code, "已导出 3 条" in said) == (0, True)
    assert target.stat().st_mode & 0o777 == 0o600
    assert (sound[0], edited[0]) == (0, 5)
    assert [json.loads(line)["action"] for line in target.read_text().splitlines()] == ["person.read"] * 3


def test_an_export_of_other_days_is_empty_and_overwrites_nothing(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "lines.csv"

    first = run("audit", "export", str(target), "--until", "2020-01-01", "--as", "示例管理员")
    again = run("audit", "export", str(target), "--as", "示例管理员")

    assert (first[0], len(target.read_text().splitlines())) == (0, 1)
    assert (again[0], "export-exists" in again[1]) == (5, True)


def test_a_command_that_writes_is_named_without_its_arguments(run: Run, database: Database) -> None:
    named = {"name": "示例某某县", "prefecture": "岳阳市", "province": "湖南省", "postcode": "414500"}
    facts = [word for key, value in named.items() for word in (f"--{key}", value)]

    set_up = run("county", "set-up", *facts, "--extent", "113,28,114,29")
    opened = run("user", "create", "示例某某", "--role", "village", "--division", "430626113208")

    assert (set_up[0], opened[0]) == (0, 0), (set_up, opened)
    assert actions(database)[-2:] == [("cli.county.set-up", "cli", "none"), ("account.open", "cli", "admin")]
    with as_superuser(database.owner_url) as conn:
        row = conn.execute("SELECT count(*) FROM audit_line WHERE audit_line::text LIKE '%某某%'").fetchone()
    assert row == (0,)


@pytest.mark.parametrize("years", ["2", "0"])
def test_lines_may_not_be_kept_for_less_than_three_years(
    run: Run, monkeypatch: pytest.MonkeyPatch, years: str
) -> None:
    monkeypatch.setenv("AUDIT_YEARS", years)

    code, said = run("audit", "verify")

    assert (code, "AUDIT_YEARS" in said) == (3, True)
