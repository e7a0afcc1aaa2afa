"""Receipts of mapping packages, and the refused rows that persons settle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from address_service.errors import NotFound
from address_service.model.mapping import RowState
from address_service.model.receipts import RefusalState
from address_service.reconcile.receipt import Answered
from address_service.store.bulk import copy_rows
from address_service.store.ids import new_id
from address_service.store.tables.receipts import mapping_receipt_row


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt as it was taken: lines read, rows that it changed, lines that were not taken."""

    id: UUID
    package_id: UUID
    filename: str
    read: int
    accepted: int
    refused: int
    unchanged: int
    rejected: int
    received_by: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was refused and what a person decided; ``is_accepted``: by a later receipt it was taken after all.

    ``resent_sequence`` is the package that it went out with again.
    """

    id: UUID
    package_id: UUID
    consumer: str
    division_code: str
    sequence: int
    row_no: int
    old_text: str | None
    new_text: str | None
    is_household: bool
    is_accepted: bool
    reason: str
    state: RefusalState
    note: str
    settled_by: str | None
    settled_at: datetime | None
    resent_sequence: int | None
    revision: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class NewReceipt:
    """A receipt about to be kept."""

    package_id: UUID
    filename: str
    file_digest: bytes
    read: int


class MappingReceipts:
    """Receipts of one county."""

    def __init__(self, conn: Connection, county_code: str, actor_id: UUID, now: datetime) -> None:
        """Bind to a transaction, a tenant and an account."""
        self._conn = conn
        self._args: dict[str, Any] = {"county": county_code, "actor": actor_id, "now": now}

    def find(self, package_id: UUID, file_digest: bytes) -> Receipt | None:
        """The receipt of a package that came in the same file."""
        rows = self._all(
            f"{_RECEIPT} AND r.package_id = :package AND r.file_digest = :digest",
            package=package_id,
            digest=file_digest,
        )
        return Receipt(*rows[0]) if rows else None

    def of_package(self, package_id: UUID) -> list[Receipt]:
        """All receipts of a package, the first first."""
        rows = self._all(f"{_RECEIPT} AND r.package_id = :package ORDER BY r.id", package=package_id)
        return [Receipt(*row) for row in rows]

    def keep(self, new: NewReceipt, found: Answered) -> Receipt:
        """Keep a receipt and what it changes in the rows; the package must be held."""
        receipt_id = new_id()
        self._run(
            _ADD, id=receipt_id, package=new.package_id, filename=new.filename, digest=new.file_digest, read=new.read,
            accepted=len(found.accepted), refused=len(found.refused), unchanged=found.unchanged,
            rejected=len(found.faults),
        )  # fmt: skip
        accepted = [(row_id, "") for row_id in found.accepted]
        self._mark(receipt_id, RowState.ACCEPTED, accepted)
        self._mark(receipt_id, RowState.REFUSED, found.refused)
        self._run(_REFUSALS, package=new.package_id, ids=[row_id for row_id, _ in found.refused])
        self._run(_SETTLED, ids=list(found.accepted))
        (row,) = self._all(f"{_RECEIPT} AND r.id = :id", id=receipt_id)
        return Receipt(*row)

    def refusals(
        self, scope: str, state: RefusalState | None, package_id: UUID | None, after: UUID | None, limit: int
    ) -> list[Refusal]:
        """Refused rows of consumers in a scope, in an order that stays."""
        where = """ AND starts_with(c.division_code, :scope) AND (CAST(:state AS text) IS NULL OR f.state = :state)
            AND (CAST(:package AS uuid) IS NULL OR f.package_id = :package)
            AND (CAST(:after AS uuid) IS NULL OR f.id > :after) ORDER BY f.id LIMIT :limit"""
        args = {"scope": scope, "state": state, "package": package_id, "after": after, "limit": limit}
        return [_refusal(row) for row in self._all(_REFUSAL + where, **args)]

    def refusal(self, refusal_id: UUID, *, lock: bool = False) -> Refusal:
        """A refused row; raises NotFound `refusal-not-found`."""
        rows = self._all(f"{_REFUSAL} AND f.id = :id" + (" FOR UPDATE OF f" if lock else ""), id=refusal_id)
        if not rows:
            raise NotFound("没有这条待办", code="refusal-not-found")
        return _refusal(rows[0])

    def settle(self, refusal_id: UUID, state: RefusalState, note: str) -> None:
        """Say what becomes of a refused row that is held."""
        self._run(_SETTLE, id=refusal_id, state=state, note=note)

    def stands_elsewhere(self, refusal_id: UUID) -> bool:
        """Whether the other side has others at a refused row's old text by now, so that it can be sent no more."""
        return bool(self._all(_STANDS_ELSEWHERE, id=refusal_id))

    def _mark(self, receipt_id: UUID, state: RowState, rows: Sequence[tuple[UUID, str]]) -> None:
        ids, reasons = [row_id for row_id, _ in rows], [reason for _, reason in rows]
        self._run(_MARK, ids=ids, reasons=reasons, state=state)
        columns = ("county_code", "receipt_id", "row_id", "state", "reason")
        lines = ((self._args["county"], receipt_id, row_id, state.value, reason) for row_id, reason in rows)
        copy_rows(self._conn, mapping_receipt_row, columns, lines)

    def _run(self, statement: str, **args: Any) -> None:
        self._conn.execute(_prepared(statement), {**self._args, **args})

    def _all(self, statement: str, **args: Any) -> Sequence[Any]:
        return self._conn.execute(_prepared(statement), {**self._args, **args}).all()


_prepared = cache(text)


def _refusal(row: Any) -> Refusal:
    values: Mapping[str, Any] = row._mapping
    return Refusal(**{**values, "state": RefusalState(row.state)})


_RECEIPT = """
SELECT r.id, r.package_id, r.filename, r.read_count, r.accepted, r.refused, r.unchanged, r.rejected, a.name,
       r.received_at
FROM mapping_receipt r JOIN account a ON a.county_code = r.county_code AND a.id = r.actor_id
WHERE r.county_code = :county"""

_ADD = """
INSERT INTO mapping_receipt (county_code, id, package_id, filename, file_digest, read_count, accepted, refused,
    unchanged, rejected, actor_id, received_at)
VALUES (:county, :id, :package, :filename, :digest, :read, :accepted, :refused, :unchanged, :rejected, :actor, :now)
"""

_MARK = """
UPDATE mapping_row m SET state = :state, reason = k.reason, revision = m.revision + 1
FROM unnest(CAST(:ids AS uuid[]), CAST(:reasons AS text[])) AS k (id, reason)
WHERE m.county_code = :county AND m.id = k.id
"""

_REFUSALS = """
INSERT INTO mapping_refusal (county_code, id, row_id, package_id, state, created_at)
SELECT :county, gen_random_uuid(), k.id, :package, 'open', :now FROM unnest(CAST(:ids AS uuid[])) AS k (id)
"""

# What the other side took after all needs nobody any more.
_SETTLED = """
UPDATE mapping_refusal SET state = 'corrected', settled_by = coalesce(settled_by, :actor),
    settled_at = coalesce(settled_at, :now), note = '后续回执已接受', revision = revision + 1
WHERE county_code = :county AND row_id = ANY(CAST(:ids AS uuid[]))
"""

_REFUSAL = """
SELECT f.id, f.package_id, c.name AS consumer, c.division_code, p.sequence, m.row_no, m.old_text, m.new_text,
       m.household_id IS NOT NULL AS is_household, m.state = 'accepted' AS is_accepted,
       m.reason, f.state, f.note, a.name AS settled_by, f.settled_at,
       n.sequence AS resent_sequence, f.revision, f.created_at
FROM mapping_refusal f
JOIN mapping_row m ON m.county_code = f.county_code AND m.id = f.row_id
JOIN mapping_package p ON p.county_code = f.county_code AND p.id = f.package_id
JOIN mapping_consumer c ON c.county_code = p.county_code AND c.id = p.consumer_id
LEFT JOIN mapping_package n ON n.county_code = f.county_code AND n.id = f.resent_package_id
LEFT JOIN account a ON a.county_code = f.county_code AND a.id = f.settled_by
WHERE f.county_code = :county"""

_SETTLE = """
UPDATE mapping_refusal SET state = :state, note = :note, settled_by = :actor, settled_at = :now,
    revision = revision + 1
WHERE county_code = :county AND id = :id
"""

STANDS_ELSEWHERE = """
EXISTS (
    SELECT FROM mapping_row o JOIN mapping_package q ON q.county_code = o.county_code AND q.id = o.package_id
    WHERE o.county_code = m.county_code AND q.consumer_id = p.consumer_id AND q.sequence >= p.sequence AND o.id <> m.id
      AND o.new_text = m.old_text AND o.state IN ('issued', 'accepted') AND m.household_id IS NULL)
"""
"""Rows `m` of packages `p` whose old text another row has brought people to since, all of whom would be moved along."""

_STANDS_ELSEWHERE = f"""
SELECT f.id FROM mapping_refusal f
JOIN mapping_row m ON m.county_code = f.county_code AND m.id = f.row_id
JOIN mapping_package p ON p.county_code = f.county_code AND p.id = f.package_id
WHERE f.county_code = :county AND f.id = :id AND (m.old_text IS NOT NULL AND {STANDS_ELSEWHERE})
"""  # noqa: S608
