"""Use-case: an extract as a file in its own order, with what each row came to in columns behind its own."""

from collections.abc import Iterator
from uuid import UUID

from address_service.errors import Conflict
from address_service.model.audit import AuditNote
from address_service.model.labels import label
from address_service.model.reconciliation import ExtractStage
from address_service.model.residents import RevealPurpose
from address_service.plates.plain_table import table_book, table_text
from address_service.services.read_extract_rows import RowCard, row_cards
from address_service.services.resident_days import reason_of
from address_service.services.reveal_limit import count_reveal
from address_service.store.extract_rows import RowFilter
from address_service.store.extracts import Extract
from address_service.store.work import Work

_PART = 1000
ADDED = ("核对结果", "标准地址", "地址编码", "依据", "人员情况", "核定", "核定人")
"""Columns behind those of the file."""


def export_extract(work: Work, extract_id: UUID, file_format: str, encoding: str) -> bytes:
    """The file as ``xlsx``, or ``csv`` in GB18030 or UTF-8 with BOM, for the operator who has just brought it.

    Made for one answer and kept nowhere. Raises NotFound `extract-not-found`, Conflict `extract-not-done`.
    """
    extract = _done(work, extract_id)
    work.note(AuditNote("reconciliation.export", "extract", str(extract_id), {"rows": extract.row_count}))
    return _written(work, extract, file_format, encoding)


def reveal_extract(
    work: Work, extract_id: UUID, file_format: str, encoding: str, purpose: RevealPurpose, reason: str, limit: int
) -> bytes:  # fmt: skip
    """The same for whoever may see people in clear: for a purpose and a reason, and counted as one reveal.

    Raises InvalidInput `reason-missing`, `personal-data-not-here`; TooMany `reveals-used-up`.
    """
    why, extract = reason_of(reason), _done(work, extract_id)
    count_reveal(work, limit)
    detail: dict[str, str | int] = {"rows": extract.row_count, "purpose": str(purpose)}
    work.note(AuditNote("reconciliation.export", "extract", str(extract_id), detail, reason=why))
    return _written(work, extract, file_format, encoding)


def _done(work: Work, extract_id: UUID) -> Extract:
    extract = work.extracts.get(extract_id)
    if extract.stage is not ExtractStage.DONE:
        raise Conflict("底册还没有核对完，或已撤回", code="extract-not-done")
    return extract


def _written(work: Work, extract: Extract, file_format: str, encoding: str) -> bytes:
    lines = _lines(work, extract.id, len(extract.header))
    head = [*extract.header, *ADDED]
    if file_format == "xlsx":
        return table_book("人口底册核对结果", "核对结果", head, lines)
    return table_text(head, lines, encoding)


def _lines(work: Work, extract_id: UUID, width: int) -> Iterator[list[str]]:
    after: UUID | None = None
    while True:
        rows = work.extract_rows.page(extract_id, RowFilter(), after, _PART)
        yield from (_line(card, width) for card in row_cards(work, rows))
        if len(rows) < _PART:
            return
        after = rows[-1].id


def _line(card: RowCard, width: int) -> list[str]:
    row = card.row
    lead = row.decided_address_id or row.address_id
    target = card.addresses.get(lead) if lead else None
    reasons = "；".join(row.answer["reasons"]) if row.answer else ""
    return [
        *(row.cells or ("",) * width), label(row.outcome), target.full_text if target else "",
        target.code if target else "", reasons, "、".join(label(one) for one in row.findings),
        label(row.decision) if row.decision else "", row.decided_by or "",
    ]  # fmt: skip
