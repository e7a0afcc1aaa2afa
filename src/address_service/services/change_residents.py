"""Use-case: correct what is kept of a person or household; what was kept before stays, under seal."""

from collections.abc import Mapping
from uuid import UUID

from address_service.errors import Conflict, InvalidInput
from address_service.model.audit import AuditNote
from address_service.residents.person import read_book_no, read_person
from address_service.services.resident_numbers import refuse_number_of_another
from address_service.services.resident_state import require_revision
from address_service.store.resident_entries import ResidentEvent
from address_service.store.work import Work


def change_person(
    work: Work,
    person_id: UUID,
    revision: int,
    values: Mapping[str, str | None],
    *,
    keep_ethnicity: bool = False,
) -> int:
    """Give a person other facts (as typed); members that are not named stay. Gives the new revision.

    Birth date and sex of before are let go of where another identity number says them anew. Raises NotFound
    `person-not-found`; Stale; Conflict `person-closed`, `person-known`; InvalidInput `number-says-so` and as
    `read_person` does.
    """
    work.hold_for_resident_act()
    person = work.residents.person(person_id, lock=True)
    require_revision(person.revision, revision)
    if person.facts is None or person.key is None or person.stage != "active":
        raise Conflict("这个人员的登记已终止，不能更改", code="person-closed")
    before: dict[str, str | None] = dict(person.facts.to_payload())
    _refuse_guesses(before, values)
    if values.get("id_no"):
        before |= {"born_on": None, "sex": None}
    facts = read_person(
        {**before, **values}, work.today, keep_ethnicity=keep_ethnicity or bool(before.get("ethnicity"))
    )
    if facts.id_no and facts.id_no != person.facts.id_no:
        refuse_number_of_another(work, facts.id_no, person_id)
    work.resident_writer.change_person(person_id, person.key, facts)
    fields = sorted(name for name in {*values} if values[name] != before.get(name))
    details = {"fields": ",".join(fields)}
    event = ResidentEvent(person.village_id, "person", person_id, "change", work.today, details=details)
    work.resident_writer.record([event])
    work.note(AuditNote("person.change", "person", str(person_id), details))
    return person.revision + 1


def _refuse_guesses(before: Mapping[str, str | None], values: Mapping[str, str | None]) -> None:
    """Raise InvalidInput for a birth date or sex by itself where the kept number says them.

    Were it held against the number, right and wrong answers would tell, one try after another, what the mask hides.
    """
    if before.get("id_no") and "id_no" not in values and (values.get("born_on") or values.get("sex")):
        message = "此人有公民身份号码，出生日期和性别以号码为准；号码有误时请更改号码"
        raise InvalidInput(message, code="number-says-so")


def change_household(work: Work, household_id: UUID, revision: int, book_no: str | None) -> int:
    """Give a household another 户号, or none; gives the new revision.

    Raises NotFound `household-not-found`; Stale; Conflict `household-ended`; InvalidInput `book-no-malformed`.
    """
    work.hold_for_resident_act()
    household = work.residents.household(household_id, lock=True)
    require_revision(household.revision, revision)
    if household.key is None or household.stage != "active":
        raise Conflict("这一户已终止，不能更改", code="household-ended")
    number = read_book_no(book_no) if book_no else None
    work.resident_writer.change_household(household_id, household.key, number)
    event = ResidentEvent(household.village_id, "household", household_id, "change", work.today)
    work.resident_writer.record([event])
    work.note(AuditNote("household.change", "household", str(household_id), {"fields": "book_no"}))
    return household.revision + 1
