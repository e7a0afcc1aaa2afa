"""Division changes by decree (区划变更): mergers, renamings, new and abolished divisions, with who succeeded whom."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from address_service.coding.division_code import read_division
from address_service.errors import ServiceError
from address_service.model.addresses import EventKind, Subject
from address_service.model.divisions import Division
from address_service.services.change_division import (
    change_division_kind,
    create_division,
    end_division,
    recode_division,
    rename_division,
    transfer_division,
)
from address_service.services.division_act import Act, record_act
from address_service.services.import_task import ImportTask
from address_service.services.reread_addresses import Reread
from address_service.store.events import Successor, add_successors, has_succession

_DAY = timedelta(days=1)

# On one day what comes in has to be there before something is merged into it.
_ORDER = (
    EventKind.CREATE,
    EventKind.TRANSFER,
    EventKind.RECODE,
    EventKind.RENAME,
    EventKind.RESPELL,
    EventKind.CHANGE_KIND,
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


class _Refused(ServiceError):
    """A line that contradicts the register, and in which field; never leaves this module."""

    def __init__(self, field: str, code: str, message: str) -> None:
        super().__init__(message, code=code)
        self.field = field


def apply_division_changes(task: ImportTask) -> None:
    """Apply the changes in the order of their days; one that is on record already changes nothing.

    A line that contradicts the register is refused: a name that is not the one on record, a successor that is
    not there, the end of a division on which places, addresses, buildings or parcels hang, another text of an address
    in force.
    The notes of the file stay with the events, so that an invented line says so for good.
    """
    changes = sorted(_changes(task), key=lambda c: (c.day, _ORDER.index(c.kind), c.row))
    for done, change in enumerate(changes):
        task.progress("写入区划变更", done, len(changes))
        attempt = task.work.conn.begin_nested()
        try:
            task.written[change.row] = _APPLY[change.kind](task, change)
        except ServiceError as refusal:
            attempt.rollback()
            field_name = refusal.field if isinstance(refusal, _Refused) else "old_code"
            task.refuse(change.row, field_name, refusal.code, refusal.message)
        else:
            attempt.commit()


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
    _new_division(task, change)
    return True


def _new_division(task: ImportTask, change: Change, event_id: UUID | None = None) -> UUID:
    code, name = change.new_code or "", change.new_name or ""
    try:
        return create_division(task.work, code, name, _act(task, change), event_id)[0]
    except ServiceError as error:
        raise _Refused("new_code", error.code, error.message) from None


def _rename(task: ImportTask, change: Change) -> bool:
    if not change.new_name:
        raise _Refused("new_name", "value-missing", "更名须填新名称")
    code = change.old_code or change.new_code or ""
    known = task.work.divisions.find_by_code(code, change.day)
    if known is not None and known.name == change.new_name:
        return False
    old = _old(task, change, code, change.day)
    return _loads(rename_division(task.work, old, change.new_name, _act(task, change), change.kind)[1])


def _change_kind(task: ImportTask, change: Change) -> bool:
    """村 becomes 社区 or the other way round, as the new name says."""
    if not change.new_name:
        raise _Refused("new_name", "value-missing", "村与社区互改须填新名称")
    code = change.old_code or change.new_code or ""
    known = task.work.divisions.find_by_code(change.new_code or code, change.day)
    if known is not None and known.name == change.new_name:
        return False
    old = _old(task, change, code, change.day)
    kind = read_division(change.new_code or code, change.new_name).kind
    act = _act(task, change)
    return _loads(change_division_kind(task.work, old, kind, change.new_name, act, change.new_code)[1])


def _recode(task: ImportTask, change: Change) -> bool:
    """The same division under another code, of another town where it went there; addresses keep their codes."""
    if change.old_code is None or change.new_code is None:
        raise _Refused("new_code", "value-missing", "改码须填旧代码和新代码")
    name = change.new_name or change.old_name
    taken = task.work.divisions.find_by_code(change.new_code, change.day)
    if taken is not None:
        if name in (None, taken.name) and change.old_code != change.new_code:
            return False
        raise _Refused("new_code", "division-code-taken", f"代码{change.new_code}是“{taken.name}”的")
    old = _old(task, change, change.old_code, change.day)
    if change.new_code[:-3] != change.old_code[:-3]:
        done = transfer_division(task.work, old, change.new_code, _act(task, change))
    else:
        done = recode_division(task.work, old, change.new_code, _act(task, change), name)
    return _loads(done[1])


def _loads(reread: Reread) -> bool:
    """A file is loaded by one person: what addresses in force read is changed by an act of two."""
    if reread.in_force:
        message = f"将改变{reread.in_force}条现行地址的全称，请拟定区划变更，由他人批准"
        raise _Refused("old_code", "division-act-needed", message)
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
    event_id = record_act(work, _act(task, change), change.kind)
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
    end_division(work, old, _act(task, change), successors, change.kind)
    return True


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


def _act(task: ImportTask, change: Change) -> Act:
    return Act(change.day, change.decree_no, change.note, {"import": str(task.run_id)})


_APPLY: dict[EventKind, Callable[[ImportTask, Change], bool]] = {
    EventKind.CREATE: _create,
    EventKind.RENAME: _rename,
    EventKind.RESPELL: _rename,
    EventKind.TRANSFER: _recode,
    EventKind.CHANGE_KIND: _change_kind,
    EventKind.RECODE: _recode,
    EventKind.MERGE: _merge,
    EventKind.SPLIT: _split,
    EventKind.ABOLISH: _abolish,
}
