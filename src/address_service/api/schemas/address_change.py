"""Bodies and answers of acts on single addresses."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from address_service.api.schemas.base import NumberBody, Page
from address_service.model.address_changes import ActRequest, AddressAct, SplitPart
from address_service.services.address_change_preview import ActOutlook
from address_service.store.address_changes import AddressChangeHead


class PartBody(BaseModel):
    """A new door of a split."""

    model_config = ConfigDict(extra="forbid")

    building_ids: list[UUID] = Field(min_length=1, max_length=100, description="分出的房屋，须在原门之下")
    number: NumberBody


class PositionBody(BaseModel):
    """Where the door is."""

    model_config = ConfigDict(extra="forbid")

    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)


class AddressChangeBody(BaseModel):
    """An act asked for."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["retire", "merge", "split", "replace", "reassign", "correct"] = Field(
        description="注销、并门、分门、换码、改派、更正"
    )
    code: str | None = Field(default=None, pattern=r"^[0-9]{26}$", description="地址编码；改派不填")
    note: str = Field(default="", max_length=500)
    into: str | None = Field(default=None, pattern=r"^[0-9]{26}$", description="并门：并入的地址编码")
    stays: bool = Field(default=True, description="分门：原门是否保留")
    parts: list[PartBody] = Field(default_factory=list, max_length=50, description="分门：分出的门")
    place_id: UUID | None = Field(default=None, description="改派：号码所在的地名")
    building_id: UUID | None = Field(default=None, description="改派：得号的房屋")
    number: NumberBody | None = Field(default=None, description="改派：已注销的号；更正：应为的号")
    position: PositionBody | None = Field(default=None, description="更正：应为的位置")
    since: date | None = Field(default=None, description="更正：自哪天起，缺省为现行版本的生效日")
    until: date | None = Field(default=None, description="更正：到哪天之前，缺省至今")

    def asked(self) -> ActRequest:
        """What is asked for, as values."""
        return ActRequest(
            act=AddressAct(self.kind),
            code=self.code,
            note=self.note,
            into=self.into,
            stays=self.stays,
            parts=tuple(SplitPart(tuple(p.building_ids), p.number.number()) for p in self.parts),
            place_id=self.place_id,
            building_id=self.building_id,
            number=self.number.number() if self.number else None,
            position=(self.position.lon, self.position.lat) if self.position else None,
            since=self.since,
            until=self.until,
        )


class PreviewDayBody(BaseModel):
    """The day for which an act that waits is tried."""

    model_config = ConfigDict(extra="forbid")

    effective_on: date | None = Field(default=None, description="新状态的第一天，缺省今天；更正另有起止")


class AddressPreviewBody(AddressChangeBody):
    """An act to try, and its day."""

    effective_on: date | None = Field(default=None, description="新状态的第一天，缺省今天；更正另有起止")


class ActDecreeBody(BaseModel):
    """The decision on an act."""

    model_config = ConfigDict(extra="forbid")

    decree_no: str = Field(max_length=100)
    effective_on: date | None = Field(
        default=None, description="新状态的第一天，缺省今天，可补记到过去；更正另有起止"
    )


class AddressChangeItem(BaseModel):
    """An act, and how it was decided."""

    id: UUID
    kind: str
    stage: str = Field(description="draft 待批、committed 已执行、dropped 已作废")
    place_id: UUID
    village_code: str
    code: str | None
    full_text: str | None
    details: dict[str, Any]
    note: str
    drawn_by: str
    created_at: datetime
    decree_no: str | None
    effective_on: date | None
    event_id: UUID | None
    decided_by: str | None
    decided_at: datetime | None
    households: int = Field(description="目前登记在此地址（含户室）的户数")
    warning: str | None = Field(description="对登记在此地址的户有何影响")

    @classmethod
    def of(cls, head: AddressChangeHead, households: int) -> "AddressChangeItem":
        """The act as it shows, with how many households are registered at the address now."""
        warning = _warning(head, households)
        return cls.model_validate({**asdict(head), "households": households, "warning": warning})


class ChangedReading(BaseModel):
    """What an address reads now, and would read in a stretch of time."""

    code: str | None = Field(description="地址编码；执行时才编的新地址为 null")
    before: str | None = Field(description="目前的全称；新地址为 null")
    after: str
    stage: str = Field(description="current 现行、retired 注销")
    valid_from: date | None
    valid_to: date | None = Field(description="不再是这样的第一天，null 为至今")


class ForeseenSuccessor(BaseModel):
    """Who would succeed whom."""

    predecessor: str
    successor: str
    share: Literal["whole", "part"]


class AddressChangePreview(BaseModel):
    """What an act would do; nothing of it is kept."""

    kind: str
    effective_on: date
    readings: list[ChangedReading]
    successors: list[ForeseenSuccessor]
    plates: int = Field(description="将失效的门牌数")
    households: int = Field(description="目前登记在此地址（含户室）的户数")
    warning: str | None = Field(description="对登记在此地址的户有何影响")

    @classmethod
    def of(cls, found: ActOutlook) -> "AddressChangePreview":
        """From what the dry run saw."""
        readings = [
            ChangedReading(
                code=one.code if one.address_id in found.before else None,
                before=found.before.get(one.address_id),
                after=one.full_text,
                stage=one.stage,
                valid_from=one.valid_from,
                valid_to=one.valid_to,
            )
            for one in found.versions
        ]
        return cls(
            kind=found.head.kind,
            effective_on=found.on,
            readings=readings,
            successors=[ForeseenSuccessor.model_validate(asdict(one)) for one in found.edges],
            plates=found.plates,
            households=found.households,
            warning=_warning(found.head, found.households),
        )


def _warning(head: AddressChangeHead, households: int) -> str | None:
    """What becomes of the households where the address ends; None where nobody is concerned."""
    ends = head.kind == "retire" or (head.kind == "split" and not head.details.get("stays"))
    if households == 0 or head.stage == "dropped":
        return None
    if ends and head.stage == "committed":
        return f"仍有{households}户登记在这个已注销的地址，请逐户迁移"
    if ends:
        return f"有{households}户登记在此地址，执行后须逐户迁移"
    if head.kind in ("merge", "replace"):
        return f"有{households}户登记在此地址，执行后随之改登记到新的地址"
    return None


class AddressChangePage(Page):
    """Acts by age."""

    items: list[AddressChangeItem]
