"""Use-case: record that a person or household is no longer here, as an authority decided; nothing is deleted."""

from datetime import date
from uuid import UUID

from address_service.errors import Conflict
from address_service.model.audit import AuditNote
from address_service.model.residents import EndReason
from address_service.services.resident_days import document, effective_day
from address_service.services.resident_state import leave_household, require_revision
from address_service.store.resident_entries import ResidentEvent
from address_service.store.tables.residents import household_address, residency
from address_service.store.work import Work


def end_person(
    work: Work, person_id: UUID, revision: int, reason: EndReason, document_no: str, on: date | None,
    new_head: UUID | None = None,
) -> int:  # fmt: skip
    """Record the death, the cancelling by the police, or the moving away of a person; gives the new revision.

    Raises NotFound `person-not-found`; Stale; Conflict `person-closed`; InvalidInput `document-missing`,
    `head-missing` where a head leaves others behind, `head-unknown` and as `effective_day` does.
    """
    work.hold_for_resident_act()
    views, writer = work.residents, work.resident_writer
    person = views.person(person_id, lock=True)
    require_revision(person.revision, revision)
    if person.stage != "active":
        raise Conflict("这个人员的登记已终止", code="person-closed")
    document_no = document(document_no)
    households = [views.household(m.household_id, lock=True) for m in views.memberships([person_id])]
    memberships, homes = views.memberships([person_id]), views.homes_of_persons([person_id])
    day = effective_day(work, on, [m.since for m in memberships] + [h.since for h in homes])
    for household in households:
        leave_household(work, household, person_id, new_head, day)
    for home in homes:
        writer.end_link(residency, home.id, day)
    writer.end_person(person_id, reason, document_no, day)
    details = {"reason": str(reason)}
    writer.record([ResidentEvent(person.village_id, "person", person_id, "end", day, document_no, details)])
    work.note(AuditNote("person.end", "person", str(person_id), details))
    return person.revision + 1


def end_household(work: Work, household_id: UUID, revision: int, document_no: str, on: date | None) -> int:
    """Record that a household that nobody is in any more has ended; gives the new revision.

    Raises NotFound `household-not-found`; Stale; Conflict `household-ended`, `household-inhabited`; InvalidInput
    `document-missing` and as `effective_day` does.
    """
    work.hold_for_resident_act()
    views, writer = work.residents, work.resident_writer
    household = views.household(household_id, lock=True)
    require_revision(household.revision, revision)
    if household.stage != "active":
        raise Conflict("这一户已终止", code="household-ended")
    document_no = document(document_no)
    if views.members([household_id]):
        raise Conflict("户内还有人员，不能终止", code="household-inhabited")
    homes = views.homes_of_households([household_id])
    day = effective_day(work, on, [home.since for home in homes])
    for home in homes:
        writer.end_link(household_address, home.id, day)
    writer.end_household(household_id, day)
    writer.record([ResidentEvent(household.village_id, "household", household_id, "end", day, document_no)])
    work.note(AuditNote("household.end", "household", str(household_id)))
    return household.revision + 1
