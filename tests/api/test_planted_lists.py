"""Lists sent to the real service leave no clear name or number: in jobs, rejects, files, log, backup or audit."""

import io
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import psycopg
import pytest

from address_service.model.accounts import Role
from address_service.settings import Settings
from address_service.store.engine import Database
from address_service.store.postgres import find_binaries
from tests.api.test_planted_numbers import CONTROL, DIVISIONS, HOUSES, PLANTED, VILLAGE, planted_in

HEADER = ("户号", "与户主关系", "姓名", "公民身份号码", "联系电话", "户籍地址")
PROGRAM = [sys.executable, "-m", "address_service.cli"]


@dataclass
class Service:
    """The program's own process over the test's database, and what it wrote to its log."""

    client: httpx.Client
    env: dict[str, str]
    log: Path
    batch_id: str
    answers: list[dict[str, Any]]
    rejects: bytes
    waiting: list[bytes]

    def run(self, *command: str) -> bytes:
        done = subprocess.run([*PROGRAM, *command], env=self.env, capture_output=True, check=False)
        assert done.returncode == 0, (done.stdout + done.stderr).decode()
        return done.stdout + done.stderr


@contextmanager
def serving(env: dict[str, str], log: Path) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = str(probe.getsockname()[1])
    with log.open("wb") as said:
        server = subprocess.Popen([*PROGRAM, "serve", "--port", port], env=env, stdout=said, stderr=said)
        try:
            url = f"http://127.0.0.1:{port}"
            await_health(url, server)
            yield url
        finally:
            server.terminate()
            server.wait(60)


def await_health(url: str, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(600):
        assert server.poll() is None, "the service ended at once"
        try:
            if httpx.get(f"{url}/health", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the service does not answer")


def csv_in_gbk(door: str) -> bytes:
    """One good row; one with a wrong number; one whose address and relation are the person's own words."""
    rows = (
        ("示例镇居民花名册",),
        HEADER,
        (PLANTED["book"], "户主", PLANTED["name"], PLANTED["number"], PLANTED["phone"], door),
        (PLANTED["book"], "配偶", PLANTED["changed name"], PLANTED["wrong number"], "", door),
        ("K9", PLANTED["number"], PLANTED["name"], "", PLANTED["number"], PLANTED["name"]),
    )
    return "\n".join(",".join(row) for row in rows).encode("gb18030")


def workbook(door: str) -> bytes:
    """The same kind of rows in a spreadsheet, one number rounded by it."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(HEADER)
    sheet.append(("K10", "户主", PLANTED["changed name"], PLANTED["changed number"], PLANTED["phone"], door))
    sheet.append(("K11", "户主", PLANTED["name"], int(PLANTED["wrong number"]), "", door))
    sheet.append((PLANTED["name"], PLANTED["name"], PLANTED["phone"], PLANTED["wrong number"], "", door))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def files_of(folder: Path) -> list[bytes]:
    return [file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()]


def prepare(signed_in: Any, run_jobs: Callable[[], None]) -> tuple[str, str, str]:
    """A door with a printed plate: its code, the batch, and the key of a clerk."""
    clerk, county = signed_in(Role.ADMIN), signed_in(Role.COUNTY)
    for layer, rows in (("divisions", DIVISIONS), ("buildings", HOUSES)):
        clerk.post("/api/v1/jobs", data={"layer": layer}, files={"file": (f"{layer}.csv", rows)})
        run_jobs()
    (place,) = clerk.get(f"/api/v1/places?village={VILLAGE}&kind=group").json()["items"]
    plan = clerk.post("/api/v1/numbering-plans", json={"place_id": place["id"]}).json()
    clerk.post(f"/api/v1/numbering-plans/{plan['id']}/commit")
    door = clerk.get(f"/api/v1/addresses?village={VILLAGE}").json()["items"][0]["code"]
    decree = {"codes": [door], "decree_no": "示例〔2020〕1号", "effective_on": "2020-01-01"}
    assert county.post("/api/v1/addresses/approvals", json=decree).json()["approved"] == 1
    batch = clerk.post("/api/v1/plate-batches", json={"village_code": VILLAGE}).json()["id"]
    run_jobs()
    assert clerk.post("/api/v1/divisions", json={"code": "430626113299", "name": CONTROL}).status_code == 201
    return door, batch, clerk.headers["X-API-Key"]


def send(client: httpx.Client, name: str, content: bytes) -> dict[str, Any]:
    """Send a list and wait until the worker of the service is done with it."""
    sent = client.post("/api/v1/jobs", data={"layer": "residents"}, files={"file": (name, content)})
    assert sent.status_code == 202, sent.text
    for _ in range(600):
        job: dict[str, Any] = client.get(f"/api/v1/jobs/{sent.json()['id']}").json()
        if job["stage"] in ("done", "failed"):
            return job
        time.sleep(0.1)
    raise AssertionError("the job was not done")


@pytest.fixture(scope="module")
def service(
    signed_in: Any,
    run_jobs: Callable[[], None],
    api_database: Database,
    settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Service]:
    door, batch, key = prepare(signed_in, run_jobs)
    env = os.environ | {
        "DATABASE_URL": api_database.app_url,
        "OWNER_DATABASE_URL": api_database.owner_url,
        "READ_DATABASE_URL": api_database.read_url,
        "DATA_DIR": str(settings.data_dir),
        "LOG_LEVEL": "debug",
    }
    log = tmp_path_factory.mktemp("serve") / "serve.log"
    with serving(env, log) as url, httpx.Client(base_url=url, headers={"X-API-Key": key}) as client:
        lists = {
            f"{PLANTED['name']}.csv": csv_in_gbk(door),
            f"{PLANTED['number']}.xlsx": workbook(door),
            f"{PLANTED['phone']}.csv": "\n".join(PLANTED.values()).encode("gb18030"),
        }
        jobs, waiting = [], []
        for name, content in lists.items():
            jobs.append(send(client, name, content))
            waiting += files_of(settings.data_dir)
        rejects = b"".join(client.get(f"/api/v1/jobs/{job['id']}/rejects").content for job in jobs)
        yield Service(client, dict(env), log, batch, jobs, rejects, waiting)


def test_the_lists_were_read_and_partly_refused(service: Service) -> None:
    read = [(job["stage"], job["accepted"], job["rejected"]) for job in service.answers]

    assert read == [("done", 1, 2), ("done", 1, 2), ("failed", 0, 0)]


def test_jobs_and_rejects_tell_no_value(service: Service, api_database: Database, settings: Settings) -> None:
    with psycopg.connect(api_database.owner_url) as owner:
        jobs = owner.execute("SELECT row_to_json(j)::text FROM queue.procrastinate_jobs j").fetchall()
        events = owner.execute("SELECT row_to_json(e)::text FROM queue.procrastinate_events e").fetchall()
        runs = owner.execute("SELECT row_to_json(i)::text FROM registry.import_run i").fetchall()
        tabled = owner.execute("SELECT row_to_json(i)::text FROM registry.import_reject i").fetchall()

    assert len(jobs) >= 3
    assert len(tabled) >= 4
    assert planted_in(str([jobs, events, runs, tabled, service.answers]).encode()) == set()
    assert planted_in(service.rejects) == set()
    assert planted_in(b"".join(service.waiting + files_of(settings.data_dir))) == set()
    assert planted_in(" ".join(map(str, settings.data_dir.rglob("*"))).encode()) == set()


def test_a_file_of_refused_rows_tells_no_value(service: Service, settings: Settings, tmp_path: Path) -> None:
    door = service.client.get(f"/api/v1/addresses?village={VILLAGE}").json()["items"][0]["code"]
    said = b""
    for name, content in (("list.csv", csv_in_gbk(door)), ("list.xlsx", workbook(door))):
        (tmp_path / name).write_bytes(content)
        said += service.run("import", "residents", str(tmp_path / name), "--as", "示例admin430626")

    kept = list((settings.data_dir / "rejects").rglob("*.csv"))

    assert len(kept) == 2
    assert b"citizen-id-check-digit" in b"".join(file.read_bytes() for file in kept)
    assert planted_in(said + b"".join(files_of(settings.data_dir))) == set()


def test_hand_out_sheets_are_made_masked_and_kept_nowhere(service: Service, settings: Settings) -> None:
    before = set(settings.data_dir.rglob("*"))

    sheets = [
        service.client.get(f"/api/v1/plate-batches/{service.batch_id}/handout.{kind}", timeout=60)
        for kind in ("pdf", "xlsx")
    ]

    assert [(s.status_code, s.headers["Cache-Control"]) for s in sheets] == [(200, "no-store")] * 2
    cells = [
        str(cell)
        for sheet in openpyxl.load_workbook(io.BytesIO(sheets[1].content)).worksheets
        for row in sheet.iter_rows(values_only=True)
        for cell in row
    ]
    assert planted_in("\n".join(cells).encode()) <= {"book"}
    assert any("*" in cell for cell in cells)
    assert {path for path in settings.data_dir.rglob("*") if path.is_file()} <= before
    assert planted_in(b"".join(files_of(settings.data_dir))) == set()


def test_a_backup_as_it_is_made_by_the_program_holds_none(service: Service, tmp_path: Path) -> None:
    said = service.run("db", "backup", str(tmp_path / "backup"))

    plain = b""
    for file in (file for file in (tmp_path / "backup").rglob("*") if file.is_file()):
        content = file.read_bytes()
        if content.startswith(b"PGDMP"):
            program = str(find_binaries(None).path("pg_restore"))
            content += subprocess.run([program, "-f", "-", str(file)], check=True, capture_output=True).stdout
        plain += content
    assert CONTROL.encode() in plain
    assert b"COPY registry.person " in plain
    assert planted_in(plain + said) == set()


def test_an_export_of_the_audit_speaks_of_the_import_and_of_nobody(
    service: Service, signed_in: Any, tmp_path: Path
) -> None:
    signed_in(Role.AUDIT_ADMIN)
    for kind in ("jsonl", "csv"):
        target = tmp_path / f"audit.{kind}"
        service.run("audit", "export", str(target), "--as", "示例audit_admin430626")

        assert b"job" in target.read_bytes()
        assert planted_in(target.read_bytes()) == set()


def test_the_log_of_the_real_service_names_nobody(service: Service) -> None:
    bad = [
        service.client.post("/api/v1/residents/lookup", json={"id_no": PLANTED["wrong number"]}),
        service.client.get(f"/api/v1/addresses?village={PLANTED['number']}"),
    ]

    assert all(answer.is_client_error for answer in bad)
    said = service.log.read_bytes()
    assert b"server process" in said
    assert planted_in(said) == set()
