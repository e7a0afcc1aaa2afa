"""PostgreSQL's programs on this machine, and the account that they run as."""

import os
import pwd
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from address_service.errors import NotReady

OLDEST = 15
_DEBIAN = Path("/usr/lib/postgresql")


@dataclass(frozen=True, slots=True)
class Binaries:
    """The programs of one major version."""

    directory: Path
    version: int

    def path(self, program: str) -> str:
        """Full path of `initdb`, `pg_ctl`, `pg_dump` …"""
        return str(self.directory / program)


def find_binaries(version: int | None = None) -> Binaries:
    """The newest suitable version that has PostGIS, or exactly the one asked for; raises NotReady."""
    found = [binaries for binaries in _installed() if version in (None, binaries.version)]
    if not found:
        wanted = f"PostgreSQL {version}" if version else f"PostgreSQL {OLDEST} 或更新版本"
        raise NotReady(
            f"没有找到 {wanted}（含 PostGIS）。请运行 script/setup，它会安装或给出安装命令。",
            code="postgres-missing",
        )
    return max(found, key=lambda binaries: binaries.version)


def _installed() -> list[Binaries]:
    found = []
    for directory in _DEBIAN.glob("[0-9]*/bin"):
        version = int(directory.parent.name)
        control = Path(f"/usr/share/postgresql/{version}/extension/postgis.control")
        if version >= OLDEST and (directory / "initdb").exists() and control.exists():
            found.append(Binaries(directory, version))
    return found or _on_path()


def _on_path() -> list[Binaries]:
    program = shutil.which("initdb")
    if program is None:
        return []
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603
    match = re.search(r"\) (\d+)", answer)
    version = int(match[1]) if match else 0
    return [Binaries(Path(program).resolve().parent, version)] if version >= OLDEST else []


@dataclass(frozen=True, slots=True)
class Account:
    """The operating system's account that the server runs as."""

    name: str
    uid: int
    gid: int

    @property
    def is_other(self) -> bool:
        """True when we are root and the server is not."""
        return self.uid != os.getuid()

    def attempt(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        """Run a program as this account and hand back how it went."""
        identity: dict[str, Any] = {"user": self.uid, "group": self.gid, "extra_groups": []}
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_"))}
        return subprocess.run(  # noqa: S603 - a fixed program, arguments passed as a list
            command,
            capture_output=True,
            text=True,
            cwd="/",
            env=environment | {"LANG": "C.UTF-8", "TZ": "UTC"},
            check=False,
            **(identity if self.is_other else {}),
        )

    def run(self, command: list[str]) -> None:
        """Run a program as this account; raises NotReady with what it said."""
        done = self.attempt(command)
        if done.returncode != 0:
            program, answer = Path(command[0]).name, (done.stderr or done.stdout).strip()
            raise NotReady(f"{program} 失败：{answer}", code="postgres-failed")


def server_account() -> Account:
    """Ourselves, or `postgres` when we are root."""
    try:
        entry = pwd.getpwnam("postgres") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    except KeyError as error:
        raise NotReady(
            "以 root 运行时数据库需要系统账户 postgres，但本机没有。请先运行 script/setup 安装 PostgreSQL。",
            code="postgres-account-missing",
        ) from error
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
