"""How alike an unknown name is to known ones: one slip of the pen, never more, and never in a digit."""

from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from address_service.coding.divisions.names import likeness, stem_of, syllables, term_of

SOUNDS_ALIKE, ONE_SLIP = 6.0, 12.0
"""What a name costs that sounds or looks the same, and one with any other slip."""

_SHORTEST_SLIP = 3


@lru_cache(maxsize=100_000)
def cost(written: str, known: str) -> float | None:
    """What reading a known name for a written one costs; 0 for the same, None where they are not alike."""
    if written == known:
        return 0.0
    one, other = stem_of(written), stem_of(known)
    if any(char.isdecimal() for char in one + other) or (term_of(written) and len(other) < 2):
        return None
    if likeness(one, other):
        return SOUNDS_ALIKE
    if min(len(one), len(other)) >= _SHORTEST_SLIP and Levenshtein.distance(one, other, score_cutoff=1) <= 1:
        return ONE_SLIP
    return None


def one_edit_apart(written: str, known: str) -> bool:
    """Whether one character wrong, missing or too many makes a name of the other, whatever it sounds like."""
    return Levenshtein.distance(stem_of(written), stem_of(known), score_cutoff=1) <= 1


def warm_up(names: Iterable[str]) -> None:
    """Look the readings of all characters up once, so that no single row waits for the dictionary."""
    for char in {char for name in names for char in name}:
        syllables(char)


def near(written: str, known: str) -> bool:
    """Whether a person may want to see a known name for a written one, though it proves nothing."""
    return Levenshtein.normalized_similarity(stem_of(written), stem_of(known)) >= 0.5
