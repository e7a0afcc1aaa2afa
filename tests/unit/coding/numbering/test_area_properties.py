"""Areas by property: a house more moves nobody, and infill keeps off what is held."""

from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiLineString, Point, box

from address_service.coding.numbering import Claim, Door, ItemKind, Ledger, Policy, plan_area
from address_service.coding.numbering.infill import InfillRequest, propose_infill
from address_service.model.buildings import PlanKind
from address_service.model.numbers import DoorNumber, NumberState

LANES = MultiLineString([[(0, 0), (300, 0)]])
spots = st.lists(
    st.tuples(st.floats(0, 300), st.floats(-100, 100)), min_size=1, max_size=20, unique_by=lambda at: at[0]
)
ledgers = st.dictionaries(
    st.integers(1, 30).map(DoorNumber),
    st.sampled_from([NumberState.RESERVED, NumberState.RETIRED]),
    max_size=8,
)


@given(spots, st.tuples(st.floats(0, 300), st.floats(-100, 100)), ledgers)
@settings(max_examples=60, deadline=None)
def test_a_house_more_in_an_area_changes_no_number_and_takes_none_of_the_ledger(
    places: list[tuple[float, float]], late: tuple[float, float], taken: dict[DoorNumber, NumberState]
) -> None:
    standing = [Door(UUID(int=i + 1), x, y) for i, (x, y) in enumerate(places)]
    first = {item.key: item.number for item in plan_area(LANES, standing, [], Policy(), Ledger(taken)).items}
    kept = [Door(door.key, door.x, door.y, first[door.key]) for door in standing]
    known = Ledger({**taken, **dict.fromkeys(first.values(), NumberState.ISSUED)})

    again = plan_area(LANES, [*kept, Door(UUID(int=99), *late)], [], Policy(), known)

    numbers = {item.key: item.number for item in again.items}
    assert {key: numbers[key] for key in first} == first
    assert numbers[UUID(int=99)] not in known.taken
    assert not set(first.values()) & set(taken)


@given(spots, spots, ledgers, st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_infill_in_an_area_keeps_between_its_neighbours_and_off_what_is_held(
    places: list[tuple[float, float]],
    later: list[tuple[float, float]],
    taken: dict[DoorNumber, NumberState],
    planned: int,
) -> None:
    site = Claim(UUID(int=900), PlanKind.AREA, box(120, -40, 180, 40), planned, None)
    standing = [Door(UUID(int=i + 1), x, y) for i, (x, y) in enumerate(places)]
    plan = plan_area(LANES, standing, [site], Policy(), Ledger(taken))
    at = {door.key: (door.x, door.y) for door in standing}
    doors = [Door(i.key, *at[i.key], i.number) for i in plan.items if i.kind is ItemKind.DOOR and i.key]
    held = {item.number: site.key for item in plan.items if item.kind is ItemKind.RESERVED}
    retired = {number for number, state in taken.items() if state is NumberState.RETIRED}
    whole = {**taken, **dict.fromkeys(held, NumberState.RESERVED)}
    whole |= {door.kept: NumberState.ISSUED for door in doors if door.kept}

    for i, (x, y) in enumerate(later):
        found = propose_infill(
            InfillRequest(Point(x, y), doors, Policy(), Ledger(whole, held), None, (), LANES, [site])
        )

        offered = [one.number for one in found]
        assert len(set(offered)) == len(offered)
        assert not set(offered) & (set(held) | retired | {door.kept for door in doors})
        for one in found:
            if one.in_order:
                assert one.after is None or one.after < one.number
                assert one.before is None or one.number < one.before
        whole[offered[0]] = NumberState.ISSUED
        doors.append(Door(UUID(int=100 + i), x, y, offered[0]))
