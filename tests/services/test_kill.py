"""Kill -9 in the middle of committing a plan: it is wholly there or wholly absent."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import event, text

from address_service.model.accounts import Actor
from address_service.services.commit_numbering_plan import commit_numbering_plan
from address_service.services.plan_numbering import plan_numbering
from address_service.store.engine import Database
from address_service.store.work import Work

TIMES = int(os.environ.get("KILL_TIMES", "3"))
DOORS = int(os.environ.get("KILL_DOORS", "1000"))
"""The acceptance run is KILL_TIMES=10 KILL_DOORS=20000."""

# Says every statement before it is sent and waits for a line, so that the kill comes in the midst of one that is known.
_COMMIT = """
import sys
from datetime import UTC, datetime
from uuid import UUID
from sqlalchemy import event
from address_service.model.accounts import Actor, Role
from address_service.services.commit_numbering_plan import commit_numbering_plan
from address_service.store.engine import Lane, make_engine
from address_service.store.work import unit_of_work
url, account, plan = sys.argv[1:]
engine = make_engine(url, Lane.JOBS)
def say(*_):
    print("statement", flush=True)
    sys.stdin.readline()
event.listen(engine, "before_cursor_execute", say)
actor = Actor(UUID(account), "示例管理员", Role.ADMIN, "430626", "430626")
with unit_of_work(engine, actor, datetime.now(UTC)) as work:
    commit_numbering_plan(work, UUID(plan))
print("committed", flush=True)
"""

_ROWS = """
SELECT (SELECT stage FROM numbering_plan WHERE id = %(plan)s),
       (SELECT count(*) FROM door_number), (SELECT count(*) FROM address), (SELECT count(*) FROM address_version),
       (SELECT count(*) FROM address_building), (SELECT coalesce(max(last_serial), 0) FROM code_counter),
       (SELECT count(*) FROM event WHERE subject = 'address')
"""


@pytest.fixture
def plan(
    database: Database, make_town: Callable[[Work], Any], make_county: Callable[[Any], Actor]
) -> tuple[Database, Actor, UUID]:
    """A street of ``DOORS`` doors with a plan that nobody has committed yet."""
    with database.engine.begin() as conn:
        clerk = make_county(conn)
        work = Work(conn, clerk, datetime.now(UTC))
        town = make_town(work)
        place = town.place("street", "新市街", 1, [(0, 0), (DOORS * 6.0, 0)])
        values = {"c": "430626", "n": DOORS, "village": town.village_id, "run": town.import_id}
        conn.execute(text(_HOUSES), values)
        conn.execute(text(_MEMBERS), {"c": "430626", "place": place, "actor": clerk.account_id})
        return database, clerk, plan_numbering(work, place, overrides={"gap_reserve_m": None}).id


_HOUSES = """
INSERT INTO building (county_code, id, building_code, division_id, use, geom, row_digest, import_id)
SELECT :c, md5('b' || n)::uuid, 'B' || n, :village, 'dwelling', ST_Transform(ST_SetSRID(ST_Multi(ST_MakeEnvelope(
    480000 + n * 6.0, 3180004 - (n % 2) * 16, 480004 + n * 6.0, 3180008 - (n % 2) * 16)), 4547), 4490),
    md5('b' || n)::uuid, :run
FROM generate_series(0, :n - 1) n
"""

_MEMBERS = """
INSERT INTO membership (county_code, id, building_id, place_id, source, actor_id, valid, recorded)
SELECT :c, gen_random_uuid(), id, :place, 'list', :actor, '[2016-01-01,)', '[2016-01-01,)' FROM building
"""


def test_a_killed_commit_leaves_all_or_nothing(plan: tuple[Database, Actor, UUID]) -> None:
    database, clerk, plan_id = plan
    dice = random.Random(20_260_302)
    nothing = ("draft", 0, 0, 0, 0, 0, 0)
    everything = ("committed", DOORS, DOORS, DOORS, DOORS, DOORS, 1)
    arguments = [database.app_url, str(clerk.account_id), str(plan_id)]
    statements = _rehearse(database, clerk, plan_id)

    for _ in range(TIMES):
        _kill_at(dice.randrange(1, statements - 1), dice.random() < 0.5, arguments)
        assert _rows(database, plan_id) == nothing

    # The locks of the dead are gone, so the plan goes through now, and a kill after that takes nothing back.
    _kill_once_committed(arguments)
    assert _rows(database, plan_id) == everything


def _rehearse(database: Database, clerk: Actor, plan_id: UUID) -> int:
    """How many statements the commit takes: all of it but the last word, then taken back."""
    said: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *heard: said.append(heard[2]))
    with database.engine.connect() as conn:
        commit_numbering_plan(Work(conn, clerk, datetime.now(UTC)), plan_id)
        conn.rollback()
    assert len(said) > 5
    return len(said)


def _start(arguments: list[str]) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", _COMMIT, *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _hear(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def _let_on(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def _kill_once_committed(arguments: list[str]) -> None:
    with _start(arguments) as process:
        while _hear(process) == "statement":
            _let_on(process)
        process.send_signal(signal.SIGKILL)


def _kill_at(statement: int, is_sent: bool, arguments: list[str]) -> None:
    """Kill before so many statements are sent, or while that one runs; the commit itself is never let on."""
    with _start(arguments) as process:
        for _ in range(statement):
            assert _hear(process) == "statement"
            _let_on(process)
        assert _hear(process) == "statement"
        if is_sent:
            _let_on(process)
        process.send_signal(signal.SIGKILL)


def _rows(database: Database, plan_id: UUID) -> tuple[object, ...]:
    """What is there once the server has noticed that its client is dead."""
    with psycopg.connect(database.owner_url, autocommit=True) as conn:
        for _ in range(600):
            busy = conn.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'address-service jobs'"
                " AND datname = current_database()"
            ).fetchone()
            if busy == (0,):
                break
            time.sleep(0.1)
        found = conn.execute(_ROWS, {"plan": plan_id}).fetchone()
    assert found is not None
    return tuple(found)
