"""A real town numbered anew: our sides and order are those that people found there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from address_service.bench import real_town
from address_service.coding.numbering import Policy, route, stations

TOWN = Path(__file__).parents[2] / "real_town"
POLICY = Policy(gap_reserve_m=None)


def measured() -> dict[str, Any]:
    return real_town.figures(TOWN / "helsinki.geojson.gz", 3067, POLICY)


def test_parity_and_order_agree_with_the_real_numbers() -> None:
    found = measured()

    assert (found["streets"], found["doors"], found["pairs"]) == (55, 512, 414)
    assert found["parity"] >= 0.978
    assert found["order"] >= 0.941
    doubts = {code: count for code, count in found["findings"].items() if code not in _HABITS}
    assert set(doubts) <= {"wrong-side", "order-inversion"}
    assert sum(doubts.values()) / found["doors"] < 0.1


_HABITS = {"direction-reversed", "sides-swapped"}
"""Of whole streets: the town numbers them the other way round from the policy."""


def test_the_note_gives_the_figures_as_they_are() -> None:
    found, note = measured(), (TOWN / "README.md").read_text(encoding="utf-8")

    for name in ("streets", "doors", "pairs"):
        assert f"| {name} | {found[name]} |" in note
    assert f"| parity | {found['parity']:.1%} |" in note
    assert f"| order | {found['order']:.1%} |" in note
    assert f"| findings per 1,000 doors | {found['findings_per_1000']} |" in note


def _always_right(_: Any, segment: Any, share: Any) -> Any:
    """Headings that leave every door on the right."""
    return np.zeros((len(segment), 2))


def _by_the_compass(_: Any, segment: Any, share: Any) -> Any:
    """As if every street ran east: north is left, whichever way it runs there."""
    return np.tile([1.0, 0.0], (len(segment), 1))


@pytest.fixture(params=["always right", "by the compass", "both carriageways walked"])
def mistaken(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """One mistake in finding the side of a door."""
    route._route.cache_clear()
    if request.param == "both carriageways walked":
        monkeypatch.setattr(route, "single", lambda network: network)
    else:
        wrong = _always_right if request.param == "always right" else _by_the_compass
        monkeypatch.setattr(stations.Segments, "_headings", wrong)
    yield str(request.param)
    route._route.cache_clear()


def test_sides_found_wrongly_do_not_agree(mistaken: str) -> None:
    assert measured()["parity"] < 0.95, mistaken
