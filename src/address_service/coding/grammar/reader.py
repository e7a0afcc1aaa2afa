"""Read a text into elements: folded, cut, its names settled among each other, with its canonical key."""

import re

from address_service.coding.grammar.context import settle
from address_service.coding.grammar.elements import (
    Element,
    LeftOver,
    Level,
    Reading,
    Reason,
    without_told_floor,
)
from address_service.coding.grammar.elements import ElementKind as K
from address_service.coding.grammar.folding import HOLE, MOST_CHARACTERS, Folded, fold
from address_service.coding.grammar.gazetteer import Gazetteer, Settled, Spelling
from address_service.coding.grammar.marks import is_behind_door, without_marks
from address_service.coding.grammar.scan import RANK, Piece, scan

_LATIN = re.compile("[A-Za-zＡ-Ｚａ-ｚ]")
_PLACES = frozenset((K.STREET, K.DISTRICT, K.HAMLET, K.GROUP, K.COMPOUND, K.INSTITUTION))
_INSIDE = frozenset((K.BUILDING, K.UNIT, K.FLOOR, K.ROOM))
_UPPER = frozenset((K.PROVINCE, K.PREFECTURE, K.COUNTY))
_SPELT = {
    Spelling.ALIAS: ("alias", "“{}”是别名或曾用名"),
    Spelling.TERM: ("term-differs", "“{}”的通名与标准名称不同"),
    Spelling.STEM: ("term-missing", "“{}”缺通名"),
}


def read_address(text: str, gazetteer: Gazetteer) -> Reading:
    """Read any text of any length in bounded time; what cannot be understood is left over, and nothing is raised."""
    folded = without_marks(fold(text), gazetteer)
    pieces = scan(folded.text, gazetteer)
    remarks = _remarks(pieces, folded.text)
    elements, reasons = _elements(text, folded, pieces, remarks)
    elements, settled = settle(elements, gazetteer)
    reasons.extend(settled.reasons)
    if HOLE in folded.text and any(HOLE in folded.text[p.start : p.end] for p in pieces if not p.noise):
        reasons.append(Reason("unreadable", "有无法辨认的字符"))
    if pieces and is_behind_door(folded.text, pieces):
        reasons.append(Reason("mark-behind-number", "门牌号后有符号"))
    if len(text) > MOST_CHARACTERS:
        reasons.append(Reason("text-too-long", f"只读前{MOST_CHARACTERS}个字"))
    elements.sort(key=lambda e: e.span)
    left = _left_over(text, elements, folded, pieces)
    has_meaning = [piece.text for piece in left if not piece.is_noise]
    if has_meaning:
        reasons.append(Reason("left-over", "未能理解：" + "、".join(has_meaning)[:60]))
    return Reading(
        text,
        tuple(elements),
        _level(elements),
        left,
        tuple(reasons),
        "" if has_meaning else canonical_key(elements, settled),
    )


def canonical_key(elements: list[Element], settled: Settled) -> str:
    """The one spelling of what was read, from the town down; with the county only where nothing known stands below."""
    chosen = [(e.kind, e.value) for e in without_told_floor(elements) if e.kind is not K.REMARK]
    kinds = {kind for kind, _ in chosen}
    # Behind a town that is not known: 古港镇竹溪组 is 古港镇德字村竹溪组.
    implied = [(kind, value) for kind, value in settled.implied if kind not in kinds]
    named = [one for one in dict.fromkeys(chosen) if one not in settled.needless]
    return "".join(value for _, value in sorted((*implied, *named), key=lambda one: RANK[one[0]]))


def _remarks(pieces: list[Piece], text: str) -> list[tuple[int, int]]:
    """Stretches in brackets, the outer ones; an opening that is never closed opens nothing."""
    found: list[tuple[int, int]] = []
    stack: list[int] = []
    for piece in pieces:
        char = text[piece.start] if piece.end == piece.start + 1 else ""
        if char == "(":
            stack.append(piece.start)
        elif char == ")" and stack:
            start = stack.pop()
            while found and found[-1][0] > start:
                found.pop()
            found.append((start, piece.end))
    return [span for span in found if not _is_component(span, found, pieces)]


def _is_component(span: tuple[int, int], found: list[tuple[int, int]], pieces: list[Piece]) -> bool:
    """Whether brackets hold components that the text around lacks: 烟舟村（12组）18号; else it is a remark."""
    inside = [p for p in pieces if span[0] < p.start < span[1] - 1]
    around = {p.kind for p in pieces if not any(start <= p.start < end for start, end in found)}
    kinds = {p.kind for p in inside if not p.noise}
    return bool(kinds) and None not in kinds and kinds.isdisjoint(around) and all(
        p.counted is not None or p.spelt.entries for p in inside if not p.noise
    )  # fmt: skip


def _elements(
    text: str, folded: Folded, pieces: list[Piece], remarks: list[tuple[int, int]]
) -> tuple[list[Element], list[Reason]]:
    elements, reasons, rank = [], [], -1
    for start, end in remarks:
        span = folded.at[start], folded.at[end - 1] + 1
        elements.append(Element(K.REMARK, text[span[0] : span[1]], folded.text[start + 1 : end - 1], span))
    for piece in pieces:
        if piece.kind is None or any(start <= piece.start < end for start, end in remarks):
            continue
        element = _element(text, folded, piece)
        elements.append(element)
        if piece.kind is K.REMARK:
            continue
        if RANK[piece.kind] < rank:
            reasons.append(Reason("out-of-order", f"“{element.text}”的次序不对"))
        rank = RANK[piece.kind]
        if piece.counted and _LATIN.search(element.text):
            reasons.append(Reason("letter-for-digit", f"“{element.text}”按形近的数字读作{element.value}"))
        if piece.counted and piece.counted.bare:
            reasons.append(Reason("unit-missing", f"“{element.text}”后缺“号”"))
        entries = piece.spelt.entries
        how = entries[0].spelling if entries else Spelling.NAME
        if how in _SPELT:
            code, words = _SPELT[how]
            reasons.append(Reason(code, words.format(element.text)))
        elif not entries and not piece.counted:
            reasons.append(Reason("name-unknown", f"“{element.text}”不在地名表"))
    return elements, reasons


def _element(text: str, folded: Folded, piece: Piece) -> Element:
    span = folded.at[piece.start], folded.at[piece.end - 1] + 1
    kind = piece.kind or K.REMARK
    if piece.counted:
        number = piece.counted.main, piece.counted.sub
        return Element(kind, text[span[0] : span[1]], piece.counted.value, span, (), number)
    return Element(
        kind, text[span[0] : span[1]], folded.text[piece.start : piece.end], span, piece.spelt.keys
    )


def _left_over(
    text: str, elements: list[Element], folded: Folded, pieces: list[Piece]
) -> tuple[LeftOver, ...]:
    meaning = {folded.at[i] for p in pieces if p.kind is None and not p.noise for i in range(p.start, p.end)}
    left, at = [], 0
    for start, end in (*(e.span for e in elements), (len(text), len(text))):
        if at < start:
            has_meaning = any(i in meaning for i in range(at, min(start, MOST_CHARACTERS)))
            beyond = start > MOST_CHARACTERS and bool(fold(text[MOST_CHARACTERS:][:MOST_CHARACTERS]).text)
            left.append(LeftOver(text[at:start], (at, start), not has_meaning and not beyond))
        at = end
    return tuple(left)


def _level(elements: list[Element]) -> Level:
    known = {e.kind for e in elements if e.keys or e.number}
    if known & _INSIDE and K.NUMBER in known:
        return Level.ROOM
    if K.NUMBER in known:
        return Level.DOOR
    if known & _PLACES:
        return Level.PLACE
    for kind, level in ((K.VILLAGE, Level.VILLAGE), (K.TOWN, Level.TOWN)):
        if kind in known:
            return level
    return Level.COUNTY if known & _UPPER else Level.NONE
