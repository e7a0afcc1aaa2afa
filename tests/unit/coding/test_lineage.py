"""Successor edges over time, spellings of old texts: the pure core of lineage."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from address_service.coding.full_text import SubStyle, number_text
from address_service.coding.lineage.graph import MOST_REACHED, Edge, Happening, follow, refuse_cycle
from address_service.coding.lineage.resolve import Stretch, carry
from address_service.coding.lineage.spelling import Head, read_text, spellings, stands_before
from address_service.coding.search_terms import normalise
from address_service.errors import Conflict, InvalidInput
from address_service.model.numbers import DoorNumber

DAY = date(2016, 1, 1)
HEADS = [Head("湖南省", "p"), Head("平江县", "c"), Head("童市镇", "t1", True), Head("示例镇", "t2", True)]


def on(n: int) -> date:
    return DAY + timedelta(n)


def edge(before: int, after: int, day: int, *groups: str) -> Edge:
    share = "part" if groups else "whole"
    return Edge(UUID(int=before), UUID(int=after), Happening("merge", on(day)), share, groups)  # type: ignore[arg-type]


def reached(edges: list[Edge], start: int, day: int, to: int, group: str = "") -> set[int]:
    return {key.int for key in follow(edges, UUID(int=start), on(day), on(to), group).since}


def test_an_edge_counts_from_its_day_on() -> None:
    edges = [edge(1, 2, 10), edge(2, 3, 20)]

    assert reached(edges, 1, 0, 9) == {1}
    assert reached(edges, 1, 0, 10) == {1, 2}
    assert reached(edges, 1, 10, 30) == {1}
    assert reached(edges, 1, 0, 30) == {1, 2, 3}


def test_an_edge_of_before_the_arrival_is_not_walked() -> None:
    """What the successor gave away before it took the other in is not the other's."""
    edges = [edge(2, 3, 5), edge(1, 2, 10)]

    assert reached(edges, 1, 0, 30) == {1, 2}
    assert reached(edges, 3, 30, 0) == {3, 2}


def test_a_second_way_that_arrives_earlier_opens_more() -> None:
    edges = [edge(1, 2, 10), edge(2, 4, 20), edge(1, 4, 30), edge(4, 5, 25)]

    assert reached(edges, 1, 0, 40) == {1, 2, 4, 5}


def test_an_asked_group_goes_its_own_way_alone() -> None:
    edges = [edge(1, 2, 10, "12组"), edge(1, 3, 10, "1组", "2组")]

    found = follow(edges, UUID(int=1), on(0), on(20), "12组")

    assert {key.int for key in found.since} == {1, 2}
    assert {key.int for key in found.left} == {1}
    assert reached(edges, 1, 0, 20) == {1, 2, 3}


def test_the_walk_is_bounded_and_says_so() -> None:
    edges = [edge(n, n + 1, n) for n in range(1, MOST_REACHED + 50)]

    found = follow(edges, UUID(int=1), on(0), on(9999))

    assert found.cut
    assert len(found.since) <= MOST_REACHED + 1


PAIRS = st.lists(st.tuples(st.integers(1, 8), st.integers(1, 8)).filter(lambda p: p[0] != p[1]), max_size=14)


@given(pairs=PAIRS, days=st.lists(st.integers(0, 20), min_size=14, max_size=14), start=st.integers(1, 8))
def test_forward_and_backward_are_each_other_s_mirror(
    pairs: list[tuple[int, int]], days: list[int], start: int
) -> None:
    edges = [edge(a, b, day) for (a, b), day in zip(pairs, days, strict=False) if a < b]

    for end in range(1, 9):
        assert (end in reached(edges, start, 0, 20)) == (start in reached(edges, end, 20, 0))


@given(pairs=PAIRS)
def test_no_set_of_edges_gets_a_ring(pairs: list[tuple[int, int]]) -> None:
    kept: list[tuple[UUID, UUID]] = []
    for a, b in pairs:
        pair = (UUID(int=a), UUID(int=b))
        seen, waiting = set(), [pair[1]]
        while waiting:
            key = waiting.pop()
            if key not in seen:
                seen.add(key)
                waiting += [after for before, after in kept if before == key]
        if pair[0] in seen:
            with pytest.raises(Conflict):
                refuse_cycle(kept, [pair])
        else:
            refuse_cycle(kept, [pair])
            kept.append(pair)


def test_two_edges_of_one_act_may_not_close_a_ring_either() -> None:
    with pytest.raises(Conflict):
        refuse_cycle([], [(UUID(int=1), UUID(int=2)), (UUID(int=2), UUID(int=1))])


def test_what_lives_on_and_what_came_of_it_are_both_there() -> None:
    one, two = UUID(int=1), UUID(int=2)
    history = {one: [Stretch(one, "1号", on(0), None)], two: [Stretch(two, "2号", on(10), None)]}

    found = carry(history, [edge(1, 2, 10)], one, on(0), on(20))

    assert {stretch.text for stretch in found.there} == {"1号", "2号"}
    assert found.ambiguous
    assert found.ended == ()


@given(
    main=st.integers(1, 99_999), sub=st.integers(0, 999), to=st.sampled_from(SubStyle), pad=st.integers(0, 5)
)
def test_a_number_is_found_whatever_style_it_was_written_in(
    main: int, sub: int, to: SubStyle, pad: int
) -> None:
    stored = normalise("烟舟村12组" + number_text(DoorNumber(main, sub), to, pad))

    for style in SubStyle:
        asked = read_text("烟舟村12组" + number_text(DoorNumber(main, sub), style), HEADS)
        assert stored in spellings(asked.tail)


def test_only_heads_may_stand_before_and_not_those_of_another_town() -> None:
    asked = read_text("童市镇烟舟村1号", HEADS)

    assert (asked.tail, asked.town) == ("烟舟村1号", "t1")
    assert stands_before(normalise("湖南省平江县童市镇"), asked.town, HEADS)
    assert stands_before("", asked.town, HEADS)
    assert not stands_before(normalise("湖南省示例镇"), asked.town, HEADS)
    assert not stands_before("1", asked.town, HEADS)


@pytest.mark.parametrize("words", ["", "湖南省平江县童市镇", "123", "，。"])
def test_nothing_to_look_for_is_said_so(words: str) -> None:
    with pytest.raises(InvalidInput):
        read_text(words, HEADS)
