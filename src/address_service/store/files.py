"""Files under DATA_DIR: uploads waiting for their job, scans, what was printed; written whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from address_service.errors import NotFound, TooLarge
from address_service.store.scans import media_type_of

_CHUNK = 1 << 20

KEPT_FOLDERS = ("attachments", "audit-anchors", "plates", "rejects", "uploads")
"""What a backup holds beside the database. Another folder is named here or in `PASSING_FOLDERS`."""
TELLING_FOLDERS = ("audit-anchors",)
"""Of the kept those that tell of the database: a copy made after it would speak of what the dump does not hold."""
PASSING_FOLDERS = ("work",)
PART = ".part-"
"""How the name of a file begins that is still being written."""


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan as it was taken: SHA-256 of the content, media type, size."""

    digest: bytes
    media_type: str
    size_bytes: int


class FileStore:
    """A folder of the service; names come from ids, never from what a client sent."""

    def __init__(self, root: Path) -> None:
        """``root`` is DATA_DIR; folders are made when first needed."""
        self._root = root

    @property
    def root(self) -> Path:
        """DATA_DIR itself."""
        return self._root

    def take_upload(self, upload_id: UUID, source: BinaryIO, suffix: str, max_bytes: int) -> Path:
        """Copy an upload to disk; raises TooLarge, and then keeps nothing."""
        folder = self._folder("uploads")
        with _part(folder) as (part, target):
            _copy(source, target, max_bytes)
            return part.replace(folder / f"{upload_id}{suffix}")

    def take_scan(self, source: BinaryIO, max_bytes: int) -> Scan:
        """Keep a scan under the digest of its content, once however often it comes.

        Raises TooLarge, InvalidInput `attachment-type`, and then keeps nothing.
        """
        folder = self._folder("attachments")
        with _part(folder) as (part, target):
            size, digest = _copy(source, target, max_bytes)
            scan = Scan(digest, media_type_of(part), size)
            part.replace(folder / digest.hex())
        return scan

    def scan(self, digest: bytes) -> Path:
        """A scan that was taken before; raises NotFound `attachment-gone`."""
        path = self._folder("attachments") / digest.hex()
        if not path.is_file():
            raise NotFound("附件的文件已不在", code="attachment-gone")
        return path

    def upload(self, name: str) -> Path:
        """An upload that was taken before; raises NotFound."""
        path = self._folder("uploads") / Path(name).name
        if not path.is_file():
            raise NotFound("上传的文件已不在", code="upload-gone")
        return path

    def drop_upload(self, name: str) -> None:
        """Remove an upload that nobody needs any more, if it is there."""
        (self._folder("uploads") / Path(name).name).unlink(missing_ok=True)

    def reject_file(self, run_id: UUID) -> Path:
        """Where the rejects of an import are written."""
        return self._folder("rejects") / f"{run_id}.csv"

    def put_plates(self, batch_no: str, name: str, content: bytes) -> Path:
        """Keep a printed file of a batch."""
        folder = self._folder("plates") / batch_no
        folder.mkdir(exist_ok=True)
        part = folder / f"{PART}{name}"
        part.write_bytes(content)
        return part.replace(folder / name)

    def get_plates(self, batch_no: str, name: str) -> Path:
        """A printed file of a batch; raises NotFound."""
        path = self._folder("plates") / batch_no / name
        if not path.is_file():
            raise NotFound(f"批次 {batch_no} 没有文件 {name}", code="plate-file-not-found")
        return path

    def work_folder(self) -> Path:
        """Where archives are unpacked for a while."""
        return self._folder("work")

    def _folder(self, name: str) -> Path:
        folder = self._root / name
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder


@contextmanager
def _part(folder: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """A file that is gone at the end unless it was moved to its place."""
    handle, name = tempfile.mkstemp(dir=folder, prefix=PART)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as target:
            yield part, target
    finally:
        part.unlink(missing_ok=True)


def _copy(source: BinaryIO, target: BinaryIO, max_bytes: int) -> tuple[int, bytes]:
    """Size and SHA-256 of what was copied, all of it on disk; raises TooLarge `upload-too-large`."""
    size, digest = 0, sha256()
    while chunk := source.read(_CHUNK):
        size += len(chunk)
        if size > max_bytes:
            raise TooLarge(f"文件超过 {max_bytes >> 20} MB", code="upload-too-large")
        digest.update(chunk)
        target.write(chunk)
    target.flush()
    os.fsync(target.fileno())
    return size, digest.digest()
