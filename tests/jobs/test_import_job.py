"""A queued import has the rights of the account that sent it, whatever the file says."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from time import monotonic, sleep
from uuid import UUID

import pytest
import shapely
from sqlalchemy import text

from address_service.edge.rights import entitled
from address_service.jobs.handlers import Workshop, import_job
from address_service.model.accounts import Actor, Right, Role
from address_service.services.queue_import import ImportLayer, ImportOptions, queue_import
from address_service.settings import Administrators, Settings
from address_service.store.accounts import Office
from address_service.store.engine import Database
from address_service.store.files import FileStore
from address_service.store.work import Work, unit_of_work
from tests.conftest import add_county
from tests.services.imports.conftest import TOWN, WEST, Register, line


def street_file() -> bytes:
    """One street that says of itself that it is approved."""
    facts = {
        "街路名称": "童兴街",
        "村代码": WEST,
        "名称状态": "已批准",
        "批准文号": "示例〔2020〕1号",
    }
    geometry = json.loads(shapely.to_geojson(line((100, 100), (600, 120))))
    feature = {"type": "Feature", "properties": facts, "geometry": geometry}
    return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()


@dataclass(frozen=True, slots=True)
class Queued:
    """A file that an office has sent, and that nothing has imported yet."""

    shop: Workshop
    sender: Actor
    run_id: UUID
    job: dict[str, object]

    def run(self) -> tuple[str, str | None]:
        """Do the job as it was queued; how the run ended, and why."""
        import_job(self.shop, **self.job)  # type: ignore[arg-type]
        with self.shop.engine.connect() as conn:
            query = "SELECT stage, report -> 'error' ->> 'code' FROM import_run WHERE id = :id"
            stage, code = conn.execute(text(query), {"id": self.run_id}).one()
        return stage, code


@pytest.fixture
def queue(database: Database, clock: datetime, tmp_path: Path) -> Callable[..., Queued]:
    with database.engine.begin() as conn:
        admin = add_county(conn)
    shop = Workshop(Settings(data_dir=tmp_path), database.engine, FileStore(tmp_path))

    def send(
        role: Role, key_rights: frozenset[Right] | None = None, key_ends: timedelta | None = None
    ) -> Queued:
        with unit_of_work(database.engine, admin, clock) as work:
            Register(work).divisions()
            opened = work.accounts.create("示例经办", role, TOWN)
            ends = datetime.now(UTC) + (key_ends or timedelta())
            key = work.api_keys.add(opened.account_id, b"\1" * 32, "示例", ends) if key_ends else None
        sender = replace(entitled(opened, Administrators.APART, key_rights), key_id=key)
        with unit_of_work(database.engine, sender, clock) as work:
            file, options = BytesIO(street_file()), ImportOptions()
            run_id: UUID = queue_import(
                work, shop.files, ImportLayer.STREETS, "街路.geojson", file, 1 << 20, options
            )
            job = work.conn.execute(text("SELECT args FROM procrastinate_jobs ORDER BY id DESC LIMIT 1"))
            return Queued(shop, sender, run_id, job.scalar_one())

    return send


def streets(database: Database) -> list[str]:
    with database.engine.connect() as conn:
        return list(conn.execute(text("SELECT name_state FROM place_version")).scalars())


@pytest.mark.parametrize(
    ("role", "state"), [(Role.CIVIL_AFFAIRS, "approved"), (Role.NATURAL_RESOURCES, "proposed")]
)
def test_a_name_is_approved_only_by_an_office_of_names(
    database: Database, queue: Callable[..., Queued], role: Role, state: str
) -> None:
    ended = queue(role).run()

    assert ended == ("done", None)
    assert streets(database) == [state]


def test_a_key_of_some_rights_imports_with_those_alone(
    database: Database, queue: Callable[..., Queued]
) -> None:
    ended = queue(Role.CIVIL_AFFAIRS, frozenset({Right.IMPORT})).run()

    assert ended == ("done", None)
    assert streets(database) == ["proposed"]


def disable(work: Work, sender: Actor) -> None:
    work.accounts.set_disabled(sender.account_id, work.now)


def let_it_end(work: Work, sender: Actor) -> None:
    yesterday = work.today - timedelta(days=1)
    work.accounts.give_office(sender.account_id, Office(sender.role, TOWN, valid_until=yesterday))


def take_the_right(work: Work, sender: Actor) -> None:
    work.accounts.give_office(sender.account_id, Office(Role.FINANCE, TOWN))


@pytest.mark.parametrize(
    ("change", "code"),
    [(disable, "account-disabled"), (let_it_end, "account-disabled"), (take_the_right, "right-missing")],
)
def test_what_was_taken_away_since_a_file_was_queued_is_not_used(
    database: Database, queue: Callable[..., Queued], change: Callable[[Work, Actor], None], code: str
) -> None:
    queued = queue(Role.CIVIL_AFFAIRS)
    with unit_of_work(database.engine, queued.sender, datetime.now(UTC)) as work:
        change(work, queued.sender)

    ended = queued.run()

    assert ended == ("failed", code)
    assert streets(database) == []


def revoke(work: Work, sender: Actor) -> None:
    assert sender.key_id is not None
    assert work.api_keys.revoke(sender.key_id, work.now)


def test_a_key_that_was_revoked_or_ended_since_a_file_was_queued_stops_its_import(
    database: Database, queue: Callable[..., Queued]
) -> None:
    queued = queue(Role.CIVIL_AFFAIRS, key_ends=timedelta(hours=1))
    with unit_of_work(database.engine, queued.sender, datetime.now(UTC)) as work:
        revoke(work, queued.sender)

    ended = queued.run()

    assert ended == ("failed", "key-ended")
    assert streets(database) == []


def test_a_key_that_ended_by_its_day_stops_the_import_that_it_queued(
    database: Database, queue: Callable[..., Queued]
) -> None:
    ended = queue(Role.CIVIL_AFFAIRS, key_ends=timedelta(seconds=-1)).run()

    assert ended == ("failed", "key-ended")
    assert streets(database) == []


def test_a_key_that_stands_imports(database: Database, queue: Callable[..., Queued]) -> None:
    assert queue(Role.CIVIL_AFFAIRS, key_ends=timedelta(hours=1)).run() == ("done", None)
    assert streets(database) == ["approved"]


@pytest.mark.parametrize(("change", "code"), [(revoke, "key-ended"), (disable, "account-disabled")])
def test_what_is_taken_away_while_an_import_runs_leaves_nothing_of_it(
    database: Database, queue: Callable[..., Queued], change: Callable[[Work, Actor], None], code: str
) -> None:
    queued = queue(Role.CIVIL_AFFAIRS, key_ends=timedelta(hours=1))

    with ThreadPoolExecutor(1) as pool:
        with unit_of_work(database.engine, queued.sender, datetime.now(UTC), unnamed=None) as other:
            other.imports.lock()
            running = pool.submit(queued.run)
            wait_for_a_waiting_import(database)
            with unit_of_work(database.engine, queued.sender, datetime.now(UTC)) as work:
                change(work, queued.sender)
        ended = running.result()

    assert ended == ("failed", code)
    assert streets(database) == []


def wait_for_a_waiting_import(database: Database) -> None:
    """Until the import has begun, and waits for the lock that is held here."""
    until = monotonic() + 30
    waiting = text(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database ="
        " (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    while monotonic() < until:
        with database.engine.connect() as conn:
            if conn.execute(waiting).scalar_one():
                return
        sleep(0.05)
    pytest.fail("the import never waited")
