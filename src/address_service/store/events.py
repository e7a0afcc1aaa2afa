"""Events of divisions, places and addresses, and who succeeded whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, Literal
from uuid import UUID

import orjson
from sqlalchemy import Connection, insert, select, text

from address_service.coding.lineage.graph import refuse_cycle
from address_service.model.addresses import EventKind, Subject
from address_service.model.audit import AuditNote
from address_service.store.ids import new_id
from address_service.store.locks import hold
from address_service.store.notes import notes_of
from address_service.store.tables.events import event, succession


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
    """One line of descent: the predecessor went into the successor whole, or in part.

    ``groups`` are the names of the groups that went this way, ``area_share`` how much of the predecessor's land did.
    """

    predecessor_id: UUID
    successor_id: UUID
    share: Literal["whole", "part"] = "whole"
    note: str = ""
    groups: tuple[str, ...] = ()
    area_share: Decimal | None = None


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
    notes_of(conn).append(_noted(event_id, fact, successors))
    return event_id


def _noted(event_id: UUID, fact: NewEvent, successors: Sequence[Successor]) -> AuditNote:
    """The event as the audit tells it, with a digest of what was recorded."""
    detail: dict[str, str | int] = {
        "effective_on": fact.effective_on.isoformat(),
        "successors": len(successors),
    }
    if fact.decree_no:
        detail["decree_no"] = fact.decree_no
    lines = [[line.predecessor_id, line.successor_id, line.share] for line in successors]
    recorded = [fact.decree_no, fact.note, fact.effective_on, fact.details, lines]
    digest = sha256(orjson.dumps(recorded, default=str, option=orjson.OPT_SORT_KEYS)).digest()
    return AuditNote(f"{fact.subject}.{fact.kind}", "event", str(event_id), detail, after=digest)


def add_successors(
    conn: Connection, county_code: str, event_id: UUID, subject: Subject, successors: Sequence[Successor]
) -> None:
    """Write the lines of descent of an event; raises Conflict `succession-cycle` where one would come of itself.

    Whoever adds lines waits here for the others until they commit, so take every other lock before.
    """
    if successors:
        hold(conn, county_code, f"succession {subject}")
        _refuse_cycle(conn, county_code, subject, successors)
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
            "groups": list(line.groups) or None,
            "area_share": line.area_share,
        }
        for line in successors
    ]
    if rows:
        conn.execute(insert(succession), rows)


def _refuse_cycle(
    conn: Connection, county_code: str, subject: Subject, successors: Sequence[Successor]
) -> None:
    args = {"county": county_code, "subject": subject, "keys": [line.successor_id for line in successors]}
    known = [(row.predecessor_id, row.successor_id) for row in conn.execute(_ONWARD, args)]
    refuse_cycle(known, [(line.predecessor_id, line.successor_id) for line in successors])


_ONWARD = text(
    """
    WITH RECURSIVE walk (id) AS (
        SELECT unnest(CAST(:keys AS uuid[]))
        UNION
        SELECT s.successor_id FROM walk w
        JOIN succession s ON s.county_code = :county AND s.predecessor_id = w.id AND s.subject = :subject
    )
    SELECT s.predecessor_id, s.successor_id FROM walk w
    JOIN succession s ON s.county_code = :county AND s.predecessor_id = w.id AND s.subject = :subject
    """
)


def has_succession(conn: Connection, county_code: str, predecessor_id: UUID, successor_id: UUID) -> bool:
    """Whether a line of descent is on record."""
    c = succession.c
    found = select(c.id).where(
        c.county_code == county_code,
        c.predecessor_id == predecessor_id,
        c.successor_id == successor_id,
    )
    return conn.execute(found).first() is not None
