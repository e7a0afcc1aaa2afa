"""Is this database fit for the service? Asked at start-up; each failure is a NotReady that names its cure."""

import psycopg

from address_service.errors import NotReady
from address_service.store import schema

OLDEST_SERVER = 150000
OLDEST_POSTGIS = (3, 3)


def connect(url: str) -> psycopg.Connection:
    """A connection, or NotReady with what the server said."""
    try:
        return psycopg.connect(url, connect_timeout=10)
    except psycopg.OperationalError as error:
        raise NotReady(
            f"连不上数据库：{error}。请检查 DATABASE_URL；未设置时请运行 address-service db migrate。",
            code="database-unreachable",
        ) from error


def check_reachable(url: str) -> None:
    """Raise NotReady when nobody answers there."""
    connect(url).close()


def check_database(url: str) -> list[str]:
    """Check what the service needs, as the application role; a Chinese line for each thing found in order."""
    with connect(url) as conn:
        return [
            _server_version(conn),
            _encoding(conn),
            _extensions(conn),
            _han_trigrams(conn),
            _role(conn),
            _revision(conn),
        ]


def check_connections(url: str, needed: int) -> None:
    """Raise NotReady when the server has not so many connections for the application in all."""
    with connect(url) as conn:
        reserved = "superuser_reserved_connections"
        has = int(
            _one(conn, f"SELECT current_setting('max_connections')::int - current_setting('{reserved}')::int")
        )
    if needed > has:
        raise NotReady(
            f"服务需要 {needed} 个数据库连接，数据库只允许 {has} 个。"
            "请减少 PROCESSES、POOL_SIZE 或 READ_POOL_SIZE，或提高 max_connections。",
            code="connections-too-few",
        )


def _one(conn: psycopg.Connection, query: str) -> str:
    row = conn.execute(query).fetchone()
    return str(row[0]) if row else ""


def _server_version(conn: psycopg.Connection) -> str:
    if conn.info.server_version < OLDEST_SERVER:
        raise NotReady(
            f"PostgreSQL 版本为 {_one(conn, 'SHOW server_version')}，需要 15 或更新版本。请升级服务器。",
            code="postgres-too-old",
        )
    return f"PostgreSQL {_one(conn, 'SHOW server_version')}"


def _encoding(conn: psycopg.Connection) -> str:
    encoding = _one(conn, "SHOW server_encoding")
    if encoding != "UTF8":
        raise NotReady(
            f"数据库编码为 {encoding}，需要 UTF8。请用 CREATE DATABASE … ENCODING 'UTF8' 重建，"
            "再运行 address-service db migrate。",
            code="database-encoding",
        )
    return "编码 UTF8"


def _extensions(conn: psycopg.Connection) -> str:
    rows = conn.execute("SELECT extname, extversion FROM pg_extension").fetchall()
    present = {str(name): str(version) for name, version in rows}
    for name in schema.EXTENSIONS:
        if name not in present:
            raise NotReady(
                f"缺少扩展 {name}。请以数据库超级用户执行 CREATE EXTENSION {name}，"
                "或设置 ADMIN_DATABASE_URL 后运行 address-service db migrate。",
                code="extension-missing",
            )
    major, minor = (int(part) for part in present["postgis"].split(".")[:2])
    if (major, minor) < OLDEST_POSTGIS:
        raise NotReady(
            f"PostGIS 版本为 {present['postgis']}，需要 3.3 或更新版本。"
            "请升级后执行 SELECT postgis_extensions_upgrade()。",
            code="postgis-too-old",
        )
    return f"PostGIS {present['postgis']}、btree_gist、pg_trgm"


def _han_trigrams(conn: psycopg.Connection) -> str:
    """Under LC_CTYPE=C trigrams drop every Han character without a word, and search finds nothing."""
    if float(_one(conn, "SELECT similarity('童市镇', '童市镇街道')")) <= 0:
        locale = _one(conn, "SELECT datctype FROM pg_database WHERE datname = current_database()")
        raise NotReady(
            f"数据库的 LC_CTYPE 为 {locale}，三元组会丢掉汉字。请用 LOCALE 'C.UTF-8' 重建数据库，再恢复备份。",
            code="locale-without-han",
        )
    return "汉字三元组可用"


def _role(conn: psycopg.Connection) -> str:
    role = _one(conn, "SELECT current_user")
    query = """
        SELECT rolsuper OR rolbypassrls OR pg_has_role(current_user, 'address_owner', 'MEMBER')
        FROM pg_roles WHERE rolname = current_user
    """
    if _one(conn, query) == "True":
        raise NotReady(
            f"DATABASE_URL 用的角色 {role} 是超级用户或表的所有者。请改用 {schema.APP}。",
            code="role-too-powerful",
        )
    return f"角色 {role}"


def _revision(conn: psycopg.Connection) -> str:
    found, expected = schema.read_revision(conn), schema.head()
    if found == expected:
        return f"结构版本 {expected}"
    if found is None or found < expected:
        raise NotReady(
            f"数据库结构版本为 {found or '空'}，程序需要 {expected}。请运行 address-service db migrate。",
            code="schema-outdated",
        )
    raise NotReady(
        f"数据库结构版本 {found} 比程序的 {expected} 新。请升级程序，或恢复升级前的备份。",
        code="schema-newer",
    )
