"""Turns at a place: two at a time, the others wait without holding anything, nobody waits for ever."""

import asyncio
from uuid import UUID

import pytest

from address_service.edge.turns import AT_ONCE, Turns
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
    assert max(seen) == AT_ONCE
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
