"""`db` as a user types it, each in a process of its own, against a private cluster of its own."""

import hashlib
import json
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
from address_service.store.ids import new_id
from address_service.store.keys import KeyRing, KeySource
from address_service.store.seal import Seal

ROOT = Path(__file__).parents[2]
COUNTY = (
    "INSERT INTO county (county_code, name, prefecture_name, province_name, postcode)"
    " VALUES ('430626', '平江县', '岳阳市', '湖南省', '414500')"
)
Run = Callable[..., "subprocess.CompletedProcess[str]"]


def execute(command: list[str], settings: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    keep = {key: value for key, value in os.environ.items() if not key.endswith(("DATABASE_URL", "KEY_DIR"))}
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


@pytest.fixture(scope="module")
def migrated() -> Iterator[Path]:
    """A data folder whose cluster was started, migrated and stopped by the commands; only copies of it are run."""
    folder = Path(tempfile.mkdtemp(prefix="as-"))
    folder.chmod(0o755)
    made = execute(["address-service", "db", "migrate"], {"DATA_DIR": str(folder / "data")})
    assert made.returncode == 0, made.stderr
    yield folder / "data"
    shutil.rmtree(folder)


@pytest.fixture
def register(home: Path, migrated: Path) -> Path:
    """A copy of it as the data folder of `home`."""
    subprocess.run(["cp", "-a", str(migrated), str(home / "data")], check=True)
    return home / "data"


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


def test_a_backup_is_restored_into_an_empty_cluster_only(home: Path, register: Path, run: Run) -> None:
    run("db", "start")
    with psycopg.connect(Cluster(home / "data").url(schema.APP)) as conn:
        conn.execute(COUNTY)
    (home / "data" / "uploads").mkdir()
    (home / "data" / "uploads" / "1.gpkg").write_bytes(b"layer")
    (home / "data" / "notes.txt").write_bytes(b"somebody's")
    backup = home / "backup"

    made = run("db", "backup", str(backup))
    assert made.returncode == 0, made.stderr
    assert backup.stat().st_mode & 0o077 == 0
    assert "未备份：notes.txt\n" in made.stdout
    assert run("db", "backup", str(backup)).returncode == 5
    assert run("db", "restore", str(backup)).returncode == 5

    digest = hashlib.sha256((backup / "manifest.json").read_bytes()).hexdigest()
    assert digest in made.stdout
    assert run("db", "restore", str(backup), "--digest", "0" * 64, data="other").returncode == 3
    assert not (home / "other").exists()

    restored = run("db", "restore", str(backup), "--digest", digest, data="other")
    assert restored.returncode == 0, restored.stderr
    assert "1 个文件与清单一致" in restored.stdout
    assert (home / "other" / "uploads" / "1.gpkg").read_bytes() == b"layer"
    assert run("db", "check", data="other").returncode == 0
    run("db", "start", data="other")
    with psycopg.connect(Cluster(home / "other").url(schema.APP)) as conn:
        assert conn.execute("SELECT name FROM county").fetchall() == [("平江县",)]


def test_a_drill_restores_and_compares_and_leaves_nothing_behind(
    home: Path, register: Path, run: Run
) -> None:
    run("db", "start")
    with psycopg.connect(Cluster(home / "data").url(schema.APP)) as conn:
        conn.execute(COUNTY)
    scratch = home / "scratch"
    scratch.mkdir(mode=0o755)
    elsewhere = set(Path("/var/lib/address-service").glob("postgres-*"))

    done = run("db", "drill", "--scratch", str(scratch), "--json")

    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert (figures["result"], figures["revision"], figures["upgraded_to"]) == (
        "ok",
        schema.head(),
        schema.head(),
    )
    assert figures["rows"] > 1
    assert list(scratch.iterdir()) == []
    assert set(Path("/var/lib/address-service").glob("postgres-*")) <= elsewhere


def test_a_drill_of_a_harmed_backup_fails_and_says_what_is_harmed(
    home: Path, register: Path, run: Run
) -> None:
    backup = home / "backup"
    run("db", "backup", str(backup))
    with (backup / "database.dump").open("ab") as dump:
        dump.write(b"x")

    done = run("db", "drill", "--from", str(backup), "--scratch", str(home))

    assert done.returncode == 3
    assert "database.dump 应为" in done.stderr
    assert [entry.name for entry in home.iterdir() if entry.name.startswith("as-drill")] == []


def test_a_restore_without_its_keys_fails_by_their_ids_and_is_whole_once_they_are_back(
    home: Path, register: Path, run: Run
) -> None:
    run("db", "start")
    run("keys", "create")
    (sealed_by,) = (home / "data" / "keys").glob("seal.*.key")
    with psycopg.connect(Cluster(home / "data").url(schema.OWNER)) as conn:
        conn.execute(COUNTY)
        seal_a_person(conn, KeyRing(KeySource(home / "data" / "keys")))
    run("db", "backup", str(home / "backup"))

    without = run("db", "restore", str(home / "backup"), data="other")
    (home / "other" / "keys").mkdir(mode=0o700)
    assert run("keys", "export", str(home / "backup" / "keys")).returncode == 3
    assert run("keys", "export", str(home / "other" / "keys")).returncode == 0
    with_keys = run("db", "check", data="other")

    assert without.returncode == 7
    assert "与清单一致" in without.stdout
    assert f"seal {sealed_by.name.split('.')[1]}" in without.stderr
    assert with_keys.returncode == 0, with_keys.stderr
    assert "密封数据可读" in with_keys.stdout


def test_sessions_and_keys_that_a_restore_brings_back_are_ended_or_named(
    home: Path, register: Path, run: Run
) -> None:
    run("db", "start")
    account, key = new_id(), new_id()
    with psycopg.connect(Cluster(home / "data").url(schema.OWNER)) as conn:
        conn.execute(COUNTY)
        conn.execute(
            "INSERT INTO account (county_code, id, name, role, division_code)"
            " VALUES ('430626', %s, '示例管理员', 'admin', '430626')",
            [account],
        )
        conn.execute(
            "INSERT INTO api_key (county_code, id, account_id, digest, label, expires_at)"
            " VALUES ('430626', %s, %s, sha256('key'), '示例机器', now() + interval '9 days')",
            [key, account],
        )
        conn.execute(
            "INSERT INTO session (county_code, id, account_id, key_id, digest, csrf_token, expires_at, opened_by)"
            " VALUES ('430626', %s, %s, NULL, sha256('token'), 'x', now() + interval '8 hours', 'password')",
            [new_id(), account],
        )
    run("db", "backup", str(home / "backup"))

    kept = run("db", "restore", str(home / "backup"), data="kept")
    ended = run("db", "restore", str(home / "backup"), "--revoke-keys", data="ended")

    assert kept.returncode == 0, kept.stderr
    assert "1 个登录会话已全部结束" in kept.stdout
    assert f"{key}  示例管理员  示例机器" in kept.stdout
    assert live_ones(home / "kept") == (0, 1)
    assert "1 个API密钥已全部吊销" in ended.stdout
    assert live_ones(home / "ended") == (0, 0)


def live_ones(data: Path) -> tuple[object, ...] | None:
    """How many sessions and keys are live."""
    cluster = Cluster(data)
    cluster.start()
    query = (
        "SELECT (SELECT count(*) FROM session WHERE revoked_at IS NULL),"
        " (SELECT count(*) FROM api_key WHERE revoked_at IS NULL)"
    )
    with psycopg.connect(cluster.url(schema.OWNER)) as conn:
        return conn.execute(query).fetchone()


def seal_a_person(conn: "psycopg.Connection[tuple[object, ...]]", ring: KeyRing) -> None:
    """An account, a village and one person, with no more around them than the constraints ask for."""
    person, village, account = new_id(), new_id(), new_id()
    seal = Seal(ring, "430626")
    key, payload = seal.seal_new("person", person, {"name": "示例人"})
    conn.execute(
        "INSERT INTO account (county_code, id, name, role, division_code)"
        " VALUES ('430626', %s, '甲', 'admin', '430626')",
        [account],
    )
    conn.execute("INSERT INTO division (county_code, id) VALUES ('430626', %s)", [village])
    conn.execute(
        "INSERT INTO person (county_code, id, village_id, stage, revision, row_key, key_id, payload, name_index,"
        " index_key_id, actor_id, created_at)"
        " VALUES ('430626', %s, %s, 'active', 1, %s, %s, %s, %s, %s, %s, now())",
        [
            person,
            village,
            key.wrapped,
            key.key_id,
            payload,
            seal.index("name", "示例人"),
            seal.current_ids()[1],
            account,
        ],
    )


def test_a_single_file_of_an_earlier_version_is_restored_and_upgraded(home: Path, run: Run) -> None:
    done = run("db", "restore", str(ROOT / "tests" / "upgrade" / "town_0011.dump"))

    assert done.returncode == 0, done.stderr
    assert "旧式的单文件备份" in done.stdout
    assert f"结构版本 {schema.head()}\n" in done.stdout
    assert run("db", "check").returncode == 0


def test_what_is_no_backup_is_refused(home: Path, run: Run) -> None:
    file = home / "register.dump"
    file.write_text("PGDMQ")

    assert run("db", "restore", str(file)).returncode == 3
    assert run("db", "restore", str(home)).returncode == 3
    assert run("db", "restore", str(home / "nowhere")).returncode == 3
    assert not (home / "data").exists()


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
