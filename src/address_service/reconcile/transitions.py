"""What the change feed says of addresses, told as approved changes: each before and after, and who followed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from address_service.model.addresses import EventKind
from address_service.reconcile.change_set import ApprovedChange, MoveKind


@dataclass(frozen=True, slots=True)
class InForce:
    """An address in force: its text, and the number (main, sub) of its door."""

    text: str
    number: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Transition:
    """A change of the feed: what an address was ``before`` and is ``after``; None where it is not in force.

    ``moment`` is when it became known, one for all that an act wrote. ``event_id`` is None where a version was
    withdrawn and nothing took its place.
    """

    seq: int
    moment: datetime
    address_id: UUID
    event_id: UUID | None
    kind: EventKind | None
    decree: str
    effective_on: date
    before: InForce | None
    after: InForce | None


@dataclass(frozen=True, slots=True)
class Descent:
    """Of an event: who came after whom, and what both read right after; ``is_part`` where others came, too."""

    event_id: UUID
    predecessor: UUID
    successor: UUID
    is_part: bool
    predecessor_text: str | None
    successor_text: str | None


@dataclass(frozen=True, slots=True)
class Share:
    """Where a household of a divided address went; ``heir_id`` None: nowhere yet, ``household_no`` None: nameless."""

    address_id: UUID
    household_no: str | None
    heir_id: UUID | None
    heir_text: str | None = None
    """What it read where the household came to, if that is no part itself but a room behind one."""


@dataclass(frozen=True, slots=True)
class Division:
    """A divided address: its parts by what they read (None: no longer in force), and its own text, None if it ended.

    ``event_id`` None: divided by an event told of before. An address that ended without successor is one without parts,
    of ``kind`` retire: its households may be registered by now where its door went.
    """

    seq: int
    address_id: UUID
    old_text: str | None
    text: str | None
    decree: str
    effective_on: date
    heirs: Mapping[UUID, str | None]
    event_id: UUID | None = None
    kind: MoveKind = MoveKind.SPLIT


def act_numbers(transitions: Iterable[Transition]) -> dict[datetime, int]:
    """A number for each moment, in their order; that of its last change wherever positions came in order."""
    last: dict[datetime, int] = {}
    for one in transitions:
        last[one.moment] = max(one.seq, last.get(one.moment, 0))
    number = 0
    for moment in sorted(last):
        number = last[moment] = max(number + 1, last[moment])
    return last


def divisions_of(transitions: Sequence[Transition], descents: Iterable[Descent]) -> list[Division]:
    """The addresses that events of the feed divided, those that go on beside their parts among them."""
    heads = {one.event_id: one for one in transitions if one.event_id is not None}
    ended = {(one.event_id, one.address_id): one for one in transitions if one.before and not one.after}
    parts: dict[tuple[UUID, UUID], list[Descent]] = defaultdict(list)
    for line in descents:
        if line.is_part and line.event_id in heads:
            parts[line.event_id, line.predecessor].append(line)
    acts = act_numbers(transitions)
    found = []
    for (event, address), lines in parts.items():
        head, end = heads[event], ended.get((event, address))
        now = None if end else lines[0].predecessor_text
        old = end.before.text if end and end.before else now
        heirs = {line.successor: line.successor_text for line in lines}
        act = acts[head.moment]
        found.append(Division(act, address, old, now, head.decree, head.effective_on, heirs, event))
    return found


def approved_changes(
    transitions: Sequence[Transition],
    descents: Sequence[Descent],
    divisions: Sequence[Division],
    shares: Iterable[Share],
) -> list[ApprovedChange]:
    """All changes, those of one moment under one ``seq``; ``divisions`` from the feed or left open by earlier packages.

    Of a divided address the households go where they are registered; what cannot be told is left to be held back.
    """
    acts = act_numbers(transitions)
    divided = {(one.address_id, one.seq) for one in divisions}
    whole = {(one.event_id, one.predecessor): one for one in descents if not one.is_part}
    found = []
    for one in transitions:
        change = _change(
            one, acts[one.moment], whole.get((one.event_id, one.address_id)) if one.event_id else None
        )
        if change is not None and (
            change.new_text is not None or (one.address_id, change.seq) not in divided
        ):
            found.append(change)
    by_address: dict[UUID, list[Share]] = defaultdict(list)
    for share in shares:
        by_address[share.address_id].append(share)
    for division in divisions:
        found += _divided(division, by_address[division.address_id])
    return found


def _change(one: Transition, act: int, line: Descent | None) -> ApprovedChange | None:
    old, new = (state.text if state else None for state in (one.before, one.after))
    if old == new:
        return None
    kind, heir = _kind(one), None
    if line is not None and new is None:
        kind = MoveKind.REPLACE if one.kind is EventKind.RECODE else MoveKind.MERGE
        new, heir = line.successor_text, line.successor
    return ApprovedChange(act, kind, one.address_id, old, new, one.decree, one.effective_on, heir)


def _kind(one: Transition) -> MoveKind:
    if one.before is None:
        return MoveKind.CREATE
    if one.after is None:
        return MoveKind.RETIRE
    if one.kind is EventKind.CORRECT:
        return MoveKind.CORRECT
    return MoveKind.RENAME if one.before.number == one.after.number else MoveKind.RENUMBER


def _divided(division: Division, shares: Sequence[Share]) -> Iterator[ApprovedChange]:
    """Each household by its number where all are placed and have one; else the parts without a household, to be held.

    Whoever is not known here stays where an address goes on, and makes the close of an ended one a question.
    """
    if is_open(division, shares) and division.kind is MoveKind.RETIRE:
        yield replace(_split(division, division.address_id, None, None), kind=MoveKind.RETIRE, is_open=True)
        return
    if is_open(division, shares):
        parts = {**division.heirs, division.address_id: division.text}
        yield from (_split(division, heir, text, None) for heir, text in parts.items())
        return
    gone = [(share.heir_id, share) for share in shares if share.heir_id is not None]
    if gone or division.text is None:
        for heir, share in gone:
            yield _split(division, heir, _text_of(share, division), share.household_no)
        yield replace(_split(division, division.address_id, division.text, None), kind=division.kind)


def is_open(division: Division, shares: Iterable[Share]) -> bool:
    """Whether a household of a divided address is not placed yet, or has no number to name it by."""
    for share in shares:
        if share.address_id != division.address_id:
            continue
        if share.heir_id is None and division.text is None:
            return True
        if share.heir_id is not None and not (share.household_no and _text_of(share, division)):
            return True
    return False


def _text_of(share: Share, division: Division) -> str | None:
    """What the address reads that a household came to; None where the feed does not have it yet."""
    return share.heir_text or (division.heirs.get(share.heir_id) if share.heir_id else None)


def _split(division: Division, heir: UUID, text: str | None, household: str | None) -> ApprovedChange:
    return ApprovedChange(
        division.seq, MoveKind.SPLIT, division.address_id, division.old_text, text, division.decree,
        division.effective_on, heir, household,
    )  # fmt: skip
