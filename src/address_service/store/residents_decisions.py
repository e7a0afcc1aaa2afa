"""Decisions that ended residents' data for good; they hold counts and documents, nobody's data."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, insert

from address_service.store.ids import new_id
from address_service.store.tables.residents import residents_decision


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision by a document of an authority, and how much it ended."""

    kind: str
    document_no: str
    reason: str
    import_id: UUID | None = None
    extract_id: UUID | None = None
    subject_id: UUID | None = None
    households: int = 0
    persons: int = 0
    id: UUID = field(default_factory=new_id)


def record_decision(
    conn: Connection, county_code: str, decision: Decision, actor_id: UUID, now: datetime
) -> None:
    """Keep a decision."""
    values = {**asdict(decision), "county_code": county_code, "actor_id": actor_id, "decided_at": now}
    conn.execute(insert(residents_decision).values(**values))
