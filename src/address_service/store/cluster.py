"""A private PostgreSQL cluster under DATA_DIR: plain files, a unix socket, no network.

Its layout below ``DATA_DIR/postgres``::

    data/         PGDATA
    server.log    what the server says
    lock          held while somebody starts or stops it
    location      where data/ is instead, when the server's account cannot reach this folder
    socket        where the socket is instead, when the path is too long for one (107 bytes)

As root the binaries run as the `postgres` account, since PostgreSQL refuses to run as root. Whoever may enter the
socket's directory (mode 0700) may connect: authentication is the file system's.
"""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg

from address_service.errors import NotReady
from address_service.store.postgres import Account, Binaries, find_binaries, server_account

ADMIN = "postgres"
DATABASE = "address_service"
SEARCH_PATH_OPTION = "-c search_path=registry,queue,public"

_SOCKET_NAME = ".s.PGSQL.5432"
_SOCKET_LIMIT = 107  # bytes of a unix socket's path on Linux
_ROOT_HOME = Path("/var/lib/address-service")
_WAIT_S = 60.0

_SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "wal_compression": "on",
    "random_page_cost": "1.1",
    "jit": "off",  # compiles longer than our short statements run
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] %a ",
}
# For throw-away clusters only: a power cut may ruin the data.
_SCRATCH_SETTINGS = {
    "shared_buffers": "128MB",
    "fsync": "off",
    "full_page_writes": "off",
}


class Cluster:
    """One private cluster; every method may be called again without harm."""

    def __init__(self, data_dir: Path, *, scratch: bool = False) -> None:
        """``scratch`` trades durability for speed: tests and benchmarks only."""
        self.home = data_dir.absolute() / "postgres"
        self._scratch = scratch
        self._account = server_account()

    @property
    def pgdata(self) -> Path:
        """The cluster's own files."""
        location = self.home / "location"
        return (Path(location.read_text().strip()) if location.exists() else self.home) / "data"

    @property
    def socket_dir(self) -> Path:
        """The directory of the socket."""
        recorded = self.home / "socket"
        return Path(recorded.read_text().strip()) if recorded.exists() else self.pgdata.parent / "run"

    def url(self, role: str, database: str = DATABASE) -> str:
        """A libpq URL by unix socket."""
        host, options = quote(str(self.socket_dir), safe=""), quote(SEARCH_PATH_OPTION, safe="")
        return f"postgresql://{role}@/{database}?host={host}&port=5432&options={options}"

    def is_running(self) -> bool:
        """Whether our server, not merely some process under its old number, is alive."""
        return self._postmaster() is not None

    def start(self) -> bool:
        """Make and start the cluster where needed; True when this call started the server."""
        end = time.monotonic() + _WAIT_S
        while True:
            with self._locked():
                if self._postmaster() is None:
                    binaries = find_binaries(self._version())
                    self._create(binaries)
                    self._place_socket()
                    self._write_settings()
                    self._clear_stale_files()
                    self._launch(binaries)
                    return True
            # It may still be starting, or be dying just now: then the next round starts another.
            if self._answers():
                return False
            if time.monotonic() > end:
                raise NotReady(
                    f"数据库没有应答（{self.pgdata}）。请运行 address-service db stop 后再试。",
                    code="postgres-no-answer",
                )
            time.sleep(0.1)

    def stop(self, *, only_if_idle: bool = False) -> bool:
        """Stop the server, ending open sessions; False when it was not running or, if asked, is in use."""
        if not self.home.exists():
            return False
        with self._locked():
            if self._postmaster() is None or (only_if_idle and self._is_in_use()):
                return False
            binaries = find_binaries(self._version())
            self._account.run(
                [binaries.path("pg_ctl"), "stop", "-m", "fast", "-w", "-s", "-D", str(self.pgdata)]
            )
            return True

    # -- making

    def _version(self) -> int | None:
        """Major version of the data, which only the same major version's binaries read."""
        file = self.pgdata / "PG_VERSION"
        return int(file.read_text()) if file.exists() else None

    def _create(self, binaries: Binaries) -> None:
        if (self.pgdata / "address-service.conf").exists():
            return
        self._make_reachable_home()
        shutil.rmtree(
            self.pgdata, ignore_errors=True
        )  # an initdb that was interrupted; it never held a register
        command = [binaries.path("initdb"), "-D", str(self.pgdata), "-U", ADMIN, "-A", "trust"]
        command += ["-E", "UTF8", "--locale=C.UTF-8", "--no-instructions"]
        self._account.run([*command, "--no-sync"] if self._scratch else command)
        with (self.pgdata / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write("\ninclude 'address-service.conf'\n")

    def _make_reachable_home(self) -> None:
        """Give the server's account a folder it can reach, elsewhere if DATA_DIR lies under a closed one."""
        if not self._account.is_other:
            return
        if self.pgdata.parent == self.home:
            os.chown(self.home, self._account.uid, self._account.gid)
            if self._may_enter(self.home):
                return
            _ROOT_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
            # A fresh name each time, so that a new DATA_DIR at an old path never meets another register's data.
            place = Path(tempfile.mkdtemp(prefix="postgres-", dir=_ROOT_HOME))
            (self.home / "location").write_text(f"{place}\n")
        os.chown(self.pgdata.parent, self._account.uid, self._account.gid)
        if not self._may_enter(self.pgdata.parent):
            raise NotReady(
                f"账户 {self._account.name} 无法进入 {self.pgdata.parent}。请把 DATA_DIR 设到它能进入的目录，"
                "例如 /var/lib/address-service。",
                code="data-dir-unreachable",
            )

    def _may_enter(self, directory: Path) -> bool:
        return (
            self._account.attempt(["test", "-w", str(directory), "-a", "-x", str(directory)]).returncode == 0
        )

    def _place_socket(self) -> None:
        """Choose the socket's directory and make it, mode 0700."""
        recorded = self.home / "socket"
        directory = self.pgdata.parent / "run"
        if len(os.fsencode(directory / _SOCKET_NAME)) <= _SOCKET_LIMIT:
            recorded.unlink(missing_ok=True)
            directory.mkdir(mode=0o700, exist_ok=True)
        elif not (recorded.exists() and self._is_ours(self.socket_dir)):
            directory = Path(tempfile.mkdtemp(prefix="address-service-", dir=_runtime_dir(self._account)))
            recorded.write_text(f"{directory}\n")
        else:
            directory = self.socket_dir
        directory.chmod(0o700)
        if self._account.is_other:
            os.chown(directory, self._account.uid, self._account.gid)

    def _is_ours(self, directory: Path) -> bool:
        """A recorded directory may be gone, or somebody else's, after a restart emptied /tmp."""
        return (
            directory.is_dir() and not directory.is_symlink() and directory.stat().st_uid == self._account.uid
        )

    def _write_settings(self) -> None:
        settings = _SETTINGS | {"unix_socket_directories": str(self.socket_dir)}
        if self._scratch:
            settings |= _SCRATCH_SETTINGS
        quoted = {key: value.replace("'", "''") for key, value in settings.items()}
        lines = [f"{key} = '{value}'" for key, value in quoted.items()]
        file = self.pgdata / "address-service.conf"
        file.write_text("# 由 address-service 在每次启动时写入\n" + "\n".join(lines) + "\n", encoding="utf-8")
        if self._account.is_other:
            os.chown(file, self._account.uid, self._account.gid)

    # -- running

    def _recorded_pid(self) -> int | None:
        try:
            return int((self.pgdata / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None

    def _processes(self) -> set[int]:
        """Processes whose working directory is PGDATA: the server and its children, and nothing else."""
        found, pgdata = set(), self.pgdata.resolve()
        for link in Path("/proc").glob("[0-9]*/cwd"):
            try:
                if link.readlink() == pgdata:
                    found.add(int(link.parent.name))
            except OSError:  # gone meanwhile, or another user's
                continue
        return found

    def _postmaster(self) -> int | None:
        pid = self._recorded_pid()
        return pid if pid is not None and pid in self._processes() else None

    def _clear_stale_files(self) -> None:
        """Remove the pid files of a dead server, which another process's number can make look alive.

        Never while a child of the dead server lives on: the pid file is what keeps a second server off the data.
        """
        end = time.monotonic() + _WAIT_S
        while self._processes():
            if time.monotonic() > end:
                raise NotReady(
                    f"上次的数据库进程仍未退出（{self.pgdata}）。请稍候再试，或重启机器。",
                    code="postgres-still-stopping",
                )
            time.sleep(0.1)
        (self.pgdata / "postmaster.pid").unlink(missing_ok=True)
        for name in (_SOCKET_NAME, f"{_SOCKET_NAME}.lock"):
            (self.socket_dir / name).unlink(missing_ok=True)

    def _launch(self, binaries: Binaries) -> None:
        log = self.pgdata.parent / "server.log"
        command = [binaries.path("pg_ctl"), "start", "-w", "-t", str(int(_WAIT_S)), "-s"]
        try:
            self._account.run([*command, "-D", str(self.pgdata), "-l", str(log)])
        except NotReady as error:
            tail = log.read_text(errors="replace").splitlines()[-5:] if log.exists() else []
            raise NotReady(
                f"数据库未能启动，日志在 {log}：\n" + "\n".join(tail), code="postgres-start-failed"
            ) from error

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url(ADMIN, "postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _is_in_use(self) -> bool:
        with psycopg.connect(self.url(ADMIN, "postgres")) as conn:
            query = (
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
            return conn.execute(query).fetchone() != (0,)

    # -- the operating system

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = (self.home / "lock").open("w")
        except PermissionError as error:
            raise NotReady(
                f"无权使用 {self.home}：它属于另一个账户。请用创建它的账户运行，或另设 DATA_DIR。",
                code="data-dir-not-ours",
            ) from error
        with file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _runtime_dir(account: Account) -> str:
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    usable = runtime and not account.is_other and len(runtime) < 50 and os.access(runtime, os.W_OK)
    return runtime if usable else "/tmp"  # noqa: S108 - mkdtemp makes a private directory inside
