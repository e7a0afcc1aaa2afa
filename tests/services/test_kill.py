"""Kill -9 in the middle of committing a plan: it is wholly there or wholly absent."""

import os
import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from address_service.model.accounts import Actor
from address_service.services.commit_numbering_plan import commit_numbering_plan
from address_service.services.plan_numbering import plan_numbering
from address_service.store.engine import Database
from address_service.store.work import Work
from tests.services.killing import Victim, rehearse, rows

TIMES = int(os.environ.get("KILL_TIMES", "3"))
DOORS = int(os.environ.get("KILL_DOORS", "1000"))
"""The acceptance run is KILL_TIMES=10 KILL_DOORS=20000."""

_IMPORTS = "from address_service.services.commit_numbering_plan import commit_numbering_plan"

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
    victim = Victim(database, clerk, plan_id, _IMPORTS, "commit_numbering_plan(work, UUID(plan))")
    statements = rehearse(database, clerk, lambda work: commit_numbering_plan(work, plan_id))
    assert statements > 5

    for _ in range(TIMES):
        victim.kill_at(dice.randrange(1, statements - 1), dice.random() < 0.5)
        assert rows(database, _ROWS, plan_id) == nothing

    # The locks of the dead are gone, so the plan goes through now, and a kill after that takes nothing back.
    victim.kill_once_committed()
    assert rows(database, _ROWS, plan_id) == everything
