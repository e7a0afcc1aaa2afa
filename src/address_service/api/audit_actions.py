"""Chinese names of the actions in the audit: events, what the house itself notes, and every writing operation."""

from collections.abc import Iterator
from functools import lru_cache

from fastapi import FastAPI

from address_service.edge.origin import SAFE_METHODS
from address_service.edge.refusals import REFUSED
from address_service.model.addresses import EventKind, Subject
from address_service.model.labels import label
from address_service.store.work import UNNAMED

_NAMED = {
    "addresses.match": "成批匹配地址",
    REFUSED: "请求被拒绝",
    UNNAMED.action: "未具名的写入",
    "account.disable": "停用账户",
    "account.enable": "启用账户",
    "account.lock": "账户锁定",
    "account.office": "授予职责和辖区",
    "account.open": "开设账户",
    "account.unlock": "解锁账户",
    "alias.end": "终止别名",
    "alias.record": "登记别名",
    "audit.read": "查询审计记录",
    "audit.export": "导出审计记录",
    "audit.verify": "校验审计记录",
    "audit.anchor": "设置审计锚点",
    "crosswalk.accept-sure": "成批采纳代码对照",
    "crosswalk.decide": "核定代码对照",
    "crosswalk.propose": "提出代码对照",
    "household.change": "更改户",
    "household.end": "终止户",
    "household.enrol": "登记户",
    "household.follow": "户随地址变更",
    "household.list": "列出户",
    "household.look-up": "查找户",
    "household.move": "户迁移",
    "household.relations": "更改户内关系",
    "household.plates": "由户查门牌",
    "household.read": "查看户",
    "household.reveal": "查看户号明文",
    "job.import": "后台导入",
    "job.print-batch": "后台生成门牌文件",
    "job.reconcile": "后台核对人口底册",
    "key.issue": "签发密钥",
    "key.revoke": "吊销密钥",
    "keys.rotate": "更换加密密钥",
    "mapping.acknowledge": "确认对照包已导入",
    "mapping.archive": "下载对照包",
    "mapping.consumer": "登记接收单位",
    "mapping.receipt": "收回执",
    "mapping.settle-refusal": "处理被拒绝的变更",
    "paper.advance": "办理换发证件",
    "paper.export": "导出换发名单",
    "paper.list": "列出换发名单",
    "mapping.issue": "生成对照包",
    "password.change": "更改口令",
    "password.give": "发放口令",
    "person.change": "更改居民",
    "person.destroy": "销毁居民密钥",
    "person.end": "终止居民登记",
    "person.enrol": "登记居民",
    "person.list": "列出居民",
    "person.look-up": "查找居民",
    "person.move": "居民迁移",
    "person.read": "查看居民",
    "person.reveal": "查看居民明文",
    "plate.households": "由门牌查户",
    "plate_batch.handout": "生成发放单",
    "police-dictionary.import": "导入公安字典",
    "reconciliation.accept-all": "成批采纳核对结果",
    "reconciliation.answer": "村（居）答复底册一行",
    "reconciliation.decide": "核定底册一行",
    "reconciliation.done": "底册核对完成",
    "reconciliation.export": "导出底册核对结果",
    "reconciliation.read": "查看底册各行",
    "reconciliation.rows": "核对底册各行",
    "reconciliation.send": "上传人口底册",
    "reconciliation.withdraw": "销毁人口底册",
    "residents.import": "导入居民",
    "residents.withdraw": "撤回居民导入",
    "second-factor.confirm": "启用第二因素",
    "second-factor.recover": "使用恢复码",
    "second-factor.remove": "解除第二因素",
    "second-factor.start": "开始设置第二因素",
    "session.end": "结束会话",
    "session.open": "登录",
    "session.refuse": "登录失败",
    "session.sign-out": "退出",
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
    return {**dict(_writing(app)), **events, **_NAMED}


def _writing(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Every writing operation as `edge.origin` names it; the document is asked, since it knows them all."""
    for operations in app.openapi()["paths"].values():
        for method, operation in operations.items():
            if method.upper() not in SAFE_METHODS:
                yield name_of_operation(operation["operationId"]), operation["summary"]


def name_of_operation(operation_id: str) -> str:
    """An operation as the audit names it: its id without the version."""
    return operation_id.replace("_api_v1", "", 1)
