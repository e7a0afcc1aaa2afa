"""Errors of the database without the values that its words may carry: DETAIL, CONTEXT, what could not be read."""

from collections.abc import Iterator

import psycopg
from sqlalchemy.exc import DBAPIError


def forget_values(error: BaseException) -> None:
    """Leave an error, its causes and what it arose from without values of rows, since they may end up in a log.

    Class, SQLSTATE and the names of table and constraint stay; of data that could not be read (class 22) the server's
    words quote the very value, so that nothing of them stays.
    """
    for one in _chain(error):
        if isinstance(one, psycopg.Error):
            one.args = (_plain(one),)
        elif isinstance(one, DBAPIError) and isinstance(one.orig, psycopg.Error):
            one.args = (f"({type(one.orig).__name__}) {_plain(one.orig)}",)


def _plain(error: psycopg.Error) -> str:
    """What an error says without a value."""
    diag = error.diag
    if diag.sqlstate is None:
        return _first_line(error)  # said by the driver: of a connection, of a type
    if isinstance(error, psycopg.DataError):
        return f"SQLSTATE {diag.sqlstate}"
    return f"{diag.message_primary} (SQLSTATE {diag.sqlstate})"


def _first_line(error: psycopg.Error) -> str:
    return str(error).partition("\n")[0]


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error and everything that a traceback of it shows."""
    waiting, seen = [error], set[int]()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting.extend(other for other in (one.__cause__, one.__context__) if other is not None)
        if isinstance(one, BaseExceptionGroup):
            waiting.extend(one.exceptions)
