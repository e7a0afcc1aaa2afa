"""Papers of households that show an old address: to re-issue, issued, collected; within the scope that is open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from address_service.errors import NotFound
from address_service.model.receipts import PaperKind, PaperState


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper of a household, from where it was to where it is; ``copies`` are as many as it has members, or one."""

    id: UUID
    household_id: UUID
    village_code: str
    village: str
    kind: PaperKind
    copies: int
    old_text: str
    new_text: str
    state: PaperState
    issued_by: str | None
    issued_at: datetime | None
    collected_by: str | None
    collected_at: datetime | None
    revision: int


@dataclass(frozen=True, slots=True)
class PaperFilter:
    """Which papers: of divisions under a code, of what is named."""

    scope: str
    state: PaperState | None = None
    kind: PaperKind | None = None


class Papers:
    """Papers of one county."""

    def __init__(self, conn: Connection, county_code: str, actor_id: UUID, now: datetime) -> None:
        """Bind to a transaction, a tenant and an account."""
        self._conn = conn
        self._args: dict[str, Any] = {"county": county_code, "actor": actor_id, "now": now}

    def demand(self, row_ids: Sequence[UUID]) -> int:
        """Papers of the households that accepted rows moved: to re-issue; says how many.

        One that still waits to be issued is superseded where the address has changed once more.
        """
        if not row_ids:
            return 0
        args = {**self._args, "ids": list(row_ids)}
        self._conn.execute(_prepared(_SUPERSEDE), args)
        return self._conn.execute(_prepared(_DEMAND), args).rowcount

    def page(self, wanted: PaperFilter, after: UUID | None, limit: int) -> list[Paper]:
        """Papers of a filter, in an order that stays."""
        where = (
            f" AND {_FILTER} AND (CAST(:after AS uuid) IS NULL OR p.id > :after) ORDER BY p.id LIMIT :limit"
        )
        args = {
            "scope": wanted.scope,
            "state": wanted.state,
            "kind": wanted.kind,
            "after": after,
            "limit": limit,
        }
        return [_paper(row) for row in self._all(_PAPER + where, **args)]

    def get(self, paper_id: UUID, *, lock: bool = False) -> Paper:
        """A paper; raises NotFound `paper-not-found`, also outside of the scope."""
        rows = self._all(f"{_PAPER} AND p.id = :id" + (" FOR UPDATE OF p" if lock else ""), id=paper_id)
        if not rows:
            raise NotFound("没有这份证件，或不在辖区内", code="paper-not-found")
        return _paper(rows[0])

    def advance(self, paper_id: UUID, state: PaperState) -> None:
        """Note that a paper that is held was issued or collected, by the account and now."""
        statement = _COLLECT if state is PaperState.COLLECTED else _ISSUE
        self._conn.execute(_prepared(statement), {**self._args, "id": paper_id})

    def progress(self, scope: str) -> list[Mapping[str, Any]]:
        """Numbers of papers by village, kind and state."""
        return [dict(row._mapping) for row in self._all(_PROGRESS, scope=scope)]

    def _all(self, statement: str, **args: Any) -> Sequence[Any]:
        return self._conn.execute(_prepared(statement), {**self._args, **args}).all()


_prepared = cache(text)


def _paper(row: Any) -> Paper:
    values: Mapping[str, Any] = row._mapping
    return Paper(**{**values, "kind": PaperKind(row.kind), "state": PaperState(row.state)})


_VILLAGE = """
CROSS JOIN LATERAL (
    SELECT n.code_nbs, n.name FROM division_version n
    WHERE n.county_code = p.county_code AND n.division_id = p.village_id AND upper_inf(n.recorded)
    ORDER BY upper(n.valid) DESC NULLS FIRST LIMIT 1) d
"""

_PAPER = f"""
SELECT p.id, p.household_id, d.code_nbs AS village_code, d.name AS village, p.kind, p.copies, p.old_text, p.new_text,
       p.state, i.name AS issued_by, p.issued_at, c.name AS collected_by, p.collected_at, p.revision
FROM paper p {_VILLAGE}
LEFT JOIN account i ON i.county_code = p.county_code AND i.id = p.issued_by
LEFT JOIN account c ON c.county_code = p.county_code AND c.id = p.collected_by
WHERE p.county_code = :county"""  # noqa: S608

_FILTER = """starts_with(d.code_nbs, :scope) AND (CAST(:state AS text) IS NULL OR p.state = :state)
    AND (CAST(:kind AS text) IS NULL OR p.kind = :kind)"""

# A household is concerned where it is registered at the address that has the row's people now, and was at the row's own
# address before, if that is another one.
_CONCERNED = """
concerned AS (
    SELECT m.id AS row_id, h.id AS household_id, h.village_id, m.old_text, m.new_text, (
        SELECT count(*) FROM household_member k WHERE k.county_code = h.county_code AND k.household_id = h.id
          AND upper_inf(k.recorded) AND upper_inf(k.valid)) AS members
    FROM unnest(CAST(:ids AS uuid[])) AS w (id)
    JOIN mapping_row m ON m.county_code = :county AND m.id = w.id AND m.state = 'accepted'
        AND m.old_text IS NOT NULL AND m.new_text IS NOT NULL AND m.old_text <> m.new_text
    JOIN household_address l ON l.county_code = m.county_code AND l.address_id = m.heir_id AND upper_inf(l.recorded)
        AND upper_inf(l.valid)
    JOIN household h ON h.county_code = l.county_code AND h.id = l.household_id AND h.stage = 'active'
    WHERE (m.household_id IS NULL OR m.household_id = h.id)
      AND (m.address_id = m.heir_id OR EXISTS (
          SELECT FROM household_address b WHERE b.county_code = h.county_code AND b.household_id = h.id
            AND b.address_id = m.address_id AND upper_inf(b.recorded)))
)"""

_SUPERSEDE = f"""
WITH {_CONCERNED}
UPDATE paper p SET state = 'superseded', revision = p.revision + 1
FROM concerned c
WHERE p.county_code = :county AND p.household_id = c.household_id AND p.state = 'to_reissue' AND p.row_id <> c.row_id
"""  # noqa: S608

_DEMAND = f"""
WITH {_CONCERNED}
INSERT INTO paper (county_code, id, village_id, household_id, row_id, kind, copies, old_text, new_text, state,
    created_at)
SELECT :county, gen_random_uuid(), c.village_id, c.household_id, c.row_id, k.kind,
    CASE k.kind WHEN 'resident_form' THEN c.members ELSE 1 END, c.old_text, c.new_text, 'to_reissue', :now
FROM (SELECT DISTINCT ON (household_id) * FROM concerned ORDER BY household_id, row_id DESC) c
CROSS JOIN (VALUES ('register_book'), ('resident_form')) AS k (kind)
WHERE k.kind = 'register_book' OR c.members > 0
ON CONFLICT DO NOTHING
"""  # noqa: S608

_ISSUE = """
UPDATE paper SET state = 'issued', issued_by = :actor, issued_at = :now, revision = revision + 1
WHERE county_code = :county AND id = :id
"""

_COLLECT = """
UPDATE paper SET state = 'collected', collected_by = :actor, collected_at = :now, revision = revision + 1
WHERE county_code = :county AND id = :id
"""

_PROGRESS = f"""
SELECT d.code_nbs AS village_code, d.name AS village, p.kind, p.state, count(*) AS papers, sum(p.copies) AS copies
FROM paper p {_VILLAGE}
WHERE p.county_code = :county AND starts_with(d.code_nbs, :scope) AND p.state <> 'superseded'
GROUP BY d.code_nbs, d.name, p.kind, p.state ORDER BY d.code_nbs, p.kind, p.state
"""  # noqa: S608
