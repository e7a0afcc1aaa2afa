"""Match the rows of a partition: one pure function, whoever spreads the partitions."""

from collections.abc import Iterable

from address_service.coding.matching.book import MatchBook
from address_service.coding.matching.decide import match
from address_service.coding.matching.types import MatchAnswer, MatchAsk


def match_partition(rows: Iterable[MatchAsk], book: MatchBook) -> list[MatchAnswer]:
    """Answers in the order of the rows; no row depends on another."""
    return [match(row, book) for row in rows]
