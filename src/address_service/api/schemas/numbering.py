"""Plans that give numbers, numbers in reserve, and the ledger."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from address_service.api.schemas.base import Body, Line, Page, Reason
from address_service.model.numbers import NumberState, Side


class ReservationItem(BaseModel):
    """Numbers kept for houses that do not stand yet."""

    id: UUID
    place_id: UUID
    place: str
    purpose: str
    holder: str
    decree_no: str
    expires_on: date | None
    stage: Literal["active", "released"]
    construction_plan_id: UUID | None
    plan_no: str | None
    plan_name: str | None
    numbers: list[int] = Field(description="仍在预留的主号")
    issued: int = Field(description="已编给房屋的号数")
    village_code: str | None
    village: str | None
    lon: float | None
    lat: float | None


class ReservationPage(Page):
    """Reservations."""

    items: list[ReservationItem]


class PlanRequest(Body):
    """A dry run of numbering."""

    place_id: UUID
    policy: Line = Field(default="default", description="编号规则名称")
    parameters: dict[str, Any] | None = Field(
        default=None, description="覆盖规则的个别参数，生成规则的新版本", examples=[{"odd_side": "right"}]
    )


class PlanSummary(BaseModel):
    """What a plan would do."""

    doors: int
    kept: int
    new: int
    with_sub_number: int
    reserved: int
    buildings: int
    rooms: int
    findings: list[Reason]


class NumberingPlanItem(BaseModel):
    """A numbering plan without its lines."""

    id: UUID
    place_id: UUID
    place: str
    policy: str = Field(examples=["default v1"])
    parameters: dict[str, Any]
    stage: Literal["draft", "committed", "dropped"]
    summary: PlanSummary
    created_at: datetime
    decided_at: datetime | None


class PlanLine(BaseModel):
    """One line of a plan, in walking order."""

    position: int
    kind: Literal["door", "reserved"]
    number: str = Field(examples=["18号"])
    main: int
    sub: int
    kept: bool
    side: Side | None
    offset_m: float | None
    building_ids: list[UUID]
    construction_plan_id: UUID | None
    lon: float | None
    lat: float | None
    reasons: list[Reason]


class NumberingPlanCard(NumberingPlanItem):
    """A numbering plan with its lines."""

    items: list[PlanLine]


class NumberingPlanPage(Page):
    """Numbering plans."""

    items: list[NumberingPlanItem]


class LedgerItem(BaseModel):
    """One row of the ledger of numbers."""

    number: str
    main: int
    sub: int
    state: NumberState
    side: Side | None
    offset_m: float | None
    reasons: list[Reason]


class LedgerAnswer(BaseModel):
    """The ledger of one place."""

    items: list[LedgerItem]
    next_cursor: None = None
