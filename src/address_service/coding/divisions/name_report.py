"""Names that are taken for one another: homonyms (重名) and homophones (同音) within one circle."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from address_service.coding.divisions.names import sounds, stem_of, term_of


class Likeness(StrEnum):
    """In what two names agree."""

    HOMONYM = "homonym"
    HOMOPHONE = "homophone"


@dataclass(frozen=True, slots=True)
class Named:
    """A name with whose it is; ``circle`` is where no other may be called so: a county, a town, a village."""

    id: str
    name: str
    circle: str
    where: str


@dataclass(frozen=True, slots=True)
class NameClash:
    """Names of one circle that are written or read the same; ``reading`` is empty for homonyms."""

    likeness: Likeness
    circle: str
    reading: str
    names: tuple[Named, ...]


def clashes(named: Iterable[Named]) -> list[NameClash]:
    """Homonyms and homophones, circle by circle.

    The specific part decides, so 芭蕉村 and 芭蕉社区 are homonyms; 街 and 路 of one name are two names. Names of which
    a polyphone allows one common reading are homophones.
    """
    circles: dict[str, list[Named]] = defaultdict(list)
    for one in named:
        circles[one.circle].append(one)
    found: list[NameClash] = []
    for circle in sorted(circles):
        found += _homonyms(circle, circles[circle])
        found += _homophones(circle, circles[circle])
    return found


def _homonyms(circle: str, named: Sequence[Named]) -> list[NameClash]:
    groups: dict[str, list[Named]] = defaultdict(list)
    for one in named:
        groups[_bare(one.name)].append(one)
    return [
        NameClash(Likeness.HOMONYM, circle, "", _in_order(group))
        for _, group in sorted(groups.items())
        if len(group) > 1
    ]


def _homophones(circle: str, named: Sequence[Named]) -> list[NameClash]:
    groups: dict[str, dict[str, list[Named]]] = defaultdict(lambda: defaultdict(list))
    for one in named:
        for reading in sounds(_bare(one.name)):
            groups[reading][_bare(one.name)].append(one)
    found: dict[tuple[str, ...], NameClash] = {}
    for reading, spellings in sorted(groups.items()):
        if len(spellings) > 1:
            names = _in_order([one for group in spellings.values() for one in group])
            found.setdefault(
                tuple(one.id for one in names), NameClash(Likeness.HOMOPHONE, circle, reading, names)
            )
    return list(found.values())


def _bare(name: str) -> str:
    """The name without 村 or 社区, which nobody tells villages apart by."""
    return stem_of(name) if term_of(name) not in ("镇", "乡", "街道", "街道办事处") else name


def _in_order(named: Iterable[Named]) -> tuple[Named, ...]:
    return tuple(sorted(named, key=lambda one: one.id))
