"""Use-case: import one layer from a file: read it, write what is right, say what was refused and why."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import shapely

from address_service.errors import InvalidInput
from address_service.gis.field_mapping import FieldMapping
from address_service.gis.layer_read import CountyFrame, LayerRead, ReadLimits, Reject
from address_service.gis.layers import LAYERS
from address_service.gis.read import read_layer
from address_service.model.audit import AuditNote
from address_service.services.apply_division_changes import apply_division_changes
from address_service.services.free_text import refuse_personal_numbers
from address_service.services.import_boundaries import import_boundaries
from address_service.services.import_buildings import import_buildings
from address_service.services.import_divisions import import_divisions
from address_service.services.import_existing_addresses import import_existing_addresses
from address_service.services.import_groups import import_group_members, import_groups
from address_service.services.import_lanes import import_lanes
from address_service.services.import_parcels import import_parcels
from address_service.services.import_plans import import_plans
from address_service.services.import_residents import import_residents
from address_service.services.import_streets import import_streets
from address_service.services.import_task import Finding, ImportTask, Progress, silent
from address_service.services.queue_import import (
    RESIDENTS_NAME,
    ImportLayer,
    ImportOptions,
    require_day_reached,
)
from address_service.services.report_topology import report_topology
from address_service.store.county import load_county
from address_service.store.imports import NewRun, RejectRow, RunCounts
from address_service.store.layers import BUILDINGS, PARCELS
from address_service.store.overview import announce_change
from address_service.store.work import Work

_IMPORTS: Mapping[str, Callable[[ImportTask], None]] = {
    "divisions": import_divisions,
    "division-changes": apply_division_changes,
    "boundaries": import_boundaries,
    "streets": import_streets,
    "lanes": import_lanes,
    "groups": import_groups,
    "group-members": import_group_members,
    "parcels": import_parcels,
    "buildings": import_buildings,
    "plans": import_plans,
    "addresses": import_existing_addresses,
}
_LIST_INSTEAD = frozenset({"geometry-missing", "columns-missing"})
_CHECKED = {ImportLayer.PARCELS: PARCELS, ImportLayer.BUILDINGS: BUILDINGS}


@dataclass(frozen=True, slots=True)
class Source:
    """The file: its name as the sender called it, and its SHA-256."""

    filename: str
    digest: bytes

    @classmethod
    def of(cls, path: Path, filename: str | None = None) -> "Source":
        """Name and digest of a file or of the files of a folder."""
        digest = sha256()
        for file in sorted(path.iterdir()) if path.is_dir() else [path]:
            if file.is_file():
                with file.open("rb") as content:
                    while chunk := content.read(1 << 20):
                        digest.update(chunk)
        return cls(filename or path.name, digest.digest())


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of a file.

    ``stage`` is ``done``, or ``failed`` where all or nothing was asked for and some row was refused. ``pending``
    are changes that a person must decide, ``findings`` what should be looked at; neither stopped anything. ``ways``
    are for residents: households by what links them to their door.
    """

    run_id: UUID
    layer: str
    stage: str
    dry_run: bool
    counts: RunCounts
    rejects: list[Reject]
    notes: list[str]
    findings: list[Finding]
    finding_counts: dict[str, int] = field(default_factory=dict)
    pending: list[dict[str, Any]] = field(default_factory=list)
    topology: dict[str, Any] | None = None
    ways: dict[str, int] | None = None

    def plain(self) -> dict[str, Any]:
        """As JSON values, the rejects only counted."""
        return {
            "notes": self.notes,
            "findings": [asdict(finding) for finding in self.findings],
            "finding_counts": self.finding_counts,
            "reject_counts": dict(Counter(reject.code for reject in self.rejects)),
            "pending": self.pending,
            "topology": self.topology,
            **({} if self.ways is None else {"ways": self.ways}),
        }


def import_file(
    work: Work,
    path: Path,
    layer: ImportLayer,
    options: ImportOptions,
    limits: ReadLimits,
    *,
    filename: str | None = None,
    run_id: UUID | None = None,
    progress: Progress = silent,
    may_approve_names: bool = False,
    keep_ethnicity: bool = False,
) -> ImportReport:
    """Read a file and import it; see `import_layer`. ``keep_ethnicity`` is for residents alone.

    Raises `InvalidInput` where the file as a whole cannot be taken; then nothing is written, not even the run.
    """
    progress("读取文件", 0, 1)
    if layer is ImportLayer.RESIDENTS:
        return import_list_of_residents(
            work, path.read_bytes(), path.suffix.lower(), options, limits, run_id=run_id, progress=progress,
            keep_ethnicity=keep_ethnicity,
        )  # fmt: skip
    name, read = read_for(work, path, layer, options, limits)
    return import_layer(
        work,
        read,
        layer,
        options,
        Source.of(path, filename),
        run_id=run_id,
        progress=progress,
        spec=name,
        may_approve_names=may_approve_names,
    )


def import_list_of_residents(
    work: Work,
    data: bytes,
    suffix: str,
    options: ImportOptions,
    limits: ReadLimits,
    *,
    run_id: UUID | None = None,
    progress: Progress = silent,
    keep_ethnicity: bool = False,
) -> ImportReport:
    """Import residents from a file in memory; the run tells neither its name nor any value of it.

    A dry run and a refused whole write their run and their rejects alone.
    """
    work.imports.lock()
    layer = ImportLayer.RESIDENTS
    if run_id is None:
        name, digest = f"{RESIDENTS_NAME}{suffix}", sha256(data).digest()
        run = NewRun(layer, name, digest, options.plain(), options.dry_run, work.actor.account_id)
        run_id = work.imports.add(run, work.now)
    _ = work.residents  # opens the scope outside of the savepoint, whose end would close it again
    savepoint = work.conn.begin_nested()
    done = import_residents(work, data, suffix, limits, run_id, progress, keep_ethnicity=keep_ethnicity)
    stage = "failed" if options.all_or_nothing and done.rejects else "done"
    report = ImportReport(
        run_id, layer, stage, options.dry_run, done.counts, done.rejects, done.notes, [], ways=done.ways
    )
    if options.dry_run or stage == "failed":
        savepoint.rollback()
    else:
        savepoint.commit()
        brought: dict[str, str | int] = {"households": done.households, "persons": done.persons}
        work.note(AuditNote("residents.import", "import", str(run_id), brought))
    work.imports.add_rejects(run_id, [_row(reject) for reject in report.rejects])
    work.imports.finish(run_id, stage, report.counts, report.plain(), work.now)
    return report


def read_for(
    work: Work, path: Path, layer: ImportLayer, options: ImportOptions, limits: ReadLimits
) -> tuple[str, LayerRead]:
    """Read a file as a layer, and the name of the reading: groups come as polygons or as a list of parcels."""
    county = load_county(work.conn, work.county_code)
    frame = CountyFrame(work.county_code, shapely.box(*county.extent), county.measure_srid)
    mapping = FieldMapping.from_yaml(options.mapping) if options.mapping else None
    reference = _known_ground(work) if layer in _CHECKED or layer is ImportLayer.LANES else None
    try:
        spec = LAYERS[layer.value]
        return spec.name, read_layer(path, spec, frame, limits, mapping, reference=reference)
    except InvalidInput as error:
        if layer is not ImportLayer.GROUPS or error.code not in _LIST_INSTEAD:
            raise
        return _read_list(path, frame, limits, mapping, error)


def _read_list(
    path: Path, frame: CountyFrame, limits: ReadLimits, mapping: FieldMapping | None, first: InvalidInput
) -> tuple[str, LayerRead]:
    """Read a list of parcels where no polygons are; a file that is neither is told what polygons lack."""
    spec = LAYERS["group-members"]
    try:
        return spec.name, read_layer(path, spec, frame, limits, mapping)
    except InvalidInput as error:
        raise (first if error.code == "columns-missing" else error) from error


def import_layer(
    work: Work,
    read: LayerRead,
    layer: ImportLayer,
    options: ImportOptions,
    source: Source,
    *,
    run_id: UUID | None = None,
    progress: Progress = silent,
    spec: str | None = None,
    may_approve_names: bool = False,
) -> ImportReport:
    """Write the rows of a layer; the same rows again change nothing.

    Good rows go through and the others are kept as rejects, unless all or nothing is asked for. A dry run
    writes its run and nothing else. ``run_id`` is a queued run; without it a run is made. One import at a time
    writes in a county. Names come in as approved only where ``may_approve_names``. Raises `InvalidInput`
    ``valid-from-future`` for a layer brought ahead of its day.
    """
    refuse_personal_numbers(options.decree_no or "")
    require_day_reached(layer, options, work.today)
    work.imports.lock()
    if run_id is None:
        actor = work.actor.account_id
        run = NewRun(layer, source.filename, source.digest, options.plain(), options.dry_run, actor)
        run_id = work.imports.add(run, work.now)
    task = ImportTask(work, read, options, run_id, progress, may_approve_names)
    savepoint = work.conn.begin_nested()
    _IMPORTS[spec or layer.value](task)
    if layer in _CHECKED and task.written.any():
        report_topology(task, _CHECKED[layer])
    report = _report(task, layer)
    if options.dry_run or report.stage == "failed":
        savepoint.rollback()
    else:
        savepoint.commit()
        announce_change(work.conn, work.county_code)
    progress("完成", report.counts.read, report.counts.read)
    work.imports.add_rejects(run_id, [_row(reject) for reject in report.rejects])
    work.imports.finish(run_id, report.stage, report.counts, report.plain(), work.now)
    return report


def _report(task: ImportTask, layer: ImportLayer) -> ImportReport:
    rejects = sorted((*task.read.rejects, *task.rejects), key=lambda reject: reject.row_no)
    failed = task.options.all_or_nothing and rejects
    return ImportReport(
        run_id=task.run_id,
        layer=layer,
        stage="failed" if failed else "done",
        dry_run=task.options.dry_run,
        counts=task.counts(),
        rejects=rejects,
        notes=[*task.read.notes, *task.notes],
        findings=task.findings,
        finding_counts=task.finding_counts,
        pending=task.pending,
        topology=task.topology,
    )


def _row(reject: Reject) -> RejectRow:
    return RejectRow(reject.row_no, reject.field, reject.code, reject.message, reject.value)


def _known_ground(work: Work) -> shapely.Geometry | None:
    """All villages together, once every village on record has its boundary; before that nothing can be said."""
    boundaries = [village.boundary for village in work.divisions.villages(work.today)]
    known = [boundary for boundary in boundaries if boundary is not None]
    return shapely.union_all(known) if known and len(known) == len(boundaries) else None
