"""Roles, database, extensions and migrations: from an empty server to the schema at its head."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import Connection, NullPool, create_engine, text

OWNER, APP, READ = "address_owner", "address_app", "address_read"
ROLES = (OWNER, APP, READ)
EXTENSIONS = ("postgis", "btree_gist", "pg_trgm")
VERSION_TABLE = "public.schema_version"

# One migration at a time per database, whoever starts it.
_LOCK_KEY = 0x61646472


def migrations_dir() -> Path:
    """Where the migrations are: inside an installed package, or at the top of a checkout."""
    packaged = Path(__file__).parents[1] / "_migrations"
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / "migrations"


def _config(connection: Connection | None = None) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(migrations_dir()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def head() -> str:
    """The revision that this program expects of its database."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def prepare_server(admin_url: str, database: str, passwords: Mapping[str, str] | None = None) -> None:
    """Make what is missing of roles, database and extensions, as a superuser.

    ``admin_url`` reaches any database of the server; ``passwords`` maps role names to passwords, for servers
    reached over a network. Repeating it changes nothing but the passwords.
    """
    with psycopg.connect(admin_url, autocommit=True) as conn:
        conn.execute("SELECT pg_advisory_lock(%s)", [_LOCK_KEY])
        _create_roles(conn, passwords or {})
        _create_database(conn, database)
        grant_database(conn, database)
    with psycopg.connect(make_conninfo(admin_url, dbname=database), autocommit=True) as conn:
        conn.execute("SELECT pg_advisory_lock(%s)", [_LOCK_KEY])
        for name in EXTENSIONS:
            conn.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name)))


def _create_roles(conn: psycopg.Connection, passwords: Mapping[str, str]) -> None:
    present = {name for (name,) in conn.execute("SELECT rolname FROM pg_roles")}
    for role in ROLES:
        if role not in present:
            conn.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
        if password := passwords.get(role):
            # Hashed here, so that no password is ever written to the server's log.
            verifier = conn.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
            statement = sql.SQL("ALTER ROLE {} PASSWORD {}")
            conn.execute(statement.format(sql.Identifier(role), sql.Literal(verifier.decode())))


def _create_database(conn: psycopg.Connection, database: str) -> None:
    if conn.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
        return
    # Under LC_CTYPE=C trigrams drop all Han text, hence a UTF-8 locale whatever the server's default is.
    statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
    conn.execute(statement.format(sql.Identifier(database), sql.Identifier(OWNER)))


def grant_database(conn: psycopg.Connection, database: str) -> None:
    """Let in the three roles and nobody else; these grants do not travel with CREATE DATABASE … TEMPLATE."""
    name, app, read = sql.Identifier(database), sql.Identifier(APP), sql.Identifier(READ)
    conn.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    conn.execute(sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(name, app))
    conn.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, read))


@contextmanager
def _owner_connection(owner_url: str) -> Iterator[Connection]:
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(owner_url), poolclass=NullPool
    )
    with engine.begin() as conn:
        conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
        yield conn


def upgrade(owner_url: str, revision: str = "head") -> None:
    """Migrate up in one transaction, as the role that owns the schema."""
    with _owner_connection(owner_url) as conn:
        command.upgrade(_config(conn), revision)


def downgrade(owner_url: str, revision: str) -> None:
    """Migrate down in one transaction; `base` leaves roles, extensions and an empty version table."""
    with _owner_connection(owner_url) as conn:
        command.downgrade(_config(conn), revision)


def current(url: str) -> str | None:
    """The revision a database is at, or None for one that was never migrated."""
    with psycopg.connect(url) as conn:
        return read_revision(conn)


def read_revision(conn: psycopg.Connection) -> str | None:
    """The revision of an open connection's database."""
    if conn.execute("SELECT to_regclass(%s)", [VERSION_TABLE]).fetchone() == (None,):
        return None
    row = conn.execute("SELECT version_num FROM public.schema_version").fetchone()
    return str(row[0]) if row else None


def database_name(url: str) -> str:
    """The database a libpq URL names."""
    return str(conninfo_to_dict(url)["dbname"])
