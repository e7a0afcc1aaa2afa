"""A renumbering on paper: changes with texts and reasons, checked as one permutation, with its price."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from address_service.coding.numbering.permutation import Change, ChangeSet
from address_service.coding.numbering.plan import Reason
from address_service.coding.numbering.policy import Policy
from address_service.errors import Conflict
from address_service.model.numbers import DoorNumber, NumberState
from address_service.services.draft_doors import text_of
from address_service.services.renumbering_price import Priced, price
from address_service.services.renumbering_situation import Standing
from address_service.services.renumbering_targets import Target
from address_service.store.renumbering_plans import NewText, RenumberingChange


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a draft is made of.

    ``policy`` is the one that the numbers are judged by afterwards; ``decree_no`` the decision by which retired numbers
    may be given out once more.
    """

    targets: Sequence[Target]
    policy: Policy
    decree_no: str | None = None
    findings: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """What would change in a place, and what it costs; nothing is written."""

    standing: Standing
    changes: tuple[RenumberingChange, ...]
    summary: Mapping[str, Any]


def draft_renumbering(standing: Standing, wanted: Wanted, prices: Mapping[str, Decimal]) -> Draft:
    """Check a renumbering as one permutation and price it; it may turn out to change nothing.

    Raises Conflict `change-set-refused` with one error per hindrance, doors named by their codes.
    """
    moving = sorted(
        (target for target in wanted.targets if target.number != target.door.number),
        key=lambda target: target.door.number,
    )
    moves = (Change(t.door.address_id, t.door.number, t.number, wanted.decree_no) for t in moving)
    changes = ChangeSet(tuple(moves))
    _check(standing, changes)
    lines = tuple(_line(standing, changes, wanted, i, target) for i, target in enumerate(moving, start=1))
    priced = Priced(standing, changes, lines, wanted.policy, wanted.findings)
    return Draft(standing, lines, price(priced, prices))


def _check(standing: Standing, changes: ChangeSet) -> None:
    codes = {str(door.address_id): door.code for door in standing.doors}
    blocked = {n: s for n, s in standing.states.items() if s is NumberState.ISSUED}
    lost = set(blocked) - set(standing.holders.values())
    if unheld := sorted(change.after for change in changes.changes if change.after in lost):
        listed = "、".join(str(number) for number in unheld)
        raise Conflict(f"{listed}由不在用的地址占着，请先查明", code="change-set-refused")
    try:
        changes.check(standing.holders, standing.open_states)
    except Conflict as error:
        named = [replace(one, field=codes.get(one.field or "", one.field)) for one in error.errors]
        raise Conflict(error.message, code=error.code, errors=named) from None


def _line(
    standing: Standing, changes: ChangeSet, wanted: Wanted, position: int, target: Target
) -> RenumberingChange:
    door, number = target.door, target.number
    state = standing.states.get(number)
    return RenumberingChange(
        position=position,
        address_id=door.address_id,
        code=door.code,
        before=door.number,
        after=number,
        old_text=door.full_text,
        new_text=text_of(standing.context, target.style, number, ("", "", "", "")),
        rooms=tuple(
            NewText(
                room.address_id,
                room.code,
                room.full_text,
                text_of(standing.context, target.style, number, room.labels),
            )
            for room in door.rooms
        ),
        reclaims=state is NumberState.RETIRED,
        before_line=_ledger_says(target),
        side=target.side,
        offset_m=target.offset_m,
        policy_id=target.policy_id,
        lon=door.lon,
        lat=door.lat,
        reasons=target.reasons
        if target.returns
        else (*target.reasons, _why(changes, door.number, number, state, wanted.decree_no)),
    )


def _ledger_says(target: Target) -> dict[str, Any]:
    door = target.door
    return {
        "side": door.side,
        "offset_m": door.offset_m,
        "policy_id": str(door.policy_id) if door.policy_id else None,
        "sub_style": door.style.sub_style,
        "zero_pad": door.style.zero_pad,
        "reasons": [dict(reason) for reason in door.reasons],
    }


_SOURCES: dict[NumberState | None, str] = {
    NumberState.VACANT: "启用空号",
    NumberState.RESERVED: "启用为超宽间距预留的号",
}


def _why(
    changes: ChangeSet,
    before: DoorNumber,
    after: DoorNumber,
    state: NumberState | None,
    decree_no: str | None,
) -> dict[str, str]:
    if after in changes.freed:
        source = "取同一方案中腾出的号"
    elif state is NumberState.RETIRED:
        source = f"重新启用已注销的号，依据{decree_no}"
    else:
        source = _SOURCES.get(state, "启用未用过的号")
    return {"code": "renumbered", "text": f"由{before}改为{after}，{source}"}
