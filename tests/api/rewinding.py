"""An application that answers as if it had written, and never has: each transaction ends with a roll-back."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from fastapi import FastAPI
from sqlalchemy import event

from address_service.bootstrap import create_app
from address_service.settings import Settings


@contextmanager
def rewinding_app(settings: Settings) -> Iterator[FastAPI]:
    """The application over a register that stays as it is, whatever is asked; its lifespan is the caller's.

    `app.state.written` has the tables that transactions would have been committed with something written in, but for
    those of the audit: it tells refusals, too.
    """
    app = create_app(settings)
    app.state.written = []
    event.listen(app.state.house.engine, "connect", partial(_rewind_at_commit, app.state.written))
    app.state.house.engine.dispose()  # what was opened before would still commit
    yield app


_WRITTEN_IN = """
    SELECT relname FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
    WHERE l.pid = pg_backend_pid() AND l.mode = 'RowExclusiveLock' AND c.relkind = 'r'
        AND NOT starts_with(relname, 'audit_')
"""
"""INSERT, UPDATE and DELETE hold this lock to the end of their transaction; reading and FOR UPDATE do not."""


def _rewind_at_commit(written: list[str], connection: Any, _record: object) -> None:
    def check_and_roll_back() -> None:
        written.extend(name for (name,) in connection.execute(_WRITTEN_IN))
        connection.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what a commit would refuse is refused
        connection.rollback()

    connection.commit = check_and_roll_back
