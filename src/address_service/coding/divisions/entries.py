"""What lists and register say of divisions, and what a list held against the register comes to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from address_service.model.division_lists import ProposalKind


@dataclass(frozen=True, slots=True)
class Entry:
    """A division in a list or in the register: code cut to its level, name, and its identity where it has one."""

    code: str
    name: str
    division_id: UUID | None = None

    @property
    def parent(self) -> str:
        """The code one level up."""
        return self.code[:-3]


@dataclass(frozen=True, slots=True)
class Later:
    """What the register knows under a code from a day after the list on; ``by_list`` where only a list says since when.

    Such a beginning may be put earlier by another list; one that somebody decided may not.
    """

    entry: Entry
    since: date
    by_list: bool


@dataclass(frozen=True, slots=True)
class Acts:
    """What acts on record did between the day of a list and the end of its year, of which the list may know already.

    ``come`` are codes with their new names, ``gone`` codes with the divisions that had them.
    """

    come: frozenset[tuple[str, str]] = frozenset()
    gone: frozenset[tuple[str, UUID | None]] = frozenset()

    @classmethod
    def between(cls, on_day: Sequence[Entry], by_end: Sequence[Entry]) -> "Acts":
        """The difference between two days of the register."""
        names = [{(entry.code, entry.name) for entry in known} for known in (by_end, on_day)]
        holders = [{(entry.code, entry.division_id) for entry in known} for known in (on_day, by_end)]
        return cls(frozenset(names[0] - names[1]), frozenset(holders[0] - holders[1]))


NO_ACTS = Acts()


@dataclass(frozen=True, slots=True)
class Clue:
    """A reason or a possible explanation: ``code`` is stable, ``text`` Chinese; ``division`` a code that it names."""

    code: str
    text: str
    division: str | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A difference with its evidence; ``old`` is what is known, ``new`` what the list says.

    ``is_later`` where the register knows ``new`` from a later day on and the list is the older one.
    """

    kind: ProposalKind
    old: Entry | None
    new: Entry | None
    evidence: tuple[Clue, ...] = ()
    candidates: tuple[Clue, ...] = ()
    is_later: bool = False

    @property
    def key(self) -> tuple[str | None, str | None, str | None, str | None]:
        """What makes it the same difference again."""
        old = (self.old.code, self.old.name) if self.old else (None, None)
        new = (self.new.code, self.new.name) if self.new else (None, None)
        return (*old, *new)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a list says.

    ``kept`` are unchanged; ``entering`` are the first that is heard of their town; ``earlier`` are known from a later
    day on under the same code and name, and were there already; ``decided`` are as acts of the list's year left them.
    """

    kept: tuple[Entry, ...]
    entering: tuple[Entry, ...]
    earlier: tuple[Entry, ...]
    decided: tuple[Entry, ...]
    proposals: tuple[Proposal, ...]
