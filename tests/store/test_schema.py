"""The migrated database keeps the rules that docs/architecture.md promises of it."""

import importlib.metadata
import importlib.util
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from geoalchemy2 import Geometry
from psycopg.conninfo import make_conninfo
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.types import TypeEngine

from address_service.store import schema
from address_service.store.cluster import ADMIN, Cluster
from address_service.store.engine import Database
from address_service.store.tables import mapping, metadata, police, receipts, reconciliation, residents

SEALED_TABLES = {
    name
    for module in (residents, reconciliation, mapping, police, receipts)
    for name, table in vars(module).items()
    if getattr(table, "metadata", None) is metadata
}
SECRET_TABLES = (
    {"account", "api_key", "session", "import_reject"}
    | {
        "password",
        "sign_in_guard",
        "sign_in_source",
        "sign_in_pair",
        "second_factor",
        "recovery_code",
        "session_activity",
    }
    | SEALED_TABLES
)


@pytest.fixture(scope="module")
def catalog(shared_database: Database) -> Iterator[psycopg.Connection]:
    with psycopg.connect(shared_database.owner_url) as conn:
        yield conn


def spelled(kind: TypeEngine[Any]) -> str:
    """A column's type as `format_type` writes it."""
    if isinstance(kind, Geometry):
        names = {"MULTIPOLYGON": "MultiPolygon", "LINESTRING": "LineString"}
        name = names.get(kind.geometry_type, str(kind.geometry_type).capitalize())
        return f"geometry({name},{kind.srid})"
    words = {
        "CHAR(": "character(",
        "VARCHAR": "character varying",
        "TIMESTAMP WITH TIME ZONE": "timestamp with time zone",
    }
    text = str(kind.compile(PGDialect()))  # type: ignore[no-untyped-call]
    for ours, theirs in words.items():
        text = text.replace(ours, theirs)
    return text if "character" in text else text.lower()


def test_tables_in_code_have_the_columns_of_the_database(catalog: psycopg.Connection) -> None:
    rows = catalog.execute(
        """
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attgenerated <> ''
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relnamespace = 'registry'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
        """
    )
    migrated = {(table, column): rest for table, column, *rest in rows}

    declared = {
        (table.name, column.name): [spelled(column.type), not column.nullable, column.computed is not None]
        for table in metadata.tables.values()
        for column in table.columns
    }

    assert declared == migrated


def test_every_key_of_every_table_begins_with_the_county(catalog: psycopg.Connection) -> None:
    rows = catalog.execute(
        """
        SELECT conrelid::regclass::text, conname, a.attname FROM pg_constraint
        JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = conkey[1]
        WHERE connamespace = 'registry'::regnamespace AND contype IN ('p', 'u', 'f')
        """
    ).fetchall()

    assert len(rows) > 60
    assert [row for row in rows if row[2] != "county_code"] == []


def test_every_unique_index_begins_with_the_county(catalog: psycopg.Connection) -> None:
    rows = catalog.execute(
        """
        SELECT i.indexrelid::regclass::text, a.attname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
        WHERE c.relnamespace = 'registry'::regnamespace AND i.indisunique
        """
    ).fetchall()

    assert [row for row in rows if row[1] != "county_code"] == []


def test_every_exclusion_contains_the_county(catalog: psycopg.Connection) -> None:
    rows = catalog.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = 'registry'::regnamespace AND contype = 'x'"
    ).fetchall()

    assert len(rows) >= 5
    assert [name for name, definition in rows if "county_code WITH =" not in definition] == []


def test_every_table_has_a_primary_key_of_fixed_width(catalog: psycopg.Connection) -> None:
    rows = catalog.execute(
        """
        SELECT c.relname, array_agg(format_type(a.atttypid, NULL)) FILTER (WHERE a.attname <> 'county_code')
        FROM pg_class c LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'p'
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (k.conkey)
        WHERE c.relnamespace = 'registry'::regnamespace AND c.relkind = 'r' GROUP BY c.relname
        """
    )
    keys = {table: set(types or ()) for table, types in rows}

    assert keys.pop("county") == set()
    assert all(types and types <= {"uuid", "bigint", "integer"} for types in keys.values()), keys


def test_geometry_is_4490_and_its_map_twin_3857(catalog: psycopg.Connection) -> None:
    rows = catalog.execute(
        "SELECT f_table_name, f_geometry_column, srid FROM public.geometry_columns"
        " WHERE f_table_schema = 'registry'"
    ).fetchall()

    assert len(rows) > 10
    assert [row for row in rows if row[2] != (3857 if row[1].endswith("_3857") else 4490)] == []


def test_no_business_table_has_a_trigger_or_a_cascade(catalog: psycopg.Connection) -> None:
    triggers = catalog.execute(
        "SELECT tgname FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid"
        " WHERE relnamespace = 'registry'::regnamespace AND NOT tgisinternal"
    ).fetchall()
    cascades = catalog.execute(
        "SELECT conname FROM pg_constraint WHERE connamespace = 'registry'::regnamespace"
        " AND contype = 'f' AND (confdeltype <> 'a' OR confupdtype <> 'a')"
    ).fetchall()

    assert (triggers, cascades) == ([], [])


def privileges(catalog: psycopg.Connection, role: str) -> dict[str, set[str]]:
    """Privileges on whole tables of the register; a right on some columns counts as such."""
    held = defaultdict(set)
    rows = catalog.execute(
        """
        SELECT c.relname, p FROM pg_class c, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) p
        WHERE c.relnamespace = 'registry'::regnamespace AND c.relkind IN ('r', 'v', 'm')
          AND has_any_column_privilege(%(role)s, c.oid, p)
        UNION ALL
        SELECT c.relname, p FROM pg_class c, unnest(ARRAY['DELETE', 'TRUNCATE', 'TRIGGER']) p
        WHERE c.relnamespace = 'registry'::regnamespace AND c.relkind IN ('r', 'v', 'm')
          AND has_table_privilege(%(role)s, c.oid, p)
        """,
        {"role": role},
    )
    for table, privilege in rows:
        held[table].add(privilege)
    return held


def test_the_application_deletes_nothing_but_what_is_derived(catalog: psycopg.Connection) -> None:
    held = privileges(catalog, schema.APP)

    deletable = {table for table, rights in held.items() if rights & {"DELETE", "TRUNCATE", "TRIGGER"}}

    assert deletable == {"idempotency", "overview_cell"}


def test_the_application_never_rewrites_history(catalog: psycopg.Connection) -> None:
    held = privileges(catalog, schema.APP)

    fixed = {table for table, rights in held.items() if "UPDATE" not in rights}

    assert fixed >= {"event", "succession", "layer_history", "address", "place", "division", "import_reject"}
    assert fixed >= {"application_step", "application_evidence"}


def test_the_application_owns_nothing(catalog: psycopg.Connection) -> None:
    owned = catalog.execute(
        "SELECT relname FROM pg_class WHERE relowner = ANY (ARRAY[%s, %s]::regrole[])",
        [schema.APP, schema.READ],
    ).fetchall()
    power = catalog.execute(
        "SELECT rolname FROM pg_roles WHERE rolname = ANY (%s) AND (rolsuper OR rolcreaterole OR rolcreatedb"
        " OR rolbypassrls OR rolreplication)",
        [list(schema.ROLES)],
    ).fetchall()

    assert (owned, power) == ([], [])


def test_the_read_lane_only_reads_and_sees_no_secret(catalog: psycopg.Connection) -> None:
    held = privileges(catalog, schema.READ)

    assert len(held) > 15
    assert {table: rights for table, rights in held.items() if rights != {"SELECT"}} == {}
    assert SECRET_TABLES & set(held) == set()


def test_the_read_lane_is_refused_an_account(shared_database: Database) -> None:
    with (
        psycopg.connect(shared_database.read_url) as conn,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        conn.execute("SELECT * FROM account")


def test_only_the_three_roles_may_connect(shared_database: Database, cluster: Cluster) -> None:
    with psycopg.connect(cluster.url(ADMIN, "postgres"), autocommit=True) as admin:
        admin.execute("CREATE ROLE passer_by LOGIN")

    name = schema.database_name(shared_database.app_url)

    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(cluster.url("passer_by", name))


def test_migrations_go_up_down_and_up_again(database: Database) -> None:
    schema.downgrade(database.owner_url, "base")
    with psycopg.connect(database.owner_url) as conn:
        left = conn.execute("SELECT nspname FROM pg_namespace WHERE nspname IN ('registry', 'queue')")
        assert left.fetchall() == []
    assert schema.current(database.app_url) is None

    schema.upgrade(database.owner_url)

    assert schema.current(database.app_url) == schema.head()


def test_migrating_twice_changes_nothing(database: Database) -> None:
    schema.upgrade(database.owner_url)

    assert schema.current(database.app_url) == schema.head()


def test_the_queue_was_migrated_for_the_installed_procrastinate() -> None:
    spec = importlib.util.spec_from_file_location(
        "queue_migration", schema.migrations_dir() / "versions" / "0002_queue.py"
    )
    assert spec is not None
    assert spec.loader is not None
    migration = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(migration)

    assert importlib.metadata.version("procrastinate") == migration.PROCRASTINATE


def test_passwords_are_set_where_a_server_is_reached_over_a_network(cluster: Cluster, template: str) -> None:
    schema.prepare_server(cluster.url(ADMIN, "postgres"), template, {schema.READ: "只读-口令"})

    with psycopg.connect(cluster.url(ADMIN, "postgres")) as admin:
        stored: dict[str, str] = dict(admin.execute("SELECT rolname, rolpassword FROM pg_authid").fetchall())

    assert stored[schema.READ].startswith("SCRAM-SHA-256$")


def test_the_database_name_is_read_from_any_spelling_of_a_url() -> None:
    assert schema.database_name("postgresql://a@/register?host=%2Ftmp") == "register"
    assert schema.database_name(make_conninfo(dbname="register", host="/run/x")) == "register"
