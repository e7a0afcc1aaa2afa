"""Use-case: enrol a household with its members at an address, or one more person in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from address_service.errors import Conflict, FieldError, InvalidInput, ServiceError
from address_service.model.audit import AuditNote
from address_service.model.residents import HouseholdKind, ResidencyKind
from address_service.residents.households import require_one_head
from address_service.residents.person import PersonFacts, read_book_no, read_person
from address_service.residents.relations import read_relation
from address_service.services.resident_days import effective_day
from address_service.services.resident_numbers import refuse_known_numbers
from address_service.services.scope import require_scope
from address_service.store.ids import new_id
from address_service.store.resident_entries import (
    NewHousehold,
    NewMember,
    NewPerson,
    NewResidency,
    ResidentEvent,
)
from address_service.store.resident_records import KnownAddress
from address_service.store.work import Work


@dataclass(frozen=True, slots=True, repr=False)
class NewcomerAsked:
    """A person as typed (see `residents.person.read_person`), the relation to the head, where the person lives."""

    values: Mapping[str, str | None]
    relation: str
    lives_at: str | None = None
    arrived_on: date | None = None


@dataclass(frozen=True, slots=True, repr=False)
class HouseholdAsked:
    """A household as typed: kind, 户号, code of the registered address, members, since when."""

    kind: HouseholdKind
    address_code: str
    members: Sequence[NewcomerAsked]
    book_no: str | None = None
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What was enrolled; persons in the order of the request."""

    household_id: UUID
    person_ids: tuple[UUID, ...]
    revision: int = 1


@dataclass(frozen=True, slots=True, repr=False)
class _Newcomer:
    facts: PersonFacts
    relation: str
    lives_at: KnownAddress | None
    arrived_on: date | None
    id: UUID = field(default_factory=new_id)


def enrol_household(work: Work, asked: HouseholdAsked, *, keep_ethnicity: bool = False) -> Enrolled:
    """Enrol a household whole; registered at its address, living where each member says or there.

    Raises InvalidInput `head-missing`, `head-twice`, `resident-invalid` with a line for each member, as
    `read_book_no` and `effective_day` do; NotFound `address-not-found`; Forbidden `out-of-scope`; Conflict
    `person-known`.
    """
    work.hold_for_resident_act()
    since = effective_day(work, asked.since)
    address = address_in_scope(work, asked.address_code)
    book_no = read_book_no(asked.book_no) if asked.book_no else None
    new = _read_all(work, asked.members, keep_ethnicity)
    require_one_head(asked.kind, [one.relation for one in new])
    _refuse_known(work, [one.facts for one in new])
    made = NewHousehold(new_id(), address.village_id, asked.kind, book_no, address.id)
    work.resident_writer.add_households([made], since)
    _add(work, made, address.id, new, since)
    event = ResidentEvent(address.village_id, "household", made.id, "enrol", since)
    work.resident_writer.record([event])
    note = AuditNote("household.enrol", "household", str(made.id), {"persons": len(new)})
    work.note(note)
    return Enrolled(made.id, tuple(one.id for one in new))


def join_household(
    work: Work, household_id: UUID, asked: NewcomerAsked, since: date | None, *, keep_ethnicity: bool = False
) -> Enrolled:
    """Enrol one more person in a household, born or come from elsewhere; the revision is the household's new one.

    Raises NotFound `household-not-found`; Conflict `household-ended`, `person-known`; InvalidInput as
    `enrol_household` does.
    """
    work.hold_for_resident_act()
    household = work.residents.household(household_id, lock=True)
    if household.stage != "active":
        raise Conflict("这一户已终止", code="household-ended")
    home = next(iter(work.residents.homes_of_households([household_id])))
    day = effective_day(work, since, [home.since])
    new = _read_all(work, [asked], keep_ethnicity)
    present = [member.relation for member in work.residents.members([household_id])]
    require_one_head(household.kind, [*present, *(one.relation for one in new)])
    _refuse_known(work, [one.facts for one in new])
    joined = NewHousehold(household_id, household.village_id, household.kind, None, home.address_id)
    _add(work, joined, home.address_id, new, day)
    work.resident_writer.touch("household", household_id)
    details = {"person": str(new[0].id)}
    work.resident_writer.record(
        [ResidentEvent(household.village_id, "household", household_id, "join", day, details=details)]
    )
    work.note(AuditNote("person.enrol", "person", str(new[0].id), {"household": str(household_id)}))
    return Enrolled(household_id, (new[0].id,), household.revision + 1)


def address_in_scope(work: Work, code: str) -> KnownAddress:
    """An address that somebody of the actor's scope may be registered at."""
    address = work.residents.address(code)
    require_scope(work.actor, address.village_code)
    return address


def _read_all(work: Work, asked: Sequence[NewcomerAsked], keep_ethnicity: bool) -> list[_Newcomer]:
    new, errors = [], []
    for row, one in enumerate(asked, start=1):
        try:
            facts = read_person(one.values, work.today, keep_ethnicity=keep_ethnicity)
            lives_at = work.residents.address(one.lives_at) if one.lives_at else None
            new.append(_Newcomer(facts, read_relation(one.relation), lives_at, one.arrived_on))
        except ServiceError as error:
            errors.append(FieldError(error.code, error.message, f"members.{row - 1}", row))
    if errors:
        raise InvalidInput("人员资料有误", code="resident-invalid", errors=errors)
    return new


def _refuse_known(work: Work, people: Sequence[PersonFacts]) -> None:
    numbers = [facts.id_no for facts in people if facts.id_no]
    if len(set(numbers)) < len(numbers):
        raise InvalidInput("同一公民身份号码出现了两次", code="citizen-id-twice")
    refuse_known_numbers(work, numbers)


def _add(
    work: Work, household: NewHousehold, address_id: UUID, new: Sequence[_Newcomer], since: date
) -> None:
    writer, village = work.resident_writer, household.village_id
    writer.add_persons([NewPerson(one.id, village, one.facts) for one in new])
    writer.add_members(
        [NewMember(village, household.id, household.kind, one.id, one.relation) for one in new], since
    )
    homes = []
    for one in new:
        lives_at = one.lives_at.id if one.lives_at else address_id
        homes += [
            NewResidency(village, one.id, address_id, ResidencyKind.REGISTERED, one.arrived_on),
            NewResidency(village, one.id, lives_at, ResidencyKind.ACTUAL, one.arrived_on),
        ]
    writer.add_residencies(homes, since)
    writer.record([ResidentEvent(village, "person", one.id, "enrol", since) for one in new])
