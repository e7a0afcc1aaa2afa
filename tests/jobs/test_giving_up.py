"""A job that will not succeed says so on its import or its batch; nobody waits for it for ever."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text

from address_service.edge.rights import entitled
from address_service.errors import Conflict
from address_service.jobs import handlers
from address_service.jobs.handlers import Workshop
from address_service.jobs.worker import RETRIES, make_app
from address_service.model.accounts import Actor, Role
from address_service.services import run_import
from address_service.services.order_plates import queue_print
from address_service.services.queue_import import ImportLayer, ImportOptions, queue_import
from address_service.services.queue_reconciliation import ExtractOptions, queue_reconciliation
from address_service.settings import Settings
from address_service.store import fonts
from address_service.store.engine import Database, Lane, with_options
from address_service.store.extracts import Extract
from address_service.store.files import FileStore
from address_service.store.keys import KeyRing
from address_service.store.work import unit_of_work
from tests.conftest import add_county


@pytest.fixture
def admin(database: Database) -> Actor:
    with database.engine.begin() as conn:
        return add_county(conn)


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> Workshop:
    return Workshop(Settings(_env_file=None, data_dir=tmp_path), database.engine, FileStore(tmp_path))


@pytest.fixture
def run_id(database: Database, shop: Workshop, admin: Actor, clock: datetime) -> UUID:
    """A queued import by the account 示例经办."""
    with unit_of_work(database.engine, admin, clock) as work:
        opened = work.accounts.create("示例经办", Role.CIVIL_AFFAIRS, "430626")
        sender = entitled(opened, shop.settings.administrators)
    with unit_of_work(database.engine, sender, clock) as work:
        file = BytesIO("统计用区划代码,名称\n430626000000,平江县\n".encode())
        return queue_import(
            work, shop.files, ImportLayer.DIVISIONS, "区划.csv", file, 1 << 20, ImportOptions()
        )


@pytest.fixture
def extract_id(database: Database, shop: Workshop, admin: Actor, clock: datetime, keys: KeyRing) -> UUID:
    """A queued extract by the account 示例经办."""
    with unit_of_work(database.engine, admin, clock) as work:
        opened = work.accounts.create("示例经办", Role.POLICE, "430626")
        sender = entitled(opened, shop.settings.administrators)
    with unit_of_work(database.engine, sender, clock, keys) as work:
        file = BytesIO("户号,原地址\nH1,某处\n".encode())
        return queue_reconciliation(work, shop.files, "底册.csv", file, 1 << 20, ExtractOptions("430626"))


def extract_of(database: Database, keys: KeyRing, admin: Actor, clock: datetime, extract_id: UUID) -> Extract:
    with unit_of_work(database.engine, admin, clock, keys, unnamed=None) as work:
        return work.extracts.get(extract_id)


@pytest.fixture
def batch_id(database: Database, admin: Actor, clock: datetime) -> UUID:
    """A queued batch without plates."""
    with unit_of_work(database.engine, admin, clock) as work:
        made = work.plates.add_batch(
            batch_no="20260302-01",
            division_id=None,
            place_id=None,
            profile="small",
            plates=[],
            actor_id=admin.account_id,
            now=clock,
        )
        queue_print(work, made)
    return made


@pytest.fixture
def work_off(database: Database, shop: Workshop) -> Callable[[int], None]:
    """Let a real worker try what is queued, after so many failed tries."""

    async def work() -> None:
        app = make_app(with_options(database.app_url, Lane.JOBS), shop)
        async with app.open_async():
            await app.run_worker_async(wait=False, install_signal_handlers=False)

    def run(tried: int) -> None:
        with psycopg.connect(database.owner_url) as conn:
            conn.execute("UPDATE queue.procrastinate_jobs SET attempts = %s", (tried,))
        asyncio.run(work())

    return run


def row(database: Database, table: str) -> Any:
    with database.engine.connect() as conn:
        return conn.execute(text(f"SELECT * FROM {table}")).mappings().one()


def uploads(shop: Workshop) -> list[Path]:
    return list((shop.settings.data_dir / "uploads").iterdir())


def broken(*_: Any, **__: Any) -> None:
    raise RuntimeError("示例故障")


@pytest.mark.usefixtures("run_id")
@pytest.mark.parametrize(("tried", "stage"), [(RETRIES - 1, "queued"), (RETRIES, "failed")])
def test_an_import_fails_with_a_reason_after_its_last_try(
    database: Database, shop: Workshop, work_off: Any, monkeypatch: pytest.MonkeyPatch, tried: int, stage: str
) -> None:
    monkeypatch.setattr(handlers, "run_import", broken)

    work_off(tried)

    run = row(database, "import_run")
    assert run["stage"] == stage
    assert (run["report"].get("error", {}).get("code") == "internal-error") == (stage == "failed")
    assert len(uploads(shop)) == (1 if stage == "queued" else 0)


@pytest.mark.usefixtures("run_id")
def test_an_import_that_ended_its_worker_each_time_is_not_tried_again(
    database: Database, work_off: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[object] = []
    monkeypatch.setattr(handlers, "run_import", lambda *_, **__: tried.append(1))

    work_off(RETRIES + 1)

    assert (row(database, "import_run")["stage"], tried) == ("failed", [])


@pytest.mark.usefixtures("run_id")
@pytest.mark.parametrize(("code", "stage"), [("busy", "queued"), ("示例", "failed")])
def test_an_import_is_tried_again_when_the_place_was_busy(
    database: Database, work_off: Any, monkeypatch: pytest.MonkeyPatch, code: str, stage: str
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise Conflict("示例", code=code)

    monkeypatch.setattr(run_import, "import_file", refuse)

    work_off(0)

    assert row(database, "import_run")["stage"] == stage


@pytest.mark.usefixtures("run_id")
def test_an_import_whose_file_is_gone_fails_at_once(
    database: Database, shop: Workshop, work_off: Any
) -> None:
    for path in uploads(shop):
        path.unlink()

    work_off(0)

    run = row(database, "import_run")
    assert (run["stage"], run["report"]["error"]["code"]) == ("failed", "upload-gone")


@pytest.mark.usefixtures("run_id")
def test_an_import_of_a_disabled_account_fails_at_once(
    database: Database, shop: Workshop, work_off: Any
) -> None:
    with database.engine.begin() as conn:
        conn.execute(text("UPDATE account SET disabled_at = now() WHERE name = '示例经办'"))

    work_off(0)

    run = row(database, "import_run")
    assert (run["stage"], run["report"]["error"]["code"]) == ("failed", "account-disabled")
    assert uploads(shop) == []


@pytest.mark.parametrize(("tried", "stage"), [(RETRIES - 1, "queued"), (RETRIES, "failed")])
def test_an_extract_fails_with_a_reason_after_its_last_try(
    database: Database, shop: Workshop, admin: Actor, clock: datetime, keys: KeyRing, extract_id: UUID,
    work_off: Any, monkeypatch: pytest.MonkeyPatch, tried: int, stage: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(handlers, "run_reconciliation", broken)

    work_off(tried)

    extract = extract_of(database, keys, admin, clock, extract_id)
    assert extract.stage == stage
    assert (extract.report.get("error", {}).get("code") == "internal-error") == (stage == "failed")
    assert len(uploads(shop)) == (1 if stage == "queued" else 0)


def test_an_extract_of_an_account_that_has_ended_is_not_begun(
    database: Database, shop: Workshop, admin: Actor, clock: datetime, keys: KeyRing, extract_id: UUID,
    work_off: Any,
) -> None:  # fmt: skip
    with database.engine.begin() as conn:
        conn.execute(text("UPDATE account SET disabled_at = now() WHERE name = '示例经办'"))

    work_off(0)

    extract = extract_of(database, keys, admin, clock, extract_id)
    assert (extract.stage, extract.report["error"]["code"]) == ("failed", "right-missing")
    assert uploads(shop) == []


@pytest.mark.usefixtures("batch_id")
@pytest.mark.parametrize(("tried", "stage"), [(RETRIES - 1, "ordered"), (RETRIES, "failed")])
def test_a_batch_fails_with_a_reason_after_its_last_try(
    database: Database, work_off: Any, monkeypatch: pytest.MonkeyPatch, tried: int, stage: str
) -> None:
    monkeypatch.setattr(handlers, "print_batch", broken)

    work_off(tried)

    batch = row(database, "plate_batch")
    assert batch["stage"] == stage
    assert [p["code"] for p in batch["preflight"]] == ["internal-error"] * (stage == "failed")


@pytest.mark.usefixtures("batch_id")
def test_a_batch_names_the_font_that_is_missing(
    database: Database, work_off: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(fonts, "_PRIMARY", tmp_path / "wqy-zenhei.ttc")
    fonts.load_fonts.cache_clear()

    work_off(0)

    batch = row(database, "plate_batch")
    (problem,) = batch["preflight"]
    assert (batch["stage"], problem["code"]) == ("failed", "font-missing")
    assert "fonts-wqy-zenhei" in problem["message"]
