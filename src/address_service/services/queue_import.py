"""Use-case: take an uploaded layer and queue its import."""

from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256
from io import BytesIO
from pathlib import Path, PurePath
from typing import Any, BinaryIO
from uuid import UUID

from address_service.errors import InvalidInput, TooLarge
from address_service.gis.field_mapping import FieldMapping
from address_service.model.division_lists import ListSystem
from address_service.services.free_text import refuse_personal_numbers
from address_service.store.files import FileStore
from address_service.store.ids import new_id
from address_service.store.imports import NewRun
from address_service.store.work import Work

TASK = "run_import"
RESIDENTS_NAME = "居民名册"
"""A list of residents is kept under this name: its own may name a person."""

_LISTS = frozenset({".csv", ".tsv", ".txt", ".xlsx"})
_LARGEST_LIST = 50 << 20
_ENVELOPE_BYTES = 1024  # what sealing adds to an upload, at most
_SUFFIXES = frozenset({".gpkg", ".zip", ".geojson", ".json", ".csv", ".tsv", ".txt", ".xlsx", ".xls"})


class ImportLayer(StrEnum):
    """Layers that can be imported."""

    DIVISIONS = "divisions"
    DIVISION_CHANGES = "division-changes"
    BOUNDARIES = "boundaries"
    STREETS = "streets"
    LANES = "lanes"
    GROUPS = "groups"
    PARCELS = "parcels"
    BUILDINGS = "buildings"
    PLANS = "plans"
    ADDRESSES = "addresses"
    RESIDENTS = "residents"


_AS_OF_TODAY = frozenset(
    {ImportLayer.BOUNDARIES, ImportLayer.STREETS, ImportLayer.GROUPS, ImportLayer.BUILDINGS}
)
"""Layers whose rows are held against the places and boundaries of today, so what begins later is not found again."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the sender asked for; ``mapping`` is the text of a column-mapping file (YAML).

    ``year`` and ``system`` are for lists of divisions: which year, and whose codes.
    """

    dry_run: bool = False
    all_or_nothing: bool = False
    mapping: str | None = None
    valid_from: date | None = None
    decree_no: str | None = None
    year: int | None = None
    system: ListSystem = ListSystem.NBS

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {**asdict(self), "valid_from": self.valid_from.isoformat() if self.valid_from else None}

    @classmethod
    def from_plain(cls, values: dict[str, Any]) -> "ImportOptions":
        """From the JSON values of `plain`."""
        day = values.get("valid_from")
        return cls(
            dry_run=bool(values["dry_run"]),
            all_or_nothing=bool(values["all_or_nothing"]),
            mapping=values.get("mapping"),
            valid_from=date.fromisoformat(day) if day else None,
            decree_no=values.get("decree_no"),
            year=values.get("year"),
            system=ListSystem(values.get("system") or ListSystem.NBS),
        )


def require_day_reached(layer: ImportLayer, options: ImportOptions, today: date) -> None:
    """Raise InvalidInput `valid-from-future` for a layer that cannot be brought ahead of its day."""
    if layer in _AS_OF_TODAY and options.valid_from is not None and options.valid_from > today:
        message = f"生效日期{options.valid_from}还没有到，该图层请到当日再导入"
        raise InvalidInput(message, code="valid-from-future")


def queue_import(
    work: Work,
    files: FileStore,
    layer: ImportLayer,
    filename: str,
    source: BinaryIO,
    max_bytes: int,
    options: ImportOptions,
) -> UUID:
    """Keep the file, record the run as queued and put its job into this transaction; gives the run's id.

    Raises InvalidInput for a kind of file that no reader takes, a mapping that is no mapping or a day that has not
    come, TooLarge beyond ``max_bytes``.
    """
    refuse_personal_numbers(options.decree_no or "")
    require_day_reached(layer, options, work.today)
    suffix = PurePath(filename).suffix.lower()
    if suffix not in _SUFFIXES:
        raise InvalidInput(
            f"不支持“{suffix or filename[-20:]}”文件；请用 GeoPackage、Shapefile 压缩包、GeoJSON、CSV 或 XLSX",
            code="file-kind-unsupported",
        )
    if options.mapping is not None:
        FieldMapping.from_yaml(options.mapping)
    upload_id, most = new_id(), max_bytes
    if layer is ImportLayer.RESIDENTS:
        most += _ENVELOPE_BYTES
        filename, source = f"{RESIDENTS_NAME}{suffix}", _sealed(work, upload_id, suffix, source, max_bytes)
    path = files.take_upload(upload_id, source, suffix, most)
    try:
        return _record(work, layer, filename, path, options)
    except BaseException:
        files.drop_upload(path.name)  # nobody would come for it
        raise


def _record(work: Work, layer: ImportLayer, filename: str, path: Path, options: ImportOptions) -> UUID:
    """The run as queued, and its job in this transaction, which may do no more than its sender may now."""
    with path.open("rb") as content:
        digest = sha256()
        while chunk := content.read(1 << 20):
            digest.update(chunk)
    kept = {**options.plain(), "upload": path.name}
    run = NewRun(layer, filename, digest.digest(), kept, options.dry_run, work.actor.account_id)
    run_id = work.imports.add(run, work.now, stage="queued")
    work.queue.defer(
        TASK,
        lock=f"import-{work.county_code}",
        county_code=work.county_code,
        run_id=str(run_id),
        actor_name=work.actor.name,
        rights=sorted(work.actor.rights),
        key_id=str(work.actor.key_id) if work.actor.key_id else None,
    )
    return run_id


def _sealed(work: Work, upload_id: UUID, suffix: str, source: BinaryIO, max_bytes: int) -> BinaryIO:
    """A list of residents never lies on our disk in clear; it is read and sealed in memory, so it may not be large."""
    if suffix not in _LISTS:
        raise InvalidInput("居民名册请用 CSV 或 XLSX", code="file-kind-unsupported")
    most = min(max_bytes, _LARGEST_LIST)
    content = source.read(most + 1)
    if len(content) > most:
        raise TooLarge(f"居民名册超过 {most >> 20} MB，请分村上传", code="upload-too-large")
    return BytesIO(work.seal.seal_file(upload_id, content))
