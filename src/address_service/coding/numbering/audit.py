"""Audit of the numbers that a place has already (imported, historic): what is wrong, how badly, what would mend it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from uuid import UUID

import numpy as np
import shapely
from shapely.geometry import Point

from address_service.coding.numbering.audit_area import strays
from address_service.coding.numbering.audit_proposals import MENDABLE, with_proposals
from address_service.coding.numbering.audit_request import AuditRequest, Finding
from address_service.coding.numbering.audit_row import StreetAsItIs, read_street
from address_service.coding.numbering.audit_street import habits, in_order, street_findings
from address_service.coding.numbering.plan import Door
from address_service.errors import InvalidInput
from address_service.model.findings import FindingCode, Severity
from address_service.model.numbers import DoorNumber

__all__ = ["MENDABLE", "AuditRequest", "Finding", "audit"]

_EDGE_M = 1.0
"""Boundaries are digitised no finer than this."""
_RANK = {severity: rank for rank, severity in enumerate(Severity)}


def audit(request: AuditRequest) -> tuple[Finding, ...]:
    """Everything wrong with the numbers of a place, worst first.

    Codes: ``duplicate``, ``wrong-side``, ``order-inversion``, ``far-from-number``, ``outside-village``, ``no-parcel``,
    ``shared-number``, ``wide-gap``, and of a whole street ``sides-swapped``, ``direction-reversed``,
    ``street-without-line``, of a whole area ``without-order``. A street wholly numbered the other way round gets one
    finding, not one per door.
    """
    findings, street = _findings(request)
    proposed = tuple(with_proposals(findings, street, request))
    while vain := _vain(proposed, request):
        proposed = tuple(replace(f, proposal=None) if f.keys[-1:] in vain else f for f in proposed)
    return proposed


def _findings(request: AuditRequest) -> tuple[list[Finding], StreetAsItIs | None]:
    street = None
    if request.centreline is not None:
        holders = [door for door in request.doors if door.key not in request.contested]
        try:
            street = read_street(request.centreline, holders, request.policy, request.entrances)
        except InvalidInput:  # a line without length is as good as none
            request = replace(request, centreline=None, on_street=True)
    findings = [*_everywhere(request), *_of_place(street, request)]
    return sorted(findings, key=lambda f: (_RANK[f.severity], f.code, f.keys)), street


def _vain(findings: Sequence[Finding], request: AuditRequest) -> set[tuple[UUID, ...]]:
    """Doors whose proposals, all adopted together, would not mend them; all doors, if they would harm others.

    On a street with few doors a handful of new numbers may change what looks like its habit.
    """
    adopted = {f.keys[-1]: f.proposal for f in findings if f.proposal and f.code in MENDABLE}
    if not adopted:
        return set()
    doors = [replace(door, kept=adopted.get(door.key, door.kept)) for door in request.doors]
    then = replace(request, doors=doors, contested=request.contested - adopted.keys())
    after = [f for f in _findings(then)[0] if f.code in MENDABLE]
    wrong = {key for f in after if f.severity is Severity.ERROR for key in f.keys}
    harmed = wrong - {key for finding in findings for key in finding.keys}
    unmended = wrong | {f.keys[-1] for f in after}
    return {(key,) for key in adopted if harmed or key in unmended}


def _of_place(street: StreetAsItIs | None, request: AuditRequest) -> Iterator[Finding]:
    twice = list(_duplicates(request, _fitting(street, request)))
    told = {finding.keys[-1] for finding in twice}
    yield from twice
    if street is not None:
        yield from habits(street)
        yield from street_findings(street, request, told)
    elif request.on_street:
        yield from _without_line(request)
    else:
        numbered = [door for door in request.doors if door.kept and door.key not in told]
        yield from strays(numbered, request.lanes)


def _fitting(street: StreetAsItIs | None, request: AuditRequest) -> set[UUID]:
    """Doors that stand in order; those that hold no number yet are tried against all others."""
    if street is None or request.centreline is None:
        return set()
    if request.contested:
        street = read_street(request.centreline, request.doors, request.policy, request.entrances)
    return in_order(street, request.surveyed)


def _everywhere(request: AuditRequest) -> Iterator[Finding]:
    if request.village is not None:
        shapely.prepare(request.village)
    for door in request.doors:
        place = (door.key,), door.x, door.y
        name = str(door.kept or "未编号的门")
        if (off := _metres_outside(door, request)) > _EDGE_M:
            yield Finding(
                FindingCode.OUTSIDE_VILLAGE, Severity.ERROR, f"{name}位于村界外 {off:.0f} 米", *place
            )
        if door.key in request.without_parcel:
            yield Finding(FindingCode.NO_PARCEL, Severity.NOTICE, f"{name}不在任何宗地内", *place)
        if (count := request.dwellings.get(door.key, 1)) > 1:
            yield Finding(FindingCode.SHARED_NUMBER, Severity.WARNING, f"{count} 处住宅共用{name}", *place)


def _metres_outside(door: Door, request: AuditRequest) -> float:
    if request.village is None or shapely.intersects_xy(request.village, door.x, door.y):
        return 0.0
    return float(request.village.distance(Point(door.x, door.y)))


def _duplicates(request: AuditRequest, fitting: set[UUID]) -> Iterator[Finding]:
    """All but one of the doors with one number; one with an address keeps it, then one that stands in order.

    Where none of them holds it, since it was decided against or its house is said to have another, all are told.
    """

    def rank(door: Door) -> tuple[DoorNumber, bool, bool, bool, int]:
        number, key = door.kept or DoorNumber(1), door.key
        return number, key in request.contested, key in request.surveyed, key not in fitting, key.int

    numbered: Sequence[Door] = sorted((door for door in request.doors if door.kept), key=rank)
    for number, same in groupby(numbered, key=lambda door: door.kept):
        first, *others = same
        if first.key in request.contested:
            text = f"重号未决：{number}曾有别处使用，此处是否沿用待定"
            yield Finding(FindingCode.DUPLICATE, Severity.ERROR, text, (first.key,), first.x, first.y)
        for other in others:
            metres = np.hypot(first.x - other.x, first.y - other.y)
            text = f"重号：{number}被两处门使用，相距 {metres:.0f} 米"
            if other.key in request.contested & fitting and first.key not in fitting:
                text += "，按次序宜由后一处沿用"
            yield Finding(
                FindingCode.DUPLICATE, Severity.ERROR, text, (first.key, other.key), other.x, other.y
            )


def _without_line(request: AuditRequest) -> Iterator[Finding]:
    if request.doors:
        x, y = (float(np.mean([getattr(door, axis) for door in request.doors])) for axis in "xy")
        text = "没有街道中心线，未查单双号与次序；请先导入街路图层"
        yield Finding(FindingCode.STREET_WITHOUT_LINE, Severity.NOTICE, text, (), x, y)
