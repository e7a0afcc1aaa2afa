"""Restore of a backup folder: checked first, then loaded whole, then held against its manifest."""

import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import psycopg

from address_service.errors import Conflict, FieldError, NotReady
from address_service.store import schema
from address_service.store.backup import database_as_admin, require_empty, restore
from address_service.store.backup_files import check_files, copy_file, regular_files
from address_service.store.backup_manifest import (
    DUMP,
    FILES,
    FileDigest,
    Manifest,
    TableDigest,
    read_manifest,
)
from address_service.store.files import KEPT_FOLDERS
from address_service.store.table_digests import digest_tables

Say = Callable[[str], None]
_NAMED = 20


def _quiet(line: str) -> None:
    """Say nothing."""


def check_backup(folder: Path, expected: str | None = None, say: Say = _quiet) -> Manifest:
    """The manifest of a backup whose every file is there and unharmed; nothing is written anywhere.

    ``expected`` is the manifest's SHA-256 as written down when the backup was made. Raises InvalidInput
    ``backup-unreadable`` or ``backup-altered``, NotReady ``backup-newer`` for one of a later program.
    """
    manifest = read_manifest(folder, expected)
    if manifest.revision > schema.head():
        raise NotReady(
            f"备份的结构版本 {manifest.revision} 比程序的 {schema.head()} 新，请先升级程序",
            code="backup-newer",
        )
    check_files(folder, manifest.files, say)
    return manifest


def restore_backup(
    folder: Path,
    admin_url: str,
    owner_url: str,
    data_dir: Path,
    expected: str | None = None,
    say: Say = _quiet,
) -> Manifest:
    """Load a checked backup into a database and a DATA_DIR that hold no register yet, at the backup's own revision.

    The files are put in place last and only when the database came out equal, table by table. Raises as
    `check_backup`, Conflict ``database-not-empty`` or ``files-not-empty``, NotReady ``restore-differs``.
    """
    manifest = check_backup(folder, expected, say)
    _require_no_files(data_dir)
    require_empty(admin_url, owner_url)
    data_dir.mkdir(parents=True, exist_ok=True)
    staged = Path(tempfile.mkdtemp(prefix=".restore-", dir=data_dir))
    try:
        say("复制文件")
        _stage(folder, staged, manifest.files)
        say("载入数据库")
        restore(admin_url, owner_url, folder / DUMP)
        say("核对各表的行数和摘要")
        compare_tables(database_as_admin(admin_url, owner_url), manifest.tables)
        for part in staged.iterdir():
            _put(part, data_dir / part.name)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    return manifest


def compare_tables(url: str, expected: Mapping[str, TableDigest]) -> None:
    """Raise NotReady ``restore-differs`` unless a database holds exactly these tables, rows and digests."""
    with psycopg.connect(url) as conn:
        found = digest_tables(conn)
    errors = [
        FieldError("table-differs", _difference(table, expected.get(table), found.get(table)), table)
        for table in sorted({*expected, *found})
        if expected.get(table) != found.get(table)
    ]
    if errors:
        listed = "；".join(error.message for error in errors[:_NAMED])
        raise NotReady(
            f"恢复的数据库与备份清单不符，请勿使用：{listed}", code="restore-differs", errors=errors
        )


def _difference(table: str, expected: TableDigest | None, found: TableDigest | None) -> str:
    if expected is None or found is None:
        return f"{table} {'清单中没有' if expected is None else '没有恢复出来'}"
    if expected.rows != found.rows:
        return f"{table} 应有 {expected.rows:,} 行，实有 {found.rows:,} 行"
    return f"{table} 行数相同，内容不同"


def _require_no_files(data_dir: Path) -> None:
    for name in KEPT_FOLDERS:
        if any(True for _ in regular_files(data_dir / name)):
            raise Conflict(
                f"{data_dir / name} 中已有文件，只能恢复到空目录。请另设 DATA_DIR。", code="files-not-empty"
            )


def _stage(folder: Path, staged: Path, files: Mapping[str, FileDigest]) -> None:
    """Copy the files beside their place; a medium that reads differently the second time is noticed."""
    for name, digest in files.items():
        if name == DUMP:
            continue
        if copy_file(folder / name, staged / name.removeprefix(f"{FILES}/")) != digest:
            raise NotReady(f"{name} 前后两次读出的内容不同，介质可能有故障，未恢复", code="restore-differs")


def _put(part: Path, target: Path) -> None:
    if target.is_dir():
        shutil.rmtree(target)  # holds empty folders and unfinished files at most
    part.rename(target)
