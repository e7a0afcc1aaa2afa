"""Households and persons as they are read: rows with what is sealed opened; representations name nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from address_service.model.residents import HouseholdKind
from address_service.residents.person import PersonFacts
from address_service.store.seal import RowKey


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """A person with the facts unsealed; ``facts`` and ``key`` are None once the row's key was destroyed."""

    id: UUID
    village_id: UUID
    stage: str
    revision: int
    key: RowKey | None
    facts: PersonFacts | None
    end_reason: str | None
    ended_on: date | None


@dataclass(frozen=True, slots=True, repr=False)
class Household:
    """A household with its 户号 unsealed; ``key`` is None once the row's key was destroyed."""

    id: UUID
    village_id: UUID
    kind: HouseholdKind
    stage: str
    revision: int
    key: RowKey | None
    book_no: str | None


@dataclass(frozen=True, slots=True)
class Membership:
    """A person in a household since a day."""

    id: UUID
    household_id: UUID
    person_id: UUID
    relation: str
    since: date


@dataclass(frozen=True, slots=True)
class Home:
    """An address that a household or person has since a day, with its house and land; ``id`` is the link's."""

    id: UUID
    subject_id: UUID
    kind: str
    since: date
    arrived_on: date | None
    address_id: UUID
    address_code: str
    full_text: str
    building_codes: tuple[str, ...]
    parcel_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KnownAddress:
    """An address that somebody may be registered at or live at."""

    id: UUID
    village_id: UUID
    village_code: str


@dataclass(frozen=True, slots=True)
class Where:
    """What a list is narrowed to; ``address_ids`` None means anywhere, ``ended`` at an address not in force now."""

    village_ids: Sequence[UUID] | None = None
    address_ids: Sequence[UUID] | None = None
    ended: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class ChangedByImport:
    """An active person, what was kept before an import changed it, and whether somebody changed it since."""

    person: Person
    before: PersonFacts
    changed_since: bool
