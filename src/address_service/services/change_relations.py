"""Use-case: other relations within a household as one act, another head (换户主) among them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from address_service.errors import Conflict, InvalidInput
from address_service.model.audit import AuditNote
from address_service.residents.households import require_one_head
from address_service.residents.relations import read_relation
from address_service.services.resident_days import effective_day, reason_of
from address_service.services.resident_state import require_revision
from address_service.store.resident_entries import NewMember, ResidentEvent
from address_service.store.resident_records import Household, Membership
from address_service.store.tables.residents import household_member
from address_service.store.work import Work


@dataclass(frozen=True, slots=True)
class RelationsAsked:
    """The relation to the head by person, of those alone who get another one, and from which day on."""

    relations: Mapping[UUID, str]
    reason: str
    on: date | None = None
    document_no: str = field(default="")


def change_relations(work: Work, household_id: UUID, revision: int, asked: RelationsAsked) -> int:
    """Give members of a household other relations to its head; gives the household's new revision.

    What held before stays on record with its days. Raises NotFound `household-not-found`; Stale; Conflict
    `household-ended`, `dates-overlap`; InvalidInput `member-unknown`, `relation-unchanged`, `head-missing`,
    `head-twice`, `reason-missing`, `personal-data-not-here` and as `read_relation` and `effective_day` do.
    """
    work.hold_for_resident_act()
    household = work.residents.household(household_id, lock=True)
    require_revision(household.revision, revision)
    if household.stage != "active":
        raise Conflict("这一户已终止", code="household-ended")
    reason, document_no = reason_of(asked.reason), reason_of(asked.document_no) if asked.document_no else ""
    wanted = {person: read_relation(text) for person, text in asked.relations.items()}
    members = {member.person_id: member for member in work.residents.members([household_id])}
    changed = _changed(members, wanted)
    after = {person: wanted.get(person, member.relation) for person, member in members.items()}
    require_one_head(household.kind, list(after.values()))
    day = effective_day(work, asked.on, [member.since for member in changed])
    _write(work, household, changed, wanted, day)
    details = {"persons": len(changed)}
    _record(work, household, changed, day, document_no)
    work.note(AuditNote("household.relations", "household", str(household_id), details, reason=reason))
    return household.revision + 1


def _changed(members: Mapping[UUID, Membership], wanted: Mapping[UUID, str]) -> list[Membership]:
    if not wanted.keys() <= members.keys():
        raise InvalidInput("只能更改这一户现有成员的关系", code="member-unknown")
    changed = [members[person] for person, relation in wanted.items() if members[person].relation != relation]
    if not changed:
        raise InvalidInput("所填关系与已登记的相同", code="relation-unchanged")
    return changed


def _write(
    work: Work, household: Household, changed: list[Membership], wanted: Mapping[UUID, str], day: date
) -> None:
    """All old relations end before a new one begins, so that the head of before makes room for the next."""
    writer = work.resident_writer
    for member in changed:
        writer.end_link(household_member, member.id, day)
    writer.add_members(
        [
            NewMember(household.village_id, household.id, household.kind, m.person_id, wanted[m.person_id])
            for m in changed
        ],
        day,
    )
    writer.touch("household", household.id)


def _record(work: Work, household: Household, changed: list[Membership], day: date, document_no: str) -> None:
    subjects = [("household", household.id), *(("person", member.person_id) for member in changed)]
    details = {"household": str(household.id), "what": "relations"}
    work.resident_writer.record(
        [
            ResidentEvent(household.village_id, kind, key, "change", day, document_no, details)
            for kind, key in subjects
        ]
    )
