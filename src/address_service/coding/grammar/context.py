"""Which identities the names of one text can mean together: each in the larger ones, else it contradicts itself."""

from collections.abc import Iterator

from address_service.coding.grammar.elements import Element, Reason
from address_service.coding.grammar.elements import ElementKind as K
from address_service.coding.grammar.gazetteer import Gazetteer, Settled
from address_service.coding.grammar.scan import RANK

Named = tuple[K, tuple[str, ...], str]
"""What of a name decides: its kind, the identities it may stand for, and how it reads."""

_MOST_REMEMBERED = 50_000
_RANK_OF_VILLAGE = RANK[K.VILLAGE]
_UPPER = (K.PROVINCE, K.PREFECTURE, K.COUNTY)


def settle(elements: list[Element], gazetteer: Gazetteer) -> tuple[list[Element], Settled]:
    """Narrow the keys of every name to those that lie in, or hold, the other names; say where none does.

    The names of one village's texts are the same from row to row: what they can mean together is remembered.
    """
    asked = tuple((e.kind, e.keys, e.value) for e in elements if e.keys)
    settled = gazetteer.settled.get(asked)
    if settled is None:
        if len(gazetteer.settled) >= _MOST_REMEMBERED:
            gazetteer.settled.clear()
        settled = gazetteer.settled[asked] = _settled(asked, gazetteer)
    meant = iter(settled.names)
    return [_with(e, *next(meant)) if e.keys else e for e in elements], settled


def _settled(asked: tuple[Named, ...], gazetteer: Gazetteer) -> Settled:
    keys, reasons = [name[1] for name in asked], []
    order = sorted(range(len(asked)), key=lambda index: RANK[asked[index][0]])
    for upper, lower in ((a, b) for n, a in enumerate(order) for b in order[n + 1 :]):
        above, below = keys[upper], keys[lower]
        if asked[upper][0] is asked[lower][0]:
            reasons.extend(_twice(asked[upper], asked[lower], above, below, gazetteer))
            continue
        kept = tuple(k for k in below if not gazetteer.above(k).isdisjoint(above))
        if not kept:
            # A place may hang on the division and not on the place before it in the text.
            if not _siblings(above, below, gazetteer):
                reasons.append(Reason("names-apart", f"“{asked[lower][2]}”不在“{asked[upper][2]}”"))
            continue
        reach = frozenset().union(*(gazetteer.above(k) for k in kept))
        keys[lower], keys[upper] = kept, tuple(k for k in above if k in reach)
    names = tuple((kept, _value(kept, name[2], gazetteer)) for kept, name in zip(keys, asked, strict=True))
    meant = [(asked[index][0], *names[index]) for index in order]
    return Settled(names, tuple(reasons), _needless(meant, gazetteer), tuple(_implied(meant, gazetteer)))


def _needless(meant: list[Named], gazetteer: Gazetteer) -> frozenset[tuple[K, str]]:
    """The names of divisions above the town in which something lies that is named too."""
    lower = [gazetteer.above(key) for kind, keys, _ in meant if kind not in _UPPER for key in keys]
    return frozenset(
        (kind, value)
        for kind, keys, value in meant
        if kind in _UPPER and any(not above.isdisjoint(keys) for above in lower)
    )


def _implied(meant: list[Named], gazetteer: Gazetteer) -> Iterator[tuple[K, str]]:
    """The town, and the village, that the names leave no choice about."""
    first = next((one for one in meant if one[0] not in _UPPER), None)
    for kind in (K.TOWN, K.VILLAGE):
        if first is None or RANK[kind] >= RANK[first[0]]:
            continue
        above = [{a for a in gazetteer.above(k) if gazetteer.kind_of.get(a) is kind} for k in first[1]]
        if len(set().union(*above)) == 1 and all(above):
            yield kind, gazetteer.name_of[next(iter(above[0]))]


def _siblings(above: tuple[str, ...], below: tuple[str, ...], gazetteer: Gazetteer) -> bool:
    return any(
        not (gazetteer.parents.get(a, set()).isdisjoint(gazetteer.parents.get(b, set())))
        and RANK[gazetteer.kind_of[a]] > _RANK_OF_VILLAGE
        for a in above
        for b in below
    )


def _twice(
    one: Named, other: Named, first: tuple[str, ...], second: tuple[str, ...], gazetteer: Gazetteer
) -> list[Reason]:
    if not set(first).isdisjoint(second):
        return [Reason("repeated", f"“{other[2]}”重复")]
    nested = any(a in gazetteer.above(b) or b in gazetteer.above(a) for a in first for b in second)
    if nested or RANK[one[0]] > _RANK_OF_VILLAGE:
        return []
    return [Reason("names-apart", f"“{one[2]}”与“{other[2]}”不能同时成立")]


def _value(keys: tuple[str, ...], written: str, gazetteer: Gazetteer) -> str:
    names = {gazetteer.name_of[key] for key in keys}
    return names.pop() if len(names) == 1 else written


def _with(element: Element, keys: tuple[str, ...], value: str) -> Element:
    if keys == element.keys and value == element.value:
        return element
    return Element(element.kind, element.text, value, element.span, keys, element.number)
