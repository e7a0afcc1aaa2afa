"""Fonts embedded into a PDF as subsets, searchable beyond the Basic Multilingual Plane too."""

import hashlib
from functools import lru_cache
from io import BytesIO
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from address_service.errors import InvalidInput
from address_service.plates.fonts import Font, face_of

_ENTRIES_PER_BLOCK = 100  # the most that a CMap may list in one block


class PlateFont(TTFont):
    """A TrueType font whose text can be searched and copied whatever plane its characters are of.

    ReportLab writes a code point above U+FFFF into the ToUnicode map as five hexadecimal digits, where
    UTF-16 is due: the glyph prints, but the text reads as something else. So the map is written anew.
    """

    def addObjects(self, doc: Any) -> None:
        """Embed the subsets used in ``doc``, then set their ToUnicode maps right."""
        subsets = [list(subset) for subset in self.state[doc].subsets]
        before = set(doc.idToObject)
        super().addObjects(doc)
        streams = [key for key in doc.idToObject if key not in before and key.startswith("toUnicodeCMap:")]
        for key, subset in zip(streams, subsets, strict=True):
            doc.idToObject[key].content = to_unicode_map(subset)


def to_unicode_map(subset: list[int]) -> str:
    """A ToUnicode CMap from the place in the subset (one byte) to UTF-16BE (ISO 32000-1, 9.10.3)."""
    lines = [
        "/CIDInit /ProcSet findresource begin",
        "12 dict begin",
        "begincmap",
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        "/CMapName /Adobe-Identity-UCS def",
        "/CMapType 2 def",
        "1 begincodespacerange",
        "<00> <FF>",
        "endcodespacerange",
    ]
    entries = [
        f"<{place:02X}> <{chr(code).encode('utf-16-be').hex().upper()}>" for place, code in enumerate(subset)
    ]
    for start in range(0, len(entries), _ENTRIES_PER_BLOCK):
        block = entries[start : start + _ENTRIES_PER_BLOCK]
        lines += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    lines += ["endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end"]
    return "\n".join(lines)


@lru_cache(maxsize=16)
def embedded_name(font: Font) -> str:
    """Register a font with ReportLab and return the name it is set by; the name depends on the bytes alone.

    Raises InvalidInput: ``font-not-truetype`` or ``font-unreadable`` as for any font,
    ``font-not-embeddable`` when its licence bits or tables forbid a subset.
    """
    face_of(font)
    name = f"plate-{hashlib.blake2b(font.data, digest_size=8).hexdigest()}-{font.index}"
    try:
        embedded = PlateFont(name, BytesIO(font.data), subfontIndex=font.index, asciiReadable=False)
    except TTFError as error:
        raise InvalidInput(f"字体“{font.name}”不允许嵌入子集", code="font-not-embeddable") from error
    pdfmetrics.registerFont(embedded)
    return name
