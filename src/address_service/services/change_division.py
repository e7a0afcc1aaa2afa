"""Acts on a single division: create, rename, respell, recode, transfer, 村 ⇄ 社区, end.

Its identity stays whatever its name, code, town or kind; what it is called is read by its addresses from the day on.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from address_service.coding.division_code import read_division
from address_service.errors import Conflict, InvalidInput
from address_service.model.addresses import EventKind
from address_service.model.codes import DivisionCode
from address_service.model.divisions import Division, DivisionKind, DivisionLevel, NameState
from address_service.model.places import PlaceKind
from address_service.services.division_act import Act, record_act
from address_service.services.reread_addresses import Reread, reread_addresses
from address_service.store.division_changes import (
    DIVISION,
    PLACE,
    change_onwards,
    move_accounts,
    places_of,
    within,
)
from address_service.store.divisions import NewDivision
from address_service.store.events import Successor
from address_service.store.names_above import Ground
from address_service.store.resident_villages import carry_residents, residents_left
from address_service.store.work import Work

_VILLAGE_KINDS = frozenset({DivisionKind.ADMINISTRATIVE_VILLAGE, DivisionKind.COMMUNITY})


def create_division(
    work: Work, code: str, name: str, act: Act, event_id: UUID | None = None, **more: Any
) -> tuple[UUID, UUID]:
    """A division that was not there before, under a code that is free; gives its id and the event's.

    ``more`` are further facts: ``code_mca``, ``urban_rural_class``. Raises Conflict `division-code-taken`,
    `division-known-later`, InvalidInput `parent-missing`.
    """
    _require_free(work, code, act)
    parent = DivisionCode(code).parent
    above = work.divisions.find_by_code(parent.text, act.effective_on) if parent else None
    if above is None and len(code) == 12:
        raise InvalidInput(f"上级{parent}在{act.effective_on}还没有", code="parent-missing")
    reading = read_division(code, name)
    event_id = event_id or record_act(work, act, EventKind.CREATE)
    facts = NewDivision(
        reading.level,
        reading.kind,
        name,
        code,
        more.get("code_mca"),
        above.id if above else None,
        more.get("urban_rural_class"),
        act.decree_no,
    )
    return work.divisions.create(facts, act.effective_on, event_id, work.now), event_id


def rename_division(
    work: Work, old: Division, name: str, act: Act, kind: EventKind = EventKind.RENAME
) -> tuple[UUID, Reread]:
    """Another name, or the same in another spelling (``kind`` respell), for the same division.

    Raises Conflict `division-name-taken`, `name-unchanged`, and as `reread_addresses` does.
    """
    if name == old.name:
        raise Conflict(f"“{name}”已是该区划的名称", code="name-unchanged")
    _require_name_free(work, old, name, old.parent_id, act)
    return _change(work, old, act, kind, _named(name, act))


def recode_division(
    work: Work, old: Division, code: str, act: Act, name: str | None = None
) -> tuple[UUID, Reread]:
    """Another code for the same division; addresses keep the codes that they were given, accounts follow.

    The villages of a town have its code at the head of theirs, and follow. Raises Conflict `division-code-taken`,
    InvalidInput `code-of-another-town`.
    """
    villages = _villages(work, old, act)
    for one in (code, *(code + village.code_nbs[9:] for village in villages)):
        _require_free(work, one, act)
    if code[:-3] != old.code_nbs[:-3] or len(code) != len(old.code_nbs):
        raise InvalidInput(
            f"代码{code}不属于{old.code_nbs[:-3]}；划归别的乡镇请办理划转", code="code-of-another-town"
        )
    changes = {"code_nbs": code, **(_named(name, act) if name and name != old.name else {})}
    done = _change(work, old, act, EventKind.RECODE, changes)
    for village in villages:
        below = code + village.code_nbs[9:]
        facts, now = {"code_nbs": below}, work.divisions.moment_for(below, work.now)
        on = act.effective_on
        change_onwards(work.conn, work.county_code, DIVISION, village.id, on, facts, done[0], now)
        move_accounts(work.conn, work.county_code, village.code_nbs, below)
    return done


def _villages(work: Work, old: Division, act: Act) -> list[Division]:
    """The villages of a town on the day; none of a village."""
    if old.level is not DivisionLevel.TOWNSHIP:
        return []
    every = work.divisions.list_on(act.effective_on, DivisionLevel.VILLAGE, old.code_nbs)
    return [village for village in every if village.parent_id == old.id]


def learn_code_mca(work: Work, old: Division, code: str, act: Act) -> UUID:
    """The civil-affairs code of a division, as their list has it; nothing else of it changes."""
    hold_division(work, old, act)
    event_id = record_act(work, act, EventKind.RECODE)
    facts = {"code_mca": code}
    change_onwards(work.conn, work.county_code, DIVISION, old.id, act.effective_on, facts, event_id, work.now)
    return event_id


def transfer_division(work: Work, old: Division, code: str, act: Act) -> tuple[UUID, Reread]:
    """A village goes to another town, with a code of that town; its addresses read the new town from the day on.

    Raises Conflict `division-code-taken`, `division-name-taken`, InvalidInput `parent-missing`, `not-a-village`.
    """
    if old.level is not DivisionLevel.VILLAGE or len(code) != 12:
        raise InvalidInput("只有村（居）委会可以划归别的乡镇", code="not-a-village")
    _require_free(work, code, act)
    town = work.divisions.find_by_code(code[:9], act.effective_on)
    if town is None:
        raise InvalidInput(f"乡镇{code[:9]}在{act.effective_on}还没有", code="parent-missing")
    _require_name_free(work, old, old.name, town.id, act)
    changes = {"code_nbs": code, "parent_id": town.id, "decree_no": act.decree_no}
    return _change(work, old, act, EventKind.TRANSFER, changes)


def change_division_kind(
    work: Work, old: Division, kind: DivisionKind, name: str, act: Act, code: str | None = None
) -> tuple[UUID, Reread]:
    """A village becomes a community or a community a village, with its name and, where the lists say so, its code.

    Raises InvalidInput `not-a-village`, Conflict `kind-unchanged`, `division-code-taken`, `division-name-taken`.
    """
    if old.kind not in _VILLAGE_KINDS or kind not in _VILLAGE_KINDS:
        raise InvalidInput("只有村与社区（居委会）可以互改", code="not-a-village")
    if kind is old.kind and name == old.name:
        raise Conflict(f"“{old.name}”已是这一类别", code="kind-unchanged")
    changes: dict[str, Any] = {"kind": kind, **_named(name, act)}
    if name != old.name:
        _require_name_free(work, old, name, old.parent_id, act)
    if code is not None and code != old.code_nbs:
        _require_free(work, code, act)
        changes["code_nbs"] = code
    return _change(work, old, act, EventKind.CHANGE_KIND, changes)


def end_division(
    work: Work,
    old: Division,
    act: Act,
    successors: Sequence[Successor] = (),
    kind: EventKind = EventKind.ABOLISH,
    event_id: UUID | None = None,
) -> UUID:
    """A division ends on the day; raises Conflict `division-in-use` while anything hangs on it.

    What hangs on it moves by the act of a merger, never by a line of a list.
    """
    work.places.lock(old.id)
    if work.divisions.find_by_id(old.id, act.effective_on) is None:
        raise Conflict(f"“{old.name}”在{act.effective_on}已不在册", code="division-ended")
    if below := _villages(work, old, act):
        raise Conflict(f"其下尚有{len(below)}个村（居），须先划转或撤销", code="division-in-use")
    left = work.divisions.hangers(old.id, act.effective_on)
    if left:
        counts = (
            f"地名{left.places}处、地址{left.addresses}条、建筑物{left.buildings}座、宗地{left.parcels}宗"
        )
        raise Conflict(f"该村尚有{counts}，须先办理迁移（并村方案）", code="division-in-use")
    heir = next((line.successor_id for line in successors if line.share == "whole"), None)
    if heir is None and (people := residents_left(work.conn, work.county_code, old.id)):
        raise Conflict(
            f"该村尚有人员和户的登记{people}份，须先迁往别的村或指明整体并入的村", code="division-in-use"
        )
    event_id = event_id or record_act(work, act, kind, successors=successors)
    work.divisions.close(old.id, act.effective_on, event_id, work.now)
    if heir is not None:
        carry_residents(work.conn, work.county_code, [old.id], heir)
    return event_id


def _change(
    work: Work, old: Division, act: Act, kind: EventKind, changes: Mapping[str, Any]
) -> tuple[UUID, Reread]:
    hold_division(work, old, act)
    event_id = record_act(work, act, kind)
    on, now = act.effective_on, work.now
    if "code_nbs" in changes:
        now = work.divisions.moment_for(changes["code_nbs"], now)

    def write() -> None:
        change_onwards(work.conn, work.county_code, DIVISION, old.id, on, changes, event_id, now)
        if "code_nbs" in changes:
            move_accounts(work.conn, work.county_code, old.code_nbs, changes["code_nbs"])
        if "name" in changes and old.level is DivisionLevel.VILLAGE:
            _rename_whole_village(work, old, act, changes["name"], event_id)

    ground = Ground(tuple(within(work.conn, work.county_code, old.id, on)))
    return event_id, reread_addresses(work, ground, act, event_id, write)


def hold_division(work: Work, old: Division, act: Act) -> None:
    """Let nobody else change the division until commit; raises Conflict `division-outdated` when somebody just did."""
    if old.level is DivisionLevel.COUNTY:
        raise InvalidInput("县级区划的变更不在此办理", code="county-not-here")
    work.places.lock(old.id)
    now = work.divisions.find_by_id(old.id, act.effective_on)
    if now is None or (now.name, now.code_nbs, now.kind) != (old.name, old.code_nbs, old.kind):
        raise Conflict(f"“{old.name}”刚有变更，或在{act.effective_on}不在册", code="division-outdated")


def _rename_whole_village(work: Work, old: Division, act: Act, name: str, event_id: UUID) -> None:
    """The place that stands for the whole village is called as the village is."""
    for row in places_of(work.conn, work.county_code, [old.id], act.effective_on):
        if row.kind != PlaceKind.VILLAGE:
            continue
        day = max(act.effective_on, row.begin or act.effective_on)
        named = {"name": name}
        change_onwards(work.conn, work.county_code, PLACE, row.place_id, day, named, event_id, work.now)


def _named(name: str, act: Act) -> dict[str, Any]:
    if not name.strip():
        raise InvalidInput("须填新名称", code="name-missing")
    approved = {"name_state": NameState.APPROVED} if act.decree_no else {}
    return {"name": name.strip(), "decree_no": act.decree_no, **approved}


def _require_free(work: Work, code: str, act: Act) -> None:
    known = work.divisions.find_by_code(code, act.effective_on)
    if known is not None:
        raise Conflict(f"代码{code}是“{known.name}”的", code="division-code-taken")
    later = [d for d in work.divisions.history_of_code(code) if d.valid_from > act.effective_on]
    if later:
        raise Conflict(f"该代码自{later[0].valid_from}起已在册", code="division-known-later")


def _require_name_free(work: Work, old: Division, name: str, parent_id: UUID | None, act: Act) -> None:
    """Two of one name in two towns are two villages; in one town nobody could tell their addresses apart."""
    for other in work.divisions.list_on(act.effective_on, old.level):
        if other.id != old.id and other.parent_id == parent_id and other.name == name:
            raise Conflict(f"同一上级之下已有“{name}”（{other.code_nbs}）", code="division-name-taken")
