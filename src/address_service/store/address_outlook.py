"""What an act on a single address has written, read back within its own transaction: texts, successors, plates."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class WrittenVersion:
    """What an address reads from a day on (to the day before another; None: for good)."""

    address_id: UUID
    code: str
    stage: str
    full_text: str
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class WrittenEdge:
    """Who succeeds whom; ``share`` is whole or part."""

    predecessor_id: UUID
    predecessor: str
    successor_id: UUID
    successor: str
    share: str


class Outlook:
    """Reads what one event has written."""

    def __init__(self, conn: Connection, county_code: str) -> None:
        """Bind to a transaction and a tenant."""
        self._conn = conn
        self._county = county_code

    def versions(self, event_id: UUID) -> list[WrittenVersion]:
        """Versions of an event, drafts left out, by code and day."""
        rows = self._conn.execute(text(_VERSIONS), {"county": self._county, "event": event_id})
        return [WrittenVersion(**row) for row in rows.mappings()]

    def edges(self, event_id: UUID) -> list[WrittenEdge]:
        """Successions of an event between addresses, with what each end reads last."""
        rows = self._conn.execute(text(_EDGES), {"county": self._county, "event": event_id})
        return [WrittenEdge(**row) for row in rows.mappings()]

    def replaced_plates(self, address_ids: Collection[UUID]) -> int:
        """Plates of addresses that are no longer in force."""
        args = {"county": self._county, "ids": list(address_ids)}
        return int(self._conn.execute(text(_PLATES), args).scalar_one())


_VERSIONS = """
SELECT v.address_id, a.code, v.stage, v.full_text, lower(v.valid) AS valid_from, upper(v.valid) AS valid_to
FROM address_version v JOIN address a ON a.county_code = v.county_code AND a.id = v.address_id
WHERE v.county_code = :county AND v.event_id = :event AND upper_inf(v.recorded) AND v.stage <> 'draft'
ORDER BY a.code, lower(v.valid)
"""

_LAST = """
LATERAL (SELECT v.full_text FROM address_version v WHERE v.county_code = s.county_code AND v.address_id = s.{end}
    AND upper_inf(v.recorded) ORDER BY lower(v.valid) DESC LIMIT 1)
"""

_EDGES = f"""
SELECT s.predecessor_id, p.full_text AS predecessor, s.successor_id, n.full_text AS successor, s.share
FROM succession s
CROSS JOIN {_LAST.format(end="predecessor_id")} p
CROSS JOIN {_LAST.format(end="successor_id")} n
WHERE s.county_code = :county AND s.event_id = :event AND s.subject = 'address'
ORDER BY p.full_text, n.full_text
"""  # noqa: S608

_PLATES = """
SELECT count(*) FROM plate
WHERE county_code = :county AND stage = 'replaced' AND address_id = ANY(CAST(:ids AS uuid[]))
"""
