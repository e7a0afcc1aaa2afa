"""Names of divisions and places: stem and generic term, and what speaks for two of them being one name."""

from collections.abc import Iterator
from functools import cache
from itertools import product

from pypinyin import Style, pinyin

# Longest first; what remains in front of one is the stem.
_TERMS = (
    "社区居民委员会",
    "村民委员会",
    "居民委员会",
    "街道办事处",
    "村委会",
    "居委会",
    "社区",
    "街道",
    "村",
    "镇",
    "乡",
)

# Characters of one phonetic part that lists and plates write for each other: 旁上, 磅上 and 塝上 are one village.
_LOOKALIKES = (
    "沅源原塬",
    "段塅缎",
    "旁磅塝膀榜",
    "扬杨阳",
    "焦蕉礁",
    "坳拗",
    "冲涌",
    "岭领",
    "坪平",
    "塘唐",
    "垅垄陇",
    "墩敦",
    "枧见",
    "洲州舟",
)
_MOST_READINGS = 64


def stem_of(name: str) -> str:
    """The name without its generic term: 芭蕉村 and 芭蕉社区 are both 芭蕉; a name that is all term stays."""
    return next((name[: -len(t)] for t in _TERMS if name.endswith(t) and len(name) > len(t)), name)


def term_of(name: str) -> str:
    """The generic term of a name, empty where it has none."""
    return name[len(stem_of(name)) :]


@cache
def syllables(char: str) -> frozenset[str]:
    """The readings of a character without tones; a character that no dictionary knows reads as itself."""
    return frozenset(pinyin(char, style=Style.NORMAL, heteronym=True)[0])


def sounds(text: str) -> frozenset[str]:
    """Every way to read a text, a polyphone in each of its readings; at most 64 of them."""
    readings = [sorted(syllables(char)) for char in text]
    return frozenset(" ".join(way) for way, _ in zip(product(*readings), range(_MOST_READINGS), strict=False))


def likeness(one: str, other: str) -> tuple[str, ...]:
    """What speaks for two stems being one name in two spellings, in Chinese; nothing for unlike ones.

    They differ by one character that sounds or looks like the other. It is evidence, and decides nothing.
    """
    if len(one) != len(other):
        return ()
    different = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    if len(different) != 1:
        return ()
    return tuple(_alike(*different[0]))


def _alike(one: str, other: str) -> Iterator[str]:
    if shared := sorted(syllables(one) & syllables(other)):
        yield f"“{one}”与“{other}”同音（{shared[0]}）"
    if any(one in family and other in family for family in _LOOKALIKES):
        yield f"“{one}”与“{other}”形近，常相混用"
