"""Row-level security holds against raw SQL: a village's account reaches its own people alone, by whatever statement."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import errors
from sqlalchemy.exc import DBAPIError

from address_service.model.residents import HouseholdKind, ResidencyKind
from address_service.residents.person import PersonFacts
from address_service.residents.relations import HEAD
from address_service.settings import CryptoSuite
from address_service.store import schema
from address_service.store.engine import Database
from address_service.store.ids import new_id
from address_service.store.keys import KeyRing, KeySource, Purpose, keep_key, make_key
from address_service.store.resident_entries import (
    NewHousehold,
    NewMember,
    NewPerson,
    NewResidency,
    ResidentEvent,
)
from address_service.store.resident_scope import open_scope, scope_of_villages
from address_service.store.residents import ResidentWriter
from address_service.store.seal import Seal

CopyDatabase = Callable[[], AbstractContextManager[Database]]

COUNTY = "430626"
TABLES = (
    "household",
    "person",
    "household_address",
    "household_member",
    "residency",
    "sealed_history",
    "resident_event",
)
EXTRACTS = {"extract", "extract_row", "extract_decision"}
"""Under a policy of their own, by office as well as by village: `tests/services/test_reconcile.py`."""
PAPERS = {"paper"}
"""Under the same policy as residents, with a test of its own: `tests/services/test_mapping_receipts.py`."""

ON = date(2026, 3, 2)


class Villages:
    """Two villages, one household of one person in each, every table filled."""

    def __init__(self, database: Database, world: Any, folder: Path) -> None:
        self.database = database
        self.here = world.village
        self.there = world.division("village", "沙坪村", "430626113210")
        for purpose in Purpose:
            keep_key(folder, make_key(purpose, CryptoSuite.SM))
        self.seal = Seal(KeyRing(KeySource(folder)), COUNTY)
        self.person: dict[UUID, UUID] = {}
        self.household: dict[UUID, UUID] = {}
        for serial, (village, code) in enumerate(((self.here, "430626113208"), (self.there, "430626113210"))):
            place = world.place("group", f"{serial + 1}组", serial + 1, village=village)
            address = world.address(place, 1, f"示例地址{code}1号", 0, 0)
            self._enrol(village, address, world.drafter)

    def _enrol(self, village: UUID, address: UUID, actor: UUID) -> None:
        person, household = new_id(), new_id()
        with self.database.engine.begin() as conn:
            open_scope(conn, COUNTY, COUNTY)
            writer = ResidentWriter(conn, COUNTY, self.seal, actor, datetime(2026, 3, 2, tzinfo=UTC))
            writer.add_households([NewHousehold(household, village, HouseholdKind.FAMILY, "A1", address)], ON)
            writer.add_persons([NewPerson(person, village, PersonFacts("示例人"))])
            writer.add_members([NewMember(village, household, HouseholdKind.FAMILY, person, HEAD)], ON)
            writer.add_residencies(
                [NewResidency(village, person, address, ResidencyKind.REGISTERED, None)], ON
            )
            key, _ = self.seal.seal_new("person", person, {})
            writer.record([ResidentEvent(village, "person", person, "enrol", ON)])
            row = conn.exec_driver_sql("SELECT key_id, row_key FROM person WHERE id = %s", (person,)).one()
            writer.change_person(person, type(key)(row[0], bytes(row[1])), PersonFacts("示例人甲"))
        self.person[village], self.household[village] = person, household


@pytest.fixture(scope="module")
def villages(
    copy_database: CopyDatabase, settle_county: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Villages]:
    """One database for all; every test rolls back what it does."""
    with copy_database() as database:
        with psycopg.connect(database.app_url, autocommit=True, cursor_factory=psycopg.ClientCursor) as conn:
            made = Villages(database, settle_county(conn, COUNTY), tmp_path_factory.mktemp("keys"))
        yield made


@pytest.fixture
def app(villages: Villages) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """The application role on a bare connection."""
    with psycopg.connect(villages.database.app_url) as conn:
        yield conn
        conn.rollback()


def say(conn: "psycopg.Connection[tuple[object, ...]]", villages: str, county: str = COUNTY) -> None:
    conn.execute("SELECT set_config('address.county', %s, true), set_config('address.villages', %s, true)",
                 (county, villages))  # fmt: skip


def seen(conn: "psycopg.Connection[tuple[object, ...]]", table: str) -> set[object]:
    return {row[0] for row in conn.execute(f"SELECT village_id FROM {table}")}


@pytest.mark.parametrize("table", TABLES)
def test_every_table_has_rows_of_both_villages_and_shows_those_of_the_scope(
    villages: Villages, app: "psycopg.Connection[tuple[object, ...]]", table: str
) -> None:
    say(app, "*")
    assert seen(app, table) == {villages.here, villages.there}

    say(app, str(villages.here))
    assert seen(app, table) == {villages.here}

    say(app, f"{villages.here},{villages.there}")
    assert seen(app, table) == {villages.here, villages.there}


@pytest.mark.parametrize("table", TABLES)
def test_without_a_scope_nothing_is_seen_not_even_on_a_connection_that_had_one(
    villages: Villages, app: "psycopg.Connection[tuple[object, ...]]", table: str
) -> None:
    assert seen(app, table) == set()
    app.rollback()
    say(app, str(villages.here))
    assert seen(app, table) != set()

    app.commit()

    assert seen(app, table) == set()


def test_a_pooled_connection_just_used_by_another_village_shows_nothing(villages: Villages) -> None:
    engine = villages.database.engine
    with engine.begin() as conn:
        open_scope(conn, COUNTY, "430626113210")
        backend = conn.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        assert conn.exec_driver_sql("SELECT count(*) FROM person").scalar_one() == 1

    with engine.begin() as conn:
        assert conn.exec_driver_sql("SELECT pg_backend_pid()").scalar_one() == backend
        assert conn.exec_driver_sql("SELECT count(*) FROM person").scalar_one() == 0
        open_scope(conn, COUNTY, "430626113208")
        found = conn.exec_driver_sql("SELECT id FROM person").scalars().all()

    assert found == [villages.person[villages.here]]


def test_a_wider_scope_ends_with_its_block_also_where_the_block_fails(villages: Villages) -> None:
    with villages.database.engine.connect() as conn, conn.begin():
        open_scope(conn, COUNTY, "430626113208")
        with pytest.raises(LookupError), scope_of_villages(conn, COUNTY, None):
            raise LookupError
        after_ours = conn.exec_driver_sql("SELECT id FROM person").scalars().all()
        with pytest.raises(DBAPIError), conn.begin_nested(), scope_of_villages(conn, COUNTY, None):
            conn.exec_driver_sql("SELECT 1 / 0")
        after_the_servers = conn.exec_driver_sql("SELECT id FROM person").scalars().all()

    assert after_ours == after_the_servers == [villages.person[villages.here]]


def test_a_county_of_another_code_or_a_scope_that_is_none_shows_nothing(
    villages: Villages, app: "psycopg.Connection[tuple[object, ...]]"
) -> None:
    for county, scope in (("430624", "*"), ("", "*"), (COUNTY, ""), (COUNTY, str(new_id()))):
        say(app, scope, county)
        assert seen(app, "person") == set()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT id FROM person WHERE id = %(id)s",
        "SELECT p.id FROM household_member m JOIN person p ON p.id = m.person_id WHERE m.person_id = %(id)s",
        "SELECT r.id FROM address_version v JOIN residency r ON r.address_id = v.address_id WHERE r.person_id = %(id)s",
        "SELECT id FROM (SELECT * FROM person) p WHERE id = %(id)s",
        "WITH p AS MATERIALIZED (SELECT * FROM person) SELECT id FROM p WHERE id = %(id)s",
        "SELECT row_to_json(p) FROM person p WHERE p.id = %(id)s",
        "SELECT query_to_xml('SELECT id FROM person', true, false, '') WHERE"
        " query_to_xml('SELECT id FROM person', true, false, '')::text LIKE '%%' || %(id)s || '%%'",
        "SELECT id FROM sealed_history WHERE subject_id = %(id)s",
        "SELECT id FROM resident_event WHERE subject_id = %(id)s",
        "UPDATE person SET revision = revision + 1 WHERE id = %(id)s RETURNING id",
        "SELECT id FROM person WHERE id = %(id)s FOR UPDATE",
    ],
)
def test_no_way_of_asking_leads_to_another_villages_person(
    villages: Villages, app: "psycopg.Connection[tuple[object, ...]]", statement: str
) -> None:
    own, other = villages.person[villages.here], villages.person[villages.there]
    say(app, str(villages.here))

    assert app.execute(statement, {"id": str(other)}).fetchall() == []
    assert app.execute(statement, {"id": str(own)}).fetchall() != []


def test_a_function_that_would_tell_is_not_asked_before_the_policy(
    villages: Villages, app: "psycopg.Connection[tuple[object, ...]]"
) -> None:
    say(app, str(villages.here))

    # Were the cast tried on the neighbour's row it would fail with that row's id in the message.
    rows = app.execute(
        "SELECT id FROM person WHERE CASE WHEN id = %s THEN id::text::integer = 1 ELSE true END",
        [villages.person[villages.there]],
    ).fetchall()

    assert rows == [(villages.person[villages.here],)]


def test_rows_cannot_be_written_into_or_moved_to_another_village(
    villages: Villages, app: "psycopg.Connection[tuple[object, ...]]"
) -> None:
    say(app, str(villages.here))
    with app.transaction(), pytest.raises(errors.InsufficientPrivilege), app.transaction():
        app.execute("UPDATE person SET village_id = %s", [villages.there])
    with app.transaction(), pytest.raises(errors.InsufficientPrivilege), app.transaction():
        app.execute(
            """INSERT INTO resident_event (county_code, id, village_id, subject, subject_id, kind, effective_on,
                 actor_id, recorded_at)
               SELECT county_code, gen_random_uuid(), %s, subject, subject_id, kind, effective_on, actor_id, recorded_at
               FROM resident_event""",
            [villages.there],
        )


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "verb", ["DELETE FROM {}", "TRUNCATE {}", "ALTER TABLE {} DISABLE ROW LEVEL SECURITY"]
)
def test_nobody_deletes_residents_or_lifts_the_policy(
    villages: Villages, app: "psycopg.Connection[tuple[object, ...]]", table: str, verb: str
) -> None:
    say(app, "*")

    with pytest.raises(errors.InsufficientPrivilege):
        app.execute(verb.format(table))


def test_switching_the_policy_off_for_a_session_is_an_error_and_shows_nothing(
    villages: Villages, app: "psycopg.Connection[tuple[object, ...]]"
) -> None:
    app.execute("SET LOCAL row_security = off")

    with pytest.raises(errors.InsufficientPrivilege):
        app.execute("SELECT * FROM person")


def test_history_and_links_are_not_rewritten(
    villages: Villages, app: "psycopg.Connection[tuple[object, ...]]"
) -> None:
    say(app, "*")

    for change in (
        "UPDATE sealed_history SET payload = ''",
        "UPDATE resident_event SET kind = 'end'",
        "UPDATE residency SET arrived_on = NULL",
        "UPDATE household_member SET relation = '10'",
        "UPDATE person SET import_id = NULL",
        "UPDATE residents_decision SET reason = ''",
    ):
        with app.transaction(), pytest.raises(errors.InsufficientPrivilege), app.transaction():
            app.execute(change)


def test_the_read_lane_has_no_right_on_residents(villages: Villages) -> None:
    with psycopg.connect(villages.database.read_url, autocommit=True) as read:
        say(read, "*")
        for table in (*TABLES, "residents_decision", "reveal_count", "lookup_count"):
            with pytest.raises(errors.InsufficientPrivilege):
                read.execute(f"SELECT * FROM {table}")


def test_every_table_that_carries_a_village_of_residents_is_under_the_policy(villages: Villages) -> None:
    with psycopg.connect(villages.database.owner_url) as owner:
        secured = owner.execute(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND relkind = 'r'"
        ).fetchall()
        carrying = owner.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'village_id'"
            " WHERE c.relnamespace = 'registry'::regnamespace AND c.relkind = 'r'"
        ).fetchall()
        loose = owner.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'registry'::regnamespace AND relkind IN ('v', 'm')"
            " AND NOT coalesce(reloptions @> ARRAY['security_invoker=true'], false)"
        ).fetchall()

    assert (
        {name for (name,) in secured}
        == {name for (name,) in carrying} | {"extract"}
        == {*TABLES, *EXTRACTS, *PAPERS}
    )
    assert loose == []
    assert schema.APP != schema.OWNER


def test_an_index_serves_the_look_up_under_the_policy(
    villages: Villages, app: "psycopg.Connection[tuple[object, ...]]"
) -> None:
    say(app, f"{villages.here}")
    app.execute("SET LOCAL enable_seqscan = off")

    plan = "\n".join(
        str(line) for (line,) in app.execute("EXPLAIN SELECT * FROM person WHERE county_code = %s AND id_no_index = %s",
                                             (COUNTY, b"\0" * 32))
    )  # fmt: skip

    assert "person_id_no" in plan


def test_a_family_household_has_one_head_even_if_the_code_errs(
    villages: Villages, app: "psycopg.Connection[tuple[object, ...]]"
) -> None:
    say(app, "*")
    second = """INSERT INTO household_member (county_code, id, village_id, household_id, household_kind, person_id,
                  relation, actor_id, valid, recorded)
                SELECT county_code, gen_random_uuid(), village_id, household_id, household_kind, %s, '02', actor_id,
                  valid, tstzrange(lower(recorded) + '1s', NULL)
                FROM household_member WHERE household_id = %s"""

    app.execute("UPDATE household_member SET recorded = tstzrange(lower(recorded), lower(recorded) + '1s')"
                " WHERE household_id = %s", [villages.household[villages.there]])  # fmt: skip

    with pytest.raises(errors.ExclusionViolation) as refused:
        app.execute(second, [villages.person[villages.there], villages.household[villages.here]])

    assert refused.value.diag.constraint_name == "household_member_one_head"
