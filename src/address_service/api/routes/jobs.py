"""Import jobs: upload a layer, follow its progress, read what was refused."""

from datetime import date
from pathlib import PurePath
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import JSONResponse

from address_service.api.answers import job_members
from address_service.api.schemas.base import Line
from address_service.api.schemas.jobs import JobItem, JobPage, RejectAnswer, RejectItem
from address_service.edge.cursors import Cursor, Limit, decode_cursor, encode_cursor
from address_service.edge.idempotency import IdempotencyKey, answer_once, digest_of_upload
from address_service.edge.reading import readable_run, readable_runs
from address_service.edge.residents import answer_once_sealed
from address_service.edge.rights import require_right, right_to_bring
from address_service.edge.work import BringWork, HouseDep, ReadWork
from address_service.services.queue_import import ImportLayer, ImportOptions, queue_import

router = APIRouter(prefix="/jobs", tags=["导入"])


@router.post("", status_code=202, summary="上传图层并排队导入", response_model=JobItem)
def post_job(
    request: Request,
    work: BringWork,
    house: HouseDep,
    file: Annotated[UploadFile, File(description="GeoPackage、Shapefile压缩包、GeoJSON、CSV、XLSX")],
    layer: Annotated[ImportLayer, Form(description="图层")],
    dry_run: Annotated[bool, Form(description="只检查，不写入")] = False,
    all_or_nothing: Annotated[bool, Form(description="有一行不合格就全部不写入")] = False,
    mapping: Annotated[str | None, Form(max_length=20_000, description="字段对照（YAML）")] = None,
    valid_from: Annotated[date | None, Form(description="生效日期")] = None,
    decree_no: Annotated[Line | None, Form(description="批准文号")] = None,
    key: IdempotencyKey = None,
) -> JSONResponse:
    """Take a file and import it in the background; ask for the job's progress by its id.

    Layers are brought by offices that import, lists of residents by those that enrol.
    """
    require_right(work.actor, right_to_bring(layer))
    options = ImportOptions(
        dry_run=dry_run,
        all_or_nothing=all_or_nothing,
        mapping=mapping,
        valid_from=valid_from,
        decree_no=decree_no,
    )
    name = PurePath(file.filename or "upload").name[:200]
    max_bytes = house.settings.max_upload_mb << 20

    def act() -> JobItem:
        run_id = queue_import(work, house.files, layer, name, file.file, max_bytes, options)
        return JobItem.model_validate(job_members(work.imports.get(run_id)))

    sent = {
        "layer": layer,
        "filename": name,
        "options": options.plain(),
        "sha256": digest_of_upload(file) if key else "",
    }
    if layer is ImportLayer.RESIDENTS:
        return answer_once_sealed(request, work, key, {**sent, "filename": ""}, 202, act)
    return answer_once(request, work, key, sent, 202, act)


@router.get("", summary="列出导入任务")
def list_jobs(work: ReadWork, limit: Limit = 100, cursor: Cursor = None) -> JobPage:
    """Jobs one has sent, oldest first; administrators and civil affairs see those of their whole scope."""
    rows = readable_runs(work, decode_cursor(cursor), limit)
    return JobPage(
        items=[JobItem.model_validate(job_members(r)) for r in rows], next_cursor=encode_cursor(rows, limit)
    )


@router.get("/{job_id}", summary="查看导入任务")
def get_job(work: ReadWork, job_id: UUID) -> JobItem:
    """A job with its counts and report."""
    return JobItem.model_validate(job_members(readable_run(work, job_id)))


@router.get("/{job_id}/rejects", summary="查看被拒绝的行")
def get_rejects(work: BringWork, job_id: UUID) -> RejectAnswer:
    """Rows and fields that an import refused, with the reason; at most 10,000."""
    readable_run(work, job_id)
    return RejectAnswer(items=[RejectItem.model_validate(r) for r in work.imports.rejects(job_id, 10_000)])
