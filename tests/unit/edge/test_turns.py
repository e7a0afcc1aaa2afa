"""Turns at a place: two at a time, the others wait without holding anything, nobody waits for ever."""

import asyncio
from uuid import UUID

import pytest

from address_service.edge.turns import Turns, turns_among
from address_service.errors import Conflict

STREET, OTHER = UUID(int=1), UUID(int=2)


async def _watch(turns: Turns, place: UUID, seen: list[int], inside: list[int]) -> None:
    async with turns.turn(place):
        inside[0] += 1
        seen.append(inside[0])
        await asyncio.sleep(0)
        inside[0] -= 1


def test_no_more_than_a_few_are_at_one_place_and_all_come_to_their_turn() -> None:
    turns, seen, inside = Turns(), list[int](), [0]

    async def run() -> None:
        await asyncio.gather(*(_watch(turns, STREET, seen, inside) for _ in range(20)))

    asyncio.run(run())

    assert len(seen) == 20
    assert max(seen) == 2
    assert turns.crowded == 0


def test_who_waits_too_long_is_told_so_and_the_place_goes_on() -> None:
    turns = Turns(patience_s=0.05)

    async def run() -> str:
        async with turns.turn(STREET), turns.turn(STREET):
            with pytest.raises(Conflict) as caught:
                async with turns.turn(STREET):
                    pass
        async with turns.turn(STREET):
            return caught.value.code

    assert asyncio.run(run()) == "busy"
    assert turns.crowded == 0


def test_another_place_does_not_wait() -> None:
    turns = Turns(patience_s=0.05)

    async def run() -> int:
        async with turns.turn(STREET), turns.turn(STREET), turns.turn(OTHER):
            return turns.crowded

    assert asyncio.run(run()) == 2


def test_a_turn_ends_with_an_error_inside() -> None:
    turns = Turns(patience_s=0.05)

    async def run() -> None:
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                async with turns.turn(STREET):
                    raise ZeroDivisionError

    asyncio.run(run())

    assert turns.crowded == 0


def test_all_places_together_have_so_many_turns() -> None:
    turns, seen, inside = Turns(in_all=3), list[int](), [0]

    async def run() -> None:
        await asyncio.gather(*(_watch(turns, UUID(int=n), seen, inside) for n in range(12)))

    asyncio.run(run())

    assert max(seen) == 3


@pytest.mark.parametrize(
    ("processes", "at_the_place", "elsewhere"), [(1, 2, 4), (2, 1, 2), (4, 1, 2), (16, 1, 2)]
)
def test_a_crowd_leaves_room_for_other_places_in_every_process(
    processes: int, at_the_place: int, elsewhere: int
) -> None:
    turns, at_work = turns_among(processes), list[UUID]()

    async def come(place: UUID) -> None:
        async with turns.turn(place):
            at_work.append(place)
            await asyncio.sleep(60)

    async def run() -> None:
        crowd = [asyncio.create_task(come(STREET)) for _ in range(9)]
        await asyncio.sleep(0)
        others = [asyncio.create_task(come(UUID(int=n))) for n in range(10, 10 + elsewhere)]
        for _ in range(20):
            await asyncio.sleep(0)
        for task in crowd + others:
            task.cancel()

    asyncio.run(run())

    assert at_work.count(STREET) == at_the_place
    assert len(at_work) == at_the_place + elsewhere
