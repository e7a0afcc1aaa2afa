"""Use-case: match many rows, the partitions spread over processes of one machine or over a Dask cluster."""

import gc
import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from address_service.coding.matching import MatchAnswer, MatchAsk, MatchBook, match_partition
from address_service.errors import NotReady

PARTITION = 1000
"""Rows handed to a process at a time."""

_shared: list[MatchBook] = []


def match_rows(rows: Sequence[MatchAsk], book: MatchBook, workers: int = 1) -> list[MatchAnswer]:
    """Answers in the order of the rows, the same for any number of workers."""
    return [answer for answers in match_parts(rows, book, workers) for answer in answers]


def match_parts(rows: Sequence[MatchAsk], book: MatchBook, workers: int = 1) -> Iterator[list[MatchAnswer]]:
    """The answers partition by partition, in order, as they come; with one worker nothing is started.

    The book goes to each process once.
    """
    parts = partitions(rows)
    if workers <= 1 or len(parts) < 2:
        yield from (match_partition(part, book) for part in parts)
        return
    # Spawned and not forked: a serving process has threads, and a lock held by one of them would never be let go.
    context = multiprocessing.get_context("spawn")
    share = partial(_share, book)
    with ProcessPoolExecutor(min(workers, len(parts)), mp_context=context, initializer=share) as pool:
        yield from pool.map(_match_shared, parts)


def match_parts_on_dask(
    rows: Sequence[MatchAsk], book: MatchBook, address: str
) -> Iterator[list[MatchAnswer]]:
    """The same function over the same partitions on the workers of a Dask scheduler; the book goes to each once.

    The workers need this program installed, no database and no keys; what they are sent are texts of addresses. Raises
    NotReady `dask-missing`, `dask-unreachable`.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise NotReady("没有安装 Dask，请以附加项 dask 安装", code="dask-missing") from error
    try:
        client = Client(address, set_as_default=False, timeout=10)
    except (OSError, ValueError) as error:
        raise NotReady(f"连不上 Dask 调度器 {address}", code="dask-unreachable") from error
    with client:
        shared = client.scatter(book, broadcast=True, hash=False)
        # Not pure: equal partitions of another book would be answered from what the cluster remembers.
        futures = client.map(match_partition, partitions(rows), book=shared, pure=False)
        yield from (future.result() for future in futures)


def partitions(rows: Sequence[MatchAsk]) -> list[Sequence[MatchAsk]]:
    """The rows cut into pieces that can be matched apart."""
    return [rows[at : at + PARTITION] for at in range(0, len(rows), PARTITION)]


def _share(book: MatchBook) -> None:
    _shared[:] = [book]
    gc.freeze()  # The book is never garbage; walking it would hold single rows up for hundreds of milliseconds.


def _match_shared(part: Sequence[MatchAsk]) -> list[MatchAnswer]:
    return match_partition(part, _shared[0])
