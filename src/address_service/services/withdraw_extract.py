"""Use-case: end what was kept of an extract, by decision: its rows can be read no more, nothing is deleted."""

from uuid import UUID

from address_service.errors import Conflict
from address_service.model.audit import AuditNote
from address_service.model.reconciliation import ExtractStage
from address_service.services.resident_days import document, reason_of
from address_service.store.residents_decisions import Decision, record_decision
from address_service.store.work import Work


def withdraw_extract(work: Work, extract_id: UUID, document_no: str, reason: str) -> Decision:
    """Destroy the keys of an extract and of all its rows; decisions stay with ids alone and are remembered no more.

    Raises NotFound `extract-not-found`; Conflict `key-destroyed`, `extract-not-done`; InvalidInput `document-missing`,
    `reason-missing`, `personal-data-not-here`.
    """
    document_no, reason = document(document_no), reason_of(reason)
    stage = work.extracts.get(extract_id, lock=True).stage
    if stage is ExtractStage.WITHDRAWN:
        raise Conflict("这份底册已依决定销毁", code="key-destroyed")
    if stage in (ExtractStage.QUEUED, ExtractStage.RUNNING):
        raise Conflict("底册还在核对，请等它结束", code="extract-not-done")
    rows = work.extract_rows.destroy(extract_id)
    work.extracts.withdraw(extract_id)
    decision = Decision("withdraw_extract", document_no, reason, extract_id=extract_id, persons=rows)
    record_decision(work.conn, work.county_code, decision, work.actor.account_id, work.now)
    work.note(AuditNote("reconciliation.withdraw", "extract", str(extract_id), {"rows": rows}, reason=reason))
    return decision
