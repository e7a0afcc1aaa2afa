"""Turns at heavy work, taken by threads: few at once, few in waiting, everybody else refused at once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock

from address_service.errors import ServiceError


class WaitingRoom:
    """Safe to share between threads; who waits here should hold no connection."""

    def __init__(
        self, at_once: int, waiting: int, patience_s: float, busy: Callable[[], ServiceError]
    ) -> None:
        """How many work and wait at one time, for how long one waits, and what is raised otherwise."""
        self._turns = BoundedSemaphore(at_once)
        self._lock = Lock()
        self._room = at_once + waiting
        self._patience_s = patience_s
        self._busy = busy

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn and keep it for the block."""
        with self._lock:
            if self._room == 0:
                raise self._busy()
            self._room -= 1
        try:
            if not self._turns.acquire(timeout=self._patience_s):
                raise self._busy()
            try:
                yield
            finally:
                self._turns.release()
        finally:
            with self._lock:
                self._room += 1
