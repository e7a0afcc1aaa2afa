"""Acts side by side: answers in order, each in a transaction of its own, an error ends it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, cast

import pytest

from address_service.edge.side_by_side import side_by_side
from address_service.store.work import Work


@pytest.fixture
def opened() -> tuple[list[str], Callable[[], Any]]:
    log: list[str] = []

    @contextmanager
    def open_work() -> Iterator[Work]:
        try:
            yield cast(Work, object())
        except BaseException:
            log.append("undone")
            raise
        log.append("done")

    return log, open_work


def test_answers_come_in_the_order_of_the_acts(opened: tuple[list[str], Callable[[], Any]]) -> None:
    log, open_work = opened
    second_is_through = threading.Event()

    def slow(_: Work) -> int:
        assert second_is_through.wait(10)
        return 1

    def quick(_: Work) -> int:
        second_is_through.set()
        return 2

    assert list(side_by_side(open_work, [slow, quick])) == [1, 2]
    assert log == ["done", "done"]


def test_an_error_ends_it_and_leaves_what_was_done(opened: tuple[list[str], Callable[[], Any]]) -> None:
    log, open_work = opened
    begun: list[int] = []

    def act(number: int, _: Work) -> int:
        begun.append(number)
        if number == 3:
            raise ZeroDivisionError
        return number

    results = side_by_side(open_work, [partial(act, n) for n in range(50)])

    assert [next(results) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ZeroDivisionError):
        next(results)
    assert log.count("undone") == 1
    assert log.count("done") == len(begun) - 1
    assert max(begun) < 10
