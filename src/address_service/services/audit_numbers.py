"""Use-case: what is wrong with the numbers that a place has, drawn and with proposals; reads only."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from address_service.coding.numbering.audit import MENDABLE, AuditRequest, Finding, audit
from address_service.coding.numbering.fishbone import Bone, fishbone, number_walk
from address_service.coding.numbering.plan import Claim, Door, Ledger
from address_service.coding.numbering.policy import Policy, Subject
from address_service.model.findings import FindingCode, Severity
from address_service.model.numbers import DoorNumber
from address_service.model.places import PlaceKind
from address_service.services.plan_numbering import DEFAULT_POLICY
from address_service.services.scope import require_scope
from address_service.store.numbered_doors import AuditedPlace, AuditInputs, NumberedDoor, places_with_numbers
from address_service.store.numbering_inputs import NumberingInputs
from address_service.store.place_context import PlaceContext, load_place_context
from address_service.store.standing_doors import StandingDoors
from address_service.store.survey_decisions import NotKept, SurveyDecisionRepository
from address_service.store.work import Work

Degrees = tuple[float, float]


class Remedy(StrEnum):
    """What one click does about a finding: plan another number, or no longer keep the surveyed one."""

    RENUMBER = "renumber"
    NOT_KEEP = "not-keep"


@dataclass(frozen=True, slots=True)
class FoundAt:
    """A finding with the doors that it concerns and where to look; ``remedy`` is for the last door."""

    code: FindingCode
    severity: Severity
    text: str
    doors: tuple[NumberedDoor, ...]
    at: Degrees
    proposal: DoorNumber | None
    remedy: Remedy | None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the picture in degrees, from a gate to its place on the centreline, or to the next number."""

    door: NumberedDoor
    gate: Degrees
    place: Degrees
    crosses: bool
    fits: bool


@dataclass(frozen=True, slots=True)
class NumberAudit:
    """A place looked through: findings, worst first, the picture, and surveyed numbers that are not kept."""

    context: PlaceContext
    policy: Policy
    doors: Sequence[NumberedDoor]
    findings: tuple[FoundAt, ...]
    lines: tuple[Line, ...]
    not_kept: Sequence[NotKept]

    @property
    def counts(self) -> Mapping[Severity, int]:
        """Findings by severity, every severity named."""
        return _counts(self.findings)


@dataclass(frozen=True, slots=True)
class PlaceCounts:
    """How many findings of each severity a place has."""

    place: AuditedPlace
    door_count: int
    counts: Mapping[Severity, int]


def audit_numbers(work: Work, place_id: UUID) -> NumberAudit:
    """Look through the numbers of a place, issued and surveyed; raises NotFound `place-not-found`."""
    context = load_place_context(work.conn, work.county_code, place_id, work.today)
    require_scope(work.actor, context.village_code)
    ground = _Ground.of(work, context)
    findings = audit(ground.request())
    bones = ground.bones(findings)
    spots = [(f.x, f.y) for f in findings] + [end for bone in bones for end in (bone.gate, bone.place)]
    degrees = ground.inputs.degrees(spots)
    return NumberAudit(
        context,
        ground.policy,
        tuple(ground.doors.values()),
        tuple(ground.found_at(f, at) for f, at in zip(findings, degrees, strict=False)),
        tuple(ground.lines(bones, degrees[len(findings) :])),
        SurveyDecisionRepository(work.conn, work.county_code).not_kept(place_id),
    )


def audit_village(work: Work, village_code: str) -> list[PlaceCounts]:
    """How many findings each place of a village has, places without any included; no proposals are made."""
    require_scope(work.actor, village_code)
    found = []
    for place in places_with_numbers(work.conn, work.county_code, village_code, work.today):
        context = load_place_context(work.conn, work.county_code, place.id, work.today)
        ground = _Ground.of(work, context)
        found.append(PlaceCounts(place, len(ground.doors), _counts(audit(ground.request(proposals=0)))))
    return found


def _counts(findings: Sequence[FoundAt] | Sequence[Finding]) -> Mapping[Severity, int]:
    found = Counter(finding.severity for finding in findings)
    return {severity: found[severity] for severity in Severity}


@dataclass(frozen=True, slots=True)
class _Ground:
    """All that the audit of one place reads."""

    context: PlaceContext
    inputs: AuditInputs
    numbering: NumberingInputs
    policy: Policy
    doors: Mapping[UUID, NumberedDoor]

    @classmethod
    def of(cls, work: Work, context: PlaceContext) -> "_Ground":
        numbering = NumberingInputs(work.conn, work.county_code, context.place_id, work.today)
        inputs = AuditInputs(work.conn, work.county_code, numbering.srid, work.today)
        standing = StandingDoors(work.conn, work.county_code, context.place_id, numbering.srid)
        known = standing.policy(DEFAULT_POLICY)
        policy = Policy.from_parameters(known[1]) if known else Policy()
        doors = {
            door.id: door
            for door in inputs.doors(context.place_id, context.kind)
            if not (door.yard_keeps_it and policy.subject is Subject.COURTYARD)
        }
        return cls(context, inputs, numbering, policy, doors)

    @property
    def is_street(self) -> bool:
        return self.context.kind is PlaceKind.STREET

    @property
    def surveyed(self) -> frozenset[UUID]:
        return frozenset(door.id for door in self.doors.values() if door.is_surveyed)

    def request(self, **more: Any) -> AuditRequest:
        doors = list(self.doors.values())
        has_parcels = self.inputs.has_parcels(self.context.division_id)
        return AuditRequest(
            doors=[Door(d.id, d.x, d.y, d.number) for d in doors],
            policy=self.policy,
            ledger=Ledger(self.numbering.ledger(), self.numbering.held()),
            centreline=self.numbering.centreline() if self.is_street else None,
            entrances=self.numbering.entrances() if self.is_street else (),
            lanes=None if self.is_street else self.numbering.lanes(doors),
            claims=[
                Claim(s.id, s.kind, s.geometry, s.doors, s.side, s.name)
                for s in self.numbering.planned_sites()
                if s.reservation_id
            ],
            village=self.inputs.boundary(self.context.division_id),
            surveyed=self.surveyed,
            contested=frozenset(d.id for d in doors if d.is_contested),
            without_parcel=frozenset(d.id for d in doors if has_parcels and not d.on_parcel),
            dwellings={d.id: self._dwellings(d) for d in doors},
            on_street=self.is_street,
            **more,
        )

    def _dwellings(self, door: NumberedDoor) -> int:
        """Dwellings that should not share a number: where a courtyard has one (一院一号), courtyards count."""
        return door.courtyards if self.policy.subject is Subject.COURTYARD else door.dwellings

    def bones(self, findings: Sequence[Finding]) -> Sequence[Bone]:
        doors = [Door(d.id, d.x, d.y, d.number) for d in self.doors.values()]
        centreline = self.numbering.centreline() if self.is_street else None
        if centreline is None:
            strayed = {f.keys[-1] for f in findings if f.code is FindingCode.ORDER_INVERSION}
            return number_walk(doors, strayed)
        return fishbone(centreline, doors, self.policy, self.numbering.entrances(), self.surveyed)

    def lines(self, bones: Sequence[Bone], ends: Sequence[Degrees]) -> list[Line]:
        pairs = zip(ends[::2], ends[1::2], strict=True)
        return [
            Line(self.doors[bone.key], gate, place, bone.crosses, bone.fits)
            for bone, (gate, place) in zip(bones, pairs, strict=True)
        ]

    def found_at(self, finding: Finding, at: Degrees) -> FoundAt:
        doors = tuple(self.doors[key] for key in finding.keys)
        remedy = None
        if doors and finding.code in MENDABLE:
            last = doors[-1]
            renumber = Remedy.RENUMBER if finding.proposal else None
            remedy = Remedy.NOT_KEEP if last.is_surveyed else renumber
        return FoundAt(finding.code, finding.severity, finding.text, doors, at, finding.proposal, remedy)
