"""The running application over a fresh database, and a client for each office."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from address_service.bootstrap import create_app
from address_service.edge.sign_in import nobody
from address_service.jobs.handlers import Workshop
from address_service.jobs.worker import make_app
from address_service.model.accounts import Actor, Role
from address_service.services.open_account import issue_api_key
from address_service.services.set_up_county import open_first_admin, set_up_county
from address_service.settings import Settings
from address_service.store.county import County
from address_service.store.engine import Database, Lane, with_options
from address_service.store.files import FileStore
from address_service.store.work import Work, unit_of_work

COUNTY = County("平江县", "岳阳市", "湖南省", "414500", 4547, (113.1, 28.3, 114.2, 29.2), True)

Client = Callable[..., TestClient]
CopyDatabase = Callable[[], AbstractContextManager[Database]]


@pytest.fixture(scope="module")
def api_database(copy_database: CopyDatabase) -> Iterator[Database]:
    """One database for the tests of a module."""
    with copy_database() as made:
        yield made


@pytest.fixture(scope="module")
def admin(api_database: Database) -> Actor:
    """A county that is set up, and its first administrator."""
    with unit_of_work(api_database.engine, nobody("430626"), datetime.now(UTC)) as work:
        set_up_county(work, COUNTY)
        return open_first_admin(work, "示例管理员")


@pytest.fixture(scope="module")
def settings(api_database: Database, tmp_path_factory: pytest.TempPathFactory, key_folder: Path) -> Settings:
    """Settings of a closed map over the test's database."""
    return Settings(
        _env_file=None,
        data_dir=tmp_path_factory.mktemp("data"),
        database_url=SecretStr(api_database.app_url),
        owner_database_url=SecretStr(api_database.owner_url),
        read_database_url=SecretStr(api_database.read_url),
        key_dir=key_folder,
        read_pool_size=1,
        pool_size=3,
    )


@pytest.fixture(scope="module")
def anonymous(admin: Actor, settings: Settings) -> Iterator[TestClient]:
    """A client without a key."""
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="module")
def signed_in(anonymous: TestClient, admin: Actor, api_database: Database) -> Client:
    """Make a client that sends the key of an account of some office."""

    def make(role: Role, division_code: str = "430626") -> TestClient:
        with unit_of_work(api_database.engine, admin, datetime.now(UTC)) as work:
            name = f"示例{role}{division_code}"
            actor = work.accounts.find_by_name(name) or work.accounts.create(name, role, division_code)
            key = issue_api_key(work, actor, "测试", 1)
        client = TestClient(anonymous.app, raise_server_exceptions=False)
        client.headers["X-API-Key"] = key.secret
        return client

    return make


@pytest.fixture(scope="module")
def committed(api_database: Database, admin: Actor) -> Callable[[Callable[[Work], object]], None]:
    """Write rows that stay."""

    def write(act: Callable[[Work], object]) -> None:
        with unit_of_work(api_database.engine, admin, datetime.now(UTC)) as work:
            act(work)

    return write


@pytest.fixture(scope="module")
def run_jobs(api_database: Database, settings: Settings) -> Callable[[], None]:
    """Let a real worker empty the queue."""
    shop = Workshop(settings, api_database.engine, FileStore(settings.data_dir))

    async def work() -> None:
        app = make_app(with_options(api_database.app_url, Lane.JOBS), shop)
        async with app.open_async():
            await app.run_worker_async(wait=False, install_signal_handlers=False)

    return lambda: asyncio.run(work())
