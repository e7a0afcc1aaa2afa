"""Plates (门牌): batches with their files, and the plates in them."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, JSONResponse

from address_service.api.answers import plate_members
from address_service.api.schemas.base import DivisionCodeText
from address_service.api.schemas.plates import BatchBody, BatchItem, BatchPage, PlateItem, PlatePage
from address_service.edge.cursors import Cursor, Limit, decode_cursor, encode_cursor
from address_service.edge.idempotency import IdempotencyKey, answer_once
from address_service.edge.reading import narrowed, readable_batch, scope_prefix
from address_service.edge.work import HouseDep, PlatesWork, ReadWork
from address_service.services.order_plates import order_plates, queue_print

router = APIRouter(tags=["门牌"])

_MEDIA_TYPES = {
    "plates.pdf": "application/pdf",
    "proof.pdf": "application/pdf",
    "list.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@router.post("/plate-batches", status_code=202, summary="订制缺少的门牌", response_model=BatchItem)
def post_batch(
    request: Request, work: PlatesWork, body: BatchBody, key: IdempotencyKey = None
) -> JSONResponse:
    """Order a plate for every current door without a good one; the files are printed by a job."""

    def act() -> BatchItem:
        batch_id = order_plates(
            work,
            body.profile,
            village_code=body.village_code,
            place_id=body.place_id,
            codes=body.codes,
        )
        queue_print(work, batch_id)
        return BatchItem.model_validate(work.plates.batch(batch_id))

    return answer_once(request, work, key, body, 202, act)


@router.get("/plate-batches", summary="列出门牌批次")
def list_batches(work: ReadWork, limit: Limit = 100, cursor: Cursor = None) -> BatchPage:
    """Batches, oldest first."""
    rows = work.plates.batches(decode_cursor(cursor), limit, scope_prefix(work.actor))
    return BatchPage(
        items=[BatchItem.model_validate(r) for r in rows], next_cursor=encode_cursor(rows, limit)
    )


@router.get("/plate-batches/{batch_id}", summary="查看门牌批次")
def get_batch(work: ReadWork, batch_id: UUID) -> BatchItem:
    """A batch with its preflight and files."""
    return BatchItem.model_validate(readable_batch(work, batch_id))


@router.get("/plate-batches/{batch_id}/files/{name}", summary="下载门牌文件", response_class=FileResponse)
def get_file(
    work: ReadWork, house: HouseDep, batch_id: UUID, name: Literal["plates.pdf", "proof.pdf", "list.xlsx"]
) -> FileResponse:
    """The 1:1 PDF, the proof sheet or the list of a batch."""
    batch_no = str(readable_batch(work, batch_id)["batch_no"])
    path = house.files.get_plates(batch_no, name)
    return FileResponse(path, media_type=_MEDIA_TYPES[name], filename=f"{batch_no}-{name}")


@router.get("/plates", summary="列出门牌")
def list_plates(
    work: ReadWork,
    house: HouseDep,
    batch: Annotated[UUID | None, Query(description="批次")] = None,
    village: Annotated[DivisionCodeText | None, Query(description="村（居）委会代码")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> PlatePage:
    """Plates with the address behind each."""
    rows = work.plates.page(decode_cursor(cursor), limit, batch, narrowed(work.actor, village))
    items = [PlateItem.model_validate(plate_members(r, house.settings.public_url)) for r in rows]
    return PlatePage(items=items, next_cursor=encode_cursor(rows, limit))
