"""What a question about lineage is answered with: lines from holders to what they are on another day."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from address_service.coding.lineage.resolve import Carried, Step, carry, within
from address_service.model.addresses import Subject
from address_service.store.lineage import AddressFacts, LineageReader

ON_PAPER = "on_paper"
"""The source of a text that had ended already, as became known later: papers of the time between have it."""


class Outcome(StrEnum):
    """How far a question could be answered."""

    RESOLVED = "resolved"
    AMBIGUOUS = "ambiguous"
    GONE = "gone"
    VILLAGE = "village"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Held:
    """An address that had the text for a while, and how it is known: ``standard``, the kind of an alias, `ON_PAPER`."""

    address_id: UUID
    text: str
    source: str
    start: date | None
    end: date | None
    code: str


@dataclass(frozen=True, slots=True)
class Line:
    """One holder carried to the other day; ``via`` steps of its village walked before, ``doubts`` why it is unsure."""

    held: Held
    carried: Carried
    via: tuple[Step, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VillageFate:
    """What a village of the name asked for is on the other day."""

    division_id: UUID
    name: str
    start: date | None
    end: date | None
    became: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of a resolution.

    ``targets`` are all addresses that may be meant, ``holds_then`` those that hold the very text on the other day,
    ``elsewhen`` holders on other days than the one asked, ``doubts`` why it is ambiguous; ``codes`` name all addresses.
    """

    outcome: Outcome
    on: date | None
    to: date
    lines: tuple[Line, ...] = ()
    targets: tuple[AddressFacts, ...] = ()
    holds_then: tuple[AddressFacts, ...] = ()
    elsewhen: tuple[Held, ...] = ()
    villages: tuple[VillageFate, ...] = ()
    doubts: tuple[str, ...] = ()
    codes: dict[UUID, str] | None = None


def carry_addresses(reader: LineageReader, days: dict[UUID, date], to: date) -> dict[UUID, Carried]:
    """Carry each address from its day to another."""
    edges = {
        back: reader.edges(Subject.ADDRESS, keys, back=back)
        for back in (False, True)
        if (keys := [key for key, on in days.items() if (on > to) is back])
    }
    ends = {end for some in edges.values() for edge in some.read for end in (edge.before, edge.after)}
    history = reader.address_stretches({*days} | ends)
    found = {key: carry(history, edges[on > to].read, key, on, to) for key, on in days.items()}
    return {key: replace(one, cut=one.cut or edges[days[key] > to].cut) for key, one in found.items()}


def settle(
    reader: LineageReader,
    lines: Collection[Line],
    on: date | None,
    to: date,
    elsewhen: Collection[Held] = (),
    villages: Collection[VillageFate] = (),
) -> Answer:
    """Say how far the lines lead: one address for sure, several, none any more."""
    there = {stretch.key for line in lines for stretch in line.carried.there}
    holding = {h.address_id for h in (*(line.held for line in lines), *elsewhen) if _holds(h, to)}
    facts = reader.facts(there | holding, to)
    targets = tuple(facts[key] for key in facts if key in there)
    doubts = _doubts(lines, len(targets))
    return Answer(
        _outcome(lines, targets, doubts, villages, to),
        on,
        to,
        tuple(lines),
        targets,
        tuple(facts[key] for key in facts if key in holding),
        tuple(elsewhen),
        tuple(villages),
        doubts,
        _codes(reader, lines, elsewhen, facts),
    )


def _codes(
    reader: LineageReader,
    lines: Collection[Line],
    elsewhen: Collection[Held],
    facts: Mapping[UUID, AddressFacts],
) -> dict[UUID, str]:
    known = {key: one.code for key, one in facts.items()}
    known |= {held.address_id: held.code for held in (*(line.held for line in lines), *elsewhen)}
    steps = {key for line in lines for step in line.carried.steps for key in (step.before, step.after)}
    unknown = (steps | {key for line in lines for key in line.carried.ended}) - set(known)
    return known | (reader.codes(unknown) if unknown else {})


def _holds(held: Held, on: date) -> bool:
    return held.source == "standard" and within(held.start, held.end, on)


def _doubts(lines: Collection[Line], targets: int) -> tuple[str, ...]:
    found = {doubt for line in lines for doubt in line.doubts}
    if any(len(line.carried.there) > 1 for line in lines):
        found.add("address-split")
    if any(line.carried.cut for line in lines):
        found.add("too-many")
    if targets > 1 and len({line.held.address_id for line in lines}) > 1:
        found.add("several-holders")
    return tuple(sorted(found))


def _outcome(
    lines: Collection[Line],
    targets: Collection[AddressFacts],
    doubts: Collection[str],
    villages: Collection[VillageFate],
    to: date,
) -> Outcome:
    if targets:
        return Outcome.AMBIGUOUS if doubts or len(targets) > 1 else Outcome.RESOLVED
    if any(line.held.start is None or line.held.start <= to for line in lines):
        return Outcome.GONE
    return Outcome.VILLAGE if villages else Outcome.UNKNOWN
