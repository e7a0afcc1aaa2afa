"""Audits written by hand, read as the verifier reads them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

from address_service.model.accounts import Actor
from address_service.model.audit import AuditLine, AuditNote, Channel, Origin

DAY = datetime.fromisoformat("2026-03-02T09:00:00.123456+08:00")


def line_of(actor: Actor, number: int = 0, **more: Any) -> AuditLine:
    """A line about thing ``number``, with everything that a line can hold."""
    note = AuditNote(
        "person.reveal",
        "person",
        str(UUID(int=number)),
        {"purpose": "核对", "count": number, **more},
        b"\x01" * 32,
        b"\x02" * 32,
        f"群众来访核对第{number}号",
    )
    origin = Origin(Channel.API, "192.0.2.7", UUID(int=7))
    return AuditLine(DAY, actor.account_id, actor.name, actor.role.value, actor.division_code, origin, note)


@contextmanager
def as_superuser(owner_url: str) -> Iterator["psycopg.Connection[Any]"]:
    """Somebody who may do everything to the database, and has no key."""
    with psycopg.connect(owner_url, user="postgres", autocommit=True) as conn:
        conn.execute("SET search_path = registry, public")
        yield conn
