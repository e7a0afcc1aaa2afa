"""Households and persons about to be written, and what happened to them."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from address_service.model.residents import HouseholdKind, ResidencyKind
from address_service.residents.person import PersonFacts

BOOK_NO, ID_NO, NAME, PHONE = "book-no", "id-no", "name", "phone"
"""Kinds of value that are found by their digest."""


@dataclass(frozen=True, slots=True)
class NewHousehold:
    """A household about to be enrolled at an address of a village; ``book_no`` is the 户号, normalised."""

    id: UUID
    village_id: UUID
    kind: HouseholdKind
    book_no: str | None
    address_id: UUID


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person about to be enrolled, whose rows show to a village."""

    id: UUID
    village_id: UUID
    facts: PersonFacts


@dataclass(frozen=True, slots=True)
class NewMember:
    """A person in a household with the relation to its head (two digits of GB/T 4761)."""

    village_id: UUID
    household_id: UUID
    household_kind: HouseholdKind
    person_id: UUID
    relation: str


@dataclass(frozen=True, slots=True)
class NewResidency:
    """Where a person is registered or lives; ``arrived_on`` is 何时来本址."""

    village_id: UUID
    person_id: UUID
    address_id: UUID
    kind: ResidencyKind
    arrived_on: date | None


@dataclass(frozen=True, slots=True)
class ResidentEvent:
    """What happened to a household or a person; ``details`` holds ids and codes, never personal data."""

    village_id: UUID
    subject: str
    subject_id: UUID
    kind: str
    effective_on: date
    document_no: str = ""
    details: dict[str, Any] = field(default_factory=dict)
