"""Blocks of numbers for construction plans: by planned doors, by frontage."""

from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiLineString, box

from address_service.coding.numbering import Claim, ItemKind, Ledger, Policy, plan_street
from address_service.coding.numbering.reservation import needed_on_street
from address_service.model.buildings import PlanKind
from address_service.model.numbers import Side

STREET = MultiLineString([[(1000, 0), (0, 0)]])


def test_planned_doors_go_before_frontage() -> None:
    need = needed_on_street(STREET, PlanKind.AREA, box(100, 5, 250, 60), None, Policy(), planned=4)

    assert (need.doors, need.reason.text) == (4, "按规划户数预留 4 个号")


def test_an_area_fronts_the_street_on_its_side() -> None:
    need = needed_on_street(STREET, PlanKind.AREA, box(100, 5, 250, 60), None, Policy(frontage_m=15))

    assert (need.doors, need.reason.text) == (10, "临街 150 米，单侧按门面宽 15 米预留 10 个号")


def test_the_smallest_site_gets_one_number() -> None:
    assert needed_on_street(STREET, PlanKind.AREA, box(100, 5, 104, 9), None, Policy()).doors == 1


@given(
    st.integers(0, 800),
    st.integers(20, 190),
    st.sampled_from([Side.LEFT, Side.RIGHT, None]),
    st.integers(6, 30),
)
@settings(max_examples=60, deadline=None)
def test_a_segment_reserves_one_number_per_frontage_and_side(
    start: int, length: int, side: Side | None, frontage: int
) -> None:
    site = LineString([(start, 0), (start + length, 0)])
    policy = Policy(frontage_m=frontage)

    need = needed_on_street(STREET, PlanKind.SEGMENT, site, side, policy)
    claim = Claim(UUID(int=1), PlanKind.SEGMENT, site, need.doors, side)
    plan = plan_street(STREET, [], [claim], policy, Ledger({}))

    assert need.doors == max(1, length // frontage) * (2 if side is None else 1)
    block = [item.number.main for item in plan.items if item.kind is ItemKind.RESERVED]
    assert len(block) == need.doors
    for parity in (0, 1):
        mains = [main for main in block if main % 2 == parity]
        assert mains == list(range(mains[0], mains[-1] + 1, 2)) if mains else side is not None
