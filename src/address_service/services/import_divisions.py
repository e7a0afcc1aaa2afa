"""Division lists (区划名录): kept whole; the first of a town enters, of later ones differences are proposed.

The lists say neither who was merged into whom nor whether a code was re-used, so a changed name, a vanished or a new
code is never acted upon here: a person decides on the proposal (`decide_division_proposal`).
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from uuid import UUID

from address_service.coding.division_code import read_division
from address_service.coding.divisions.entries import Comparison, Entry
from address_service.model.addresses import EventKind, Subject
from address_service.model.codes import DivisionCode
from address_service.model.division_lists import ListSystem
from address_service.model.divisions import Division, DivisionLevel
from address_service.services.import_task import ImportTask
from address_service.services.list_proposals import comparison_on, propose
from address_service.store.division_changes import carry_back
from address_service.store.division_lists import DivisionLists, ListHead, ListRow
from address_service.store.divisions import NewDivision
from address_service.store.events import NewEvent, record_event

PENDING = "decision-needed"


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of a list; under civil-affairs codes ``code`` is theirs."""

    row: int
    code: str
    name: str
    code_mca: str | None
    urban_rural_class: str | None
    day: date


def import_divisions(task: ImportTask) -> None:
    """Keep the list, write what it says for sure, propose the rest; the same list again changes nothing."""
    system = task.options.system
    rows = sorted(_rows(task), key=lambda row: (len(row.code), row.code))
    if not rows:
        return
    day = max(row.day for row in rows)
    kept = [_kept_row(task, row) for row in rows]
    head = _head(task, system, day, kept)
    lists = DivisionLists(task.work.conn, task.work.county_code)
    known_id = lists.find(head)
    found = comparison_on(task.work, system, day, head.year, kept, known_id)
    _write(task, system, rows, found)
    list_id = known_id or lists.add(head, kept, _summary(found), task.work.actor.account_id, task.work.now)
    towns = {row.code[:9] for row in rows if len(row.code) >= 9}
    propose(task.work, system, day, list_id, found.proposals, towns, is_new=known_id is None)
    _report(task, head, found)


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


def _kept_row(task: ImportTask, row: _Row) -> ListRow:
    return ListRow(int(task.read.row_no[row.row]), row.code, row.name, row.code_mca, row.urban_rural_class)


def _head(task: ImportTask, system: ListSystem, day: date, rows: Sequence[ListRow]) -> ListHead:
    content = sorted([row.code, row.name, row.code_mca, row.urban_rural_class] for row in rows)
    digest = blake2b(json.dumps(content, ensure_ascii=False).encode(), digest_size=16).digest()
    run = task.work.imports.get(task.run_id)
    year = task.options.year or day.year
    return ListHead(
        system, year, day, run["filename"], bytes(run["file_digest"]), UUID(bytes=digest), task.run_id
    )


def _write(task: ImportTask, system: ListSystem, rows: Sequence[_Row], found: Comparison) -> None:
    entering = {entry.code for entry in found.entering}
    earlier = {entry.code: entry for entry in found.earlier}
    kept = {entry.code for entry in found.kept}
    for done, row in enumerate(rows):
        task.progress("写入行政区划", done, len(rows))
        if row.code in entering:
            _create(task, row)
        elif row.code in earlier and system is ListSystem.NBS:
            _carry_back(task, row, earlier[row.code])
        elif row.code in kept and system is ListSystem.NBS:
            known = task.work.divisions.find_by_code(row.code, row.day)
            if known is not None and known.name == row.name:
                _complete(task, row, known)


def _create(task: ImportTask, row: _Row) -> None:
    work, code = task.work, DivisionCode(row.code)
    known = work.divisions.find_by_code(row.code, row.day)
    if known is not None:  # its line begins earlier than the day of the list
        return
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


def _carry_back(task: ImportTask, row: _Row, known: Entry) -> None:
    """A list of an earlier year names a division as we know it: it was there already."""
    if known.division_id is None:
        return
    work = task.work
    event_id = _event(task, EventKind.CORRECT, row.day)
    carry_back(work.conn, work.county_code, known.division_id, row.day, {}, event_id, work.now)
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


def _summary(found: Comparison) -> dict[str, int]:
    counts = Counter(str(one.kind) for one in found.proposals)
    same = {"kept": len(found.kept), "entered": len(found.entering), "carried_back": len(found.earlier)}
    same["decided"] = len(found.decided)
    return {**same, **counts}


def _report(task: ImportTask, head: ListHead, found: Comparison) -> None:
    counts = _summary(found)
    task.note(
        f"{head.year}年名录：未变{counts['kept']}，新入册{counts['entered']}，"
        f"上推{counts['carried_back']}，本年已办理{counts['decided']}，待人决定{len(found.proposals)}"
    )
    for one in found.proposals:
        about = one.old or one.new
        task.pending.append(
            {
                "code": PENDING,
                "what": one.kind,
                "division": about.code if about else None,
                "name": about.name if about else None,
                "new_name": one.new.name if one.new else None,
                "text": "；".join(clue.text for clue in one.evidence),
            }
        )


def _event(task: ImportTask, kind: EventKind, day: date) -> UUID:
    work = task.work
    note = f"导入 {task.run_id}"
    details = {"division_list": str(task.run_id)}
    fact = NewEvent(
        Subject.DIVISION, kind, day, work.actor.account_id, work.now, task.decree_no, note, details
    )
    return record_event(work.conn, work.county_code, fact)
