"""Audit of the numbers that a place has already (imported, historic): what is wrong, how badly, what would mend it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import groupby, pairwise
from statistics import median
from uuid import UUID

import numpy as np
from shapely.geometry import MultiLineString, Point
from shapely.geometry.base import BaseGeometry

from address_service.coding.numbering.audit_row import Gate, StreetAsItIs, read_street
from address_service.coding.numbering.infill import InfillRequest, propose_infill
from address_service.coding.numbering.plan import Door, Ledger
from address_service.coding.numbering.policy import Policy
from address_service.coding.numbering.sequence import Series, Slots, longest_row
from address_service.coding.numbering.stops import SIDE_TEXT
from address_service.errors import InvalidInput
from address_service.model.numbers import DoorNumber, NumberState

_STRAY_M = 150.0
_STRAY_HOPS = 6.0
_NEAREST = 80
"""Doors that a proposal looks at; the numbers of all others are merely taken."""
_FAR_CELLS = 2
"""In distance mode a number may be this many cells off before it misleads."""


class Severity(StrEnum):
    """``ERROR`` misleads whoever looks for the house, ``WARNING`` may, ``NOTICE`` is for the next campaign."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong: the doors it concerns, where to look (metres), and a number that would mend it, if any.

    ``proposal`` is for the last of ``keys``.
    """

    code: str
    severity: Severity
    text: str
    keys: tuple[UUID, ...]
    x: float
    y: float
    proposal: DoorNumber | None = None


@dataclass(frozen=True, slots=True)
class AuditRequest:
    """A place as it stands; geometry in metres of the county's zone.

    ``doors`` with their numbers (``kept``); ``centreline`` None for an area. ``village`` is the area that doors should
    lie in. ``without_parcel`` are keys of doors that stand on no parcel; ``dwellings`` counts separate dwellings behind
    a door where there is more than one. ``proposals``: how many numbers to propose at most.
    """

    doors: Sequence[Door]
    policy: Policy
    ledger: Ledger
    centreline: MultiLineString | None = None
    entrances: Sequence[Point] = ()
    lanes: MultiLineString | None = None
    village: BaseGeometry | None = None
    without_parcel: frozenset[UUID] = frozenset()
    dwellings: dict[UUID, int] = field(default_factory=dict)
    proposals: int = 100


def audit(request: AuditRequest) -> tuple[Finding, ...]:
    """Everything wrong with the numbers of a place, worst first.

    Codes: ``duplicate``, ``wrong-side``, ``order-inversion``, ``far-from-number``, ``outside-village``, ``no-parcel``,
    ``shared-number``, ``wide-gap``, and of a whole street ``sides-swapped``, ``direction-reversed``. A street wholly
    numbered the other way round gets one finding, not one per door. Raises `InvalidInput` (``street-without-line``).
    """
    findings = [*_everywhere(request)]
    if request.centreline is None:
        findings.extend(_in_area(request))
    else:
        street = read_street(request.centreline, request.doors, request.policy, request.entrances)
        findings.extend(_on_street(street, request))
    ranked = sorted(findings, key=lambda f: (list(Severity).index(f.severity), f.code, f.keys))
    return tuple(_with_proposals(ranked, request))


_MENDABLE = {"duplicate", "wrong-side", "order-inversion", "far-from-number", "shared-number"}


def _with_proposals(findings: Iterable[Finding], request: AuditRequest) -> Iterator[Finding]:
    """A number for each door to be renumbered, none proposed twice."""
    ledger, doors, left = request.ledger, {door.key: door for door in request.doors}, request.proposals
    done: set[UUID] = set()
    for finding in findings:
        key = finding.keys[-1] if finding.keys else None
        if finding.code not in _MENDABLE or key is None or key in done or not left:
            yield finding
            continue
        shared = finding.code == "shared-number"
        others = [door for door in doors.values() if shared or door.key != key]
        left, number = left - 1, _proposal(doors[key], others, ledger, request)
        done.add(key)
        if number:
            ledger = replace(ledger, taken={**ledger.taken, number: NumberState.ISSUED})
            if not shared:
                doors[key] = replace(doors[key], kept=number)
        yield replace(finding, proposal=number)


def _proposal(door: Door, others: Sequence[Door], ledger: Ledger, request: AuditRequest) -> DoorNumber | None:
    taken = {other.kept: NumberState.ISSUED for other in others if other.kept}
    known = replace(ledger, taken={**ledger.taken, **taken})
    near = sorted(others, key=lambda other: np.hypot(other.x - door.x, other.y - door.y))[:_NEAREST]
    asked = InfillRequest(
        Point(door.x, door.y),
        near,
        request.policy,
        known,
        request.centreline,
        request.entrances,
        request.lanes,
    )
    try:
        best = propose_infill(asked)[0]
    except InvalidInput:
        return None
    return best.number if best.in_order else None


def _everywhere(request: AuditRequest) -> Iterator[Finding]:
    for door in request.doors:
        place = (door.key,), door.x, door.y
        name = str(door.kept or "未编号的门")
        if request.village is not None and (off := request.village.distance(Point(door.x, door.y))) > 0:
            yield Finding("outside-village", Severity.ERROR, f"{name}位于村界外 {off:.0f} 米", *place)
        if door.key in request.without_parcel:
            yield Finding("no-parcel", Severity.NOTICE, f"{name}不在任何宗地内", *place)
        if (count := request.dwellings.get(door.key, 1)) > 1:
            yield Finding("shared-number", Severity.WARNING, f"{count} 处住宅共用{name}", *place)


def _duplicates(row: Sequence[Door], fitting: set[UUID]) -> Iterator[Finding]:
    """All but one of the doors with one number; the one that stands in order keeps it."""
    ranked = sorted(row, key=lambda door: (door.kept or DoorNumber(1), door.key not in fitting, door.key.int))
    for number, same in groupby(ranked, key=lambda door: door.kept):
        first, *others = same
        for other in others:
            metres = np.hypot(first.x - other.x, first.y - other.y)
            text = f"重号：{number}被两处门使用，相距 {metres:.0f} 米"
            yield Finding("duplicate", Severity.ERROR, text, (first.key, other.key), other.x, other.y)


def _on_street(street: StreetAsItIs, request: AuditRequest) -> Iterator[Finding]:
    fitting: set[UUID] = set()
    rows = []
    for row in street.rows():
        right = [gate for gate in row if street.fits(gate)]
        risen = [right[i] for i in longest_row([gate.number for gate in right])]
        fitting.update(gate.door.key for gate in risen)
        rows.append((right, risen))
    twice = list(_duplicates([gate.door for gate in street.gates], fitting))
    yield from twice
    yield from _habits(street)
    told = {finding.keys[-1] for finding in twice}
    yield from (
        _wrong_side(gate) for gate in street.gates if not street.fits(gate) and gate.door.key not in told
    )
    for right, risen in rows:
        yield from _inversions(right, risen, told)
        yield from _wide_gaps(risen, street, request)
    if request.policy.slot_m is not None:
        yield from _far_from_number(street, request.policy, request.policy.slot_m)


def _habits(street: StreetAsItIs) -> Iterator[Finding]:
    if not street.gates:
        return
    door = street.gates[0].door
    if street.swapped:
        text = "全街单双号与编号规则左右相反，如不整街重编可照此沿用"
        yield Finding("sides-swapped", Severity.NOTICE, text, (), door.x, door.y)
    if street.falling:
        text = "全街编号方向与编号规则相反，如不整街重编可照此沿用"
        yield Finding("direction-reversed", Severity.NOTICE, text, (), door.x, door.y)


def _wrong_side(gate: Gate) -> Finding:
    parity = "单号" if gate.number.main % 2 else "双号"
    text = f"{gate.number}为{parity}，却位于编号方向{SIDE_TEXT[gate.at.side]}"
    return Finding("wrong-side", Severity.ERROR, text, (gate.door.key,), gate.door.x, gate.door.y)


def _inversions(row: Sequence[Gate], risen: Sequence[Gate], told: set[UUID]) -> Iterator[Finding]:
    standing = {gate.door.key for gate in risen}
    before: Gate | None = None
    for gate in row:
        if gate.door.key in standing:
            before = gate
        elif gate.door.key not in told:
            where = f"{before.number}之后" if before else "同侧之首"
            text = f"次序颠倒：{gate.number}却位于{where}"
            keys = (before.door.key, gate.door.key) if before else (gate.door.key,)
            yield Finding("order-inversion", Severity.WARNING, text, keys, gate.door.x, gate.door.y)


def _wide_gaps(risen: Sequence[Gate], street: StreetAsItIs, request: AuditRequest) -> Iterator[Finding]:
    policy, modulus = request.policy, 1 if street.odd_side is None else 2
    for a, b in pairwise(risen):
        gap = abs(b.at.metres - a.at.metres)
        if policy.gap_reserve_m is None or a.at.path != b.at.path or gap <= policy.gap_reserve_m:
            continue
        need, room = round(gap / policy.frontage_m) - 1, (b.number.main - a.number.main) // modulus - 1
        if room < need:
            text = f"{a.number}与{b.number}相距 {gap:.0f} 米，可建 {need} 处，其间仅余 {max(room, 0)} 个号"
            keys = (a.door.key, b.door.key)
            x, y = (a.door.x + b.door.x) / 2, (a.door.y + b.door.y) / 2
            yield Finding("wide-gap", Severity.NOTICE, text, keys, x, y)


def _far_from_number(street: StreetAsItIs, policy: Policy, width_m: float) -> Iterator[Finding]:
    slots = Slots(street.route, width_m)
    for gate in street.gates:
        if not street.fits(gate):
            continue
        if street.odd_side is None:
            series = Series(policy.start, 1, 1, "")
        else:
            odd = gate.number.main % 2
            series = Series(policy.start + (policy.start % 2 != odd), 2, 2, "")
        due = slots.main(series, gate.at.path, gate.at.metres)
        cells = abs(gate.number.main - due) // series.modulus
        if cells > _FAR_CELLS and not street.falling:
            text = f"按距离此处应为{DoorNumber(due)}，{gate.number}约在 {cells * width_m:.0f} 米之外"
            place = (gate.door.key,), gate.door.x, gate.door.y
            yield Finding("far-from-number", Severity.WARNING, text, *place)


def _in_area(request: AuditRequest) -> Iterator[Finding]:
    """Duplicates, and houses far from those that their numbers stand between."""
    numbered = [door for door in request.doors if door.kept]
    twice = list(_duplicates(numbered, set()))
    yield from twice
    told = {finding.keys[-1] for finding in twice}
    row = sorted(
        (d for d in numbered if d.key not in told), key=lambda d: (d.kept or DoorNumber(1), d.key.int)
    )
    places = np.array([(door.x, door.y) for door in row]).reshape(-1, 2)
    hops = np.hypot(*np.diff(places, axis=0).T)
    limit = max(_STRAY_M, _STRAY_HOPS * median(hops.tolist())) if len(hops) else _STRAY_M
    for i in range(1, len(row) - 1):
        a, door, b = row[i - 1 : i + 2]
        aside = float(hops[i - 1] + hops[i] - np.hypot(*(places[i + 1] - places[i - 1])))
        if aside > limit:
            text = f"次序颠倒：{door.kept}远离{a.kept}与{b.kept}，绕行 {aside:.0f} 米"
            keys = (a.key, b.key, door.key)
            yield Finding("order-inversion", Severity.WARNING, text, keys, door.x, door.y)
