"""Answers of the audit."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from address_service.api.schemas.base import Page
from address_service.model.accounts import Role
from address_service.model.audit import Channel
from address_service.model.labels import label
from address_service.store.work import NO_OFFICE


class AuditItem(BaseModel):
    """One line of the audit."""

    at: datetime
    account_id: UUID
    account: str = Field(description="账户名；未登录为“匿名”，后台作业为“系统”")
    office: str
    office_label: str
    scope: str = Field(description="账户的辖区代码")
    channel: Channel
    channel_label: str
    source: str | None = Field(description="网络地址或操作系统账户")
    request_id: UUID | None = Field(description="同一请求的各条记录相同")
    action: str
    action_label: str
    object_kind: str
    object_id: str | None
    detail: dict[str, Any] = Field(description="代码与数量，不含个人信息")
    before: str | None = Field(description="此前状态的摘要（十六进制）")
    after: str | None = Field(description="此后状态的摘要（十六进制）")
    reason: str | None
    chain: int
    seq: int = Field(description="链内序号，从1起，连续")
    mac: str

    @classmethod
    def of(cls, row: Mapping[str, Any], actions: Mapping[str, str]) -> "AuditItem":
        """A line as it shows, with Chinese names of actions."""
        plain = {name: row[name] for name in cls.model_fields if name in row}
        return cls(
            **{
                **plain,
                "account": row["account_name"],
                "office_label": _office(row["office"]),
                "channel_label": label(Channel(row["channel"])),
                "action_label": actions.get(row["action"], row["action"]),
                **{name: row[name].hex() if row[name] else None for name in ("before", "after", "mac")},
            }
        )


def _office(name: str) -> str:
    """The office's name; one of an older or newer program as it is."""
    return "" if name == NO_OFFICE else label(Role(name)) if name in set(Role) else name


class AuditPage(Page):
    """Lines, the latest first."""

    items: list[AuditItem]


class ActionItem(BaseModel):
    """An action by its code and name."""

    action: str
    label: str


class ActionList(BaseModel):
    """Actions that may be searched for."""

    items: list[ActionItem]
