"""Use-case: read people, households and houses each from the other; every read is noted, also a masked one."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from address_service.errors import InvalidInput, TooMany
from address_service.model.audit import AuditNote
from address_service.residents.citizen_id import read_citizen_id
from address_service.residents.person import read_book_no, read_name, read_phone
from address_service.services.free_text import refuse_personal_numbers
from address_service.services.scope import require_scope
from address_service.store.lookup_counts import give_back_lookup, take_lookup
from address_service.store.resident_entries import (
    BOOK_NO,
    ID_NO,
    NAME,
    PHONE,
)
from address_service.store.resident_records import (
    Home,
    Household,
    Membership,
    Person,
    Where,
)
from address_service.store.work import Work

T = TypeVar("T")

MOST_MISSES = 60
"""Look-ups of an account in an hour that may find nobody, where the settings say nothing else."""


@dataclass(frozen=True, slots=True)
class PersonCard:
    """A person with household and homes as they are now."""

    person: Person
    membership: Membership | None
    household: Household | None
    homes: tuple[Home, ...]


@dataclass(frozen=True, slots=True)
class HouseholdCard:
    """A household with its registered address and its members as they are now, the head first."""

    household: Household
    home: Home | None
    members: tuple[tuple[Membership, Person], ...]


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a list is narrowed to: one of a division, an address, a building, a parcel; nothing is all in scope.

    ``ended`` leaves those alone whose address is not in force any more.
    """

    village: str | None = None
    address_code: str | None = None
    building_code: str | None = None
    parcel_code: str | None = None
    ended: bool = False


def list_persons(work: Work, narrowed: Narrowed, after: UUID | None, limit: int) -> list[PersonCard]:
    """A page of persons in scope by id; raises Forbidden `out-of-scope`, InvalidInput `filter-ambiguous`."""
    found = work.residents.persons(after, limit, _where(work, narrowed))
    work.note(AuditNote("person.list", "person", None, {"count": len(found), **_named(narrowed)}))
    return person_cards(work, found)


def list_households(work: Work, narrowed: Narrowed, after: UUID | None, limit: int) -> list[HouseholdCard]:
    """A page of households in scope by id; raises as `list_persons` does."""
    found = work.residents.households(after, limit, _where(work, narrowed))
    work.note(AuditNote("household.list", "household", None, {"count": len(found), **_named(narrowed)}))
    return household_cards(work, found)


def read_person_card(work: Work, person_id: UUID) -> PersonCard:
    """One person; raises NotFound `person-not-found`."""
    (card,) = person_cards(work, [work.residents.person(person_id)])
    work.note(AuditNote("person.read", "person", str(person_id)))
    return card


def read_household_card(work: Work, household_id: UUID) -> HouseholdCard:
    """One household; raises NotFound `household-not-found`."""
    (card,) = household_cards(work, [work.residents.household(household_id)])
    work.note(AuditNote("household.read", "household", str(household_id), {"persons": len(card.members)}))
    return card


def read_history(work: Work, kind: str, subject_id: UUID) -> list[Mapping[str, Any]]:
    """What happened to a person or household, the latest first; raises NotFound."""
    if kind == "person":
        work.residents.person(subject_id)
    else:
        work.residents.household(subject_id)
    work.note(AuditNote(f"{kind}.history", kind, str(subject_id)))
    return work.residents.events(subject_id)


def look_up_persons(
    work: Work, *, id_no: str | None, name: str | None, phone: str | None, most_misses: int = MOST_MISSES
) -> list[PersonCard]:
    """Persons in scope whose number, name or phone is exactly what is asked; at most 50.

    Raises InvalidInput `look-up-by-one` unless exactly one is given, and as the readers of each do; TooMany
    `lookups-used-up` when the account has found nobody ``most_misses`` times in this hour.
    """
    given = [value for value in (id_no, name, phone) if value]
    if len(given) != 1:
        raise InvalidInput("须按公民身份号码、姓名、电话三者之一查找", code="look-up-by-one")
    if id_no:
        kind, value = ID_NO, read_citizen_id(id_no, work.today).number
    elif name:
        kind, value = NAME, read_name(name)
    else:
        kind, value = PHONE, read_phone(phone or "")
    found = _counted(work, most_misses, lambda: work.residents.find_persons(kind, value))
    work.note(AuditNote("person.look-up", "person", None, {"by": kind, "count": len(found)}))
    return person_cards(work, found)


def look_up_households(
    work: Work, book_no: str | None, head_name: str | None = None, *, most_misses: int = MOST_MISSES
) -> list[HouseholdCard]:
    """Households in scope with exactly that 户号, or whose head has exactly that name; at most 50.

    Raises InvalidInput `look-up-by-one` unless exactly one is given, `book-no-malformed`, TooMany as for persons.
    """
    if bool(book_no) == bool(head_name):
        raise InvalidInput("须按户号或户主姓名之一查找", code="look-up-by-one")
    if head_name:
        kind, value = NAME, read_name(head_name)
        found = _counted(work, most_misses, lambda: work.residents.households_of_head(value))
    else:
        kind, number = BOOK_NO, read_book_no(book_no or "")
        found = _counted(work, most_misses, lambda: work.residents.find_households(number))
    work.note(AuditNote("household.look-up", "household", None, {"by": kind, "count": len(found)}))
    return household_cards(work, found)


def _counted(work: Work, most_misses: int, find: Callable[[], list[T]]) -> list[T]:
    """What is found; nothing found counts, or the digits behind a mask could be tried one after another."""
    counted = work.conn, work.county_code, work.actor.account_id, work.now
    if not take_lookup(*counted, most_misses):
        message = f"每小时最多{most_misses}次查找不到人，请下一小时再试，或从名册中翻查"
        raise TooMany(message, code="lookups-used-up")
    found = find()
    if found:
        give_back_lookup(*counted)
    return found


def person_cards(work: Work, persons: list[Person]) -> list[PersonCard]:
    """Cards of persons, in their order, by four statements however many they are."""
    ids = [person.id for person in persons]
    memberships = {m.person_id: m for m in work.residents.memberships(ids)}
    households = work.residents.households_by_ids([m.household_id for m in memberships.values()])
    homes = _grouped(work.residents.homes_of_persons(ids), lambda home: home.subject_id)
    cards = []
    for person in persons:
        membership = memberships.get(person.id)
        household = households.get(membership.household_id) if membership else None
        cards.append(PersonCard(person, membership, household, tuple(homes[person.id])))
    return cards


def household_cards(work: Work, households: list[Household]) -> list[HouseholdCard]:
    """Cards of households, in their order, by three statements however many they are."""
    ids = [household.id for household in households]
    members = work.residents.members(ids)
    persons = work.residents.persons_by_ids([m.person_id for m in members])
    grouped = _grouped(members, lambda member: member.household_id)
    homes = {home.subject_id: home for home in work.residents.homes_of_households(ids)}
    return [
        HouseholdCard(
            household,
            homes.get(household.id),
            tuple((m, persons[m.person_id]) for m in grouped[household.id] if m.person_id in persons),
        )
        for household in households
    ]


def today_of(work: Work) -> date:
    """The day that decides who is under fourteen."""
    return work.today


def _grouped(things: Iterable[T], key: Callable[[T], UUID]) -> dict[UUID, list[T]]:
    found: dict[UUID, list[T]] = defaultdict(list)
    for thing in things:
        found[key(thing)].append(thing)
    return found


def _where(work: Work, narrowed: Narrowed) -> Where:
    houses = {
        "code": narrowed.address_code,
        "building": narrowed.building_code,
        "parcel": narrowed.parcel_code,
    }
    named = {name: value for name, value in houses.items() if value is not None}
    if len(named) + (narrowed.village is not None) > 1:
        raise InvalidInput("只能按区划、地址、建筑、宗地之一筛选", code="filter-ambiguous")
    refuse_personal_numbers(*named.values())
    if named:
        return Where(address_ids=work.residents.address_ids(**named), ended=narrowed.ended)
    if narrowed.village is None or work.actor.division_code.startswith(narrowed.village):
        return Where(ended=narrowed.ended)
    require_scope(work.actor, narrowed.village)
    return Where(village_ids=work.residents.village_ids(narrowed.village), ended=narrowed.ended)


def _named(narrowed: Narrowed) -> dict[str, str]:
    values = {
        "village": narrowed.village,
        "address": narrowed.address_code,
        "building": narrowed.building_code,
        "parcel": narrowed.parcel_code,
        "address_state": "ended" if narrowed.ended else None,
    }
    return {name: value for name, value in values.items() if value is not None}
