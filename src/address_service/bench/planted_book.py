"""The planted county as matching is told of it: names, texts and successions, and nothing that the register lacks."""

from collections.abc import Iterator

from address_service.bench.planted_names import COUNTY, MERGERS, NEIGHBOURS, TODAY, TOWNS, VILLAGES
from address_service.bench.planted_world import Group, World, external_id
from address_service.coding.grammar import ElementKind, KnownName
from address_service.coding.matching import (
    BookSuccession,
    BookText,
    MatchBook,
    SuccessionOf,
    TextSource,
    build_book,
)

_KINDS = {
    "group": ElementKind.GROUP,
    "hamlet": ElementKind.HAMLET,
    "street": ElementKind.STREET,
    "compound": ElementKind.COMPOUND,
}


def book_of(world: World) -> MatchBook:
    """All that a register of this county would hold on ``TODAY``."""
    return build_book(
        names_of(world),
        texts_of(world),
        successions_of(world),
        today=TODAY,
        jurisdiction=sorted({town.key for town in TOWNS}),
    )


def names_of(world: World) -> Iterator[KnownName]:
    """Divisions and places with their dated names; of neighbour towns only the name."""
    yield KnownName("43", ElementKind.PROVINCE, "湖南省", None, "43")
    yield KnownName("4306", ElementKind.PREFECTURE, "岳阳市", "43", "4306")
    yield KnownName(COUNTY, ElementKind.COUNTY, "平江县", "4306", COUNTY)
    for town in TOWNS:
        yield KnownName(town.key, ElementKind.TOWN, town.name, town.parent, town.code, town.start, town.end)
    for name in NEIGHBOURS:
        yield KnownName(f"n{name}", ElementKind.TOWN, name, COUNTY)
    for one in VILLAGES:
        yield KnownName(one.key, ElementKind.VILLAGE, one.name, one.parent, one.code, one.start, one.end)
    districts: set[str] = set()
    for group in world.groups:
        yield from _place(group, districts)


def _place(group: Group, districts: set[str]) -> Iterator[KnownName]:
    """A place by its names, and the 片区 that it lies in where that has not been told yet."""
    for n, (day, village, places) in enumerate(group.trail):
        end = group.trail[n + 1][0] if n + 1 < len(group.trail) else None
        parent = village
        if len(places) > 1:
            parent = f"{village}/{places[0]}"
            if parent not in districts:
                districts.add(parent)
                yield KnownName(parent, ElementKind.DISTRICT, places[0], village, "", day, end)
        yield KnownName(group.key, _KINDS[group.kind], places[-1], parent, "", day, end)


def texts_of(world: World) -> Iterator[BookText]:
    """Every recorded text with its days, the identities of others, and recorded names of use."""
    for one in world.stretches:
        if one.recorded:
            known = external_id(one.address)
            yield BookText(
                one.address,
                one.spot.text(),
                one.start,
                one.end,
                division=one.village_key,
                external_ids=(known,) if known else (),
            )
    for alias in world.aliases:
        yield BookText(alias.address, alias.text, alias.start, alias.end, TextSource.ALIAS)


def successions_of(world: World) -> Iterator[BookSuccession]:
    """What villages and addresses went into; places keep their key."""
    part = {merger.before for merger in MERGERS if merger.groups or merger.how == "back"}
    for merger in MERGERS:
        groups = tuple(_moved(world, merger.before, merger.after)) if merger.before in part else ()
        share = "part" if merger.before in part else "whole"
        yield BookSuccession(
            SuccessionOf.DIVISION, merger.before, merger.after, merger.on, share=share, groups=groups
        )
    for group in world.groups:
        for door in group.doors:
            for after in door.successors:
                share = "part" if len(door.successors) > 1 else "whole"
                assert door.end is not None  # noqa: S101 - who has successors ended
                yield BookSuccession(SuccessionOf.ADDRESS, door.address, after, door.end, share=share)


def _moved(world: World, before: str, after: str) -> Iterator[str]:
    """Names of the groups that went from one village into another, as they were called before."""
    for group in world.groups:
        for (_, village, places), (_, next_village, _) in zip(group.trail, group.trail[1:], strict=False):
            if (village, next_village) == (before, after):
                yield places[-1]
