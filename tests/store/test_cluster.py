"""The private cluster starts, is reused, stops, and survives what machines do to it."""

import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from address_service.errors import NotReady
from address_service.store import postgres
from address_service.store.cluster import ADMIN, Cluster


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A DATA_DIR of its own, whose cluster is stopped at the end."""
    home = Path(tempfile.mkdtemp(prefix="as-"))
    home.chmod(0o755)
    yield home / "data"
    for folder in home.glob("**/postgres"):
        cluster = Cluster(folder.parent, scratch=True)
        cluster.stop()
        if not cluster.socket_dir.is_relative_to(home):
            shutil.rmtree(cluster.socket_dir, ignore_errors=True)
    shutil.rmtree(home)


def answer(cluster: Cluster, query: str = "SELECT 1") -> object:
    with psycopg.connect(cluster.url(ADMIN, "postgres")) as conn:
        row = conn.execute(query.encode()).fetchone()
        return row[0] if row else None


def remember(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url(ADMIN, "postgres")) as conn:
        conn.execute("CREATE TABLE kept AS SELECT 42 AS value")


def postmaster(cluster: Cluster) -> int:
    return int((cluster.pgdata / "postmaster.pid").read_text().split("\n")[0])


def test_it_is_made_started_reused_and_stopped(data_dir: Path) -> None:
    cluster = Cluster(data_dir, scratch=True)

    assert cluster.start() is True
    assert cluster.start() is False
    assert answer(cluster) == 1
    assert cluster.stop() is True
    assert cluster.stop() is False
    assert not cluster.is_running()


def test_data_outlive_a_restart(data_dir: Path) -> None:
    cluster = Cluster(data_dir, scratch=True)
    cluster.start()
    remember(cluster)
    cluster.stop()

    Cluster(data_dir, scratch=True).start()

    assert answer(cluster, "SELECT value FROM kept") == 42


def test_it_has_no_network_and_keeps_han_text(data_dir: Path) -> None:
    cluster = Cluster(data_dir, scratch=True)
    cluster.start()

    assert answer(cluster, "SHOW listen_addresses") == ""
    assert answer(cluster, "SHOW server_encoding") == "UTF8"
    assert answer(cluster, "SELECT datctype FROM pg_database WHERE datname = 'postgres'") == "C.UTF-8"
    assert cluster.socket_dir.stat().st_mode & 0o077 == 0


def test_a_cluster_that_is_no_scratch_never_gives_up_durability(data_dir: Path) -> None:
    cluster = Cluster(data_dir)
    cluster.start()

    assert [answer(cluster, f"SHOW {name}") for name in ("fsync", "synchronous_commit")] == ["on", "on"]


def test_a_killed_server_is_started_again(data_dir: Path) -> None:
    cluster = Cluster(data_dir, scratch=True)
    cluster.start()
    remember(cluster)
    os.kill(postmaster(cluster), signal.SIGKILL)

    assert cluster.start() is True

    assert answer(cluster, "SELECT value FROM kept") == 42


def test_a_pid_file_that_names_another_living_process_is_stale(data_dir: Path) -> None:
    cluster = Cluster(data_dir, scratch=True)
    cluster.start()
    pid_file = cluster.pgdata / "postmaster.pid"
    lines = pid_file.read_text().split("\n")
    cluster.stop()
    account = postgres.server_account()
    # Of the server's own account: only then does PostgreSQL itself take the number for its own.
    other = subprocess.Popen(["sleep", "60"], user=account.uid)
    try:
        pid_file.write_text("\n".join([str(other.pid), *lines[1:]]))

        assert not cluster.is_running()
        assert cluster.start() is True
        assert answer(cluster) == 1
    finally:
        other.kill()
        other.wait()


def test_two_starts_at_once_make_one_server(data_dir: Path) -> None:
    started: list[bool] = []
    threads = [
        threading.Thread(target=lambda: started.append(Cluster(data_dir, scratch=True).start()))
        for _ in range(4)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(started) == [False, False, False, True]


def test_an_interrupted_initdb_is_made_anew(data_dir: Path) -> None:
    cluster = Cluster(data_dir, scratch=True)
    cluster.pgdata.mkdir(parents=True)
    (cluster.pgdata / "PG_VERSION").write_text("15\n")

    cluster.start()

    assert answer(cluster) == 1


def test_a_long_path_with_han_and_quotes_gets_its_socket_elsewhere(data_dir: Path) -> None:
    deep = data_dir / "平江县童市镇地名地址管理服务" / "it's a folder" / ("长" * 20)
    deep.mkdir(parents=True)
    cluster = Cluster(deep, scratch=True)

    cluster.start()

    assert answer(cluster) == 1
    assert not cluster.socket_dir.is_relative_to(deep)
    cluster.stop()
    shutil.rmtree(cluster.socket_dir)  # as a reboot does to /tmp
    cluster.start()
    assert answer(cluster) == 1


def test_an_idle_stop_leaves_a_server_that_somebody_uses(data_dir: Path) -> None:
    cluster = Cluster(data_dir, scratch=True)
    cluster.start()

    with psycopg.connect(cluster.url(ADMIN, "postgres")):
        assert cluster.stop(only_if_idle=True) is False
    assert cluster.stop(only_if_idle=True) is True


@pytest.mark.skipif(os.getuid() != 0, reason="only root's server runs as another account")
def test_under_a_folder_closed_to_the_server_the_data_go_elsewhere(data_dir: Path) -> None:
    data_dir.mkdir(mode=0o700)
    cluster = Cluster(data_dir, scratch=True)

    cluster.start()

    place = cluster.pgdata.parent
    assert answer(cluster) == 1
    assert not place.is_relative_to(data_dir)
    cluster.stop()
    shutil.rmtree(place)


def test_missing_programs_name_the_cure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(postgres, "_DEBIAN", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(NotReady, match="script/setup"):
        postgres.find_binaries()


def test_data_of_another_major_version_are_not_touched(data_dir: Path) -> None:
    with pytest.raises(NotReady, match="PostgreSQL 99"):
        postgres.find_binaries(99)
