"""Scan a folded text from left to right: known names longest first, then what is counted, then names by their terms."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from address_service.coding.grammar.counted import Counted, read_counted
from address_service.coding.grammar.elements import ElementKind as K
from address_service.coding.grammar.folding import GAP, HOLE, NUMERALS
from address_service.coding.grammar.gazetteer import UNKNOWN, Gazetteer, Spelling, Spelt
from address_service.coding.grammar.terms import (
    DOOR_WORDS,
    FORM_WORDS,
    LONGEST_TERM,
    PART_OF_HOUSE,
    UNKNOWN_TERMS,
)

RANK = {kind: n for n, kind in enumerate(K)}
_FORM_HEADS = {word[0] for word in FORM_WORDS}
_MOST_STEM = 12
_DWELLING = re.compile(r"(?<![0-9-])([1-9][0-9]?)-([1-9])-([1-9][0-9]{2,3})(?![0-9-])(?!号)")
_PHONE = re.compile(
    rf"{re.escape(GAP)}?(?:(?:联系)?(?:电话|手机)号?码?)?(?<![0-9])1[3-9][0-9{HOLE}]{{9}}(?![0-9{HOLE}号])"
)
"""A number of a mobile phone, as lists of offices and couriers hide its middle: 电话138****6621."""
_PHONE_HEADS = frozenset((GAP, *"联电手1"))
_VILLAGE_AHEAD = re.compile("[\u3400-\u9fff]{2,3}?(?:村|社区|居委会)")
"""What may be a village that nobody knows: 童市|天合村."""
_ORGANS = tuple(term for term, kind in UNKNOWN_TERMS.items() if kind is K.INSTITUTION)
_IN_HOUSE = (K.NUMBER, K.FLOOR, K.ROOM)
_COMPLETE = ("号", "室", "房", "院")
_UPPER = frozenset((K.PROVINCE, K.PREFECTURE, K.COUNTY, K.TOWN))
_MAY_GO_ON = frozenset(("市", "县", "村", "社区"))
"""Terms that other terms may follow within one name: 铜市|镇, 桂花村|村委会."""


class Piece(NamedTuple):
    """A part of the folded text; ``kind`` None is left over. ``noise`` says nothing about the place."""

    start: int
    end: int
    kind: K | None
    spelt: Spelt = UNKNOWN
    counted: Counted | None = None
    noise: bool = False


def scan(text: str, gazetteer: Gazetteer) -> list[Piece]:
    """Cut a folded text into pieces that cover it."""
    pieces: list[Piece] = []
    at = run = 0
    size, dwellings = len(text), _dwellings(text)
    while at < size:
        if at in dwellings:
            pieces.extend(_unknown(text, run, at) if run < at else [])
            pieces.extend(dwellings[at])
            at = run = pieces[-1].end
            continue
        piece = _piece(text, run, at, pieces, gazetteer)
        if piece is None:
            at += 1
            continue
        if run < at:
            before = _unknown(text, run, at)
            pieces.extend(before)
            if piece.counted and piece.counted.bare and before and before[-1].kind is None:
                piece = Piece(piece.start, piece.end, None)
        pieces.append(piece)
        at = run = piece.end
    if run < size:
        pieces.extend(_unknown(text, run, size))
    around = zip(pieces, [None, *pieces], [*pieces[1:], None], strict=False)
    return [
        piece if piece.kind or piece.noise else _quiet(text, piece, before, after, gazetteer)
        for piece, before, after in around
    ]


def _quiet(text: str, piece: Piece, before: Piece | None, after: Piece | None, gazetteer: Gazetteer) -> Piece:
    """What nothing took is noise where it repeats the term of the name before it (烟舟村村) or stands for the house."""
    words = text[piece.start : piece.end]
    is_known = after is not None and bool(after.spelt.entries)
    if set(words) == {HOLE} and after and is_known and after.kind in _UPPER:
        # Before a known larger division there is nothing that it could have been.
        return piece._replace(noise=True) if before is None or before.kind in _UPPER else piece
    if before is None:
        is_mark = set(words) == {HOLE} and is_known and after and after.kind is K.VILLAGE
        return (
            piece._replace(noise=True)
            if is_mark and after and not gazetteer.is_end(text[after.start : after.end])
            else piece
        )
    if set(words) == {HOLE} and after is None and before.counted and text.endswith(_COMPLETE, 0, before.end):
        return piece._replace(noise=True)
    if before.kind in (K.TOWN, K.VILLAGE, K.NUMBER) and UNKNOWN_TERMS.get(words) is K.INSTITUTION:
        return piece._replace(kind=K.INSTITUTION)
    if before.kind in _IN_HOUSE and PART_OF_HOUSE.fullmatch(words):
        return piece._replace(kind=K.REMARK)
    says_nothing = (
        words == "-"
        or (before.kind is not None and words in UNKNOWN_TERMS and text.endswith(words, 0, before.end))
        or (before.kind in (K.NUMBER, K.ROOM) and words in DOOR_WORDS)
    )
    return piece._replace(noise=True) if says_nothing else piece


def _dwellings(text: str) -> Mapping[int, list[Piece]]:
    """Where building, unit and room are written as 2-1-301; a dash belongs to what stands before it."""
    if "-" not in text:
        return {}
    return {found.start(): _dwelling(found) for found in _DWELLING.finditer(text)}


def _dwelling(found: re.Match[str]) -> list[Piece]:
    starts = [found.start(1), found.start(2), found.start(3), found.end()]
    return [
        Piece(starts[n], starts[n + 1], kind, counted=Counted(kind, int(found[n + 1]), 0, starts[n + 1]))
        for n, kind in enumerate((K.BUILDING, K.UNIT, K.ROOM))
    ]


def _is_fresh(text: str, run: int, at: int) -> bool:
    """Whether a name without its term may begin: behind nothing unknown, or behind what is whole, 理发店|湖南平江."""
    unknown = text[run:at]
    return not unknown or unknown == "-" or set(unknown) == {HOLE} or unknown.endswith(_ORGANS)


def _piece(text: str, run: int, at: int, pieces: list[Piece], gazetteer: Gazetteer) -> Piece | None:
    """What begins at a place; what begins at ``run`` and ends there was not understood."""
    char = text[at]
    if char in _PHONE_HEADS and (phone := _PHONE.match(text, at)):
        return Piece(at, phone.end(), None, noise=True)
    if char in "()" or char == GAP:
        return Piece(at, at + 1, None, noise=char != GAP)
    end, spelt = gazetteer.at(text, at)
    if spelt.entries and _may_be_meant(text, run, at, end, spelt, gazetteer):
        kind = spelt.kinds[0] if len(spelt.kinds) == 1 else _kind(text, end, spelt, pieces, gazetteer)
        return Piece(at, end, kind, spelt.of(kind))
    if (char in NUMERALS or char == "第") and (at == 0 or text[at - 1] not in NUMERALS):
        # A name that nobody knows may stand between: its kind is found out later, and any place has numbers.
        counted = read_counted(text, at, _before(pieces) if _is_fresh(text, run, at) else K.GROUP)
        if counted is not None:
            return Piece(at, counted.end, counted.kind, counted=counted)
    if char in _FORM_HEADS:
        word = next((word for word in FORM_WORDS if text.startswith(word, at)), None)
        if word:
            return Piece(at, at + len(word), None, noise=True)
    return None


def _before(pieces: list[Piece]) -> K | None:
    return next((piece.kind for piece in reversed(pieces) if not piece.noise), None)


def _may_be_meant(text: str, run: int, at: int, end: int, spelt: Spelt, gazetteer: Gazetteer) -> bool:
    """Whether a known name is meant: one without its generic term only where nothing unknown stands beside it."""
    return spelt.entries[0].spelling is not Spelling.STEM or (
        _is_fresh(text, run, at) and _may_end(text, end, spelt, gazetteer)
    )


def _may_end(text: str, end: int, spelt: Spelt, gazetteer: Gazetteer) -> bool:
    if end == len(text) or text[end] in NUMERALS or text[end] in "(第|":
        return True
    if all(kind not in _UPPER for kind in spelt.kinds):
        return bool(gazetteer.at(text, end)[1].entries)
    behind = end + (text[end] == "-")
    return bool(gazetteer.at(text, behind)[1].entries) or _VILLAGE_AHEAD.match(text, behind) is not None


def _kind(text: str, end: int, spelt: Spelt, pieces: list[Piece], gazetteer: Gazetteer) -> K:
    """Of several kinds that a name may be of: what lies in what was read before, else the next smaller one."""
    kinds, entries = spelt.kinds, spelt.entries
    is_before_village = K.TOWN in kinds and K.VILLAGE in kinds and _is_before_village(text, end, gazetteer)
    if is_before_village and any(p.kind is K.TOWN and set(spelt.keys) & set(p.spelt.keys) for p in pieces):
        return K.TOWN
    read = {piece.kind for piece in pieces}
    open_kinds = [kind for kind in kinds if kind not in read] or kinds
    above = {key for piece in pieces for key in piece.spelt.keys}
    inside = [k for k in open_kinds if any(e.kind is k and above & gazetteer.above(e.key) for e in entries)]
    choice = inside or open_kinds
    if entries[0].spelling is Spelling.STEM and K.TOWN in choice and K.VILLAGE in choice:
        return K.TOWN if is_before_village else K.VILLAGE
    return choice[0]


def _is_before_village(text: str, end: int, gazetteer: Gazetteer) -> bool:
    """Whether a village, or another larger division, follows, so that what stands before it is no village."""
    behind = end + (text[end : end + 1] == "-")
    known = any(kind is K.VILLAGE or kind in _UPPER for kind in gazetteer.at(text, behind)[1].kinds)
    return known or _VILLAGE_AHEAD.match(text, behind) is not None


def _unknown(text: str, start: int, end: int) -> list[Piece]:
    """Names that nobody has on record, by their generic terms; the rest is left over."""
    pieces, head, at = [], start, start + 1
    while at < end:
        size = _term_at(text, at, end)
        if not size:
            at += 1
            continue
        stop = at + size
        while text[at:stop] in _MAY_GO_ON and (more := _term_at(text, stop, end)):
            at, stop = stop, stop + more
        if at - head <= _MOST_STEM:
            pieces.append(Piece(head, stop, UNKNOWN_TERMS[text[at:stop]]))
        else:
            pieces.append(Piece(head, stop, None))
        head, at = stop, stop + 1
    if head < end:
        pieces.append(Piece(head, end, None))
    return pieces


def _term_at(text: str, at: int, end: int) -> int:
    return next(
        (n for n in range(LONGEST_TERM, 0, -1) if at + n <= end and text[at : at + n] in UNKNOWN_TERMS), 0
    )
