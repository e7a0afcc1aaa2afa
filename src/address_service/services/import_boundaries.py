"""Village boundaries (村界): by village code; what they leave open is told in a topology report."""

from collections.abc import Sequence
from uuid import UUID

from address_service.model.addresses import EventKind, Subject
from address_service.services.import_task import ImportTask
from address_service.services.report_topology import report_topology
from address_service.services.village_index import VillageIndex
from address_service.store.divisions import Village
from address_service.store.events import NewEvent, record_event
from address_service.store.layers import BUILDINGS, PARCELS


def import_boundaries(task: ImportTask) -> None:
    """Write boundaries; with ``valid_from`` as a change on that day, else as what was so all along.

    A name that differs from the register's is reported: the code decides.
    """
    work = task.work
    index = VillageIndex.of(work)
    villages = index.known(task)
    _refuse_second(task, villages.tolist())
    names = task.column("name")
    event_id = None
    rows = task.good()
    for done, row in enumerate(rows):
        task.progress("写入村界", done, len(rows))
        village, boundary = villages[row], task.geometry[row]
        if names[row] and names[row].removesuffix("村") != village.name.removesuffix("村"):
            text = f"代码{village.code}在册名称是“{village.name}”，图层写的是“{names[row]}”"
            task.find("name-differs", text, int(row))
        if village.boundary is not None and village.boundary == boundary:
            continue
        if event_id is None:
            event_id = _event(task)
        work.divisions.set_boundary(
            village.id, boundary, work.today, task.options.valid_from, event_id, work.now
        )
        task.written[row] = True
    if task.written.any():
        found = work.layers.locate_missing(work.today, task.run_id, work.now)
        if found:
            task.note(f"为{found}个此前没有所属村的图形补上了所属村")
    report_topology(task, PARCELS, BUILDINGS)


def _refuse_second(task: ImportTask, villages: Sequence[Village | None]) -> None:
    seen: set[str] = set()
    for row in task.good():
        village = villages[row]
        if village is None:
            continue
        if village.code in seen:
            task.refuse(int(row), "village_code", "village-twice", "同一个村有两个图形", village.code)
        seen.add(village.code)


def _event(task: ImportTask) -> UUID:
    work = task.work
    fact = NewEvent(
        Subject.DIVISION,
        EventKind.BOUNDARY,
        task.day,
        work.actor.account_id,
        work.now,
        task.decree_no,
        f"导入 {task.run_id}",
    )
    return record_event(work.conn, work.county_code, fact)
