"""Use-case: take a population extract, seal it and queue its comparison with the register."""

from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import PurePath
from typing import BinaryIO
from uuid import UUID

from address_service.errors import InvalidInput, NotFound, TooLarge
from address_service.gis.extract_lists import known_layouts
from address_service.model.audit import AuditNote
from address_service.reconcile.layout import read_layout
from address_service.services.free_text import refuse_personal_numbers
from address_service.services.scope import require_scope
from address_service.store.extract_targets import division_of_code
from address_service.store.extracts import NewExtract
from address_service.store.files import FileStore
from address_service.store.ids import new_id
from address_service.store.work import Work

TASK = "run_reconciliation"
AUTOMATIC = "auto"
_LISTS = frozenset({".csv", ".tsv", ".txt", ".xlsx"})
_LARGEST = 50 << 20
_ENVELOPE_BYTES = 1024


@dataclass(frozen=True, slots=True)
class ExtractOptions:
    """What the sender says of a file: the land it speaks of (NBS code), and its layout by name or as YAML."""

    division_code: str
    layout: str = AUTOMATIC
    layout_yaml: str | None = None


def queue_reconciliation(
    work: Work, files: FileStore, filename: str, source: BinaryIO, max_bytes: int, options: ExtractOptions
) -> UUID:
    """Keep the file sealed and put its job into this transaction; gives the extract's id.

    Raises Forbidden `out-of-scope`, NotFound `division-not-found`, TooLarge, and InvalidInput `file-kind-unsupported`,
    `layout-unknown`, `layout-malformed`.
    """
    require_scope(work.actor, options.division_code)
    # The county itself may be no division of the lists that were loaded.
    known = options.division_code == work.county_code
    if not known and division_of_code(work.conn, work.county_code, options.division_code) is None:
        raise NotFound(f"没有区划 {options.division_code}", code="division-not-found")
    _check_layout(options)
    suffix = PurePath(filename).suffix.lower()
    if suffix not in _LISTS:
        raise InvalidInput("人口底册请用 CSV 或 XLSX", code="file-kind-unsupported")
    most = min(max_bytes, _LARGEST)
    content = source.read(most + 1)
    if len(content) > most:
        raise TooLarge(f"人口底册超过 {most >> 20} MB，请分村上传", code="upload-too-large")
    extract_id, upload_id = new_id(), new_id()
    sealed = work.seal.seal_file(upload_id, content)
    path = files.take_upload(upload_id, BytesIO(sealed), suffix, most + _ENVELOPE_BYTES)
    try:
        new = NewExtract(
            extract_id, work.actor.division_code, options.division_code, options.layout, path.name,
            sha256(sealed).digest(), options.layout_yaml,
        )  # fmt: skip
        work.extracts.add(new, work.actor.account_id, work.now)
        work.queue.defer(
            TASK, lock=f"reconcile-{work.county_code}", county_code=work.county_code, extract_id=str(extract_id),
            actor_name=work.actor.name, rights=sorted(work.actor.rights) or None,
            key_id=str(work.actor.key_id) if work.actor.key_id else None,
        )  # fmt: skip
        work.note(
            AuditNote("reconciliation.send", "extract", str(extract_id), {"division": options.division_code})
        )
    except BaseException:
        files.drop_upload(path.name)
        raise
    return extract_id


def _check_layout(options: ExtractOptions) -> None:
    refuse_personal_numbers(options.layout, options.layout_yaml or "")
    if options.layout_yaml is not None:
        read_layout(options.layout_yaml)
    elif options.layout != AUTOMATIC and options.layout not in known_layouts():
        known = "、".join((AUTOMATIC, *known_layouts()))
        raise InvalidInput(f"底册格式应为 {known} 之一", code="layout-unknown")
