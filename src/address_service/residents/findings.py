"""Findings on people: what a source claims of a person beside what the register knows; the one place they come from.

A finding says that something is to be looked at; it decides nothing. Whether the source's address text is right is
another question, answered elsewhere: somebody who is surveyed at another house may well have a correct paper.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from address_service.model.reconciliation import PersonFinding
from address_service.model.residents import EndReason


@dataclass(frozen=True, slots=True)
class Standing:
    """What the register knows of a person: where registered, where found living, or why the record ended."""

    person_id: UUID
    registered_at: UUID | None = None
    lives_at: UUID | None = None
    ended: EndReason | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """What a source says of a person.

    ``address_id`` is where its text leads, None where that is open. ``has_bad_number`` is a number that fails its
    check. ``is_repeated`` says that the source has the number again at another place. ``household_at`` is where the
    register has the household of the source's 户号.
    """

    address_id: UUID | None = None
    has_bad_number: bool = False
    is_repeated: bool = False
    household_at: UUID | None = None


_ENDED = {
    EndReason.DECEASED: PersonFinding.DECEASED,
    EndReason.MOVED_AWAY: PersonFinding.MOVED_AWAY,
    EndReason.CANCELLED: PersonFinding.CANCELLED,
}


def find_on_person(claim: Claim, standings: Sequence[Standing]) -> tuple[PersonFinding, ...]:
    """What is to be looked at, each once, the weightiest first; ``standings`` are those under the claimed number."""
    found: list[PersonFinding] = []
    if claim.has_bad_number:
        found.append(PersonFinding.ID_INVALID)
    present = [one for one in standings if one.ended is None]
    if not present:  # somebody who came back is here again, whatever ended before
        found += [_ENDED[one.ended] for one in standings if one.ended is not None]
    if claim.is_repeated or len(present) > 1:
        found.append(PersonFinding.DUPLICATE)
    for standing in present:
        found += _of_home(claim, standing)
    if claim.address_id is not None and claim.household_at not in (None, claim.address_id):
        found.append(PersonFinding.HOUSEHOLD_ELSEWHERE)
    return tuple(dict.fromkeys(found))


def _of_home(claim: Claim, standing: Standing) -> list[PersonFinding]:
    """The claimed registered address, or without one the register's own, beside where the person lives."""
    found = []
    registered = claim.address_id or standing.registered_at
    if registered is not None and standing.lives_at not in (None, registered):
        found.append(PersonFinding.SEPARATED)
    if claim.address_id is not None and standing.registered_at not in (None, claim.address_id):
        found.append(PersonFinding.REGISTERED_ELSEWHERE)
    return found
