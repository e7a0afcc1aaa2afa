"""Numbers along the two sides of a route: kept ones are anchors, the others fit between them in order."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from address_service.coding.numbering.plan import Ledger, Reason
from address_service.coding.numbering.policy import OneSided, Policy, Section
from address_service.coding.numbering.route import Route
from address_service.coding.numbering.stations import Path
from address_service.coding.numbering.stops import SIDE_TEXT, Rank, Stop
from address_service.errors import InvalidInput
from address_service.model.numbers import MAX_MAIN, MAX_SUB, DoorNumber, NumberState, Side


@dataclass(frozen=True, slots=True)
class Series:
    """The main numbers that one side may carry: first, first + modulus, …; ``step`` from one door to the next."""

    first: int
    modulus: int
    step: int
    text: str

    def has(self, main: int) -> bool:
        """Whether the number belongs to this side by parity."""
        return main % self.modulus == self.first % self.modulus

    def above(self, main: int) -> int:
        """The least number of the series greater than ``main``."""
        return self.first + max(0, (main - self.first) // self.modulus + 1) * self.modulus


@dataclass(slots=True)
class Given:
    """A stop with its number and the rule that gave it."""

    stop: Stop
    number: DoorNumber
    rule: Reason


@dataclass(slots=True)
class Book:
    """What is no longer free while a plan is made."""

    ledger: Ledger
    policy: Policy
    used: set[DoorNumber]
    findings: list[Reason] = field(default_factory=list)

    def is_free(self, number: DoorNumber, rank: Rank) -> bool:
        """Whether a stop of this rank may take the number; over-wide gaps open to infill yield to doors only."""
        if number in self.used or (number.sub == 0 and self.policy.skips(number.main)):
            return False
        if self.ledger.taken.get(number, NumberState.VACANT) is NumberState.VACANT:
            return True
        return rank is Rank.DOOR and number in self.ledger.open_to_infill


def series_by_side(stops: Sequence[Stop], policy: Policy) -> dict[Side, Series]:
    """Odd and even by side; one series for both on a street with one side only, where the policy lets it run on."""
    sides = {stop.side for stop in stops}
    if policy.one_sided is OneSided.RUN_ON and len(sides) == 1:
        running = Series(policy.start, 1, policy.step or 1, "单侧街巷连续编号")
        return dict.fromkeys(Side, running)
    odd, even = policy.start + 1 - policy.start % 2, policy.start + policy.start % 2
    step = max(2, (policy.step or 2) // 2 * 2)
    return {
        side: Series(odd, 2, step, "编单号") if side is policy.odd_side else Series(even, 2, step, "编双号")
        for side in Side
    }


def longest_row(numbers: Sequence[DoorNumber]) -> list[int]:
    """Positions of a longest strictly rising subsequence."""
    tails: list[int] = []
    values: list[DoorNumber] = []
    before: list[int] = []
    for i, number in enumerate(numbers):
        at = bisect_left(values, number)
        before.append(tails[at - 1] if at else -1)
        tails[at:], values[at:] = [i, *tails[at + 1 :]], [number, *values[at + 1 :]]
    row, i = [], tails[-1] if tails else -1
    while i >= 0:
        row.append(i)
        i = before[i]
    return row[::-1]


def longest_rising(numbers: Sequence[DoorNumber]) -> set[DoorNumber]:
    """A longest strictly rising subsequence of distinct numbers."""
    return {numbers[i] for i in longest_row(numbers)}


class SideWalk:
    """One side of the route, numbered path by path from the origin on."""

    def __init__(self, series: Series, stops: Sequence[Stop], book: Book) -> None:
        """``stops`` are those of the side in walking order."""
        self.series = series
        self.stops = stops
        self.book = book
        self.last: DoorNumber | None = None
        fitting = [stop.kept for stop in stops if stop.kept and series.has(stop.kept.main)]
        self.anchors = longest_rising(fitting)
        self._at = 0
        self._ahead = list(self._look_ahead())

    def _look_ahead(self) -> Iterator[tuple[DoorNumber | None, int, int]]:
        """For every stop: the next anchor, and how many doors and claims want numbers before it."""
        ahead: list[tuple[DoorNumber | None, int, int]] = []
        anchor, doors, claims = None, 0, 0
        for stop in reversed(self.stops):
            ahead.append((anchor, doors, claims))
            if stop.kept in self.anchors:
                anchor, doors, claims = stop.kept, 0, 0
            elif not stop.kept:
                doors += stop.rank is Rank.DOOR
                claims += stop.rank is Rank.CLAIM
        return reversed(ahead)

    def through(self, path: int, floor: int, slots: "Slots | None") -> Iterator[Given]:
        """Number the stops of one path, above ``floor`` where there is room; ``slots`` in distance mode."""
        while self._at < len(self.stops) and self.stops[self._at].path == path:
            stop = self.stops[self._at]
            given = self._keep(stop) if stop.kept else self._choose(stop, floor, slots)
            if given:
                self.book.used.add(given.number)
                yield given
            self._at += 1

    def _keep(self, stop: Stop) -> Given:
        assert stop.kept is not None  # noqa: S101 - narrows the type
        if stop.kept in self.anchors:
            self.last = stop.kept
        else:
            wrong_side = not self.series.has(stop.kept.main)
            code = "kept-wrong-side" if wrong_side else "kept-out-of-order"
            doubt = f"位于{SIDE_TEXT[stop.side]}，与单双号不符" if wrong_side else "与同侧门牌顺序不符"
            self.book.findings.append(Reason(code, f"既有门牌{stop.kept}{doubt}，保留不动"))
        return Given(stop, stop.kept, Reason("kept", f"保留既有门牌{stop.kept}"))

    def _choose(self, stop: Stop, floor: int, slots: "Slots | None") -> Given | None:
        main = self._slot_main(stop, slots) if slots else self._next_main(stop, floor)
        if main is not None:
            return self._give(stop, DoorNumber(main), slots)
        if stop.rank is Rank.GAP:
            return None
        return self._sub(stop, slots.main(self.series, stop.path, stop.metres) if slots else None)

    def _give(self, stop: Stop, number: DoorNumber, slots: "Slots | None") -> Given:
        following = self._ahead[self._at][0]
        if slots:
            rule = slots.rule(stop)
        elif (section := self._begun(stop, number)) is not None:
            rule = Reason("section", f"“{section.name}”自{section.start}号起，取{number}")
        elif self.last and following:
            rule = Reason("between", f"取{self.last}与{following}之间的空号{number}")
        elif self.last:
            rule = Reason("following", f"依次接同侧{self.last}之后")
        else:
            rule = Reason("first", f"同侧首户，取{number}")
        self.last = number
        return Given(stop, number, rule)

    def _begun(self, stop: Stop, number: DoorNumber) -> Section | None:
        """The section that begins with this number."""
        section = self.book.policy.section(stop.path, stop.metres)
        begins = section is not None and number.main >= section.start
        return section if begins and section and (not self.last or self.last.main < section.start) else None

    def _slot_main(self, stop: Stop, slots: "Slots") -> int | None:
        number = DoorNumber(slots.main(self.series, stop.path, stop.metres))
        return number.main if self._in_order(number) and self.book.is_free(number, stop.rank) else None

    def _in_order(self, number: DoorNumber) -> bool:
        following = self._ahead[self._at][0]
        return (self.last is None or self.last < number) and (following is None or number < following)

    def _next_main(self, stop: Stop, floor: int) -> int | None:
        """The next free main number that leaves enough before the anchor for those who go first."""
        following, doors, claims = self._ahead[self._at]
        if following is None:  # nothing kept lies ahead, so there is room for all
            doors = claims = 0
        rank, section = stop.rank, self.book.policy.section(stop.path, stop.metres)
        floor = max(floor, section.start - 1 if section else 0)
        least = self.last.main if self.last else 0
        wide = max(floor, least + self.series.step - self.series.modulus if self.last else 0)
        tight_need = {Rank.DOOR: 0, Rank.CLAIM: doors, Rank.GAP: doors + claims}[rank]
        for above, need in ((wide, doors + claims), (least, tight_need)):
            free = list(islice(self._free_mains(above, rank), need + 1))
            if len(free) > need:
                return free[0]
        return None

    def _free_mains(self, above: int, rank: Rank) -> Iterator[int]:
        main = self.series.above(above)
        while main <= MAX_MAIN and self._in_order(DoorNumber(main)):
            if self.book.is_free(DoorNumber(main), rank):
                yield main
            main += self.series.modulus

    def _sub(self, stop: Stop, wish: int | None) -> Given:
        """A sub-number where no main number is left: of the slot's main number, else of the preceding one."""
        following = self._ahead[self._at][0]
        bases = [base for base in (wish, self.last.main if self.last else None) if base is not None]
        for base in bases:
            number = next((n for n in self._subs(base, stop.rank) if self._in_order(n)), None)
            if number:
                text = f"{self._between(following)}无空号，用附号，不改动既有号"
                self.last = number
                return Given(stop, number, Reason("sub-number", text))
        return self._out_of_order(stop, bases, following)

    def _subs(self, base: int, rank: Rank) -> Iterator[DoorNumber]:
        numbers = (DoorNumber(base, sub) for sub in range(1, MAX_SUB + 1))
        return (number for number in numbers if self.book.is_free(number, rank))

    def _between(self, following: DoorNumber | None) -> str:
        if self.last and following:
            return f"{self.last}与{following}之间"
        return f"{following}之前" if following else f"{self.last or '此段'}之后"

    def _out_of_order(self, stop: Stop, bases: Sequence[int], following: DoorNumber | None) -> Given:
        """Nothing fits in order, not even a sub-number: take one next door and say so."""
        base = bases[-1] if bases else following.main if following else self.series.first
        number = next(self._subs(base, stop.rank), None)
        if number is None:
            raise InvalidInput(f"{base}号的附号已用尽", code="sub-numbers-exhausted")
        text = f"{self._between(following)}无号可编，暂编{number}，次序不顺，请人工核定"
        self.book.findings.append(Reason("no-room", text))
        return Given(stop, number, Reason("no-room", text))


class Slots:
    """Distance mode: the street cut into cells of one number's frontage, branch after branch."""

    def __init__(self, route: Route, width_m: float) -> None:
        self.width_m = width_m
        self._paths = route.paths
        self._counts = [max(1, math.ceil(path.length / width_m - 1e-9)) for path in route.paths]
        self._before = [sum(self._counts[:i]) for i in range(len(self._counts))]

    def cell(self, path: int, metres: float) -> int:
        """Cell counted over the whole route from 0."""
        return self._before[path] + min(int(metres // self.width_m), self._counts[path] - 1)

    def main(self, series: Series, path: int, metres: float) -> int:
        """The main number of the cell, even where nothing stands."""
        return series.first + series.modulus * self.cell(path, metres)

    def place(self, cell: int) -> tuple[Path, float]:
        """The middle of a cell counted over the whole route, the nearest end where there is no such cell."""
        cell = min(max(cell, 0), self._before[-1] + self._counts[-1] - 1)
        path = bisect_right(self._before, cell) - 1
        return self._paths[path], min(self.middle(path, cell), self._paths[path].length)

    def middle(self, path: int, cell: int) -> float:
        """Metres along the path of the middle of a cell."""
        return (cell - self._before[path] + 0.5) * self.width_m

    def rule(self, stop: Stop) -> Reason:
        """Why the stop got the number of its cell."""
        cell = self.cell(stop.path, stop.metres) + 1
        return Reason("distance", f"按距离编号，每侧每 {self.width_m:g} 米一号，第 {cell} 段")


def number_stops(route: Route, stops: Sequence[Stop], book: Book) -> list[Given]:
    """Number all stops of a street; findings go into the book.

    Kept numbers never change. A branch begins above everything given before it where the anchors allow.
    """
    policy = book.policy
    series = series_by_side(stops, policy)
    sides = sorted(Side, key=lambda side: side is not policy.odd_side)
    walks = [SideWalk(series[side], [stop for stop in stops if stop.side is side], book) for side in sides]
    slots = Slots(route, policy.slot_m) if policy.slot_m else None
    given: list[Given] = []
    for path in range(len(route.paths)):
        floor = max((walk.last.main for walk in walks if walk.last), default=0)
        for walk in walks:
            given.extend(walk.through(path, floor, slots))
    return given
