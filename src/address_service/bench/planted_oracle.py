"""The oracle of the planted set: which addresses of today a text can mean, by what it says and nothing else."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import product

from address_service.bench.planted_names import VILLAGES
from address_service.bench.planted_world import Group, Spot, Stretch, World

ENDED = ""
"""Stands in a set of addresses for one that ended without a successor."""


class Oracle:
    """Knows all texts that ever stood, recorded or carried by the lineage of village and group."""

    def __init__(self, world: World) -> None:
        """Index the world's stretches by what their texts end with."""
        self.world = world
        self._by_end: dict[tuple[str, int, int, str], list[Stretch]] = defaultdict(list)
        self._by_other: dict[tuple[str, int, int, str], list[tuple[Spot, Stretch]]] = defaultdict(list)
        self._by_number: dict[int, list[Stretch]] = defaultdict(list)
        self._by_address: dict[str, list[Stretch]] = defaultdict(list)
        self._places: dict[str, set[str]] = defaultdict(set)
        for one in world.stretches:
            self._by_address[one.address].append(one)
            self._by_end[_end(one.spot)].append(one)
            self._places[one.village_key].add(one.spot.places[-1])
            self._by_number[one.spot.number].append(one)
        for group in world.groups:
            for spelt, one in _by_other_names(group, self._of(group)):
                self._by_other[_end(spelt)].append((spelt, one))

    def fits(
        self,
        spots: Sequence[Spot],
        on: date | None = None,
        *,
        towns: Sequence[str] = (),
        villages: Sequence[str] = (),
        district: bool = True,
        names_of_any_time: bool = False,
    ) -> list[Stretch]:
        """Stretches of which a text speaks that may say any of ``spots``, in ``towns`` and ``villages`` (empty: any).

        With a day those of the day; where none is of the day, those of any. ``district`` False lets a text without 片区
        speak of groups inside one. ``names_of_any_time``: a village or group may be called by a name of another time.
        """
        found = [
            one
            for spot in spots
            for spelt, one in self._ending_like(spot, names_of_any_time)
            if (not towns or one.town_key in towns)
            and (not villages or spelt.village in villages)
            and (not district or spelt.places == spot.places)
        ]
        of_day = [one for one in found if on and one.start <= on and not (one.end and on >= one.end)]
        return of_day or found

    def _ending_like(self, spot: Spot, names_of_any_time: bool) -> Iterator[tuple[Spot, Stretch]]:
        for one in self._by_end[_end(spot)]:
            yield one.spot, one
        if names_of_any_time:
            yield from self._by_other[_end(spot)]

    def _of(self, group: Group) -> list[Stretch]:
        return [one for door in group.doors for one in self._by_address[door.address]]

    def today(self, stretches: Iterable[Stretch]) -> set[str]:
        """Addresses in force that these have become, with ``ENDED`` for those without a successor."""
        found: set[str] = set()
        for one in stretches:
            self._follow(one.address, found)
        return found

    def _follow(self, address: str, found: set[str]) -> None:
        after = self.world.successors.get(address)
        if not after:
            found.add(address if after is None else ENDED)
        for successor in after or ():
            self._follow(successor, found)

    def with_number(self, number: int) -> list[Stretch]:
        """Stretches of a main number, wherever."""
        return self._by_number[number]

    def villages_like(self, name: str, towns: Sequence[str]) -> dict[str, str]:
        """Names of villages of any time that differ from a name in at most one character → their keys."""
        return {
            one.name: one.key
            for one in VILLAGES
            if (not towns or one.parent in towns) and differ(name, one.name) <= 1
        }

    def places_like(self, name: str, village_key: str) -> list[str]:
        """Names of places that a village had at any time and that differ from a name in at most one character."""
        return sorted(one for one in self._places[village_key] if differ(name, one) <= 1)


def differ(one: str, other: str) -> int:
    """Characters in which two names of one length differ; a large number for other lengths."""
    return sum(a != b for a, b in zip(one, other, strict=True)) if len(one) == len(other) else 99


def _by_other_names(group: Group, stretches: Iterable[Stretch]) -> Iterator[tuple[Spot, Stretch]]:
    """Texts of a place's doors with the names that village and place had at other times."""
    for one in stretches:
        villages = {named.name for named in VILLAGES if named.key == one.village_key}
        places = {places for _, key, places in group.trail if key == one.village_key}
        if len(villages) * len(places) > 1:
            for village, place in product(sorted(villages), sorted(places)):
                spelt = replace(one.spot, village=village, places=place)
                if spelt != one.spot:
                    yield spelt, one


def _end(spot: Spot) -> tuple[str, int, int, str]:
    return (spot.places[-1] if spot.places else "", spot.number, spot.sub, spot.inside)
