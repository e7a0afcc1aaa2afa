"""How a command gets its unit of work: settings, database, and the account it acts for."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from typer.main import get_current_context  # type: ignore[attr-defined]  # typer has a click of its own inside

from address_service.bootstrap import open_database
from address_service.edge.house import House
from address_service.edge.rights import entitled
from address_service.edge.sign_in import nobody
from address_service.errors import Forbidden, NotFound
from address_service.model.accounts import Actor
from address_service.model.audit import AuditNote, Channel, Origin
from address_service.settings import Settings
from address_service.store.engine import Database, Lane
from address_service.store.files import FileStore
from address_service.store.ids import new_id
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
    run_id: UUID = field(default_factory=new_id)

    def work(self) -> AbstractContextManager[Work]:
        """A unit of work that commits when its block ends well."""
        keys = ring_of(self.settings)
        return unit_of_work(
            self.database.engine, self.actor, datetime.now(UTC), keys, self.origin, _command()
        )

    @contextmanager
    def trial(self) -> Iterator[Callable[[], AbstractContextManager[Work]]]:
        """Units of work that see what the ones before have written, and of which nothing remains in the database."""
        keys = ring_of(self.settings)
        with self.database.engine.connect() as conn:

            @contextmanager
            def work() -> Iterator[Work]:
                yield Work(conn, self.actor, datetime.now(UTC), keys)

            try:
                yield work
            finally:
                conn.rollback()

    @property
    def origin(self) -> Origin:
        """From where a command acts: the account of the machine, and this run of the program."""
        return Origin(Channel.CLI, f"uid {os.getuid()}", self.run_id)

    def house(self) -> House:
        """What the edge needs of the running service."""
        return House(self.settings, self.database.engine, self.files)


@contextmanager
def desk(actor_name: str | None = None, lane: Lane = Lane.WEB) -> Iterator[Desk]:
    """Open the desk for an account: named here, by ADDRESS_ACTOR, or the only administrator.

    What takes long within one transaction works in the lane of jobs.

    Raises NotFound when there is no such account, Forbidden when it is not open on this day.
    """
    settings = Settings()
    database = open_database(settings, lane)
    name = actor_name or os.environ.get(ACTOR_VARIABLE)
    try:
        anybody = nobody(settings.county_code)
        with unit_of_work(database.engine, anybody, datetime.now(UTC), unnamed=None) as work:
            actor = work.accounts.find_by_name(name) if name else work.accounts.sole_admin()
            if actor is None:
                raise NotFound(_no_actor(name), code="account-not-found")
            if not work.accounts.is_open(actor.account_id, work.now):
                raise Forbidden(f"账户“{actor.name}”不在有效期内", code="account-not-in-force")
        actor = entitled(actor, settings.administrators)
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


def _command() -> AuditNote:
    """The command under way by its name, without its arguments."""
    context = get_current_context(silent=True)
    words: list[str] = []
    while context is not None and context.parent is not None:
        words.insert(0, context.info_name or "")
        context = context.parent
    return AuditNote(".".join(["cli", *words]), "command")


def _no_actor(name: str | None) -> str:
    if name:
        return f"没有账户“{name}”"
    return f"请用 --as 或环境变量 {ACTOR_VARIABLE} 指明账户；首个管理员用 address-service user create 开设"
