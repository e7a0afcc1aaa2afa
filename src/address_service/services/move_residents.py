"""Use-case: a household or a person moves; every link of before stays on record with its days."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from address_service.errors import Conflict, InvalidInput
from address_service.model.audit import AuditNote
from address_service.model.residents import ResidencyKind
from address_service.residents.households import require_one_head
from address_service.residents.relations import read_relation
from address_service.services.free_text import refuse_personal_numbers
from address_service.services.resident_days import document, effective_day
from address_service.services.resident_state import leave_household, require_revision
from address_service.services.scope import require_scope
from address_service.store.resident_entries import (
    NewMember,
    NewResidency,
    ResidentEvent,
)
from address_service.store.resident_records import (
    Home,
    Household,
    Person,
)
from address_service.store.resident_villages import relocate_household, relocate_persons
from address_service.store.tables.residents import household_address, residency
from address_service.store.work import Work


@dataclass(frozen=True, slots=True)
class HouseholdMove:
    """Where a household is registered from a day on; who lived at the old address goes along unless they stay."""

    address_code: str
    document_no: str
    on: date | None = None
    arrived_on: date | None = None
    those_living_there_too: bool = True


@dataclass(frozen=True, slots=True)
class PersonMove:
    """Into which household with which relation, or where a person lives, from a day on; either or both.

    ``document_no`` is needed for another household (户口迁移); ``new_head`` where a head leaves a family behind.
    """

    household_id: UUID | None = None
    relation: str | None = None
    lives_at: str | None = None
    on: date | None = None
    arrived_on: date | None = None
    document_no: str = ""
    new_head: UUID | None = None


def move_household(work: Work, household_id: UUID, revision: int, move: HouseholdMove) -> int:
    """Register a household and its members elsewhere; gives the new revision.

    Raises NotFound `household-not-found`, `address-not-found`; Stale; Forbidden `out-of-scope`; Conflict
    `household-ended`, `already-there`; InvalidInput `document-missing` and as `effective_day` does.
    """
    work.hold_for_resident_act()
    views, writer = work.residents, work.resident_writer
    persons = [member.person_id for member in views.members([household_id])]
    views.hold_persons(persons)  # before their household, as whoever acts on a person does
    household = views.household(household_id, lock=True)
    require_revision(household.revision, revision)  # who joined or left since would have changed it
    if household.stage != "active":
        raise Conflict("这一户已终止", code="household-ended")
    document_no = document(move.document_no)
    target = views.address(move.address_code)
    require_scope(work.actor, target.village_code)
    olds = views.homes_of_households([household_id])
    if any(old.address_id == target.id for old in olds):
        raise Conflict("这一户已登记在这个地址", code="already-there")
    homes = [h for h in views.homes_of_persons(persons) if _goes_along(h, olds, move.those_living_there_too)]
    day = effective_day(work, move.on, [home.since for home in (*olds, *homes)])
    for old in olds:
        writer.end_link(household_address, old.id, day)
    writer.add_household_addresses([(target.village_id, household_id, target.id)], day)
    _end_homes(work, homes, day)
    if target.village_id != household.village_id:
        relocate_household(work.conn, work.county_code, household_id, target.village_id)
        relocate_persons(work.conn, work.county_code, persons, target.village_id)
    arrived = move.arrived_on or day
    writer.add_residencies(
        [
            NewResidency(target.village_id, h.subject_id, target.id, ResidencyKind(h.kind), arrived)
            for h in homes
        ],
        day,
    )
    writer.touch("household", household_id)
    details = {"from": olds[0].address_code} if olds else {}
    details["to"] = move.address_code
    happened = [("household", household_id), *(("person", person) for person in persons)]
    writer.record(
        [
            ResidentEvent(target.village_id, what, key, "move", day, document_no, details)
            for what, key in happened
        ]
    )
    work.note(AuditNote("household.move", "household", str(household_id), {"persons": len(persons)}))
    return household.revision + 1


def move_person(work: Work, person_id: UUID, revision: int, move: PersonMove) -> int:
    """Move a person to another household, to another dwelling, or both; gives the new revision.

    Raises NotFound `person-not-found`, `household-not-found`, `address-not-found`; Stale; Forbidden `out-of-scope`;
    Conflict `person-closed`, `household-ended`, `household-without-address`, `already-there`; InvalidInput
    `move-nowhere`, `relation-missing`, `document-missing`, `head-missing`, `head-twice`, `head-unknown`,
    `personal-data-not-here` and as `effective_day` does.
    """
    work.hold_for_resident_act()
    person = work.residents.person(person_id, lock=True)
    require_revision(person.revision, revision)
    if person.stage != "active":
        raise Conflict("这个人员的登记已终止", code="person-closed")
    refuse_personal_numbers(move.document_no, move.relation or "")
    if move.household_id is None and move.lives_at is None:
        raise InvalidInput("须说明迁入哪一户或住到哪个地址", code="move-nowhere")
    if move.household_id is not None:
        _change_household(work, person, move.household_id, move)
    if move.lives_at is not None:
        _change_dwelling(work, person_id, move)
    work.resident_writer.touch("person", person_id)
    work.note(AuditNote("person.move", "person", str(person_id)))
    return person.revision + 1


def _goes_along(home: Home, olds: list[Home], those_living_there_too: bool) -> bool:
    if home.kind == ResidencyKind.REGISTERED:
        return True
    return those_living_there_too and any(home.address_id == old.address_id for old in olds)


def _end_homes(work: Work, homes: list[Home], day: date) -> None:
    for home in homes:
        work.resident_writer.end_link(residency, home.id, day)


def _change_household(work: Work, person: Person, target_id: UUID, move: PersonMove) -> None:
    views, writer = work.residents, work.resident_writer
    document_no = document(move.document_no)
    if not move.relation:
        raise InvalidInput("须填与户主关系", code="relation-missing")
    relation = read_relation(move.relation)
    old, target = _hold_both(work, person, target_id)
    home = next(iter(views.homes_of_households([target.id])), None)
    if home is None:
        raise Conflict("迁入的户没有户籍地址，请先登记它的户籍地址", code="household-without-address")
    registered = [h for h in views.homes_of_persons([person.id]) if h.kind == ResidencyKind.REGISTERED]
    since = [m.since for m in views.memberships([person.id])] + [h.since for h in registered]
    day = effective_day(work, move.on, [home.since, *since])
    require_one_head(target.kind, [*(m.relation for m in views.members([target.id])), relation])
    if old is not None:
        leave_household(work, old, person.id, move.new_head, day)
    _end_homes(work, registered, day)
    if target.village_id != person.village_id:
        relocate_persons(work.conn, work.county_code, [person.id], target.village_id)
    writer.add_members([NewMember(target.village_id, target.id, target.kind, person.id, relation)], day)
    kind = ResidencyKind.REGISTERED
    arrived = move.arrived_on or day
    writer.add_residencies([NewResidency(target.village_id, person.id, home.address_id, kind, arrived)], day)
    writer.touch("household", target.id)
    writer.record(list(_moves(person, old, target, day, document_no)))


def _hold_both(work: Work, person: Person, target_id: UUID) -> tuple[Household | None, Household]:
    """The household that is left and the one that is joined, held in one order so that two moves wait in turn."""
    present = [member.household_id for member in work.residents.memberships([person.id])]
    if target_id in present:
        raise Conflict("这个人员已在这一户", code="already-there")
    held = {key: work.residents.household(key, lock=True) for key in sorted({*present, target_id}, key=str)}
    target = held[target_id]
    if target.stage != "active":
        raise Conflict("迁入的户已终止", code="household-ended")
    return (held[present[0]] if present else None), target


def _moves(
    person: Person, old: Household | None, target: Household, day: date, document_no: str
) -> list[ResidentEvent]:
    key = str(person.id)
    events = [
        ResidentEvent(target.village_id, "household", target.id, "join", day, document_no, {"person": key}),
        ResidentEvent(
            target.village_id, "person", person.id, "move", day, document_no, {"household": str(target.id)}
        ),
    ]
    if old is not None:
        events.append(
            ResidentEvent(old.village_id, "household", old.id, "leave", day, document_no, {"person": key})
        )
    return events


def _change_dwelling(work: Work, person_id: UUID, move: PersonMove) -> None:
    person = work.residents.person(person_id)
    target = work.residents.address(move.lives_at or "")
    homes = [h for h in work.residents.homes_of_persons([person_id]) if h.kind == ResidencyKind.ACTUAL]
    if any(home.address_id == target.id for home in homes):
        raise Conflict("这个人员已住在这个地址", code="already-there")
    day = effective_day(work, move.on, [home.since for home in homes])
    _end_homes(work, homes, day)
    arrived = move.arrived_on or day
    new = NewResidency(person.village_id, person_id, target.id, ResidencyKind.ACTUAL, arrived)
    work.resident_writer.add_residencies([new], day)
    details = {"lives_at": move.lives_at or ""}
    event = ResidentEvent(person.village_id, "person", person_id, "move", day, details=details)
    work.resident_writer.record([event])
