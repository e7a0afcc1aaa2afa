"""Answers of the change feed."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from address_service.api.schemas.base import Page
from address_service.store.change_consumers import Consumer
from address_service.store.feed import Change


class ChangeEvent(BaseModel):
    """The event behind a change."""

    id: UUID
    kind: str
    decree_no: str | None
    effective_on: date
    note: str


class ChangeEdge(BaseModel):
    """A successor edge of the event."""

    predecessor: UUID
    successor: UUID
    share: str
    groups: list[str]


class ChangeItem(BaseModel):
    """One change of one thing, with all that is known of it right after."""

    seq: int = Field(description="位置，从1起，连续")
    subject: Literal["division", "place", "address"]
    id: UUID
    identity: dict[str, Any] = Field(
        description="终身不变的内容：地址为 code、door_code；地名为 kind、code_prefix"
    )
    known_at: datetime
    event: ChangeEvent | None = Field(description="撤下而没有替代时为空")
    state: list[dict[str, Any]] = Field(
        description="此后所知的全部有效期段，整体替换原有内容；空表示已撤下或离开辖区"
    )
    lineage: list[ChangeEdge] = Field(description="该事件中与其相关的前后继")
    left_scope: bool = Field(description="已划出本账户辖区，此后不再发送")

    @classmethod
    def of(cls, change: Change) -> "ChangeItem":
        """The change as it shows."""
        return cls(
            seq=change.seq,
            subject=change.subject,
            id=change.subject_id,
            identity=dict(change.identity),
            known_at=change.known_at,
            event=ChangeEvent.model_validate(change.event) if change.event else None,
            state=[dict(stretch) for stretch in change.state],
            lineage=[ChangeEdge.model_validate(edge) for edge in change.lineage],
            left_scope=change.left_scope,
        )


class ChangePage(Page):
    """Changes in order."""

    items: list[ChangeItem]
    reached: str = Field(description="读到的位置：处理完本页后以它确认，下次从它继续")


class ConsumerBody(BaseModel):
    """Up to where a consumer has done its work."""

    model_config = ConfigDict(extra="forbid")

    cursor: str = Field(pattern=r"^[0-9]{1,18}$", examples=["1200"], description="已处理完的位置，只增不减")


class ConsumerItem(BaseModel):
    """A consumer and how far behind it is."""

    name: str
    account: str
    acknowledged: str
    lag: int = Field(description="已发出而未确认的变更数")
    waiting: int = Field(description="尚未编入位置的版本数，最多计到10001")
    created_at: datetime
    acknowledged_at: datetime

    @classmethod
    def of(cls, consumer: Consumer, last: int, waiting: int) -> "ConsumerItem":
        """The consumer as it shows."""
        return cls(
            name=consumer.name,
            account=consumer.account,
            acknowledged=str(consumer.acknowledged),
            lag=last - consumer.acknowledged,
            waiting=waiting,
            created_at=consumer.created_at,
            acknowledged_at=consumer.acknowledged_at,
        )


class ConsumerList(Page):
    """Consumers."""

    items: list[ConsumerItem]
