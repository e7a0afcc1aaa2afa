"""Kill -9 in the middle of a merger's commit: it is wholly there or wholly absent; and two clerks at once."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import event

from address_service.bench.merger_county import TwoVillages, load_villages
from address_service.bench.numbered_county import CLERK
from address_service.coding.merger.collisions import Choice, ChoiceKind
from address_service.errors import Conflict, ServiceError
from address_service.model.accounts import Actor, Role
from address_service.services.commit_merger import commit_merger
from address_service.services.draw_merger import Terms, choose_in_merger, draw_merger
from address_service.services.issue_number import issue_number
from address_service.services.merger_request import DivisionChange
from address_service.store.engine import Database, Lane, with_options
from address_service.store.work import Work, unit_of_work

TIMES = int(os.environ.get("KILL_TIMES", "3"))
DOORS = int(os.environ.get("KILL_DOORS", "300"))
"""The acceptance run is KILL_TIMES=10 KILL_DOORS=3000."""
ON = date(2026, 3, 1)
TERMS = Terms({}, 1.0)
APPROVER = Actor(UUID("a0000000-0000-0000-0000-000000000002"), "批准人", Role.COUNTY, "430626", "430626")

# Says every statement before it is sent and waits for a line, so that the kill comes in the midst of one that is known.
_COMMIT = """
import sys
from datetime import UTC, datetime
from uuid import UUID
from sqlalchemy import event
from address_service.model.accounts import Actor, Role
from address_service.services.commit_merger import commit_merger
from address_service.store.engine import Lane, make_engine
from address_service.store.work import unit_of_work
url, account, plan = sys.argv[1:]
engine = make_engine(url, Lane.JOBS)
def say(*_):
    print("statement", flush=True)
    sys.stdin.readline()
event.listen(engine, "before_cursor_execute", say)
actor = Actor(UUID(account), "批准人", Role.COUNTY, "430626", "430626")
with unit_of_work(engine, actor, datetime.now(UTC)) as work:
    commit_merger(work, UUID(plan), "示例〔2026〕21号", 1.0)
print("committed", flush=True)
"""

_ROWS = """
SELECT (SELECT stage FROM division_change_plan WHERE id = %(plan)s),
       (SELECT count(*) FROM division_version WHERE division_id = md5('village1')::uuid AND upper_inf(recorded)
            AND upper_inf(valid)),
       (SELECT count(*) FROM address_version), (SELECT count(*) FROM alias), (SELECT count(*) FROM place_version),
       (SELECT count(*) FROM building WHERE division_id = md5('village1')::uuid),
       (SELECT count(*) FROM parcel WHERE division_id = md5('village1')::uuid),
       (SELECT count(*) FROM layer_history), (SELECT count(*) FROM succession),
       (SELECT count(*) FROM division_change_item), (SELECT count(*) FROM door_number WHERE state = 'retired'),
       (SELECT count(*) FROM plate WHERE stage = 'replaced'), (SELECT count(*) FROM address_search),
       (SELECT count(*) FROM event WHERE kind = 'merge')
"""


@pytest.fixture
def villages(database: Database) -> tuple[Database, TwoVillages]:
    """Two villages of ``DOORS`` addresses each."""
    return database, load_villages(with_options(database.owner_url, Lane.JOBS), DOORS)


def plan_of(database: Database, villages: TwoVillages, *, reverse: bool = False) -> UUID:
    """A merger with every collision decided, none in the same way as the one before."""
    ends, absorber = villages.ends, villages.absorber
    if reverse:
        ends, absorber = absorber, ends
    with unit_of_work(database.engine, CLERK, datetime.now(UTC)) as work:
        asked = DivisionChange("merge", ON, ends=(ends,), absorber=absorber)
        plan = draw_merger(work, asked, TERMS)
        choices = []
        for n, one in enumerate(plan.summary["collisions"]):
            option = one["options"][n % len(one["options"])]
            into = UUID(option["into_id"]) if option["into_id"] else None
            name = f"新平{n}组" if option["kind"] == "rename" else option["name"]
            choices.append(Choice(UUID(option["subject_id"]), ChoiceKind(option["kind"]), name, into))
        return choose_in_merger(work, plan.id, choices, TERMS).id


def test_a_killed_merger_leaves_all_or_nothing(villages: tuple[Database, TwoVillages]) -> None:
    database, two = villages
    plan_id = plan_of(database, two)
    dice = random.Random(20_260_302)
    nothing = rows(database, plan_id)
    arguments = [database.app_url, str(APPROVER.account_id), str(plan_id)]
    statements = rehearse(database, plan_id)

    for _ in range(TIMES):
        kill_at(dice.randrange(1, statements - 1), dice.random() < 0.5, arguments)
        assert rows(database, plan_id) == nothing

    # The locks of the dead are gone, so the plan goes through now, and a kill after that takes nothing back.
    kill_once_committed(arguments)
    after = rows(database, plan_id)
    assert after[:2] == ("committed", 0)
    assert after[2] == nothing[2] + 2 * DOORS
    assert (after[5], after[6], after[7]) == (0, 0, 2 * DOORS)
    assert after[3] == DOORS


def rehearse(database: Database, plan_id: UUID) -> int:
    """How many statements the commit takes: all of it but the last word, then taken back."""
    said: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *heard: said.append(heard[2]))
    with database.engine.connect() as conn:
        commit_merger(Work(conn, APPROVER, datetime.now(UTC)), plan_id, "示例〔2026〕21号", 1.0)
        conn.rollback()
    assert len(said) > 20
    return len(said)


def start(arguments: list[str]) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", _COMMIT, *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def hear(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def let_on(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def kill_once_committed(arguments: list[str]) -> None:
    with start(arguments) as process:
        while (heard := hear(process)) == "statement":
            let_on(process)
        assert heard == "committed"
        process.send_signal(signal.SIGKILL)


def kill_at(statement: int, is_sent: bool, arguments: list[str]) -> None:
    """Kill before so many statements are sent, or while that one runs; the commit itself is never let on."""
    with start(arguments) as process:
        for _ in range(statement):
            assert hear(process) == "statement"
            let_on(process)
        assert hear(process) == "statement"
        if is_sent:
            let_on(process)
        process.send_signal(signal.SIGKILL)


def rows(database: Database, plan_id: UUID) -> tuple[Any, ...]:
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
        found = conn.execute(_ROWS, {"plan": plan_id}).fetchone()
    assert found is not None
    return tuple(found)


def at_once(database: Database, *plans: UUID) -> list[str]:
    """Commit plans at the same moment, each in a transaction of its own; gives what each came to."""
    together = threading.Barrier(len(plans))
    outcomes: list[str] = []

    def commit(plan_id: UUID) -> None:
        try:
            with unit_of_work(database.engine, APPROVER, datetime.now(UTC)) as work:
                together.wait()
                commit_merger(work, plan_id, "示例〔2026〕21号", 1.0)
            outcomes.append("committed")
        except ServiceError as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=commit, args=(plan_id,)) for plan_id in plans]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def test_of_two_mergers_of_the_same_villages_one_is_refused(villages: tuple[Database, TwoVillages]) -> None:
    database, two = villages
    plans = plan_of(database, two), plan_of(database, two, reverse=True)

    assert at_once(database, *plans) == ["committed", "plan-outdated"]

    with database.engine.connect() as conn:
        found = conn.exec_driver_sql(
            "SELECT count(DISTINCT division_id) FROM address_version"
            " WHERE upper_inf(recorded) AND upper_inf(valid)"
        )
        assert found.scalar() == 1


def test_one_plan_is_committed_once(villages: tuple[Database, TwoVillages]) -> None:
    database, two = villages
    plan_id = plan_of(database, two)

    assert at_once(database, plan_id, plan_id) == ["committed", "plan-decided"]


def test_a_door_issued_meanwhile_makes_the_plan_outdated(villages: tuple[Database, TwoVillages]) -> None:
    database, two = villages
    plan_id = plan_of(database, two)
    with database.engine.begin() as conn:
        conn.exec_driver_sql(
            """INSERT INTO building (county_code, id, building_code, division_id, use, geom, row_digest, import_id)
               SELECT county_code, md5('late')::uuid, 'late', division_id, use, ST_Translate(geom, 0.0001, 0.0001),
                   row_digest, import_id FROM building WHERE building_code = 'F1/0/1'"""
        )
        conn.exec_driver_sql(
            """INSERT INTO membership (county_code, id, building_id, place_id, source, actor_id, valid, recorded)
               SELECT county_code, md5('late')::uuid, md5('late')::uuid, place_id, source, actor_id, valid, recorded
               FROM membership WHERE building_id = md5('building1/0/1')::uuid"""
        )
    with database.engine.begin() as conn:
        place = conn.exec_driver_sql("SELECT md5('place1/0')::uuid").scalar_one()
        building = conn.exec_driver_sql("SELECT md5('late')::uuid").scalar_one()
        issue_number(Work(conn, CLERK, datetime.now(UTC)), place, building)

    with (
        pytest.raises(Conflict) as refused,
        unit_of_work(database.engine, APPROVER, datetime.now(UTC)) as work,
    ):
        commit_merger(work, plan_id, "示例〔2026〕21号", 1.0)

    assert refused.value.code == "plan-outdated"
