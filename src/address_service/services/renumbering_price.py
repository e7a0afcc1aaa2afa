"""What a renumbering costs: doors, dwellings, plates, homonyms, and whether the order gets better or worse."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from shapely import MultiLineString, Point

from address_service.coding.numbering.audit import AuditRequest, Finding, audit
from address_service.coding.numbering.permutation import ChangeSet
from address_service.coding.numbering.plan import Door, Ledger, Reason
from address_service.coding.numbering.policy import Policy
from address_service.coding.numbering.renumbering import ring_text
from address_service.model.addresses import Stage
from address_service.model.findings import FindingCode, Severity
from address_service.model.numbers import DoorNumber
from address_service.model.places import PlaceKind
from address_service.services.plate_price import plate_price
from address_service.services.renumbering_situation import Standing
from address_service.store.held_doors import HeldDoors, Homonym
from address_service.store.renumbering_plans import RenumberingChange

_FAULTS_LISTED = 200


@dataclass(frozen=True, slots=True)
class Priced:
    """A checked renumbering; ``policy`` is the one that the numbers are judged by afterwards."""

    standing: Standing
    changes: ChangeSet
    lines: Sequence[RenumberingChange]
    policy: Policy
    findings: tuple[Reason, ...]

    @property
    def moved(self) -> set[UUID]:
        """The doors that move."""
        return {line.address_id for line in self.lines}


@dataclass(frozen=True, slots=True)
class _Ground:
    """What the order of doors is judged against, read once for before and after."""

    centreline: MultiLineString | None
    entrances: Sequence[Point]
    lanes: MultiLineString | None


def price(priced: Priced, prices: Mapping[str, Decimal]) -> dict[str, Any]:
    """The summary of a plan as JSON values; ``cost_yuan`` is null where a price is not set."""
    standing, moved = priced.standing, priced.moved
    doors = [door for door in standing.doors if door.address_id in moved]
    in_force = {door.number for door in doors if door.stage is Stage.CURRENT}
    return {
        "doors": len(doors),
        "drafts": sum(door.stage is Stage.DRAFT for door in doors),
        "rooms": sum(len(door.rooms) for door in doors),
        "dwellings": sum(door.dwellings for door in doors),
        **plate_price(standing.reader.plates(moved), prices),
        "wall_plates": standing.reader.wall_plates(moved),
        "homonyms": [{"text": h.text, "code": h.code} for h in homonyms(standing.reader, priced.lines)],
        "cycles": [ring_text(row) for row in priced.changes.cycles()],
        "retired": [str(number) for number in sorted(priced.changes.retired & in_force)],
        "reclaimed": [str(line.after) for line in priced.lines if line.reclaims],
        **_order(priced),
        "findings": [{"code": r.code, "text": r.text} for r in priced.findings],
    }


def homonyms(reader: HeldDoors, lines: Sequence[RenumberingChange]) -> list[Homonym]:
    """Live addresses elsewhere in the county that read like a new text of the plan."""
    texts = [text for line in lines for text in line.texts]
    return reader.homonyms([t.new_text for t in texts], [t.address_id for t in texts])


def _order(priced: Priced) -> dict[str, Any]:
    """Faults of order and parity before and after; null on a street whose line nobody drew."""
    standing = priced.standing
    is_street = standing.context.kind is PlaceKind.STREET
    centreline = standing.inputs.centreline() if is_street else None
    if is_street and centreline is None:
        return {"faults_before": None, "faults_after": None, "faults": []}
    ground = _Ground(
        centreline,
        standing.inputs.entrances() if is_street else (),
        None if is_street else standing.inputs.lanes(standing.doors),
    )
    held = {door.address_id: door.number for door in standing.doors}
    after = held | {line.address_id: line.after for line in priced.lines}
    found = _faults(standing, held, standing.policy, ground)
    left = _faults(standing, after, priced.policy, ground)
    codes = {door.address_id: door.code for door in standing.doors}
    listed = [
        {"code": f.code, "severity": f.severity, "text": f.text, "codes": [codes[key] for key in f.keys]}
        for f in left[:_FAULTS_LISTED]
    ]
    return {"faults_before": _misleading(found), "faults_after": _misleading(left), "faults": listed}


def _misleading(found: Iterable[Finding]) -> int:
    return sum(finding.severity is not Severity.NOTICE for finding in found)


def _faults(
    standing: Standing, numbers: Mapping[UUID, DoorNumber], policy: Policy, ground: _Ground
) -> list[Finding]:
    doors = [Door(d.address_id, d.x, d.y, numbers[d.address_id]) for d in standing.doors]
    asked = AuditRequest(
        doors,
        policy,
        Ledger(standing.states),
        centreline=ground.centreline,
        entrances=ground.entrances,
        lanes=ground.lanes,
        proposals=0,
    )
    return [finding for finding in audit(asked) if finding.code is not FindingCode.WIDE_GAP]
