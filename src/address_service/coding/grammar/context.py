"""Which identities the names of one text can mean together: each in the larger ones, else it contradicts itself."""

from dataclasses import replace

from address_service.coding.grammar.elements import Element, Reason
from address_service.coding.grammar.gazetteer import Gazetteer
from address_service.coding.grammar.scan import RANK


def settle(elements: list[Element], gazetteer: Gazetteer) -> tuple[list[Element], list[Reason]]:
    """Narrow the keys of every name to those that lie in, or hold, the other names; say where none does."""
    named = sorted((e for e in elements if e.keys), key=lambda e: RANK[e.kind])
    keys, reasons = {id(e): e.keys for e in named}, []
    for upper, lower in ((a, b) for n, a in enumerate(named) for b in named[n + 1 :]):
        above, below = keys[id(upper)], keys[id(lower)]
        if upper.kind is lower.kind:
            reasons.extend(_twice(upper, lower, above, below, gazetteer))
            continue
        kept = tuple(k for k in below if not gazetteer.above(k).isdisjoint(above))
        if not kept:
            # A place may hang on the division and not on the place before it in the text.
            if not _siblings(above, below, gazetteer):
                reasons.append(Reason("names-apart", f"“{lower.value}”不在“{upper.value}”"))
            continue
        reach = frozenset().union(*(gazetteer.above(k) for k in kept))
        keys[id(lower)], keys[id(upper)] = kept, tuple(k for k in above if k in reach)
    return [_with(e, keys[id(e)], gazetteer) if e.keys else e for e in elements], reasons


def _siblings(above: tuple[str, ...], below: tuple[str, ...], gazetteer: Gazetteer) -> bool:
    return any(
        not (gazetteer.parents.get(a, set()).isdisjoint(gazetteer.parents.get(b, set())))
        and RANK[gazetteer.kind_of[a]] > RANK_OF_VILLAGE
        for a in above
        for b in below
    )


RANK_OF_VILLAGE = next(rank for kind, rank in RANK.items() if kind == "village")


def _twice(
    one: Element, other: Element, first: tuple[str, ...], second: tuple[str, ...], gazetteer: Gazetteer
) -> list[Reason]:
    if not set(first).isdisjoint(second):
        return [Reason("repeated", f"“{other.value}”重复")]
    nested = any(a in gazetteer.above(b) or b in gazetteer.above(a) for a in first for b in second)
    if nested or RANK[one.kind] > RANK_OF_VILLAGE:
        return []
    return [Reason("names-apart", f"“{one.value}”与“{other.value}”不能同时成立")]


def _with(element: Element, keys: tuple[str, ...], gazetteer: Gazetteer) -> Element:
    names = {gazetteer.name_of[key] for key in keys}
    value = names.pop() if len(names) == 1 else element.value
    return (
        element
        if keys == element.keys and value == element.value
        else replace(element, keys=keys, value=value)
    )
