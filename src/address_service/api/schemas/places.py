"""Divisions and places as lists show them, and who belongs to a place."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from address_service.api.schemas.base import Body, Line, Page
from address_service.model.divisions import DivisionKind, DivisionLevel, NameState
from address_service.model.places import PlaceKind


class DivisionItem(BaseModel):
    """A division as valid today; codes are text."""

    id: UUID
    code: str = Field(examples=["430626113208"], description="统计用区划代码，截至本级（6、9或12位）")
    code_mca: str | None = Field(description="民政区划代码")
    name: str = Field(examples=["烟舟村"])
    level: DivisionLevel
    kind: DivisionKind
    urban_rural_class: str | None = Field(examples=["220"])
    name_state: NameState
    parent_code: str | None
    valid_from: date | None
    valid_to: date | None
    lon: float | None
    lat: float | None
    bounds: list[float] | None = Field(description="西、南、东、北（EPSG:4490 度）")


class DivisionPage(Page):
    """Divisions."""

    items: list[DivisionItem]


class PlaceItem(BaseModel):
    """A street, hamlet, group or other place."""

    id: UUID
    kind: PlaceKind
    name: str = Field(examples=["12组"])
    display_name: str = Field(
        examples=["沙坪片区3组"], description="连同所在片区的名称，列表中以此区分同名的组"
    )
    name_state: NameState
    decree_no: str | None
    code_prefix: str = Field(examples=["4306261132085012"], description="地址编码第1至16位")
    village_code: str
    village: str
    lon: float | None
    lat: float | None


class PlacePage(Page):
    """Places."""

    items: list[PlaceItem]


class NameApproval(Body):
    """Approval or filing of a place's name."""

    state: Literal[NameState.APPROVED, NameState.FILED]
    decree_no: Line = Field(examples=["平民地〔2026〕3号"])


class MembersBody(Body):
    """Houses that belong to a place from a day on."""

    building_ids: list[UUID] = Field(min_length=1, max_length=5000)
    valid_from: date | None = Field(default=None, description="生效日期，缺省为今天")


class MembersAnswer(BaseModel):
    """How many houses were assigned; those that were there already are not counted."""

    assigned: int
