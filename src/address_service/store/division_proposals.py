"""What yearly lists propose, and what persons decided."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, text

from address_service.coding.divisions.entries import Clue, Entry, Proposal
from address_service.errors import NotFound
from address_service.model.division_lists import DivisionOutcome, ListSystem, ProposalKind
from address_service.store.ids import new_id


@dataclass(frozen=True, slots=True)
class KnownProposal:
    """A proposal on record with the list that it comes from."""

    id: UUID
    list_id: UUID
    system: ListSystem
    list_day: date
    state: str
    proposal: Proposal


@dataclass(frozen=True, slots=True)
class ProposalVerdict:
    """What a person decided; ``event_id`` is None for a rejection."""

    outcome: DivisionOutcome
    decided_by: UUID
    decided_at: datetime
    decree_no: str | None
    effective_on: date | None
    note: str
    event_id: UUID | None


_PROPOSALS = """
SELECT p.id, p.list_id, l.system, l.list_day, p.state, p.kind, p.old_code, p.old_name, p.new_code, p.new_name,
       p.division_id, p.is_later, p.evidence, p.candidates
FROM division_proposal p
JOIN division_list l ON l.county_code = p.county_code AND l.id = p.list_id
WHERE p.county_code = :county
"""

_PAGE = """
SELECT p.*, l.system, l.year, l.list_day, a.name AS decided_by_name, x.id AS act_id
FROM division_proposal p
JOIN division_list l ON l.county_code = p.county_code AND l.id = p.list_id
LEFT JOIN account a ON a.county_code = p.county_code AND a.id = p.decided_by
LEFT JOIN division_act x ON x.county_code = p.county_code AND x.proposal_id = p.id AND x.stage <> 'dropped'
WHERE p.county_code = :county AND (CAST(:after AS uuid) IS NULL OR p.id > :after)
  AND (CAST(:state AS text) IS NULL OR p.state = :state)
  AND (CAST(:list AS uuid) IS NULL OR p.list_id = :list)
  AND (CAST(:id AS uuid) IS NULL OR p.id = :id)
  AND (CAST(:scope AS text) IS NULL OR p.old_code LIKE :scope || '%' OR p.new_code LIKE :scope || '%')
ORDER BY p.id LIMIT :limit
"""

_ADD_PROPOSAL = """
INSERT INTO division_proposal (county_code, id, list_id, kind, old_code, old_name, new_code, new_name, division_id,
    is_later, evidence, candidates)
VALUES (:county, :id, :list, :kind, :old_code, :old_name, :new_code, :new_name, :division, :is_later, :evidence,
    :candidates)
ON CONFLICT ON CONSTRAINT division_proposal_once DO NOTHING
RETURNING id
"""

_DECIDE = """
UPDATE division_proposal SET state = 'decided', outcome = :outcome, decided_by = :decided_by, decided_at = :decided_at,
    decree_no = :decree_no, effective_on = :effective_on, note = :note, event_id = :event_id
WHERE county_code = :county AND id = :id AND state = 'open'
"""

_ABOUT = """
SELECT id FROM division_proposal
WHERE county_code = :county AND state = 'open' AND ((kind = 'vanished' AND division_id = ANY(CAST(:ended AS uuid[])))
  OR (kind = 'appeared' AND new_code = CAST(:made AS text)))
ORDER BY id FOR UPDATE
"""

_SUPERSEDE = """
UPDATE division_proposal SET state = 'superseded', superseded_by = :list
WHERE county_code = :county AND id = ANY(:ids) AND state = 'open'
"""


class DivisionProposals:
    """Proposals of one county."""

    def __init__(self, conn: Connection, county_code: str) -> None:
        """Bind to a transaction and a tenant."""
        self._conn = conn
        self._county = county_code

    def find(
        self, *, list_id: UUID | None = None, state: str | None = None, proposal_id: UUID | None = None
    ) -> list[KnownProposal]:
        """Proposals by the day of their list, then in order of making."""
        where, args = "", {}
        for column, value in (("p.list_id", list_id), ("p.state", state), ("p.id", proposal_id)):
            if value is not None:
                where += f" AND {column} = :{column[2:]}"
                args[column[2:]] = value
        rows = self._run(f"{_PROPOSALS}{where} ORDER BY l.list_day, p.id", **args)
        return [_known(row) for row in rows.mappings()]

    def hold(self, proposal_id: UUID) -> KnownProposal:
        """A proposal that nobody else decides until commit; raises NotFound `proposal-not-found`."""
        query = "SELECT id FROM division_proposal WHERE county_code = :county AND id = :id FOR UPDATE"
        self._run(query, id=proposal_id)
        return self.get(proposal_id)

    def get(self, proposal_id: UUID) -> KnownProposal:
        """A proposal; raises NotFound `proposal-not-found`."""
        found = self.find(proposal_id=proposal_id)
        if not found:
            raise NotFound(f"没有区划变更建议 {proposal_id}", code="proposal-not-found")
        return found[0]

    def hold_about(self, ended: Collection[UUID], made: str | None) -> list[KnownProposal]:
        """Open ones about divisions that vanished, or a code that appeared; nobody else decides them until commit."""
        ids = self._run(_ABOUT, ended=list(ended), made=made).scalars().all()
        return [found for key in ids for found in self.find(proposal_id=key)]

    def propose(self, list_id: UUID, proposal: Proposal) -> UUID | None:
        """Keep a proposal; None when the list has proposed it before."""
        old, new = proposal.old, proposal.new
        known = old.division_id if old and old.division_id else new.division_id if new else None
        args = {
            "id": new_id(),
            "list": list_id,
            "kind": proposal.kind,
            "old_code": old and old.code,
            "old_name": old and old.name,
            "new_code": new and new.code,
            "new_name": new and new.name,
            "division": known,
            "is_later": proposal.is_later,
            "evidence": Jsonb([asdict(clue) for clue in proposal.evidence]),
            "candidates": Jsonb([asdict(clue) for clue in proposal.candidates]),
        }
        kept: UUID | None = self._run(_ADD_PROPOSAL, **args).scalar()
        return kept

    def supersede(self, proposal_ids: Collection[UUID], list_id: UUID) -> None:
        """Another list says better what these say."""
        self._run(_SUPERSEDE, ids=list(proposal_ids), list=list_id)

    def decide(self, proposal_id: UUID, verdict: ProposalVerdict) -> bool:
        """Write a decision; False when somebody was there before."""
        done: int = self._run(_DECIDE, id=proposal_id, **asdict(verdict)).rowcount
        return done == 1

    def page(
        self,
        after: UUID | None,
        limit: int,
        *,
        state: str | None = None,
        list_id: UUID | None = None,
        proposal_id: UUID | None = None,
        scope: str | None = None,
    ) -> list[dict[str, Any]]:
        """Proposals as plain values."""
        args = {"after": after, "limit": limit, "state": state, "list": list_id, "id": proposal_id}
        return [dict(row) for row in self._run(_PAGE, **args, scope=scope).mappings()]

    def _run(self, statement: str, **args: Any) -> Any:
        return self._conn.execute(text(statement), {"county": self._county, **args})


def _known(row: Mapping[Any, Any]) -> KnownProposal:
    old = Entry(row["old_code"], row["old_name"], row["division_id"]) if row["old_code"] else None
    new_division = row["division_id"] if row["is_later"] else None
    new = Entry(row["new_code"], row["new_name"], new_division) if row["new_code"] else None
    clues = [tuple(Clue(**clue) for clue in row[name]) for name in ("evidence", "candidates")]
    proposal = Proposal(ProposalKind(row["kind"]), old, new, clues[0], clues[1], row["is_later"])
    return KnownProposal(
        row["id"], row["list_id"], ListSystem(row["system"]), row["list_day"], row["state"], proposal
    )
