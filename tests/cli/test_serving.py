"""`serve` answers with several processes, runs a worker beside them, and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import psycopg
import pytest

from address_service.bench.numbered_county import CLERK, load_places
from address_service.services.open_account import issue_api_key
from address_service.store.engine import Database
from address_service.store.work import unit_of_work

HOUSES = 60
CopyDatabase = Callable[[], AbstractContextManager[Database]]
COMMAND = [sys.executable, "-m", "address_service.cli"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def settings_of(database: Database, folder: Path, port: int) -> dict[str, str]:
    """A register whose county is set up, and how a service finds it."""
    with psycopg.connect(database.app_url) as conn:
        conn.execute(
            "INSERT INTO county (county_code, name, prefecture_name, province_name, postcode)"
            " VALUES ('430626', '平江县', '岳阳市', '湖南省', '414500')"
        )
    urls = {"DATABASE_URL": database.app_url, "READ_DATABASE_URL": database.read_url}
    here = {"DATA_DIR": str(folder), "TMPDIR": str(folder), "PORT": str(port), "PROCESSES": "2"}
    return os.environ | urls | here


@contextmanager
def started(settings: dict[str, str]) -> Iterator["subprocess.Popen[str]"]:
    """A service that says that it answers."""
    with subprocess.Popen(
        [*COMMAND, "serve"], env=settings, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        timer = threading.Timer(180, process.kill)
        timer.start()
        assert process.stdout is not None
        assert process.stdout.readline().startswith("服务已启动：http://127.0.0.1:")
        timer.cancel()
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def settings(database: Database, tmp_path: Path, port: int) -> dict[str, str]:
    return settings_of(database, tmp_path, port)


@pytest.fixture
def server(settings: dict[str, str]) -> Iterator["subprocess.Popen[str]"]:
    """A service to be ended."""
    with started(settings) as process:
        yield process


@dataclass(frozen=True)
class Standing:
    """A service that several tests ask, each about its own doings."""

    pid: int
    port: int
    database: Database


@pytest.fixture(scope="module")
def standing(copy_database: CopyDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    port = free_port()
    with ExitStack() as stack:
        database = stack.enter_context(copy_database())
        process = stack.enter_context(started(settings_of(database, tmp_path_factory.mktemp("data"), port)))
        yield Standing(process.pid, port, database)


def children(pid: int, having: str = "") -> list[int]:
    """Children of a process whose command line has a word in it."""
    found = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [child for child in found if having in command_line(child)]


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except FileNotFoundError:
        return ""


def serving(pid: int) -> list[int]:
    return children(pid, "spawn_main")


def wait_until_gone(pids: list[int]) -> bool:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if not any(Path(f"/proc/{pid}/exe").exists() for pid in pids):
            return True
        time.sleep(0.1)
    return False


def ask_health(port: int, times: int) -> None:
    """Each time on a connection of its own, which any of the processes may take."""
    for _ in range(times):
        assert httpx.get(f"http://127.0.0.1:{port}/health", timeout=120).status_code == 200


def count_of_health(port: int) -> float:
    figures = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=30).text
    name = 'address_service_requests_total{method="GET",route="/health",status="2xx"} '
    return next((float(line[len(name) :]) for line in figures.splitlines() if line.startswith(name)), 0)


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_it_answers_and_ends_with_all_its_processes(
    server: "subprocess.Popen[str]", port: int, end: signal.Signals
) -> None:
    family = children(server.pid)
    kinds = len(serving(server.pid)), len(children(server.pid, "address_service.cli work"))

    ask_health(port, 1)
    server.send_signal(end)

    assert server.wait(60) == 0
    assert kinds == (2, 1)
    assert wait_until_gone(family)


def test_all_its_processes_end_when_it_is_killed(server: "subprocess.Popen[str]") -> None:
    family = children(server.pid)

    server.kill()

    assert wait_until_gone(family)


def test_each_process_answers_and_any_tells_the_figures_of_all(standing: Standing) -> None:
    one, other = serving(standing.pid)
    before = count_of_health(standing.port)

    os.kill(one, signal.SIGSTOP)  # what comes now, the other one answers
    ask_health(standing.port, 5)
    os.kill(one, signal.SIGCONT)
    os.kill(other, signal.SIGSTOP)
    ask_health(standing.port, 7)
    told_by_one = count_of_health(standing.port)
    os.kill(other, signal.SIGCONT)

    assert told_by_one - before == 12


def test_a_process_that_died_is_replaced_and_its_figures_stay(standing: Standing) -> None:
    before, counted = serving(standing.pid), count_of_health(standing.port)
    ask_health(standing.port, 20)

    for pid in before:
        os.kill(pid, signal.SIGKILL)
    assert wait_until_gone(before)
    ask_health(standing.port, 1)  # waits in the listener's queue until somebody answers again

    assert count_of_health(standing.port) - counted == 21
    assert len(serving(standing.pid)) == 2
    assert not set(before) & set(serving(standing.pid))


def test_two_processes_never_give_a_number_of_one_street_twice(standing: Standing) -> None:
    with psycopg.connect(standing.database.owner_url) as conn:
        conn.execute("DELETE FROM county")  # the street brings its own
    street = load_places(standing.database.owner_url, HOUSES)[0]
    with unit_of_work(standing.database.engine, CLERK, datetime.now(UTC)) as work:
        key = issue_api_key(work, CLERK, "试验", 1).secret
    with psycopg.connect(standing.database.owner_url) as conn:
        houses = [str(row[0]) for row in conn.execute("SELECT id FROM building ORDER BY md5(building_code)")]
    given: list[tuple[int, int]] = []

    def issue(line: httpx.Client, mine: list[str]) -> None:
        for house in mine:
            answer = line.post(f"/api/v1/places/{street}/doors", json={"building_id": house})
            assert answer.status_code == 201, answer.text
            given.append((answer.json()["taken"]["main"], answer.json()["taken"]["sub"]))

    with ExitStack() as stack:
        lines = [
            stack.enter_context(line_to(pid, standing.pid, standing.port, key))
            for pid in serving(standing.pid)
        ]
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(issue, lines, [houses[::2], houses[1::2]]))

    assert len(given) == HOUSES
    assert len(set(given)) == HOUSES


@contextmanager
def line_to(pid: int, supervisor: int, port: int, key: str) -> Iterator[httpx.Client]:
    """A connection that one process has taken and answers from then on."""
    others = [other for other in serving(supervisor) if other != pid]
    for other in others:
        os.kill(other, signal.SIGSTOP)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"X-API-Key": key}, timeout=60) as line:
        assert line.get("/health").status_code == 200
        for other in others:
            os.kill(other, signal.SIGCONT)
        yield line


def test_a_database_with_too_few_connections_is_said(settings: dict[str, str]) -> None:
    done = subprocess.run(
        [*COMMAND, "serve", "--processes", "40"],
        env=settings,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )

    assert done.returncode == 7
    assert "PROCESSES" in done.stderr


def test_a_port_in_use_is_said(settings: dict[str, str], port: int) -> None:
    with socket.create_server(("127.0.0.1", port)):
        done = subprocess.run(
            [*COMMAND, "serve"], env=settings, capture_output=True, text=True, check=False, timeout=180
        )

    assert done.returncode == 7
    assert "另设 PORT" in done.stderr


def test_a_county_that_is_not_set_up_is_said_once(settings: dict[str, str]) -> None:
    done = subprocess.run(
        [*COMMAND, "serve"],
        env=settings | {"COUNTY_CODE": "430624"},
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )

    assert done.returncode == 7
    assert done.stderr.count("尚未设置") == 1


def test_a_database_that_is_not_migrated_is_said(settings: dict[str, str], database: Database) -> None:
    with psycopg.connect(database.owner_url) as conn:
        conn.execute("UPDATE public.schema_version SET version_num = '0001'")

    done = subprocess.run(
        [*COMMAND, "serve"], env=settings, capture_output=True, text=True, check=False, timeout=180
    )

    assert done.returncode == 7
    assert "db migrate" in done.stderr
