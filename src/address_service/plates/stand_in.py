"""Free text for a print that must come out: without invisible characters, 〓 in place of what no font shows."""

import unicodedata

from address_service.plates.fonts import FontSet, missing_characters

STAND_IN = "〓"
"""The printer's mark for a missing sort (U+3013); it is as wide as the character that it stands for."""

_INVISIBLE = {"Cc", "Cf"}
_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0), range(0x180B, 0x1810))
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")


def visible_text(text: str) -> str:
    """The text without what has no shape: controls, zero-width and direction marks, selectors of variants.

    White space of any kind becomes a single blank, also at a line's end.
    """
    return " ".join("".join(char for char in text if char.isspace() or not _is_invisible(char)).split())


def _is_invisible(char: str) -> bool:
    if unicodedata.category(char) in _INVISIBLE or char in _FILLERS:
        return True
    return any(ord(char) in selectors for selectors in _SELECTORS)


def printable_text(text: str, fonts: FontSet) -> str:
    """The visible text, with the stand-in for each character that no font has."""
    visible = visible_text(text)
    return visible.translate(dict.fromkeys(map(ord, missing_characters(visible, fonts)), STAND_IN))
