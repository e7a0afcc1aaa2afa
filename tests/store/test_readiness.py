"""The start-up check passes a fit database and names the cure for each thing that is wrong."""

from collections.abc import Iterator

import psycopg
import pytest

from address_service.errors import NotReady
from address_service.store import schema
from address_service.store.cluster import ADMIN, Cluster
from address_service.store.engine import Database
from address_service.store.readiness import check_database


def code_of(url: str) -> str:
    with pytest.raises(NotReady) as caught:
        check_database(url)
    return caught.value.code


def test_a_migrated_database_is_fit(shared_database: Database) -> None:
    report = check_database(shared_database.app_url)

    assert f"结构版本 {schema.head()}" in report


def test_an_older_schema_says_migrate(database: Database) -> None:
    schema.downgrade(database.owner_url, "0001")

    with pytest.raises(NotReady, match="db migrate") as caught:
        check_database(database.app_url)
    assert caught.value.code == "schema-outdated"


def test_an_empty_database_says_migrate(database: Database) -> None:
    schema.downgrade(database.owner_url, "base")

    assert code_of(database.app_url) == "schema-outdated"


def test_a_newer_schema_says_upgrade_the_program(database: Database) -> None:
    with psycopg.connect(database.owner_url) as conn:
        conn.execute("UPDATE public.schema_version SET version_num = '9999'")

    assert code_of(database.app_url) == "schema-newer"


def test_owner_and_superuser_are_too_powerful(shared_database: Database, cluster: Cluster) -> None:
    name = schema.database_name(shared_database.app_url)

    assert code_of(shared_database.owner_url) == "role-too-powerful"
    assert code_of(cluster.url(ADMIN, name)) == "role-too-powerful"


def test_a_missing_extension_is_named(database: Database, cluster: Cluster) -> None:
    name = schema.database_name(database.app_url)
    with psycopg.connect(cluster.url(ADMIN, name), autocommit=True) as admin:
        admin.execute("DROP EXTENSION pg_trgm CASCADE")

    with pytest.raises(NotReady, match="CREATE EXTENSION pg_trgm"):
        check_database(database.app_url)


@pytest.fixture
def unfit_database(cluster: Cluster) -> Iterator[str]:
    with psycopg.connect(cluster.url(ADMIN, "postgres"), autocommit=True) as admin:
        yield "unfit"
        admin.execute("DROP DATABASE unfit WITH (FORCE)")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ("ENCODING 'UTF8' LOCALE 'C'", "locale-without-han"),
        ("ENCODING 'SQL_ASCII' LOCALE 'C'", "database-encoding"),
    ],
)
def test_a_locale_that_loses_han_text_is_refused(
    cluster: Cluster, unfit_database: str, options: str, code: str
) -> None:
    with psycopg.connect(cluster.url(ADMIN, "postgres"), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {unfit_database} TEMPLATE template0 {options}")
    schema.prepare_server(cluster.url(ADMIN, "postgres"), unfit_database)

    assert code_of(cluster.url(schema.APP, unfit_database)) == code


def test_a_server_that_is_not_there_is_said(cluster: Cluster) -> None:
    assert code_of("postgresql://address_app@/register?host=/nowhere") == "database-unreachable"
