"""The village part of a text carried over to what became of the village, and the rest tried there."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from address_service.coding.lineage.graph import Edge, Reach, follow
from address_service.coding.lineage.resolve import Carried, Stretch, carry, within
from address_service.coding.lineage.spelling import Asked, Head, spellings, stands_before
from address_service.coding.search_terms import normalise
from address_service.model.addresses import Subject
from address_service.services.lineage_answer import Held, Line, VillageFate, carry_addresses
from address_service.store.lineage import Holding, LineageReader, NamedDivision, prefixes

MOST_VILLAGES = 30

_GROUP = re.compile(r".{1,8}?组")


@dataclass(frozen=True, slots=True)
class _Road:
    """A village and all that came of it between two days."""

    village: NamedDivision
    rest: str
    reach: Reach
    carried: Carried
    history: dict[UUID, list[Stretch]]


def villages_of(
    reader: LineageReader, asked: Asked, heads: Sequence[Head], on: date | None, to: date
) -> tuple[list[Line], list[VillageFate]]:
    """Doors found under the villages that came of the one named, and what became of it.

    Only a renaming is sure, and only of a door that had its number on that day: where villages were joined the number
    may be another predecessor's, where one was parted without its groups being known it may have gone either way, and a
    number given out later may be of another house.
    """
    roads = [_road(reader, one, asked, on, to) for one in _named(reader, asked, on)]
    lines = [line for road in roads for line in _doors(reader, road, asked, heads, to)]
    return lines, [_fate(reader, road, to) for road in roads]


def _named(reader: LineageReader, asked: Asked, on: date | None) -> list[NamedDivision]:
    """Of two villages of one name the one of the town named; the longest name decides."""
    found = [
        one
        for one in reader.divisions_named(prefixes(asked.tail))
        if asked.town in (None, str(one.town_id)) and (on is None or within(one.start, one.end, on))
    ]
    longest = [one for one in found if len(one.name) == len(found[0].name)]
    return list({one.division_id: one for one in longest}.values())


def _road(reader: LineageReader, village: NamedDivision, asked: Asked, on: date | None, to: date) -> _Road:
    stretch = Stretch(village.division_id, village.name, village.start, village.end)
    day = on or stretch.last_day_until(to)
    key, rest = village.division_id, asked.tail[len(normalise(village.name)) :]
    found = reader.edges(Subject.DIVISION, [key], back=day > to)
    edges, group = found.read, _group(found.read, rest)
    reach = follow(edges, key, day, to, group)
    history = reader.division_stretches(reach.since)
    carried = carry(history, edges, key, day, to, group)
    return _Road(village, rest, reach, replace(carried, cut=carried.cut or found.cut), history)


def _group(edges: Iterable[Edge], rest: str) -> str:
    """The group that a text names: one that a decree lists, else what ends in 组; a list without it left it behind."""
    listed = {name for edge in edges for name in edge.groups if rest.startswith(normalise(name))}
    named = _GROUP.match(rest)
    return max(listed, key=len, default=named[0] if named else "")


def _fate(reader: LineageReader, road: _Road, to: date) -> VillageFate:
    became = reader.divisions_on([stretch.key for stretch in road.carried.there], to)
    v = road.village
    return VillageFate(
        v.division_id, v.name, v.start, v.end, tuple(sorted(became.values())), road.carried.steps
    )


def _doors(reader: LineageReader, road: _Road, asked: Asked, heads: Sequence[Head], to: date) -> list[Line]:
    if not road.rest or not any(c.isdecimal() for c in road.rest):
        return []
    reached = [key for key in road.reach.since if key not in road.reach.left][:MOST_VILLAGES]
    names = {key: {s.text for s in road.history.get(key, ())} for key in reached}
    names[road.village.division_id] = names.get(road.village.division_id, set()) - {road.village.name}
    keys = {
        spelt for some in names.values() for name in some for spelt in spellings(normalise(name) + road.rest)
    }
    found = [
        h
        for h in reader.holdings(sorted(keys))
        if h.division_id in names and stands_before(h.rest, None, heads)
    ]
    days: dict[UUID, tuple[date, Holding]] = {}
    for key in reached:
        days |= _first(key, road.reach.since[key], to, found)
    carried = carry_addresses(reader, {one: day for one, (day, _) in days.items()}, to)
    since = road.reach.since
    return [
        Line(
            Held(h.address_id, h.text, h.source, h.start, h.end, h.code),
            carried[one],
            road.carried.steps,
            _doubts(
                road, is_later=h.division_id is None or day != _asked_from(road, since[h.division_id], h)
            ),
        )
        for one, (day, h) in days.items()
    ]


def _asked_from(road: _Road, since: date, h: Holding) -> date:
    """The first day on which the village could have had the name in the text."""
    named = [
        s.start for s in road.history.get(h.division_id or road.village.division_id, ()) if s.text in h.text
    ]
    starts = [start for start in named if start is not None]
    return max(since, min(starts, default=since))


def _first(key: UUID, since: date, to: date, found: Iterable[Holding]) -> dict[UUID, tuple[date, Holding]]:
    """Who held the text in a village first after it was reached (backward: last before), until the other day."""
    near = []
    for h in found:
        low, high = max(h.start or date.min, min(since, to)), min(h.end or date.max, max(since, to))
        if h.division_id == key and low <= high and (h.end is None or low < h.end):
            near.append((low if since <= to else min(high, since), h))
    if not near:
        return {}
    best = min(day for day, _ in near) if since <= to else max(day for day, _ in near)
    return {h.address_id: (day, h) for day, h in near if day == best}


def _doubts(road: _Road, *, is_later: bool) -> tuple[str, ...]:
    doubts = {"held-later"} if is_later else set()
    if road.carried.cut:
        doubts.add("too-many")
    for edge in road.reach.steps:
        told = bool(edge.groups) and any(road.rest.startswith(normalise(name)) for name in edge.groups)
        if edge.share == "part" and not told:
            doubts.add("village-split")
        first = min((s.start or date.min for s in road.history.get(edge.after, ())), default=date.max)
        if edge.event.kind == "merge" or first < edge.event.on:
            doubts.add("village-merged")
    return tuple(sorted(doubts))
