"""What a scanned file is, told by its content: PDF, JPEG, PNG or OFD (版式文档, a zip with OFD.xml)."""

import lzma
import zipfile
import zlib
from pathlib import Path

from address_service.errors import InvalidInput

PDF, JPEG, PNG, OFD = "application/pdf", "image/jpeg", "image/png", "application/ofd"
SUFFIXES = {PDF: ".pdf", JPEG: ".jpg", PNG: ".png", OFD: ".ofd"}
_END_BYTES = 2048
_MOST_XML_BYTES = 1 << 20
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    KeyError,
    NotImplementedError,
    RuntimeError,
    OSError,
    EOFError,
    ValueError,
)
_PNG_END = b"IEND\xaeB`\x82"


def media_type_of(path: Path) -> str:
    """The media type of a whole scan; raises InvalidInput `attachment-type` for anything else, or one cut off."""
    with path.open("rb") as file:
        head = file.read(16)
        file.seek(max(0, path.stat().st_size - _END_BYTES))
        end = file.read()
    if head.startswith(b"%PDF-") and b"%%EOF" in end:
        return PDF
    if head.startswith(b"\xff\xd8\xff") and end.rstrip(b"\0").endswith(b"\xff\xd9"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n") and head.endswith(b"IHDR") and end.endswith(_PNG_END):
        return PNG
    if head.startswith(b"PK\x03\x04") and _is_ofd(path):
        return OFD
    raise InvalidInput("附件应为完整的 PDF、JPG、PNG 或 OFD 文件", code="attachment-type")


def _is_ofd(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            entry = archive.getinfo("OFD.xml")
            if entry.file_size > _MOST_XML_BYTES:
                return False
            with archive.open(entry) as document:
                xml = document.read(_MOST_XML_BYTES)
    except _UNREADABLE:
        return False
    return b"http://www.ofdspec.org/2016" in xml
