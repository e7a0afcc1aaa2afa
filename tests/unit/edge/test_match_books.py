"""What a process remembers is built once for all who come at once, and again when the mark has moved."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from address_service.edge.match_books import Kept, MatchBooks
from address_service.errors import NotReady


def test_who_comes_while_it_is_built_waits_for_that_one() -> None:
    kept: Kept[int, object] = Kept()
    begun, go_on = Event(), Event()
    built: list[object] = []

    def build() -> object:
        begun.set()
        assert go_on.wait(10)
        built.append(object())
        return built[-1]

    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(kept.get, lambda: 1, build)
        assert begun.wait(10)
        others = [pool.submit(kept.get, lambda: 1, build) for _ in range(2)]
        go_on.set()
        found = {id(one.result(10)) for one in (first, *others)}

    assert (len(built), found) == (1, {id(built[0])})


def test_a_mark_that_moved_is_built_anew_and_what_failed_is_not_kept() -> None:
    kept: Kept[int, str] = Kept()
    kept.get(lambda: 1, lambda: "one")

    def fail() -> str:
        raise NotReady("示例", code="database-busy")

    with pytest.raises(NotReady):
        kept.get(lambda: 2, fail)

    assert kept.get(lambda: 1, lambda: "other") == "one"
    assert kept.get(lambda: 2, lambda: "two") == "two"


def test_a_crowd_of_batches_is_refused_at_once() -> None:
    books = MatchBooks(waiting=0)

    with books.turn(), pytest.raises(NotReady) as refused, books.turn():
        pass

    assert refused.value.code == "match-busy"
