"""Use-case: resolve an address of some day, by text or code, to what it is on another (沿革查询)."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from address_service.coding.grammar import Gazetteer, read_address
from address_service.coding.lineage.resolve import Stretch, carry
from address_service.coding.lineage.rewriting import rewritten
from address_service.coding.lineage.spelling import read_text, spellings, stands_before
from address_service.errors import InvalidInput, NotFound
from address_service.services.lineage_answer import (
    ON_PAPER,
    Answer,
    Held,
    Line,
    Outcome,
    carry_addresses,
    settle,
)
from address_service.services.resolve_by_village import villages_of
from address_service.store.lineage import Holding, LineageReader
from address_service.store.work import Work


def resolve_text(work: Work, words: str, on: date | None, to: date) -> Answer:
    """What a text of a day is on another; without a day all that ever held it are followed.

    The text is exact but for spelling and heads. Where an act was dated back, the papers from between its day and the
    day on which it became known have the old text, which means its old holder, whoever holds it by now. A text that
    nobody held is tried under what became of its village.
    Raises InvalidInput `text-empty`, `text-too-wide`.
    """
    reader = LineageReader(work.conn, work.county_code)
    heads = reader.heads()
    asked = read_text(words, heads)
    found = [h for h in reader.holdings(spellings(asked.tail)) if stands_before(h.rest, asked.town, heads)]
    holders = _joined(Held(h.address_id, h.text, h.source, h.start, h.end, h.code) for h in found)
    then = [held for held in holders if on is None or _stretch(held).holds(on)]
    elsewhen = [held for held in holders if held not in then]
    meant = then if on is None else [*then, *_on_paper(reader, found, then, on)]
    if meant:
        return settle(reader, _lines(reader, meant, on, to), on, to, elsewhen)
    lines, villages = villages_of(reader, asked, heads, on, to)
    return settle(reader, lines, on, to, elsewhen, villages)


def resolve_reading(
    work: Work, words: str, on: date | None, to: date, names: Callable[[], Gazetteer]
) -> tuple[Answer, str | None]:
    """As `resolve_text`; only a text that nobody ever held as it stands is read, and tried as the register spells it.

    Gives the spelling that was found beside its answer, None for the text itself.
    """
    exact = resolve_text(work, words, on, to)
    if exact.lines or exact.elsewhen:
        return exact, None
    gazetteer = names()
    best: tuple[Answer, str | None] = exact, None
    for spelt in rewritten(read_address(words, gazetteer), gazetteer):
        try:
            found = resolve_text(work, spelt, on, to)
        except InvalidInput:
            continue
        if found.lines or found.elsewhen:
            return found, spelt
        if best[0].outcome is Outcome.UNKNOWN and found.outcome is not Outcome.UNKNOWN:
            best = found, spelt
    return best


def resolve_code(work: Work, code: str, on: date | None, to: date) -> Answer:
    """What the address of a code is on another day, by its successors or predecessors.

    Without a day it is followed from its last day in force. Raises NotFound `address-not-found`.
    """
    reader = LineageReader(work.conn, work.county_code)
    key = reader.id_of_code(code)
    if key is None:
        raise NotFound(f"没有地址编码 {code}", code="address-not-found")
    stretches = reader.address_stretches([key]).get(key, [])
    then = [s for s in stretches if on is None or s.holds(on)][-1:]
    held = [Held(s.key, s.text, "standard", s.start, s.end, code) for s in then]
    elsewhen = [Held(s.key, s.text, "standard", s.start, s.end, code) for s in stretches if s not in then]
    return settle(reader, _lines(reader, held, on, to), on, to, elsewhen)


def _on_paper(
    reader: LineageReader, found: Iterable[Holding], then: Collection[Held], on: date
) -> list[Held]:
    """Addresses that do not hold the text on a day, as is known by now, but did by what was known before.

    Beside one that holds it for sure only such as the register itself named on that very day.
    """
    sure = {held.address_id for held in then}
    over = {(h.address_id, h.text): h for h in found if h.end is not None and h.end <= on}
    keys = {address_id for address_id, _ in over} - sure
    beliefs = reader.read_until(keys, on) if keys else []
    return [
        Held(one.address_id, one.text, ON_PAPER, last.end, one.known_on, last.code)
        for one in beliefs
        if (last := over.get((one.address_id, one.text))) is not None and (one.is_of_then or not then)
    ]


def _lines(reader: LineageReader, holders: list[Held], on: date | None, to: date) -> list[Line]:
    on_paper = {held.address_id: held for held in holders if held.source == ON_PAPER}
    history = reader.address_stretches(on_paper) if on_paper else {}
    days: dict[UUID, date] = {}
    for held in holders:
        stretches = history.get(held.address_id, ())
        day = _day_in_force(stretches, on) if on is not None else _stretch(held).last_day_until(to)
        days[held.address_id] = max(day, days.get(held.address_id, day))
    carried = carry_addresses(reader, days, to)
    for key, held in on_paper.items():
        if held.start is not None:
            turn = carry(history, (), key, held.start - timedelta(1), days[key]).steps
            carried[key] = replace(carried[key], steps=(*turn, *carried[key].steps))
    return [Line(held, carried[held.address_id]) for held in holders]


def _day_in_force(stretches: Collection[Stretch], on: date) -> date:
    """The day asked, or where the address had ended by then as is known by now, the last day that it was in force."""
    if not stretches or any(stretch.holds(on) for stretch in stretches):
        return on
    return max(s.last_day_until(on) for s in stretches if s.end is not None and s.end <= on)


def _stretch(held: Held) -> Stretch:
    return Stretch(held.address_id, held.text, held.start, held.end)


def _joined(holders: Iterable[Held]) -> list[Held]:
    """Stretches of one address that touch are one; an alias inside the time of the standard text says nothing more."""
    joined: list[Held] = []
    for held in sorted(holders, key=_by_address):
        last = joined[-1] if joined else None
        same = last is not None and (last.address_id, last.source) == (held.address_id, held.source)
        if last is not None and same and last.end is not None and (held.start or date.min) <= last.end:
            joined[-1] = replace(held, start=last.start, end=_later(last.end, held.end))
        else:
            joined.append(held)
    plain = [held for held in joined if held.source == "standard"]
    kept = [h for h in joined if h.source == "standard" or not any(_covers(p, h) for p in plain)]
    return sorted(kept, key=lambda h: (h.start or date.min, h.end or date.max, str(h.address_id)))


def _by_address(held: Held) -> tuple[str, str, date, date]:
    return str(held.address_id), held.source, held.start or date.min, held.end or date.max


def _later(one: date | None, other: date | None) -> date | None:
    return None if one is None or other is None else max(one, other)


def _covers(outer: Held, inner: Held) -> bool:
    return (
        outer.address_id == inner.address_id
        and (outer.start or date.min) <= (inner.start or date.min)
        and (inner.end or date.max) <= (outer.end or date.max)
    )
