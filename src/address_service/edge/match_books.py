"""What a serving process remembers of the register for reading and matching texts, built anew when it has moved."""

import gc
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from threading import Lock
from typing import Generic, TypeVar

from address_service.coding.grammar import Gazetteer
from address_service.coding.matching import MatchBook
from address_service.edge.waiting_room import WaitingRoom
from address_service.errors import NotReady
from address_service.store.engine import Engine, begin
from address_service.store.keys import KeyRing
from address_service.store.learnt_ids import LearntIds, learnt_mark, with_learnt_ids
from address_service.store.match_book import load_gazetteer, load_match_book
from address_service.store.match_mark import book_mark, names_mark
from address_service.store.seal import Seal
from address_service.store.work import Work

M = TypeVar("M")
T = TypeVar("T")
_WAITING = 3
_PATIENCE_S = 30.0


class Kept(Generic[M, T]):
    """One value with the mark that it was built at; whoever comes while it is built waits for that one."""

    def __init__(self) -> None:
        """Nothing is kept yet."""
        self._lock = Lock()
        self._kept: tuple[M, T] | None = None

    def get(self, mark: Callable[[], M], build: Callable[[], T]) -> T:
        """The value as of now. The mark is read before the value is built, so that it is never newer than that."""
        with self._lock:
            now = mark()
            if self._kept is None or self._kept[0] != now:
                self._kept = now, build()
            return self._kept[1]


class MatchBooks:
    """The gazetteer and the matching book of a process; safe to share between threads.

    Matching holds the interpreter, and building a book of a county takes seconds: one does it at a time, a few wait
    without a connection, everybody else is refused at once.
    """

    def __init__(self, waiting: int = _WAITING, patience_s: float = _PATIENCE_S) -> None:
        """How many wait for the one who matches, and for how long."""
        self._room = WaitingRoom(1, waiting, patience_s, _busy)
        self._plain: Kept[object, MatchBook] = Kept()
        self._taught: Kept[object, MatchBook] = Kept()
        self._learnt = LearntIds()
        self._names: Kept[object, Gazetteer] = Kept()

    def turn(self) -> AbstractContextManager[None]:
        """A turn at matching; raises NotReady `match-busy`."""
        return self._room.turn()

    def book(self, engine: Engine, keys: KeyRing, county_code: str, today: date) -> MatchBook:
        """The book of all that is known now; call it within a turn."""
        with begin(engine) as conn:
            mark = book_mark(conn, county_code, today)

            def build() -> MatchBook:
                made = load_match_book(conn, county_code, today)
                gc.freeze()  # Never garbage while it is of use, and walking it would hold every request up.
                return made

            def teach() -> MatchBook:
                return with_learnt_ids(plain, self._learnt.read(conn, county_code, Seal(keys, county_code)))

            plain = self._plain.get(lambda: mark, build)
            return self._taught.get(lambda: (mark, learnt_mark(conn, county_code)), teach)

    def gazetteer(self, work: Work) -> Gazetteer:
        """The names that are known now."""
        conn, county_code = work.conn, work.county_code
        return self._names.get(
            lambda: names_mark(conn, county_code), lambda: load_gazetteer(conn, county_code)
        )


def _busy() -> NotReady:
    return NotReady("正在匹配的批次较多，请稍后再试", code="match-busy")
