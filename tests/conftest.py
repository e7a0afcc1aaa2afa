"""A private cluster per test process, one migrated template in it, a fresh copy of that for each test that asks."""

import gc
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import httpx
import hypothesis
import psycopg
import pytest
from argon2 import PasswordHasher
from sqlalchemy import Connection, text
from xdist.scheduler import LoadGroupScheduling  # type: ignore[import-untyped]

from address_service.edge import password_hashing
from address_service.model.accounts import Actor, Role
from address_service.settings import CryptoSuite, Settings
from address_service.store import schema
from address_service.store.audit import AuditTrail, with_trail
from address_service.store.cluster import ADMIN, DATABASE, Cluster
from address_service.store.engine import Database, make_engine
from address_service.store.ids import new_id
from address_service.store.keys import KeyRing, KeySource, Purpose, keep_key, make_key, ring_of

if TYPE_CHECKING:
    from address_service.store.work import Work

# No test is about time; a first call that loads a font or a busy machine is no fault.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

# One administrator does everything in most tests, as in the demo; those about 三员分立 say otherwise.
os.environ.setdefault("ADMINISTRATORS", "together")

COUNTY = "430626"
ROOT = Path(__file__).parents[1]

CopyDatabase = Callable[[], AbstractContextManager[Database]]


@pytest.fixture(scope="session", autouse=True)
def key_folder() -> Iterator[Path]:
    """A folder with a key of each purpose, found by whatever runs in a test or is started by one."""
    folder = Path(tempfile.mkdtemp(prefix="as-keys-"))
    for purpose in Purpose:
        keep_key(folder, make_key(purpose, CryptoSuite.SM))
    os.environ["KEY_DIR"] = str(folder)
    yield folder
    del os.environ["KEY_DIR"]
    shutil.rmtree(folder)


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Passwords are hashed with the least that argon2 takes; what the service takes is a test of its own."""
    quick = partial(PasswordHasher, time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(password_hashing, "PasswordHasher", quick)
        patch.setattr(password_hashing, "_NOBODYS", quick().hash("nobody has this password"))
        yield


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A running cluster in a directory short enough for a unix socket."""
    home = Path(tempfile.mkdtemp(prefix="as-"))
    home.chmod(0o755)  # as root the server runs as another account, which passes through
    private = Cluster(home, scratch=True)
    private.start()
    yield private
    private.stop()
    shutil.rmtree(home)


@pytest.fixture(scope="session")
def template(cluster: Cluster) -> str:
    """The name of a migrated database that copies are made of; nobody connects to it."""
    schema.prepare_server(cluster.url(ADMIN, "postgres"), DATABASE)
    schema.upgrade(cluster.url(schema.OWNER))
    return DATABASE


@pytest.fixture(scope="session")
def copy_database(cluster: Cluster, template: str) -> CopyDatabase:
    """Make a `Database` for the length of a `with` block."""
    serial = count()

    @contextmanager
    def copy() -> Iterator[Database]:
        name = f"copy_{next(serial)}"
        with psycopg.connect(cluster.url(ADMIN, "postgres"), autocommit=True) as admin:
            admin.execute(
                f"CREATE DATABASE {name} TEMPLATE {template} OWNER {schema.OWNER} STRATEGY file_copy"
            )
            schema.grant_database(admin, name)
            app, owner, read = (cluster.url(role, name) for role in (schema.APP, schema.OWNER, schema.READ))
            engine = with_trail(make_engine(app), AuditTrail(ring_of(Settings(_env_file=None))))
            yield Database(app_url=app, owner_url=owner, read_url=read, engine=engine)
            engine.dispose()
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")

    return copy


@pytest.fixture
def database(copy_database: CopyDatabase) -> Iterator[Database]:
    """A fresh migrated database, empty of rows."""
    with copy_database() as made:
        yield made


@pytest.fixture(scope="session")
def shared_database(copy_database: CopyDatabase) -> Iterator[Database]:
    """One database for tests that roll back; nothing is ever committed to it."""
    with copy_database() as made:
        yield made


@pytest.fixture
def clock() -> datetime:
    """The moment at which every test happens."""
    return datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def add_county(conn: Connection) -> Actor:
    """The county of the sample town and its administrator."""
    actor = Actor(new_id(), "示例管理员", Role.ADMIN, COUNTY, COUNTY)
    conn.execute(
        text(
            "INSERT INTO county VALUES (:county, '平江县', '岳阳市', '湖南省', '414500', 4547, ST_Transform("
            "ST_MakeEnvelope(418600, 3142800, 514700, 3220700, 4547), 4490))"
        ),
        {"county": COUNTY},
    )
    conn.execute(
        text(
            "INSERT INTO account (county_code, id, name, role, division_code)"
            " VALUES (:county, :id, :name, 'admin', :scope)"
        ),
        {"county": COUNTY, "id": actor.account_id, "name": actor.name, "scope": COUNTY},
    )
    return actor


@pytest.fixture
def make_county() -> Callable[[Connection], Actor]:
    """Write the county into some other transaction."""
    return add_county


@pytest.fixture(scope="session")
def keys(key_folder: Path) -> KeyRing:
    """The ring of those keys."""
    return KeyRing(KeySource(key_folder))


@pytest.fixture
def work(shared_database: Database, clock: datetime, keys: KeyRing) -> Iterator["Work"]:
    """A unit of work in a county that exists, rolled back at the end."""
    from address_service.store.work import Work

    with shared_database.engine.connect() as conn, conn.begin() as transaction:
        yield Work(conn, add_county(conn), clock, keys)
        transaction.rollback()


@dataclass(frozen=True, slots=True)
class DemoServer:
    """A running service with the sample town: its address, the administrator's key, its data."""

    url: str
    api_key: str
    data_dir: Path


@pytest.fixture(scope="session")
def demo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoServer]:
    """The sample town loaded by the demo's own script and served by the real program, its worker included."""
    data_dir = Path(tempfile.mkdtemp(prefix="as-demo-"))
    data_dir.chmod(0o755)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    env = {
        **os.environ,
        "DATA_DIR": str(data_dir),
        "PORT": str(port),
        "PUBLIC_URL": url,
        "MAP_ACCESS": "open",
    }
    program = [sys.executable, "-m", "address_service.cli"]
    log = (tmp_path_factory.mktemp("demo") / "serve.log").open("wb")

    def run(*command: str) -> str:
        done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
        return done.stdout

    run(*program, "db", "start")
    run(*program, "keys", "create")
    server = None
    try:
        run(*program, "db", "migrate")
        run("script/load-sample-town")
        key = run(*program, "user", "key", "示例管理员").strip()
        server = subprocess.Popen([*program, "serve"], env=env, cwd=ROOT, stdout=log, stderr=log)
        _await_health(url, server)
        yield DemoServer(url, key, data_dir)
    finally:
        if server is not None:
            server.terminate()
            server.wait(60)
        log.close()
        run(*program, "db", "stop")
        shutil.rmtree(data_dir)


def _await_health(url: str, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        assert server.poll() is None, "the service ended at once"
        try:
            if httpx.get(f"{url}/health", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the service does not answer")


def pytest_collection_finish() -> None:
    """Thousands of tests stay to the end; the collector of garbage need not look at them again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


class ByFile(LoadGroupScheduling):  # type: ignore[misc]  # xdist has no types
    """All tests of a file go to one worker, which makes what they share once; the sample town's come first."""

    def _split_scope(self, nodeid: str) -> str:
        scope = super()._split_scope(nodeid)
        return scope if scope == "demo" else nodeid.split("::")[0]

    def _assign_work_unit(self, node: Any) -> None:
        if "demo" in self.workqueue:
            self.workqueue.move_to_end("demo", last=False)
        super()._assign_work_unit(node)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile | None:
    """How `--dist loadgroup` deals out tests here."""
    return ByFile(config, log) if config.getoption("dist") == "loadgroup" else None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Generator[None]:
    """All tests of the sample town go to one worker, which loads it once.

    Those that hold it against what was loaded come before those that work in it, whatever order the rest is in.
    """
    for item in items:
        if _is_in_town(item):
            item.add_marker(pytest.mark.xdist_group("demo"))
    yield
    if config.getoption("loadgroup", default=False):
        assert all(item.nodeid.endswith("@demo") for item in items if _is_in_town(item)), (
            "pytest-xdist no longer groups tests, and each worker would load the sample town"
        )
    items.sort(key=lambda item: _is_in_town(item) and item.path.parent.name != "demo")


def _is_in_town(item: pytest.Item) -> bool:
    return "demo_server" in getattr(item, "fixturenames", ())
