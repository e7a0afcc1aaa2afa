"""Successor edges over time: who came of whom, forward and backward, each edge only from its day on."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from heapq import heappop, heappush
from typing import Literal
from uuid import UUID

from address_service.errors import Conflict

MOST_REACHED = 500
"""So many identities are visited at most; an answer cut here says so."""

Share = Literal["whole", "part"]


@dataclass(frozen=True, slots=True)
class Happening:
    """What happened: kind of the event, first day of the new state, decree and note."""

    kind: str
    on: date
    decree_no: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """The predecessor went into the successor on a day; ``groups`` are those that went this way, empty if unknown."""

    before: UUID
    after: UUID
    event: Happening
    share: Share = "whole"
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reach:
    """Identities reached from one, and how.

    ``since`` says for each the day on which it was reached (forward: the first, backward: the last day it could be
    asked about), ``steps`` the edges walked in order of walking, ``left`` identities that the asked group certainly
    left, ``cut`` whether the walk was ended by `MOST_REACHED`.
    """

    since: Mapping[UUID, date]
    steps: tuple[Edge, ...]
    left: frozenset[UUID] = frozenset()
    cut: bool = False


@dataclass(slots=True)
class _Walk:
    since: dict[UUID, date]
    steps: list[Edge] = field(default_factory=list)
    left: set[UUID] = field(default_factory=set)
    cut: bool = False


def follow(edges: Iterable[Edge], start: UUID, on: date, to: date, group: str = "") -> Reach:
    """Walk from an identity as it was on a day to another day, later or earlier.

    An edge of a day counts from that day on: asked on that very day the new state holds already. ``group`` keeps to the
    edges that name the group where a division was parted by groups; one of another division may be called otherwise
    by then (3组, 沙坪片区3组), so an edge that names it so is walked as well, and nothing is said to have left.
    """
    walk = _Walk({start: on})
    if on < to:
        _walk(walk, _by(edges, lambda edge: edge.before), start, on + timedelta(1), to, group)
    elif to < on:
        _walk_back(walk, _by(edges, lambda edge: edge.after), start, on, to)
    return Reach(walk.since, tuple(walk.steps), frozenset(walk.left), walk.cut)


def _by(edges: Iterable[Edge], key: Callable[[Edge], UUID]) -> dict[UUID, list[Edge]]:
    sorted_by: dict[UUID, list[Edge]] = defaultdict(list)
    for edge in edges:
        sorted_by[key(edge)].append(edge)
    return sorted_by


def _walk(
    walk: _Walk, leaving: Mapping[UUID, Sequence[Edge]], start: UUID, earliest: date, to: date, group: str
) -> None:
    """Earliest arrivals first, so that no edge is missed for a later way round."""
    arrival, waiting, done, serial = {start: earliest}, [(earliest, 0, start)], set[UUID](), 0
    while waiting:
        since, _, key = heappop(waiting)
        if key in done:
            continue
        if len(done) >= MOST_REACHED:
            walk.cut = True
            return
        done.add(key)
        open_edges = [edge for edge in leaving.get(key, ()) if since <= edge.event.on <= to]
        for edge in _of_group(open_edges, group, walk, own=key == start):
            walk.steps.append(edge)
            walk.since.setdefault(edge.after, edge.event.on)
            if edge.event.on < arrival.get(edge.after, date.max):
                arrival[edge.after] = walk.since[edge.after] = edge.event.on
                serial += 1
                heappush(waiting, (edge.event.on, serial, edge.after))


def _of_group(edges: list[Edge], group: str, walk: _Walk, *, own: bool) -> list[Edge]:
    named = [edge for edge in edges if group and group in edge.groups]
    if named:
        walk.left.update(edge.before for edge in named)
        return named
    return [edge for edge in edges if not (group and edge.groups) or (not own and _may_be(group, edge))]


def _may_be(group: str, edge: Edge) -> bool:
    return any(name.endswith(group) for name in edge.groups)


def _walk_back(walk: _Walk, arriving: Mapping[UUID, Sequence[Edge]], start: UUID, on: date, to: date) -> None:
    arrival, waiting, done, serial = {start: on}, [(-on.toordinal(), 0, start)], set[UUID](), 0
    while waiting:
        _, _, key = heappop(waiting)
        if key in done:
            continue
        if len(done) >= MOST_REACHED:
            walk.cut = True
            return
        done.add(key)
        for edge in arriving.get(key, ()):
            if not to < edge.event.on <= arrival[key]:
                continue
            walk.steps.append(edge)
            last = edge.event.on - timedelta(1)
            walk.since.setdefault(edge.before, last)
            if edge.event.on > arrival.get(edge.before, date.min):
                arrival[edge.before], walk.since[edge.before] = edge.event.on, last
                serial += 1
                heappush(waiting, (-edge.event.on.toordinal(), serial, edge.before))


def refuse_cycle(known: Iterable[tuple[UUID, UUID]], added: Sequence[tuple[UUID, UUID]]) -> None:
    """Raise Conflict `succession-cycle` where an identity would come of itself, however long ago.

    Pairs are (predecessor, successor). A village that comes back is a new identity, so time is no excuse.
    """
    after: dict[UUID, set[UUID]] = defaultdict(set)
    for before, successor in (*known, *added):
        after[before].add(successor)
    for before, successor in added:
        if _reaches(after, successor, before):
            raise Conflict("沿革不能成环：后继不能又是自己的前身", code="succession-cycle")


def _reaches(after: Mapping[UUID, set[UUID]], start: UUID, goal: UUID) -> bool:
    seen, waiting = {start}, [start]
    while waiting:
        key = waiting.pop()
        if key == goal:
            return True
        fresh = after.get(key, set()) - seen
        seen |= fresh
        waiting.extend(fresh)
    return False
