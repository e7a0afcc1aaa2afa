"""Planning an area again: the walk of the earlier plan stays."""

from uuid import UUID

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from address_service.coding.numbering.area import plan_area
from address_service.coding.numbering.plan import Door, Ledger
from address_service.coding.numbering.policy import Policy


@given(st.integers(0, 2**32 - 1), st.integers(2, 40))
@settings(max_examples=40, deadline=None)
def test_a_house_more_comes_between_two_and_moves_nobody_else(seed: int, count: int) -> None:
    places = np.random.default_rng(seed).uniform(0, 400, (count + 1, 2)).tolist()
    doors = [Door(UUID(int=i), x, y) for i, (x, y) in enumerate(places)]
    first = [item.key for item in plan_area(None, doors[:-1], [], Policy(), Ledger({})).items if item.key]

    again = plan_area(None, doors, [], Policy(), Ledger({}), earlier=first)

    assert [item.key for item in again.items if item.key != doors[-1].key] == first
    assert [item.number.main for item in again.items] == list(range(1, count + 2))


def test_a_house_that_is_gone_leaves_the_walk() -> None:
    doors = [Door(UUID(int=i), 50.0 * i, 0) for i in range(4)]
    first = [door.key for door in doors]

    again = plan_area(None, [doors[0], doors[3]], [], Policy(), Ledger({}), earlier=first)

    assert [item.key for item in again.items] == [doors[0].key, doors[3].key]
