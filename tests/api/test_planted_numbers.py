"""Names, numbers and phones that were entered stand in clear nowhere: files, dumps, logs, metrics, jobs."""

import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from fastapi.testclient import TestClient

from address_service.model.accounts import Role
from address_service.settings import Settings
from address_service.store.backup import back_up
from address_service.store.cluster import ADMIN, Cluster
from address_service.store.engine import Database

VILLAGE = "430626113208"
DIVISIONS = f"""统计用区划代码,民政区划代码,名称,城乡分类代码,生效日期
430626000000,430626,平江县,,2009-01-01
430626113000,430626113,童市镇,,2009-01-01
{VILLAGE},{VILLAGE},烟舟村,220,2009-01-01
"""
HOUSES = f"建筑编号,村代码,用途,层数,村民小组,经度,纬度\nB-1,{VILLAGE},住宅,2,12组,113.6,28.8\n"

CONTROL = "示例对照文字埋点"
"""Stands in clear on purpose: where this is not found the search itself would be broken."""

PLANTED = {
    "number": "430626197709131218",
    "changed number": "430626197709131234",
    "wrong number": "430626197709131217",
    "name": "欧阳埋点甲",
    "changed name": "欧阳埋点乙",
    "phone": "13977001234",
    "book": "H77001234X",
}


@pytest.fixture(scope="module")
def started() -> float:
    """Before anything of this module was written."""
    return time.time() - 1


@pytest.fixture(scope="module")
def log_lines() -> Iterator[list[str]]:
    """Everything that any logger said, traces included."""
    lines: list[str] = []

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    root, keeper = logging.getLogger(), Keeper(logging.DEBUG)
    level = root.level
    root.addHandler(keeper)
    root.setLevel(logging.DEBUG)
    yield lines
    root.setLevel(level)
    root.removeHandler(keeper)


@pytest.fixture(scope="module")
def used(started: float, log_lines: list[str], signed_in: Any, run_jobs: Callable[[], None]) -> TestClient:
    """The service after people were enrolled, changed, looked up, revealed and refused in every way."""
    clerk: TestClient = signed_in(Role.ADMIN)
    for layer, rows in (("divisions", DIVISIONS), ("buildings", HOUSES)):
        assert clerk.post(
            "/api/v1/jobs", data={"layer": layer}, files={"file": (f"{layer}.csv", rows)}
        ).is_success
        run_jobs()
    (place,) = clerk.get(f"/api/v1/places?village={VILLAGE}&kind=group").json()["items"]
    plan = clerk.post("/api/v1/numbering-plans", json={"place_id": place["id"]}).json()
    clerk.post(f"/api/v1/numbering-plans/{plan['id']}/commit")
    door = clerk.get(f"/api/v1/addresses?village={VILLAGE}").json()["items"][0]["code"]
    assert clerk.post("/api/v1/divisions", json={"code": "430626113299", "name": CONTROL}).status_code == 201
    member = {
        "name": PLANTED["name"],
        "id_no": PLANTED["number"],
        "phone": PLANTED["phone"],
        "relation": "02",
    }
    asked = {"kind": "family", "address_code": door, "book_no": PLANTED["book"], "members": [member]}
    once = {"Idempotency-Key": str(uuid4())}
    made = clerk.post("/api/v1/households", json=asked, headers=once)
    assert made.status_code == 201, made.text
    assert clerk.post("/api/v1/households", json=asked, headers=once).json() == made.json()
    _go_on(clerk, made.json()["person_ids"][0], asked)
    return clerk


def _go_on(clerk: TestClient, person: str, asked: dict[str, Any]) -> None:
    url = f"/api/v1/residents/{person}"
    change = {"name": PLANTED["changed name"], "id_no": PLANTED["changed number"]}
    key = {"If-Match": "1", "Idempotency-Key": str(uuid4())}
    assert clerk.patch(url, json=change, headers=key).json() == {"id": person, "revision": 2}
    shown = clerk.post(f"{url}/reveal", json={"purpose": "case", "reason": "核对户口簿"}).json()
    assert shown["id_no"] == PLANTED["changed number"]
    lookup = "/api/v1/residents/lookup"
    assert clerk.post(lookup, json={"id_no": PLANTED["changed number"]}).json()["items"] != []
    stated = {"If-Match": "2"}
    refused = [
        clerk.post(lookup, json={"id_no": PLANTED["wrong number"]}),
        clerk.post(lookup, json={PLANTED["number"]: PLANTED["name"]}),
        clerk.post("/api/v1/households", json=asked | {"kind": PLANTED["number"]}),
        clerk.post("/api/v1/households", json=asked | {"address_code": PLANTED["number"]}),
        clerk.post(f"{url}/reveal", json={"purpose": "case", "reason": f"查{PLANTED['number']}"}),
        clerk.post(
            f"{url}/end",
            json={"reason": "deceased", "document_no": PLANTED["number"]},
            headers=stated,
        ),
        clerk.post(f"{url}/move", json={"lives_at": "4" * 26, "relation": PLANTED["name"]}, headers=stated),
    ]
    assert all(answer.status_code in (404, 422) for answer in refused)
    assert planted_in(" ".join(answer.text for answer in refused).encode()) == set()


def planted_in(content: bytes) -> set[str]:
    """Which of the planted texts stand in bytes: as they are, as the hex of a dump, or in UTF-16."""
    found = set()
    for name, text in PLANTED.items():
        forms = (
            text.encode(),
            text.encode().hex().encode(),
            text.encode("utf-16-le"),
            text.encode("gb18030"),
        )
        if any(form in content for form in forms):
            found.add(name)
    return found


def test_the_search_would_find_a_planted_text() -> None:
    assert planted_in(b"x" + PLANTED["name"].encode() + b"y") == {"name"}
    assert planted_in(PLANTED["number"].encode().hex().encode()) == {"number"}


def test_no_file_of_the_database_holds_them(used: TestClient, cluster: Cluster, started: float) -> None:
    with psycopg.connect(cluster.url(ADMIN, "postgres"), autocommit=True) as admin:
        admin.execute("CHECKPOINT")
    files = [
        file
        for file in cluster.pgdata.parent.rglob("*")
        if file.is_file() and file.stat().st_mtime >= started
    ]

    contents = {file: file.read_bytes() for file in files}

    assert any(CONTROL.encode() in content for content in contents.values())
    assert {str(file): found for file, content in contents.items() if (found := planted_in(content))} == {}
    assert any("pg_wal" in str(file) for file in files)


def test_no_backup_holds_them(used: TestClient, api_database: Database, tmp_path: Path) -> None:
    dump = tmp_path / "register.dump"
    back_up(api_database.owner_url, dump)
    from address_service.store.postgres import find_binaries

    restored = tmp_path / "register.sql"
    import subprocess

    program = str(find_binaries(None).path("pg_restore"))
    subprocess.run([program, "-f", str(restored), str(dump)], check=True)
    plain = restored.read_bytes()

    assert CONTROL.encode() in plain
    assert b"COPY registry.person " in plain
    assert planted_in(plain) == set()


def test_no_log_line_holds_them(used: TestClient, log_lines: list[str]) -> None:
    assert log_lines != []
    assert planted_in("\n".join(log_lines).encode()) == set()


def test_no_metric_no_job_and_no_file_of_the_service_holds_them(
    used: TestClient, api_database: Database, settings: Settings
) -> None:
    with psycopg.connect(api_database.owner_url) as owner:
        jobs = owner.execute("SELECT row_to_json(j)::text FROM queue.procrastinate_jobs j").fetchall()
        kept = owner.execute("SELECT row_to_json(i)::text FROM registry.idempotency i").fetchall()
    files = [file.read_bytes() for file in settings.data_dir.rglob("*") if file.is_file()]

    assert len(jobs) > 0
    assert len(kept) >= 2
    assert planted_in(used.get("/metrics").content) == set()
    assert planted_in(str(jobs + kept).encode()) == set()
    assert planted_in(b"".join(files)) == set()


def test_an_uploaded_list_leaves_no_clear_copy_behind(
    used: TestClient, settings: Settings, run_jobs: Callable[[], None], api_database: Database
) -> None:
    door = used.get(f"/api/v1/addresses?village={VILLAGE}").json()["items"][0]["code"]
    rows = (
        f"户号,与户主关系,姓名,公民身份号码,户籍地址\nK9,户主,{PLANTED['name']},{PLANTED['number']},{door}\n"
    )
    rows += f"K9,配偶,{PLANTED['changed name']},{PLANTED['wrong number']},{door}\n"

    sent = used.post(
        "/api/v1/jobs", data={"layer": "residents"}, files={"file": (f"{PLANTED['name']}.csv", rows)}
    )
    waiting = [file.read_bytes() for file in settings.data_dir.rglob("*") if file.is_file()]
    run_jobs()

    job = used.get(f"/api/v1/jobs/{sent.json()['id']}").json()
    assert (sent.status_code, job["stage"], job["accepted"], job["rejected"]) == (202, "done", 1, 1), job
    assert planted_in(b"".join(waiting)) == set()
    assert planted_in(b"".join(f.read_bytes() for f in settings.data_dir.rglob("*") if f.is_file())) == set()
    assert planted_in(used.get(f"/api/v1/jobs/{job['id']}/rejects").content) == set()
    with psycopg.connect(api_database.owner_url) as owner:
        runs = owner.execute("SELECT row_to_json(i)::text FROM registry.import_run i").fetchall()
        jobs = owner.execute("SELECT row_to_json(j)::text FROM queue.procrastinate_jobs j").fetchall()
    assert planted_in(str(runs + jobs).encode()) == set()


def test_an_extract_leaves_no_clear_copy_behind(
    used: TestClient,
    settings: Settings,
    run_jobs: Callable[[], None],
    api_database: Database,
    log_lines: list[str],
    tmp_path: Path,
) -> None:
    door = used.get(f"/api/v1/addresses?village={VILLAGE}").json()["items"][0]["full_text"]
    rows = f"户号,姓名,公民身份号码,原地址\n{PLANTED['book']},{PLANTED['name']},{PLANTED['number']},{door}\n"
    rows += f"K9,{PLANTED['changed name']},{PLANTED['wrong number']},{door}{PLANTED['phone']}\n"

    sent = used.post(
        "/api/v1/reconciliations",
        data={"division": "430626"},
        files={"file": (f"{PLANTED['name']}.csv", rows.encode("gb18030"))},
    )
    waiting = b"".join(f.read_bytes() for f in settings.data_dir.rglob("*") if f.is_file())
    run_jobs()

    url = f"/api/v1/reconciliations/{sent.json()['id']}"
    shown = [used.get(f"{url}{part}") for part in ("", "/rows", "/rejects")]
    first = shown[1].json()["items"][0]
    decided = used.post(
        f"/api/v1/reconciliations/rows/{first['id']}/decision",
        json={"decision": "park"},
        headers={"If-Match": str(first["revision"])},
    )
    asked = {"purpose": "case", "reason": "核对底册", "format": "csv"}
    exported = used.post(f"{url}/export", json=asked)
    assert (sent.status_code, shown[0].json()["stage"], decided.status_code) == (202, "done", 200)
    assert planted_in(exported.content) >= {"name", "changed name", "number", "book"}
    assert planted_in(waiting) == set()
    assert planted_in(b"".join(f.read_bytes() for f in settings.data_dir.rglob("*") if f.is_file())) == set()
    # The text of the second row is shown with what its sender wrote into it; nothing else of a person is.
    assert planted_in("".join(one.text for one in (*shown, decided)).encode()) == {"phone"}
    with psycopg.connect(api_database.owner_url) as owner:
        tables = ("extract", "extract_row", "extract_reject", "extract_decision", "audit_line")
        kept = [
            owner.execute(f"SELECT row_to_json(t)::text FROM registry.{name} t").fetchall() for name in tables
        ]
        jobs = owner.execute("SELECT row_to_json(j)::text FROM queue.procrastinate_jobs j").fetchall()
    assert all(kept)
    assert planted_in(str((kept, jobs)).encode()) == set()
    dump = tmp_path / "register.dump"
    back_up(api_database.owner_url, dump)
    assert planted_in(dump.read_bytes()) == set()
    assert planted_in("\n".join(log_lines).encode()) == set()
