"""Use-case: run a queued import, tell its progress while it runs, and keep what became of it."""

import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from uuid import UUID

from address_service.errors import ServiceError
from address_service.gis.layer_read import ReadLimits
from address_service.services.import_layer import import_file, import_list_of_residents
from address_service.services.import_task import Progress
from address_service.services.queue_import import ImportLayer, ImportOptions
from address_service.store.files import FileStore
from address_service.store.work import Work

OpenWork = Callable[[], AbstractContextManager[Work]]
MayStill = Callable[[Work], object]
"""Raises Forbidden when the sender could not send the file any more."""

_PASSING = frozenset({"busy", "database-busy"})
"""Codes of errors that say something of the hour, and nothing of the file."""

_EVERY_S = 0.5
"""How often progress is written down at most."""


def run_import(
    open_work: OpenWork, files: FileStore, run_id: UUID, max_unpacked_bytes: int, *, may_approve_names: bool,
    may_still: MayStill, keep_ethnicity: bool = False,
) -> None:  # fmt: skip
    """Import the upload of a queued run, whole or not at all; running it twice does no harm.

    Progress is told in transactions of its own, so that others see it while the import's is still open. An error
    that a caller may see is kept on the run; anything else, and what passes by itself, is raised for another try.
    Whether the sender ``may_still`` is asked once more when all is written: nothing of it stays otherwise.
    """
    with open_work() as work:
        run = work.imports.get(run_id)
    if run["stage"] in ("done", "failed"):
        return
    options = ImportOptions.from_plain(run["options"])
    try:
        path = files.upload(run["options"]["upload"])
        with tempfile.TemporaryDirectory(dir=files.work_folder()) as folder, open_work() as work:
            limits = ReadLimits(Path(folder), max_unpacked_bytes=max_unpacked_bytes)
            layer, tell = ImportLayer(run["layer"]), _teller(open_work, run_id)
            if layer is ImportLayer.RESIDENTS:
                content = work.seal.open_file(UUID(path.stem), path.read_bytes())
                suffix = path.suffix.lower()
                import_list_of_residents(
                    work, content, suffix, options, limits, run_id=run_id, progress=tell,
                    keep_ethnicity=keep_ethnicity,
                )  # fmt: skip
            else:
                import_file(
                    work, path, layer, options, limits, filename=run["filename"], run_id=run_id, progress=tell,
                    may_approve_names=may_approve_names,
                )  # fmt: skip
            may_still(work)
    except ServiceError as error:
        if error.code in _PASSING:
            raise
        with open_work() as work:
            work.imports.fail(run_id, error.code, error.message, work.now)
    files.drop_upload(run["options"]["upload"])


def abandon_import(work: Work, files: FileStore, run_id: UUID, code: str, message: str) -> None:
    """Say on a run why it will not be done, unless it is; its upload goes."""
    run = work.imports.get(run_id)
    if run["stage"] not in ("done", "failed"):
        work.imports.fail(run_id, code, message, work.now)
    files.drop_upload(run["options"]["upload"])


def _teller(open_work: OpenWork, run_id: UUID) -> Progress:
    told: dict[str, str | float] = {"phase": "", "at": 0.0}

    def tell(phase: str, done: int, total: int) -> None:
        moment = time.monotonic()
        if phase == told["phase"] and moment - float(told["at"]) < _EVERY_S:
            return
        told.update(phase=phase, at=moment)
        with open_work() as work:
            work.unnamed = None  # progress is no act
            work.imports.set_phase(run_id, f"{phase} {done}/{total}" if total > 1 else phase)

    return tell
