"""The drill: a backup is restored to a scratch cluster and held against its manifest, as on a day that it is needed."""

import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from address_service.errors import InvalidInput
from address_service.store import schema
from address_service.store.backup_files import check_files
from address_service.store.backup_folder import Place, make_backup
from address_service.store.backup_keys import keys_line
from address_service.store.backup_manifest import FILES, Manifest
from address_service.store.cluster import ADMIN, Cluster
from address_service.store.keys import KeyRing
from address_service.store.readiness import check_database
from address_service.store.restore_folder import check_backup, restore_backup

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Drill:
    """How a drill went: what was restored, and the seconds that each part took."""

    manifest: Manifest
    revision: str
    findings: tuple[str, ...]
    backup_s: float
    restore_s: float
    upgrade_s: float

    @property
    def rows(self) -> int:
        """Rows restored."""
        return sum(table.rows for table in self.manifest.tables.values())

    @property
    def bytes(self) -> int:
        """Bytes of the backup."""
        return sum(file.bytes for file in self.manifest.files.values())

    def figures(self) -> dict[str, str | int | float]:
        """What a monitor keeps of it."""
        return {
            "result": "ok",
            "made_at": self.manifest.made_at,
            "revision": self.manifest.revision,
            "upgraded_to": self.revision,
            "tables": len(self.manifest.tables),
            "rows": self.rows,
            "files": len(self.manifest.files) - 1,
            "bytes": self.bytes,
            "backup_s": round(self.backup_s, 1),
            "restore_s": round(self.restore_s, 1),
            "upgrade_s": round(self.upgrade_s, 1),
        }


def run_drill(
    place: Place | None,
    backup: Path | None,
    scratch: Path | None,
    now: datetime,
    ring: KeyRing,
    say: Say = lambda _: None,
) -> Drill:
    """Back up ``place``, or take an existing ``backup``; restore it to a scratch cluster, compare, migrate, check,
    and open with the keys of ``ring`` what is sealed.

    The register is only read, and nothing of the drill is left behind; ``scratch`` is a folder with room for it all.
    Raises what backup and restore raise.
    """
    if scratch is not None and not scratch.is_dir():
        raise InvalidInput(f"目录 {scratch} 不存在", code="backup-folder-missing")
    room = Path(tempfile.mkdtemp(prefix="as-drill-", dir=scratch))
    room.chmod(0o711)  # as root the server runs as another account, which passes through
    cluster = Cluster(room / "home", scratch=True)
    try:
        started = time.monotonic()
        folder = backup or _fresh_backup(place, room, now, say)
        backup_s = time.monotonic() - started
        check_backup(folder)  # before a cluster is made for it
        (room / "home").mkdir(mode=0o711)
        say("建立临时数据库")
        cluster.start()
        return _restore(folder, cluster, room / "home", ring, backup_s, say)
    finally:
        _clear(cluster, room)


def _fresh_backup(place: Place | None, room: Path, now: datetime, say: Say) -> Path:
    if place is None:
        raise InvalidInput("没有给出要备份的登记库，也没有给出备份", code="backup-unreadable")
    make_backup(place, room / "backup", now, say)
    return room / "backup"


def _restore(folder: Path, cluster: Cluster, home: Path, ring: KeyRing, backup_s: float, say: Say) -> Drill:
    started = time.monotonic()
    manifest = restore_backup(
        folder, cluster.url(ADMIN, "postgres"), cluster.url(schema.OWNER), home, say=say
    )
    files = {
        name.removeprefix(f"{FILES}/"): digest
        for name, digest in manifest.files.items()
        if name.startswith(f"{FILES}/")
    }
    check_files(home, files, say, among_others=True)
    restore_s = time.monotonic() - started
    say("升级到程序的结构版本并检查")
    schema.upgrade(cluster.url(schema.OWNER))
    findings = [*check_database(cluster.url(schema.APP)), keys_line(cluster.url(ADMIN), ring)]
    upgrade_s = time.monotonic() - started - restore_s
    return Drill(manifest, schema.head(), tuple(findings), backup_s, restore_s, upgrade_s)


def _clear(cluster: Cluster, room: Path) -> None:
    """Stop the scratch server and remove its data, wherever they had to go."""
    elsewhere = cluster.pgdata.parent
    sockets = cluster.socket_dir
    cluster.stop()
    with suppress(FileNotFoundError):
        for folder in (sockets, elsewhere, room):
            shutil.rmtree(folder, ignore_errors=True)
