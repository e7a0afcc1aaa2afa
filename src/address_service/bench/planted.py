"""The planted set: rows as offices would send them, each with its kind and its true answer, drawn by seed."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from address_service.bench.planted_case import Case, begin, judge
from address_service.bench.planted_history import HISTORY, POOLS, any_pool, pick
from address_service.bench.planted_oracle import Oracle
from address_service.bench.planted_saying import SAYING
from address_service.bench.planted_spelling import SPELLING
from address_service.bench.planted_world import World

KINDS = {**SPELLING, **SAYING, **HISTORY}
"""Kind → its weight, and what it does."""

_TRIES = 2000
_HEAD = re.compile(
    r"(湖南省?)?(岳阳市)?(平江县?)?((童市|瓮江)(镇|乡|公社|人民公社)?|三阳(乡|镇|公社)?|天岳(街道)?)?"
)


@dataclass(frozen=True, slots=True)
class PlantedRow:
    """A row as it would be sent; ``truth`` is the address id, None where no address can be told for sure.

    ``prefix_only``: from the village on it is the text in force of its truth. ``meant`` is the key of the village
    that it was drawn from. ``why`` is what the writer of a line by hand noted.
    """

    kind: str
    text: str
    on: date | None
    external_id: str | None
    home: tuple[str, ...]
    truth: str | None
    meant: str = ""
    prefix_only: bool = False
    why: str = ""


def make_rows(world: World, seed: int, size: int) -> list[PlantedRow]:
    """``size`` rows in any order of kinds; the same for the same world and seed."""
    return list(_rows(world, random.Random(f"rows {seed}"), size))  # noqa: S311 - repeatable, not secret


def _rows(world: World, draw: random.Random, size: int) -> Iterator[PlantedRow]:
    oracle, (current, before) = Oracle(world), any_pool(world)
    pools = {kind: pool(world) for kind, pool in POOLS.items()}
    tails = {one.address: one.spot.tail() for one in current}
    names, weights = list(KINDS), [weight for weight, _ in KINDS.values()]
    for kind in draw.choices(names, weights, k=size):
        for _ in range(_TRIES):
            pool = pools.get(kind)
            case = begin(draw, oracle, draw.choice(pool) if pool else pick(draw, current, before))
            planted = _plant(kind, case, tails)
            if planted:
                yield planted
                break
        else:
            raise AssertionError(f"no row of kind {kind} can be planted")


def _plant(kind: str, case: Case, tails: dict[str, str]) -> PlantedRow | None:
    if not KINDS[kind][1](case):
        return None
    sure, truth = judge(case)
    if not sure:
        return None
    text = case.line()
    tail = tails.get(truth or "", "\0")
    bare = text.endswith(tail) and _HEAD.fullmatch(text.removesuffix(tail)) is not None
    meant = case.stretch.village_key
    return PlantedRow(kind, text, case.on, case.external_id, case.home, truth, meant, bare)
