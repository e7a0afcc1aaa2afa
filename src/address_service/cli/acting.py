"""How a command gets its unit of work: settings, database, and the account it acts for."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from address_service.bootstrap import open_database
from address_service.edge.sign_in import nobody
from address_service.errors import NotFound
from address_service.model.accounts import Actor
from address_service.settings import Settings
from address_service.store.engine import Database
from address_service.store.files import FileStore
from address_service.store.keys import ring_of
from address_service.store.work import Work, unit_of_work

ACTOR_VARIABLE = "ADDRESS_ACTOR"


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a command works: the service's database and files, and who it acts for."""

    settings: Settings
    database: Database
    files: FileStore
    actor: Actor

    def work(self) -> AbstractContextManager[Work]:
        """A unit of work that commits when its block ends well."""
        return unit_of_work(self.database.engine, self.actor, datetime.now(UTC), ring_of(self.settings))


@contextmanager
def desk(actor_name: str | None = None) -> Iterator[Desk]:
    """Open the desk for an account: named here, by ADDRESS_ACTOR, or the only administrator.

    Raises NotFound when there is no such account.
    """
    settings = Settings()
    database = open_database(settings)
    name = actor_name or os.environ.get(ACTOR_VARIABLE)
    try:
        with unit_of_work(database.engine, nobody(settings.county_code), datetime.now(UTC)) as work:
            actor = work.accounts.find_by_name(name) if name else work.accounts.sole_admin()
        if actor is None:
            raise NotFound(_no_actor(name), code="account-not-found")
        yield Desk(settings, database, FileStore(settings.data_dir), actor)
    finally:
        database.engine.dispose()


@contextmanager
def unmanned_desk() -> Iterator[Desk]:
    """The desk before there is any account: for setting up the county and the first administrator."""
    settings = Settings()
    database = open_database(settings)
    try:
        yield Desk(settings, database, FileStore(settings.data_dir), nobody(settings.county_code))
    finally:
        database.engine.dispose()


def _no_actor(name: str | None) -> str:
    if name:
        return f"没有账户“{name}”"
    return f"请用 --as 或环境变量 {ACTOR_VARIABLE} 指明账户；首个管理员用 address-service user create 开设"
