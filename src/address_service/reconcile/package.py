"""The archive of a mapping package: an AES zip that ordinary tools open, and that is taken whole or not at all."""

import json
import lzma
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pyzipper

from address_service.errors import InvalidInput, TooLarge
from address_service.reconcile.package_content import MANIFEST, TABLES, PackageHead, sm3

MIN_PASSPHRASE = 12
MAX_BYTES = 512 * 1024 * 1024
"""What the files of a package may be together, unpacked."""
_MAX_FILES = 32
_BROKEN = (
    pyzipper.BadZipFile, zlib.error, lzma.LZMAError, struct.error, NotImplementedError, AssertionError,
    EOFError, OSError, ValueError, LookupError, TypeError, AttributeError, OverflowError,
)  # fmt: skip
"""What the zip reader raises, bit for bit, over bytes that are not a whole archive."""
_UNDATED = (2000, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class OpenedPackage:
    """A package that is whole: its manifest, the files named there, and the SM3 of the manifest.

    By that ``digest`` the next package and receipts name it.
    """

    manifest: Mapping[str, Any]
    files: Mapping[str, bytes]
    digest: str


def seal_package(files: Mapping[str, bytes], passphrase: str) -> bytes:
    """``files`` as a zip encrypted by AES-256 (WinZip AE-2).

    InvalidInput `passphrase-too-short`; `passphrase-unusable`, since tools make different bytes of characters beyond
    printable ASCII.
    """
    if len(passphrase) < MIN_PASSPHRASE:
        raise InvalidInput(f"口令至少 {MIN_PASSPHRASE} 个字符", code="passphrase-too-short")
    if not (passphrase.isascii() and passphrase.isprintable()):
        raise InvalidInput(
            "口令请用英文字母、数字和半角符号：各压缩软件对汉字口令的处理不同", code="passphrase-unusable"
        )
    target = BytesIO()
    with pyzipper.AESZipFile(
        target, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES
    ) as archive:
        archive.setpassword(passphrase.encode("ascii"))
        for name in sorted(files):
            info = archive.zipinfo_cls(name, date_time=_UNDATED)
            info.compress_type = pyzipper.ZIP_DEFLATED
            archive.writestr(info, files[name])
    return target.getvalue()


def bundle(files: Mapping[str, bytes]) -> bytes:
    """``files`` in one, not encrypted; equal files give equal bytes."""
    target = BytesIO()
    with ZipFile(target, "w", compression=ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(ZipInfo(name, date_time=_UNDATED), files[name], compress_type=ZIP_DEFLATED)
    return target.getvalue()


def unbundle(data: bytes) -> dict[str, bytes]:
    """The files of a bundle of our own."""
    with ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def open_package(data: bytes, passphrase: str) -> OpenedPackage:
    """Everything in the archive ``data``, checked against its manifest.

    InvalidInput `passphrase-wrong`, `package-damaged` (cut, altered, no such archive) or `package-altered` (its files
    are not those of the manifest); TooLarge `package-too-large`. It proves what the passphrase protects: whoever knows
    that can write a package of his own.
    """
    files = _unpack(data, passphrase.encode("utf-8"))
    raw = files.pop(MANIFEST, None)
    if raw is None:
        raise _altered("缺少清单 manifest.json")
    manifest = _read_manifest(raw)
    _compare(manifest["files"], files)
    return OpenedPackage(manifest, files, sm3(raw))


def _unpack(data: bytes, passphrase: bytes) -> dict[str, bytes]:
    try:
        with pyzipper.AESZipFile(BytesIO(data)) as archive:
            archive.setpassword(passphrase)
            return _read_all(archive)
    except _BROKEN as error:
        raise InvalidInput("文件不完整或已被改动，整包不予导入", code="package-damaged") from error
    except RuntimeError as error:  # what pyzipper raises for a passphrase that does not fit
        raise InvalidInput("口令不对，整包不予导入", code="passphrase-wrong") from error


def _read_all(archive: Any) -> dict[str, bytes]:
    infos = archive.infolist()
    names = [info.filename for info in infos]
    if len(names) > _MAX_FILES or sum(info.file_size for info in infos) > MAX_BYTES:
        raise TooLarge("对照包内文件过多或过大", code="package-too-large")
    if len(set(names)) < len(names) or not all(info.wz_aes_version for info in infos):
        raise _altered("含有未加密或重名的文件")
    files: dict[str, bytes] = {}
    left = MAX_BYTES
    for info in infos:
        with archive.open(info) as part:
            files[info.filename] = part.read(left + 1)
        left -= len(files[info.filename])
        if left < 0:
            raise TooLarge("对照包内文件过多或过大", code="package-too-large")
    return files


def _read_manifest(raw: bytes) -> dict[str, Any]:
    try:
        manifest = json.loads(raw)
        known = isinstance(manifest["files"], dict)
        known = known and manifest.keys() >= PackageHead.__dataclass_fields__.keys()
        known = known and manifest["counts"].keys() == TABLES[manifest["format"]]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _altered("清单无法读取") from error
    if not known:
        raise _altered("清单的格式版本不符")
    return dict(manifest)


def _compare(listed: Mapping[str, Any], files: Mapping[str, bytes]) -> None:
    for name in sorted({*listed, *files}):
        if name not in files:
            raise _altered(f"缺少文件 {name}")
        if not isinstance(listed.get(name), dict) or listed[name].get("sm3") != sm3(files[name]):
            raise _altered(f"文件 {name} 与清单不符")


def _altered(what: str) -> InvalidInput:
    return InvalidInput(f"对照包{what}，整包不予导入", code="package-altered")
