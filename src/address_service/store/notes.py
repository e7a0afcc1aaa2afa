"""What is to be said of a transaction in the audit, kept with its connection until it ends."""

from collections.abc import MutableMapping
from typing import Any

from sqlalchemy import Connection, Engine, event

from address_service.model.audit import AuditNote

_NOTES = "audit_notes"
_MARKS = "audit_marks"


def notes_of(conn: Connection) -> list[AuditNote]:
    """The notes of the transaction under way on a connection, for whoever adds to them or writes them down."""
    notes: list[AuditNote] = conn.info.setdefault(_NOTES, [])
    return notes


def forget_notes(info: MutableMapping[Any, Any]) -> None:
    """Begin anew: who takes a pooled connection has nothing to do with what was said on it before."""
    info.pop(_NOTES, None)
    info.pop(_MARKS, None)


def follow_savepoints(engine: Engine) -> None:
    """Take back what was noted since a savepoint when that is rolled back: it did not happen."""
    event.listen(engine, "savepoint", _mark)
    event.listen(engine, "rollback_savepoint", _take_back)


def _mark(conn: Connection, _name: None) -> None:
    conn.info.setdefault(_MARKS, []).append(len(notes_of(conn)))


def _take_back(conn: Connection, name: str, _context: None) -> None:
    """SQLAlchemy tells a savepoint's name when it ends only; it is the count of those on this connection."""
    del notes_of(conn)[conn.info[_MARKS][int(name.rpartition("_")[2]) - 1] :]
