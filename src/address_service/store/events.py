"""Events of divisions, places and addresses, and who succeeded whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection, insert, select

from address_service.model.addresses import EventKind, Subject
from address_service.store.ids import new_id
from address_service.store.tables import event, succession


@dataclass(frozen=True, slots=True)
class NewEvent:
    """What happened, by which decree, with effect from when; ``now`` is when we learned of it."""

    subject: Subject
    kind: EventKind
    effective_on: date
    actor_id: UUID
    now: datetime
    decree_no: str | None = None
    note: str = ""
    details: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Successor:
    """One line of descent: the predecessor went into the successor whole, or in part."""

    predecessor_id: UUID
    successor_id: UUID
    share: Literal["whole", "part"] = "whole"
    note: str = ""


def record_event(
    conn: Connection, county_code: str, fact: NewEvent, successors: Sequence[Successor] = ()
) -> UUID:
    """Write an event with its lines of descent and give its id."""
    event_id = new_id()
    conn.execute(
        insert(event).values(
            county_code=county_code,
            id=event_id,
            subject=fact.subject,
            kind=fact.kind,
            decree_no=fact.decree_no,
            effective_on=fact.effective_on,
            note=fact.note,
            details=dict(fact.details or {}),
            actor_id=fact.actor_id,
            recorded_at=fact.now,
        )
    )
    add_successors(conn, county_code, event_id, fact.subject, successors)
    return event_id


def add_successors(
    conn: Connection, county_code: str, event_id: UUID, subject: Subject, successors: Sequence[Successor]
) -> None:
    """Write the lines of descent of an event."""
    rows = [
        {
            "county_code": county_code,
            "id": new_id(),
            "event_id": event_id,
            "subject": subject,
            "predecessor_id": line.predecessor_id,
            "successor_id": line.successor_id,
            "share": line.share,
            "note": line.note,
        }
        for line in successors
    ]
    if rows:
        conn.execute(insert(succession), rows)


def has_succession(conn: Connection, county_code: str, predecessor_id: UUID, successor_id: UUID) -> bool:
    """Whether a line of descent is on record."""
    c = succession.c
    found = select(c.id).where(
        c.county_code == county_code,
        c.predecessor_id == predecessor_id,
        c.successor_id == successor_id,
    )
    return conn.execute(found).first() is not None
