"""Decisions on rows of an extract: each makes one revision, in the row and in the log that only grows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from address_service.model.reconciliation import RowDecision
from address_service.store.extract_rows import FILTER, RowFilter


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is decided on a row; None takes the decision back. ``village_id`` is where a row is sent."""

    kind: RowDecision | None
    address_id: UUID | None = None
    village_id: UUID | None = None


class ExtractDecisions:
    """Writes what one account decides at one moment, within the scope that the transaction has opened."""

    def __init__(self, conn: Connection, county_code: str, actor_id: UUID, now: datetime) -> None:
        """Bind to a transaction, a tenant and an account."""
        self._conn = conn
        self._args: dict[str, Any] = {"county": county_code, "actor": actor_id, "now": now}

    def decide(self, row_id: UUID, revision: int, verdict: Verdict) -> int | None:
        """Decide on a row as it was read; the new revision, None where somebody else was first."""
        args = {"id": row_id, "revision": revision, "kind": verdict.kind, "address": verdict.address_id,
                "village": verdict.village_id, "is_undo": verdict.kind is None}  # fmt: skip
        done = self._conn.execute(text(_DECIDE), {**self._args, **args}).first()
        return int(done.revision) if done else None

    def accept_all(self, extract_id: UUID, wanted: RowFilter) -> int:
        """Accept all open rows of a filter; says how many. Call it while the extract is held."""
        args = {**self._args, "extract": extract_id, **wanted.arguments}
        return self._conn.execute(text(_ACCEPT_ALL), args).rowcount

    def count_open(self, extract_id: UUID, wanted: RowFilter) -> int:
        """How many rows `accept_all` would accept."""
        args = {**self._args, "extract": extract_id, **wanted.arguments}
        return int(self._conn.execute(text(_COUNT_OPEN), args).scalar_one())


_LOGGED = """
INSERT INTO extract_decision (county_code, id, extract_id, row_id, office_code, village_id, revision, kind, address_id,
    is_bulk, replayed_from, actor_id, decided_at)
SELECT county_code, gen_random_uuid(), extract_id, id, office_code, village_id, revision, {kind}, {address}, {is_bulk},
       {origin}, CAST(:actor AS uuid), CAST(:now AS timestamptz)
FROM done RETURNING revision
"""

_DECIDE = f"""
WITH was AS (
    SELECT id, replayed_from FROM extract_row
    WHERE county_code = :county AND id = :id AND revision = :revision FOR UPDATE
), done AS (
    UPDATE extract_row r SET decision = CAST(:kind AS text), decided_address_id = CAST(:address AS uuid),
        decided_by = CASE WHEN :is_undo THEN NULL ELSE CAST(:actor AS uuid) END,
        decided_at = CASE WHEN :is_undo THEN NULL ELSE CAST(:now AS timestamptz) END,
        village_id = coalesce(CAST(:village AS uuid), r.village_id), replayed_from = NULL, revision = r.revision + 1
    FROM was WHERE r.county_code = :county AND r.id = was.id AND r.revision = :revision
    RETURNING r.county_code, r.id, r.extract_id, r.office_code, r.village_id, r.revision, was.replayed_from AS origin
)
{
    _LOGGED.format(
        kind="coalesce(CAST(:kind AS text), 'undo')",
        address="CAST(:address AS uuid)",
        is_bulk="false",
        origin="CASE WHEN :is_undo THEN origin END",
    )
}
"""  # noqa: S608

_OPEN = f"r.county_code = :county AND r.extract_id = :extract AND r.decision IS NULL AND {FILTER}"

_ACCEPT_ALL = f"""
WITH done AS (
    UPDATE extract_row r SET decision = 'accept', decided_address_id = r.address_id, decided_by = :actor,
        decided_at = :now, revision = r.revision + 1
    WHERE {_OPEN}
    RETURNING r.county_code, r.id, r.extract_id, r.office_code, r.village_id, r.revision, r.decided_address_id
)
{_LOGGED.format(kind="'accept'", address="decided_address_id", is_bulk="true", origin="NULL")}
"""  # noqa: S608

_COUNT_OPEN = f"SELECT count(*) FROM extract_row r WHERE {_OPEN}"  # noqa: S608
