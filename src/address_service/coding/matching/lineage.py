"""What became of an address, and of a village, until today; what is not sure says so."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from address_service.coding.grammar.folding import fold_name
from address_service.coding.grammar.numerals import value_of
from address_service.coding.grammar.terms import GROUP_TERMS, stem_of
from address_service.coding.matching.book import Held, MatchBook, Tail
from address_service.coding.matching.types import BookSuccession, SuccessionOf

_MOST_STEPS = 60


@dataclass(frozen=True, slots=True)
class Became:
    """Addresses of today that one became; ``is_ended`` where a line ends without a successor, or was not followed."""

    today: frozenset[str]
    is_ended: bool = False


@dataclass(frozen=True, slots=True)
class Village:
    """A village that another one became; ``is_sure`` where the asked places certainly went there, and they alone."""

    key: str
    since: date
    is_sure: bool


def carried(book: MatchBook, held: Held) -> Became:
    """An address as it was held, followed to today by its recorded successors."""
    if held.address_id in book.current and (SuccessionOf.ADDRESS, held.address_id) not in book.edges:
        return Became(frozenset((held.address_id,)))
    today, ended, seen = set(), False, {held.address_id}
    waiting: list[tuple[str, date | None]] = [(held.address_id, held.start)]
    while waiting and len(seen) < _MOST_STEPS:
        address, since = waiting.pop()
        edges = book.edges.get((SuccessionOf.ADDRESS, address), ())
        later = [edge for edge in edges if (since is None or edge.on > since) and edge.on <= book.today]
        if address in book.current:
            today.add(address)
        elif not later:
            ended = True
        for edge in later:
            if edge.after not in seen:
                seen.add(edge.after)
                waiting.append((edge.after, edge.on))
    return Became(frozenset(today), ended or bool(waiting))


def villages_after(book: MatchBook, village: str, tail: Tail) -> list[Village]:
    """What a village became, with whether the places of a text certainly went there and nobody else has them there."""
    found: list[Village] = []
    seen, waiting = {village}, [(village, date.min, True)]
    while waiting and len(seen) < _MOST_STEPS:
        key, since, sure = waiting.pop()
        edges = [e for e in book.edges.get((SuccessionOf.DIVISION, key), ()) if since <= e.on <= book.today]
        for edge, told in _of_places(edges, tail):
            if edge.after in seen:
                continue
            seen.add(edge.after)
            here = sure and _is_sure(book, edge, tail, told=told)
            found.append(Village(edge.after, edge.on, here))
            # A second succession may have given other numbers, or another village its old name.
            waiting.append((edge.after, edge.on, False))
    return found


def _of_places(edges: Iterable[BookSuccession], tail: Tail) -> list[tuple[BookSuccession, bool]]:
    edges = list(edges)
    names = set(tail.places)
    told = [e for e in edges if names & {canonical_group(group) for group in e.groups}]
    if told:
        return [(e, True) for e in told]
    return [(e, False) for e in edges if not (e.groups and names)]


def canonical_group(group: str) -> str:
    """The name of a group as readings have it: 第三组 is 3组."""
    folded = fold_name(group)
    stem = stem_of(folded, GROUP_TERMS).removeprefix("第")
    value = (
        value_of(stem) if stem and all(c in "0123456789〇零一二三四五六七八九十百" for c in stem) else None
    )
    return folded if value is None else f"{value}组"


def _is_sure(book: MatchBook, edge: BookSuccession, tail: Tail, *, told: bool) -> bool:
    """A group told by the decree, or a place that is one identity before and after; never a number of a merged village.

    Both only where no text of another house of the successor has those places from before.
    """
    if not tail.places or (told and any(_is_counted(name) for name in tail.places)):
        return False
    own = [h for h in book.doors.get((edge.after, tail.number or (0, 0)), ()) if h.tail.places == tail.places]
    if any(h.start is None or h.start < edge.on for h in own):
        return False
    others = [
        before
        for (of, before), edges in book.edges.items()
        if of is SuccessionOf.DIVISION and before != edge.before and any(e.after == edge.after for e in edges)
    ]
    if any(tail.places in book.known_places.get(other, ()) for other in others):
        return False
    return told or _is_one_place(book, edge, tail)


def _is_counted(name: str) -> bool:
    """Whether a group has a number for its name: a merger counts groups anew, so the successor's is another one."""
    return name[:1].isdecimal()


def _is_one_place(book: MatchBook, edge: BookSuccession, tail: Tail) -> bool:
    for name in tail.places:
        entries = book.gazetteer.entries(name)
        here = {e.key for e in entries if {edge.before, edge.after} & book.gazetteer.above(e.key)}
        if len(here) != 1 or not {edge.before, edge.after} <= book.gazetteer.above(here.pop()):
            return False
    return True
