"""Rows of population extracts as they are written and read: sealed one by one, found again by keyed digests."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from address_service.errors import NotFound
from address_service.model.reconciliation import Outcome, PersonFinding, RowDecision
from address_service.reconcile.facts import Refusal, RowFacts, from_payload, memory_key, to_payload
from address_service.store.extracts import Extract
from address_service.store.ids import new_id
from address_service.store.resident_rows import insert_rows
from address_service.store.seal import RowKey, Seal
from address_service.store.tables.reconciliation import extract_decision, extract_reject, extract_row

_TABLE = "extract_row"
MEMORY, ID_NO = "extract-memory", "id-no"
"""Kinds of value that are found by their digest."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """A decision of before: the row it was made on and the address it said."""

    row_id: UUID
    address_id: UUID


@dataclass(frozen=True, slots=True, repr=False)
class NewRow:
    """A row about to be written with what it came to; ``replay`` takes a decision of before over."""

    row_no: int
    village_id: UUID | None
    outcome: Outcome
    match_stage: str
    address_id: UUID | None
    person_id: UUID | None
    findings: tuple[PersonFinding, ...]
    facts: RowFacts
    cells: tuple[str, ...]
    answer: Mapping[str, Any]
    replay: Remembered | None = None


@dataclass(frozen=True, slots=True, repr=False)
class ExtractRow:
    """A row as it is now; what is sealed is None where the register alone has it, or once withdrawn."""

    id: UUID
    extract_id: UUID
    row_no: int
    village_id: UUID | None
    outcome: Outcome
    match_stage: str
    address_id: UUID | None
    person_id: UUID | None
    findings: tuple[PersonFinding, ...]
    decision: RowDecision | None
    decided_address_id: UUID | None
    decided_by: str | None
    decided_at: datetime | None
    replayed_from: UUID | None
    revision: int
    facts: RowFacts | None
    cells: tuple[str, ...] | None
    answer: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class RowFilter:
    """What rows are narrowed to; ``is_decided`` None is both."""

    outcome: Outcome | None = None
    finding: PersonFinding | None = None
    is_decided: bool | None = None
    decision: RowDecision | None = None
    village_id: UUID | None = None

    @property
    def arguments(self) -> dict[str, Any]:
        """What the filter's clauses ask for."""
        return {
            "outcome": self.outcome, "finding": self.finding, "is_decided": self.is_decided,
            "decision": self.decision, "village": self.village_id,
        }  # fmt: skip


def row_id(extract_id: UUID, row_no: int) -> UUID:
    """The one identity of a row, so that it cannot be written twice; ids grow with row numbers."""
    return UUID(int=(extract_id.int >> 32 << 32) | row_no)


@dataclass(slots=True)
class ExtractRows:
    """Rows of one county within the scope that the transaction has opened."""

    conn: Connection
    county_code: str
    seal: Seal
    actor_id: UUID
    now: datetime

    def remembered(self, keys: Iterable[str]) -> dict[str, Remembered]:
        """The latest decision that named an address, by memory key; one that was taken back since is none."""
        by_digest = {digest: key for key in set(keys) for digest in self.seal.indexes(MEMORY, key)}
        if not by_digest:
            return {}
        rows = self.conn.execute(text(_REMEMBERED), {"county": self.county_code, "digests": list(by_digest)})
        return {
            by_digest[bytes(row.memory_index)]: Remembered(row.id, row.decided_address_id) for row in rows
        }

    def write(self, of: Extract, rows: Sequence[NewRow]) -> None:
        """Write rows with the decisions taken over."""
        _, index_key = self.seal.current_ids() if rows else (None, None)
        insert_rows(self.conn, extract_row, _COLUMNS, [self._values(of, row, index_key) for row in rows])
        replayed = [row for row in rows if row.replay is not None]
        log = [
            (self.county_code, new_id(), of.id, row_id(of.id, row.row_no), of.office_code, row.village_id, 1, "accept",
             row.replay.address_id, False, row.replay.row_id, self.actor_id, self.now)
            for row in replayed if row.replay
        ]  # fmt: skip
        insert_rows(self.conn, extract_decision, _LOG, log)

    def refuse(self, extract_id: UUID, refusals: Sequence[tuple[int, Refusal]]) -> None:
        """Keep what was refused of the cells, by row and field."""
        values = [
            {"county": self.county_code, "extract": extract_id, "row_no": row_no, "position": position,
             "field": one.field, "code": one.code, "message": one.message}
            for position, (row_no, one) in enumerate(refusals)
        ]  # fmt: skip
        if values:
            self.conn.execute(text(_REFUSE), values)

    def rejects(self, extract_id: UUID, limit: int) -> list[dict[str, Any]]:
        """What was refused, in the file's order: ``row field code message``."""
        c = extract_reject.c
        query = (
            extract_reject.select()
            .with_only_columns(c.row_no.label("row"), c.field, c.code, c.message)
            .where(c.county_code == self.county_code, c.extract_id == extract_id)
            .order_by(c.row_no, c.position)
            .limit(limit)
        )
        return [dict(row) for row in self.conn.execute(query).mappings()]

    def add_register_only(self, of: Extract) -> int:
        """Addresses in force on the extract's land to which none of its rows leads, after its own rows."""
        args = {
            "county": self.county_code, "extract": of.id, "division": of.division_code, "office": of.office_code,
            "last": of.row_count, "now": self.now,
        }  # fmt: skip
        return self.conn.execute(text(_REGISTER_ONLY), args).rowcount

    def get(self, key: UUID) -> ExtractRow:
        """A row; raises NotFound `extract-row-not-found`, also outside of the scope."""
        found = self._read("AND r.id = :id", id=key)
        if not found:
            raise NotFound("没有这一行，或不在辖区内", code="extract-row-not-found")
        return found[0]

    def page(self, extract_id: UUID, wanted: RowFilter, after: UUID | None, limit: int) -> list[ExtractRow]:
        """Rows in the file's order, those of the register alone behind them."""
        where = (
            f"AND r.extract_id = :extract AND {FILTER} AND (CAST(:after AS uuid) IS NULL OR r.id > :after)"
        )
        args = {"extract": extract_id, "after": after, "limit": limit, **wanted.arguments}
        return self._read(f"{where} ORDER BY r.id LIMIT :limit", **args)

    def sent(self, after: UUID | None, limit: int) -> list[ExtractRow]:
        """Rows that were sent to a village in scope and wait for its answer."""
        where = "AND r.decision = 'village' AND r.row_key IS NOT NULL AND r.village_id IS NOT NULL"
        more = "AND (CAST(:after AS uuid) IS NULL OR r.id > :after) ORDER BY r.id LIMIT :limit"
        return self._read(f"{where} {more}", after=after, limit=limit)

    def summary(self, extract_id: UUID) -> dict[str, Any]:
        """Rows by outcome, findings and decisions: ``outcomes findings decided open``."""
        args = {"county": self.county_code, "extract": extract_id}
        outcomes = {row[0]: row[1] for row in self.conn.execute(text(_BY_OUTCOME), args)}
        findings = {row[0]: row[1] for row in self.conn.execute(text(_BY_FINDING), args)}
        decisions = {row[0]: row[1] for row in self.conn.execute(text(_BY_DECISION), args)}
        still_open = decisions.pop(None, 0)
        return {"outcomes": outcomes, "findings": findings, "decisions": decisions, "open": still_open}

    def destroy(self, extract_id: UUID) -> int:
        """Make an extract's rows unreadable for ever; says how many were readable."""
        args = {"county": self.county_code, "extract": extract_id}
        return self.conn.execute(text(_DESTROY), args).rowcount

    def _values(self, of: Extract, row: NewRow, index_key: UUID | None) -> tuple[Any, ...]:
        key_of_row = row_id(of.id, row.row_no)
        key, sealed = self.seal.seal_new(_TABLE, key_of_row, to_payload(row.facts, row.cells))
        answer = self.seal.seal_again(_TABLE, key_of_row, key, row.answer)
        replay = row.replay
        decision = (
            (RowDecision.ACCEPT, replay.address_id, self.actor_id, self.now, replay.row_id)
            if replay
            else (None,) * 5
        )
        return (
            self.county_code, key_of_row, of.id, row.row_no, of.office_code, row.village_id, row.outcome,
            row.match_stage, row.address_id, row.person_id, "{" + ",".join(row.findings) + "}", *decision, 1,
            key.wrapped, key.key_id, sealed, answer, self.seal.index(MEMORY, memory_key(row.facts)),
            self.seal.index(ID_NO, row.facts.id_no), index_key, self.now,
        )  # fmt: skip

    def _read(self, where: str, **args: Any) -> list[ExtractRow]:
        rows = self.conn.execute(text(f"{_SELECT} {where}"), {"county": self.county_code, **args})
        return [self._opened(row) for row in rows]

    def _opened(self, row: Any) -> ExtractRow:
        facts = cells = answer = None
        if row.row_key is not None:
            key = RowKey(row.key_id, bytes(row.row_key))
            payload = self.seal.open(_TABLE, row.id, key, bytes(row.payload))
            facts, cells = from_payload(payload), tuple(payload["cells"])
            answer = self.seal.open(_TABLE, row.id, key, bytes(row.answer))
        return ExtractRow(
            row.id, row.extract_id, row.row_no, row.village_id, Outcome(row.outcome), row.match_stage, row.address_id,
            row.person_id, tuple(PersonFinding(one) for one in row.findings),
            RowDecision(row.decision) if row.decision else None, row.decided_address_id, row.decider, row.decided_at,
            row.replayed_from, row.revision, facts, cells, answer,
        )  # fmt: skip


_COLUMNS = (
    "county_code", "id", "extract_id", "row_no", "office_code", "village_id", "outcome", "match_stage",
    "address_id", "person_id", "findings", "decision", "decided_address_id", "decided_by",
    "decided_at", "replayed_from", "revision", "row_key", "key_id", "payload", "answer",
    "memory_index", "id_no_index", "index_key_id", "created_at",
)  # fmt: skip

_LOG = (
    "county_code", "id", "extract_id", "row_id", "office_code", "village_id", "revision", "kind", "address_id",
    "is_bulk", "replayed_from", "actor_id", "decided_at",
)  # fmt: skip

_REMEMBERED = """
SELECT r.id, r.memory_index, r.decided_address_id FROM extract_row r
WHERE r.county_code = :county AND r.memory_index = ANY(:digests) AND r.decision IN ('accept', 'choose')
  AND r.replayed_from IS NULL AND r.decided_address_id IS NOT NULL
  AND NOT EXISTS (SELECT FROM extract_decision d WHERE d.county_code = r.county_code AND d.replayed_from = r.id
      AND d.kind = 'undo' AND d.decided_at >= r.decided_at)
ORDER BY r.decided_at, r.id
"""

_REFUSE = """
INSERT INTO extract_reject (county_code, extract_id, row_no, position, field, code, message)
VALUES (:county, :extract, :row_no, :position, :field, :code, :message)
"""

# A door of which a room is led to is not alone in the register, nor a room whose door is.
_REGISTER_ONLY = """
WITH led AS (
    SELECT DISTINCT coalesce(r.decided_address_id, r.address_id) AS id FROM extract_row r
    WHERE r.county_code = :county AND r.extract_id = :extract
), alone AS (
    SELECT a.id, v.division_id, row_number() OVER (ORDER BY a.code) AS n
    FROM address a
    JOIN address_version v ON v.county_code = a.county_code AND v.address_id = a.id AND upper_inf(v.recorded)
      AND upper_inf(v.valid) AND v.stage = 'current'
    JOIN division_version d ON d.county_code = v.county_code AND d.division_id = v.division_id AND upper_inf(d.recorded)
      AND upper_inf(d.valid) AND starts_with(d.code_nbs, :division)
    WHERE a.county_code = :county AND a.id NOT IN (SELECT id FROM led WHERE id IS NOT NULL)
      AND (a.parent_id IS NULL OR a.parent_id NOT IN (SELECT id FROM led WHERE id IS NOT NULL))
      AND NOT EXISTS (SELECT FROM address c JOIN led ON led.id = c.id
          WHERE c.county_code = a.county_code AND c.parent_id = a.id)
)
INSERT INTO extract_row (county_code, id, extract_id, row_no, office_code, village_id, outcome, address_id, findings,
    created_at)
SELECT :county, CAST(left(replace(CAST(:extract AS text), '-', ''), 24) || lpad(to_hex(:last + n), 8, '0') AS uuid),
       :extract, :last + n, :office, division_id, 'register_only', id,
       CASE WHEN EXISTS (SELECT FROM residency h WHERE h.county_code = :county AND h.address_id = alone.id
           AND h.kind = 'registered' AND upper_inf(h.recorded) AND upper_inf(h.valid))
         THEN ARRAY['not_in_extract'] ELSE '{}' END, :now
FROM alone
"""

_SELECT = """
SELECT r.*, a.name AS decider FROM extract_row r
LEFT JOIN account a ON a.county_code = r.county_code AND a.id = r.decided_by
WHERE r.county_code = :county
"""

FILTER = """(CAST(:outcome AS text) IS NULL OR r.outcome = :outcome)
  AND (CAST(:finding AS text) IS NULL OR :finding = ANY(r.findings))
  AND (CAST(:is_decided AS boolean) IS NULL OR (r.decision IS NOT NULL) = :is_decided)
  AND (CAST(:decision AS text) IS NULL OR r.decision = :decision)
  AND (CAST(:village AS uuid) IS NULL OR r.village_id = :village)"""
"""Clauses of a `RowFilter` on rows ``r``."""

_BY = "SELECT {0}, count(*) FROM extract_row WHERE county_code = :county AND extract_id = :extract GROUP BY 1"
_BY_OUTCOME, _BY_FINDING, _BY_DECISION = (
    _BY.format("outcome"), _BY.format("unnest(findings)"), _BY.format("decision"),
)  # fmt: skip

_DESTROY = """
UPDATE extract_row SET row_key = NULL, key_id = NULL, payload = NULL, answer = NULL, memory_index = NULL,
    id_no_index = NULL, index_key_id = NULL, revision = revision + 1
WHERE county_code = :county AND extract_id = :extract AND row_key IS NOT NULL
"""
