"""Every text of a door, by the days of its place, its village and its number."""

from collections import defaultdict
from collections.abc import Iterator

from address_service.bench.planted_names import BEGIN, MERGED, TOWNS, VILLAGES, Named
from address_service.bench.planted_world import Door, Group, Spot, Stretch


def names_of_village(key: str) -> list[Named]:
    return _BY_KEY[key]


_BY_KEY: dict[str, list[Named]] = defaultdict(list)
for _village in VILLAGES:
    _BY_KEY[_village.key].append(_village)


def stretches_of(group: Group, door: Door) -> Iterator[Stretch]:
    """The texts of a door one after the other, by the days of its place, its village and its number."""
    born = door.numbers[0][0]
    keys = {key for _, key, _ in group.trail}
    days = {day for day, _, _ in group.trail} | {day for day, _, _ in door.numbers}
    days |= {named.start for key in keys for named in names_of_village(key) if named.start}
    days = {day for day in days if day >= born and not (door.end and day >= door.end)}
    merged: list[Stretch] = []
    ordered = sorted(days)
    for n, day in enumerate(ordered):
        until = ordered[n + 1] if n + 1 < len(ordered) else door.end
        _, village, places = [step for step in group.trail if step[0] <= day][-1]
        _, number, sub = [step for step in door.numbers if step[0] <= day][-1]
        named = [one for one in names_of_village(village) if (one.start or BEGIN) <= day][-1]
        town = [one for one in TOWNS if one.key == named.parent][-1]
        spot = Spot(town.name, named.name, places, number, sub, door.inside)
        recorded = not door.late or day >= MERGED
        if merged and merged[-1].spot == spot and merged[-1].recorded == recorded:
            last = merged.pop()
            merged.append(Stretch(door.address, spot, named.parent, village, last.start, until, recorded))
        else:
            merged.append(Stretch(door.address, spot, named.parent, village, day, until, recorded))
    yield from merged
