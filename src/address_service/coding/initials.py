"""Pinyin initials of an address: one letter for each character, with every plausible reading within bounds."""

from functools import lru_cache
from itertools import product
from math import prod

from pypinyin import Style, pinyin

MOST_READINGS = 3
MOST_SPELLINGS = 8

# Words of an address have one reading there, whatever else the characters can be elsewhere.
_WORDS = dict(zip("村组号栋幢单元层室附区路街巷弄社队", "czhdzdycsfqljxlsd", strict=True))
_NONE = "?"
"""Stands for a character without a known reading, so that each initial keeps the place of its character."""


def initials(text: str) -> tuple[str, ...]:
    """Spellings of a normalised text by initials in lower case, the commonest first; digits stay as they are.

    With so many ambiguous characters that there are more than `MOST_SPELLINGS`, one of them at a time is read
    in an unusual way.
    """
    readings = [_readings(char) for char in text]
    common = [letters[0] for letters in readings]
    if prod(len(letters) for letters in readings) <= MOST_SPELLINGS:
        return tuple("".join(letters) for letters in product(*readings))
    unusual = (
        "".join((*common[:at], letter, *common[at + 1 :]))
        for at, letters in enumerate(readings)
        for letter in letters[1:]
    )
    return (
        "".join(common),
        *(spelling for spelling, _ in zip(unusual, range(MOST_SPELLINGS - 1), strict=False)),
    )


@lru_cache(maxsize=30_000)
def _readings(char: str) -> str:
    if char.isascii():
        return char.lower()
    if char in _WORDS:
        return _WORDS[char]
    ((*letters,),) = pinyin(char, style=Style.FIRST_LETTER, heteronym=True)
    plain = dict.fromkeys(letter for letter in letters if letter.isascii() and letter.isalpha())
    return "".join(plain)[:MOST_READINGS] or _NONE
