"""What is wrong along a street: sides, order, gaps, distance."""

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from uuid import UUID

from address_service.coding.numbering.audit_request import AuditRequest, Finding
from address_service.coding.numbering.audit_row import Gate, StreetAsItIs
from address_service.coding.numbering.policy import Policy
from address_service.coding.numbering.sequence import Series, Slots
from address_service.coding.numbering.stops import SIDE_TEXT, Stretch, stretches
from address_service.model.findings import FindingCode, Severity
from address_service.model.numbers import DoorNumber

FAR_CELLS = 2
"""In distance mode a number may be this many cells off before it misleads."""


def in_order(street: StreetAsItIs, surveyed: Collection[UUID]) -> set[UUID]:
    """Doors that stand on their side and in order."""
    return {gate.door.key for row in street.rows() for gate in street.standing(row, surveyed)}


def habits(street: StreetAsItIs) -> Iterator[Finding]:
    """What the whole street does otherwise than its policy."""
    if not street.gates:
        return
    door = street.gates[0].door
    if street.swapped:
        text = "全街单双号与编号规则左右相反，如不整街重编可照此沿用"
        yield Finding(FindingCode.SIDES_SWAPPED, Severity.NOTICE, text, (), door.x, door.y)
    if street.falling:
        text = "全街编号方向与编号规则相反，如不整街重编可照此沿用"
        yield Finding(FindingCode.DIRECTION_REVERSED, Severity.NOTICE, text, (), door.x, door.y)


def street_findings(street: StreetAsItIs, request: AuditRequest, told: Collection[UUID]) -> Iterator[Finding]:
    """Findings door by door; ``told`` are doors whose number is known to be another's."""
    yield from (
        _wrong_side(gate) for gate in street.gates if not street.fits(gate) and gate.door.key not in told
    )
    laid = stretches(street.route, request.claims, request.policy)
    for row in street.rows():
        fitting, risen = street.fitting(row), street.standing(row, request.surveyed)
        yield from _inversions(fitting, risen, told)
        if request.policy.slot_m is None:
            yield from _wide_gaps(fitting, risen, street, request.policy, laid)
    if request.policy.slot_m is not None:
        yield from _far_from_number(street, request.policy, request.policy.slot_m, told)


def _wrong_side(gate: Gate) -> Finding:
    parity = "单号" if gate.number.main % 2 else "双号"
    text = f"{gate.number}为{parity}，却位于编号方向{SIDE_TEXT[gate.at.side]}"
    return Finding(FindingCode.WRONG_SIDE, Severity.ERROR, text, (gate.door.key,), gate.door.x, gate.door.y)


def _inversions(row: Sequence[Gate], risen: Sequence[Gate], told: Collection[UUID]) -> Iterator[Finding]:
    standing = {gate.door.key for gate in risen}
    before: Gate | None = None
    for gate in row:
        if gate.door.key in standing:
            before = gate
        elif gate.door.key not in told:
            where = f"{before.number}之后" if before else "同侧之首"
            text = f"次序颠倒：{gate.number}却位于{where}"
            keys = (before.door.key, gate.door.key) if before else (gate.door.key,)
            yield Finding(FindingCode.ORDER_INVERSION, Severity.WARNING, text, keys, gate.door.x, gate.door.y)


def _wide_gaps(
    row: Sequence[Gate],
    risen: Sequence[Gate],
    street: StreetAsItIs,
    policy: Policy,
    laid: Sequence[Stretch],
) -> Iterator[Finding]:
    """Gaps with fewer numbers left than houses could be built; a construction plan in the gap has its own."""
    modulus = 1 if street.odd_side is None else 2
    standing = {gate.door.key for gate in risen}
    for a, b in pairwise(row):
        if not {a.door.key, b.door.key} <= standing:
            continue
        gap = abs(b.at.metres - a.at.metres)
        if policy.gap_reserve_m is None or a.at.path != b.at.path or gap <= policy.gap_reserve_m:
            continue
        low, high = sorted((a.at.metres, b.at.metres))
        need, room = round(gap / policy.frontage_m) - 1, (b.number.main - a.number.main) // modulus - 1
        if room < need and not any(one.covers(a.at.path, a.at.side, low, high) for one in laid):
            text = f"{a.number}与{b.number}相距 {gap:.0f} 米，可建 {need} 处，其间仅余 {max(room, 0)} 个号"
            keys = (a.door.key, b.door.key)
            x, y = (a.door.x + b.door.x) / 2, (a.door.y + b.door.y) / 2
            yield Finding(FindingCode.WIDE_GAP, Severity.NOTICE, text, keys, x, y)


def _far_from_number(
    street: StreetAsItIs, policy: Policy, width_m: float, told: Collection[UUID]
) -> Iterator[Finding]:
    slots = Slots(street.route, width_m)
    for gate in street.gates:
        if not street.fits(gate) or gate.door.key in told:
            continue
        series = parity_series(street, policy, gate.number)
        due = slots.main(series, gate.at.path, gate.at.metres)
        cells = abs(gate.number.main - due) // series.modulus
        if cells > FAR_CELLS and not street.falling:
            text = f"按距离此处应为{DoorNumber(due)}，{gate.number}约在 {cells * width_m:.0f} 米之外"
            place = (gate.door.key,), gate.door.x, gate.door.y
            yield Finding(FindingCode.FAR_FROM_NUMBER, Severity.WARNING, text, *place)


def parity_series(street: StreetAsItIs, policy: Policy, number: DoorNumber) -> Series:
    """The numbers of one parity on this street, or all of them where they run on."""
    if street.odd_side is None:
        return Series(policy.start, 1, 1, "")
    return Series(policy.start + (policy.start % 2 != number.main % 2), 2, 2, "")
