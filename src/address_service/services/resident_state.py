"""What several acts on residents share: the revision that was read, and who is head when somebody leaves."""

from datetime import date
from uuid import UUID

from address_service.errors import InvalidInput, Stale
from address_service.residents.households import require_one_head
from address_service.residents.relations import HEAD
from address_service.store.resident_entries import NewMember
from address_service.store.resident_records import Household
from address_service.store.tables.residents import household_member
from address_service.store.work import Work


def require_revision(present: int, read: int) -> None:
    """Raise Stale when somebody changed the thing since it was read."""
    if present != read:
        raise Stale("资料已被他人更改，请重新打开后再改", code="stale")


def leave_household(work: Work, household: Household, leaving: UUID, new_head: UUID | None, on: date) -> None:
    """End a membership; the household goes on under one head, a new one where its head leaves.

    The household must be held. Raises InvalidInput `head-missing`, `head-unknown`.
    """
    writer, members = work.resident_writer, work.residents.members([household.id])
    staying = {member.person_id: member for member in members if member.person_id != leaving}
    relations = {person: member.relation for person, member in staying.items()}
    if new_head is not None:
        if new_head not in staying:
            raise InvalidInput("新户主须是这一户的成员", code="head-unknown")
        relations[new_head] = HEAD
    require_one_head(household.kind, list(relations.values()))
    ended = [member for member in members if member.person_id in (leaving, new_head)]
    for member in ended:
        writer.end_link(household_member, member.id, on)
    if new_head is not None:
        head = NewMember(household.village_id, household.id, household.kind, new_head, HEAD)
        writer.add_members([head], on)
    writer.touch("household", household.id)
