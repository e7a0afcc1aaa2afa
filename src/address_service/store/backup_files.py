"""The files of a backup: copied with their digests, and checked against a manifest."""

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from address_service.errors import FieldError, InvalidInput
from address_service.store.backup_manifest import CHECKSUM, MANIFEST, FileDigest
from address_service.store.files import KEPT_FOLDERS, PART

_CHUNK = 1 << 20
_NAMED = 20


def left_out(data_dir: Path) -> tuple[str, ...]:
    """What lies in DATA_DIR and belongs into no backup, or is none of our files; by name."""
    return tuple(sorted(entry.name for entry in data_dir.iterdir() if entry.name not in KEPT_FOLDERS))


def unknown_entries(names: tuple[str, ...]) -> tuple[str, ...]:
    """Of the names left out those that the program did not make itself."""
    known = {"postgres", "keys", "work", "demo-steps", "demo-api-key"}
    return tuple(name for name in names if name not in known)


class Copies:
    """Copies of the kept folders; repeating `take` copies what is new or was replaced meanwhile."""

    def __init__(self, data_dir: Path, target: Path) -> None:
        """``target`` is a folder of our own, made when first needed."""
        self._source, self._target = data_dir, target
        self._seen: dict[str, tuple[int, int]] = {}
        self.digests: dict[str, FileDigest] = {}

    def take(self, folders: Sequence[str] = KEPT_FOLDERS) -> None:
        """Copy all files of the folders; one that is gone before its turn is left out."""
        for folder in folders:
            for path in regular_files(self._source / folder):
                self._take(path, path.relative_to(self._source).as_posix())

    def _take(self, path: Path, name: str) -> None:
        try:
            status = path.stat(follow_symlinks=False)
            mark = (status.st_size, status.st_mtime_ns)
            if self._seen.get(name) != mark:
                self.digests[name] = copy_file(path, self._target / name)
                self._seen[name] = mark
        except FileNotFoundError:
            return


def regular_files(folder: Path) -> Iterator[Path]:
    """Files below a folder, finished ones only; links and sockets are nobody's upload."""
    for directory, _, names in os.walk(folder):
        for name in sorted(names):
            path = Path(directory, name)
            if not name.startswith(PART) and path.is_file() and not path.is_symlink():
                yield path


def copy_file(source: Path, target: Path) -> FileDigest:
    """Copy chunk by chunk, readable by the owner only, safe on disk; answers what was copied."""
    _private_folder(target.parent)
    content, size = hashlib.sha256(), 0
    handle = os.open(target, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with source.open("rb") as original, os.fdopen(handle, "wb") as copy:
        while chunk := original.read(_CHUNK):
            content.update(chunk)
            size += copy.write(chunk)
        copy.flush()
        os.fsync(copy.fileno())
    return FileDigest(bytes=size, sha256=content.hexdigest())


def _private_folder(folder: Path) -> None:
    """Make a folder with those above it; `parents=True` would leave these to the umask."""
    if not folder.is_dir():
        _private_folder(folder.parent)
        folder.mkdir(mode=0o700)


def digest_file(path: Path) -> FileDigest:
    """Size and digest of a file, read chunk by chunk."""
    with path.open("rb") as file:
        content = hashlib.file_digest(file, "sha256")
        return FileDigest(bytes=file.tell(), sha256=content.hexdigest())


def check_files(
    folder: Path,
    expected: Mapping[str, FileDigest],
    say: Callable[[str], None] = lambda _: None,
    *,
    among_others: bool = False,
) -> None:
    """Raise InvalidInput ``backup-altered`` unless a folder holds the files expected, each unharmed.

    Others are found fault with too, unless the files are ``among_others``.
    """
    say(f"核对 {len(expected):,} 个文件")
    strangers = () if among_others else _strangers(folder, expected)
    errors = [
        FieldError(code, message, name) for name, code, message in (*strangers, *_harmed(folder, expected))
    ]
    if errors:
        listed = "；".join(error.message for error in errors[:_NAMED])
        more = f"；共 {len(errors)} 处" if len(errors) > _NAMED else ""
        message = f"备份与清单不符，已损坏或被改动，未恢复：{listed}{more}"
        raise InvalidInput(message, code="backup-altered", errors=errors[:_NAMED])


def _strangers(folder: Path, expected: Mapping[str, FileDigest]) -> Iterator[tuple[str, str, str]]:
    for directory, folders, names in os.walk(folder):
        for name in [*names, *(one for one in folders if Path(directory, one).is_symlink())]:
            inside = Path(directory, name).relative_to(folder).as_posix()
            if inside not in expected and inside not in (MANIFEST, CHECKSUM):
                yield inside, "file-unlisted", f"清单中没有 {inside}"


def _harmed(folder: Path, expected: Mapping[str, FileDigest]) -> Iterator[tuple[str, str, str]]:
    for name, digest in expected.items():
        path = folder / name
        if path.is_symlink() or not path.is_file():
            yield name, "file-missing", f"缺少 {name}"
        elif path.stat().st_size != digest.bytes:
            yield name, "file-size", f"{name} 应为 {digest.bytes:,} 字节，实为 {path.stat().st_size:,}"
        elif digest_file(path) != digest:
            yield name, "file-digest", f"{name} 的摘要不符"
