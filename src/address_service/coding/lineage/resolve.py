"""One identity carried from a day to another: what it became or was, with the chain of steps, and what was torn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any
from uuid import UUID

from address_service.coding.lineage.graph import Edge, Happening, Reach, follow


def within(start: date | None, end: date | None, on: date) -> bool:
    """Whether a day lies from one day (None: ever) to before another (None: still)."""
    return (start is None or start <= on) and (end is None or on < end)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A dated version in force: what an identity read from a day (None: ever) to before another (None: still)."""

    key: UUID
    text: str
    start: date | None
    end: date | None
    event: Happening | None = None

    def holds(self, on: date) -> bool:
        """Whether a day lies in it."""
        return within(self.start, self.end, on)

    def last_day_until(self, to: date) -> date:
        """The day to follow it from where no day is asked: ``to`` if it holds then, else its day nearest to that."""
        if self.end is not None and self.end <= to:
            return date.fromordinal(max(self.end.toordinal() - 1, 1))
        if self.start is not None and self.start > to:
            return self.start
        return to


@dataclass(frozen=True, slots=True)
class Step:
    """One piece of evidence: an edge between two identities, or another text of the same one."""

    kind: str
    on: date
    decree_no: str | None
    note: str
    before: UUID
    after: UUID
    share: str = "whole"
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Carried:
    """What an identity is on another day.

    ``there`` are the stretches that hold then, of one identity each; ``ended`` identities at which the line ends
    without a successor; more than one of ``there`` is `ambiguous`.
    """

    there: tuple[Stretch, ...]
    ended: tuple[UUID, ...]
    steps: tuple[Step, ...]
    cut: bool = False

    @property
    def ambiguous(self) -> bool:
        """Whether it cannot be told which one is meant."""
        return len(self.there) > 1 or self.cut


def carry(
    history: Mapping[UUID, Sequence[Stretch]],
    edges: Sequence[Edge],
    key: UUID,
    on: date,
    to: date,
    group: str = "",
) -> Carried:
    """Carry an identity as it was ``on`` a day ``to`` another, later or earlier."""
    reach = follow(edges, key, on, to, group)
    there, ended = [], []
    moved = {edge.before for edge in reach.steps} if on <= to else {edge.after for edge in reach.steps}
    for one in reach.since:
        found = next((s for s in history.get(one, ()) if s.holds(to)), None)
        if found is not None and one not in reach.left:
            there.append(found)
        elif one not in moved:
            ended.append(one)
    return Carried(tuple(there), tuple(ended), _evidence(history, reach, on, to), reach.cut)


def _evidence(
    history: Mapping[UUID, Sequence[Stretch]], reach: Reach, on: date, to: date
) -> tuple[Step, ...]:
    steps = [_step(edge.event, edge.before, edge.after, edge.share, edge.groups) for edge in reach.steps]
    early, late = min(on, to), max(on, to)
    for key, since in reach.since.items():
        low, high = (since, late) if on <= to else (early, since)
        texts = sorted(history.get(key, ()), key=lambda s: s.start or date.min)
        for was, now in pairwise(texts):
            if was.text != now.text and now.event and now.start and low < now.start <= high:
                steps.append(
                    _step(Happening(now.event.kind, now.start, now.event.decree_no, now.event.note), key, key)
                )
    return tuple(sorted(steps, key=lambda step: step.on, reverse=on > to))


def _step(event: Happening, before: UUID, after: UUID, *more: Any) -> Step:
    return Step(event.kind, event.on, event.decree_no, event.note, before, after, *more)
