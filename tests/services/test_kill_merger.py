"""Kill -9 in the middle of a merger's commit: it is wholly there or wholly absent; and two clerks at once."""

import os
import random
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from address_service.bench.merger_county import TwoVillages, load_villages
from address_service.bench.numbered_county import CLERK
from address_service.coding.merger.collisions import Choice, ChoiceKind
from address_service.errors import Conflict, ServiceError
from address_service.model.accounts import Actor, Role
from address_service.model.division_acts import DivisionActKind, DivisionActRequest
from address_service.services.commit_division_act import commit_division_act
from address_service.services.commit_merger import commit_merger
from address_service.services.draw_division_act import draw_division_act
from address_service.services.draw_merger import Terms, choose_in_merger, draw_merger
from address_service.services.issue_number import issue_number
from address_service.services.merger_request import DivisionChange
from address_service.store.engine import Database, Lane, with_options
from address_service.store.work import Work, unit_of_work
from tests.services.killing import Victim, rehearse, rows

TIMES = int(os.environ.get("KILL_TIMES", "3"))
DOORS = int(os.environ.get("KILL_DOORS", "300"))
"""The acceptance run is KILL_TIMES=10 KILL_DOORS=3000."""
ON = date(2026, 3, 1)
TERMS = Terms({}, 1.0)
DECREE = "示例〔2026〕21号"
APPROVER = Actor(UUID("a0000000-0000-0000-0000-000000000002"), "批准人", Role.COUNTY, "430626", "430626")

_IMPORTS = "from address_service.services.commit_merger import commit_merger"
_COMMIT = f"commit_merger(work, UUID(plan), '{DECREE}', 1.0)"

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
    nothing = rows(database, _ROWS, plan_id)
    victim = Victim(database, APPROVER, plan_id, _IMPORTS, _COMMIT)
    statements = rehearse(database, APPROVER, lambda work: commit_merger(work, plan_id, DECREE, 1.0))
    assert statements > 20

    for _ in range(TIMES):
        victim.kill_at(dice.randrange(1, statements - 1), dice.random() < 0.5)
        assert rows(database, _ROWS, plan_id) == nothing

    # The locks of the dead are gone, so the plan goes through now, and a kill after that takes nothing back.
    victim.kill_once_committed()
    after = rows(database, _ROWS, plan_id)
    assert after[:2] == ("committed", 0)
    assert after[2] == nothing[2] + 2 * DOORS
    assert (after[5], after[6], after[7]) == (0, 0, 2 * DOORS)
    assert after[3] == DOORS


Commit = Callable[[Work], object]


def merging(plan_id: UUID) -> Commit:
    return lambda work: commit_merger(work, plan_id, DECREE, 1.0)


def at_once(database: Database, *commits: Commit) -> list[str]:
    """Commit at the same moment, each in a transaction of its own; gives what each came to."""
    together = threading.Barrier(len(commits))
    outcomes: list[str] = []

    def run(commit: Commit) -> None:
        try:
            with unit_of_work(database.engine, APPROVER, datetime.now(UTC)) as work:
                together.wait()
                commit(work)
            outcomes.append("committed")
        except ServiceError as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=run, args=(commit,)) for commit in commits]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def test_of_two_mergers_of_the_same_villages_one_is_refused(villages: tuple[Database, TwoVillages]) -> None:
    database, two = villages
    plans = plan_of(database, two), plan_of(database, two, reverse=True)

    assert at_once(database, *map(merging, plans)) == ["committed", "plan-outdated"]

    with database.engine.connect() as conn:
        found = conn.exec_driver_sql(
            "SELECT count(DISTINCT division_id) FROM address_version"
            " WHERE upper_inf(recorded) AND upper_inf(valid)"
        )
        assert found.scalar() == 1


@pytest.mark.parametrize("_round", range(3))
def test_of_a_merger_and_a_new_name_of_its_village_at_once_one_is_refused(
    villages: tuple[Database, TwoVillages], _round: int
) -> None:
    database, two = villages
    plan_id = plan_of(database, two)
    with unit_of_work(database.engine, CLERK, datetime.now(UTC)) as work:
        kind = DivisionActKind.RENAME
        asked = DivisionActRequest(kind, division_id=two.ends, effective_on=ON, name="示例新村")
        act_id = draw_division_act(work, asked).id

    outcomes = at_once(database, merging(plan_id), lambda work: commit_division_act(work, act_id, DECREE))

    assert outcomes in (["committed", "plan-outdated"], ["committed", "division-act-outdated"])


def test_one_plan_is_committed_once(villages: tuple[Database, TwoVillages]) -> None:
    database, two = villages
    plan_id = plan_of(database, two)

    assert at_once(database, *[merging(plan_id)] * 2) == ["committed", "plan-decided"]


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
        commit_merger(work, plan_id, DECREE, 1.0)

    assert refused.value.code == "plan-outdated"
