"""Kinds of rows that are right but of another time: which stretches each is drawn from, and what is done to it."""

import random
from collections.abc import Callable
from datetime import date

from address_service.bench.planted_case import Case, Kind
from address_service.bench.planted_names import MERGED, MERGERS, TODAY
from address_service.bench.planted_spelling import full_width, separators, traditional
from address_service.bench.planted_world import GROUPS_RENAMED, RENUMBERED, REUSED, Stretch, World

Pool = Callable[[World], list[Stretch]]
"""The stretches that a kind is drawn from."""

_WHOLE = {merger.before for merger in MERGERS if not merger.groups and merger.on == MERGED}
_GROUPS = {merger.before for merger in MERGERS if merger.groups}


def as_it_stood(case: Case) -> bool:
    """The text of its time, in three of ten with a harmless change of spelling."""
    if case.draw.random() < 0.3:
        case.draw.choice((full_width, separators, traditional))(case)
    return True


def without_day(case: Case) -> bool:
    case.on = None
    return as_it_stood(case)


def with_day(case: Case) -> bool:
    last = (case.stretch.end or TODAY).toordinal()
    case.on = date.fromordinal(case.draw.randrange(case.stretch.start.toordinal(), last))
    return as_it_stood(case)


def after_its_time(case: Case) -> bool:
    """An old text on a paper of a later day."""
    if case.stretch.end is None:
        return False
    case.on = date.fromordinal(case.draw.randrange(case.stretch.end.toordinal(), TODAY.toordinal()))
    return as_it_stood(case)


def alias(case: Case) -> bool:
    """A name that people use, as the register has it recorded."""
    found = [one for one in case.oracle.world.aliases if one.address == case.stretch.address]
    if not found or case.stretch.end:
        return False
    name = found[0].text.removeprefix(f"湖南省岳阳市平江县{case.spot.town}{case.spot.village}")
    case.words.places, case.words.number, case.words.inside = [], name, ""
    case.words.town, case.on = case.words.town or case.spot.town, None
    case.known = case.stretch.address
    return True


def _of(chosen: Callable[[Stretch], bool]) -> Pool:
    return lambda world: [one for one in world.stretches if chosen(one)]


def _reused(world: World) -> list[Stretch]:
    """Both houses of a number that was given twice."""
    again = {one.spot for one in world.stretches if one.start == REUSED}
    return [one for one in world.stretches if one.spot in again]


def _ended(world: World) -> list[Stretch]:
    return [one for one in world.stretches if one.address in world.successors]


def _named(world: World) -> list[Stretch]:
    known = {one.address for one in world.aliases}
    return [one for one in world.stretches if one.address in known and one.end is None]


HISTORY: dict[str, tuple[float, Kind]] = {
    "abolished_whole": (3, as_it_stood),
    "abolished_by_groups": (3, as_it_stood),
    "carried_by_lineage": (2, as_it_stood),
    "split_again": (2, as_it_stood),
    "village_renamed": (2, as_it_stood),
    "group_renamed": (2, as_it_stood),
    "old_number_with_day": (3, with_day),
    "old_number_without_day": (3, without_day),
    "new_number_without_day": (2, without_day),
    "number_reused": (2, as_it_stood),
    "ended": (2, as_it_stood),
    "old_text_on_later_paper": (2, after_its_time),
    "alias": (2, alias),
}
"""Kind → its weight, and what it does."""

_RENAMED = ("扬墩村", "旁上村", "芭焦村", "东沅村", "大西社区")

POOLS: dict[str, Pool] = {
    "abolished_whole": _of(lambda one: one.village_key in _WHOLE and one.recorded),
    "abolished_by_groups": _of(lambda one: one.village_key in _GROUPS and one.recorded),
    "carried_by_lineage": _of(lambda one: not one.recorded),
    "split_again": _of(lambda one: one.spot.village in ("南源村", "平源村", "南尧村")),
    "village_renamed": _of(lambda one: one.spot.village in _RENAMED),
    "group_renamed": _of(lambda one: one.end == GROUPS_RENAMED),
    "old_number_with_day": _of(lambda one: one.end == RENUMBERED),
    "old_number_without_day": _of(lambda one: one.end == RENUMBERED),
    "new_number_without_day": _of(lambda one: one.start == RENUMBERED),
    "number_reused": _reused,
    "ended": _ended,
    "old_text_on_later_paper": _of(lambda one: one.end is not None),
    "alias": _named,
    "sub_numbers": _of(lambda one: one.spot.sub > 0),
    "room_forms": _of(lambda one: bool(one.spot.inside)),
    "missing_room": _of(lambda one: bool(one.spot.inside)),
    "missing_village": _of(lambda one: not one.spot.places[0][0].isdecimal()),
    "same_name": _of(lambda one: one.spot.village in ("芭蕉村", "芭焦村", "建设村", "桃花村")),
}


def any_pool(world: World) -> tuple[list[Stretch], list[Stretch]]:
    """Texts in force and texts of before, for the kinds without a pool."""
    current = world.current()
    return current, [one for one in world.stretches if one.end and one.recorded]


def pick(draw: random.Random, current: list[Stretch], before: list[Stretch]) -> Stretch:
    """Three of four are in force."""
    return draw.choice(current if draw.random() < 0.75 else before)
