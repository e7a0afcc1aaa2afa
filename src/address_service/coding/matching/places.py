"""Places below the village that are written with a slip: what stands between village and number, taken as a whole."""

from rapidfuzz.distance import Levenshtein

from address_service.coding.grammar.elements import Element, Reading, Reason
from address_service.coding.grammar.elements import ElementKind as K
from address_service.coding.grammar.folding import HOLE, fold_name
from address_service.coding.matching.book import NO_NUMBER, MatchBook, Tail
from address_service.coding.matching.likeness import slip

Span = tuple[int, int]
"""Start and end in the text as given."""

_COUNTED = (K.NUMBER, K.BUILDING, K.UNIT, K.FLOOR, K.ROOM)


def middle_of(reading: Reading) -> Span | None:
    """Where the text between village and number stands if not all of it is known; None where there is no such text."""
    head = reading.first(K.VILLAGE)
    foot = next((e for e in reading.elements if e.kind in _COUNTED), None)
    if head is None or foot is None or foot.span[0] <= head.span[1]:
        return None
    span = head.span[1], foot.span[0]
    unknown = [e.span for e in reading.elements if _is_unknown(e)] + [
        piece.span for piece in reading.left_over if not piece.is_noise
    ]
    return span if any(span[0] <= start and end <= span[1] for start, end in unknown) else None


def places_like(
    reading: Reading, span: Span, village: str, book: MatchBook
) -> tuple[tuple[str, ...], float, Reason] | None:
    """The places of a village that a text with one slip stands for, its cost and why; None if not just one is near."""
    written = fold_name(reading.text[span[0] : span[1]])
    known = book.known_places.get(village, ())
    if HOLE in written:
        return None
    alike = [
        places for places in known if Levenshtein.distance(written, "".join(places), score_cutoff=1) <= 1
    ]
    if len(alike) != 1:
        return None
    meant = "".join(alike[0])
    points = slip(written, meant, book.characters)
    if points is None:
        return None
    return alike[0], points, Reason("place-like", f"“{written}”与“{meant}”相近，未登记为别名")


def with_places(tail: Tail, places: tuple[str, ...]) -> Tail:
    """A tail with other places; a compound whose gate has no number is found by its rooms."""
    return Tail(places, tail.number or (NO_NUMBER if tail.inside else None), tail.inside)


def _is_unknown(element: Element) -> bool:
    return not element.keys and element.number is None and element.kind is not K.REMARK
