"""Parcels (宗地): by code, each in the village it lies in."""

import shapely

from address_service.services.import_task import ImportTask
from address_service.services.refuse_foreign import refuse_foreign
from address_service.services.village_index import VillageIndex, ids_of
from address_service.store.layer_upsert import Features
from address_service.store.layers import PARCELS


def import_parcels(task: ImportTask) -> None:
    """Write parcels; one that lies in no known village is taken and reported."""
    index = VillageIndex.of(task.work)
    points = shapely.point_on_surface(task.geometry)
    villages = index.locate(points)
    refuse_foreign(task, PARCELS, task.column("parcel_code"), villages)
    rows = task.good()
    if index.has_boundaries:
        for row in rows:
            if villages[row] is None:
                task.find("outside-villages", f"宗地{task.column('parcel_code')[row]}不在任何村内", int(row))
    columns = {name: task.column(name)[rows] for name in ("real_estate_unit_code", "use", "location_text")}
    features = Features(
        task.column("parcel_code")[rows],
        {**columns, "geom": task.geometry[rows]},
        {"division_id": ids_of(villages[rows])},
    )
    done = task.work.layers.upsert(
        PARCELS, features, task.run_id, task.work.now, lambda n, total: task.progress("写入宗地", n, total)
    )
    task.written[rows] = done.new | done.changed
