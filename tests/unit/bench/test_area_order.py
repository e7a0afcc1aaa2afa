"""The committed tours through the generated hamlets, and what the bench makes of them."""

import json
from importlib.resources import files
from itertools import islice

import pytest

from address_service.bench.area_order import TOURS, length, run, walk
from address_service.bench.hamlets import COUNT, hamlets

BEST = json.loads(files("address_service.bench").joinpath(TOURS).read_text())


def test_every_hamlet_has_a_tour_past_every_house() -> None:
    sizes = [len(hamlet.houses) for hamlet in hamlets()]

    assert len(BEST) == len(sizes) == COUNT >= 60
    assert (min(sizes), max(sizes)) == (20, 400)
    assert [sorted(tour) for tour in BEST] == [list(range(size)) for size in sizes]


def test_no_walk_is_shorter_than_the_best_tour_known() -> None:
    for hamlet in islice(hamlets(), 24):
        metres = hamlet.metres()

        assert length(metres, BEST[hamlet.seed]) <= length(metres, walk(hamlet.houses, hamlet)) + 1e-6


def test_the_figures_of_small_hamlets_meet_their_bounds() -> None:
    figures = run(60)

    assert figures["hamlets"] >= 10
    assert 1 <= figures["mean_ratio"] <= 1.10
    assert figures["stability"] <= 0.08
    assert figures["p95_ratio"] == pytest.approx(1.125, abs=0.125)
