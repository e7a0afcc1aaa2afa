"""A planted county drawn by seed: places and doors, mergers, and what befell them since."""

import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from address_service.bench.planted_names import (
    BEGIN,
    COMPOUNDS,
    GROUP_NAMES,
    HAMLET_NAMES,
    MERGED,
    MERGERS,
    STREETS,
    VILLAGES,
)
from address_service.bench.planted_texts import names_of_village, stretches_of
from address_service.bench.planted_world import (
    ENDED,
    GROUPS_RENAMED,
    JOINED,
    RENUMBERED,
    REUSED,
    SPLIT,
    Alias,
    Door,
    Group,
    Stretch,
    World,
)


def make_world(seed: int, scale: float = 1.0) -> World:
    """Draw a county; ``scale`` 1 gives more than 20,000 addresses in force."""
    return _Maker(seed, scale).make()


class _Maker:
    def __init__(self, seed: int, scale: float) -> None:
        self.draw = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self.seed, self.scale, self.count = seed, scale, 0
        self.by_village: dict[str, list[Group]] = defaultdict(list)
        self.groups: list[Group] = []
        self.aliases: list[Alias] = []

    def make(self) -> World:
        for key in dict.fromkeys(village.key for village in VILLAGES):
            self._populate(key)
        self._merge()
        self._rename_groups()
        for group in self.groups:
            self._history(group)
        stretches = [
            one for group in self.groups for door in group.doors for one in stretches_of(group, door)
        ]
        ended = {d.address: d.successors for group in self.groups for d in group.doors if d.end}
        self._name_aliases(stretches)
        return World(self.seed, self.groups, self.aliases, stretches, ended)

    def _populate(self, key: str) -> None:
        """Places of a village that did not come out of a merger."""
        start = names_of_village(key)[0].start or BEGIN
        if start >= MERGED:
            return
        if names_of_village(key)[-1].name.endswith(("居委会", "社区")):
            self._built_up(key, start)
            return
        for name in self._group_names(key):
            kind = "hamlet" if name in HAMLET_NAMES else "group"
            self._place(key, kind, start, name, self.draw.randint(17, 49))

    def _group_names(self, key: str) -> list[str]:
        most = 13 if self.scale >= 0.5 else 10
        count, style = self.draw.randint(8, most), self.draw.randrange(4)
        numbered = [f"{n}组" for n in range(1, count + 1)]
        named = [f"{name}组" for name in self.draw.sample(GROUP_NAMES, count)]
        if "德字" in key or ("芭蕉" in key and "113" in key):
            return ["竹溪组" if "德字" in key else "新屋组", *numbered]
        if style == 0:
            return list(dict.fromkeys(named))
        if style == 1:
            return [*numbered, *self.draw.sample(HAMLET_NAMES, 2)]
        return numbered

    def _built_up(self, key: str, start: date) -> None:
        for street in self.draw.sample(STREETS, 5):
            self._place(key, "street", start, street, self.draw.randint(60, 120))
        for name in self.draw.sample(COMPOUNDS, 3):
            group = self._place(key, "compound", start, name, 0)
            buildings = max(1, round(5 * self.scale))
            rooms = (
                f"{b}栋{u}单元{f}0{r}室"
                for b in range(1, buildings + 1)
                for u in (1, 2)
                for f in range(1, 7)
                for r in (1, 2, 3)
            )
            group.doors = [Door(self._next(), [(start, 0, 0)], inside) for inside in rooms]

    def _place(self, village: str, kind: str, start: date, name: str, doors: int) -> Group:
        group = Group(f"g{len(self.groups)}", kind, [(start, village, (name,))])
        number = 0
        for _ in range(max(3, round(doors * self.scale)) if doors else 0):
            number += self.draw.choice((1, 1, 1, 1, 2, 3))
            group.doors.append(Door(self._next(), [(start, number, 0)]))
            if self.draw.random() < 0.08:
                group.doors.append(Door(self._next(), [(start, number, 1)]))
        self.groups.append(group)
        self.by_village[village].append(group)
        return group

    def _next(self) -> str:
        self.count += 1
        return f"A{self.count:06d}"

    def _merge(self) -> None:
        """Carry groups into the villages that took theirs in; some doors are on record only from then on."""
        for merger in MERGERS:
            first, last = merger.groups or (1, 10_000)
            stem = _stem(names_of_village(merger.before)[-1].name)
            if merger.how == "back":
                stem = _stem(names_of_village(merger.after)[0].name)
                moved = [g for g in self.by_village[merger.before] if g.trail[0][1].endswith(stem)]
            else:
                moved = self.by_village[merger.before][first - 1 : last]
            taken = {group.name for group in self.by_village[merger.after]}
            for group in moved:
                places = _places_after(merger.how, stem, group, taken)
                taken.add(places[-1] if len(places) == 1 else "")
                group.trail.append((merger.on, merger.after, places))
                self.by_village[merger.after].append(group)
                if merger.on == MERGED:
                    self._record_late(group)

    def _record_late(self, group: Group) -> None:
        for door in group.doors:
            door.late = self.draw.random() < 0.25

    def _rename_groups(self) -> None:
        """Some numbered groups were given names in 2019."""
        for groups in list(self.by_village.values()):
            if self.draw.random() < 0.3:
                for group in self.draw.sample(groups, min(2, len(groups))):
                    _, village, places = group.trail[-1]
                    inside = {g.name for g in groups}
                    free = [f"{name}组" for name in GROUP_NAMES if f"{name}组" not in inside]
                    if group.name[0].isdecimal() and names_of_village(village)[-1].end is None:
                        name = self.draw.choice(free)
                        # drawn again, not struck out: the county of the hand-written lines stays as it is
                        while name in self._names_today(village):
                            name = self.draw.choice(free)
                        group.trail.append((GROUPS_RENAMED, village, (*places[:-1], name)))

    def _names_today(self, village: str) -> set[str]:
        """Of a village's places, those that came by a merger of its own or of others included."""
        return {group.name for group in self.groups if group.trail[-1][1] == village}

    def _history(self, group: Group) -> None:
        doors = [door for door in group.doors if door.numbers[0][1]]
        if len(doors) < 3 or names_of_village(group.trail[-1][1])[-1].end:
            return
        self._renumber(group, doors)
        self._house_by_house(group, doors)

    def _renumber(self, group: Group, doors: Sequence[Door]) -> None:
        plain = [door for door in doors if not door.numbers[0][2]]
        numbers = [door.numbers[0][1] for door in plain]
        chosen = self.draw.randrange(10)
        if chosen == 0:  # all move on by two, each into the number of another
            after = [number + 2 for number in numbers]
        elif chosen == 1:  # neighbours change numbers: 10 and 11
            after = [numbers[n ^ 1] if n ^ 1 < len(numbers) else numbers[n] for n in range(len(numbers))]
        elif chosen == 2:  # rings of three
            whole = len(numbers) // 3 * 3
            after = [
                numbers[n - n % 3 + (n + 1) % 3] if n < whole else numbers[n] for n in range(len(numbers))
            ]
        elif chosen == 3:  # one moves to the end, and its number is given again in 2020
            after = [*numbers[:-1], numbers[-1]]
            after[0] = max(d.numbers[-1][1] for d in doors) + 1
            group.doors.append(Door(self._next(), [(REUSED, numbers[0], 0)]))
        else:
            return
        moved = {old for old, new in zip(numbers, after, strict=True) if old != new}
        if any(door.numbers[0][2] and door.numbers[0][1] in moved for door in doors):
            self._follow(doors, dict(zip(numbers, after, strict=True)))
        for door, old, new in zip(plain, numbers, after, strict=True):
            if old != new:
                door.numbers.append((RENUMBERED, new, 0))

    def _follow(self, doors: Sequence[Door], after: dict[int, int]) -> None:
        """A sub-number goes with its main number."""
        for door in doors:
            _, number, sub = door.numbers[0]
            if sub and after[number] != number:
                door.numbers.append((RENUMBERED, after[number], sub))

    def _house_by_house(self, group: Group, doors: Sequence[Door]) -> None:
        used = {(door.numbers[-1][1], door.numbers[-1][2]) for door in group.doors}
        steady = [door for door in doors if len(door.numbers) == 1 and not door.numbers[0][2]]
        alone = [door for door in steady if (door.numbers[0][1], 1) not in used]
        for door in alone:
            fate = self.draw.random()
            if fate < 0.012 and not door.end:
                number = door.numbers[0][1]
                parts = [Door(self._next(), [(SPLIT, number, sub)]) for sub in (1, 2)]
                group.doors += parts
                door.end, door.successors = SPLIT, tuple(part.address for part in parts)
            elif fate < 0.022:
                other = self.draw.choice(steady)
                if other is not door and not other.end:
                    door.end, door.successors = JOINED, (other.address,)
                    steady.remove(door)
            elif fate < 0.03:
                door.end = ENDED
        steady[:] = [door for door in steady if not door.end]

    def _name_aliases(self, stretches: Sequence[Stretch]) -> None:
        """One address in forty has a name that people use, all within its village."""
        names = [
            "老供销社",
            "旧粮站",
            "原村部",
            "老学堂",
            "油榨屋",
            "转角楼",
            "水碾屋",
            "渡口屋",
            "砖厂",
            "茶场",
        ]
        live = [one for one in stretches if one.end is None and one.spot.number]
        by_village: dict[str, list[Stretch]] = defaultdict(list)
        for one in live:
            by_village[one.village_key].append(one)
        for key in sorted(by_village):
            rows = by_village[key]
            for name, one in zip(names, self.draw.sample(rows, min(len(names), len(rows))), strict=False):
                words = f"湖南省岳阳市平江县{one.spot.town}{one.spot.village}{name}"
                self.aliases.append(Alias(one.address, words, date(2016, 1, 1), None))


def _stem(name: str) -> str:
    return name.removesuffix("村")


def _places_after(how: str, stem: str, group: Group, taken: set[str]) -> tuple[str, ...]:
    """What a group is called in the village that took it in."""
    if how == "back":
        return group.trail[0][2]
    if how == "offset" and group.name[0].isdecimal():
        most = max((int(n[:-1]) for n in taken if n[:-1].isdecimal()), default=0)
        return (f"{most + 1}组",)
    return (f"{stem}片区", group.name) if how == "district" or group.name in taken else (group.name,)
