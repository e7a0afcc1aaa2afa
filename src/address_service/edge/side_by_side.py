"""Many acts, each in a transaction of its own, two at a time: while one is written, the next is thought out."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from itertools import islice
from typing import TypeVar

from address_service.store.work import Work

AT_ONCE = 2
_AHEAD = 2 * AT_ONCE
"""So many may be under way or ready, so that nobody idles behind one that takes long."""

_Result = TypeVar("_Result")


def side_by_side(
    open_work: Callable[[], AbstractContextManager[Work]], acts: Sequence[Callable[[Work], _Result]]
) -> Iterator[_Result]:
    """The results in the order of the acts, as they are ready.

    The first error ends it: what was done before stays, the next few acts are carried through, the rest are not begun.
    """

    def carry_out(act: Callable[[Work], _Result]) -> _Result:
        with open_work() as work:
            return act(work)

    pool = ThreadPoolExecutor(AT_ONCE)
    todo = iter(acts)
    try:
        under_way = deque(pool.submit(carry_out, act) for act in islice(todo, _AHEAD))
        while under_way:
            result = under_way.popleft().result()
            under_way.extend(pool.submit(carry_out, act) for act in islice(todo, 1))
            yield result
    finally:
        pool.shutdown(cancel_futures=True)
