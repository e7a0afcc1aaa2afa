"""Groups that went over whole: their doors kept their numbers, also those on record only since."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from address_service.coding.grammar.elements import ElementKind as K
from address_service.coding.grammar.folding import fold_name
from address_service.coding.grammar.gazetteer import KnownName
from address_service.coding.matching.book import Held, MatchBook, Tail, put
from address_service.coding.matching.lineage import canonical_group
from address_service.coding.matching.types import SuccessionOf, TextSource

Places = tuple[str, tuple[str, ...]]
"""A village and the names of places in it."""

_FEWEST_DOORS = 2
_PLACE_KINDS = (K.DISTRICT, K.HAMLET, K.GROUP)


@dataclass(frozen=True, slots=True)
class Move:
    """``before`` went over into ``after`` on a day, whole and alone."""

    before: Places
    after: Places
    on: date


def carry_groups(book: MatchBook) -> None:
    """Add to a book the texts that doors had before their record, where their whole group is known to have moved.

    A door of the group on record since that very day was in it before, under its number. Not where somebody else is on
    record for that text, nor where the group had doors of another origin.
    """
    groups = _groups(book)
    moves = sorted(_moves(book, groups), key=lambda one: one.on, reverse=True)
    began = {move.after: move.on for move in moves}
    for move in moves:
        for held in list(groups[move.after]):
            tail = Tail(move.before[1], held.tail.number, held.tail.inside)
            known = book.exact.get((move.before[0], tail), ())
            if held.start != move.on or any(h.end is None or h.end >= move.on for h in known):
                continue
            start = max((h.end for h in known if h.end), default=began.get(move.before))
            earlier = replace(held, tail=tail, start=start, end=move.on, is_carried=True)
            put(book, move.before[0], earlier)
            groups[move.before].append(earlier)


def _groups(book: MatchBook) -> dict[Places, list[Held]]:
    groups: dict[Places, list[Held]] = defaultdict(list)
    for (village, tail), held in book.exact.items():
        groups[village, tail.places].extend(h for h in held if h.source is TextSource.STANDARD)
    return groups


def _moves(book: MatchBook, groups: dict[Places, list[Held]]) -> Iterable[Move]:
    """Moves into one place only, out of one place only, of groups that ended with them into groups that began so."""
    found: dict[tuple[Places, date], set[Places]] = defaultdict(set)
    for move in (*_by_doors(groups), *_by_identity(book), *_by_succession(book)):
        found[move.before, move.on].add(move.after)
    origins: dict[tuple[Places, date], set[Places]] = defaultdict(set)
    for (before, on), afters in found.items():
        for after in afters:
            origins[after, on].add(before)
    for (before, on), afters in found.items():
        after = next(iter(afters))
        if len(afters) == 1 and len(origins[after, on]) == 1 and _is_whole(groups, Move(before, after, on)):
            yield Move(before, after, on)


def _is_whole(groups: dict[Places, list[Held]], move: Move) -> bool:
    """Whether nobody stayed, and nobody was there before."""
    return not any(h.holds(move.on) for h in groups[move.before]) and not any(
        (h.start is None or h.start < move.on) for h in groups[move.after]
    )


def _by_doors(groups: dict[Places, list[Held]]) -> Iterable[Move]:
    """Where the recorded doors of a group went, several of them under their numbers, and none otherwise."""
    by_start: dict[tuple[str, date], list[tuple[Places, Held]]] = defaultdict(list)
    for places, held in groups.items():
        for h in held:
            if h.start is not None:
                by_start[h.address_id, h.start].append((places, h))
    votes: dict[tuple[Places, date], dict[tuple[Places, bool], int]] = defaultdict(lambda: defaultdict(int))
    for places, held in groups.items():
        for h in held:
            for after, later in by_start.get((h.address_id, h.end), ()) if h.end else ():
                if after != places and h.end:
                    is_same = (h.tail.number, h.tail.inside) == (later.tail.number, later.tail.inside)
                    votes[places, h.end][after, is_same] += 1
    for (before, on), afters in votes.items():
        (after, is_same), count = next(iter(afters.items()))
        if len(afters) == 1 and is_same and count >= _FEWEST_DOORS:
            yield Move(before, after, on)


def _by_identity(book: MatchBook) -> Iterable[Move]:
    """Places that are one identity before and after, in another village or under another name."""
    names: dict[str, list[KnownName]] = defaultdict(list)
    for known in book.gazetteer.names:
        if known.kind in _PLACE_KINDS:
            names[known.key].append(known)
    for versions in names.values():
        for earlier in versions:
            for later in versions:
                if earlier.end is not None and earlier.end == later.start:
                    yield from _move(_where(book, earlier), _where(book, later), earlier.end)


def _by_succession(book: MatchBook) -> Iterable[Move]:
    """Places of which a decree says which they became."""
    latest = book.gazetteer.latest
    for (of, before), edges in book.edges.items():
        if of is SuccessionOf.PLACE and before in latest:
            for edge in edges:
                if edge.after in latest and edge.on <= book.today:
                    yield from _move(_where(book, latest[before]), _where(book, latest[edge.after]), edge.on)


def _move(before: Places | None, after: Places | None, on: date) -> Iterable[Move]:
    if before and after and before != after:
        yield Move(before, after, on)


def _where(book: MatchBook, known: KnownName) -> Places | None:
    """The village and the names of a place, from the larger to the smaller; None where it lies in no village."""
    gazetteer, names = book.gazetteer, [canonical_group(known.name)]
    parent = known.parent
    while parent is not None and gazetteer.kind_of.get(parent) in _PLACE_KINDS:
        names.insert(0, fold_name(gazetteer.latest[parent].name))
        parent = gazetteer.latest[parent].parent
    if parent is None or gazetteer.kind_of.get(parent) is not K.VILLAGE:
        return None
    return parent, tuple(names)
