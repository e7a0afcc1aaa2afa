"""Moves of whole runs of door numbers, in the five kinds of range that a population system was seen to take."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from address_service.reconcile.change_set import Move

_DOOR = re.compile(r"(.*?)([1-9][0-9]{0,4})号")


class RangeKind(StrEnum):
    """Which numbers of an old address head are meant."""

    SINGLE = "single"
    ALL = "all"
    """Whatever its numbers are."""
    EVEN = "even"
    ODD = "odd"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class NumberRange:
    """Doors whose text is ``old_head`` with a number now have it behind ``new_head``; first and last are meant, too."""

    old_head: str
    new_head: str
    kind: RangeKind
    first: int
    last: int

    def numbers(self) -> range:
        """The numbers meant, of ``all`` those between the first and the last that there are."""
        step = 2 if self.kind in (RangeKind.EVEN, RangeKind.ODD) else 1
        return range(self.first, self.last + 1, step)


def number_ranges(moves: Iterable[Move], still_used: Collection[str] = ()) -> list[NumberRange]:
    """The ranges that say the same as those of ``moves`` in which a door keeps its number under another head.

    ``still_used`` are old heads under which there are addresses yet: of those never ``all`` is said.
    """
    doors: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    others: set[str] = set(still_used)
    for move in moves:
        old, new = _door(move.old_text), _door(move.new_text)
        if old and new and old[1] == new[1] and move.is_pure_renaming and move.household_no is None:
            doors[old[0]][new[0]].add(old[1])
        elif move.old_text is not None:
            others.add(old[0] if old else head_of(move.old_text))
    return [
        one
        for old, targets in sorted(doors.items())
        for new, numbers in sorted(targets.items())
        for one in _ranges(old, new, numbers, old not in others and len(targets) == 1)
    ]


def head_of(text: str) -> str:
    """What stands before the door's number."""
    found = re.match(r"(.*?)[0-9]+号", text)
    return found[1] if found else text


def _door(text: str | None) -> tuple[str, int] | None:
    found = _DOOR.fullmatch(text or "")
    return (found[1], int(found[2])) if found else None


def _ranges(old: str, new: str, numbers: set[int], is_whole: bool) -> Iterator[NumberRange]:
    if is_whole and len(numbers) > 1:
        yield NumberRange(old, new, RangeKind.ALL, min(numbers), max(numbers))
        return
    left = set(numbers)
    for first in sorted(numbers):
        if first in left:
            step, last = max(
                ((step, _reach(first, step, left)) for step in (1, 2)), key=lambda run: _length(first, *run)
            )
            left -= set(range(first, last + 1, step))
            parity = RangeKind.EVEN if first % 2 == 0 else RangeKind.ODD
            kind = RangeKind.SINGLE if first == last else RangeKind.FULL if step == 1 else parity
            yield NumberRange(old, new, kind, first, last)


def _reach(first: int, step: int, numbers: Collection[int]) -> int:
    last = first
    while last + step in numbers:
        last += step
    return last


def _length(first: int, step: int, last: int) -> int:
    return (last - first) // step
