"""Archives taken from strangers: unpacked inside a directory of ours, or refused."""

import stat
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path, PurePosixPath

from address_service.errors import InvalidInput, TooLarge
from address_service.gis.layer_read import ReadLimits
from address_service.gis.raw_table import unreadable

_CHUNK = 1 << 20
_UTF8_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1
_RATIO_MATTERS_ABOVE = 10_000_000  # a small file of blanks packs well and harms nobody
_ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")
_JUNK = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")


@contextmanager
def unpacked(path: Path, limits: ReadLimits) -> Iterator[Path]:
    """A temporary directory under ``limits.work_dir`` with the members of a zip; it is gone afterwards.

    Raises as `check_archive` does, and ``archive-nested`` for archives inside the archive.
    """
    members = check_archive(path, limits, limits.max_unpacked_bytes)
    with tempfile.TemporaryDirectory(prefix="unpacked-", dir=limits.work_dir) as name:
        root = Path(name)
        with zipfile.ZipFile(path) as archive:
            budget = limits.max_unpacked_bytes
            for member, target in members:
                if target.suffix.lower() in _ARCHIVES:
                    raise InvalidInput(f"压缩包里还有压缩包：{target}", code="archive-nested")
                budget -= _extract(archive, member, root / target, budget)
        yield root


def check_archive(
    source: Path | BytesIO, limits: ReadLimits, max_bytes: int
) -> list[tuple[zipfile.ZipInfo, PurePosixPath]]:
    """The members worth unpacking and where they go, by what the archive declares.

    Raises `InvalidInput` (``file-unreadable``, ``archive-encrypted``, ``archive-path``, ``archive-link``,
    ``archive-bomb``) or `TooLarge` (``archive-too-large``).
    """
    try:
        with zipfile.ZipFile(source) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise unreadable("不是有效的ZIP压缩包") from error
    if len(infos) > limits.max_members:
        raise TooLarge(f"压缩包里的文件超过{limits.max_members}个", code="archive-too-large")
    total = sum(info.file_size for info in infos)
    packed = max(source.stat().st_size if isinstance(source, Path) else source.getbuffer().nbytes, 1)
    if total > _RATIO_MATTERS_ABOVE and total / packed > limits.max_ratio:
        raise InvalidInput(
            f"压缩包展开后是原来的{total // packed}倍，疑为压缩炸弹，已拒绝", code="archive-bomb"
        )
    if total > max_bytes:
        raise TooLarge(f"压缩包展开后超过{max_bytes // 1_000_000}兆字节", code="archive-too-large")
    return [(info, target) for info in infos if (target := _target(info)) is not None]


def _target(info: zipfile.ZipInfo) -> PurePosixPath | None:
    name = _member_name(info)
    target = PurePosixPath(name)
    if stat.S_ISLNK(info.external_attr >> 16):
        raise InvalidInput(f"压缩包里有符号链接：{name[:80]}", code="archive-link")
    drive = len(name) > 1 and name[1] == ":"
    if target.is_absolute() or drive or ".." in target.parts or "\0" in name:
        raise InvalidInput(f"压缩包里的路径指向包外：{name[:80]}", code="archive-path")
    if info.flag_bits & _ENCRYPTED_FLAG:
        raise InvalidInput("压缩包有密码，请去掉密码后再传", code="archive-encrypted")
    if info.is_dir() or name.endswith("/") or any(part in _JUNK for part in target.parts):
        return None
    return target


def _member_name(info: zipfile.ZipInfo) -> str:
    # Without the UTF-8 flag zipfile assumes cp437; Chinese Windows writes GBK, other tools bare UTF-8.
    name = info.orig_filename
    if not info.flag_bits & _UTF8_FLAG:
        raw = name.encode("cp437")
        try:
            name = raw.decode("utf-8")
        except UnicodeDecodeError:
            name = raw.decode("gb18030", errors="replace")
    return name.replace("\\", "/")


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, budget: int) -> int:
    written = 0
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with archive.open(member) as source, target.open("xb") as sink:
            while chunk := source.read(_CHUNK):
                written += len(chunk)
                if written > budget:
                    raise InvalidInput("压缩包展开的内容超过其声明，疑为压缩炸弹", code="archive-bomb")
                sink.write(chunk)
    except FileExistsError as error:
        raise InvalidInput(f"压缩包里有两个同名文件：{target.name}", code="archive-path") from error
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError) as error:
        raise unreadable("压缩包已损坏") from error
    return written
