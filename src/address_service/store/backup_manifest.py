"""What a backup says of itself: versions, rows and digest of every table, size and digest of every file."""

import hashlib
from pathlib import Path, PurePosixPath
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from address_service.errors import InvalidInput

FORMAT: Final = "address-service-backup/1"
MANIFEST, CHECKSUM = "manifest.json", "manifest.json.sha256"
DUMP, FILES = "database.dump", "files"
_LARGEST = 256 << 20
"""Bytes of a manifest: a million files take about 180 MB."""


def _inside(path: str) -> str:
    """A relative path that stays below the backup; ValueError otherwise."""
    parts = PurePosixPath(path).parts
    if not parts or path != "/".join(parts) or parts[0] == "/" or {".", ".."} & set(parts) or "\0" in path:
        raise ValueError("not a path inside of the backup")
    return path


Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
InsidePath = Annotated[str, AfterValidator(_inside)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TableDigest(_Strict):
    """Rows of a table, and SHA-256 over them in the order of their key, derived columns left out."""

    rows: int = Field(ge=0)
    sha256: Sha256


class FileDigest(_Strict):
    """Size in bytes and SHA-256 of a file."""

    bytes: int = Field(ge=0)
    sha256: Sha256


class Manifest(_Strict):
    """A backup's description of itself; paths of files are relative to its folder.

    ``left_out`` names what lay in DATA_DIR and is not in the backup, the keys first of all; ``keys`` tells by purpose
    the ids of the keys that its rows ask for, ``audit_heads`` county, chain, number and mac of each chain's last line.
    """

    format: Literal["address-service-backup/1"] = FORMAT
    made_at: str
    program: str
    revision: str
    server: str
    counties: tuple[str, ...]
    tables: dict[str, TableDigest]
    files: dict[InsidePath, FileDigest]
    left_out: tuple[str, ...]
    keys: dict[str, tuple[str, ...]]
    audit_heads: tuple[tuple[str, int, int, str], ...]


def write_manifest(folder: Path, manifest: Manifest) -> str:
    """Write the manifest, and beside it its SHA-256 as `sha256sum -c` reads it; answers that digest."""
    content = (manifest.model_dump_json(indent=1) + "\n").encode()
    digest = hashlib.sha256(content).hexdigest()
    (folder / MANIFEST).write_bytes(content)
    (folder / CHECKSUM).write_text(f"{digest}  {MANIFEST}\n", encoding="ascii")
    return digest


def read_manifest(folder: Path, expected: str | None = None) -> Manifest:
    """The manifest of a backup, unharmed; ``expected`` is its digest as somebody wrote it down elsewhere.

    Raises InvalidInput ``backup-unreadable`` where there is none, ``backup-altered`` where a digest differs.
    """
    try:
        if (folder / MANIFEST).stat().st_size > _LARGEST:
            raise InvalidInput(f"{folder / MANIFEST} 过大，不是备份清单", code="backup-unreadable")
        content = (folder / MANIFEST).read_bytes()
        noted = (folder / CHECKSUM).read_text(encoding="ascii").split()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(
            f"{folder} 不是完整的备份：缺少 {MANIFEST} 或 {CHECKSUM}", code="backup-unreadable"
        ) from error
    digest = hashlib.sha256(content).hexdigest()
    if noted != [digest, MANIFEST] or (expected is not None and expected.lower() != digest):
        raise InvalidInput("备份清单与其摘要不符，备份已损坏或被改动，未恢复", code="backup-altered")
    try:
        return Manifest.model_validate_json(content)
    except ValidationError as error:
        raise InvalidInput(
            f"看不懂备份清单：不是格式 {FORMAT}，可能由更新的程序写成", code="backup-unreadable"
        ) from error
