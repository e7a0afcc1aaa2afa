"""Marks that could stand for an unreadable character, where nothing can have stood: they are passed over."""

from collections.abc import Sequence

from address_service.coding.grammar.elements import ElementKind as K
from address_service.coding.grammar.folding import HOLE, Folded
from address_service.coding.grammar.gazetteer import Gazetteer
from address_service.coding.grammar.scan import Piece

UPPER = frozenset((K.PROVINCE, K.PREFECTURE, K.COUNTY, K.TOWN))
_LONGEST_HEAD = 12


def without_marks(folded: Folded, gazetteer: Gazetteer) -> Folded:
    """The text without marks in the middle of, or between, the names of larger divisions: 平江*县, 平江_瓮江镇.

    Those names are known whole, so nothing can have stood there. Marks in smaller names and beside numbers are kept.
    """
    if HOLE not in folded.text:
        return folded
    text, at = folded.text, list(folded.at)
    place = text.find(HOLE)
    while place >= 0:
        end = place
        while text[end : end + 1] == HOLE:
            end += 1
        shorter = text[:place] + text[end:]
        if _is_in_upper(shorter, place, gazetteer):
            text, at, end = shorter, at[:place] + at[end:], place
        place = text.find(HOLE, end)
    return Folded(text, at)


def is_behind_door(text: str, pieces: Sequence[Piece]) -> bool:
    """Whether a text ends with marks behind a complete number, which may hide a sub-number only (18号甲)."""
    last = pieces[-1]
    return last.noise and set(text[last.start : last.end]) == {HOLE}


def _is_in_upper(text: str, place: int, gazetteer: Gazetteer) -> bool:
    """Whether the name of a larger division goes over a place, or ends there with another one beginning."""
    for start in range(max(0, place - _LONGEST_HEAD), place):
        end, found = gazetteer.at(text, start)
        if end < place or not found.entries or found.entries[0].kind not in UPPER:
            continue
        if end > place:
            return True
        following = gazetteer.at(text, place)[1].entries
        if following and following[0].kind in UPPER:
            return True
    return False
