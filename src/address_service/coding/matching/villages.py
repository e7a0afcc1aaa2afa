"""The villages that a row may name: by name, by the day, by the home of the file, by a slip of the pen."""

from dataclasses import dataclass

from address_service.coding.divisions.names import term_of
from address_service.coding.grammar.elements import Element, Reading, Reason
from address_service.coding.grammar.elements import ElementKind as K
from address_service.coding.grammar.folding import fold_name
from address_service.coding.matching.book import MatchBook, Tail, tail_of
from address_service.coding.matching.likeness import cost, one_edit_apart
from address_service.coding.matching.types import MatchAsk

_PLACES = (K.STREET, K.DISTRICT, K.HAMLET, K.GROUP)
UNSURE = "village-one-of-several"
IMPLIED = 2.0
"""What it costs that a village is not written, but follows from the home of the file or from a place."""


@dataclass(frozen=True, slots=True)
class Meant:
    """A village that a row may name, what reading it so costs, and why."""

    key: str
    cost: float = 0.0
    reasons: tuple[Reason, ...] = ()

    @property
    def is_slip(self) -> bool:
        """Whether its name is written with a slip."""
        return self.cost > IMPLIED


def villages_meant(ask: MatchAsk, reading: Reading, book: MatchBook) -> list[Meant]:
    """The villages that a row may name: by name, by the day, by the home of the file, by a slip of the pen."""
    village = reading.first(K.VILLAGE)
    if village is None:
        return _without_village(ask, reading, book)
    if village.keys:
        return [
            Meant(key)
            for key in _at_home(ask, reading, _on_day(ask, village, tail_of(reading.elements), book), book)
        ]
    return _misspelt(ask, reading, village, book)


def _without_village(ask: MatchAsk, reading: Reading, book: MatchBook) -> list[Meant]:
    town = reading.first(K.TOWN)
    wanted = town.keys if town else ask.home
    named = _villages_of_places(reading, book) if wanted else []
    inside = [v for v in named if not book.gazetteer.above(v).isdisjoint(wanted)]
    if singled := _with_whole_rest(ask, reading, wanted, inside, book):
        return singled
    if named:
        implied = Reason("village-implied", "未写村，由地名推出")
        # The other place of that name may have a house of that number which nobody recorded.
        doubt = (Reason(UNSURE, "同名的地方不止一处"),) if len(inside) > 1 else ()
        return [Meant(v, IMPLIED, (implied, *doubt)) for v in inside]
    home = [key for key in ask.home if book.gazetteer.kind_of.get(key) is K.VILLAGE]
    direct = [Meant(key) for key in (town.keys if town else ())]
    return [
        *direct,
        *(Meant(key, IMPLIED, (Reason("village-of-home", "未写村，按名册所属村"),)) for key in home),
    ]


def _villages_of_places(reading: Reading, book: MatchBook) -> list[str]:
    """The villages in which the places of a text lie, or ever lay."""
    places = [e for e in reading.elements if e.keys and e.kind in _PLACES]
    keys = {a for e in places for key in e.keys for a in book.gazetteer.above(key)}
    return [key for key in sorted(keys) if book.gazetteer.kind_of.get(key) is K.VILLAGE]


def _with_whole_rest(
    ask: MatchAsk, reading: Reading, wanted: tuple[str, ...], named: list[str], book: MatchBook
) -> list[Meant]:
    """The villages wanted where somebody held all that is written; on the day of the row if anybody did."""
    tail = tail_of(reading.elements)
    found = [
        key
        for key in sorted(book.villages_with.get(tail, ()))
        if not book.gazetteer.above(key).isdisjoint(wanted)
    ]
    then = [key for key in found if ask.on and any(h.holds(ask.on) for h in book.exact[key, tail])] or found
    implied = Reason("village-implied", "未写村，所写乡镇里别处没有此门牌")
    # Who leaves the village out may leave the 片区 out as well.
    rivals = [key for key in named if then and key not in then and _has_longer(ask, tail, key, book)]
    doubt = (Reason(UNSURE, "别的村的片区里也有此地名和门牌"),) if rivals else ()
    return [Meant(key, IMPLIED, (implied, *doubt)) for key in (*then, *rivals)]


def _has_longer(ask: MatchAsk, tail: Tail, village: str, book: MatchBook) -> bool:
    """Whether a village has, on the day, such a number in a place of that name that lies in another place."""
    held = book.doors.get((village, tail.number), ()) if tail.number else ()
    size = len(tail.places)
    return any(
        h.tail.places[-size:] == tail.places and len(h.tail.places) > size and h.holds(ask.on or book.today)
        for h in held
    )


def _on_day(ask: MatchAsk, village: Element, tail: Tail, book: MatchBook) -> tuple[str, ...]:
    """Of several villages of one name those that had it on the day."""
    if ask.on is None or len(village.keys) < 2:
        return village.keys
    entries = book.gazetteer.entries(fold_name(village.text))
    then = {e.key for e in entries if e.holds(ask.on)}
    named = tuple(key for key in village.keys if key in then)
    is_known = any(h.holds(ask.on) for key in named for h in book.exact.get((key, tail), ()))
    # A paper may show a text of before its day: where nobody held it on that day, each of them may be meant.
    return named if is_known or not any(book.is_inside(key) for key in named) else village.keys


def _at_home(ask: MatchAsk, reading: Reading, keys: tuple[str, ...], book: MatchBook) -> tuple[str, ...]:
    if reading.first(K.TOWN) is not None or not ask.home or len(keys) < 2:
        return keys
    return tuple(k for k in keys if not book.gazetteer.above(k).isdisjoint(ask.home)) or keys


def _misspelt(ask: MatchAsk, reading: Reading, village: Element, book: MatchBook) -> list[Meant]:
    town = reading.first(K.TOWN)
    wanted = set(town.keys if town else ask.home)
    best: dict[str, float] = {}
    rivals = set()
    for name, key in book.villages:
        if wanted and book.gazetteer.above(key).isdisjoint(wanted):
            continue
        points = cost(village.value, name, book.characters)
        # 童平村 is none of 童市居委会, though one character apart.
        if one_edit_apart(village.value, name) and (points or term_of(village.value) == term_of(name)):
            rivals.add(key)
        if points is not None:
            best[key] = min(points, best.get(key, points))
    name_of = book.gazetteer.name_of
    return [
        Meant(key, points, _like(village, name_of[key], [name_of[r] for r in sorted(rivals - {key})]))
        for key, points in sorted(best.items(), key=lambda pair: pair[1])
    ]


def _like(village: Element, name: str, rivals: list[str]) -> tuple[Reason, ...]:
    """One village that is as near is enough not to be sure: which slip was made is not known."""
    like = Reason("village-like", f"“{village.text}”与“{name}”相近，未登记为别名")
    if not rivals:
        return (like,)
    return like, Reason(UNSURE, f"也可能是“{'、'.join(rivals[:3])}”之误")
