"""The audit is written as the last act of a transaction, by one function, and by nothing else."""

import threading
from datetime import datetime
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from address_service.errors import NotReady
from address_service.model.accounts import Actor
from address_service.model.audit import AuditNote
from address_service.settings import Settings
from address_service.store.audit import AuditTrail, with_trail
from address_service.store.engine import Database, make_engine
from address_service.store.keys import ring_of
from address_service.store.work import unit_of_work
from tests.audit_lines import as_superuser

NOTE = AuditNote("person.reveal", "person", "甲", {"fields": 2}, reason="核对")
WRITE = text("UPDATE county SET name = '平江县' WHERE county_code = '430626'")


@pytest.fixture
def clerk(database: Database, make_county: Any) -> Actor:
    with database.engine.begin() as conn:
        made: Actor = make_county(conn)
        return made


def lines(database: Database, columns: str = "action, object_kind, object_id") -> list[Any]:
    with as_superuser(database.owner_url) as conn:
        return conn.execute(f"SELECT {columns} FROM audit_line ORDER BY at, chain, seq").fetchall()


def test_what_was_noted_is_written_with_who_when_and_why(
    database: Database, clerk: Actor, clock: datetime
) -> None:
    with unit_of_work(database.engine, clerk, clock) as work:
        work.note(NOTE)

    ((at, who, office, scope, action, detail, reason),) = lines(
        database, "at, account_name, office, scope, action, detail, reason"
    )
    assert (at, who, office, scope) == (clock, "示例管理员", "admin", "430626")
    assert (action, detail, reason) == ("person.reveal", {"fields": 2}, "核对")


def test_a_write_that_nobody_named_is_written_all_the_same(
    database: Database, clerk: Actor, clock: datetime
) -> None:
    with unit_of_work(database.engine, clerk, clock) as work:
        work.conn.execute(WRITE)

    assert lines(database) == [("unnamed", "transaction", None)]


def test_a_transaction_that_only_read_leaves_no_line(
    database: Database, clerk: Actor, clock: datetime
) -> None:
    with unit_of_work(database.engine, clerk, clock) as work:
        work.accounts.list()

    assert lines(database) == []


def test_a_transaction_that_was_rolled_back_leaves_no_line(
    database: Database, clerk: Actor, clock: datetime
) -> None:
    def fail() -> None:
        with unit_of_work(database.engine, clerk, clock) as work:
            work.note(NOTE)
            work.conn.execute(WRITE)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with unit_of_work(database.engine, clerk, clock) as work:
        work.note(AuditNote("later", "thing"))

    assert lines(database) == [("later", "thing", None)]


def test_what_a_savepoint_took_back_is_not_told(database: Database, clerk: Actor, clock: datetime) -> None:
    with unit_of_work(database.engine, clerk, clock) as work:
        work.note(NOTE)
        attempt = work.conn.begin_nested()
        work.note(AuditNote("tried", "thing"))
        attempt.rollback()
        with work.conn.begin_nested():
            work.note(AuditNote("done", "thing"))

    assert {action for action, *_ in lines(database)} == {"person.reveal", "done"}


def test_many_like_acts_are_one_line_with_their_count(
    database: Database, clerk: Actor, clock: datetime
) -> None:
    with unit_of_work(database.engine, clerk, clock) as work:
        for number in range(1000):
            work.note(AuditNote("address.create", "event", str(number), {"decree_no": "示例1号"}))
        work.note(NOTE)

    first, second = lines(database, "action, detail")
    assert first[0] == "address.create"
    assert {name: first[1][name] for name in ("count", "first", "last", "decree_no")} == {
        "count": 1000,
        "first": "0",
        "last": "999",
        "decree_no": "示例1号",
    }
    assert second[0] == "person.reveal"


def test_an_engine_without_a_trail_writes_nothing_unseen(
    database: Database, clerk: Actor, clock: datetime
) -> None:
    bare = make_engine(database.app_url)

    with pytest.raises(NotReady) as refused, unit_of_work(bare, clerk, clock) as work:
        work.conn.execute(text("UPDATE county SET name = '别县' WHERE county_code = '430626'"))
    bare.dispose()

    assert refused.value.code == "audit-missing"
    with as_superuser(database.owner_url) as conn:
        assert conn.execute("SELECT name FROM county").fetchone() == ("平江县",)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_line SET reason = '别的'",
        "DELETE FROM audit_line",
        "TRUNCATE audit_line",
        "INSERT INTO audit_line SELECT * FROM audit_line",
        "UPDATE audit_head SET seq = 0",
        "DELETE FROM audit_head",
        "TRUNCATE audit_head",
        "UPDATE audit_anchor SET at = now()",
        "DELETE FROM audit_anchor",
        "DROP TABLE audit_line",
        "ALTER FUNCTION audit_append OWNER TO address_app",
        "CREATE OR REPLACE FUNCTION registry.audit_append(text, integer, bigint, bytea, jsonb, boolean)"
        " RETURNS void LANGUAGE sql AS 'SELECT 1'",
    ],
)
def test_the_application_can_only_append(shared_database: Database, statement: str) -> None:
    with (
        psycopg.connect(shared_database.app_url) as conn,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        conn.execute(statement)


@pytest.mark.parametrize("table", ["audit_line", "audit_anchor"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {}", "UPDATE {} SET mac = mac"])
def test_not_even_the_owner_changes_the_audit(shared_database: Database, table: str, statement: str) -> None:
    with (
        psycopg.connect(shared_database.owner_url) as conn,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        conn.execute(statement.format(table))


def test_the_read_lane_sees_nothing_of_the_audit(shared_database: Database) -> None:
    with (
        psycopg.connect(shared_database.read_url) as conn,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        conn.execute("SELECT * FROM audit_line")


def test_the_writing_function_trusts_no_search_path(
    database: Database, clerk: Actor, clock: datetime
) -> None:
    with unit_of_work(database.engine, clerk, clock) as work:
        work.conn.execute(text("CREATE TEMPORARY TABLE audit_line (LIKE registry.audit_line)"))
        work.conn.execute(text("SET LOCAL search_path = pg_temp, registry, public"))
        work.note(NOTE)

    assert len(lines(database)) == 1


def test_chains_written_by_eight_at_once_from_two_processes_stay_whole(
    database: Database, clerk: Actor, clock: datetime
) -> None:
    ring = ring_of(Settings(_env_file=None))
    engines = [
        with_trail(make_engine(database.app_url, pool_size=4), AuditTrail(ring, chains=2)) for _ in range(2)
    ]
    failures: list[BaseException] = []

    def work_on(engine: Any) -> None:
        try:
            for number in range(25):
                with unit_of_work(engine, clerk, clock) as work:
                    work.note(AuditNote("act", "thing", str(number)))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work_on, args=[engines[n % 2]]) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for engine in engines:
        engine.dispose()

    assert failures == []
    with as_superuser(database.owner_url) as conn:
        chains = conn.execute(
            "SELECT h.chain, h.seq, count(*), max(l.seq) FROM audit_head h JOIN audit_line l USING (county_code, chain)"
            " GROUP BY h.chain, h.seq"
        ).fetchall()
    assert sum(count for _, _, count, _ in chains) == 200
    assert all(seq == count == last for _, seq, count, last in chains)
