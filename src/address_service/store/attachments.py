"""Scans of decrees beside their acts; the files lie under their digests, rows are only added."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text
from sqlalchemy.dialects.postgresql import insert

from address_service.errors import NotFound
from address_service.model.attachments import ActSubject
from address_service.store.files import Scan
from address_service.store.ids import new_id
from address_service.store.tables.events import attachment

_COLUMNS: Mapping[ActSubject, str] = {
    ActSubject.DIVISION_ACT: "division_act_id",
    ActSubject.DIVISION_CHANGE: "division_change_id",
    ActSubject.RENUMBERING: "renumbering_id",
    ActSubject.ADDRESS_CHANGE: "address_change_id",
}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A scan beside an act."""

    id: UUID
    subject: ActSubject
    act_id: UUID
    digest: bytes
    media_type: str
    size_bytes: int
    filename: str
    attached_by: str
    attached_at: datetime


class AttachmentRepository:
    """Scans of one county."""

    def __init__(self, conn: Connection, county_code: str) -> None:
        """Bind to a transaction and a tenant."""
        self._conn = conn
        self._county = county_code

    def add(
        self, subject: ActSubject, act_id: UUID, scan: Scan, filename: str, actor_id: UUID, now: datetime
    ) -> Attachment:
        """Keep a scan beside an act; the one that is there already where the content is the same."""
        row = {
            "county_code": self._county,
            "id": new_id(),
            _COLUMNS[subject]: act_id,
            "digest": scan.digest,
            "media_type": scan.media_type,
            "size_bytes": scan.size_bytes,
            "filename": filename,
            "actor_id": actor_id,
            "attached_at": now,
        }
        kept = insert(attachment).values(row).on_conflict_do_nothing(constraint="attachment_once")
        self._conn.execute(kept)
        return next(one for one in self.of_act(subject, act_id) if one.digest == scan.digest)

    def get(self, attachment_id: UUID) -> Attachment:
        """One of them; raises NotFound `attachment-not-found`."""
        found = self._find("x.id = :id", id=attachment_id)
        if not found:
            raise NotFound(f"没有附件 {attachment_id}", code="attachment-not-found")
        return found[0]

    def of_act(self, subject: ActSubject, act_id: UUID) -> list[Attachment]:
        """The scans beside an act, oldest first."""
        return self._find(f"{_ACT} = :act AND x.{_COLUMNS[subject]} IS NOT NULL", act=act_id)

    def of_events(self, event_ids: Collection[UUID]) -> dict[UUID, list[Attachment]]:
        """The scans beside the acts by which events came about."""
        args = {"county": self._county, "events": list(event_ids)}
        found: dict[UUID, list[Attachment]] = {}
        for row in self._conn.execute(text(_OF_EVENTS), args).mappings():
            found.setdefault(row["event_id"], []).append(_attachment(row))
        return found

    def _find(self, where: str, **args: Any) -> list[Attachment]:
        query = text(f"{_ATTACHMENTS} WHERE x.county_code = :county AND {where} ORDER BY x.id")
        rows = self._conn.execute(query, {"county": self._county, **args}).mappings()
        return [_attachment(row) for row in rows]


def _attachment(row: Mapping[Any, Any]) -> Attachment:
    subject = next(one for one, column in _COLUMNS.items() if row[column] is not None)
    return Attachment(
        row["id"],
        subject,
        row[_COLUMNS[subject]],
        bytes(row["digest"]),
        row["media_type"],
        row["size_bytes"],
        row["filename"],
        row["attached_by"],
        row["attached_at"],
    )


_ACT = "coalesce(x.division_act_id, x.division_change_id, x.renumbering_id, x.address_change_id)"
_FIELDS = """x.id, x.division_act_id, x.division_change_id, x.renumbering_id, x.address_change_id, x.digest,
       x.media_type, x.size_bytes, x.filename, a.name AS attached_by, x.attached_at"""

_ATTACHMENTS = f"""
SELECT {_FIELDS}
FROM attachment x
JOIN account a ON a.county_code = x.county_code AND a.id = x.actor_id
"""  # noqa: S608

# Acts on divisions and mergers write several events, each of which names them; the others write one.
_OF_EVENTS = f"""
WITH acts AS (
    SELECT e.id AS event_id, CAST(n.act AS uuid) AS act_id FROM event e
    CROSS JOIN LATERAL (VALUES (e.details->>'division_act_id'), (e.details->>'division_change_id')) AS n (act)
    WHERE e.county_code = :county AND e.id = ANY(CAST(:events AS uuid[])) AND n.act IS NOT NULL
    UNION
    SELECT event_id, id FROM renumbering_plan WHERE county_code = :county AND event_id = ANY(CAST(:events AS uuid[]))
    UNION
    SELECT event_id, id FROM address_change WHERE county_code = :county AND event_id = ANY(CAST(:events AS uuid[]))
)
SELECT k.event_id, {_FIELDS}
FROM acts k
JOIN attachment x ON x.county_code = :county AND {_ACT} = k.act_id
JOIN account a ON a.county_code = x.county_code AND a.id = x.actor_id
ORDER BY x.id
"""  # noqa: S608
