"""The topology report of an import: villages that overlap or gape, parcels across a boundary, houses in no village."""

from address_service.gis.layer_read import object_array
from address_service.gis.topology import Features, TopologyFinding, TopologyKind, topology_report
from address_service.services.import_task import MAX_FINDINGS, ImportTask
from address_service.store.county import load_county
from address_service.store.layer_upsert import LayerTable
from address_service.store.layers import BUILDINGS, PARCELS

MAX_FEATURES = 200_000
"""Beyond this many parcels or buildings their report is left to a run of its own."""


def report_topology(task: ImportTask, *targets: LayerTable) -> None:
    """Check villages, and these layers against them, as the register now has them; nothing without boundaries."""
    work = task.work
    villages = [v for v in work.divisions.villages(work.today) if v.boundary is not None]
    if not villages:
        return
    task.progress("检查拓扑", 0, 1)
    boundaries = Features([v.name for v in villages], object_array([v.boundary for v in villages]))
    parcels, buildings = (_layer(task, one) if one in targets else None for one in (PARCELS, BUILDINGS))
    srid = load_county(work.conn, work.county_code).measure_srid
    report = topology_report(boundaries, parcels, buildings, srid)
    counts = {kind.value: sum(f.kind is kind for f in report.findings) for kind in TopologyKind}
    task.topology = {
        "total_hectares": round(report.total_hectares, 2),
        "hectares": {str(name): round(area, 2) for name, area in report.hectares.items()},
        "counts": counts,
        "findings": [_plain(f) for f in report.findings[:MAX_FINDINGS]],
    }


def _layer(task: ImportTask, target: LayerTable) -> Features | None:
    """A layer of the register, None where it is empty or too large."""
    count = task.work.layers.count(target)
    if count > MAX_FEATURES:
        task.note(f"{count}个要素超过{MAX_FEATURES}个，未作拓扑检查")
    if not 0 < count <= MAX_FEATURES:
        return None
    return Features(*task.work.layers.shapes(target))


def _plain(found: TopologyFinding) -> dict[str, object]:
    return {
        "kind": found.kind.value,
        "keys": [str(key) for key in found.keys],
        "measure": round(found.measure, 2),
        "unit": found.unit,
        "lon": round(found.lon, 7),
        "lat": round(found.lat, 7),
    }
