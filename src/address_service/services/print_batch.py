"""Use-case: print a batch: preflight, the 1:1 PDF, the proof sheet and the list."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256
from uuid import UUID

from address_service.errors import Conflict
from address_service.model.plates import BatchStage, PlateStage
from address_service.plates.content import PlateContent, PreflightProblem
from address_service.plates.fonts import FontSet
from address_service.plates.listing import ListRow, render_list
from address_service.plates.preflight import preflight
from address_service.plates.profile import PlateProfile, profile_of
from address_service.plates.sheet import render_plates, render_proof
from address_service.store.files import FileStore
from address_service.store.plates import PrintedPlate
from address_service.store.work import Work

PLATES_FILE = "plates.pdf"
PROOF_FILE = "proof.pdf"
LIST_FILE = "list.xlsx"


def print_batch(work: Work, files: FileStore, fonts: FontSet, public_url: str, batch_id: UUID) -> BatchStage:
    """Write the files of a batch; with a preflight problem none is written and the batch says why.

    Printing again gives the same bytes, so a job that runs twice does no harm.
    """
    batch = work.plates.batch(batch_id)
    if batch["stage"] == BatchStage.FAILED:
        raise Conflict(f"批次 {batch['batch_no']} 未通过印前检查，请改正后重新订制", code="batch-failed")
    profile = profile_of(batch["profile"])
    plates = work.plates.printed(batch_id)
    postcode = work.divisions.postcode()
    contents = [
        PlateContent(p.name_text, p.number_text, postcode, plate_url(public_url, p.token), p.code)
        for p in plates
    ]
    problems = [*_outdated(batch, plates), *preflight(contents, profile, fonts)]
    if problems:
        work.plates.finish_batch(batch_id, BatchStage.FAILED, [asdict(p) for p in problems], {})
        return BatchStage.FAILED
    _print(work, files, fonts, profile, batch, plates, contents)
    return BatchStage.PRINTED


def _outdated(batch: Mapping[str, object], plates: Sequence[PrintedPlate]) -> Iterator[PreflightProblem]:
    """Doors that were renumbered between order and print; a batch that was printed stays as it is."""
    if batch["stage"] == BatchStage.ORDERED:
        for plate in plates:
            if plate.stage == PlateStage.REPLACED:
                text = f"订制之后，“{plate.number_text}”的门牌号已变更，请重新订制"
                yield PreflightProblem("plate-outdated", text, plate.position)


def abandon_batch(work: Work, batch_id: UUID, code: str, message: str) -> None:
    """Say in the preflight of an ordered batch why it will not be printed; its plates can be ordered anew."""
    if work.plates.batch(batch_id)["stage"] == BatchStage.ORDERED:
        reason = asdict(PreflightProblem(code, message))
        work.plates.finish_batch(batch_id, BatchStage.FAILED, [reason], {})


def plate_url(public_url: str, token: str) -> str:
    """What a plate's QR code holds: an opaque token, never data of a resident."""
    return f"{public_url}/p/{token}"


def _print(
    work: Work,
    files: FileStore,
    fonts: FontSet,
    profile: PlateProfile,
    batch: dict[str, object],
    plates: Sequence[PrintedPlate],
    contents: Sequence[PlateContent],
) -> None:
    batch_no = str(batch["batch_no"])
    rows = [_list_row(plate, content, profile) for plate, content in zip(plates, contents, strict=True)]
    written = {
        PLATES_FILE: render_plates(contents, profile, fonts),
        PROOF_FILE: render_proof(contents, profile, fonts),
        LIST_FILE: render_list(rows, f"门牌批次 {batch_no} {profile.label}"),
    }
    for name, content in written.items():
        files.put_plates(batch_no, name, content)
    digests = {name: {"bytes": len(c), "sha256": sha256(c).hexdigest()} for name, c in written.items()}
    work.plates.finish_batch(UUID(str(batch["id"])), BatchStage.PRINTED, [], digests)


def _list_row(plate: PrintedPlate, content: PlateContent, profile: PlateProfile) -> ListRow:
    return ListRow(
        position=plate.position,
        page=plate.position,
        address_code=plate.code,
        full_text=plate.full_text,
        door_number=plate.number_text,
        profile=profile.label,
        url=content.url,
        lon=plate.lon,
        lat=plate.lat,
    )
