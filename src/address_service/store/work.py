"""The unit of work: one transaction, one actor, one clock reading, and the repositories that share them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine

from address_service.coding.audit_summary import summarised
from address_service.errors import Forbidden, NotReady
from address_service.model.accounts import Actor
from address_service.model.audit import INSIDE, AuditLine, AuditNote, Origin
from address_service.store.accounts import AccountRepository
from address_service.store.addresses import AddressRepository
from address_service.store.api_keys import ApiKeyRepository
from address_service.store.audit import trail_of
from address_service.store.credentials import CredentialRepository
from address_service.store.divisions import DivisionRepository
from address_service.store.engine import begin
from address_service.store.extract_decisions import ExtractDecisions
from address_service.store.extract_rows import ExtractRows
from address_service.store.extract_scope import open_offices
from address_service.store.extracts import Extracts
from address_service.store.imports import ImportRepository
from address_service.store.keys import KeyRing
from address_service.store.layers import LayerRepository
from address_service.store.memberships import MembershipRepository
from address_service.store.notes import notes_of
from address_service.store.numbering_plans import NumberingPlanRepository
from address_service.store.numbers import NumberRepository
from address_service.store.papers import Papers
from address_service.store.places import PlaceRepository
from address_service.store.plates import PlateRepository
from address_service.store.queue import Queue
from address_service.store.renumbering_plans import RenumberingPlanRepository
from address_service.store.resident_locks import hold_for_act
from address_service.store.resident_scope import open_scope
from address_service.store.resident_views import ResidentViews
from address_service.store.residents import ResidentWriter
from address_service.store.seal import Seal
from address_service.store.second_factors import SecondFactorRepository
from address_service.store.sessions import SessionRepository

_NOBODY = UUID(int=0)
TIME_ZONE = ZoneInfo("Asia/Shanghai")

UNNAMED = AuditNote("unnamed", "transaction")
"""What the audit says of a transaction that has written something, and of which nobody said what it is."""

NO_OFFICE = "none"
"""The office of a visitor without an account, and of the house itself."""


class Work:
    """What a service works with; it never commits, the edge does."""

    def __init__(self, conn: Connection, actor: Actor, now: datetime, keys: KeyRing | None = None) -> None:
        """``now`` is aware and the same for every row that this work writes; ``keys`` open sealed data."""
        self.conn = conn
        self.actor = actor
        self.now = now
        self._keys = keys
        self.audit_notes = notes_of(conn)
        self.origin = INSIDE
        self.unnamed: AuditNote | None = UNNAMED

    def note(self, act: AuditNote) -> None:
        """Keep an act for the audit, which is written as the last thing before the commit."""
        self.audit_notes.append(act)

    def audit_lines(self) -> list[AuditLine]:
        """What the audit says of this work: what was noted, or `unnamed`."""
        actor = self.actor
        office = actor.role.value if actor.account_id.int else NO_OFFICE
        unnamed = [self.unnamed] if self.unnamed else []
        return [
            AuditLine(
                at=self.now,
                account_id=actor.account_id,
                account_name=actor.name,
                office=office,
                scope=actor.division_code,
                origin=self.origin,
                note=note,
            )
            for note in summarised(self.audit_notes) or unnamed
        ]

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

    @contextmanager
    def taken_back(self) -> Iterator[None]:
        """A dry run: what is written within is undone at its end, however it ends."""
        attempt = self.conn.begin_nested()
        try:
            yield
        finally:
            attempt.rollback()

    @cached_property
    def accounts(self) -> AccountRepository:
        """Accounts with office and scope."""
        return AccountRepository(self.conn, self.county_code)

    @cached_property
    def api_keys(self) -> ApiKeyRepository:
        """API keys."""
        return ApiKeyRepository(self.conn, self.county_code)

    @cached_property
    def sessions(self) -> SessionRepository:
        """Browser sessions."""
        return SessionRepository(self.conn, self.county_code)

    @cached_property
    def credentials(self) -> CredentialRepository:
        """Passwords, and the tries at them."""
        return CredentialRepository(self.conn, self.county_code)

    @cached_property
    def second_factors(self) -> SecondFactorRepository:
        """Second factors and recovery codes."""
        return SecondFactorRepository(self.conn, self.county_code)

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

    def hold_for_resident_act(self) -> None:
        """Before an act on residents reads anything: no merger carries them off, and no list is imported meanwhile."""
        hold_for_act(self.conn, self.county_code)

    @cached_property
    def extracts(self) -> Extracts:
        """Population extracts of the actor's offices."""
        self._open_scope()
        open_offices(self.conn, self.county_code, self.actor.division_code)
        return Extracts(self.conn, self.county_code, self.seal)

    @cached_property
    def extract_rows(self) -> ExtractRows:
        """Their rows, within the same scope."""
        _ = self.extracts  # opens it
        return ExtractRows(self.conn, self.county_code, self.seal, self.actor.account_id, self.now)

    @cached_property
    def extract_decisions(self) -> ExtractDecisions:
        """Decisions on those rows."""
        _ = self.extracts
        return ExtractDecisions(self.conn, self.county_code, self.actor.account_id, self.now)

    @cached_property
    def papers(self) -> Papers:
        """Papers of households that show an old address, within the same scope."""
        self._open_scope()
        return Papers(self.conn, self.county_code, self.actor.account_id, self.now)

    def _open_scope(self) -> None:
        if self.actor.account_id == _NOBODY:
            raise Forbidden("没有账户不能查看人员资料", code="right-missing")
        open_scope(self.conn, self.county_code, self.actor.division_code)

    @cached_property
    def queue(self) -> Queue:
        """Jobs put into this transaction."""
        return Queue(self.conn)


@contextmanager
def unit_of_work(
    engine: Engine,
    actor: Actor,
    now: datetime,
    keys: KeyRing | None = None,
    origin: Origin = INSIDE,
    unnamed: AuditNote | None = UNNAMED,
) -> Iterator[Work]:
    """Commit when the block ends well, with its audit as the last act; roll back otherwise.

    ``unnamed`` is what the audit says of writes that nobody noted; None is for what is no act of anybody, such as the
    progress of a job.
    """
    with ExitStack() as committed, begin(engine) as conn:
        work = Work(conn, actor, now, keys)
        work.origin, work.unnamed = origin, unnamed
        yield work
        if lines := work.audit_lines():
            if_written = not work.audit_notes
            trail = trail_of(engine)
            committed.enter_context(trail.append(conn, work.county_code, lines, if_written=if_written))
