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

    `app.state.written` names the transactions that would have been committed with something written.
    """
    app = create_app(settings)
    app.state.written = []
    event.listen(app.state.house.engine, "connect", partial(_rewind_at_commit, app.state.written))
    app.state.house.engine.dispose()  # what was opened before would still commit
    yield app


def _rewind_at_commit(written: list[str], connection: Any, _record: object) -> None:
    def check_and_roll_back() -> None:
        (transaction,) = connection.execute("SELECT pg_current_xact_id_if_assigned()::text").fetchone()
        if transaction is not None:
            written.append(transaction)
        connection.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what a commit would refuse is refused
        connection.rollback()

    connection.commit = check_and_roll_back
