"""Scans of decrees (批文扫描件) beside acts: uploaded, listed, downloaded."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import FileResponse, JSONResponse

from address_service.api.schemas.attachment import AttachmentItem, AttachmentList
from address_service.edge.idempotency import IdempotencyKey, answer_once, digest_of_upload
from address_service.edge.reading_scans import readable_scan, require_act
from address_service.edge.work import AttachWork, HouseDep, ReadWork
from address_service.model.attachments import ActSubject
from address_service.services.attach_scan import attach_scan
from address_service.store.attachments import AttachmentRepository

router = APIRouter(prefix="/attachments", tags=["附件"])
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-store",
}


@router.post("", status_code=201, summary="上传批文扫描件", response_model=AttachmentItem)
def post_attachment(
    request: Request,
    work: AttachWork,
    house: HouseDep,
    file: Annotated[UploadFile, File(description="PDF、JPG、PNG、OFD，按内容识别")],
    act: Annotated[ActSubject, Form(description="哪一类变更")],
    act_id: Annotated[UUID, Form(description="变更标识")],
    key: IdempotencyKey = None,
) -> JSONResponse:
    """Keep a scan beside a planned or committed act; the same file sent again is the same attachment."""
    name = (file.filename or "")[:500]
    max_bytes = house.settings.max_upload_mb << 20

    def keep() -> AttachmentItem:
        return AttachmentItem.model_validate(
            attach_scan(work, house.files, act, act_id, name, file.file, max_bytes)
        )

    sent = {
        "act": act,
        "act_id": str(act_id),
        "filename": name,
        "sha256": digest_of_upload(file) if key else "",
    }
    return answer_once(request, work, key, sent, 201, keep)


@router.get("", summary="列出变更的附件")
def list_attachments(
    work: ReadWork,
    act: Annotated[ActSubject, Query(description="哪一类变更")],
    act_id: Annotated[UUID, Query(description="变更标识")],
) -> AttachmentList:
    """The scans beside one act."""
    require_act(work, act, act_id)
    found = AttachmentRepository(work.conn, work.county_code).of_act(act, act_id)
    return AttachmentList(items=[AttachmentItem.model_validate(one) for one in found])


@router.get("/{attachment_id}", summary="下载附件", response_class=FileResponse)
def get_attachment(work: ReadWork, house: HouseDep, attachment_id: UUID) -> FileResponse:
    """The content, always as a download: what somebody scanned is not shown as a page of ours."""
    found = readable_scan(work, attachment_id)
    path = house.files.scan(found.digest)
    return FileResponse(path, media_type=found.media_type, filename=found.filename, headers=_HEADERS)
