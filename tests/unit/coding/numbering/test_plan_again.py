"""A plan taken back leaves the ground as it was: planning again gives the same numbers."""

from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiLineString

from address_service.coding.numbering import Claim, Door, Ledger, Policy, plan_area, plan_street
from address_service.model.buildings import PlanKind
from address_service.model.numbers import NumberState

LINE = MultiLineString([[(1000, 0), (0, 0)], [(400, 0), (400, 150)]])
spots = st.lists(st.tuples(st.integers(0, 1000), st.integers(-80, 160)), max_size=20)


@given(spots, st.integers(0, 6), st.sampled_from(["sequential", "cells"]))
@settings(max_examples=60, deadline=None)
def test_plan_undo_plan_is_the_same(places: list[tuple[int, int]], planned: int, mode: str) -> None:
    doors = [Door(UUID(int=i + 1), x, y) for i, (x, y) in enumerate(places)]
    site = Claim(UUID(int=99), PlanKind.SEGMENT, LineString([(700, 0), (500, 0)]), planned, None)
    policy = Policy.from_parameters({"mode": mode})

    for numbered in (plan_street, plan_area):
        plan = numbered(LINE, doors, [site], policy, Ledger({}))
        undone = Ledger({item.number: NumberState.VACANT for item in plan.items})

        assert numbered(LINE, doors, [site], policy, undone) == plan
