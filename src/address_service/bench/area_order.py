"""The walk through hamlets that area numbering makes, beside the best tours known; and how stable it is.

The best tours were found once by `address_service.bench.area_tours`, which recomputes them.
"""

import json
from collections.abc import Sequence
from importlib.resources import files
from itertools import pairwise
from time import perf_counter
from typing import Any
from uuid import UUID

import numpy as np

from address_service.bench.hamlets import FloatArray, Hamlet, hamlets
from address_service.coding.numbering.area import plan_area
from address_service.coding.numbering.plan import Door, Ledger
from address_service.coding.numbering.policy import Policy

TOURS = "area_tours.json"
"""Hamlet by hamlet the houses in the order of the best tour known."""


def run(size: int | None = None) -> dict[str, Any]:
    """Measure the hamlets of at most ``size`` houses (all when None): walking length to the best known, and stability.

    ``stability`` is the mean share of houses whose neighbours in order change when one house is added and the hamlet
    is planned again; ``stability_afresh`` the same where the earlier plan is forgotten and the walk made anew.
    """
    started = perf_counter()
    best = json.loads(files("address_service.bench").joinpath(TOURS).read_text())
    chosen = [hamlet for hamlet in hamlets() if size is None or len(hamlet.houses) <= size]
    ratios, changed, afresh = [], [], []
    for hamlet in chosen:
        metres = hamlet.metres()
        order = walk(hamlet.houses, hamlet)
        ratios.append(length(metres, order) / length(metres, best[hamlet.seed]))
        grown = _grown(hamlet)
        changed.append(_changed(order, walk(grown, hamlet, order)))
        afresh.append(_changed(order, walk(grown, hamlet)))
    return {
        "hamlets": len(chosen),
        "houses": sum(len(hamlet.houses) for hamlet in chosen),
        "mean_ratio": round(float(np.mean(ratios)), 4),
        "p95_ratio": round(float(np.percentile(ratios, 95)), 4),
        "worst_ratio": round(max(ratios), 4),
        "stability": round(float(np.mean(changed)), 4),
        "stability_afresh": round(float(np.mean(afresh)), 4),
        "seconds": round(perf_counter() - started, 1),
    }


def length(metres: FloatArray, order: Sequence[int]) -> float:
    """Metres of the walk from the entrance past the houses (0-based) in order."""
    return float(sum(metres[a, b] for a, b in pairwise([0, *(house + 1 for house in order)])))


def walk(houses: FloatArray, hamlet: Hamlet, earlier: Sequence[int] = ()) -> list[int]:
    """Houses (0-based) in the order in which area numbering numbers them."""
    doors = [Door(UUID(int=i), x, y) for i, (x, y) in enumerate(houses.tolist())]
    known = [UUID(int=house) for house in earlier]
    plan = plan_area(hamlet.lanes, doors, [], Policy(), Ledger({}), earlier=known)
    return [item.key.int for item in plan.items if item.key is not None]


def _grown(hamlet: Hamlet) -> FloatArray:
    """The houses and one more beside one of them."""
    rng = np.random.default_rng([hamlet.seed, 1])
    beside = hamlet.houses[int(rng.integers(len(hamlet.houses)))]
    return np.vstack((hamlet.houses, beside + rng.normal(0, 12, 2)))


def _changed(order: Sequence[int], grown: Sequence[int]) -> float:
    """Share of houses that stand between others than before."""
    before, after = _neighbours(order), _neighbours(grown)
    return sum(before[house] != after[house] for house in before) / len(before)


def _neighbours(order: Sequence[int]) -> dict[int, frozenset[int]]:
    """Who comes before and after each house; -1 stands for the entrance, -2 for the end."""
    row = [-1, *order, -2]
    return {house: frozenset((row[i], row[i + 2])) for i, house in enumerate(order)}
