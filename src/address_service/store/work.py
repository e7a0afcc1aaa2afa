"""The unit of work: one transaction, one actor, one clock reading, and the repositories that share them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine

from address_service.errors import Forbidden, NotReady
from address_service.model.accounts import Actor
from address_service.model.audit import AuditNote
from address_service.store.accounts import AccountRepository
from address_service.store.addresses import AddressRepository
from address_service.store.divisions import DivisionRepository
from address_service.store.engine import begin
from address_service.store.imports import ImportRepository
from address_service.store.keys import KeyRing
from address_service.store.layers import LayerRepository
from address_service.store.memberships import MembershipRepository
from address_service.store.numbering_plans import NumberingPlanRepository
from address_service.store.numbers import NumberRepository
from address_service.store.places import PlaceRepository
from address_service.store.plates import PlateRepository
from address_service.store.queue import Queue
from address_service.store.renumbering_plans import RenumberingPlanRepository
from address_service.store.resident_scope import open_scope
from address_service.store.resident_views import ResidentViews
from address_service.store.residents import ResidentWriter
from address_service.store.seal import Seal

_NOBODY = UUID(int=0)
TIME_ZONE = ZoneInfo("Asia/Shanghai")


class Work:
    """What a service works with; it never commits, the edge does."""

    def __init__(self, conn: Connection, actor: Actor, now: datetime, keys: KeyRing | None = None) -> None:
        """``now`` is aware and the same for every row that this work writes; ``keys`` open sealed data."""
        self.conn = conn
        self.actor = actor
        self.now = now
        self._keys = keys
        self.audit_notes: list[AuditNote] = []

    def note(self, act: AuditNote) -> None:
        """Keep an act for the audit, which is written as the last thing before the commit."""
        self.audit_notes.append(act)

    @property
    def keys(self) -> KeyRing:
        """The keys that seal, find and chain; raises NotReady where this work was given none."""
        if self._keys is None:
            raise NotReady("此处没有密钥", code="key-missing")
        return self._keys

    @property
    def county_code(self) -> str:
        """The tenant."""
        return self.actor.county_code

    @property
    def today(self) -> date:
        """Today's date in China."""
        return self.now.astimezone(TIME_ZONE).date()

    @cached_property
    def accounts(self) -> AccountRepository:
        """Accounts, keys and sessions."""
        return AccountRepository(self.conn, self.county_code)

    @cached_property
    def divisions(self) -> DivisionRepository:
        """Divisions over time."""
        return DivisionRepository(self.conn, self.county_code)

    @cached_property
    def places(self) -> PlaceRepository:
        """Streets, hamlets, groups and lanes."""
        return PlaceRepository(self.conn, self.county_code)

    @cached_property
    def layers(self) -> LayerRepository:
        """Parcels, buildings, lanes, construction plans, existing addresses."""
        return LayerRepository(self.conn, self.county_code)

    @cached_property
    def memberships(self) -> MembershipRepository:
        """Which house belongs to which place."""
        return MembershipRepository(self.conn, self.county_code, self.actor.account_id, self.now)

    @cached_property
    def imports(self) -> ImportRepository:
        """Runs of the importer and their rejects."""
        return ImportRepository(self.conn, self.county_code)

    @cached_property
    def numbers(self) -> NumberRepository:
        """The one ledger of numbers."""
        return NumberRepository(self.conn, self.county_code)

    @cached_property
    def numbering_plans(self) -> NumberingPlanRepository:
        """Policies and plans."""
        return NumberingPlanRepository(self.conn, self.county_code)

    @cached_property
    def renumbering_plans(self) -> RenumberingPlanRepository:
        """Plans that move doors to other numbers."""
        return RenumberingPlanRepository(self.conn, self.county_code)

    @cached_property
    def addresses(self) -> AddressRepository:
        """Standard addresses over time."""
        return AddressRepository(self.conn, self.county_code)

    @cached_property
    def plates(self) -> PlateRepository:
        """Batches and plates."""
        return PlateRepository(self.conn, self.county_code)

    @cached_property
    def seal(self) -> Seal:
        """The seal over residents' data of this county."""
        return Seal(self.keys, self.county_code)

    @cached_property
    def residents(self) -> ResidentViews:
        """Households and persons, read; the database lets this work see those of the actor's scope alone."""
        self._open_scope()
        return ResidentViews(self.conn, self.county_code, self.seal)

    @cached_property
    def resident_writer(self) -> ResidentWriter:
        """Households and persons, written, within the same scope."""
        self._open_scope()
        return ResidentWriter(self.conn, self.county_code, self.seal, self.actor.account_id, self.now)

    def _open_scope(self) -> None:
        if self.actor.account_id == _NOBODY:
            raise Forbidden("没有账户不能查看人员资料", code="right-missing")
        open_scope(self.conn, self.county_code, self.actor.division_code)

    @cached_property
    def queue(self) -> Queue:
        """Jobs put into this transaction."""
        return Queue(self.conn)


@contextmanager
def unit_of_work(engine: Engine, actor: Actor, now: datetime, keys: KeyRing | None = None) -> Iterator[Work]:
    """Commit when the block ends well, roll back otherwise."""
    with begin(engine) as conn:
        yield Work(conn, actor, now, keys)
