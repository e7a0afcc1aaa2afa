"""Forms of residents (采集表模板): empty, to be filled in and brought back as a list."""

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import Response

from address_service.edge.work import EnrolWork
from address_service.gis.resident_templates import TEMPLATES, TemplateName, render_template

router = APIRouter(prefix="/residents/templates", tags=["人员"])

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ANSWER: dict[int | str, dict[str, Any]] = {200: {"content": {_XLSX: {}}}}


@router.get("/{name}", summary="下载采集表模板（XLSX）", response_class=Response, responses=_ANSWER)
def get_template(work: EnrolWork, name: TemplateName) -> Response:
    """An empty form with text columns, drop-down lists and one invented sample row, which an import passes over."""
    del work  # who may bring lists may have the forms
    filename = quote(f"{TEMPLATES[name].title}.xlsx")
    headers = {"Content-Disposition": f"attachment; filename*=utf-8''{filename}"}
    return Response(render_template(name), media_type=_XLSX, headers=headers)
