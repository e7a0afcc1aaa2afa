"""Backup and restore of the whole database by PostgreSQL's own programs."""

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
    os.close(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
    try:
        _run("pg_dump", "--format=custom", f"--file={part}", f"--dbname={owner_url}")
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)
    return target.stat().st_size


def restore(admin_url: str, owner_url: str, source: Path) -> None:
    """Load a dump into a database that holds no register yet, in one transaction."""
    if not source.is_file() or not _is_dump(source):
        raise InvalidInput(f"{source} 不是备份文件", code="backup-unreadable")
    schema.prepare_server(admin_url, schema.database_name(owner_url))
    with psycopg.connect(owner_url) as conn:
        if conn.execute("SELECT to_regnamespace('registry')").fetchone() != (None,):
            raise Conflict(
                "数据库中已有登记数据，只能恢复到空库。请另设 DATA_DIR 或另建数据库。",
                code="database-not-empty",
            )
        # Migrated down, an empty version table stays behind, and the dump brings its own.
        conn.execute("DROP TABLE IF EXISTS public.schema_version")
    name = schema.database_name(owner_url)
    target = psycopg.conninfo.make_conninfo(admin_url, dbname=name)
    _run("pg_restore", "--single-transaction", "--exit-on-error", f"--dbname={target}", str(source))


def _is_dump(source: Path) -> bool:
    with source.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def _run(program: str, *arguments: str) -> None:
    command = [find_binaries().path(program), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - a list, no shell
    if done.returncode != 0:
        raise NotReady(f"{program} 失败：{done.stderr.strip()}", code="postgres-failed")
