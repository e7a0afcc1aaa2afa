"""Use-case: show rows of an extract with the addresses they lead or may lead to; every look is noted."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from address_service.model.audit import AuditNote
from address_service.store.extract_rows import ExtractRow, RowFilter
from address_service.store.extract_targets import InForce, in_force
from address_service.store.work import Work


@dataclass(frozen=True, slots=True, repr=False)
class RowCard:
    """A row with those of its addresses that are in force: the one it leads to, the decided one, the candidates."""

    row: ExtractRow
    addresses: dict[UUID, InForce]


def list_rows(
    work: Work, extract_id: UUID, wanted: RowFilter, after: UUID | None, limit: int
) -> list[RowCard]:
    """A page of rows; raises NotFound `extract-not-found`."""
    work.extracts.get(extract_id)
    rows = work.extract_rows.page(extract_id, wanted, after, limit)
    work.note(AuditNote("reconciliation.read", "extract", str(extract_id), {"count": len(rows)}))
    return row_cards(work, rows)


def list_sent_rows(work: Work, after: UUID | None, limit: int) -> list[RowCard]:
    """A page of the rows that wait for an answer of the villages in scope, whichever extracts they are of."""
    rows = work.extract_rows.sent(after, limit)
    work.note(AuditNote("reconciliation.read", "extract_row", None, {"count": len(rows)}))
    return row_cards(work, rows)


def row_cards(work: Work, rows: Sequence[ExtractRow]) -> list[RowCard]:
    """Rows with their addresses."""
    known = in_force(work.conn, work.county_code, {key for row in rows for key in _addresses_of(row)})
    return [RowCard(row, {key: known[key] for key in _addresses_of(row) if key in known}) for row in rows]


def _addresses_of(row: ExtractRow) -> list[UUID]:
    candidates = row.answer["candidates"] if row.answer else []
    own = [key for key in (row.address_id, row.decided_address_id) if key is not None]
    return list(dict.fromkeys([*own, *(UUID(one["address_id"]) for one in candidates)]))
