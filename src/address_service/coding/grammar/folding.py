"""Fold a text to what is read: half-width, simplified, upper case, without noise, each character with its place."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from opencc import OpenCC

MOST_CHARACTERS = 240
"""So much of a text is read; no address is longer, and what follows is left over."""

NOISE = " "
"""What every character folds to that means nothing in an address."""

HOLE = "□"
"""What every character folds to that may stand for one that could not be read; it is never passed over."""

GAP = "|"
"""Stands where noise parts two numerals, so that ``12 18号`` is not read as 1218."""

NUMERALS = frozenset("0123456789〇零一二三四五六七八九十百千廿卅")

_HAN = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000), range(0x20000, 0x2A6E0))
_DASHES = "-‐‑‒–—―−－﹣─━﹘"
_OPENING, _CLOSING = "(（[【〔〖{｛「『<《〈［", ")）]】〕〗}｝」』>》〉］"
_FINANCIAL = dict(zip("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千", strict=True))
_SPECIAL = (
    dict.fromkeys(_DASHES, "-")
    | dict.fromkeys(_OPENING, "(")
    | dict.fromkeys(_CLOSING, ")")
    | dict.fromkeys("○◯⚪", "〇")
    | dict.fromkeys("#＃", "#")
    | dict.fromkeys("?？*＊_＿&＆@＠%％…", HOLE)
    | dict.fromkeys("|｜~～`｀№", NOISE)
)
_UNREAD = ("S", "Co", "Cn", "Cs")
"""Categories of Unicode, or how they begin, that are neither letters nor punctuation: symbols, and no characters."""


_NUMBER_SIGN = re.compile("(?<=[0-9])#")
_SUB_IN_BRACKETS = re.compile(r"(?<=[0-9号])\((附[0-9]{1,3}号?)\)")
_LETTER = re.compile("[ILO]")
_LETTERS = str.maketrans("ILOQZSB", "1100258")
_SCANNED = re.compile(
    "(?:(?<![0-9A-Z])(?:[ILO]*[0-9][0-9ILOQZSB]*|(?<=附)[IL]{1,2}|[IL]{1,2}(?=[号组]))(?![0-9A-Z]))(?=[号组附栋室幢-]|$)"
)
"""Numerals in which letters stand for digits of their shape, as scanners write them: I6号, 3O号, 附l号."""
_STROKE = re.compile(r"(?<=[0-9０-９])[|｜¦!！](?=\s*(?:[号號组組附]|$))")
"""An upright stroke at the end of a numeral, which may be a 1: 1|号 is not 1号."""
_ZERO_BEHIND = re.compile("0(?![0-9])")
"""What spreadsheets write behind the point of a whole number: 7.0组."""


@dataclass(frozen=True, slots=True)
class Folded:
    """``text`` is what is read; ``at[i]`` is where its character ``i`` stands in the text as given."""

    text: str
    at: Sequence[int]


class _Table(dict[int, str]):
    """What a character folds to, found out when it is first met."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold(chr(code))
        return folded


def fold(text: str) -> Folded:
    """Fold the first `MOST_CHARACTERS` of a text; never raises, whatever the characters are."""
    plain = _STROKE.sub(HOLE, text[:MOST_CHARACTERS]).translate(_TABLE)
    if text[:1] == "=":
        # So spreadsheets begin a formula.
        plain = NOISE + plain[1:]
    if _LETTER.search(plain):
        plain = _SCANNED.sub(lambda found: found[0].translate(_LETTERS), plain)
    if "#" in plain:
        plain = _NUMBER_SIGN.sub("号", plain).replace("#", NOISE)
    if "(附" in plain:
        plain = _SUB_IN_BRACKETS.sub(r" \1 ", plain)
    if NOISE not in plain:
        return Folded(plain, range(len(plain)))
    kept: list[str] = []
    at: list[int] = []
    noisy, skipped = False, 0
    for index, char in enumerate(plain):
        if char == NOISE:
            noisy = True
            is_point = text[index] in ".．" and not skipped
            skipped = (
                1
                if is_point and _ZERO_BEHIND.match(plain, index + 1) and kept and kept[-1].isdecimal()
                else 0
            )
            continue
        if skipped:
            skipped = 0
            continue
        if noisy and char in NUMERALS and kept and kept[-1] in NUMERALS:
            kept.append(GAP)
            at.append(index - 1)
        kept.append(char)
        at.append(index)
        noisy = False
    return Folded("".join(kept), at)


def fold_name(name: str) -> str:
    """A name as it is looked for in folded texts."""
    return fold(name).text


def _fold(char: str) -> str:
    special = _SPECIAL.get(char)
    if special:
        return special
    wide = unicodedata.normalize("NFKC", char)
    one = wide.upper() if len(wide) == 1 else char
    if len(one) != 1:
        return char
    one = _SPECIAL.get(one, one)
    if one in "-()" or one in (HOLE, NOISE):
        return one
    one = _simplified().get(one, one)
    one = _FINANCIAL.get(one, one)
    if one.isalnum():
        return one
    return HOLE if unicodedata.category(char).startswith(_UNREAD) else NOISE


@cache
def _simplified() -> dict[str, str]:
    """Traditional → simplified, character by character so that places in the text are kept (OpenCC's dictionary)."""
    characters = [chr(code) for block in _HAN for code in block]
    simple = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {was: now for was, now in zip(characters, simple, strict=True) if was != now and len(now) == 1}


_TABLE = _Table()
