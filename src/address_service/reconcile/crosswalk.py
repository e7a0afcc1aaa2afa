"""Which entry of a police dictionary may be what of the register: proposals by name, never a link of themselves."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from address_service.coding.grammar.folding import fold_name
from address_service.coding.grammar.numerals import value_of
from address_service.coding.grammar.terms import GROUP_TERMS, TOWN_TERMS, VILLAGE_TERMS
from address_service.model.police_dictionaries import CrosswalkGround, DictionaryKind, TargetKind

MOST_RIVALS = 5
"""A name that means more things than this is proposed for none of them: a person has to say which."""

_STATION = re.compile("(?:.*?公安(?:局|分局))?(?P<stem>.+?)(?:水上|边防)?派出所")
_BEAT_TERMS = ("社区民警责任区", "民警责任区", "责任区", "社区警务区", "警务区", "警务室", "警区")
_GROUP_NO = re.compile(rf"(?P<no>[0-9〇零一二三四五六七八九十百廿卅]+)(?:{'|'.join(GROUP_TERMS)})")


@dataclass(frozen=True, slots=True)
class Target:
    """A division or place of the register under one of its names.

    ``level`` is township, village or place; ``above`` the names that may stand before it in an entry (town, village;
    the nearest last), ``codes`` the division codes of it and what it lies in, its own first. ``now`` is what it is
    called today where ``name`` is a former name of its own (ALIAS) or of a predecessor (LINEAGE).
    """

    id: UUID
    kind: TargetKind
    level: str
    name: str
    above: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    ground: CrosswalkGround = CrosswalkGround.EXACT
    now: str = ""

    @property
    def shown(self) -> str:
        """Its name with that of the village and place that it lies in."""
        return "".join((*self.above[1:], self.name))


@dataclass(frozen=True, slots=True)
class Entry:
    """A code with its name, and what the dictionary puts it under."""

    kind: DictionaryKind
    code: str
    name: str
    parent_code: str = ""
    parent_name: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """An entry that may be a target; ``rivals`` are other targets that it may be as well."""

    entry: Entry
    target: Target
    evidence: str
    rivals: int


_LEVELS: Mapping[DictionaryKind, frozenset[str]] = {
    DictionaryKind.STREET: frozenset({"place", "village"}),
    DictionaryKind.STATION: frozenset({"township"}),
    DictionaryKind.BEAT: frozenset({"village", "place"}),
    DictionaryKind.COMMITTEE: frozenset({"village"}),
}
_BEST = (CrosswalkGround.EXACT, CrosswalkGround.ALIAS, CrosswalkGround.LINEAGE)


@dataclass(slots=True)
class Names:
    """Targets by what their names come down to; built once for a whole dictionary."""

    by_key: dict[str, list[Target]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, targets: Iterable[Target]) -> "Names":
        """Index targets by their own name, and by it behind the names that may stand before, whole or cut."""
        names = cls()
        for target in targets:
            keys = [key_of(target.name, target.level)]
            for above in reversed(target.above):
                heads = dict.fromkeys(
                    (key_of(above, "place"), key_of(above, "village"), key_of(above, "township"))
                )
                keys += [head + key for head in heads for key in keys]
            for key in dict.fromkeys(keys):
                names.by_key[key].append(target)
        return names


def key_of(name: str, level: str) -> str:
    """What a name comes down to: folded, group numbers as digits, generic term of towns and villages left away."""
    terms = TOWN_TERMS if level == "township" else VILLAGE_TERMS if level == "village" else ()
    return _without(_GROUP_NO.sub(_numbered, fold_name(name)), terms)


def _numbered(found: "re.Match[str]") -> str:
    value = value_of(found["no"])
    return found[0] if value is None else f"{value}组"


def propose(entries: Iterable[Entry], names: Names) -> list[Pair]:
    """Pairs for persons to decide on: of each entry the targets on the best ground that it has.

    A name alone is enough for a proposal and never for more; where several targets bear it all of them are proposed
    with the number of their rivals, or none where they are too many.
    """
    pairs: list[Pair] = []
    for entry in entries:
        found = _nearest(entry, _targets(entry, names))
        if len(found) <= MOST_RIVALS:
            pairs += [Pair(entry, one, _evidence(entry, one), len(found) - 1) for one in found]
    return pairs


def _targets(entry: Entry, names: Names) -> list[Target]:
    found: dict[UUID, Target] = {}
    for key in dict.fromkeys(_keys(entry)):
        for target in names.by_key.get(key, ()):
            known = found.get(target.id)
            if target.level in _LEVELS[entry.kind] and (
                known is None or _BEST.index(target.ground) < _BEST.index(known.ground)
            ):
                found[target.id] = target
    best = min((_BEST.index(one.ground) for one in found.values()), default=0)
    return [one for one in found.values() if _BEST.index(one.ground) == best]


def _keys(entry: Entry) -> list[str]:
    """What an entry's name may come down to."""
    plain = fold_name(entry.name)
    if entry.kind is DictionaryKind.STATION:
        found = _STATION.fullmatch(plain)
        return [key_of(found["stem"], "township")] if found else []
    if entry.kind is DictionaryKind.BEAT:
        plain = _without(plain, _BEAT_TERMS)
        parent = _without(fold_name(entry.parent_name), ("派出所",))
        for head in (fold_name(entry.parent_name), parent):
            plain = plain.removeprefix(head) or plain if head else plain
    return [key_of(plain, "village"), key_of(plain, "place")]


def _nearest(entry: Entry, found: Sequence[Target]) -> list[Target]:
    """Those in what the entry's code or parent names, where it names anything of theirs.

    Codes of stations and beats are the police's own and say nothing of divisions.
    """
    if entry.kind in (DictionaryKind.STATION, DictionaryKind.BEAT):
        return list(found)
    for code in (entry.parent_code, entry.code):
        for digits in (12, 9):
            near = [one for one in found if len(code) >= digits and code[:digits] in one.codes]
            if near:
                return near
    return list(found)


def _evidence(entry: Entry, target: Target) -> str:
    if target.ground is CrosswalkGround.EXACT:
        same_code = entry.kind is DictionaryKind.COMMITTEE and target.codes[:1] == (entry.code,)
        return f"名称相同：{target.shown}" + ("，代码也相同" if same_code else "")
    word = "是曾用名" if target.ground is CrosswalkGround.ALIAS else "已撤销，按沿革归入"
    return f"{target.shown}{word}，现为{target.now}"


def _without(name: str, terms: Sequence[str]) -> str:
    for term in terms:
        if name.endswith(term) and len(name) > len(term):
            return name.removesuffix(term)
    return name
