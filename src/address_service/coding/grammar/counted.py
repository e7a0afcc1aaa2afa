"""What is counted in an address: groups, door numbers with their sub-numbers, buildings, units, floors, rooms."""

from typing import NamedTuple

from address_service.coding.full_text import STEMS
from address_service.coding.grammar.elements import ElementKind as K
from address_service.coding.grammar.numerals import read_numeral
from address_service.coding.grammar.terms import CANONICAL_UNIT, COUNTED
from address_service.model.numbers import MAX_MAIN, MAX_SUB

_INSIDE = (K.BUILDING, K.UNIT, K.FLOOR)
_OUTSIDE = (K.VILLAGE, K.STREET, K.DISTRICT, K.HAMLET, K.GROUP, K.COMPOUND)
_UNITS = {size: {term: kind for term, kind in COUNTED.items() if len(term) == size} for size in (4, 3, 2, 1)}
_SUB_MARKS = "附之-"
_SMALLEST_ROOM = 100


class Counted(NamedTuple):
    """A counted piece that begins where it was asked for and ends at ``end``; ``bare`` where its unit is missing."""

    kind: K
    main: int
    sub: int
    end: int
    bare: bool = False

    @property
    def value(self) -> str:
        """In Arabic digits with the usual unit: 12组, 18号附1号, 2栋."""
        if self.kind is K.NUMBER:
            return f"{self.main}号附{self.sub}号" if self.sub else f"{self.main}号"
        return f"{self.main}{CANONICAL_UNIT[self.kind]}"


def read_counted(text: str, start: int, before: K | None) -> Counted | None:
    """The counted piece that begins at a place; ``before`` is the kind before it: 号 in a building is a room."""
    at = start + 1 if text[start] == "第" else start
    main, end = read_numeral(text, at)
    if main is None or not 0 < main <= MAX_MAIN:
        return None
    for size, units in _UNITS.items():
        kind = units.get(text[end : end + size])
        if kind is not None and text[end : end + 2] != "社区":
            return Counted(kind, main, 0, end + size)
    if at != start and text[end : end + 1] != "号":
        return None
    return _number(text, main, end, before)


def _number(text: str, main: int, end: int, before: K | None) -> Counted | None:
    has_unit = text[end : end + 1] == "号"
    behind = end + has_unit
    if has_unit and before in _INSIDE:
        return Counted(K.ROOM, main, 0, behind)
    sub, after = _sub(text, behind)
    if sub:
        return Counted(K.NUMBER, main, sub, after)
    if has_unit:
        return Counted(K.NUMBER, main, 0, behind + (text[behind : behind + 1] == "院"))
    if behind < len(text) and text[behind] not in "()":
        return None
    if before in _INSIDE:
        return Counted(K.ROOM, main, 0, behind, bare=True) if main >= _SMALLEST_ROOM else None
    return Counted(K.NUMBER, main, 0, behind, bare=True) if before in _OUTSIDE else None


def _sub(text: str, start: int) -> tuple[int, int]:
    """The sub-number at a place and its end, (0, start) where there is none: 附1号, 之一, -1, 甲."""
    mark = text[start : start + 1]
    if mark and mark in STEMS:
        end = start + 1
        return STEMS.index(mark) + 1, end + (text[end : end + 1] == "号")
    if not mark or mark not in _SUB_MARKS:
        return 0, start
    sub, end = read_numeral(text, start + 1)
    follows = text[end : end + 1]
    if sub is None or not 0 < sub <= MAX_SUB or (follows and follows not in "号(" and _goes_on(text, end)):
        return 0, start
    return sub, end + (follows == "号")


def _goes_on(text: str, end: int) -> bool:
    """Whether another dash or a unit follows, so that what was read is no sub-number: 2-1-301, 18-3栋."""
    return text[end] == "-" or any(text[end : end + size] in units for size, units in _UNITS.items())
