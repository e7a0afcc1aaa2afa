"""Which number each door is to get: from a list, from a fresh drawing of the whole place, or back from a plan."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from address_service.coding.full_text import SubStyle, TextStyle
from address_service.coding.numbering.area import plan_area
from address_service.coding.numbering.plan import Claim, Door, ItemKind, Ledger, Plan, Reason
from address_service.coding.numbering.policy import Policy
from address_service.coding.numbering.street import plan_street
from address_service.errors import Conflict, FieldError, InvalidInput
from address_service.model.numbers import DoorNumber, NumberState, Side
from address_service.model.places import PlaceKind
from address_service.services.renumbering_situation import Standing
from address_service.store.held_doors import HeldDoor
from address_service.store.renumbering_plans import RenumberingChange

UNDONE = "undone"
"""Code of the reason that a door went back to its number; told once, however often it goes back and forth."""


_OF_THE_DOOR = {"position", "walking-order"}
"""Reasons that tell where a door stands; the others tell why it had its number."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One line of a list of changes: a door by its code, and the number it is to get."""

    code: str
    number: DoorNumber


@dataclass(frozen=True, slots=True)
class Redraw:
    """Number the whole place afresh, by its present policy unless another is named; codes in ``keep`` keep theirs."""

    policy_name: str | None = None
    parameters: Mapping[str, Any] | None = None
    keep: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """What a door gets; side, metres, policy and reasons are those that the ledger will say.

    ``returns``: the reasons say all, for the door goes back to what it had.
    """

    door: HeldDoor
    number: DoorNumber
    style: TextStyle
    side: Side | None
    offset_m: float | None
    policy_id: UUID | None
    reasons: tuple[Mapping[str, str], ...]
    returns: bool = False


def targets_of_list(standing: Standing, wishes: Sequence[Wish]) -> list[Target]:
    """Doors named by a list; raises InvalidInput `renumbering-list-invalid` with one error per bad row."""
    doors = {door.code: door for door in standing.doors}
    errors = [*_unknown(standing, doors, [wish.code for wish in wishes])]
    for code, times in Counter(wish.code for wish in wishes).items():
        if times > 1:
            errors.append(FieldError("holder-twice", f"地址 {code} 在清单中出现 {times} 次", code))
    if errors:
        raise InvalidInput("改号清单有误", code="renumbering-list-invalid", errors=errors)
    return [_moved(doors[wish.code], wish.number) for wish in wishes]


def _unknown(standing: Standing, known: Mapping[str, HeldDoor], codes: Sequence[str]) -> list[FieldError]:
    name = standing.context.name or standing.context.village
    return [
        FieldError("door-unknown", f"“{name}”没有地址编码为 {code} 的门户", code, row)
        for row, code in enumerate(codes, start=1)
        if code not in known
    ]


def _moved(door: HeldDoor, number: DoorNumber) -> Target:
    """The same door with another number: its side, metres and policy go with it, and the why of where it stands."""
    why = tuple(reason for reason in door.reasons if reason["code"] in _OF_THE_DOOR)
    return Target(door, number, door.style, door.side, door.offset_m, door.policy_id, why)


def targets_of_redraw(
    standing: Standing, policy: Policy, policy_id: UUID | None, keep: Sequence[str], *, reuse: bool
) -> tuple[list[Target], tuple[Reason, ...]]:
    """All doors numbered as if none but ``keep`` had a number, with what the drawing found.

    Reserved numbers stay reserved; retired ones are left out unless ``reuse``. Gaps are not reserved anew: that is the
    business of the next numbering plan.
    """
    doors = {door.code: door for door in standing.doors}
    if errors := _unknown(standing, doors, keep):
        raise InvalidInput("保留不动的地址有误", code="renumbering-list-invalid", errors=errors)
    plan = _draw(standing, policy, frozenset(keep), reuse=reuse)
    by_id = {door.main_house: door for door in standing.doors}
    targets = [
        Target(
            by_id[item.key],
            item.number,
            policy.text_style,
            item.side,
            item.offset_m,
            policy_id,
            tuple({"code": r.code, "text": r.text} for r in item.reasons),
        )
        for item in plan.items
        if item.kind is ItemKind.DOOR and item.key is not None
    ]
    return targets, plan.findings


def _draw(standing: Standing, policy: Policy, keep: frozenset[str], *, reuse: bool) -> Plan:
    doors = [
        Door(door.main_house, door.x, door.y, door.number if door.code in keep else None)
        for door in standing.doors
    ]
    return _laid_out(standing, policy, doors, _taken(standing, keep, reuse=reuse))


def standpoints(
    standing: Standing, policy: Policy, numbers: Mapping[UUID, DoorNumber]
) -> list[tuple[UUID, Side | None, float | None]]:
    """Side and metres of every door under a policy, by address, whatever numbers they have."""
    doors = [Door(door.main_house, door.x, door.y, numbers[door.address_id]) for door in standing.doors]
    address_of = {door.main_house: door.address_id for door in standing.doors}
    plan = _laid_out(standing, policy, doors, {})
    return [
        (address_of[item.key], item.side, item.offset_m)
        for item in plan.items
        if item.kind is ItemKind.DOOR and item.key is not None
    ]


def _laid_out(
    standing: Standing, policy: Policy, doors: Sequence[Door], taken: Mapping[DoorNumber, NumberState]
) -> Plan:
    """A plan as `plan_numbering` draws it: the same walk past the same sites, the doors known by their houses."""
    inputs = standing.inputs
    ledger = Ledger(taken, inputs.held())
    sites = [site for site in inputs.planned_sites() if site.reservation_id]
    claims = [Claim(s.id, s.kind, s.geometry, s.doors, s.side, s.name) for s in sites]
    without_gaps = Policy.from_parameters({**policy.parameters(), "gap_reserve_m": None})
    if standing.context.kind is not PlaceKind.STREET:
        return plan_area(inputs.lanes(standing.doors), doors, claims, without_gaps, ledger)
    centreline = inputs.centreline()
    if centreline is None:
        text = f"“{standing.context.name}”没有中心线，不能沿街编号；请先导入街路图层"
        raise Conflict(text, code="street-without-centreline")
    return plan_street(centreline, doors, claims, without_gaps, ledger, inputs.entrances())


def _taken(standing: Standing, keep: frozenset[str], *, reuse: bool) -> dict[DoorNumber, NumberState]:
    """Numbers that the drawing may not give: reserved, retired, kept, surveyed, and held by what is no live door."""
    moving = {door.number for door in standing.doors if door.code not in keep}
    free = {NumberState.VACANT, NumberState.RETIRED} if reuse else {NumberState.VACANT}
    states = {n: state for n, state in standing.states.items() if n not in moving and state not in free}
    return states | dict.fromkeys(standing.surveyed.values(), NumberState.ISSUED)


def targets_of_undo(standing: Standing, title: str, changes: Sequence[RenumberingChange]) -> list[Target]:
    """Everybody back where a plan took them from, the why of the old number with them.

    Raises Conflict `undo-impossible` when one of the addresses is gone by now.
    """
    doors = {door.address_id: door for door in standing.doors}
    gone = [change for change in changes if change.address_id not in doors]
    if gone:
        errors = [FieldError("door-unknown", f"地址 {one.code} 已不在用", one.code) for one in gone]
        raise Conflict("方案涉及的地址已有变化，不能撤销", code="undo-impossible", errors=errors)
    return [_back(doors[change.address_id], change, title) for change in changes]


def _back(door: HeldDoor, change: RenumberingChange, title: str) -> Target:
    line = change.before_line
    why = [reason for reason in line["reasons"] if reason["code"] != UNDONE]
    return Target(
        door,
        change.before,
        TextStyle(sub_style=SubStyle(line["sub_style"]), zero_pad=line["zero_pad"]),
        Side(line["side"]) if line["side"] else None,
        line["offset_m"],
        UUID(line["policy_id"]) if line["policy_id"] else None,
        (*why, {"code": UNDONE, "text": f"撤销改号方案“{title}”，恢复{change.before}"}),
        returns=True,
    )
