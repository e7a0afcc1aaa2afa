"""Reconciliations (核对人口底册): extracts sent and held against the register, their rows reviewed and decided."""

from pathlib import PurePath
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Query, Request, Response, UploadFile
from fastapi.responses import JSONResponse

from address_service.api.schemas.base import DivisionCodeText
from address_service.api.schemas.reconciliation import (
    AcceptAllAnswer,
    AcceptAllBody,
    ExtractCard,
    ExtractExportBody,
    ExtractItem,
    ExtractPage,
    ExtractReject,
    ExtractRejects,
    ExtractWithdrawalAnswer,
    ExtractWithdrawalBody,
    RowDecisionBody,
    RowItem,
    RowPage,
)
from address_service.edge.cursors import Cursor, Limit, decode_cursor, encode_cursor
from address_service.edge.idempotency import IdempotencyKey, digest_of_upload
from address_service.edge.if_match import ReadRevision
from address_service.edge.residents import NO_STORE, answer_once_sealed
from address_service.edge.work import AdministerWork, HouseDep, ReconcileWork, RevealRowsWork
from address_service.model.reconciliation import Outcome, PersonFinding, RowDecision
from address_service.services.decide_extract_row import accept_rows, decide_row
from address_service.services.export_extract import reveal_extract
from address_service.services.queue_reconciliation import ExtractOptions, queue_reconciliation
from address_service.services.read_extract_rows import list_rows, row_cards
from address_service.services.withdraw_extract import withdraw_extract
from address_service.store.extract_rows import RowFilter

router = APIRouter(prefix="/reconciliations", tags=["人口底册"])
_MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}


@router.post("", status_code=202, summary="上传人口底册并排队核对", response_model=ExtractItem)
def post_extract(
    request: Request,
    work: ReconcileWork,
    house: HouseDep,
    file: Annotated[UploadFile, File(description="CSV 或 XLSX，GBK 或 UTF-8")],
    division: Annotated[DivisionCodeText, Form(description="底册所说的区划（县、镇或村）")],
    layout: Annotated[str, Form(max_length=40, description="底册格式；auto 为自动识别")] = "auto",
    layout_yaml: Annotated[str | None, Form(max_length=20_000, description="自定底册格式（YAML）")] = None,
    key: IdempotencyKey = None,
) -> JSONResponse:
    """Take an extract; its rows are held against the register in the background."""
    options = ExtractOptions(division, layout, layout_yaml)
    name = PurePath(file.filename or "extract").name[-20:]

    def act() -> ExtractItem:
        most = house.settings.max_upload_mb << 20
        extract_id = queue_reconciliation(work, house.files, name, file.file, most, options)
        return ExtractItem.of(work.extracts.get(extract_id))

    sent = {
        "division": division,
        "layout": layout,
        "layout_yaml": layout_yaml,
        "sha256": digest_of_upload(file) if key else "",
    }
    return answer_once_sealed(request, work, key, sent, 202, act)


@router.get("", summary="列出人口底册")
def list_extracts(
    work: ReconcileWork, response: Response, limit: Limit = 100, cursor: Cursor = None
) -> ExtractPage:
    """Extracts of one's own offices with progress and counts by outcome, the latest first."""
    response.headers.update(NO_STORE)
    found = work.extracts.page(decode_cursor(cursor), limit)
    rows = [{"id": one.id} for one in found]
    return ExtractPage(items=[ExtractItem.of(one) for one in found], next_cursor=encode_cursor(rows, limit))


@router.get("/{extract_id}", summary="查看一份人口底册")
def get_extract(work: ReconcileWork, response: Response, extract_id: UUID) -> ExtractCard:
    """An extract with its rows by outcome, finding and decision as they are now."""
    response.headers.update(NO_STORE)
    item = ExtractItem.of(work.extracts.get(extract_id))
    return ExtractCard(**item.model_dump(), **work.extract_rows.summary(extract_id))


@router.get("/{extract_id}/rows", summary="列出底册各行（脱敏）")
def get_rows(
    work: ReconcileWork,
    response: Response,
    extract_id: UUID,
    outcome: Outcome | None = None,
    finding: PersonFinding | None = None,
    decision: RowDecision | None = None,
    decided: Annotated[bool | None, Query(description="只看已核定或未核定的")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> RowPage:
    """Rows in the file's order, those of the register alone behind them."""
    response.headers.update(NO_STORE)
    wanted = RowFilter(outcome, finding, decided, decision)
    cards = list_rows(work, extract_id, wanted, decode_cursor(cursor), limit)
    ids = [{"id": card.row.id} for card in cards]
    return RowPage(
        items=[RowItem.of(card, work.today) for card in cards], next_cursor=encode_cursor(ids, limit)
    )


@router.get("/{extract_id}/rejects", summary="查看底册中不能用的内容")
def get_extract_rejects(work: ReconcileWork, extract_id: UUID) -> ExtractRejects:
    """Rows and fields that could not be used, with the reason; at most 10,000."""
    work.extracts.get(extract_id)
    found = work.extract_rows.rejects(extract_id, 10_000)
    return ExtractRejects(items=[ExtractReject.model_validate(one) for one in found])


@router.post("/{extract_id}/export", summary="导出底册核对结果（明文）", response_class=Response)
def post_export(work: RevealRowsWork, house: HouseDep, extract_id: UUID, body: ExtractExportBody) -> Response:
    """The file in its own order with outcome, address, findings and decision behind its columns.

    People stand in it in clear: it takes the right to reveal, a purpose and a reason, and counts as a reveal.
    """
    limit = house.settings.reveals_per_hour
    content = reveal_extract(work, extract_id, body.format, body.encoding, body.purpose, body.reason, limit)
    named = {**NO_STORE, "Content-Disposition": f'attachment; filename="reconciliation.{body.format}"'}
    return Response(content, media_type=_MEDIA[body.format], headers=named)


@router.post("/{extract_id}/accept", summary="成批采纳", response_model=AcceptAllAnswer)
def post_accept_all(
    request: Request, work: ReconcileWork, extract_id: UUID, body: AcceptAllBody, key: IdempotencyKey = None
) -> JSONResponse:
    """Accept all open rows of one outcome, as many as were shown."""

    def act() -> AcceptAllAnswer:
        done = accept_rows(work, extract_id, body.outcome, body.expected, finding=body.finding)
        return AcceptAllAnswer(accepted=done)

    return answer_once_sealed(request, work, key, body, 200, act)


@router.post("/rows/{row_id}/decision", summary="核定底册一行")
def post_row_decision(
    work: ReconcileWork, response: Response, row_id: UUID, body: RowDecisionBody, revision: ReadRevision
) -> RowItem:
    """Accept, choose, send to a village, park or undo; 409 names who was first."""
    response.headers.update(NO_STORE)
    kind = None if body.decision == "undo" else RowDecision(body.decision)
    row = decide_row(
        work, row_id, revision, kind, address_code=body.address_code, village_code=body.village_code
    )
    return RowItem.of(row_cards(work, [row])[0], work.today)


@router.post("/{extract_id}/withdrawal", summary="依决定销毁人口底册", response_model=ExtractWithdrawalAnswer)
def post_extract_withdrawal(
    request: Request,
    work: AdministerWork,
    extract_id: UUID,
    body: ExtractWithdrawalBody,
    key: IdempotencyKey = None,
) -> JSONResponse:
    """Destroy the keys of an extract by decision: unreadable for ever, never deleted."""

    def act() -> ExtractWithdrawalAnswer:
        done = withdraw_extract(work, extract_id, body.document_no, body.reason)
        return ExtractWithdrawalAnswer(id=done.id, rows=done.persons)

    return answer_once_sealed(request, work, key, body, 200, act)
