"""Kill -9 in the middle of an extract: what went on is whole, no row is lost and none is decided twice.

The acceptance run is KILL_ROWS=50000 KILL_TIMES=3.
"""

import io
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import openpyxl
import psycopg

from address_service.bench.merger_county import load_villages
from address_service.model.accounts import Actor, Role
from address_service.services.queue_reconciliation import ExtractOptions, queue_reconciliation
from address_service.settings import Settings
from address_service.store.engine import Database, Lane, with_options
from address_service.store.files import FileStore
from address_service.store.keys import ring_of
from address_service.store.work import unit_of_work

ROWS = int(os.environ.get("KILL_ROWS", "600"))
TIMES = int(os.environ.get("KILL_TIMES", "2"))
DOORS = 200
CLERK = Actor(UUID("a0000000-0000-0000-0000-000000000001"), "起草人", Role.CIVIL_AFFAIRS, "430626", "430626")

_SCRIPT = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID
from address_service.model.accounts import Actor, Role
from address_service.services.run_reconciliation import run_reconciliation
from address_service.settings import Settings
from address_service.store.audit import AuditTrail, with_trail
from address_service.store.engine import Lane, make_engine
from address_service.store.files import FileStore
from address_service.store.keys import ring_of
from address_service.store.work import unit_of_work
url, folder, extract, batch = sys.argv[1:]
keys = ring_of(Settings())
engine = with_trail(make_engine(url, Lane.JOBS), AuditTrail(keys))
actor = Actor(UUID("a0000000-0000-0000-0000-000000000001"), "起草人", Role.CIVIL_AFFAIRS, "430626", "430626")
work = lambda: unit_of_work(engine, actor, datetime.now(UTC), keys)
run_reconciliation(work, FileStore(Path(folder)), UUID(extract), 1 << 30, batch=int(batch))
"""

_STANDING = """
SELECT (SELECT last_row FROM registry.extract), (SELECT count(*) FROM registry.extract_row WHERE payload IS NOT NULL),
       (SELECT count(DISTINCT row_no) FROM registry.extract_row WHERE payload IS NOT NULL),
       (SELECT sum(value::int) FROM registry.extract, jsonb_each_text(counts) WHERE key <> 'register_only')
"""


def workbook(texts: list[str]) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["户号", "姓名", "公民身份号码", "原地址"])
    for n in range(ROWS):
        sheet.append([f"H{n}", "示例", "", texts[n % len(texts)]])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_a_killed_extract_goes_on_and_every_row_is_there_once(database: Database, tmp_path: Path) -> None:
    load_villages(with_options(database.owner_url, Lane.JOBS), DOORS)
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        texts = [
            row[0] for row in owner.execute("SELECT full_text FROM registry.address_version ORDER BY id")
        ]
        files, keys = FileStore(tmp_path), ring_of(Settings())
        with unit_of_work(database.engine, CLERK, datetime.now(UTC), keys) as work:
            source = io.BytesIO(workbook(texts))
            extract_id = queue_reconciliation(
                work, files, "底册.xlsx", source, 1 << 26, ExtractOptions(_town(owner))
            )
        command = [
            sys.executable,
            "-c",
            _SCRIPT,
            database.app_url,
            str(tmp_path),
            str(extract_id),
            str(ROWS // 30),
        ]

        for turn in range(1, TIMES + 1):
            with subprocess.Popen(command) as process:
                _await(owner, turn * ROWS // (TIMES + 2), process)
                process.send_signal(signal.SIGKILL)
            last, rows, distinct, counted = _standing(owner)
            assert 0 < last < ROWS
            assert last == rows == distinct == counted
        subprocess.run(command, check=True)

        assert _standing(owner) == (ROWS, ROWS, ROWS, ROWS)
        assert owner.execute("SELECT stage FROM registry.extract").fetchone() == ("done",)


def _town(owner: "psycopg.Connection[tuple[object, ...]]") -> str:
    found = owner.execute(
        "SELECT code_nbs FROM registry.division_version WHERE level = 'township'"
    ).fetchone()
    assert found is not None
    return str(found[0])


def _await(
    owner: "psycopg.Connection[tuple[object, ...]]", rows: int, process: "subprocess.Popen[bytes]"
) -> None:
    for _ in range(6000):
        assert process.poll() is None, "it ended before it was killed"
        if _standing(owner)[0] >= rows:
            return
        time.sleep(0.02)
    raise AssertionError("the extract does not get on")


def _standing(owner: "psycopg.Connection[tuple[object, ...]]") -> tuple[int, ...]:
    found = owner.execute(_STANDING).fetchone()
    assert found is not None
    return tuple(int(str(value or 0)) for value in found)
