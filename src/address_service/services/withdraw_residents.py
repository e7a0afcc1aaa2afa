"""Use-case: end for good what may be kept no longer, or never should have been: by decision, with the rows' keys."""

from dataclasses import dataclass
from uuid import UUID

from address_service.errors import Conflict, NotFound
from address_service.model.audit import AuditNote
from address_service.services.resident_days import document, reason_of
from address_service.services.resident_numbers import refuse_number_of_another
from address_service.store.resident_entries import ResidentEvent
from address_service.store.resident_records import ChangedByImport
from address_service.store.residents_decisions import Decision, record_decision
from address_service.store.work import Work


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A decision on a file: ``restored`` persons are again as they were before it changed them.

    ``left`` were changed by somebody since, or their number is another's by now: each is for an office to look at.
    """

    decision: Decision
    restored: tuple[UUID, ...]
    left: tuple[UUID, ...]


def withdraw_import(work: Work, import_id: UUID, document_no: str, reason: str) -> Withdrawal:
    """Withdraw what a wrongly imported file brought: restricted, closed, and unreadable for ever. Nothing is deleted.

    Persons that were there before are as they were; those that came in by hand into a household of that file stay,
    without it. Raises NotFound `import-not-found`; Conflict
    `nothing-to-withdraw`; InvalidInput `document-missing`, `reason-missing`, `personal-data-not-here`.
    """
    document_no, reason = document(document_no), reason_of(reason)
    work.hold_for_resident_act()
    if work.imports.get(import_id)["layer"] != "residents":
        raise NotFound(f"没有人员导入 {import_id}", code="import-not-found")
    persons = work.residents.of_import("person", import_id)
    households = work.residents.of_import("household", import_id)
    work.residents.hold_persons(persons)
    work.residents.hold_households(households)
    changed = work.residents.changed_by_import(import_id)
    if not persons and not households and all(one.changed_since for one in changed):
        raise Conflict("这次导入没有可撤回的资料", code="nothing-to-withdraw")
    writer = work.resident_writer
    details = {"import": str(import_id)}
    writer.record_for("person", persons, "withdraw", work.today, document_no, details)
    writer.record_for("household", households, "withdraw", work.today, document_no, details)
    writer.close_links(persons, households)
    restored = [one for one in changed if not one.changed_since and _restore(work, one, document_no, details)]
    left = tuple(one.person.id for one in changed if one not in restored)
    decision = Decision(
        "withdraw_import", document_no, reason, import_id=import_id,
        households=writer.destroy_household_keys(households), persons=writer.destroy_person_keys(persons),
    )  # fmt: skip
    record_decision(work.conn, work.county_code, decision, work.actor.account_id, work.now)
    counts: dict[str, str | int] = {
        "households": decision.households,
        "persons": decision.persons,
        "restored": len(restored),
        "left": len(left),
    }
    work.note(AuditNote("residents.withdraw", "import", str(import_id), counts, reason=reason))
    return Withdrawal(decision, tuple(one.person.id for one in restored), left)


def _restore(work: Work, one: ChangedByImport, document_no: str, details: dict[str, str]) -> bool:
    """Give a person the facts of before the file; False where the number of before is another person's by now."""
    person, number = one.person, one.before.id_no
    if person.key is None or person.facts is None:
        return False
    if number is not None and number != person.facts.id_no:
        try:
            refuse_number_of_another(work, number, person.id)
        except Conflict:
            return False
    work.resident_writer.change_person(person.id, person.key, one.before)
    event = ResidentEvent(
        person.village_id,
        "person",
        person.id,
        "change",
        work.today,
        document_no,
        {"withdrawn": details["import"]},
    )
    work.resident_writer.record([event])
    return True


def destroy_person(work: Work, person_id: UUID, document_no: str, reason: str) -> Decision:
    """End the retention of a person who is no longer here: unreadable for ever, the sealed history included.

    Raises NotFound `person-not-found`; Conflict `person-still-here`, `key-destroyed`; InvalidInput as
    `withdraw_import` does.
    """
    document_no, reason = document(document_no), reason_of(reason)
    work.hold_for_resident_act()
    person = work.residents.person(person_id, lock=True)
    if person.facts is None:
        raise Conflict("这个人员的资料已依决定销毁", code="key-destroyed")
    if person.stage == "active":
        raise Conflict("这个人员仍在登记之中，不能销毁", code="person-still-here")
    writer = work.resident_writer
    writer.record([ResidentEvent(person.village_id, "person", person_id, "destroy", work.today, document_no)])
    writer.destroy_person_keys([person_id])
    decision = Decision("destroy_person", document_no, reason, subject_id=person_id, persons=1)
    record_decision(work.conn, work.county_code, decision, work.actor.account_id, work.now)
    work.note(AuditNote("person.destroy", "person", str(person_id), {"document": document_no}, reason=reason))
    return decision
