"""Receipts of mapping packages (回执), and the refused rows that persons settle."""

import tempfile
from pathlib import Path, PurePath
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import JSONResponse

from address_service.api.schemas.receipt import (
    ReceiptItem,
    ReceiptList,
    ReceiptReportItem,
    RefusalItem,
    RefusalPage,
    SettleBody,
)
from address_service.edge.cursors import Cursor, Limit, decode_cursor, encode_cursor
from address_service.edge.idempotency import IdempotencyKey, answer_once, digest_of_upload
from address_service.edge.if_match import ReadRevision
from address_service.edge.work import ExchangeWork, HouseDep
from address_service.gis.layer_read import ReadLimits
from address_service.model.receipts import RefusalState
from address_service.services.issue_mapping_package import readable
from address_service.services.receive_receipt import MOST_BYTES, receive_receipt, settle_refusal
from address_service.store.mapping_receipts import MappingReceipts
from address_service.store.work import Work

router = APIRouter(tags=["对照包回执"])
Digest = Annotated[str, Form(pattern=r"^[0-9a-fA-F]{64}$", description="对方所报的本包摘要（SM3）")]


@router.post(
    "/mapping-packages/{package_id}/receipts", summary="收对照包的回执", response_model=ReceiptReportItem
)
def post_receipt(
    request: Request,
    work: ExchangeWork,
    house: HouseDep,
    package_id: UUID,
    file: Annotated[UploadFile, File(description="CSV 或 XLSX，GBK 或 UTF-8；须有对照号和结果两列")],
    digest: Digest | None = None,
    dry_run: Annotated[bool, Form(description="只检查，不写入")] = False,
    key: IdempotencyKey = None,
) -> JSONResponse:
    """Take a receipt; the same file twice is one. Refused rows become work, accepted ones papers to re-issue."""
    name = PurePath(file.filename or "receipt").name[-200:]
    most = house.settings.max_unpacked_mb << 20

    def act() -> ReceiptReportItem:
        data = file.file.read(MOST_BYTES + 1)
        with tempfile.TemporaryDirectory(dir=house.files.work_folder()) as folder:
            limits = ReadLimits(Path(folder), max_unpacked_bytes=most)
            done = receive_receipt(work, package_id, data, name, limits, digest=digest, dry_run=dry_run)
        return ReceiptReportItem.of(done)

    sent = {
        "filename": name, "digest": digest, "dry_run": dry_run, "sha256": digest_of_upload(file) if key else "",
    }  # fmt: skip
    return answer_once(request, work, key, sent, 200, act)


@router.get("/mapping-packages/{package_id}/receipts", summary="列出一个对照包的回执")
def list_receipts(work: ExchangeWork, package_id: UUID) -> ReceiptList:
    """Receipts as they were taken, the first first."""
    readable(work, package_id)
    return ReceiptList(items=[ReceiptItem.of(one) for one in _receipts(work).of_package(package_id)])


@router.get("/mapping-refusals", summary="列出被拒绝的变更")
def list_refusals(
    work: ExchangeWork,
    state: RefusalState | None = None,
    package: Annotated[UUID | None, Query(description="对照包")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> RefusalPage:
    """Rows that the other side refused, of consumers in the account's scope; `state=open` is the work to do."""
    scope = work.actor.division_code
    found = _receipts(work).refusals(scope, state, package, decode_cursor(cursor), limit)
    ids = [{"id": one.id} for one in found]
    return RefusalPage(items=[RefusalItem.of(one) for one in found], next_cursor=encode_cursor(ids, limit))


@router.post("/mapping-refusals/{refusal_id}/settle", summary="处理被拒绝的变更")
def post_settle(
    work: ExchangeWork, refusal_id: UUID, body: SettleBody, revision: ReadRevision
) -> RefusalItem:
    """Corrected, not sent any more, or sent again with the next package; 409 names who was first."""
    return RefusalItem.of(settle_refusal(work, refusal_id, revision, RefusalState(body.state), body.note))


def _receipts(work: Work) -> MappingReceipts:
    return MappingReceipts(work.conn, work.county_code, work.actor.account_id, work.now)
