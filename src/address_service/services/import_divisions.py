"""Division lists (区划名录): new codes enter, known ones are completed, and what only a person can decide is listed.

The lists say neither who was merged into whom nor whether a code was re-used, so a changed name or a vanished code
is never acted upon here: that is what `apply_division_changes` is given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from address_service.coding.division_code import read_division
from address_service.model.addresses import EventKind, Subject
from address_service.model.codes import DivisionCode
from address_service.model.divisions import Division, DivisionLevel
from address_service.services.import_task import ImportTask
from address_service.store.divisions import NewDivision
from address_service.store.events import NewEvent, record_event

PENDING = "decision-needed"


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of a list."""

    row: int
    code: str
    name: str
    code_mca: str | None
    urban_rural_class: str | None
    day: date


def import_divisions(task: ImportTask) -> None:
    """Write what a list says for sure; renamed and vanished divisions go to the report as pending."""
    rows = sorted(_rows(task), key=lambda row: (len(row.code), row.code))
    for done, row in enumerate(rows):
        task.progress("写入行政区划", done, len(rows))
        _take(task, row)
    _report_vanished(task, rows)


def _rows(task: ImportTask) -> list[_Row]:
    found, seen = [], set()
    for i in task.good():
        row = int(i)
        code = task.column("code_nbs")[row]
        if task.work.actor.division_code.startswith(code) and not task.work.actor.covers(code):
            task.note(f"上级区划{code}不在账户的辖区内，略过")
        elif not task.work.actor.covers(code):
            task.refuse_out_of_scope(row, "code_nbs", code)
        elif code in seen:
            task.refuse(row, "code_nbs", "division-twice", "同一代码在文件里出现两次", code)
        else:
            name, mca = task.column("name")[row], task.column("code_mca")[row]
            day = task.column("valid_from")[row] or task.day
            found.append(_Row(row, code, name, mca, task.column("urban_rural_class")[row], day))
        seen.add(code)
    return found


def _take(task: ImportTask, row: _Row) -> None:
    divisions = task.work.divisions
    known = divisions.find_by_code(row.code, row.day)
    if known is None:
        later = [d for d in divisions.history_of_code(row.code) if d.valid_from > row.day]
        if later:
            message = f"该代码自{later[0].valid_from}起已在册，较早的名录应先导入"
            task.refuse(row.row, "code_nbs", "division-known-later", message, row.code)
        else:
            _create(task, row)
    elif known.name != row.name:
        text = f"代码{row.code}在册名称是“{known.name}”，名录写的是“{row.name}”：是更名还是换了村，须由人决定"
        _leave_open(task, "renamed", row.code, known.name, text, new_name=row.name)
    else:
        _complete(task, row, known)


def _create(task: ImportTask, row: _Row) -> None:
    work, code = task.work, DivisionCode(row.code)
    parent_id = _parent(task, row, code)
    reading = read_division(row.code, row.name)
    if parent_id is None and reading.level is DivisionLevel.VILLAGE:
        message = f"上级{code.parent}在{row.day}还没有，请先导入乡镇"
        task.refuse(row.row, "code_nbs", "parent-missing", message, row.code)
        return
    task.find_all("division-code-doubt", reading.warnings)
    facts = NewDivision(
        reading.level,
        reading.kind,
        row.name,
        row.code,
        row.code_mca,
        parent_id,
        row.urban_rural_class,
        task.decree_no,
    )
    work.divisions.create(facts, row.day, _event(task, EventKind.CREATE, row.day), work.now)
    task.written[row.row] = True


def _parent(task: ImportTask, row: _Row, code: DivisionCode) -> UUID | None:
    if code.parent is None:
        return None
    parent = task.work.divisions.find_by_code(code.parent.text, row.day)
    return parent.id if parent else None


def _complete(task: ImportTask, row: _Row, known: Division) -> None:
    """Record class and civil-affairs code where the list has others; a list without them says nothing."""
    changes = {}
    if row.urban_rural_class and row.urban_rural_class != known.urban_rural_class:
        changes["urban_rural_class"] = row.urban_rural_class
    if row.code_mca and row.code_mca != known.code_mca:
        changes["code_mca"] = row.code_mca
    if changes:
        event_id = _event(task, EventKind.CORRECT, row.day)
        task.work.divisions.change(known.id, row.day, changes, event_id, task.work.now)
        task.written[row.row] = True


def _report_vanished(task: ImportTask, rows: Sequence[_Row]) -> None:
    """List villages on record that the file, which has others of their town, does not name."""
    if not rows:
        return
    day = max(row.day for row in rows)
    listed = {row.code for row in rows}
    for town in sorted({row.code[:9] for row in rows if len(row.code) == 12}):
        for known in task.work.divisions.list_on(day, DivisionLevel.VILLAGE, town):
            if known.code_nbs not in listed:
                text = f"在册的{known.name}（{known.code_nbs}）不在名录里：是撤销还是合并，须由人决定"
                _leave_open(task, "vanished", known.code_nbs, known.name, text)


def _leave_open(
    task: ImportTask, what: str, code: str, name: str, text: str, new_name: str | None = None
) -> None:
    task.pending.append(
        {"code": PENDING, "what": what, "division": code, "name": name, "new_name": new_name, "text": text}
    )


def _event(task: ImportTask, kind: EventKind, day: date) -> UUID:
    work = task.work
    note = f"导入 {task.run_id}"
    fact = NewEvent(Subject.DIVISION, kind, day, work.actor.account_id, work.now, task.decree_no, note)
    return record_event(work.conn, work.county_code, fact)
