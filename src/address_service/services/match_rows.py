"""Use-case: match many rows on one machine, the partitions spread over processes that share the book."""

import gc
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from address_service.coding.matching import MatchAnswer, MatchAsk, MatchBook, match_partition

PARTITION = 1000
"""Rows handed to a process at a time."""

_shared: list[MatchBook] = []


def match_rows(rows: Sequence[MatchAsk], book: MatchBook, workers: int = 1) -> list[MatchAnswer]:
    """Answers in the order of the rows, the same for any number of workers.

    With one worker nothing is started. The book goes to each process once; an engine of many machines (Dask) maps
    `match_partition` over the same `partitions`.
    """
    parts = partitions(rows)
    if workers <= 1 or len(parts) < 2:
        return _match_here(parts, book)
    # Spawned and not forked: a serving process has threads, and a lock held by one of them would never be let go.
    context = multiprocessing.get_context("spawn")
    share = partial(_share, book)
    with ProcessPoolExecutor(min(workers, len(parts)), mp_context=context, initializer=share) as pool:
        return [answer for answers in pool.map(_match_shared, parts) for answer in answers]


def _match_here(parts: Sequence[Sequence[MatchAsk]], book: MatchBook) -> list[MatchAnswer]:
    gc.freeze()  # See `_share`; undone afterwards, for this process goes on with other work.
    try:
        return [answer for part in parts for answer in match_partition(part, book)]
    finally:
        gc.unfreeze()


def partitions(rows: Sequence[MatchAsk]) -> list[Sequence[MatchAsk]]:
    """The rows cut into pieces that can be matched apart."""
    return [rows[at : at + PARTITION] for at in range(0, len(rows), PARTITION)]


def _share(book: MatchBook) -> None:
    _shared[:] = [book]
    gc.freeze()  # The book is never garbage; walking it would hold single rows up for hundreds of milliseconds.


def _match_shared(part: Sequence[MatchAsk]) -> list[MatchAnswer]:
    return match_partition(part, _shared[0])
