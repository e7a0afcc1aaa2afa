"""A text as the index of old texts knows it, in every way in which its door number may have been written."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from address_service.coding.full_text import STEMS, SubStyle, number_text
from address_service.coding.search_terms import MAX_QUERY, normalise
from address_service.errors import InvalidInput
from address_service.model.numbers import MAX_MAIN, MAX_SUB, DoorNumber

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")}
_UNITS = {"十": 10, "百": 100}
_NUMBER = re.compile(
    rf"(?P<main>[0-9]{{1,5}})(?:附(?P<sub>[0-9]{{1,3}})|号(?:之(?P<ordinal>[{''.join(_DIGITS)}十百]+)|(?P<stem>[{STEMS}]))?)"
)
_PADS = range(1, 6)


@dataclass(frozen=True, slots=True)
class Head:
    """A name that may stand before the searched part; ``key`` tells the same town under two names."""

    name: str
    key: str
    is_town: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A text without its heads, and the town that it names, None where it names none."""

    tail: str
    town: str | None


def read_text(words: str, heads: Sequence[Head]) -> Asked:
    """Normalise and take province, prefecture, county and town off; raises InvalidInput `text-empty`.

    ``heads`` go from the widest to the narrowest, longer names first.
    """
    tail, town = _behead(normalise(words[:MAX_QUERY]), heads)
    if not tail or tail.isdecimal():
        raise InvalidInput("请写出地址，例如“烟舟村12组18号”", code="text-empty")
    return Asked(tail, town)


def stands_before(rest: str, town: str | None, heads: Sequence[Head]) -> bool:
    """Whether what a stored text has before the asked tail are heads alone, and not those of another town."""
    left, found = _behead(rest, heads)
    return not left and (town is None or found is None or town == found)


def _behead(words: str, heads: Sequence[Head]) -> tuple[str, str | None]:
    town = None
    for head in heads:
        name = normalise(head.name)
        if name and words.startswith(name) and not (head.is_town and town):
            words = words[len(name) :]
            town = head.key if head.is_town else town
    return words, town


def spellings(tail: str) -> tuple[str, ...]:
    """The text itself and the same with its door number in every style of `TextStyle`; at most two dozen."""
    found = next(reversed([*_NUMBER.finditer(tail)]), None)
    number = _number(found) if found else None
    if found is None or number is None:
        return (tail,)
    before, behind = tail[: found.start()], tail[found.end() :]
    styles = SubStyle if number.sub else [SubStyle.ATTACHED]
    written = (normalise(number_text(number, style, pad)) for style in styles for pad in _PADS)
    return tuple(dict.fromkeys((tail, *(before + text + behind for text in written))))


def _number(found: "re.Match[str]") -> DoorNumber | None:
    if found["ordinal"]:
        sub = _numeral(found["ordinal"])
    elif found["stem"]:
        sub = STEMS.index(found["stem"]) + 1
    else:
        sub = int(found["sub"] or 0)
    main = int(found["main"])
    return DoorNumber(main, sub) if 1 <= main <= MAX_MAIN and 0 <= sub <= MAX_SUB else None


def _numeral(words: str) -> int:
    """The value of 一, 十二, 二十, 一百零三."""
    total = digit = 0
    for char in words:
        if char in _UNITS:
            total, digit = total + (digit or 1) * _UNITS[char], 0
        else:
            digit = _DIGITS[char]
    return total + digit
