"""The gazetteer: dated names of divisions and places with their aliases, found longest first at a place in a text."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum

from address_service.coding.grammar.elements import ElementKind as K
from address_service.coding.grammar.elements import Reason
from address_service.coding.grammar.folding import NUMERALS, fold_name
from address_service.coding.grammar.numerals import value_of
from address_service.coding.grammar.terms import (
    DISTRICT_TERMS,
    GROUP_TERMS,
    TOWN_TERMS,
    VILLAGE_TERMS,
    stem_of,
)

_UPPER_TERMS = {K.PROVINCE: ("省",), K.PREFECTURE: ("市",), K.COUNTY: ("县", "市", "区")}
_TERMS = {
    K.TOWN: TOWN_TERMS,
    K.VILLAGE: VILLAGE_TERMS,
    K.DISTRICT: DISTRICT_TERMS,
    K.GROUP: GROUP_TERMS,
    **_UPPER_TERMS,
}


@dataclass(frozen=True, slots=True)
class NameAlias:
    """Another spelling or a former name; ``start`` None: ever, ``end`` None: still, else the first day without it."""

    text: str
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class KnownName:
    """A name that an identity had over a stretch of time; several of one ``key`` are its names one after another.

    ``kind`` is one of PROVINCE … GROUP, COMPOUND or INSTITUTION; ``parent`` the key of what it lies in. ``name`` with
    its generic term (``烟舟村``, ``竹溪组``, ``3组``). ``end`` is the first day on which it no longer had the name.
    """

    key: str
    kind: K
    name: str
    parent: str | None = None
    code: str = ""
    start: date | None = None
    end: date | None = None
    aliases: tuple[NameAlias, ...] = field(default=())


class Spelling(IntEnum):
    """How a name stands in a text, the surest first."""

    NAME = 0
    ALIAS = 1
    TERM = 2
    STEM = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """An identity that a spelling stands for, with the time over which it does."""

    key: str
    kind: K
    spelling: Spelling
    start: date | None = None
    end: date | None = None

    def holds(self, on: date) -> bool:
        """Whether the identity had the name on a day."""
        return (self.start is None or self.start <= on) and (self.end is None or on < self.end)


@dataclass(frozen=True, slots=True)
class Spelt:
    """All that a spelling stands for, or what of it is of one kind; ``kinds`` from the larger to the smaller."""

    entries: tuple[Entry, ...] = ()
    kinds: tuple[K, ...] = ()
    keys: tuple[str, ...] = ()

    def of(self, kind: K) -> "Spelt":
        """What of it is of a kind."""
        return self if self.kinds == (kind,) else spelt(entry for entry in self.entries if entry.kind is kind)


UNKNOWN = Spelt()
"""What a spelling stands for that no name has."""


def spelt(entries: Iterable[Entry]) -> Spelt:
    """What entries of one spelling stand for together."""
    entries = tuple(dict.fromkeys(entries))
    kinds = {entry.kind for entry in entries}
    return Spelt(
        entries, tuple(kind for kind in K if kind in kinds), tuple(dict.fromkeys(e.key for e in entries))
    )


@dataclass(frozen=True, slots=True)
class Settled:
    """What the names of a text mean together.

    ``names`` are keys and value of each in its order, ``reasons`` what contradicts itself. ``needless`` are the names
    of divisions above the town that the others imply, ``implied`` a town and a village that they leave no choice about.
    """

    names: tuple[tuple[tuple[str, ...], str], ...]
    reasons: tuple[Reason, ...]
    needless: frozenset[tuple[K, str]]
    implied: tuple[tuple[K, str], ...]


class Gazetteer:
    """Names as one register knows them; built once, then only read, though it remembers what was worked out."""

    __slots__ = (
        "_above",
        "_ends",
        "_lengths",
        "_spelt",
        "kind_of",
        "latest",
        "name_of",
        "names",
        "parents",
        "settled",
    )

    def __init__(self, names: Iterable[KnownName]) -> None:
        """Index names and aliases by what they begin with."""
        self.names = tuple(names)
        self.latest: dict[str, KnownName] = {}
        self.parents: dict[str, set[str]] = defaultdict(set)
        self._spelt: dict[str, Spelt] = {}
        self._lengths: dict[str, tuple[int, ...]] = {}
        self._above: dict[str, frozenset[str]] = {}
        self.settled: dict[tuple[tuple[K, tuple[str, ...], str], ...], Settled] = {}
        found: dict[str, list[Entry]] = defaultdict(list)
        for known in self.names:
            self._learn(known, found)
        self.kind_of = {key: known.kind for key, known in self.latest.items()}
        self.name_of = {key: fold_name(known.name) for key, known in self.latest.items()}
        self._index(found)
        self._ends = {name[start:] for name in found for start in range(1, len(name) - 1)}

    def at(self, text: str, start: int) -> tuple[int, Spelt]:
        """The end of the longest known name that begins at a place, and what it stands for; start for none."""
        for length in self._lengths.get(text[start : start + 2], ()):
            found = self._spelt.get(text[start : start + length])
            if found is not None:
                return min(start + length, len(text)), found
        return start, UNKNOWN

    def is_end(self, name: str) -> bool:
        """Whether a longer name ends so, as 大烟舟村 does with 烟舟村."""
        return name in self._ends

    def entries(self, name: str) -> tuple[Entry, ...]:
        """What a folded name stands for."""
        return self._spelt.get(name, UNKNOWN).entries

    def above(self, key: str) -> frozenset[str]:
        """All in which an identity lies or ever lay, itself among them."""
        cached = self._above.get(key)
        if cached is None:
            seen, waiting = {key}, [key]
            while waiting:
                fresh = self.parents.get(waiting.pop(), set()) - seen
                seen |= fresh
                waiting.extend(fresh)
            cached = self._above[key] = frozenset(seen)
        return cached

    def _learn(self, known: KnownName, found: dict[str, list[Entry]]) -> None:
        last = self.latest.get(known.key)
        if last is None or (last.end or date.max, last.start or date.min) <= (
            known.end or date.max,
            known.start or date.min,
        ):
            self.latest[known.key] = known
        if known.parent is not None:
            self.parents[known.key].add(known.parent)
        self._spell(known, known.name, Spelling.NAME, known.start, known.end, found)
        for alias in known.aliases:
            self._spell(known, alias.text, Spelling.ALIAS, alias.start, alias.end, found)

    def _spell(
        self,
        known: KnownName,
        name: str,
        spelling: Spelling,
        start: date | None,
        end: date | None,
        found: dict[str, list[Entry]],
    ) -> None:
        folded = fold_name(name)
        if len(folded) < 2 or is_counted(folded, known.kind):
            return
        found[folded].append(Entry(known.key, known.kind, spelling, start, end))
        for variant, how in _variants(folded, known.kind):
            found[variant].append(Entry(known.key, known.kind, how, start, end))

    def _index(self, found: dict[str, list[Entry]]) -> None:
        lengths: dict[str, set[int]] = defaultdict(set)
        for name, entries in found.items():
            surest = min(entry.spelling for entry in entries)
            # A term or a stem gives way to a name written so, an alias does not: both had that spelling on record.
            kept = [e for e in entries if e.spelling == surest or e.spelling <= Spelling.ALIAS]
            self._spelt[name] = spelt(kept)
            lengths[name[:2]].add(len(name))
        self._lengths = {head: tuple(sorted(found_, reverse=True)) for head, found_ in lengths.items()}


def is_counted(name: str, kind: K) -> bool:
    """Whether the name of a group is a number, as 3组 and 第三组 are; 竹溪组 is not."""
    stem = stem_of(name, GROUP_TERMS).removeprefix("第") if kind is K.GROUP else ""
    return bool(stem) and NUMERALS.issuperset(stem) and value_of(stem) is not None


def _variants(name: str, kind: K) -> Iterable[tuple[str, Spelling]]:
    terms = _TERMS.get(kind)
    stem = stem_of(name, terms) if terms else ""
    if len(stem) < 2 or terms is None:
        return
    if kind is not K.DISTRICT:
        # Most are called after a village of before, whose name without its term is that village.
        yield stem, Spelling.STEM
    if kind not in _UPPER_TERMS:
        yield from ((stem + term, Spelling.TERM) for term in terms if stem + term != name)
