"""Addresses, and their drafts on the way to approval."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from address_service.api.schemas.base import AddressStage, Body, DivisionCodeText, Line, Page, Reason
from address_service.model.buildings import BuildingUse
from address_service.model.numbers import Side
from address_service.model.places import PlaceKind
from address_service.model.plates import PlateStage


class AddressItem(BaseModel):
    """A standard address in its latest version."""

    id: UUID
    code: str = Field(examples=["43062611320850120001800007"])
    code_grouped: str = Field(examples=["430626 113 208 5012 00018 0000 7"])
    full_text: str = Field(examples=["湖南省岳阳市平江县童市镇烟舟村12组18号"])
    stage: AddressStage
    place: str = Field(examples=["12组"])
    place_id: UUID
    place_kind: PlaceKind
    village: str
    village_code: str
    number: str = Field(examples=["18号"])
    main: int
    sub: int
    building: str
    unit: str
    floor: str
    room: str
    door_code: str | None = Field(description="户室所在门的地址编码")
    valid_from: date | None
    decree_no: str | None
    building_codes: list[str]
    lon: float
    lat: float


class AddressPage(Page):
    """Addresses."""

    items: list[AddressItem]


class BuildingBehind(BaseModel):
    """A building behind an address."""

    id: UUID
    code: str
    use: BuildingUse
    name: str
    parcel_code: str | None
    real_estate_unit_code: str | None
    existing_plate: str | None = Field(description="普查时墙上门牌的状况")
    old_text: str | None


class RoomBehind(BaseModel):
    """A room behind a door."""

    code: str
    label: str = Field(examples=["1单元3层302室"])


class AliasItem(BaseModel):
    """Another text of the address."""

    text: str
    kind: str
    valid_from: date | None
    valid_to: date | None


class PlateOnDoor(BaseModel):
    """The plate of an address."""

    stage: PlateStage
    profile: str
    token_url: str


class AddressCard(AddressItem):
    """A standard address with its why."""

    valid_to: date | None
    recorded_at: datetime
    drafted_by: str | None = Field(description="未登录者看不到账户名")
    approved_by: str | None
    side: Side | None
    offset_m: float | None
    policy: str | None
    reasons: list[Reason]
    parcel_code: str | None
    buildings: list[BuildingBehind]
    rooms: list[RoomBehind]
    aliases: list[AliasItem]
    plate: PlateOnDoor | None


class ScopeBody(Body):
    """Which drafts an act is about; what is given must all hold."""

    village_code: DivisionCodeText | None = Field(default=None, examples=["430626113208"])
    place_id: UUID | None = None
    codes: list[Annotated[str, StringConstraints(pattern=r"^[0-9]{26}$")]] | None = Field(
        default=None, max_length=5000
    )


class ApprovalBody(ScopeBody):
    """Approval of drafts."""

    decree_no: Line = Field(examples=["平民地〔2026〕5号"])
    effective_on: date | None = Field(default=None, description="生效日期，缺省为今天")
    all_or_nothing: bool = False


class HeldBack(BaseModel):
    """Drafts of one place that stayed back, and why."""

    village: str
    place: str
    on_unapproved_name: int
    own_drafts: int


class ApprovalAnswer(BaseModel):
    """What an approval did."""

    approved: int
    held_back: list[HeldBack]


class RejectionBody(ScopeBody):
    """Rejection of drafts."""

    note: Line


class RejectionAnswer(BaseModel):
    """What a rejection did."""

    rejected: int
