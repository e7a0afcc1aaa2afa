"""Dump and load of the whole database by PostgreSQL's own programs."""

import os
import subprocess
from pathlib import Path

import psycopg

from address_service.errors import Conflict, InvalidInput, NotReady
from address_service.store import schema
from address_service.store.postgres import find_binaries

_MAGIC = b"PGDMP"


def back_up(owner_url: str, target: Path) -> int:
    """Write a dump in custom format, whole or not at all, readable by its owner only; answers its bytes."""
    if target.exists():
        raise Conflict(f"文件 {target} 已存在，不覆盖", code="backup-exists")
    if not target.parent.is_dir():
        raise InvalidInput(f"目录 {target.parent} 不存在", code="backup-folder-missing")
    part = target.with_name(target.name + ".part")
    try:
        dump(owner_url, part)
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)
    return target.stat().st_size


def dump(url: str, target: Path, snapshot: str | None = None) -> None:
    """Write a dump, as an exported snapshot of the same database sees it."""
    os.close(os.open(target, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
    seen = [f"--snapshot={snapshot}"] if snapshot else []
    _run("pg_dump", "--format=custom", f"--file={target}", f"--dbname={url}", *seen)


def restore(admin_url: str, owner_url: str, source: Path) -> None:
    """Load a dump into a database that holds no register yet, in one transaction."""
    if not is_dump(source):
        raise InvalidInput(f"{source} 不是备份文件", code="backup-unreadable")
    require_empty(admin_url, owner_url)
    with psycopg.connect(owner_url) as conn:
        # Migrated down, an empty version table stays behind, and the dump brings its own.
        conn.execute("DROP TABLE IF EXISTS public.schema_version")
    target = database_as_admin(admin_url, owner_url)
    _run("pg_restore", "--single-transaction", "--exit-on-error", f"--dbname={target}", str(source))


def require_empty(admin_url: str, owner_url: str) -> None:
    """Make roles and database where missing; raises Conflict ``database-not-empty`` where a register is."""
    schema.prepare_server(admin_url, schema.database_name(owner_url))
    with psycopg.connect(owner_url) as conn:
        if conn.execute("SELECT to_regnamespace('registry')").fetchone() != (None,):
            raise Conflict(
                "数据库中已有登记数据，只能恢复到空库。请另设 DATA_DIR 或另建数据库。",
                code="database-not-empty",
            )


def database_as_admin(admin_url: str, owner_url: str) -> str:
    """The register's database as a superuser."""
    return psycopg.conninfo.make_conninfo(admin_url, dbname=schema.database_name(owner_url))


def is_dump(source: Path) -> bool:
    """Whether a file begins as a dump in custom format does."""
    if not source.is_file():
        return False
    with source.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def _run(program: str, *arguments: str) -> None:
    command = [find_binaries().path(program), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - a list, no shell
    if done.returncode != 0:
        raise NotReady(f"{program} 失败：{done.stderr.strip()}", code="postgres-failed")
