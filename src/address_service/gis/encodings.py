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
_FOR_HAN = ("big5", "big5hkscs", "hz", "utf-16", "utf-16-le", "utf-16-be")
_ENOUGH_CELLS = 3  # a single short name may be valid in both
LABELS = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8（带BOM）", "gb18030": "GB18030（GBK）"}


def codec_name(named: str) -> str:
    """Python's name of an encoding that a mapping file names; `InvalidInput` with code ``encoding-unknown``."""
    name = known_codec(named)
    if name is None:
        raise InvalidInput(f"不认识的文字编码：{named[:40]}", code="encoding-unknown")
    return name


def known_codec(named: str) -> str | None:
    """Python's name of an encoding that a .cpg names, or None where it is unknown and so tells nothing."""
    plain = named.strip().lower().replace("_", "-")
    name = _NAMES.get(plain, _NAMES.get(plain.replace("-", ""), plain))
    try:
        "".encode(name)
        return codecs.lookup(name).name
    except LookupError:  # also raised by codecs that are no text encodings
        return None


def label_of(encoding: str) -> str:
    """The encoding as notes call it."""
    return LABELS.get(encoding, encoding.upper())


def decode_document(data: bytes, forced: str | None = None) -> tuple[str, str]:
    """The text of a whole file and its encoding: the forced one, BOM, then UTF-8 strictly, then GB18030.

    Where none fits wholly, the one with fewer bad lines is taken; what it cannot decode becomes U+FFFD, so that
    the rows concerned are refused one by one.
    """
    for bom, name in _BOMS:
        if data.startswith(bom) and forced in (None, "utf-8"):
            return data.decode(name, errors="replace"), name
    encoding = forced or _utf16_without_bom(data) or detect(data.split(b"\n"))
    return data.decode(encoding, errors="replace"), encoding


def _utf16_without_bom(data: bytes) -> str | None:
    sample = data[:4096]
    if not sample or b"\0" not in sample:
        return None
    return "utf-16-le" if sample[1::2].count(0) >= sample[0::2].count(0) else "utf-16-be"


def detect(cells: Sequence[bytes], declared: str | None = None) -> str:
    """The encoding that decodes most cells, looking at all of them.

    Ties go to the declared one, then UTF-8, then GB18030, with two exceptions. UTF-8 that decodes everything
    into Han beats a declaration of GBK: GBK text practically never is valid UTF-8 of Han, while UTF-8 often
    passes for GBK. And a declared Latin encoding is not believed: it decodes anything, and tools write it unasked.
    """
    telling = [cell for cell in cells if not cell.isascii()]
    if not telling:
        return "utf-8"
    candidates = _candidates(declared)
    sound = [name for name in candidates if _decodes_all(telling, name)]
    if not sound:
        return min(candidates, key=lambda name: _failures(telling, name))
    if "utf-8" in sound:
        han = _mostly_han(telling)
        if han and len(telling) >= _ENOUGH_CELLS:
            return "utf-8"
        if not han and declared != "utf-8" and "gb18030" in sound:
            return "gb18030"
    return sound[0]


def _candidates(declared: str | None) -> list[str]:
    usual = ["utf-8", "gb18030"]
    if declared is None or declared in usual:
        return sorted(usual, key=lambda name: name != declared)
    return [declared, *usual] if declared in _FOR_HAN else usual


def decode_cell(cell: bytes, encoding: str) -> tuple[str, bool]:
    """The text of one cell, and whether its last character was cut in the middle (by a fixed column width)."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    text = decoder.decode(cell)
    pending = decoder.getstate()[0]
    return text, bool(pending)


def _decodes_all(cells: Sequence[bytes], encoding: str) -> bool:
    """Whether each cell decodes; one whose last character is cut off (by a column's width) counts as sound."""
    try:
        b"\n".join(cells).decode(encoding)
    except UnicodeDecodeError:
        return all(_decodes(cell, encoding) for cell in cells)
    return True


def _failures(cells: Sequence[bytes], encoding: str) -> int:
    return sum(not _decodes(cell, encoding) for cell in cells)


def _decodes(cell: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(cell)
    except UnicodeDecodeError:
        return False
    return True


def _mostly_han(cells: Sequence[bytes]) -> bool:
    # Plausibility only, after all of it has decoded strictly; a few thousand cells are enough for that.
    step = max(len(cells) // 5000, 1)
    text = b"".join(cells[::step]).decode("utf-8", errors="replace")
    beyond_ascii = len(text) - len(text.encode("ascii", errors="ignore"))
    return 2 * len(_HAN.findall(text)) >= beyond_ascii
