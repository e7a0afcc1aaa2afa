"""Decide about a row: candidates by stages of evidence, accepted only with a margin over the runner-up."""

from address_service.coding.grammar.reader import read_address
from address_service.coding.matching.book import MatchBook
from address_service.coding.matching.types import MatchAnswer, MatchAsk, MatchStage, Outcome


def match(ask: MatchAsk, book: MatchBook) -> MatchAnswer:
    """What a row means today; nothing is raised, whatever its text is."""
    reading = read_address(ask.text, book.gazetteer)
    return MatchAnswer(Outcome.UNMATCHED, None, MatchStage.NONE, 0.0, (), reading)
