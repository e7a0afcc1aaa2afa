"""`db` as a user types it, each in a process of its own, against a private cluster of its own."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from address_service.store import schema
from address_service.store.cluster import ADMIN, Cluster

ROOT = Path(__file__).parents[2]
Run = Callable[..., "subprocess.CompletedProcess[str]"]


def execute(command: list[str], settings: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    keep = {key: value for key, value in os.environ.items() if not key.endswith("DATABASE_URL")}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(
        command, env=keep | {"PATH": path} | settings, capture_output=True, text=True, check=False, cwd="/"
    )


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="as-"))
    folder.chmod(0o755)
    yield folder
    for cluster in folder.glob("*/postgres"):
        Cluster(cluster.parent).stop()
    shutil.rmtree(folder)


@pytest.fixture
def run(home: Path) -> Run:
    def command(*arguments: str, data: str = "data") -> "subprocess.CompletedProcess[str]":
        return execute(["address-service", *arguments], {"DATA_DIR": str(home / data)})

    return command


def test_start_migrate_check_stop(home: Path, run: Run) -> None:
    assert str(home / "data" / "postgres" / "data") in run("db", "start").stdout
    assert run("db", "start").stdout.startswith("数据库正在运行")
    assert run("db", "check").returncode == 7
    assert run("db", "migrate").stdout == f"结构版本 {schema.head()}\n"
    assert run("db", "check").returncode == 0
    assert run("db", "stop").stdout == "数据库已停止\n"
    assert run("db", "stop").stdout == "数据库没有在运行\n"


def test_a_server_that_a_command_started_ends_with_it(home: Path, run: Run) -> None:
    run("db", "migrate")

    assert not Cluster(home / "data").is_running()


def test_a_backup_is_restored_into_an_empty_cluster_only(home: Path, run: Run) -> None:
    run("db", "start")
    run("db", "migrate")
    with psycopg.connect(Cluster(home / "data").url(schema.APP)) as conn:
        conn.execute(
            "INSERT INTO county (county_code, name, prefecture_name, province_name, postcode)"
            " VALUES ('430626', '平江县', '岳阳市', '湖南省', '414500')"
        )
    dump = home / "register.dump"

    assert run("db", "backup", str(dump)).returncode == 0
    assert dump.stat().st_mode & 0o077 == 0
    assert run("db", "backup", str(dump)).returncode == 5
    assert run("db", "restore", str(dump)).returncode == 5

    run("db", "start", data="other")
    assert run("db", "restore", str(dump), data="other").returncode == 0
    with psycopg.connect(Cluster(home / "other").url(schema.APP)) as conn:
        assert conn.execute("SELECT name FROM county").fetchall() == [("平江县",)]
    assert run("db", "check", data="other").returncode == 0


def test_what_is_no_backup_is_refused(home: Path, run: Run) -> None:
    file = home / "register.dump"
    file.write_text("PGDMQ")

    assert run("db", "restore", str(file)).returncode == 3


def test_the_container_entrypoint_makes_roles_and_schema_as_it_stands(cluster: Cluster, home: Path) -> None:
    # A socket's folder is a host to libpq; so the script runs unchanged, passwords included.
    settings = {
        "DATABASE_HOST": str(cluster.socket_dir).replace("/", "%2F"),
        "DATABASE_NAME": "entry",
        "POSTGRES_PASSWORD": "p@ss/word: 口令",
        "OWNER_PASSWORD": "owner",
        "APP_PASSWORD": "app",
        "READ_PASSWORD": "read",
        "DATA_DIR": str(home),
    }

    done = execute([str(ROOT / "docker" / "entrypoint.sh"), "db", "check"], settings)

    assert done.returncode == 0, done.stderr
    assert f"结构版本 {schema.head()}" in done.stdout
    with psycopg.connect(cluster.url(ADMIN, "postgres")) as admin:
        rows = admin.execute("SELECT rolname FROM pg_authid WHERE rolpassword LIKE 'SCRAM%%'")
        assert set(schema.ROLES) <= {name for (name,) in rows}
        admin.commit()
        admin.autocommit = True
        admin.execute("DROP DATABASE entry WITH (FORCE)")
