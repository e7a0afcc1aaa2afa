"""Whose land a row touches: where it lies, and where the feature that it overwrites is recorded."""

from address_service.gis.layer_read import ObjectArray
from address_service.services.import_task import ImportTask
from address_service.store.layer_upsert import LayerTable


def refuse_foreign(task: ImportTask, target: LayerTable, keys: ObjectArray, villages: ObjectArray) -> None:
    """Refuse rows out of the actor's scope as `out-of-scope`: those that lie there and those that overwrite there.

    ``keys`` and ``villages`` are parallel to the rows. A row in no known village may be anybody's, so that only
    accounts of the whole county bring it.
    """
    actor = task.work.actor
    if actor.division_code == actor.county_code:
        return
    rows = task.good()
    recorded = task.work.layers.recorded_villages(target, [str(key) for key in keys[rows]])
    for row in rows.tolist():
        village, on_record = villages[row], recorded.get(str(keys[row]))
        if village is None:
            message = f"不在任何已知的村内，账户“{actor.name}”不能导入，须由县级账户导入"
            task.refuse(row, None, "out-of-scope", message)
        elif not actor.covers(village.code):
            task.refuse_out_of_scope(row, None, village.code)
        elif on_record is not None and not actor.covers(on_record):
            message = f"在册属于{on_record}，不在账户“{actor.name}”的辖区内"
            task.refuse(row, None, "out-of-scope", message, on_record)
