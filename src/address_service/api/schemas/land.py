"""Parcels, buildings and plans of construction."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from address_service.api.schemas.base import AddressStage, Page
from address_service.model.buildings import BuildingUse, PlanKind
from address_service.model.numbers import Side


class ParcelItem(BaseModel):
    """A parcel (宗地)."""

    id: UUID
    parcel_code: str = Field(examples=["430626113208JC00012"])
    real_estate_unit_code: str | None
    use: str
    location_text: str
    village_code: str | None
    lon: float
    lat: float


class ParcelPage(Page):
    """Parcels."""

    items: list[ParcelItem]


class BuildingItem(BaseModel):
    """A building with its place and address, if it has them."""

    id: UUID
    building_code: str = Field(examples=["TS208-00012"])
    use: BuildingUse
    floors: int
    units: int
    rooms_per_floor: int
    name: str
    real_estate_unit_code: str | None
    parcel_code: str | None
    village_code: str | None
    place_id: UUID | None
    place: str | None
    address_code: str | None
    full_text: str | None
    stage: AddressStage | None
    unassigned: bool = Field(description="没有村民小组、自然村或街路，也没有地址")
    lon: float
    lat: float


class BuildingPage(Page):
    """Buildings."""

    items: list[BuildingItem]


class ConstructionPlanItem(BaseModel):
    """A construction plan."""

    id: UUID
    plan_no: str
    name: str
    kind: PlanKind
    place_id: UUID
    place: str
    side: Side | None
    planned_doors: int
    purpose: str
    holder: str
    decree_no: str
    expires_on: date
    lon: float
    lat: float


class ConstructionPlanPage(Page):
    """Construction plans."""

    items: list[ConstructionPlanItem]
