"""What acts on single addresses mean for residents: they follow to the one successor, or are told of and listed."""

from collections.abc import Sequence
from uuid import UUID

from address_service.model.audit import AuditNote
from address_service.services.address_change_tools import Done
from address_service.store.address_changes import AddressChangeHead
from address_service.store.resident_locks import hold_for_carrying
from address_service.store.resident_scope import scope_of_villages
from address_service.store.resident_successors import Followed, follow_successors, households_at
from address_service.store.work import Work


def hold_residents(work: Work) -> None:
    """Wait for who is being enrolled; whoever comes later reads the addresses as they will be."""
    hold_for_carrying(work.conn, work.county_code)


def let_residents_follow(work: Work, head: AddressChangeHead, done: Done, decree_no: str) -> None:
    """Register whoever is at an address that ended in exactly one other at that one, and note it in their history."""
    actor = work.actor.account_id
    followed = follow_successors(work.conn, work.county_code, done.event_id, done.on, actor, work.now)
    with_people = [one for one in followed if one.households or one.persons]
    for one in with_people:
        _record(work, head, done, decree_no, one)
    if with_people:
        counts: dict[str, str | int] = {
            "households": sum(len(one.households) for one in with_people),
            "persons": sum(len(one.persons) for one in with_people),
        }
        work.note(AuditNote("household.follow", "address_change", str(head.id), counts))


def count_households(work: Work, heads: Sequence[AddressChangeHead]) -> dict[UUID, int]:
    """Of each act how many households are registered at its address or the rooms there now; counts only."""
    addresses = [head.address_id for head in heads if head.address_id is not None]
    counts = households_at(work.conn, work.county_code, addresses)
    return {head.id: counts.get(head.address_id, 0) if head.address_id else 0 for head in heads}


def _record(work: Work, head: AddressChangeHead, done: Done, decree_no: str, one: Followed) -> None:
    details = {"from": one.old_code, "to": one.new_code, "address_change": str(head.id)}
    writer = work.resident_writer
    with scope_of_villages(work.conn, work.county_code, None):
        for subject, ids in (("household", one.households), ("person", one.persons)):
            writer.record_for(subject, ids, "change", done.on, decree_no, details)
