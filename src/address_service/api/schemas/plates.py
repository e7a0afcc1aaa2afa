"""Plates and their batches."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from address_service.api.schemas.base import Body, DivisionCodeText, Line, Page
from address_service.model.plates import BatchStage, PlateStage


class BatchBody(Body):
    """An order of missing plates."""

    profile: Line = Field(
        default="small", examples=["small"], description="规格：large medium small building …"
    )
    village_code: DivisionCodeText | None = None
    place_id: UUID | None = None
    codes: list[Annotated[str, StringConstraints(pattern=r"^[0-9]{26}$")]] | None = Field(
        default=None, min_length=1, max_length=200, description="只为这些地址订制，户室也可"
    )


class BatchItem(BaseModel):
    """A batch of plates; its files are there once ``stage`` is printed."""

    id: UUID
    batch_no: str = Field(examples=["20260302-01"])
    profile: str
    stage: BatchStage
    plate_count: int
    place_id: UUID | None
    preflight: list[dict[str, Any]]
    files: dict[str, dict[str, Any]]
    created_at: datetime


class BatchPage(Page):
    """Batches."""

    items: list[BatchItem]


class PlateItem(BaseModel):
    """A plate."""

    id: UUID
    token_url: str = Field(examples=["http://127.0.0.1:8000/p/7m3k9t2v8x4q1c6z"])
    address_code: str
    full_text: str
    profile: str
    stage: PlateStage
    batch_id: UUID
    batch_no: str
    position: int
    name_text: str
    number_text: str
    lon: float
    lat: float


class PlatePage(Page):
    """Plates."""

    items: list[PlateItem]
