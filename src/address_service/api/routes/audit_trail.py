"""The audit (审计记录): who did what, searched and exported by the audit administrator."""

from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from address_service.api.audit_actions import action_labels
from address_service.api.schemas.audit_trail import ActionItem, ActionList, AuditItem, AuditPage
from address_service.coding.audit_export import ExportFormat
from address_service.edge.cursors import Cursor, Limit, decode_cursor, encode_cursor
from address_service.edge.reading import scope_prefix
from address_service.edge.work import AuditWork, HouseDep
from address_service.errors import TooLarge
from address_service.model.audit import Channel
from address_service.services.free_text import refuse_personal_numbers
from address_service.services.search_audit import export_audit, search_audit, span
from address_service.store.audit_reading import Wanted

router = APIRouter(prefix="/audit", tags=["审计"])

Words = Annotated[str | None, Query(min_length=1, max_length=200)]
EXPORT_LINES = 200_000
"""So many lines go into one answer; more by `address-service audit export`."""
_MEDIA_TYPES = {ExportFormat.CSV: "text/csv; charset=utf-8", ExportFormat.JSONL: "application/jsonl"}


def _wanted(
    work: AuditWork,
    account: Annotated[Words, Query(description="账户名")] = None,
    action: Annotated[Words, Query(description="操作代码")] = None,
    object_kind: Annotated[Words, Query(description="对象种类")] = None,
    object_id: Annotated[Words, Query(description="对象标识")] = None,
    channel: Annotated[Channel | None, Query(description="途径")] = None,
    source: Annotated[Words, Query(description="网络地址")] = None,
    since: Annotated[date | None, Query(description="开始日期（含）")] = None,
    until: Annotated[date | None, Query(description="结束日期（含）")] = None,
) -> Wanted:
    refuse_personal_numbers(*(word for word in (account, action, object_kind, object_id, source) if word))
    start, end = span(since, until)
    return Wanted(
        scope_prefix(work.actor), account, action, object_kind, object_id, channel, source, start, end
    )


WantedDep = Annotated[Wanted, Depends(_wanted, scope="function")]


@router.get("", summary="查询审计记录")
def get_audit(
    request: Request, work: AuditWork, wanted: WantedDep, limit: Limit = 100, cursor: Cursor = None
) -> AuditPage:
    """Lines of accounts of one's own division, the latest first. That somebody looked is recorded too."""
    rows = search_audit(work, wanted, decode_cursor(cursor), limit)
    labels = action_labels(request.app)
    return AuditPage(
        items=[AuditItem.of(row, labels) for row in rows], next_cursor=encode_cursor(rows, limit, "position")
    )


@router.get("/actions", summary="列出操作名称")
def get_actions(request: Request, work: AuditWork) -> ActionList:
    """What lines may be about, by code and name."""
    named = sorted(action_labels(request.app).items(), key=lambda item: item[1])
    return ActionList(items=[ActionItem(action=action, label=words) for action, words in named])


@router.get("/export", summary="导出审计记录", response_class=FileResponse)
def get_export(
    work: AuditWork,
    house: HouseDep,
    wanted: WantedDep,
    format: Annotated[ExportFormat, Query(description="格式；jsonl 可凭密钥校验")] = ExportFormat.CSV,
) -> FileResponse:
    """The lines by chain and number, at most 200,000, with their macs. That somebody exported is recorded too."""
    with NamedTemporaryFile(
        "w", dir=house.files.work_folder(), prefix="audit-", delete=False, encoding="utf-8", newline=""
    ) as file:
        sent = BackgroundTask(_drop, file.name)
        try:
            for count, line in enumerate(export_audit(work, wanted, format)):
                if count > EXPORT_LINES:
                    raise TooLarge("记录太多，请缩小日期范围，或用命令行导出", code="audit-export-too-large")
                file.write(line)
        except BaseException:
            _drop(file.name)
            raise
    name = f"audit-{work.today.isoformat()}.{format.value}"
    return FileResponse(file.name, media_type=_MEDIA_TYPES[format], filename=name, background=sent)


def _drop(path: str) -> None:
    Path(path).unlink(missing_ok=True)
