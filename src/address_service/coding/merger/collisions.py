"""Places that would read alike in one village, and what becomes of each once a person has decided.

A place is known in a text by the names of its outer place and its own; two places of one village with the same names
collide, whichever their kinds. A whole village numbered as one area has no name of its own, so two of them collide.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from address_service.coding.divisions.names import stem_of
from address_service.model.places import PlaceKind

_GROUP = re.compile(r"([0-9]+)组")


class ChoiceKind(StrEnum):
    """How a person decides: the place keeps its name, gets the old village before it, a new name, or is joined."""

    UNDECIDED = "undecided"
    KEEP = "keep"
    DISTRICT = "district"
    RENAME = "rename"
    JOIN = "join"


@dataclass(frozen=True, slots=True)
class Choice:
    """A decision about a place, or (``DISTRICT``, ``KEEP``) about all places of a village.

    ``name`` is that of the 片区 or the place's new one; ``into`` the place whose doors the others follow.
    """

    subject_id: UUID
    kind: ChoiceKind
    name: str = ""
    into: UUID | None = None


@dataclass(frozen=True, slots=True)
class MergerPlace:
    """A place of one of the villages; ``outer`` the 片区 that it is in, ``last_main`` the highest number known there.

    Where a split gives a place back what it was called, these are the names that it is to have again.
    """

    id: UUID
    kind: PlaceKind
    name: str
    outer: str
    division_id: UUID
    village: str
    moves: bool
    doors: int = 0
    last_main: int = 0
    parent_id: UUID | None = None

    @property
    def own(self) -> str:
        """The place's own part of a text; nothing for a whole village."""
        return "" if self.kind is PlaceKind.VILLAGE else self.name


@dataclass(frozen=True, slots=True)
class Fate:
    """What a place is called afterwards, or which one it is joined to with its numbers moved up by ``offset``."""

    place: MergerPlace
    outer: str
    own: str
    into: UUID | None = None
    offset: int = 0

    @property
    def reads(self) -> str:
        """The place's part of a text."""
        return f"{self.outer}{self.own}"

    @property
    def changes(self) -> bool:
        """Whether anything but the village is different."""
        return self.into is not None or (self.outer, self.own) != (self.place.outer, self.place.own)


@dataclass(frozen=True, slots=True)
class Collision:
    """Places that would read alike, the one proposed to keep its name first.

    ``options`` are by place, the default first.
    """

    reads: str
    places: tuple[MergerPlace, ...]
    options: Mapping[UUID, tuple[Choice, ...]]
    is_decided: bool

    @property
    def words(self) -> str:
        """For people: 3组, 全村."""
        return self.reads or "全村统一编号"


def district_name(village: str) -> str:
    """What a village is called as 片区 of the one that took it in: 沙坪村 → 沙坪片区."""
    return f"{stem_of(village)}片区"


def fates_of(places: Sequence[MergerPlace], choices: Mapping[UUID, Choice]) -> dict[UUID, Fate]:
    """What becomes of every place by the choices made so far."""
    found = {place.id: _fate(place, choices) for place in places}
    return _offsets(found)


def _fate(place: MergerPlace, choices: Mapping[UUID, Choice]) -> Fate:
    choice = choices.get(place.id)
    if choice is None or choice.kind is ChoiceKind.UNDECIDED:
        village = choices.get(place.division_id)
        choice = village if village is not None and village.kind is ChoiceKind.DISTRICT else None
    if choice is None or choice.kind is ChoiceKind.KEEP:
        return Fate(place, place.outer, place.own)
    if choice.kind is ChoiceKind.DISTRICT:
        return Fate(place, f"{choice.name}{place.outer}", place.own)
    if choice.kind is ChoiceKind.RENAME:
        return Fate(place, place.outer, choice.name)
    return Fate(place, place.outer, place.own, into=choice.into)


def _offsets(fates: Mapping[UUID, Fate]) -> dict[UUID, Fate]:
    """Let the doors of joined places follow those of the one they are joined to; parity stays on a street."""
    found = dict(fates)
    last = {key: fate.place.last_main for key, fate in fates.items()}
    for key, fate in sorted(fates.items(), key=lambda item: (item[1].place.village, item[0])):
        if fate.into is None or fate.into not in last:
            continue
        offset = last[fate.into]
        if fate.place.kind is PlaceKind.STREET and offset % 2:
            offset += 1
        into = fates[fate.into]
        found[key] = Fate(fate.place, into.outer, into.own, fate.into, offset)
        last[fate.into] = offset + fate.place.last_main
    return found


def collisions_of(places: Sequence[MergerPlace], choices: Mapping[UUID, Choice]) -> list[Collision]:
    """Every collision of the merger: those of the names as they stand, and those that a choice has brought about."""
    before = _alike(fates_of(places, {}).values())
    fates = fates_of(places, choices)
    after = _alike(fate for fate in fates.values() if fate.into is None)
    left = {fate.place.id: reads for reads, group in after.items() for fate in group}
    taken = {place.own for place in places} | {fate.own for fate in fates.values()}
    around = _around(places)
    found = [_collision(reads, group, left, taken, around) for reads, group in before.items()]
    known = {frozenset(place.id for place in one.places) for one in found}
    for reads, group in after.items():
        ids = frozenset(fate.place.id for fate in group)
        if not any(ids <= one for one in known):
            found.append(_collision(reads, group, left, taken, around))
    return sorted(found, key=lambda one: (one.is_decided, one.reads))


def _around(places: Iterable[MergerPlace]) -> set[UUID]:
    """The 片区 of which other places are parts."""
    return {place.parent_id for place in places if place.parent_id}


def _alike(fates: Iterable[Fate]) -> dict[str, list[Fate]]:
    groups: dict[str, list[Fate]] = {}
    for fate in fates:
        groups.setdefault(fate.reads, []).append(fate)
    return {reads: group for reads, group in groups.items() if len(group) > 1}


def _collision(
    reads: str, group: Sequence[Fate], left: Mapping[UUID, str], taken: set[str], around: set[UUID]
) -> Collision:
    ordered = sorted((fate.place for fate in group), key=lambda p: (p.moves, -p.doors, p.village, p.id))
    keeper = ordered[0]
    options = {place.id: tuple(_options(place, keeper, taken, around)) for place in ordered[1:]}
    alike = [left[place.id] for place in ordered if place.id in left]
    return Collision(reads, tuple(ordered), options, is_decided=len(set(alike)) == len(alike))


def _options(place: MergerPlace, keeper: MergerPlace, taken: set[str], around: set[UUID]) -> Iterable[Choice]:
    yield Choice(place.id, ChoiceKind.DISTRICT, district_name(place.village))
    if place.id in around:
        return  # its name stands in the texts of its places, each of which is decided by itself
    if place.kind is not PlaceKind.VILLAGE:
        yield Choice(place.id, ChoiceKind.RENAME, free_name(place, taken))
    if place.kind is keeper.kind:
        yield Choice(place.id, ChoiceKind.JOIN, into=keeper.id)


def free_name(place: MergerPlace, taken: Iterable[str]) -> str:
    """A name that nobody has: the next free ordinal for a numbered group, else the old village's name before it."""
    names = set(taken)
    if _GROUP.fullmatch(place.name):
        ordinals = [int(found[1]) for name in names if (found := _GROUP.fullmatch(name))]
        return f"{max(ordinals, default=0) + 1}组"
    stem = stem_of(place.village)
    name, n = f"{stem}{place.name}", 1
    while name in names:
        n += 1
        name = f"{stem}{n}{place.name}"
    return name


def faults_of(places: Sequence[MergerPlace], choices: Mapping[UUID, Choice]) -> list[tuple[UUID, str]]:
    """Choices that cannot be: nameless, about what is not concerned, joined to itself, another kind or a joined one."""
    known = {place.id: place for place in places}
    villages = {place.division_id for place in places}
    around = _around(places)
    found = []
    for key, choice in choices.items():
        if choice.kind in (ChoiceKind.RENAME, ChoiceKind.DISTRICT) and not choice.name.strip():
            found.append((key, "没有写明名称"))
        elif key not in known and key not in villages:
            found.append((key, "不是本方案所涉及的地名或村"))
        elif key not in known and choice.kind in (ChoiceKind.RENAME, ChoiceKind.JOIN):
            found.append((key, "整村只能选择保留为片区"))
        elif key in around and choice.kind in (ChoiceKind.RENAME, ChoiceKind.JOIN):
            found.append((key, "片区的名称写在其中各地名的地址里，不能在此改名或并入，请保留或冠以旧村名"))
        elif key in known and (fault := _fault(known, known[key], choice, choices)):
            found.append((key, fault))
    return found


def _fault(
    known: Mapping[UUID, MergerPlace], place: MergerPlace, choice: Choice, choices: Mapping[UUID, Choice]
) -> str | None:
    if choice.kind is ChoiceKind.RENAME and place.kind is PlaceKind.VILLAGE:
        return "全村统一编号的地名没有自己的名称，不能改名"
    if choice.kind is not ChoiceKind.JOIN:
        return None
    into = known.get(choice.into) if choice.into else None
    if into is None or into.id == place.id:
        return "没有指明并入哪一处地名"
    if into.kind is not place.kind:
        return f"“{place.name}”与“{into.name}”种类不同，不能并为一处"
    other = choices.get(into.id)
    if other is not None and other.kind is ChoiceKind.JOIN:
        return f"“{into.name}”自己也要并入别处"
    return None
