"""Division changes by decree (区划变更): mergers, renamings, new and abolished divisions, with who succeeded whom."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from address_service.coding.division_code import read_division
from address_service.model.addresses import EventKind, Subject
from address_service.model.codes import DivisionCode
from address_service.model.divisions import Division
from address_service.services.import_task import ImportTask
from address_service.store.divisions import NewDivision
from address_service.store.events import NewEvent, Successor, add_successors, has_succession, record_event

_DAY = timedelta(days=1)

# On one day what comes in has to be there before something is merged into it.
_ORDER = (
    EventKind.CREATE,
    EventKind.RECODE,
    EventKind.RENAME,
    EventKind.SPLIT,
    EventKind.MERGE,
    EventKind.ABOLISH,
)


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a decree; ``row`` its position in the file."""

    row: int
    kind: EventKind
    old_code: str | None
    old_name: str | None
    new_code: str | None
    new_name: str | None
    day: date
    decree_no: str | None
    note: str


class _Refused(Exception):
    """A line that contradicts the register; never leaves this module."""

    def __init__(self, field: str, code: str, message: str) -> None:
        super().__init__(message)
        self.field, self.code, self.message = field, code, message


def apply_division_changes(task: ImportTask) -> None:
    """Apply the changes in the order of their days; one that is on record already changes nothing.

    A line that contradicts the register is refused: a name that is not the one on record, a successor that is
    not there, the end of a division on which places, addresses, buildings or parcels hang.
    The notes of the file stay with the events, so that an invented line says so for good.
    """
    changes = sorted(_changes(task), key=lambda c: (c.day, _ORDER.index(c.kind), c.row))
    for done, change in enumerate(changes):
        task.progress("写入区划变更", done, len(changes))
        try:
            task.written[change.row] = _APPLY[change.kind](task, change)
        except _Refused as refusal:
            task.refuse(change.row, refusal.field, refusal.code, refusal.message)


def _changes(task: ImportTask) -> Iterable[Change]:
    for i in task.good():
        row = int(i)
        codes = [task.column(name)[row] for name in ("old_code", "new_code")]
        foreign = next((code for code in codes if code and not task.work.actor.covers(code)), None)
        if foreign:
            task.refuse_out_of_scope(row, "old_code", foreign)
            continue
        yield Change(
            row=row,
            kind=EventKind(task.column("kind")[row]),
            old_code=codes[0],
            old_name=task.column("old_name")[row],
            new_code=codes[1],
            new_name=task.column("new_name")[row],
            day=task.column("effective_on")[row],
            decree_no=task.column("decree_no")[row] or task.decree_no,
            note=task.column("note")[row] or "",
        )


def _create(task: ImportTask, change: Change) -> bool:
    if change.new_code is None or not change.new_name:
        raise _Refused("new_code", "value-missing", "新设须填新代码和新名称")
    divisions = task.work.divisions
    known = divisions.find_by_code(change.new_code, change.day)
    if known is not None:
        if known.name == change.new_name:
            return False
        raise _Refused("new_code", "division-code-taken", f"代码{change.new_code}是“{known.name}”的")
    later = [d for d in divisions.history_of_code(change.new_code) if d.valid_from > change.day]
    if later:
        raise _Refused("new_code", "division-known-later", f"该代码自{later[0].valid_from}起已在册")
    _new_division(task, change, _event(task, change))
    return True


def _new_division(task: ImportTask, change: Change, event_id: UUID) -> UUID:
    code, name = change.new_code or "", change.new_name or ""
    parent = DivisionCode(code).parent
    above = task.work.divisions.find_by_code(parent.text, change.day) if parent else None
    if above is None and len(code) == 12:
        raise _Refused("new_code", "parent-missing", f"上级{parent}在{change.day}还没有")
    reading = read_division(code, name)
    facts = NewDivision(
        reading.level, reading.kind, name, code, None, above.id if above else None, None, change.decree_no
    )
    return task.work.divisions.create(facts, change.day, event_id, task.work.now)


def _rename(task: ImportTask, change: Change) -> bool:
    if not change.new_name:
        raise _Refused("new_name", "value-missing", "更名须填新名称")
    code = change.old_code or change.new_code or ""
    known = task.work.divisions.find_by_code(code, change.day)
    if known is not None and known.name == change.new_name:
        return False
    old = _old(task, change, code, change.day)
    changes = {"name": change.new_name, "decree_no": change.decree_no}
    task.work.divisions.change(old.id, change.day, changes, _event(task, change), task.work.now)
    return True


def _recode(task: ImportTask, change: Change) -> bool:
    """The same division under another code; addresses keep the code that they were given."""
    if change.old_code is None or change.new_code is None:
        raise _Refused("new_code", "value-missing", "改码须填旧代码和新代码")
    name = change.new_name or change.old_name
    taken = task.work.divisions.find_by_code(change.new_code, change.day)
    if taken is not None:
        if name in (None, taken.name) and change.old_code != change.new_code:
            return False
        raise _Refused("new_code", "division-code-taken", f"代码{change.new_code}是“{taken.name}”的")
    old = _old(task, change, change.old_code, change.day)
    changes = {"code_nbs": change.new_code, "name": name or old.name, "decree_no": change.decree_no}
    task.work.divisions.change(old.id, change.day, changes, _event(task, change), task.work.now)
    return True


def _merge(task: ImportTask, change: Change) -> bool:
    """The old division ends on the day and goes whole into the new one, which keeps its identity."""
    if change.old_code == change.new_code:
        return False  # the absorber's own line says nothing that is not so
    new = _successor(task, change)
    return _end(task, change, lambda old: [Successor(old.id, new.id, "whole", change.note)])


def _split(task: ImportTask, change: Change) -> bool:
    """A part of the old division goes into the new one; the old one goes on, unless a line of 撤销 ends it."""
    if change.old_code == change.new_code:
        return False
    work = task.work
    old = _old(task, change, change.old_code or "", change.day - _DAY)
    known = work.divisions.find_by_code(change.new_code or "", change.day)
    if known is not None and has_succession(work.conn, work.county_code, old.id, known.id):
        return False
    event_id = _event(task, change)
    new_id = known.id if known else _new_division(task, change, event_id)
    line = Successor(old.id, new_id, "part", change.note)
    add_successors(work.conn, work.county_code, event_id, Subject.DIVISION, [line])
    return True


def _abolish(task: ImportTask, change: Change) -> bool:
    return _end(task, change, lambda _old: [])


def _end(task: ImportTask, change: Change, lines: Callable[[Division], list[Successor]]) -> bool:
    work = task.work
    old = _old(task, change, change.old_code or "", change.day - _DAY)
    successors = lines(old)
    if old.valid_to is not None:
        known = all(
            has_succession(work.conn, work.county_code, s.predecessor_id, s.successor_id) for s in successors
        )
        if old.valid_to == change.day and known:
            return False
        raise _Refused("old_code", "division-ended", f"“{old.name}”已于{old.valid_to}终止")
    _require_empty(task, old, change.day)
    event_id = _event(task, change, successors)
    work.divisions.close(old.id, change.day, event_id, work.now)
    return True


def _require_empty(task: ImportTask, old: Division, day: date) -> None:
    """Refuse to end a division on which something hangs: lists show what is in a division of the day, nothing else."""
    left = task.work.divisions.hangers(old.id, day)
    if left:
        counts = (
            f"地名{left.places}处、地址{left.addresses}条、建筑物{left.buildings}座、宗地{left.parcels}宗"
        )
        raise _Refused("old_code", "division-in-use", f"该村尚有{counts}，须先办理迁移")


def _successor(task: ImportTask, change: Change) -> Division:
    new = task.work.divisions.find_by_code(change.new_code or "", change.day)
    if new is None:
        raise _Refused("new_code", "division-unknown", f"{change.day}没有代码{change.new_code}，请先新设")
    if change.new_name and new.name != change.new_name:
        message = f"代码{change.new_code}在{change.day}是“{new.name}”，不是“{change.new_name}”"
        raise _Refused("new_name", "division-name-differs", message)
    return new


def _old(task: ImportTask, change: Change, code: str, on: date) -> Division:
    old = task.work.divisions.find_by_code(code, on)
    if old is None:
        raise _Refused("old_code", "division-unknown", f"{on}没有代码{code}")
    if change.old_name and old.name != change.old_name:
        message = f"代码{code}在{on}是“{old.name}”，不是“{change.old_name}”"
        raise _Refused("old_name", "division-name-differs", message)
    return old


def _event(task: ImportTask, change: Change, successors: Iterable[Successor] = ()) -> UUID:
    work = task.work
    fact = NewEvent(
        Subject.DIVISION,
        change.kind,
        change.day,
        work.actor.account_id,
        work.now,
        change.decree_no,
        change.note,
        {"import": str(task.run_id)},
    )
    return record_event(work.conn, work.county_code, fact, list(successors))


_APPLY: dict[EventKind, Callable[[ImportTask, Change], bool]] = {
    EventKind.CREATE: _create,
    EventKind.RENAME: _rename,
    EventKind.RECODE: _recode,
    EventKind.MERGE: _merge,
    EventKind.SPLIT: _split,
    EventKind.ABOLISH: _abolish,
}
