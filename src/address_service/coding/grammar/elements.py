"""What a text is read into: elements with spans, what was left over, how far it got and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class ElementKind(StrEnum):
    """Components after GB/T 35639-2017, from the largest to the smallest; a remark stands outside of them."""

    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"
    TOWN = "town"
    VILLAGE = "village"
    STREET = "street"
    DISTRICT = "district"
    HAMLET = "hamlet"
    GROUP = "group"
    COMPOUND = "compound"
    INSTITUTION = "institution"
    NUMBER = "number"
    BUILDING = "building"
    UNIT = "unit"
    FLOOR = "floor"
    ROOM = "room"
    REMARK = "remark"


GA_CODE: dict[ElementKind, str] = {
    ElementKind.VILLAGE: "30",
    ElementKind.GROUP: "34",
    ElementKind.STREET: "41",
    ElementKind.COMPOUND: "42",
    ElementKind.INSTITUTION: "43",
    ElementKind.HAMLET: "44",
    ElementKind.DISTRICT: "44",
    ElementKind.BUILDING: "50",
    ElementKind.UNIT: "61",
    ElementKind.ROOM: "62",
}
"""Elements of GA/T 2000.32-2014 (参照); a village is 31-33 where its generic term tells, see `Element.ga_code`."""

_VILLAGE_CODES = (("社区", "31"), ("居委会", "32"), ("居民委员会", "32"), ("村委会", "33"), ("村", "33"))


class Level(StrEnum):
    """How far a text could be read without a gap: the smallest element that stands on a known one."""

    NONE = "none"
    COUNTY = "county"
    TOWN = "town"
    VILLAGE = "village"
    PLACE = "place"
    DOOR = "door"
    ROOM = "room"


@dataclass(frozen=True, slots=True)
class Element:
    """One component of an address as it stands in a text.

    ``text`` is what stands there, ``span`` its (start, end) in the text as given, in characters. ``value`` is the
    canonical form: the standard name, or numbers in Arabic digits (``12组``, ``18号``, ``18号附1号``). ``keys`` are
    the identities of the gazetteer that the name stands for, empty for numbers and for names that are not known.
    ``number`` is the main and the sub-number where the element is counted, else None.
    """

    kind: ElementKind
    text: str
    value: str
    span: tuple[int, int]
    keys: tuple[str, ...] = ()
    number: tuple[int, int] | None = None

    @property
    def is_known(self) -> bool:
        """Whether the name stands in the gazetteer."""
        return bool(self.keys)

    @property
    def ga_code(self) -> str | None:
        """The element code of GA/T 2000.32-2014 (参照), None where it has none."""
        if self.kind is ElementKind.VILLAGE:
            return next((code for term, code in _VILLAGE_CODES if self.value.endswith(term)), "30")
        return GA_CODE.get(self.kind)


def without_told_floor(elements: Sequence[Element]) -> Sequence[Element]:
    """The elements without a floor that the number of a room names already: 3层 before 301室."""
    room = next((e.number for e in elements if e.kind is ElementKind.ROOM and e.number), None)
    if room is None:
        return elements
    told = room[0] // 100
    return [e for e in elements if not (e.kind is ElementKind.FLOOR and e.number and e.number[0] == told)]


@dataclass(frozen=True, slots=True)
class LeftOver:
    """A piece of the text that no element took; ``is_noise`` for spaces and punctuation, which mean nothing."""

    text: str
    span: tuple[int, int]
    is_noise: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a text was read, or an address found or not, as it was: a stable code, and the sentence in Chinese."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A text read into elements.

    ``elements`` stand in the order of the text and do not overlap; with ``left_over`` they cover it. ``key`` is the
    canonical key: two spellings of one address have the same, and reading a key gives it again; empty where a part
    of the text was not understood. ``level`` says how far it got, ``reasons`` what was unusual.
    """

    text: str
    elements: tuple[Element, ...]
    level: Level
    left_over: tuple[LeftOver, ...]
    reasons: tuple[Reason, ...]
    key: str

    def first(self, kind: ElementKind) -> Element | None:
        """The first element of a kind, None where there is none."""
        return next((e for e in self.elements if e.kind is kind), None)
