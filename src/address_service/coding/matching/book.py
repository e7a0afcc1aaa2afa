"""The book: all that a register knows about its addresses, indexed once for many rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from address_service.coding.grammar.elements import Element, Reading, without_told_floor
from address_service.coding.grammar.elements import ElementKind as K
from address_service.coding.grammar.folding import fold_name
from address_service.coding.grammar.gazetteer import Gazetteer
from address_service.coding.grammar.scan import RANK
from address_service.coding.matching.types import (
    BookSuccession,
    SuccessionOf,
    TextSource,
    Thresholds,
)

_PLACES = frozenset((K.STREET, K.DISTRICT, K.HAMLET, K.GROUP, K.COMPOUND, K.INSTITUTION))
UPPER = frozenset((K.PROVINCE, K.PREFECTURE, K.COUNTY, K.TOWN))
NO_NUMBER = (0, 0)
"""Stands for the number of a room in a compound whose buildings alone are numbered: 教师新村2栋1单元301室."""
_INSIDE = frozenset((K.BUILDING, K.UNIT, K.FLOOR, K.ROOM))


@dataclass(frozen=True, slots=True)
class Tail:
    """What stands below the village: names of places from the larger to the smaller, the number, what is inside."""

    places: tuple[str, ...]
    number: tuple[int, int] | None
    inside: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """An address read so from a day (None: ever) to before another (None: still).

    ``is_carried`` where that is no record of its own but follows from the lineage of its group.
    """

    address_id: str
    tail: Tail
    start: date | None
    end: date | None
    source: TextSource
    is_carried: bool = False

    def holds(self, on: date) -> bool:
        """Whether it did on a day."""
        return (self.start is None or self.start <= on) and (self.end is None or on < self.end)


@dataclass(frozen=True, slots=True)
class MatchBook:
    """Texts, names and lineage indexed as of ``today``; only read, so that processes may share it by fork.

    ``exact`` finds by village and tail, ``doors`` by village and number whatever the places, ``known_places`` the
    places of villages that any text names, ``villages_with`` the villages where anybody held a tail that names a
    place, ``literal`` by village and the folded rest of a text that the grammar does not understand whole (俗称,
    organs without a number). ``outer`` are the divisions in which the jurisdiction lies, ``towns`` those in it,
    ``current`` the addresses in force today, ``characters`` those of all names, ``recorded`` what persons say that
    addresses are called, with the village of each.
    """

    gazetteer: Gazetteer
    today: date
    jurisdiction: frozenset[str]
    outer: frozenset[str]
    towns: frozenset[str]
    thresholds: Thresholds
    exact: dict[tuple[str, Tail], list[Held]]
    doors: dict[tuple[str, tuple[int, int]], list[Held]]
    known_places: dict[str, set[tuple[str, ...]]]
    villages_with: dict[Tail, set[str]]
    literal: dict[tuple[str, str], list[Held]]
    external: dict[str, set[str]]
    villages_of: dict[str, set[str]]
    current: frozenset[str]
    edges: dict[tuple[SuccessionOf, str], list[BookSuccession]]
    villages: tuple[tuple[str, str], ...]
    characters: frozenset[str]
    recorded: dict[str, list[tuple[str, Held]]] = field(default_factory=dict)

    def is_inside(self, key: str) -> bool:
        """Whether an identity lies in the jurisdiction."""
        return not self.jurisdiction.isdisjoint(self.gazetteer.above(key))


def tail_of(elements: Sequence[Element]) -> Tail:
    """What stands below the village in a reading; a floor that its room names already is left away."""
    by_size = sorted(without_told_floor(elements), key=lambda e: RANK[e.kind])
    number = next((e.number for e in by_size if e.kind is K.NUMBER), None)
    places = dict.fromkeys(
        e.value
        for e in by_size
        # Who keeps shop behind a number does not make another house of it.
        if e.kind in _PLACES and (e.keys or e.kind is not K.INSTITUTION or not number)
    )
    inside = [e for e in by_size if e.kind in _INSIDE]
    if number is None and places and any(e.kind is K.ROOM and e.number for e in inside):
        number = NO_NUMBER
    return Tail(tuple(places), number, tuple(e.value for e in inside))


def villages_in(reading: Reading) -> tuple[str, ...]:
    """Keys of the village that a text names, or of the town where it names none."""
    found = reading.first(K.VILLAGE) or reading.first(K.TOWN)
    return found.keys if found else ()


def literal_rest(reading: Reading) -> str:
    """What stands behind the village, folded, where it is no plain address; empty for one, and for a mere group."""
    kinds = {element.kind for element in reading.elements}
    if reading.key and (K.NUMBER in kinds or K.INSTITUTION not in kinds):
        return ""
    head = reading.first(K.VILLAGE) or reading.first(K.TOWN)
    return fold_name(reading.text[head.span[1] :]) if head else ""


def recorded_words(reading: Reading) -> set[str]:
    """What an alias that a person recorded is found by: its words below the town, and what they are read as.

    The village may be one that nobody knows (烟洲村): then it is told by the name that is written.
    """
    upper = [e.span[1] for e in reading.elements if e.kind in UPPER]
    village, tail = reading.first(K.VILLAGE), tail_of(reading.elements)
    read = ""
    if village and tail.number and all(piece.is_noise for piece in reading.left_over):
        read = "\n".join((village.value, *tail.places, repr(tail.number), *tail.inside))
    return {fold_name(reading.text[max(upper, default=0) :]), read} - {""}


def put(book: MatchBook, key: str, held: Held, *, whole: bool = True) -> None:
    """Index a text of an address of a village; ``whole`` where the grammar understood all of it."""
    book.villages_of.setdefault(held.address_id, set()).add(key)
    if not whole or held.tail.number is None:
        return
    book.exact.setdefault((key, held.tail), []).append(held)
    book.doors.setdefault((key, held.tail.number), []).append(held)
    book.known_places.setdefault(key, set()).add(held.tail.places)
    if any(not name[0].isdecimal() for name in held.tail.places):
        book.villages_with.setdefault(held.tail, set()).add(key)
