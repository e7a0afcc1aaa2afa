"""A backup as a folder: the dump, the files beside it, and a manifest of both; never the keys."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import psycopg

from address_service.errors import Conflict, InvalidInput, NotReady
from address_service.store import schema
from address_service.store.backup import dump
from address_service.store.backup_files import Copies, digest_file
from address_service.store.backup_files import left_out as names_left_out
from address_service.store.backup_keys import audit_heads, keys_used
from address_service.store.backup_manifest import DUMP, FILES, FileDigest, Manifest, write_manifest
from address_service.store.files import KEPT_FOLDERS, TELLING_FOLDERS
from address_service.store.table_digests import digest_tables

Say = Callable[[str], None]


def _quiet(line: str) -> None:
    """Say nothing."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a register is kept: its database as a role that sees every row, its files, its keys."""

    url: str
    data_dir: Path
    key_dir: Path | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made, with the SHA-256 of its manifest to be written down elsewhere."""

    manifest: Manifest
    digest: str


def make_backup(place: Place, target: Path, now: datetime, say: Say = _quiet) -> Made:
    """Write database and files into the new folder ``target``, whole or not at all, readable by its owner only.

    The service may run meanwhile: tables are counted in the snapshot that is dumped, and files are copied before and
    after it, so that every file that the dump speaks of is there. Raises Conflict ``backup-exists``, InvalidInput
    ``backup-folder-missing``, ``keys-among-files``.
    """
    _refuse(place, target)
    part = Path(tempfile.mkdtemp(prefix=f".{target.name}.part-", dir=target.parent))
    try:
        copies = Copies(place.data_dir, part / FILES)
        say("复制文件")
        copies.take()
        with _snapshot(place.url) as (conn, snapshot):
            say("导出数据库")
            dump(place.url, part / DUMP, snapshot)
            say("计算各表的摘要")
            manifest = _describe(conn, now)
        copies.take([folder for folder in KEPT_FOLDERS if folder not in TELLING_FOLDERS])
        files: dict[str, FileDigest] = {DUMP: digest_file(part / DUMP)}
        files |= {f"{FILES}/{name}": digest for name, digest in sorted(copies.digests.items())}
        left_out = names_left_out(place.data_dir)
        manifest = manifest.model_copy(update={"files": files, "left_out": left_out})
        digest = write_manifest(part, manifest)
        _settle(part)
        part.rename(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return Made(manifest, digest)


def _refuse(place: Place, target: Path) -> None:
    if target.exists():
        raise Conflict(f"{target} 已存在，不覆盖", code="backup-exists")
    if not target.parent.is_dir():
        raise InvalidInput(f"目录 {target.parent} 不存在", code="backup-folder-missing")
    kept = [(place.data_dir / name).resolve() for name in KEPT_FOLDERS]
    if any(target.resolve().is_relative_to(folder) for folder in kept):
        raise InvalidInput(
            f"备份不能放在 {target.parent} 之下，它本身在备份范围内", code="backup-inside-itself"
        )
    if place.key_dir is not None and any(place.key_dir.resolve().is_relative_to(folder) for folder in kept):
        raise InvalidInput(
            f"密钥目录 {place.key_dir} 在备份范围内；密钥须与数据分开保管，请先移走", code="keys-among-files"
        )


@contextmanager
def _snapshot(url: str) -> Iterator[tuple[psycopg.Connection, str]]:
    """A transaction that sees one moment, and the name under which another program sees the same."""
    with psycopg.connect(url) as conn:
        conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        conn.read_only = True
        ((name,),) = conn.execute("SELECT pg_export_snapshot()").fetchall()
        yield conn, str(name)


def _describe(conn: psycopg.Connection, now: datetime) -> Manifest:
    revision = schema.read_revision(conn)
    if revision is None:
        raise NotReady("数据库中没有登记数据，无可备份", code="database-empty")
    server = conn.execute("SELECT version() || ', ' || postgis_full_version()").fetchone()
    counties = conn.execute("SELECT county_code FROM registry.county ORDER BY 1").fetchall()
    return Manifest(
        made_at=now.isoformat(timespec="seconds"),
        program=version("address-service"),
        revision=revision,
        server=str(server[0]) if server else "",
        counties=tuple(str(code) for (code,) in counties),
        tables=digest_tables(conn),
        files={},
        left_out=(),
        keys=keys_used(conn),
        audit_heads=audit_heads(conn),
    )


def _settle(folder: Path) -> None:
    """Let the disk have what was written before the folder gets its name."""
    for path in [*folder.glob("manifest*"), folder / DUMP, folder]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    for path in folder.glob("manifest*"):
        path.chmod(0o600)
