"""Scan a folded text from left to right: known names longest first, then what is counted, then names by their terms."""

import re
from dataclasses import dataclass, replace

from address_service.coding.grammar.counted import Counted, read_counted
from address_service.coding.grammar.elements import ElementKind as K
from address_service.coding.grammar.folding import GAP, HOLE, NUMERALS
from address_service.coding.grammar.gazetteer import Entry, Gazetteer, Spelling
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
_JOINED = frozenset("0123456789-")
_DWELLING = re.compile(r"([1-9][0-9]?)-([1-9])-([1-9][0-9]{2,3})(?![0-9-])(?!号)")
_VILLAGE_AHEAD = re.compile("[\u3400-\u9fff]{2,3}?(?:村|社区|居委会)")
"""What may be a village that nobody knows: 童市|天合村."""
_ORGANS = tuple(term for term, kind in UNKNOWN_TERMS.items() if kind is K.INSTITUTION)
_IN_HOUSE = (K.NUMBER, K.FLOOR, K.ROOM)
_COMPLETE = ("号", "室", "房", "院")
_UPPER = (K.PROVINCE, K.PREFECTURE, K.COUNTY, K.TOWN)
_MAY_GO_ON = frozenset(("市", "县", "村", "社区"))
"""Terms that other terms may follow within one name: 铜市|镇, 桂花村|村委会."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the folded text; ``kind`` None is left over. ``noise`` says nothing about the place."""

    start: int
    end: int
    kind: K | None
    entries: tuple[Entry, ...] = ()
    counted: Counted | None = None
    noise: bool = False


def scan(text: str, gazetteer: Gazetteer) -> list[Piece]:
    """Cut a folded text into pieces that cover it."""
    pieces: list[Piece] = []
    at = run = 0
    size = len(text)
    while at < size:
        dwelling = _dwelling(text, at)
        if dwelling:
            pieces.extend(_unknown(text, run, at) if run < at else [])
            pieces.extend(dwelling)
            at = run = dwelling[-1].end
            continue
        piece = _piece(text, at, pieces, gazetteer, fresh=run == at or _ends(text[run:at]))
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
    return [_quiet(text, piece, before, after, gazetteer) for piece, before, after in around]


def _quiet(text: str, piece: Piece, before: Piece | None, after: Piece | None, gazetteer: Gazetteer) -> Piece:
    """A piece that only repeats the term of the name before it (烟舟村村), or stands for the house itself, is noise."""
    if piece.kind is not None or piece.noise:
        return piece
    words = text[piece.start : piece.end]
    if set(words) == {HOLE} and after and after.entries and after.kind in _UPPER:
        # Before a known larger division there is nothing that it could have been.
        return replace(piece, noise=True) if before is None or before.kind in _UPPER else piece
    if before is None:
        is_mark = set(words) == {HOLE} and after and after.kind is K.VILLAGE and after.entries
        return (
            replace(piece, noise=True)
            if is_mark and after and not gazetteer.is_end(text[after.start : after.end])
            else piece
        )
    if set(words) == {HOLE} and after is None and before.counted and text[: before.end].endswith(_COMPLETE):
        return replace(piece, noise=True)
    if before.kind in (K.TOWN, K.VILLAGE, K.NUMBER) and UNKNOWN_TERMS.get(words) is K.INSTITUTION:
        return replace(piece, kind=K.INSTITUTION)
    if before.kind in _IN_HOUSE and PART_OF_HOUSE.fullmatch(words):
        return replace(piece, kind=K.REMARK)
    says_nothing = (
        words == "-"
        or (before.kind is not None and words in UNKNOWN_TERMS and text[: before.end].endswith(words))
        or (before.kind in (K.NUMBER, K.ROOM) and words in DOOR_WORDS)
    )
    return replace(piece, noise=True) if says_nothing else piece


def _dwelling(text: str, at: int) -> list[Piece]:
    """Building, unit and room written as 2-1-301; a dash belongs to what stands before it."""
    found = _DWELLING.match(text, at) if text[at].isdecimal() and text[at - 1 : at] not in _JOINED else None
    if found is None:
        return []
    starts = [found.start(1), found.start(2), found.start(3), found.end()]
    return [
        Piece(starts[n], starts[n + 1], kind, counted=Counted(kind, int(found[n + 1]), 0, starts[n + 1]))
        for n, kind in enumerate((K.BUILDING, K.UNIT, K.ROOM))
    ]


def _ends(run: str) -> bool:
    """Whether something unknown is complete, so that a name without its term may begin: 理发店|湖南平江."""
    return set(run) == {HOLE} or any(run.endswith(term) for term in _ORGANS)


def _piece(text: str, at: int, pieces: list[Piece], gazetteer: Gazetteer, *, fresh: bool) -> Piece | None:
    char = text[at]
    if char in "()" or char == GAP:
        return Piece(at, at + 1, None, noise=char != GAP)
    end, entries = gazetteer.at(text, at)
    if entries and (named := _named(text, at, end, entries, pieces, gazetteer, fresh=fresh)):
        return named
    if (char in NUMERALS or char == "第") and (at == 0 or text[at - 1] not in NUMERALS):
        # A name that nobody knows may stand between: its kind is found out later, and any place has numbers.
        counted = read_counted(text, at, _before(pieces) if fresh else K.GROUP)
        if counted is not None:
            return Piece(at, counted.end, counted.kind, counted=counted)
    if char in _FORM_HEADS:
        word = next((word for word in FORM_WORDS if text.startswith(word, at)), None)
        if word:
            return Piece(at, at + len(word), None, noise=True)
    return None


def _before(pieces: list[Piece]) -> K | None:
    return next((piece.kind for piece in reversed(pieces) if not piece.noise), None)


def _named(
    text: str,
    at: int,
    end: int,
    entries: tuple[Entry, ...],
    pieces: list[Piece],
    gazetteer: Gazetteer,
    *,
    fresh: bool,
) -> Piece | None:
    """A known name; one without its generic term only where nothing unknown stands beside it."""
    if entries[0].spelling is Spelling.STEM and not (fresh and _may_end(text, end, entries, gazetteer)):
        return None
    kinds = sorted({entry.kind for entry in entries}, key=RANK.__getitem__)
    kind = kinds[0] if len(kinds) == 1 else _kind(text, end, kinds, entries, pieces, gazetteer)
    return Piece(at, end, kind, tuple(entry for entry in entries if entry.kind is kind))


def _may_end(text: str, end: int, entries: tuple[Entry, ...], gazetteer: Gazetteer) -> bool:
    return (
        end == len(text)
        or text[end] in NUMERALS
        or text[end] in "(第|"
        or bool(gazetteer.at(text, end)[1])
        or (any(entry.kind in _UPPER for entry in entries) and bool(_VILLAGE_AHEAD.match(text, end)))
    )


def _kind(
    text: str,
    end: int,
    kinds: list[K],
    entries: tuple[Entry, ...],
    pieces: list[Piece],
    gazetteer: Gazetteer,
) -> K:
    """Of several kinds that a name may be of: what lies in what was read before, else the next smaller one."""
    if (
        K.TOWN in kinds
        and pieces
        and pieces[-1].kind is K.TOWN
        and {e.key for e in pieces[-1].entries} & {e.key for e in entries}
    ):
        return K.TOWN
    read = {piece.kind for piece in pieces}
    open_kinds = [kind for kind in kinds if kind not in read] or kinds
    above = {entry.key for piece in pieces for entry in piece.entries}
    inside = [k for k in open_kinds if any(e.kind is k and above & gazetteer.above(e.key) for e in entries)]
    choice = inside or open_kinds
    if entries[0].spelling is Spelling.STEM and K.TOWN in choice and K.VILLAGE in choice:
        follows = any(e.kind is K.VILLAGE for e in gazetteer.at(text, end)[1]) or _VILLAGE_AHEAD.match(
            text, end
        )
        return K.TOWN if follows else K.VILLAGE
    return choice[0]


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
