"""Answers about where the divisions under one lie on a day."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from address_service.api.schemas.base import Page
from address_service.model.divisions import DivisionKind


class BoundaryGeometry(BaseModel):
    """A GeoJSON area, EPSG:4490 degrees to seven digits."""

    type: Literal["MultiPolygon"]
    coordinates: list[list[list[list[float]]]]


class DivisionBoundaryItem(BaseModel):
    """A division on the day with its boundary."""

    id: UUID
    code: str
    name: str
    kind: DivisionKind
    valid_from: date | None
    valid_to: date | None = Field(description="这一段的终止日，null 为至今")
    geometry: BoundaryGeometry | None = Field(description="null 表示没有界线资料，不是没有界线")


class DivisionBoundaryPage(Page):
    """Divisions under one with their boundaries."""

    valid_on: date
    items: list[DivisionBoundaryItem]
