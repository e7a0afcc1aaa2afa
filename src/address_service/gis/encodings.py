"""Which encoding a file's text is in: tried on all of it, since a sample without Han says nothing."""

import codecs
import re
from collections.abc import Sequence

from address_service.errors import InvalidInput

_HAN = re.compile("[\u3400-\u9fff\uff00-\uffef\u3000-\u303f]")
_NAMES = {
    "936": "gb18030", "cp936": "gb18030", "gbk": "gb18030", "gb2312": "gb18030", "ansi 936": "gb18030",
    "utf8": "utf-8", "utf-8": "utf-8", "65001": "utf-8", "big5": "big5", "950": "big5",
}  # fmt: skip
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
LABELS = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8（带BOM）", "gb18030": "GB18030（GBK）"}


def codec_name(declared: str) -> str:
    """Python's name of an encoding that a .cpg or a mapping file names; code ``encoding-unknown``."""
    plain = declared.strip().lower().replace("_", "-")
    name = _NAMES.get(plain, _NAMES.get(plain.replace("-", ""), plain))
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise InvalidInput(f"不认识的文字编码：{declared[:40]}", code="encoding-unknown") from None


def label_of(encoding: str) -> str:
    """The encoding as notes call it."""
    return LABELS.get(encoding, encoding.upper())


def decode_document(data: bytes, declared: str | None = None) -> tuple[str, str]:
    """The text of a whole file and its encoding: BOM, then UTF-8 strictly, then GB18030.

    Where none fits wholly, the one with fewer bad lines is taken; what it cannot decode becomes U+FFFD, so that
    the rows concerned are refused one by one.
    """
    for bom, name in _BOMS:
        if data.startswith(bom):
            return data.decode(name, errors="replace"), name
    if declared is None and (wide := _utf16_without_bom(data)):
        return data.decode(wide, errors="replace"), wide
    encoding = detect(data.split(b"\n"), declared)
    return data.decode(encoding, errors="replace"), encoding


def _utf16_without_bom(data: bytes) -> str | None:
    sample = data[:4096]
    if not sample or b"\0" not in sample:
        return None
    return "utf-16-le" if sample[1::2].count(0) >= sample[0::2].count(0) else "utf-16-be"


def detect(cells: Sequence[bytes], declared: str | None = None) -> str:
    """The encoding that decodes most cells, looking at all of them.

    Ties go to the declared one, then UTF-8, then GB18030.
    UTF-8 that decodes everything into Han beats a declaration of GBK, since GBK
    text practically never is valid UTF-8 of Han, while UTF-8 often passes for GBK.
    """
    telling = [cell for cell in cells if not cell.isascii()]
    if not telling:
        return declared or "utf-8"
    candidates = list(dict.fromkeys([*([declared] if declared else []), "utf-8", "gb18030"]))
    failures = {name: _failures(telling, name) for name in candidates}
    if failures["utf-8"] == 0 and len(telling) >= 3 and _mostly_han(telling):
        return "utf-8"
    if failures["utf-8"] == 0 and declared is None and not _mostly_han(telling):
        return "gb18030" if failures["gb18030"] == 0 else "utf-8"
    return min(candidates, key=lambda name: failures[name])


def decode_cell(cell: bytes, encoding: str) -> tuple[str, bool]:
    """The text of one cell, and whether its last character was cut in the middle (by a fixed column width)."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    text = decoder.decode(cell)
    pending = decoder.getstate()[0]
    return text, bool(pending)


def _failures(cells: Sequence[bytes], encoding: str) -> int:
    try:
        b"\n".join(cells).decode(encoding)
        return 0
    except UnicodeDecodeError:
        return sum(not _decodes(cell, encoding) for cell in cells)


def _decodes(cell: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(cell)
    except UnicodeDecodeError:
        return False
    return True


def _mostly_han(cells: Sequence[bytes]) -> bool:
    text = b"".join(cells).decode("utf-8", errors="replace")
    beyond_ascii = len(text) - len(text.encode("ascii", errors="ignore"))
    return 2 * len(_HAN.findall(text)) >= beyond_ascii
