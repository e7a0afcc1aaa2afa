"""A construction plan comes again with another size, side or shape: what to add, what to give up."""

from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiLineString, Point, Polygon

from address_service.coding.numbering import Claim, Door, ItemKind, Ledger, Policy, plan_street
from address_service.coding.numbering.site_review import SiteChange, SiteRequest, review_numbers
from address_service.model.buildings import PlanKind
from address_service.model.numbers import DoorNumber, NumberState, Side

STREET = MultiLineString([[(1000, 0), (0, 0)]])
SITE = UUID(int=900)
NO_GAPS = Policy(gap_reserve_m=None)
RESERVED, ISSUED = NumberState.RESERVED, NumberState.ISSUED


def segment(from_m: int, to_m: int, doors: int, side: Side | None = Side.RIGHT) -> Claim:
    return Claim(SITE, PlanKind.SEGMENT, LineString([(1000 - from_m, 0), (1000 - to_m, 0)]), doors, side)


def on_street(
    was: Claim, now: Claim, built: tuple[int, ...] = (), ahead: int = 200, beyond: int = 9
) -> tuple[SiteChange, dict[DoorNumber, NumberState]]:
    """The street numbered with ``was`` on it and with houses before and behind, then the plan comes as ``now``."""
    around = [Door(UUID(int=1), 1000 - 20, 8), Door(UUID(int=2), 1000 - 20, -8)]
    around += [
        Door(UUID(int=3), 1000 - ahead, 8, DoorNumber(2 * beyond + 1)),
        Door(UUID(int=4), 1000 - ahead, -8, DoorNumber(2 * beyond)),
    ]
    first = plan_street(STREET, around, [was], NO_GAPS, Ledger({}))
    places = {
        item.number: (item.side, item.offset_m) for item in first.items if item.kind is ItemKind.RESERVED
    }
    numbers = {item.key: item.number for item in first.items if item.kind is ItemKind.DOOR}
    doors = [Door(d.key, d.x, d.y, numbers[d.key]) for d in around]
    issued = {DoorNumber(main) for main in built}
    for number in issued:
        side, offset_m = places[number]
        doors.append(
            Door(UUID(int=50 + number.main), 1000 - (offset_m or 0), 8 if side is Side.RIGHT else -8, number)
        )
    taken = (
        dict.fromkeys(numbers.values(), ISSUED)
        | dict.fromkeys(places, RESERVED)
        | dict.fromkeys(issued, ISSUED)
    )
    reserved = {n: at for n, at in places.items() if n not in issued}
    held = dict.fromkeys(places, SITE)
    request = SiteRequest(now, reserved, frozenset(issued), doors, NO_GAPS, Ledger(taken, held), STREET)
    return review_numbers(request), taken


def mains(found: Any) -> list[int]:
    return [one.number.main for one in found]


def test_a_plan_that_did_not_change_changes_nothing() -> None:
    change, _ = on_street(segment(50, 150, 4), segment(50, 150, 4), built=(5,))

    assert change == SiteChange((), (), (), 0)


def test_more_houses_get_free_numbers_in_order_and_parity() -> None:
    change, taken = on_street(segment(50, 150, 4), segment(50, 150, 6))

    assert mains(change.add) == [11, 13]
    assert not {one.number for one in change.add} & set(taken)
    assert {one.side for one in change.add} == {Side.RIGHT}
    assert change.give_up == ()


def test_what_finds_no_room_before_the_next_house_is_told_not_squeezed_in() -> None:
    change, _ = on_street(segment(50, 150, 4), segment(50, 150, 12))

    assert (mains(change.add), change.without_room) == ([11, 13, 15, 17], 4)


def test_fewer_houses_give_up_what_is_farthest_from_those_built() -> None:
    unbuilt, _ = on_street(segment(50, 150, 4), segment(50, 150, 2))
    built, _ = on_street(segment(50, 150, 4), segment(50, 150, 2), built=(9,))

    assert mains(unbuilt.give_up) == [7, 9]
    assert mains(built.give_up) == [3, 5]


def test_what_is_built_is_never_given_up() -> None:
    change, _ = on_street(segment(50, 150, 4), segment(50, 150, 1), built=(3, 5, 7))

    assert mains(change.give_up) == [9]


def test_both_sides_grow_and_shrink_side_by_side() -> None:
    more, _ = on_street(segment(50, 150, 4, None), segment(50, 150, 8, None))
    fewer, _ = on_street(segment(50, 150, 6, None), segment(50, 150, 2, None))

    assert sorted(n % 2 for n in mains(more.add)) == [0, 0, 1, 1]
    assert sorted(n % 2 for n in mains(fewer.give_up)) == [0, 0, 1, 1]


def test_across_the_street_numbers_of_the_other_parity_take_over() -> None:
    change, _ = on_street(segment(50, 150, 3), segment(50, 150, 3, Side.LEFT))

    assert [n % 2 for n in mains(change.give_up)] == [1, 1, 1]
    assert [one.reason.code for one in change.give_up] == ["other-side"] * 3
    assert [n % 2 for n in mains(change.add)] == [0, 0, 0]


def test_numbers_beyond_the_new_edge_of_the_site_are_exchanged() -> None:
    change, _ = on_street(segment(50, 150, 4), segment(100, 190, 4))

    assert {one.reason.code for one in change.give_up} == {"outside"}
    assert len(change.add) == len(change.give_up) == 2
    assert min(mains(change.add)) > max(mains(change.give_up))


FIELD = Polygon([(0, 0), (90, 0), (90, 40), (0, 40)])


def on_field(
    doors: int, reserved: tuple[int, ...], issued: tuple[int, ...] = (), subs: int = 0
) -> SiteChange:
    """Numbers 1 to 3 west of a field, 10 beyond it in the east, and a plan that holds some between."""
    standing = [Door(UUID(int=n), -120 + 30 * n, 20, DoorNumber(n)) for n in (1, 2, 3)]
    standing += [Door(UUID(int=10), 130, 20, DoorNumber(10))]
    standing += [Door(UUID(int=n), (n - 3.5) * 15, 20, DoorNumber(n)) for n in issued]
    standing += [Door(UUID(int=70 + n), 40, 10, DoorNumber(issued[-1], n)) for n in range(1, subs + 1)]
    taken = {door.kept: ISSUED for door in standing if door.kept} | {
        DoorNumber(n): RESERVED for n in reserved
    }
    held = {DoorNumber(n): SITE for n in (*reserved, *issued)}
    claim = Claim(SITE, PlanKind.AREA, FIELD, doors, None)
    places = {DoorNumber(n): (None, None) for n in reserved}
    mine = frozenset(DoorNumber(n) for n in issued)
    west = [Point(-150, 20)]
    return review_numbers(
        SiteRequest(claim, places, mine, standing, Policy(), Ledger(taken, held), entrances=west)
    )


def test_a_field_grows_into_the_free_numbers_beside_its_block() -> None:
    change = on_field(5, (4, 5, 6))

    assert (mains(change.add), change.without_room) == ([7, 8], 0)
    assert on_field(9, (4, 5, 6)).without_room == 3


def test_a_field_shrinks_from_the_end_that_nobody_built_on() -> None:
    assert mains(on_field(2, (5, 6, 7), issued=(4,)).give_up) == [6, 7]


def test_houses_with_sub_numbers_count_as_houses_of_the_plan() -> None:
    change = on_field(3, (5,), issued=(4,), subs=2)

    assert [str(number) for number in change.overflow] == ["4号附1", "4号附2"]
    assert mains(change.give_up) == [5]
    assert change.add == ()


def test_a_field_that_has_its_block_keeps_it_wherever_the_walk_would_put_it_today() -> None:
    assert on_field(2, (21, 22)) == SiteChange((), (), (), 0)


@given(
    st.integers(1, 8),
    st.integers(1, 12),
    st.sampled_from([Side.LEFT, Side.RIGHT, None]),
    st.sampled_from([Side.LEFT, Side.RIGHT, None]),
    st.integers(50, 120),
    st.integers(130, 190),
    st.data(),
)
@settings(max_examples=100, deadline=None)
def test_whatever_changes_issued_numbers_stay_and_only_free_ones_are_added_in_order(
    before: int, after: int, was: Side | None, now: Side | None, low: int, high: int, data: st.DataObject
) -> None:
    start, _ = on_street(segment(50, 150, before, was), segment(50, 150, before, was))
    assert start == SiteChange((), (), (), 0)
    _, before_it = on_street(segment(50, 150, before, was), segment(50, 150, 1))
    block = {number for number, state in before_it.items() if state is RESERVED}
    built = data.draw(st.sets(st.sampled_from(sorted(n.main for n in block if not n.sub))))

    change, taken = on_street(segment(50, 150, before, was), segment(low, high, after, now), tuple(built))

    add, give_up = {one.number for one in change.add}, {one.number for one in change.give_up}
    left = (block - give_up) | add
    assert give_up <= block - {DoorNumber(main) for main in built}
    assert not add & set(taken)
    assert not any(number.sub for number in add)
    assert len(left) == max(after, len(built)) - change.without_room
    if now is not None:
        assert {n.main % 2 for n in left if n.main not in built} <= {1 if now is Side.RIGHT else 0}
