"""A street drawn as two carriageways is numbered as the one street that it is."""

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiLineString

from address_service.coding.numbering import Door, Ledger, Policy, plan_street
from address_service.coding.numbering.carriageways import single
from address_service.coding.numbering.network import build_network
from address_service.model.numbers import Side

NO_GAPS = Policy(gap_reserve_m=None)


def doors_along(apart: float) -> list[Door]:
    """Ten doors a side of a street from east to west, 15 m behind its outer edges; keys ascend westward."""
    north = [Door(UUID(int=i), 480 - 50 * i, apart / 2 + 15) for i in range(10)]
    return north + [Door(UUID(int=100 + i), 470 - 50 * i, -apart / 2 - 15) for i in range(10)]


def mains(lines: MultiLineString, apart: float) -> dict[int, int]:
    plan = plan_street(lines, doors_along(apart), [], NO_GAPS, Ledger({}))
    return {item.key.int: item.number.main for item in plan.items if item.key}


@given(
    apart=st.integers(6, 24),
    joined=st.sampled_from(["east", "west", "both", "neither"]),
    links=st.lists(st.integers(40, 460), max_size=3),
    tail=st.integers(0, 120),
)
@settings(max_examples=60, deadline=None)
def test_both_sides_are_numbered_as_along_one_line_however_the_carriageways_are_joined(
    apart: int, joined: str, links: list[int], tail: int
) -> None:
    half = apart / 2
    parts = [[(0.0, half), (500.0, half)], [(0.0, -half), (500.0, -half)]]
    parts += [[(float(x), half), (float(x), -half)] for x in links]
    if joined in ("east", "both"):
        parts += [
            [(500.0, half), (515.0, 0.0)],
            [(500.0, -half), (515.0, 0.0)],
            [(515.0, 0.0), (520.0 + tail, 0.0)],
        ]
    if joined in ("west", "both"):
        parts += [[(0.0, half), (-15.0, 0.0)], [(0.0, -half), (-15.0, 0.0)]]

    found = mains(MultiLineString(parts), apart)

    assert {k: n for k, n in found.items() if k < 100} == {i: 2 * i + 1 for i in range(10)}
    assert {k - 100: n for k, n in found.items() if k >= 100} == {i: 2 * i + 2 for i in range(10)}


def test_lanes_far_enough_apart_for_houses_between_are_two() -> None:
    loop = MultiLineString([[(0, 20), (500, 20), (500, -20), (0, -20)]])

    network = build_network(loop)

    assert single(network) is network


@pytest.mark.parametrize(
    "parts",
    [
        [[(0, 0), (400, 0)]],
        [[(0, 0), (200, 0), (400, 0)], [(200, 0), (200, 150)], [(300, 0), (330, -90)]],
        [[(0, 0), (200, 0)], [(200.3, 0), (400, 10)]],
        [[(-300, -50), (0, 0), (100, 0), (20, 40), (-200, 120)]],
        [[(0, 0), (150, 0), (150, 20), (0, 20), (0, 40), (150, 40), (150, 60), (0, 60)]],
    ],
)
def test_a_street_without_carriageways_stays_as_it_is_even_up_a_hill(
    parts: list[list[tuple[float, float]]],
) -> None:
    network = build_network(MultiLineString(parts), bridged=True)

    assert single(network) is network


def test_a_branch_of_a_street_with_carriageways_stays_a_branch() -> None:
    parts = [[(0, 8), (500, 8)], [(0, -8), (500, -8)], [(500, 8), (500, -8)], [(250, 8), (250, 200)]]
    aside = Door(UUID(int=900), 262, 150)

    plan = plan_street(MultiLineString(parts), [*doors_along(16), aside], [], NO_GAPS, Ledger({}))

    last = max(plan.items, key=lambda item: item.offset_m or 0)
    assert last.key == aside.key
    assert last.reasons[0].text.startswith("位于第 1 支路")
    assert last.side is Side.RIGHT
