"""Candidates for a row: by exact tail, by lineage, by elements and by slips of the pen, each with its evidence."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from address_service.coding.grammar.elements import Element, Reading, Reason
from address_service.coding.grammar.elements import ElementKind as K
from address_service.coding.grammar.folding import fold_name
from address_service.coding.matching.book import Held, MatchBook, Tail, literal_rest, tail_of
from address_service.coding.matching.likeness import SOUNDS_ALIKE, cost, one_edit_apart
from address_service.coding.matching.lineage import carried, villages_after
from address_service.coding.matching.types import MatchAsk, MatchStage, SuccessionOf, TextSource

UNSURE = "village-one-of-several"
_MOST_VILLAGES = 12
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
    on record as it is, though the grammar does not understand it whole."""

    found: dict[str, Found] = field(default_factory=dict)
    is_literal: bool = False
    doubts: list[Reason] = field(default_factory=list)

    def add(
        self, address_id: str, score: float, stage: MatchStage, reasons: list[Reason], *, sure: bool
    ) -> None:
        """Keep the better evidence for an address."""
        known = self.found.get(address_id)
        if known is None or (sure, score) > (known.is_sure, known.score):
            self.found[address_id] = Found(score, stage, reasons, sure)


@dataclass(frozen=True, slots=True)
class Meant:
    """A village that a row may name, what reading it so costs, and why."""

    key: str
    cost: float = 0.0
    reasons: tuple[Reason, ...] = ()


def villages_meant(ask: MatchAsk, reading: Reading, book: MatchBook) -> list[Meant]:
    """The villages that a row may name: by name, by the day, by the home of the file, by a slip of the pen."""
    village = reading.first(K.VILLAGE)
    if village is None:
        return _without_village(ask, reading, book)
    if village.keys:
        return [Meant(key) for key in _at_home(ask, reading, _on_day(ask, village, book), book)]
    return _misspelt(ask, reading, village, book)


def gather(ask: MatchAsk, reading: Reading, meant: Iterable[Meant], book: MatchBook) -> Gathered:
    """All candidates of today for the villages that a row may name."""
    gathered, tail = Gathered(), tail_of(reading.elements)
    rest, meant = literal_rest(reading), list(meant)[:_MOST_VILLAGES]
    for one in meant if rest else ():
        if held := book.literal.get((one.key, rest)):
            gathered.is_literal = True
            _exact(gathered, ask, one, held, book)
    if tail.number is None or gathered.is_literal:
        return gathered
    if _is_of_another_time(ask, meant, tail, book):
        gathered.doubts.append(Reason("several-candidates", "同名的村此前已撤并，同样的文本当时可能另有所指"))
    for one in meant:
        held = book.exact.get((one.key, tail), [])
        if held:
            _exact(gathered, ask, one, held, book)
            continue
        _after(gathered, one, tail, book)
        _by_elements(gathered, one, reading, tail, book)
        _dash(gathered, one, tail, book)
    return gathered


def _is_of_another_time(ask: MatchAsk, meant: list[Meant], tail: Tail, book: MatchBook) -> bool:
    """Whether a village of this name had ended before anybody on record held the text, and no day tells which one."""
    held = [h for one in meant for h in book.exact.get((one.key, tail), ())]
    if not held or (ask.on and any(h.holds(ask.on) for h in held)):
        return False
    began = min(h.start or date.min for h in held)
    edges = [e for one in meant for e in book.edges.get((SuccessionOf.DIVISION, one.key), ())]
    return any(edge.on <= began for edge in edges)


def _exact(gathered: Gathered, ask: MatchAsk, one: Meant, held: list[Held], book: MatchBook) -> None:
    then = [h for h in held if h.holds(ask.on)] if ask.on else []
    for h in then or held:
        became = carried(book, h)
        if became.is_ended:
            gathered.doubts.append(Reason("holder-ended", "此文本曾属已注销而无后继的地址"))
        is_now = h.source is TextSource.STANDARD and h.holds(book.today) and became.today == {h.address_id}
        stage = MatchStage.EXACT if is_now else MatchStage.LINEAGE
        words = "与现行标准地址一致" if is_now else "曾是此地址的文本或别名，经沿革到今天"
        reasons = [Reason(stage.value, words), *one.reasons]
        score = (100.0 if is_now else 98.0) - one.cost
        for address in became.today:
            gathered.add(address, score, MatchStage.FUZZY if one.cost else stage, reasons, sure=True)


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
            is_floor = all(one.endswith("层") for one in tail.inside)
            points, sure = (points + 4.0, sure) if is_floor else (points + 16.0, False)
            reason = Reason("room-not-on-record", "楼、单元或室不在标准地址里，只有门")
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
        costs = [0.0 if a == b else _slip(reading, a, b) for a, b in zip(written, known, strict=True)]
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


def _slip(reading: Reading, written: str, known: str) -> float | None:
    """Names on record are no slips of each other."""
    element = next((e for e in reading.elements if e.value == written), None)
    if element is None or element.keys or element.number:
        return None
    return cost(written, known)


def _without_village(ask: MatchAsk, reading: Reading, book: MatchBook) -> list[Meant]:
    places = [e for e in reading.elements if e.keys and e.kind in (K.STREET, K.DISTRICT, K.HAMLET, K.GROUP)]
    town = reading.first(K.TOWN)
    keys = {a for e in places for key in e.keys for a in book.gazetteer.above(key)}
    villages = [key for key in sorted(keys) if book.gazetteer.kind_of.get(key) is K.VILLAGE]
    if villages and (town is not None or ask.home):
        wanted = town.keys if town else ask.home
        inside = [v for v in villages if not book.gazetteer.above(v).isdisjoint(wanted)]
        implied = Reason("village-implied", "未写村，由地名推出")
        # The other place of that name may have a house of that number which nobody recorded.
        several = any(
            sum(not book.gazetteer.above(key).isdisjoint(wanted) for key in place.keys) > 1
            for place in places
        )
        doubt = (Reason(UNSURE, "同名的地方不止一处"),) if several else ()
        return [Meant(v, 2.0, (implied, *doubt)) for v in inside]
    home = [key for key in ask.home if book.gazetteer.kind_of.get(key) is K.VILLAGE]
    direct = [Meant(key) for key in (town.keys if town else ())]
    return [*direct, *(Meant(key, 2.0, (Reason("village-of-home", "未写村，按名册所属村"),)) for key in home)]


def _on_day(ask: MatchAsk, village: Element, book: MatchBook) -> tuple[str, ...]:
    """Of several villages of one name those that had it on the day."""
    if ask.on is None or len(village.keys) < 2:
        return village.keys
    entries = book.gazetteer.entries(fold_name(village.text))
    then = {e.key for e in entries if e.holds(ask.on)}
    return tuple(key for key in village.keys if key in then) or village.keys


def _at_home(ask: MatchAsk, reading: Reading, keys: tuple[str, ...], book: MatchBook) -> tuple[str, ...]:
    if reading.first(K.TOWN) is not None or not ask.home or len(keys) < 2:
        return keys
    return tuple(k for k in keys if not book.gazetteer.above(k).isdisjoint(ask.home)) or keys


def _misspelt(ask: MatchAsk, reading: Reading, village: Element, book: MatchBook) -> list[Meant]:
    town = reading.first(K.TOWN)
    wanted = set(town.keys if town else ask.home)
    best: dict[str, float] = {}
    rivals = set()
    for name, key in book.villages:
        if wanted and book.gazetteer.above(key).isdisjoint(wanted):
            continue
        if one_edit_apart(village.value, name):
            rivals.add(key)
        points = cost(village.value, name)
        if points is not None:
            best[key] = min(points, best.get(key, points))
    name_of = book.gazetteer.name_of
    return [
        Meant(key, points, _like(village, name_of[key], [name_of[r] for r in sorted(rivals - {key})]))
        for key, points in sorted(best.items(), key=lambda pair: pair[1])
    ]


def _like(village: Element, name: str, rivals: list[str]) -> tuple[Reason, ...]:
    """One village that is as near is enough not to be sure: which slip was made is not known."""
    like = Reason("village-like", f"“{village.text}”与“{name}”相近，未登记为别名")
    if not rivals:
        return (like,)
    return like, Reason(UNSURE, f"也可能是“{'、'.join(rivals[:3])}”之误")
