"""Numbers that would mend what an audit found: what the counter would give the door if it came without one."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from uuid import UUID

from shapely.geometry import Point

from address_service.coding.numbering.audit_request import AuditRequest, Finding
from address_service.coding.numbering.audit_row import StreetAsItIs, as_it_is
from address_service.coding.numbering.infill import InfillRequest, propose_infill
from address_service.coding.numbering.plan import Door
from address_service.coding.numbering.policy import Policy
from address_service.errors import InvalidInput
from address_service.model.findings import FindingCode
from address_service.model.numbers import DoorNumber, NumberState

MENDABLE = frozenset(
    {FindingCode.DUPLICATE, FindingCode.WRONG_SIDE, FindingCode.ORDER_INVERSION, FindingCode.FAR_FROM_NUMBER}
)
"""Findings that end when the last door concerned takes the number proposed."""
_PROPOSED = MENDABLE | {FindingCode.SHARED_NUMBER}
_NEAR = 80
"""Doors before and after on the walk along a street that a proposal looks at; the numbers of all others are taken."""


def with_proposals(
    findings: Sequence[Finding], street: StreetAsItIs | None, request: AuditRequest
) -> Iterator[Finding]:
    """A number for each door to be renumbered, none proposed twice, none that any door has or had."""
    told = {finding.keys[-1] for finding in findings if finding.keys and finding.code in MENDABLE}
    desk = _Desk(street, request, told)
    for finding in findings:
        if finding.code in _PROPOSED and finding.keys and desk.serves(finding.keys[-1]):
            yield replace(
                finding, proposal=desk.propose(finding.keys[-1], finding.code == FindingCode.SHARED_NUMBER)
            )
        else:
            yield finding


def _entrance(doors: Sequence[Door], told: Collection[UUID]) -> list[Point]:
    """Where the numbers of an area begin as they stand, whatever the lanes suggest."""
    sound = [door for door in doors if door.kept and door.key not in told]
    first = min(sound, key=lambda door: (door.kept or DoorNumber(1), door.key.int), default=None)
    return [Point(first.x, first.y)] if first else []


class _Desk:
    """Proposes one number after another, each as if those before it had been adopted.

    Doors that are still to be mended are no neighbours to go by.
    """

    def __init__(self, street: StreetAsItIs | None, request: AuditRequest, told: Collection[UUID]) -> None:
        self.request = request
        self.left = request.proposals
        self.doubtful = set(told)
        self.doors = {door.key: door for door in request.doors}
        self.done: set[UUID] = set()
        self.taken = dict(request.ledger.taken)
        self.taken |= {door.kept: NumberState.ISSUED for door in request.doors if door.kept}
        self.walk = [gate.door.key for gate in sorted(street.gates, key=lambda g: g.order)] if street else []
        self.at = {key: i for i, key in enumerate(self.walk)}
        self.entrances = request.entrances if street else _entrance(request.doors, told)
        self.policy: Policy | None = request.policy
        if street is not None:
            self.policy = as_it_is(street, request.policy, request.centreline, request.entrances)
        elif request.on_street:
            self.policy = None

    def serves(self, key: UUID) -> bool:
        """Whether the door is still to get its proposal, and may."""
        return self.policy is not None and self.left > 0 and key not in self.done

    def propose(self, key: UUID, shared: bool) -> DoorNumber | None:
        """A number in order; for another house behind the door where that is shared."""
        self.done.add(key)
        self.left -= 1
        others = [self.doors[k] for k in self._near(key) if k not in self.doubtful and (shared or k != key)]
        number = self._best(self.doors[key], others)
        if number is not None:
            self.taken[number] = NumberState.ISSUED
            if not shared:
                self.doors[key] = replace(self.doors[key], kept=number)
                self.doubtful.discard(key)
        return number

    def _near(self, key: UUID) -> Sequence[UUID]:
        if key not in self.at:
            return list(self.doors)
        at = self.at[key]
        return self.walk[max(0, at - _NEAR) : at + _NEAR + 1]

    def _best(self, door: Door, others: Sequence[Door]) -> DoorNumber | None:
        request, policy = self.request, self.policy
        if policy is None:
            return None
        asked = InfillRequest(
            Point(door.x, door.y),
            others,
            policy,
            replace(request.ledger, taken=self.taken),
            request.centreline,
            self.entrances,
            request.lanes,
            request.claims,
        )
        try:
            best = propose_infill(asked)[0]
        except InvalidInput:
            return None
        return best.number if best.in_order else None
