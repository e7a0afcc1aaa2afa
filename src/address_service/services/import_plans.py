"""Construction plans (建设计划): what will stand on a place, so that numbers are kept free for it."""

import numpy as np
import shapely

from address_service.gis.layer_read import ObjectArray
from address_service.model.buildings import PlanKind
from address_service.model.places import PlaceKind
from address_service.services.import_task import ImportTask
from address_service.services.place_book import AREA_KINDS, NAMED_KINDS, PlaceBook
from address_service.services.refuse_foreign import refuse_foreign
from address_service.services.village_index import VillageIndex
from address_service.store.layer_upsert import Features
from address_service.store.layers import PLANS
from address_service.store.places import PlaceRecord

_PLAIN = ("name", "side", "planned_doors", "purpose", "holder", "decree_no", "expires_on")


def import_plans(task: ImportTask) -> None:
    """Write plans; each names a street or group that is on record, and is drawn as its kind wants it."""
    villages = VillageIndex.of(task.work).claimed(task)
    refuse_foreign(task, PLANS, task.column("plan_no"), villages)
    book = PlaceBook(task)
    places = np.full(len(task.read), None, dtype=object)
    for row in task.good():
        place = _place(task, int(row), villages, book)
        if place is not None:
            places[row] = str(place.id)
    rows = task.good()
    columns = {name: task.column(name)[rows] for name in _PLAIN}
    columns |= {"kind": task.column("plan_kind")[rows], "geom": task.geometry[rows]}
    features = Features(task.column("plan_no")[rows], columns, {"place_id": places[rows]})
    done = task.work.layers.upsert(PLANS, features, task.run_id, task.work.now)
    task.written[rows] = done.new | done.changed


def _place(task: ImportTask, row: int, villages: ObjectArray, book: PlaceBook) -> PlaceRecord | None:
    kind, name = PlanKind(task.column("plan_kind")[row]), task.column("place_name")[row]
    is_area = shapely.get_dimensions(task.geometry[row]) == 2
    if is_area != (kind is PlanKind.AREA):
        wanted = "面" if kind is PlanKind.AREA else "线"
        task.refuse(row, "plan_kind", "plan-shape", f"这类计划应画成{wanted}")
        return None
    if task.column("side")[row] and kind is PlanKind.AREA:
        task.refuse(row, "side", "plan-side", "片区没有侧别", task.column("side")[row])
        return None
    kinds = NAMED_KINDS if kind is PlanKind.AREA else (PlaceKind.STREET,)
    found = book.find(villages[row], name, kinds)
    found = [p for p in found if p.facts.kind in AREA_KINDS] or found
    if not found:
        what = "街路" if kind is PlanKind.SEGMENT else "组、自然村或街路"
        message = f"{villages[row].name}没有名为“{name}”的{what}"
        task.refuse(row, "place_name", "place-unknown", message, name)
        return None
    return found[0]
