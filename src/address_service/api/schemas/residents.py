"""Answers of households and residents, masked unless a reveal was asked for."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from address_service.api.schemas.resident_bodies import _FACTS
from address_service.model.labels import label
from address_service.model.residents import HouseholdKind
from address_service.residents.masking import mask_book_no, mask_id, mask_name, mask_phone
from address_service.residents.person import is_under_14
from address_service.residents.relations import RELATIONS
from address_service.services.enrol_residents import Enrolled
from address_service.services.read_residents import HouseholdCard, PersonCard
from address_service.services.withdraw_residents import Withdrawal
from address_service.store.resident_records import Home, Household, Membership, Person
from address_service.store.residents_decisions import Decision


class HomeItem(BaseModel):
    """An address with its house and land."""

    kind: str
    address_code: str
    full_text: str
    since: date
    arrived_on: date | None
    building_codes: list[str]
    parcel_codes: list[str]

    @classmethod
    def of(cls, home: Home) -> "HomeItem":
        """From a view."""
        return cls(
            kind=home.kind,
            address_code=home.address_code,
            full_text=home.full_text,
            since=home.since,
            arrived_on=home.arrived_on,
            building_codes=list(home.building_codes),
            parcel_codes=list(home.parcel_codes),
        )


class PersonItem(BaseModel):
    """A person, masked; of those under fourteen nothing but the masked name shows."""

    id: UUID
    stage: str
    revision: int
    name: str | None
    id_no: str | None
    phone: str | None
    sex: str | None
    under_14: bool | None = Field(description="不满十四周岁，属敏感个人信息；不知出生日期时为否")
    end_reason: str | None
    ended_on: date | None

    @classmethod
    def members_of(cls, person: Person, today: date) -> dict[str, Any]:
        """Masked members of a person."""
        facts = person.facts
        child = is_under_14(facts.born_on, today) if facts else None
        shown = facts is not None and not child
        return {
            "id": person.id,
            "stage": person.stage,
            "revision": person.revision,
            "name": mask_name(facts.name) if facts else None,
            "id_no": mask_id(facts.id_no) if facts and shown else None,
            "phone": mask_phone(facts.phone) if facts and shown else None,
            "sex": str(facts.sex) if facts and shown else None,
            "under_14": child,
            "end_reason": person.end_reason,
            "ended_on": person.ended_on,
        }


class HouseholdRef(BaseModel):
    """The household that somebody is in."""

    id: UUID
    kind: HouseholdKind
    book_no: str | None
    relation: str
    relation_text: str
    since: date


class ResidentItem(PersonItem):
    """A person with household and homes: 人 → 户 → 房."""

    household: HouseholdRef | None
    homes: list[HomeItem]

    @classmethod
    def of(cls, card: PersonCard, today: date) -> "ResidentItem":
        """From a card."""
        household = _reference(card.household, card.membership)
        homes = [HomeItem.of(home) for home in card.homes]
        return cls(**cls.members_of(card.person, today), household=household, homes=homes)


class MemberItem(PersonItem):
    """A person as member of a household."""

    relation: str
    relation_text: str
    since: date

    @classmethod
    def of(cls, membership: Membership, person: Person, today: date) -> "MemberItem":
        """From a card."""
        return cls(
            **cls.members_of(person, today),
            relation=membership.relation,
            relation_text=RELATIONS.get(membership.relation, ""),
            since=membership.since,
        )


class HouseholdItem(BaseModel):
    """A household with its address and members: 户 → 人, 户 → 房."""

    id: UUID
    kind: HouseholdKind
    kind_text: str
    stage: str
    revision: int
    book_no: str | None
    home: HomeItem | None
    person_count: int
    members: list[MemberItem]

    @classmethod
    def of(cls, card: HouseholdCard, today: date) -> "HouseholdItem":
        """From a card."""
        household = card.household
        return cls(
            id=household.id,
            kind=household.kind,
            kind_text=label(household.kind),
            stage=household.stage,
            revision=household.revision,
            book_no=mask_book_no(household.book_no),
            home=HomeItem.of(card.home) if card.home else None,
            person_count=len(card.members),
            members=[MemberItem.of(member, person, today) for member, person in card.members],
        )


class ResidentPage(BaseModel):
    """A page of persons."""

    items: list[ResidentItem]
    next_cursor: str | None


class HouseholdPage(BaseModel):
    """A page of households."""

    items: list[HouseholdItem]
    next_cursor: str | None


class RevealedPerson(BaseModel):
    """A person unmasked; not to be kept by browsers or proxies."""

    id: UUID
    name: str
    id_no: str | None
    born_on: date | None
    sex: str
    phone: str | None
    ethnicity: str | None
    under_14: bool

    @classmethod
    def of(cls, person: Person, today: date) -> "RevealedPerson":
        """From a person that may be shown."""
        facts = person.facts
        if facts is None:
            raise ValueError("destroyed")
        shown = {name: getattr(facts, name) for name in _FACTS}
        return cls(id=person.id, under_14=is_under_14(facts.born_on, today), **shown)


class RevealedHousehold(BaseModel):
    """A household number unmasked."""

    id: UUID
    book_no: str | None


class EnrolledAnswer(BaseModel):
    """Identities given; nothing that was sent."""

    household_id: UUID
    person_ids: list[UUID]
    revision: int

    @classmethod
    def of(cls, done: Enrolled) -> "EnrolledAnswer":
        """From what was enrolled."""
        return cls(household_id=done.household_id, person_ids=list(done.person_ids), revision=done.revision)


class RevisionAnswer(BaseModel):
    """The revision that a change has made."""

    id: UUID
    revision: int


class DecisionAnswer(BaseModel):
    """How much a decision ended."""

    id: UUID
    households: int
    persons: int

    @classmethod
    def of(cls, decision: Decision) -> "DecisionAnswer":
        """From a decision."""
        return cls(id=decision.id, households=decision.households, persons=decision.persons)


class WithdrawalAnswer(DecisionAnswer):
    """What the withdrawal of a file ended, gave back, and left to be looked at (ids of persons)."""

    restored: int
    left: list[UUID]

    @classmethod
    def of_file(cls, done: Withdrawal) -> "WithdrawalAnswer":
        """From what became of a file."""
        base = DecisionAnswer.of(done.decision).model_dump()
        return cls(**base, restored=len(done.restored), left=list(done.left))


class ResidentEventItem(BaseModel):
    """What happened to a person or household."""

    kind: str
    effective_on: date
    document_no: str
    details: dict[str, Any]
    actor: str
    recorded_at: datetime


class ResidentHistory(BaseModel):
    """The latest first."""

    items: list[ResidentEventItem]


def _reference(household: Household | None, membership: Membership | None) -> HouseholdRef | None:
    if household is None or membership is None:
        return None
    return HouseholdRef(
        id=household.id,
        kind=household.kind,
        book_no=mask_book_no(household.book_no),
        relation=membership.relation,
        relation_text=RELATIONS.get(membership.relation, ""),
        since=membership.since,
    )
