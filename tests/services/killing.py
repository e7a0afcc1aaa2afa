"""Processes that commit and are killed with -9 in the midst of it."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import event

from address_service.model.accounts import Actor
from address_service.store.engine import Database
from address_service.store.work import Work

# Says every statement before it is sent and waits for a line, so that the kill comes in the midst of one that is known.
_SCRIPT = """
import sys
from datetime import UTC, datetime
from uuid import UUID
from sqlalchemy import event
from address_service.model.accounts import Actor, Role
from address_service.settings import Settings
from address_service.store.audit import AuditTrail, with_trail
from address_service.store.engine import Lane, make_engine
from address_service.store.keys import ring_of
from address_service.store.work import unit_of_work
{imports}
url, account, name, role, plan = sys.argv[1:]
engine = with_trail(make_engine(url, Lane.JOBS), AuditTrail(ring_of(Settings())))
def say(*_):
    print("statement", flush=True)
    sys.stdin.readline()
event.listen(engine, "before_cursor_execute", say)
actor = Actor(UUID(account), name, Role(role), "430626", "430626")
with unit_of_work(engine, actor, datetime.now(UTC)) as work:
    {commit}
print("committed", flush=True)
"""


class Victim:
    """A process that commits one plan; ``commit`` is said in it with ``work`` and ``UUID(plan)`` at hand."""

    def __init__(self, database: Database, actor: Actor, plan_id: UUID, imports: str, commit: str) -> None:
        script = _SCRIPT.format(imports=imports, commit=commit)
        who = [str(actor.account_id), actor.name, actor.role]
        self._command = [sys.executable, "-c", script, database.app_url, *who, str(plan_id)]

    def kill_at(self, statement: int, is_sent: bool) -> None:
        """Kill before so many statements are sent, or while that one runs; the commit itself is never let on."""
        with self._start() as process:
            for _ in range(statement):
                assert _hear(process) == "statement"
                _let_on(process)
            assert _hear(process) == "statement"
            if is_sent:
                _let_on(process)
            process.send_signal(signal.SIGKILL)

    def kill_once_committed(self) -> None:
        """Let it commit, and kill it then."""
        with self._start() as process:
            while (heard := _hear(process)) == "statement":
                _let_on(process)
            assert heard == "committed"
            process.send_signal(signal.SIGKILL)

    def _start(self) -> "subprocess.Popen[str]":
        return subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def rehearse(database: Database, actor: Actor, commit: Callable[[Work], object]) -> int:
    """How many statements the commit takes: all of it but the last word, then taken back."""
    said: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *heard: said.append(heard[2]))
    with database.engine.connect() as conn:
        commit(Work(conn, actor, datetime.now(UTC)))
        conn.rollback()
    return len(said)


def rows(database: Database, query: str, plan_id: UUID) -> tuple[Any, ...]:
    """What is there once the server has noticed that its client is dead."""
    with psycopg.connect(database.owner_url, autocommit=True) as conn:
        conn.execute("SET search_path = registry, public")
        for _ in range(600):
            busy = conn.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'address-service jobs'"
                " AND datname = current_database()"
            ).fetchone()
            if busy == (0,):
                break
            time.sleep(0.1)
        found = conn.execute(query, {"plan": plan_id}).fetchone()
    assert found is not None
    return tuple(found)


def _hear(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def _let_on(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()
