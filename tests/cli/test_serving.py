"""`serve` answers, runs a worker beside itself, and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from address_service.store.engine import Database

COMMAND = [sys.executable, "-m", "address_service.cli"]


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def settings(database: Database, tmp_path: Path, port: int) -> dict[str, str]:
    with psycopg.connect(database.app_url) as conn:
        conn.execute(
            "INSERT INTO county (county_code, name, prefecture_name, province_name, postcode)"
            " VALUES ('430626', '平江县', '岳阳市', '湖南省', '414500')"
        )
    urls = {"DATABASE_URL": database.app_url, "READ_DATABASE_URL": database.read_url}
    return os.environ | urls | {"DATA_DIR": str(tmp_path), "PORT": str(port)}


@pytest.fixture
def server(settings: dict[str, str]) -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        [*COMMAND, "serve"], env=settings, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        timer = threading.Timer(60, process.kill)
        timer.start()
        assert process.stdout is not None
        assert process.stdout.readline().startswith("服务已启动：http://127.0.0.1:")
        yield process
        timer.cancel()
        process.kill()


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def wait_until_gone(pids: list[int]) -> bool:
    end = time.monotonic() + 40
    while time.monotonic() < end:
        if not any(Path(f"/proc/{pid}/exe").exists() for pid in pids):
            return True
        time.sleep(0.1)
    return False


def test_it_answers_and_ends_with_its_worker_on_sigterm(server: "subprocess.Popen[str]", port: int) -> None:
    workers = children(server.pid)

    assert httpx.get(f"http://127.0.0.1:{port}/health").status_code == 200
    server.send_signal(signal.SIGTERM)

    assert server.wait(40) == 0
    assert len(workers) == 1
    assert wait_until_gone(workers)


def test_the_worker_ends_when_the_server_is_killed(server: "subprocess.Popen[str]") -> None:
    workers = children(server.pid)

    server.kill()

    assert wait_until_gone(workers)


def test_a_port_in_use_is_said(settings: dict[str, str], port: int) -> None:
    with socket.create_server(("127.0.0.1", port)):
        done = subprocess.run(
            [*COMMAND, "serve"], env=settings, capture_output=True, text=True, check=False, timeout=60
        )

    assert done.returncode == 7
    assert "另设 PORT" in done.stderr


def test_a_database_that_is_not_migrated_is_said(settings: dict[str, str], database: Database) -> None:
    with psycopg.connect(database.owner_url) as conn:
        conn.execute("UPDATE public.schema_version SET version_num = '0001'")

    done = subprocess.run(
        [*COMMAND, "serve"], env=settings, capture_output=True, text=True, check=False, timeout=60
    )

    assert done.returncode == 7
    assert "db migrate" in done.stderr
