"""Candidates for a row: by exact tail, by lineage, by elements and by slips of the pen, each with its evidence."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from address_service.coding.grammar.elements import Reading, Reason
from address_service.coding.matching.book import (
    NO_NUMBER,
    Held,
    MatchBook,
    Tail,
    literal_rest,
    tail_of,
)
from address_service.coding.matching.likeness import SOUNDS_ALIKE, cost, one_edit_apart
from address_service.coding.matching.lineage import carried, villages_after
from address_service.coding.matching.places import Span, middle_of, places_like, with_places
from address_service.coding.matching.recorded import held_as, recorded
from address_service.coding.matching.types import MatchAsk, MatchStage, SuccessionOf, TextSource
from address_service.coding.matching.villages import Meant

_MOST_VILLAGES = 12
_IN_HOUSE = ("层", "室")
_ONCE = "曾是此地址的文本或别名，经沿革到今天"
_CARRIED = "所在组整组并入，门牌号随组沿用到今天"
_CALLED = "登记的俗称或公安写法"
_ENDED = "曾登记的俗称或公安写法，所问之日已不再使用"
_WHOLE_HOUSE = Reason("room-not-on-record", "楼、单元或室不在标准地址里，只有门")
_MOST_HELD = 60


@dataclass(slots=True)
class Found:
    """The best evidence for one address of today; ``is_sure`` where nothing speaks against linking it by itself."""

    score: float
    stage: MatchStage
    reasons: list[Reason]
    is_sure: bool


@dataclass(slots=True)
class Gathered:
    """What was found for a row; ``doubts`` speak against any automatic link, ``is_literal`` where the text stands
    on record as it is, though the grammar does not understand it whole, ``is_recorded`` where a person recorded it,
    ``explained`` is where in the text a slip was read."""

    found: dict[str, Found] = field(default_factory=dict)
    is_literal: bool = False
    is_recorded: bool = False
    explained: Span | None = None
    doubts: list[Reason] = field(default_factory=list)

    def add(
        self, address_id: str, score: float, stage: MatchStage, reasons: list[Reason], *, sure: bool
    ) -> None:
        """Keep the better evidence for an address."""
        known = self.found.get(address_id)
        if known is None or (sure, score) > (known.is_sure, known.score):
            self.found[address_id] = Found(score, stage, reasons, sure)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a row may say below the village, what reading it so costs, and why."""

    tail: Tail
    cost: float = 0.0
    stage: MatchStage | None = None
    reasons: tuple[Reason, ...] = ()
    slips: int = 0


def gather(ask: MatchAsk, reading: Reading, meant: Iterable[Meant], book: MatchBook) -> Gathered:
    """All candidates of today for the villages that a row may name."""
    gathered, read = Gathered(), _as_read(reading)
    rest, meant = literal_rest(reading), list(meant)[:_MOST_VILLAGES]
    if called := recorded(ask, reading, book):
        gathered.is_literal = gathered.is_recorded = True
        beside = [one for one in meant if not one.is_slip]
        others = [h for one in beside for h in held_as(one, rest, read.tail, book)]
        _exact(gathered, ask, Meant(""), read, [*called, *others], book)
        return gathered
    for one in meant if rest else ():
        if held := book.literal.get((one.key, rest)):
            gathered.is_literal = True
            _exact(gathered, ask, one, read, held, book)
    if gathered.is_literal:
        return gathered
    if read.tail.number and _is_of_another_time(ask, meant, read.tail, book):
        gathered.doubts.append(Reason("several-candidates", "同名的村此前已撤并，同样的文本当时可能另有所指"))
    for one in meant:
        if _read_as(gathered, ask, one, read, book):
            continue
        middle = middle_of(reading)
        corrected = _corrected(one, read, reading, middle, book) if middle else None
        if corrected and _read_as(gathered, ask, one, corrected, book):
            gathered.explained = middle
            continue
        _after(gathered, one, read.tail, book)
        _by_elements(gathered, one, reading, read.tail, book)
        _dash(gathered, one, read.tail, book)
    return gathered


def _as_read(reading: Reading) -> Meaning:
    """What the row says below the village; a letter taken for a digit is a slip."""
    letters = tuple(reason for reason in reading.reasons if reason.code == "letter-for-digit")
    tail = tail_of(reading.elements)
    return Meaning(tail, SOUNDS_ALIKE, MatchStage.FUZZY, letters, 1) if letters else Meaning(tail)


def _corrected(one: Meant, read: Meaning, reading: Reading, middle: Span, book: MatchBook) -> Meaning | None:
    """What the row says if one slip is read out of its places."""
    like = places_like(reading, middle, one.key, book)
    if like is None:
        return None
    places, points, reason = like
    tail = with_places(read.tail, places)
    return Meaning(tail, read.cost + points, MatchStage.FUZZY, (*read.reasons, reason), read.slips + 1)


def _read_as(gathered: Gathered, ask: MatchAsk, one: Meant, read: Meaning, book: MatchBook) -> bool:
    """Whether anybody ever held the text as read, or the house where only a floor or room is not on record."""
    held = book.exact.get((one.key, read.tail), [])
    if not held and read.tail.inside and _is_whole_house(one, read.tail, book):
        read = replace(
            read,
            tail=Tail(read.tail.places, read.tail.number, ()),
            cost=read.cost + 4.0,
            stage=read.stage or MatchStage.ELEMENTS,
            reasons=(*read.reasons, _WHOLE_HOUSE),
        )
        held = book.exact.get((one.key, read.tail), [])
    if held:
        _exact(gathered, ask, one, read, held, book)
    return bool(held)


def _is_whole_house(one: Meant, tail: Tail, book: MatchBook) -> bool:
    """Whether only a floor or a room is named, and no part of the house is, or ever was, an address of its own."""
    held = book.doors.get((one.key, tail.number or NO_NUMBER), ())
    return all(part.endswith(_IN_HOUSE) for part in tail.inside) and not any(
        h.tail.inside for h in held if h.tail.places == tail.places
    )


def _is_of_another_time(ask: MatchAsk, meant: list[Meant], tail: Tail, book: MatchBook) -> bool:
    """Whether a village of this name had ended before anybody on record held the text, and no day tells which one."""
    edges = [e for one in meant for e in book.edges.get((SuccessionOf.DIVISION, one.key), ())]
    held = [h for one in meant for h in book.exact.get((one.key, tail), ())] if edges else []
    if not held or (ask.on and any(h.holds(ask.on) for h in held)):
        return False
    began = min(h.start or date.min for h in held)
    return any(edge.on <= began for edge in edges)


def _exact(
    gathered: Gathered, ask: MatchAsk, one: Meant, read: Meaning, held: list[Held], book: MatchBook
) -> None:
    then = [h for h in held if h.holds(ask.on)] if ask.on else []
    for h in then or held:
        became = carried(book, h)
        if became.is_ended:
            gathered.doubts.append(Reason("holder-ended", "此文本曾属已注销而无后继的地址"))
        is_now = h.source is TextSource.STANDARD and h.holds(book.today) and became.today == {h.address_id}
        stage = MatchStage.EXACT if is_now else MatchStage.LINEAGE
        is_over = h.source is TextSource.RECORDED and not h.holds(ask.on or book.today)
        words = "与现行标准地址一致" if is_now else _told(h, is_over)
        reasons = [Reason(stage.value, words), *read.reasons, *one.reasons]
        score = (100.0 if is_now else 98.0) - one.cost - read.cost
        # Two slips in one text are too many.
        is_sure = read.slips + one.is_slip <= 1 and not is_over
        on = MatchStage.FUZZY if one.cost else read.stage or stage
        for address in became.today:
            gathered.add(address, score, on, reasons, sure=is_sure)


def _told(held: Held, is_over: bool) -> str:
    """How an address is known by a text that is not its standard text today."""
    if held.source is TextSource.RECORDED:
        return _ENDED if is_over else _CALLED
    return _CARRIED if held.is_carried else _ONCE


def _after(gathered: Gathered, one: Meant, tail: Tail, book: MatchBook) -> None:
    """The same tail in what became of the village."""
    for village in villages_after(book, one.key, tail):
        for h in book.exact.get((village.key, tail), ()):
            if h.end is not None and h.end <= village.since:
                continue
            name = book.gazetteer.name_of.get(village.key, village.key)
            words = f"原村并入“{name}”，" + (
                "组由批文或地名沿革确定" if village.is_sure else "同号不一定同户"
            )
            reasons = [Reason("village-became", words), *one.reasons]
            # Who took the number later did not bring it along from the former village.
            sure = village.is_sure and (h.start is None or h.start <= village.since)
            score = (94.0 if sure else 75.0) - one.cost
            for address in carried(book, h).today:
                gathered.add(address, score, MatchStage.LINEAGE, reasons, sure=sure)


def _by_elements(gathered: Gathered, one: Meant, reading: Reading, tail: Tail, book: MatchBook) -> None:
    """Doors of the number whose places are nearly those of the row."""
    if tail.number is None:
        return
    for h in book.doors.get((one.key, tail.number), [])[:_MOST_HELD]:
        if h.tail.inside and h.tail.inside != tail.inside:
            continue
        judged = _places(reading, tail.places, h.tail.places, one, book)
        if judged is None:
            continue
        points, sure, reason = judged
        if h.tail.inside != tail.inside:
            points, sure, reason = points + 16.0, False, _WHOLE_HOUSE
        stage = MatchStage.FUZZY if points or one.cost else MatchStage.ELEMENTS
        for address in carried(book, h).today:
            gathered.add(address, 96.0 - points - one.cost, stage, [reason, *one.reasons], sure=sure)


def _dash(gathered: Gathered, one: Meant, tail: Tail, book: MatchBook) -> None:
    """12-18号 right behind the village may be 18号 of 12组; never sure."""
    if tail.places or tail.number is None or not tail.number[1]:
        return
    group, door = tail.number
    reason = Reason("dash-may-be-group", f"“{group}-{door}”也可能是{group}组{door}号")
    for h in book.exact.get((one.key, Tail((f"{group}组",), (door, 0), tail.inside)), ()):
        for address in carried(book, h).today:
            gathered.add(address, 84.0 - one.cost, MatchStage.ELEMENTS, [reason, *one.reasons], sure=False)


def _places(
    reading: Reading, written: tuple[str, ...], known: tuple[str, ...], one: Meant, book: MatchBook
) -> tuple[float, bool, Reason] | None:
    """What reading the places of an address for those written costs; None where they are others."""
    if len(written) == len(known):
        costs = [0.0 if a == b else _slip(reading, a, b, book) for a, b in zip(written, known, strict=True)]
        if any(c is None for c in costs):
            return None
        total = sum(c for c in costs if c)
        different = "、".join(f"“{a}”与“{b}”" for a, b in zip(written, known, strict=True) if a != b)
        sure = total <= SOUNDS_ALIKE and not _has_rival(written, known, one, book)
        return total, sure, Reason("place-like", f"{different}相近")
    if set(known) < set(written):
        extra = [name for name in written if name not in known]
        keys = {e.value: e.keys for e in reading.elements}
        sure = all(any(one.key in book.gazetteer.above(k) for k in keys.get(name, ())) for name in extra)
        words = f"标准地址没有“{'、'.join(extra)}”"
        return (4.0 if sure else 16.0), sure and bool(known), Reason("place-extra", words)
    if set(written) < set(known):
        missing = "、".join(name for name in known if name not in written)
        return 16.0, False, Reason("place-missing", f"未写“{missing}”")
    return None


def _has_rival(written: tuple[str, ...], known: tuple[str, ...], one: Meant, book: MatchBook) -> bool:
    """Whether other places of the village are as near to what is written."""
    if written == known:
        return False
    return any(
        len(other) == len(written)
        and other != known
        and all(a == b or one_edit_apart(a, b) for a, b in zip(written, other, strict=True))
        for other in book.known_places.get(one.key, ())
    )


def _slip(reading: Reading, written: str, known: str, book: MatchBook) -> float | None:
    """Names on record are no slips of each other."""
    element = next((e for e in reading.elements if e.value == written), None)
    if element is None or element.keys or element.number:
        return None
    return cost(written, known, book.characters)
