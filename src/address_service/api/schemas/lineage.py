"""Bodies and answers of lineage: resolution, the history of an address."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from address_service.api.schemas.addresses import AliasItem
from address_service.api.schemas.attachment import ScanItem
from address_service.coding.lineage.resolve import Step
from address_service.services.lineage_answer import Answer, Held, Line, VillageFate
from address_service.store.lineage import AddressFacts


class LineageStepItem(BaseModel):
    """A piece of evidence: a successor edge, or another text of the same address."""

    kind: str = Field(examples=["renumber"])
    on: date = Field(description="新状态的第一天")
    decree_no: str | None
    note: str
    before: str | None = Field(description="前者的地址编码；区划为空")
    after: str | None = Field(description="后者的地址编码；区划为空")
    share: str = Field(examples=["whole"])
    groups: list[str] = Field(description="随之划转的村民小组")

    @classmethod
    def of(cls, step: Step, codes: Mapping[UUID, str]) -> "LineageStepItem":
        """The step with codes for identities."""
        return cls(
            kind=step.kind,
            on=step.on,
            decree_no=step.decree_no,
            note=step.note,
            before=codes.get(step.before),
            after=codes.get(step.after),
            share=step.share,
            groups=list(step.groups),
        )


class SuccessorItem(BaseModel):
    """An address in force on the other day."""

    code: str
    full_text: str
    stage: str
    village_code: str
    village: str
    valid_from: date | None
    valid_to: date | None
    lon: float
    lat: float

    @classmethod
    def of(cls, facts: AddressFacts) -> "SuccessorItem":
        """The target as it shows."""
        return cls.model_validate(facts, from_attributes=True)


class HolderItem(BaseModel):
    """An address that had the text for a while."""

    code: str
    text: str
    source: str = Field(
        description="standard 标准地址；former、colloquial、police、survey 别名；"
        "on_paper 其时已改而登记簿尚不知，当日的证照上仍是此名",
        examples=["standard"],
    )
    valid_from: date | None
    valid_to: date | None

    @classmethod
    def of(cls, held: Held, codes: Mapping[UUID, str]) -> "HolderItem":
        """The holder with its code."""
        return cls(
            code=codes[held.address_id],
            text=held.text,
            source=held.source,
            valid_from=held.start,
            valid_to=held.end,
        )


class LineItem(HolderItem):
    """A holder and what became of it; by way of its village where the text itself was never on record."""

    targets: list[str] = Field(description="所问日期的地址编码")
    ended: list[str] = Field(description="到此注销、无后继的地址编码")
    steps: list[LineageStepItem]
    via_division: list[LineageStepItem] = Field(description="经由所在村的沿革")
    ambiguous: bool

    @classmethod
    def line(cls, line: Line, codes: Mapping[UUID, str]) -> "LineItem":
        """The line with codes for identities."""
        holder = HolderItem.of(line.held, codes).model_dump()
        there = [codes[stretch.key] for stretch in line.carried.there if stretch.key in codes]
        return cls(
            **holder,
            targets=there,
            ended=[codes[key] for key in line.carried.ended],
            steps=[LineageStepItem.of(step, codes) for step in line.carried.steps],
            via_division=[LineageStepItem.of(step, codes) for step in line.via],
            ambiguous=line.carried.ambiguous or bool(line.doubts),
        )


class DivisionName(BaseModel):
    """A division on the other day."""

    code: str
    name: str


class VillageFateItem(BaseModel):
    """A village of the name asked for, and what became of it."""

    id: UUID
    name: str
    valid_from: date | None
    valid_to: date | None
    became: list[DivisionName]
    steps: list[LineageStepItem]

    @classmethod
    def of(cls, fate: VillageFate) -> "VillageFateItem":
        """The village as it shows."""
        return cls(
            id=fate.division_id,
            name=fate.name,
            valid_from=fate.start,
            valid_to=fate.end,
            became=[DivisionName(code=code, name=name) for code, name in fate.became],
            steps=[LineageStepItem.of(step, {}) for step in fate.steps],
        )


class Resolution(BaseModel):
    """What an address of one day is on another."""

    outcome: Literal["resolved", "ambiguous", "gone", "village", "unknown"] = Field(
        description="resolved 唯一；ambiguous 有多个可能，须人工判断；gone 已注销且无后继；"
        "village 只查到村；unknown 无记载"
    )
    on: date | None
    to: date
    targets: list[SuccessorItem]
    lines: list[LineItem] = Field(description="每个持有者及其沿革")
    holds_then: list[SuccessorItem] = Field(description="在所求日期持有这一文字的地址，可能是另一家")
    elsewhen: list[HolderItem] = Field(description="在别的日期持有这一文字的地址")
    villages: list[VillageFateItem]
    doubts: list[str] = Field(
        description="several-holders 先后有多家持有；address-split 一分为多；village-split 村已分设；"
        "village-merged 村已合并，同号可能另有所指；held-later 该号是后来才编的；too-many 沿革过长"
    )
    read_as: str | None = Field(None, description="原文字无记载时，按哪种写法查得")

    @classmethod
    def of(cls, answer: Answer, read_as: str | None = None) -> "Resolution":
        """The answer as it shows."""
        codes = dict(answer.codes or {}) | {facts.address_id: facts.code for facts in answer.targets}
        return cls(
            outcome=answer.outcome.value,
            on=answer.on,
            to=answer.to,
            targets=_targets(answer.targets),
            lines=[LineItem.line(line, codes) for line in answer.lines],
            holds_then=_targets(answer.holds_then),
            elsewhen=[HolderItem.of(held, codes) for held in answer.elsewhen],
            villages=[VillageFateItem.of(fate) for fate in answer.villages],
            doubts=list(answer.doubts),
            read_as=read_as,
        )


def without_notes(answer: Resolution) -> Resolution:
    """The answer without what was noted for the offices, as visitors read it."""
    for steps in (
        *(line.steps for line in answer.lines),
        *(line.via_division for line in answer.lines),
        *(village.steps for village in answer.villages),
    ):
        for step in steps:
            step.note = ""
    return answer


def _targets(facts: Iterable[AddressFacts]) -> list[SuccessorItem]:
    return [SuccessorItem.of(one) for one in facts]


class VersionItem(BaseModel):
    """One version: when it was true, and when the register said so."""

    stage: str
    full_text: str
    main: int
    sub: int
    village_code: str
    village: str
    valid_from: date | None
    valid_to: date | None
    recorded_from: datetime
    recorded_to: datetime | None = Field(description="空表示现仍如此记载")
    decree_no: str | None
    event_id: UUID
    lon: float
    lat: float


class EventItem(BaseModel):
    """Something that happened to the address."""

    id: UUID
    kind: str
    decree_no: str | None
    effective_on: date
    note: str = Field(description="访客不可见")
    recorded_at: datetime
    attachments: list[ScanItem] = Field(description="批文扫描件；访客和辖区之外的账户不可见")


class RelativeItem(BaseModel):
    """A predecessor or successor."""

    code: str
    full_text: str
    kind: str
    share: str
    decree_no: str | None
    effective_on: date
    note: str


class AddressHistory(BaseModel):
    """The life of an address."""

    code: str
    door_code: str | None = Field(description="户室所属门的地址编码")
    created_at: datetime
    versions: list[VersionItem] = Field(description="按记载先后；valid 为何时有效，recorded 为何时如此记载")
    events: list[EventItem]
    predecessors: list[RelativeItem]
    successors: list[RelativeItem]
    aliases: list[AliasItem]

    @classmethod
    def of(cls, history: Mapping[str, Any]) -> "AddressHistory":
        """The history from plain values."""
        return cls.model_validate(history)
