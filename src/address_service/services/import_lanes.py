"""Lanes (便道、村道): the ways that houses are walked along; a line is known by its course."""

from hashlib import blake2b
from uuid import UUID

import numpy as np
import shapely

from address_service.gis.layer_read import object_array
from address_service.services.import_task import ImportTask
from address_service.services.refuse_foreign import refuse_foreign
from address_service.services.village_index import VillageIndex
from address_service.store.layers import LANES, LaneRows


def import_lanes(task: ImportTask) -> None:
    """Write lanes; the same course twice, in whichever direction, is one lane."""
    index = VillageIndex.of(task.work)
    villages = index.claimed(task)
    open_rows = np.flatnonzero([village is None for village in villages])
    middles = shapely.line_interpolate_point(task.geometry[open_rows], 0.5, normalized=True)
    villages[open_rows] = index.locate(middles)
    keys = object_array([_key(line) for line in shapely.to_wkb(shapely.normalize(task.geometry))])
    refuse_foreign(task, LANES, keys, villages)
    rows = task.good()
    geometry = task.geometry[rows]
    names = [name or "" for name in task.column("name")[rows]]
    task.progress("写入便道", 0, len(rows))
    lanes = LaneRows(
        keys[rows].tolist(), names, [village and village.id for village in villages[rows]], geometry
    )
    task.written[rows] = task.work.layers.upsert_lanes(lanes, task.run_id, task.work.now)


def _key(wkb: bytes) -> UUID:
    return UUID(bytes=blake2b(wkb, digest_size=16).digest())
