"""An upgrade of a register that is in use: every row of an older schema is there afterwards, and nothing else."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.rows import dict_row

from address_service.model.accounts import Actor, Role
from address_service.services.resolve_address import resolve_text
from address_service.store import schema
from address_service.store.engine import Database
from address_service.store.feed import Feed
from address_service.store.feed_positions import give_positions
from address_service.store.work import Work

ROWS = Path(__file__).with_name("rows_at_0007.sql")
SINCE = {
    "division_list", "division_list_row", "division_proposal", "division_change_plan", "division_change_party",
    "division_change_choice", "division_change_item", "address_change", "change", "change_consumer",
}  # fmt: skip

_RECORDED = """
INSERT INTO registry.alias (county_code, id, address_id, text, kind, valid, recorded, note, actor_id)
SELECT county_code, gen_random_uuid(), address_id, '烟舟十二组3号', 'police', '[2026-01-01,)', '[2026-01-01,)',
       '示例', a.id
FROM registry.address_version v JOIN registry.account a USING (county_code) LIMIT 1
"""

_ENDED = """
UPDATE registry.alias SET recorded = tstzrange(lower(recorded), now()) WHERE kind = 'police' RETURNING text
"""

Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture
def in_use(database: Database) -> Database:
    """A database that was never newer than 0007, with rows of every table that there was."""
    schema.downgrade(database.owner_url, "base")
    schema.upgrade(database.owner_url, "0007")
    with psycopg.connect(database.owner_url) as conn:
        conn.execute(ROWS.read_text(encoding="utf-8"))
    return database


def rows_of(database: Database, columns: dict[str, set[str]] | None = None) -> Rows:
    """All rows of all tables as JSON, in order of their keys; of the columns named where some are."""
    tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'registry' ORDER BY 1"
    with psycopg.connect(database.owner_url, row_factory=dict_row) as conn:
        found: Rows = {}
        for table in [row["tablename"] for row in conn.execute(tables)]:
            rows = conn.execute(f"SELECT to_jsonb(t) AS row FROM registry.{table} t ORDER BY t::text")
            found[table] = [row["row"] for row in rows]
    if columns is None:
        return found
    return {
        table: sorted(({name: row[name] for name in columns[table]} for row in found[table]), key=str)
        for table in columns
    }


def test_an_upgrade_keeps_every_row_and_value_and_so_does_the_way_down_and_up_again(in_use: Database) -> None:
    before = rows_of(in_use)
    columns = {table: set(rows[0]) for table, rows in before.items() if rows}
    held = rows_of(in_use, columns)
    assert set(columns) == set(before)

    for revision in ("head", "0007", "head"):
        if revision == "head":
            schema.upgrade(in_use.owner_url)
        else:
            schema.downgrade(in_use.owner_url, revision)

        assert rows_of(in_use, columns) == held, revision

    after = rows_of(in_use)
    assert set(after) >= set(before) | SINCE
    for each, of in (("session_activity", "session"), ("sign_in_guard", "account")):
        assert len(after.pop(each)) == len(after[of])
    assert all(after[table] == [] for table in set(after) - set(before))


def test_an_upgraded_register_finds_by_initials_numbers_and_village_what_it_held_before(
    in_use: Database,
) -> None:
    for revision in ("head", "0020", "head"):
        (schema.upgrade if revision == "head" else schema.downgrade)(in_use.owner_url, revision)

    (row,) = rows_of(in_use)["address_search"]
    assert row["initials"] == "yzc12z3h"
    assert row["division_id"] == str(UUID(str(32).zfill(32)))
    assert {"12组", "3号", "12组3号", "yzc", "^yz"} <= set(row["words"])


def test_an_alias_that_a_person_recorded_outlives_a_way_down_and_is_ended_as_all_others(
    in_use: Database,
) -> None:
    schema.upgrade(in_use.owner_url)
    with psycopg.connect(in_use.owner_url) as conn:
        conn.execute(_RECORDED)

    for revision in ("0022", "head"):
        (schema.upgrade if revision == "head" else schema.downgrade)(in_use.owner_url, revision)

    with psycopg.connect(in_use.owner_url) as conn:
        ended = conn.execute(_ENDED).fetchall()
    assert ended == [("烟舟十二组3号",)]


def test_an_upgraded_register_resolves_what_it_held_before_and_tells_it_in_the_feed(in_use: Database) -> None:
    schema.upgrade(in_use.owner_url)

    with in_use.engine.connect() as conn:
        actor = Actor(UUID(int=1), "示例管理员", Role.ADMIN, "430626", "430626")
        work = Work(conn, actor, datetime(2026, 3, 2, 9, tzinfo=UTC))
        by_text = resolve_text(work, "烟舟村12组1号", date(2026, 1, 20), work.today)
        by_survey = resolve_text(work, "老屋场8号", date(2000, 1, 1), work.today)
        told = give_positions(conn, "430626")
        changes = Feed(conn, "430626").page(0, 100, work.today).changes

    assert by_text.outcome == "resolved"
    assert [target.full_text[-3:] for target in by_text.targets] == ["组3号"]
    assert [target.code for target in by_survey.targets] == ["43062611320850120000100008"]
    versions = {(c.subject, c.subject_id) for c in changes if c.state}
    assert told == len(changes) == 10
    assert versions == {
        *(("division", UUID(str(n).zfill(32))) for n in range(30, 34)),
        ("place", UUID(str(50).zfill(32))),
        *(("address", UUID(str(n).zfill(32))) for n in (70, 71, 72)),
    }


def test_the_manual_names_every_table_whose_rows_a_way_down_drops() -> None:
    manual = (schema.migrations_dir().parent / "docs" / "operations.md").read_text(encoding="utf-8")
    downs = (schema.migrations_dir() / "versions").glob("*.py")

    dropped = {
        (path.name[:4], table)
        for path in downs
        for statement in re.findall(r"DROP TABLE ([^;\"]+)", path.read_text(encoding="utf-8"))
        for table in re.findall(r"registry\.(\w+)", statement)
    }

    told = {
        (line[3:7], table)
        for line in manual.splitlines()
        if re.match(r"\| `\d{4}`", line)
        for table in re.findall(r"`([a-z_]+)`", line)
    }
    assert len(dropped) >= 17
    assert dropped <= told, sorted(dropped - told)
