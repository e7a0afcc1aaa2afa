"""The book: all that a register knows about its addresses, indexed once for many rows."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from address_service.coding.grammar.gazetteer import Gazetteer, KnownName
from address_service.coding.matching.types import BookSuccession, BookText, Thresholds


@dataclass(frozen=True, slots=True)
class MatchBook:
    """Texts, names and lineage indexed as of ``today``; only read, so that processes may share it by fork."""

    gazetteer: Gazetteer
    today: date
    jurisdiction: frozenset[str]
    thresholds: Thresholds
    texts: tuple[BookText, ...] = field(default=(), repr=False)
    successions: tuple[BookSuccession, ...] = field(default=(), repr=False)


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
    return MatchBook(
        Gazetteer(names),
        today,
        frozenset(jurisdiction),
        thresholds or Thresholds(),
        tuple(texts),
        tuple(successions),
    )
