"""Drawn places of a file against the register: new ones made, changed ones given another version."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import shapely

from address_service.model.addresses import EventKind
from address_service.model.divisions import NameState
from address_service.services.import_task import ImportTask
from address_service.services.place_book import PlaceBook, area_name_state, report_unapproved
from address_service.store.divisions import Village
from address_service.store.places import PlaceFacts, PlaceRecord

_STANDING = {NameState.PROPOSED: 0, NameState.FILED: 1, NameState.APPROVED: 2}


@dataclass(frozen=True, slots=True)
class DrawnPlace:
    """A place as one row of the file draws it."""

    row: int
    village: Village
    facts: PlaceFacts


def record_drawn(task: ImportTask, book: PlaceBook, drawn: Sequence[DrawnPlace]) -> None:
    """Write the places; rows of one kind and name in one village are parts of one place."""
    groups: dict[tuple[object, ...], list[DrawnPlace]] = {}
    for place in drawn:
        key = (place.village.id, place.facts.kind, place.facts.name)
        groups.setdefault(key, []).append(place)
    for done, parts in enumerate(groups.values()):
        task.progress("写入地名", done, len(groups))
        if _record(task, book, parts):
            task.written[[part.row for part in parts]] = True


def _record(task: ImportTask, book: PlaceBook, parts: list[DrawnPlace]) -> bool:
    """Write one place; False when the register says the same."""
    first = parts[0]
    facts = replace(first.facts, geometry=_together([part.facts.geometry for part in parts]))
    if len(parts) > 1:
        task.find(
            "parts-joined", f"{first.village.name}“{facts.name}”的{len(parts)}个图形并为一处", first.row
        )
    found = book.find(first.village, facts.name, (facts.kind,))
    old = found[0] if found else None
    if old is not None:
        facts = replace(facts, name=old.facts.name)  # the file names a place of a 片区 with it
    facts = _standing(task, old, facts, first.row)
    if old is None:
        book.create(first.village, facts)
        return True
    if facts == old.facts:
        return False
    work, changed_on = task.work, task.options.valid_from
    event_id = work.places.record_event(
        EventKind.CORRECT, work.actor.account_id, task.day, work.now, note=f"导入 {task.run_id}"
    )
    work.places.record(old, facts, changed_on, event_id, work.now)
    return True


def _together(shapes: list[shapely.Geometry | None]) -> shapely.Geometry | None:
    if len(shapes) == 1:
        return shapes[0]
    parts = list(shapely.get_parts([shape for shape in shapes if shape is not None]))
    areal = shapely.get_dimensions(parts[0]) == 2
    return shapely.MultiPolygon(parts) if areal else shapely.MultiLineString(parts)


def _standing(task: ImportTask, old: PlaceRecord | None, facts: PlaceFacts, row: int) -> PlaceFacts:
    """A name approved or filed in the register stays so, and only offices of names make one so."""
    if old is not None and _STANDING[old.facts.name_state] > _STANDING[facts.name_state]:
        task.find("name-state-kept", f"“{facts.name}”在册的批准状态高于文件所列，保留在册状态", row)
        return replace(facts, name_state=old.facts.name_state, decree_no=old.facts.decree_no)
    claimed, plain = (facts.name_state, facts.decree_no), area_name_state(facts.kind, None)
    on_record = (old.facts.name_state, old.facts.decree_no) if old else plain
    if task.may_approve_names or claimed in (plain, on_record) or facts.name_state is NameState.PROPOSED:
        return facts
    report_unapproved(task, facts.name, facts.decree_no, row)
    return replace(facts, name_state=on_record[0], decree_no=on_record[1])
