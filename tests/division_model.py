"""The naive register with divisions and places above the addresses: facts day by day, texts put together from them.

No code of the service is in it. A fact is a dict from day to value; a day that is missing is a day on which the thing
was not there.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.lineage_model import Day, NaiveRegister

Days = dict[Day, Any]


@dataclass
class Merger:
    """What a naive clerk wrote down before a merger, so that it can be given back."""

    ended: Any
    absorber: Any
    on: Day
    names: dict[Any, tuple[str, str]] = field(default_factory=dict)
    doors: dict[str, tuple[Any, int]] = field(default_factory=dict)
    joined: dict[Any, Any] = field(default_factory=dict)


class NaiveCounty(NaiveRegister):
    """Villages, groups and doors; every act changes days one by one."""

    def __init__(self, days: int) -> None:
        super().__init__(days)
        self.village: dict[Any, Days] = {}
        self.town: dict[Any, Days] = {}
        self.group: dict[Any, Days] = {}
        self.outer: dict[Any, Days] = {}
        self.home: dict[Any, Days] = {}
        self.at: dict[str, Days] = {}
        self.no: dict[str, Days] = {}
        self.ever: dict[str, set[str]] = {}
        self.named: list[dict[Any, Days]] = []

    def all_days(self, day: Day = 0) -> range:
        return range(day, self.days)

    def found(self, village: Any, name: str, town: str, day: Day = 0) -> None:
        self.village[village] = dict.fromkeys(self.all_days(day), name)
        self.town[village] = dict.fromkeys(self.all_days(day), town)

    def settle(self, place: Any, village: Any, name: str, outer: str = "", day: Day = 0) -> None:
        self.home[place] = dict.fromkeys(self.all_days(day), village)
        self.group[place] = dict.fromkeys(self.all_days(day), name)
        self.outer[place] = dict.fromkeys(self.all_days(day), outer)

    def open_door(self, code: str, place: Any, number: int, day: Day) -> None:
        self.at[code] = dict.fromkeys(self.all_days(day), place)
        self.no[code] = dict.fromkeys(self.all_days(day), number)

    # ------------------------------------------------------------ acts on names

    def call(self, facts: Days, value: Any, day: Day) -> None:
        """From a day on, until something else was said already."""
        was = facts[day]
        for d in self.all_days(day):
            if facts.get(d) != was:
                return
            facts[d] = value

    # ------------------------------------------------------------ acts on doors

    def move_doors(self, numbers: dict[str, int], day: Day) -> None:
        for code, number in numbers.items():
            for d in self.all_days(day):
                if d in self.no[code]:
                    self.no[code][d] = number

    def close_door(self, code: str, day: Day) -> None:
        for d in self.all_days(day):
            self.at[code].pop(d, None)
            self.no[code].pop(d, None)

    def join_doors(self, code: str, into: str, day: Day) -> None:
        self.edges.append((day, code, into))
        self.close_door(code, day)

    def part_door(self, code: str, parts: dict[str, int], day: Day, *, stays: bool) -> None:
        place = self.at[code][day]
        for part, number in parts.items():
            self.edges.append((day, code, part))
            self.open_door(part, place, number, day)
        if not stays:
            self.close_door(code, day)

    def put_right(self, code: str, number: int, since: Day, until: Day) -> None:
        for d in range(since, until):
            if d in self.no[code]:
                self.no[code][d] = number

    # ------------------------------------------------------------ acts on villages

    def places_in(self, village: Any) -> list[Any]:
        last = self.days - 1
        return [place for place, days in self.home.items() if days.get(last) == village]

    def doors_in(self, place: Any) -> list[str]:
        last = self.days - 1
        return [code for code, days in self.at.items() if days.get(last) == place]

    def merge_villages(
        self, ended: Any, into: Any, day: Day, fates: dict[Any, tuple[str, str, Any, int]]
    ) -> Merger:
        """``fates``: the outer and own name of each place that moves, or what it is joined to and from where on."""
        kept = Merger(ended, into, day)
        last = self.days - 1
        for place in self.places_in(ended):
            outer, own, joined, offset = fates[place]
            kept.names[place] = self.group[place][last], self.outer[place][last]
            kept.doors |= {code: (place, self.no[code][last]) for code in self.doors_in(place)}
            if joined is not None:
                kept.joined[place] = joined
                self._join_place(place, joined, offset, day)
                continue
            self._put(place, into, own, outer, day)
        for d in self.all_days(day):
            self.village[ended].pop(d, None)
            self.town[ended].pop(d, None)
        return kept

    def _join_place(self, place: Any, into: Any, offset: int, day: Day) -> None:
        for code in self.doors_in(place):
            for d in self.all_days(day):
                if d in self.at[code]:
                    self.at[code][d] = into
                    self.no[code][d] += offset
        for d in self.all_days(day):
            self.home[place].pop(d, None)

    def _put(self, place: Any, village: Any, own: str, outer: str, day: Day) -> None:
        for d in self.all_days(day):
            if d in self.home[place]:
                self.home[place][d], self.group[place][d], self.outer[place][d] = village, own, outer

    def leave(self, places: Iterable[Any], village: Any, day: Day) -> None:
        """A split by places: they are in the new village and called as before."""
        for place in places:
            for d in self.all_days(day):
                if d in self.home[place]:
                    self.home[place][d] = village

    def give_back(self, kept: Merger, village: Any, day: Day) -> None:
        """The split that undoes a merger: old names, and old numbers where doors had been joined to others."""
        here = set(self.places_in(kept.absorber))
        for place, (own, outer) in kept.names.items():
            now = kept.joined.get(place, place)
            if now not in here:
                continue
            if now == place:  # a merger that ends one village joins nothing to the places that move
                self._put(place, village, own, outer, day)
                continue
            new = (place, village)
            self.settle(new, village, own, outer, day)
            for code, (was, number) in kept.doors.items():
                if was == place and code in self.doors_in(now):
                    for d in self.all_days(day):
                        if d in self.at[code]:
                            self.at[code][d], self.no[code][d] = new, number

    # ------------------------------------------------------------ what is read

    def remember(self, day: Day) -> int:
        """Put the texts together and keep what is known from now on."""
        self.reads = {
            code: {d: self._text(place, self.no[code][d], d) for d, place in days.items()}
            for code, days in self.at.items()
        }
        self.also = {code: {} for code in self.at}
        for code, days in self.reads.items():
            self.ever.setdefault(code, set()).update(days.values())
        self.known.append(self.reads)
        self.said.append((day, self.reads))
        self.named.append({key: dict(days) for key, days in self.village.items()})
        return len(self.known) - 1

    def _text(self, place: Any, number: int, d: Day) -> str:
        home = self.home[place][d]
        names = self.town[home][d] + self.village[home][d] + self.outer[place][d] + self.group[place][d]
        return f"湖南省岳阳市平江县{names}{number}号"

    def once(self, text: str) -> set[str]:
        """Who read the words on any day by anything that was ever known."""
        return {code for code, texts in self.ever.items() if text in texts}
