"""Use-case: show a person or household unmasked, for a purpose and a reason, counted and noted."""

from uuid import UUID

from address_service.errors import Conflict
from address_service.model.audit import AuditNote
from address_service.model.residents import RevealPurpose
from address_service.services.resident_days import reason_of
from address_service.services.reveal_limit import count_reveal
from address_service.store.resident_records import Household, Person
from address_service.store.work import Work


def reveal_person(work: Work, person_id: UUID, purpose: RevealPurpose, reason: str, limit: int) -> Person:
    """A person to be shown unmasked; at most ``limit`` reveals of an account in an hour.

    Raises NotFound `person-not-found`; InvalidInput `reason-missing`, `personal-data-not-here`; Conflict
    `key-destroyed`; TooMany `reveals-used-up`.
    """
    why = reason_of(reason)
    person = work.residents.person(person_id)
    if person.facts is None:
        raise Conflict("这个人员的资料已依决定销毁，不能再读", code="key-destroyed")
    count_reveal(work, limit)
    work.note(AuditNote("person.reveal", "person", str(person_id), {"purpose": str(purpose)}, reason=why))
    return person


def reveal_household(
    work: Work, household_id: UUID, purpose: RevealPurpose, reason: str, limit: int
) -> Household:
    """A household whose 户号 is to be shown unmasked; counted as `reveal_person` is, and raises as it does."""
    why = reason_of(reason)
    household = work.residents.household(household_id)
    if household.key is None:
        raise Conflict("这一户的资料已依决定销毁，不能再读", code="key-destroyed")
    count_reveal(work, limit)
    details = {"purpose": str(purpose)}
    work.note(AuditNote("household.reveal", "household", str(household_id), details, reason=why))
    return household
