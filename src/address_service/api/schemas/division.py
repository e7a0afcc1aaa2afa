"""Bodies and answers about divisions over time, yearly lists, proposals and names."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from address_service.api.schemas.attachment import ScanItem
from address_service.api.schemas.base import Page
from address_service.coding.divisions.name_report import Likeness, NameClash
from address_service.model.addresses import EventKind
from address_service.model.division_lists import DivisionOutcome, ListSystem, ProposalKind, ProposalState
from address_service.model.divisions import DivisionKind, DivisionLevel, NameState

_Year = Annotated[int, Field(ge=1949, le=2200)]


class DivisionVersionItem(BaseModel):
    """A division in one stretch of time; ``id`` is its identity, which outlives names and codes."""

    id: UUID
    code: str = Field(examples=["430626113210"])
    code_mca: str | None
    name: str = Field(examples=["塝上村"])
    level: DivisionLevel
    kind: DivisionKind
    urban_rural_class: str | None
    name_state: NameState
    parent_code: str | None
    parent: str | None
    decree_no: str | None
    event_id: UUID
    valid_from: date | None
    valid_to: date | None = Field(description="不再是这样的第一天，null 为至今")
    recorded_at: datetime = Field(description="何时登记")
    superseded_at: datetime | None = Field(description="何时被更正，null 为现行认识")
    has_boundary: bool


class DivisionCard(DivisionVersionItem):
    """The division that carried a code on the day asked for."""

    lon: float | None
    lat: float | None
    bounds: list[float] | None


class DivisionEventItem(BaseModel):
    """What happened to a division."""

    id: UUID
    kind: EventKind
    decree_no: str | None
    effective_on: date
    note: str = Field(description="访客不可见")
    details: dict[str, Any] = Field(description="访客不可见")
    recorded_at: datetime
    attachments: list[ScanItem] = Field(description="批文扫描件；访客和辖区之外的账户不可见")


class DivisionKin(BaseModel):
    """Who came before or after, by a person's decision; ``share`` whole or part."""

    id: UUID
    name: str | None
    code: str | None
    share: Literal["whole", "part"]
    area_share: float | None = Field(description="部分：占原区划面积之比，未测为 null")
    groups: list[str] = Field(description="部分：整体划出的组")
    note: str
    event_id: UUID
    kind: EventKind
    effective_on: date


class DivisionHistory(BaseModel):
    """All that is known of a division today."""

    id: UUID
    versions: list[DivisionVersionItem]
    events: list[DivisionEventItem]
    predecessors: list[DivisionKin]
    successors: list[DivisionKin]


class DivisionListItem(BaseModel):
    """A yearly list as it was imported."""

    id: UUID
    system: ListSystem
    year: _Year
    list_day: date = Field(description="名录所反映的日期")
    filename: str
    rows: int
    summary: dict[str, int] = Field(
        description="导入时：kept 未变、entered 入册、carried_back 上推、decided 与本年已办理的变更相符及各类建议数"
    )
    open_proposals: int
    import_id: UUID
    imported_by: str
    imported_at: datetime


class DivisionListPage(Page):
    """Yearly lists."""

    items: list[DivisionListItem]


class DivisionListRow(BaseModel):
    """A line of a list."""

    position: int
    code: str
    name: str
    code_mca: str | None
    urban_rural_class: str | None


class DivisionListCard(DivisionListItem):
    """A list with its lines."""

    items: list[DivisionListRow]


class ClueItem(BaseModel):
    """Evidence, or a candidate; ``division`` is a code that it names."""

    code: str
    text: str
    division: str | None


class DivisionProposalItem(BaseModel):
    """What a list looks like beside what is known, and what a person decided."""

    id: UUID
    list_id: UUID
    system: ListSystem
    year: int
    list_day: date
    kind: ProposalKind
    old_code: str | None
    old_name: str | None
    new_code: str | None
    new_name: str | None
    division_id: UUID | None
    is_later: bool = Field(description="名录较早，在册的新名称始于其后")
    evidence: list[ClueItem]
    candidates: list[ClueItem]
    state: ProposalState
    act_id: UUID | None = Field(description="待批准或已执行的区划变更，不成立的没有")
    outcome: DivisionOutcome | None
    decided_by: str | None = Field(validation_alias="decided_by_name")
    decided_at: datetime | None
    decree_no: str | None
    effective_on: date | None
    note: str
    event_id: UUID | None


class DivisionProposalPage(Page):
    """Proposals."""

    items: list[DivisionProposalItem]


class NamedItem(BaseModel):
    """A name with whose it is: a village's code, or the head of a place's address codes."""

    id: str
    name: str
    where: str


class NameClashItem(BaseModel):
    """Names of one circle that are written or read the same."""

    likeness: Likeness
    circle: str = Field(description="县、乡镇或村的代码")
    reading: str = Field(description="共同的读音，重名为空")
    names: list[NamedItem]

    @classmethod
    def of(cls, clash: NameClash) -> Self:
        """From what the report found."""
        names = [NamedItem(id=one.id, name=one.name, where=one.where) for one in clash.names]
        return cls(likeness=clash.likeness, circle=clash.circle, reading=clash.reading, names=names)


class NameReport(Page):
    """Homonyms first, circle by circle."""

    items: list[NameClashItem]
