"""Turns at one place: clerks who want numbers of the same street wait here, not in threads or on connections.

The place's lock in the database is what keeps numbers apart, whichever process asks. Waiting there would hold a thread
and a connection each, so that one crowded street could use up what all other requests live on.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from address_service.errors import Conflict

PATIENCE_S = 10.0
"""As long as a statement waits for a lock in the database."""


def turns_among(processes: int) -> "Turns":
    """The turns of one of so many serving processes.

    At one place, over all of them: one at work under the lock, the next one ready behind it, and where there are more
    processes than that, one of each. At all places: three for each core, and never so few that two places that other
    processes hold would leave no room for the rest.
    """
    return Turns(at_one_place=max(1, 2 // processes), in_all=max(3, 6 // processes))


class Turns:
    """Who may go on, by place and in all; of one event loop."""

    def __init__(self, at_one_place: int = 2, in_all: int = 6, patience_s: float = PATIENCE_S) -> None:
        """``patience_s``: how long one waits for a turn."""
        self._at_one_place = at_one_place
        self._patience_s = patience_s
        self._counters = asyncio.Semaphore(in_all)
        self._queues: dict[UUID, tuple[asyncio.Semaphore, int]] = {}

    @asynccontextmanager
    async def turn(self, place_id: UUID) -> AsyncIterator[None]:
        """Wait for a turn and keep it for the block; raises Conflict `busy` when it does not come in time."""
        queue = self._join(place_id)
        try:
            async with self._held(queue), self._held(self._counters):
                yield
        finally:
            self._leave(place_id)

    @asynccontextmanager
    async def _held(self, queue: asyncio.Semaphore) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._patience_s):
                await queue.acquire()
        except TimeoutError:
            raise Conflict("排队编号的人太多，请稍后再试", code="busy") from None
        try:
            yield
        finally:
            queue.release()

    @property
    def crowded(self) -> int:
        """How many places somebody is at or waits for."""
        return len(self._queues)

    def _join(self, place_id: UUID) -> asyncio.Semaphore:
        queue, count = self._queues.get(place_id) or (asyncio.Semaphore(self._at_one_place), 0)
        self._queues[place_id] = queue, count + 1
        return queue

    def _leave(self, place_id: UUID) -> None:
        queue, count = self._queues[place_id]
        if count == 1:
            del self._queues[place_id]
        else:
            self._queues[place_id] = queue, count - 1
