"""Chinese names of the actions in the audit: events, what the house itself notes, and every writing operation."""

from collections.abc import Iterator
from functools import lru_cache

from fastapi import FastAPI

from address_service.edge.origin import SAFE_METHODS
from address_service.edge.refusals import REFUSED
from address_service.model.addresses import EventKind, Subject
from address_service.model.labels import label
from address_service.store.work import UNNAMED

_HOUSE = {
    REFUSED: "请求被拒绝",
    UNNAMED.action: "未具名的写入",
    "audit.read": "查询审计记录",
    "audit.export": "导出审计记录",
    "audit.verify": "校验审计记录",
    "audit.anchor": "设置审计锚点",
    "session.open": "登录",
    "session.end": "退出",
    "job.import": "后台导入",
    "job.print-batch": "后台生成门牌文件",
}
_SUBJECTS = {Subject.DIVISION: "区划", Subject.PLACE: "地名", Subject.ADDRESS: "地址"}


@lru_cache(maxsize=4)
def action_labels(app: FastAPI) -> dict[str, str]:
    """Names by action; who reads a line whose action has none sees the action."""
    events = {
        f"{subject}.{kind}": f"{words}：{label(kind)}"
        for subject, words in _SUBJECTS.items()
        for kind in EventKind
    }
    return {**dict(_writing(app)), **events, **_HOUSE}


def _writing(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Every writing operation as `edge.origin` names it; the document is asked, since it knows them all."""
    for operations in app.openapi()["paths"].values():
        for method, operation in operations.items():
            if method.upper() not in SAFE_METHODS:
                yield name_of_operation(operation["operationId"]), operation["summary"]


def name_of_operation(operation_id: str) -> str:
    """An operation as the audit names it: its id without the version."""
    return operation_id.replace("_api_v1", "", 1)
