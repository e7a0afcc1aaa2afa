"""Lanes (便道、村道): the ways that houses are walked along; a line is known by its course."""

from hashlib import blake2b
from uuid import UUID

import numpy as np
import shapely

from address_service.services.import_parcels import refuse_foreign
from address_service.services.import_task import ImportTask
from address_service.services.village_index import VillageIndex
from address_service.store.layers import LaneRows


def import_lanes(task: ImportTask) -> None:
    """Write lanes; the same course twice, in whichever direction, is one lane."""
    index = VillageIndex.of(task.work)
    villages = index.claimed(task)
    open_rows = np.flatnonzero([village is None for village in villages])
    middles = shapely.line_interpolate_point(task.geometry[open_rows], 0.5, normalized=True)
    villages[open_rows] = index.locate(middles)
    refuse_foreign(task, villages)
    rows = task.good()
    geometry = task.geometry[rows]
    names = [name or "" for name in task.column("name")[rows]]
    keys = [_key(line) for line in shapely.to_wkb(shapely.normalize(geometry))]
    task.progress("写入便道", 0, len(rows))
    lanes = LaneRows(keys, names, [village and village.id for village in villages[rows]], geometry)
    task.written[rows] = task.work.layers.upsert_lanes(lanes, task.run_id, task.work.now)


def _key(wkb: bytes) -> UUID:
    return UUID(bytes=blake2b(wkb, digest_size=16).digest())
