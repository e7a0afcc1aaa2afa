"""What the worker does for the audit: it names its own writes, and anchors the chains every hour."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from address_service.jobs.handlers import Workshop, anchor_audit_job
from address_service.jobs.worker import ANCHORING, make_app
from address_service.model.accounts import Actor
from address_service.model.audit import AuditNote
from address_service.settings import Settings
from address_service.store.engine import Database, Lane, with_options
from address_service.store.files import FileStore
from address_service.store.work import unit_of_work
from tests.audit_lines import as_superuser


@pytest.fixture
def shop(database: Database, make_county: Any, tmp_path: Path, clock: datetime) -> Workshop:
    with database.engine.begin() as conn:
        actor: Actor = make_county(conn)
    with unit_of_work(database.engine, actor, clock) as work:
        work.note(AuditNote("act", "thing"))
    return Workshop(Settings(_env_file=None, data_dir=tmp_path), database.engine, FileStore(tmp_path))


def test_the_hourly_job_anchors_in_register_and_file_and_leaves_no_line(
    shop: Workshop, database: Database, tmp_path: Path
) -> None:
    anchor_audit_job(shop, 0)
    anchor_audit_job(shop, 3600)

    with as_superuser(database.owner_url) as conn:
        counts = conn.execute(
            "SELECT (SELECT count(*) FROM audit_anchor), (SELECT count(*) FROM audit_line)"
        ).fetchone()
    assert counts == (1, 1)
    assert len((tmp_path / "audit-anchors" / "430626.jsonl").read_text().splitlines()) == 1


def test_the_worker_takes_the_job_every_hour(shop: Workshop, database: Database, tmp_path: Path) -> None:
    app = make_app(with_options(database.app_url, Lane.JOBS), shop)
    (task,) = [one.task for one in app.periodic_registry.periodic_tasks.values()]

    async def once() -> None:
        async with app.open_async():
            await task.defer_async(timestamp=0)
            await app.run_worker_async(wait=False, install_signal_handlers=False)

    asyncio.run(once())

    assert ANCHORING.split()[1:] == ["*"] * 4
    assert (tmp_path / "audit-anchors" / "430626.jsonl").exists()
