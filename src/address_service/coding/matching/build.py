"""Build the book from plain records: names, texts, successions, and what follows from them for groups that moved."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from address_service.coding.grammar.elements import ElementKind as K
from address_service.coding.grammar.folding import fold_name
from address_service.coding.grammar.gazetteer import Gazetteer, KnownName
from address_service.coding.grammar.reader import read_address
from address_service.coding.matching.book import (
    Held,
    MatchBook,
    literal_rest,
    put,
    recorded_words,
    tail_of,
    villages_in,
)
from address_service.coding.matching.group_lineage import carry_groups
from address_service.coding.matching.likeness import warm_up
from address_service.coding.matching.types import BookSuccession, BookText, TextSource, Thresholds


def build_book(
    names: Iterable[KnownName],
    texts: Iterable[BookText],
    successions: Iterable[BookSuccession] = (),
    *,
    today: date,
    jurisdiction: Iterable[str],
    thresholds: Thresholds | None = None,
) -> MatchBook:
    """Index what is known; ``jurisdiction`` are keys of divisions whose addresses the register holds.

    Names outside of it (neighbour towns, villages of the county) are worth giving: they tell a row of elsewhere from
    one that is misspelt.
    """
    gazetteer = Gazetteer(names)
    villages = _villages(gazetteer)
    warm_up(name for name, _ in villages)
    edges = defaultdict(list)
    for one in successions:
        edges[one.of, one.before].append(one)
    jurisdiction = frozenset(jurisdiction)
    book = MatchBook(
        gazetteer,
        today,
        jurisdiction,
        frozenset().union(*(gazetteer.above(key) for key in jurisdiction)),
        frozenset(
            key
            for key, kind in gazetteer.kind_of.items()
            if kind is K.TOWN and not jurisdiction.isdisjoint(gazetteer.above(key))
        ),
        thresholds or Thresholds(),
        {}, {}, {}, {}, {}, {}, {}, frozenset(),
        dict(edges),
        villages,
        frozenset(char for known in gazetteer.names for char in fold_name(known.name)),
    )  # fmt: skip
    book = _filled(book, texts)
    carry_groups(book)
    return book


def _filled(book: MatchBook, texts: Iterable[BookText]) -> MatchBook:
    current = set()
    for one in texts:
        reading = read_address(one.text, book.gazetteer)
        held = Held(one.address_id, tail_of(reading.elements), one.start, one.end, one.source)
        if one.source is TextSource.STANDARD and held.holds(book.today):
            current.add(one.address_id)
        for external_id in one.external_ids:
            book.external.setdefault(external_id, set()).add(one.address_id)
        if one.source is TextSource.RECORDED:
            for words in recorded_words(reading) if one.division else ():
                book.recorded.setdefault(words, []).append((one.division or "", held))
            continue
        keys = (one.division,) if one.division else villages_in(reading)
        for key in keys:
            put(book, key, held, whole=bool(reading.key))
            if rest := literal_rest(reading):
                book.literal.setdefault((key, rest), []).append(held)
    return replace(book, current=frozenset(current))


def _villages(gazetteer: Gazetteer) -> tuple[tuple[str, str], ...]:
    """Every name that a village ever had, folded, with its key."""
    spelt = {
        (fold_name(name), known.key)
        for known in gazetteer.names
        if known.kind is K.VILLAGE
        for name in (known.name, *(alias.text for alias in known.aliases))
    }
    return tuple(sorted(spelt))
