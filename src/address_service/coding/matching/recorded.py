"""Who is called so by what persons recorded (俗称、公安写法), and who holds the same text beside."""

from address_service.coding.grammar.elements import ElementKind as K
from address_service.coding.grammar.elements import Reading
from address_service.coding.matching.book import Held, MatchBook, Tail, recorded_words
from address_service.coding.matching.types import MatchAsk
from address_service.coding.matching.villages import Meant


def recorded(ask: MatchAsk, reading: Reading, book: MatchBook) -> list[Held]:
    """What is called so by what persons recorded, in the town that is named or the home of the file.

    A text that names neither those nor a village may be of anywhere.
    """
    town = reading.first(K.TOWN)
    wanted = town.keys if town and town.keys else ask.home
    if not wanted and reading.first(K.VILLAGE) is None:
        return []
    found = [pair for words in recorded_words(reading) for pair in book.recorded.get(words, ())]
    return [h for village, h in found if not wanted or not book.gazetteer.above(village).isdisjoint(wanted)]


def held_as(one: Meant, rest: str, tail: Tail, book: MatchBook) -> list[Held]:
    """Who held the text by the records of addresses themselves."""
    return [*(book.literal.get((one.key, rest), ()) if rest else ()), *book.exact.get((one.key, tail), ())]
