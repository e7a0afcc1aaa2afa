"""Bodies and answers of acts on single divisions and names."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from address_service.api.schemas.base import Body, DivisionCodeText, Line, Page
from address_service.api.schemas.division import NameClashItem
from address_service.model.division_acts import DivisionActKind, DivisionActRequest
from address_service.model.division_lists import DivisionOutcome
from address_service.services.geojson_area import area_of
from address_service.store.division_acts import DivisionActHead

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class _ActBody(Body):
    """The first day of the new state, and why; the decree comes with the approval."""

    effective_on: date | None = Field(default=None, description="生效日期，缺省为今天；可补记过去的日期")
    note: Words = ""


class NewDivisionBody(_ActBody):
    """A division that was not there before."""

    code: DivisionCodeText
    name: Line
    code_mca: DivisionCodeText | None = None

    def asked(self) -> DivisionActRequest:
        """For the service."""
        return DivisionActRequest(
            DivisionActKind.CREATE,
            effective_on=self.effective_on,
            note=self.note,
            name=self.name,
            code=self.code,
            code_mca=self.code_mca,
        )


class DivisionActBody(_ActBody):
    """A change of one division: which, with its new name, code or boundary."""

    kind: Literal["rename", "respell", "recode", "transfer", "change_kind", "boundary", "abolish"]
    name: Line | None = None
    code: DivisionCodeText | None = Field(default=None, description="新代码；划转时为新乡镇之下的代码")
    boundary: dict[str, Any] | None = Field(default=None, description="GeoJSON 面，EPSG:4490，经度在前")

    def asked(self, division_id: UUID) -> DivisionActRequest:
        """For the service; raises InvalidInput `boundary-invalid`."""
        return DivisionActRequest(
            DivisionActKind(self.kind),
            division_id=division_id,
            effective_on=self.effective_on,
            note=self.note,
            name=self.name,
            code=self.code,
            boundary=_area(self.boundary) if self.boundary is not None else None,
        )


class PlaceNameBody(_ActBody):
    """Another name of a place."""

    name: Line = Field(examples=["横山组"])

    def asked(self, place_id: UUID) -> DivisionActRequest:
        """For the service."""
        return DivisionActRequest(
            DivisionActKind.RENAME_PLACE,
            place_id=place_id,
            effective_on=self.effective_on,
            note=self.note,
            name=self.name,
        )


class ProposalDecisionBody(Body):
    """What happened, as a person says; the day of the list where none is given."""

    outcome: DivisionOutcome
    effective_on: date | None = None
    note: Words = ""
    other_code: DivisionCodeText | None = Field(
        default=None, description="并入的、改为的，或（新出现时）原来的区划代码"
    )

    def asked(self, proposal_id: UUID) -> DivisionActRequest:
        """For the service."""
        return DivisionActRequest(
            DivisionActKind.PROPOSAL,
            proposal_id=proposal_id,
            effective_on=self.effective_on,
            note=self.note,
            outcome=self.outcome,
            other_code=self.other_code,
        )


class DivisionActDecreeBody(Body):
    """By which decision an act is carried out."""

    decree_no: Line | None = Field(
        default=None,
        examples=["平民批〔2026〕7号"],
        description="批准文号；仅名录建议在不改变现行地址时可以没有",
    )


class CalledItem(BaseModel):
    """How a division or a place is called."""

    code: str
    name: str
    kind: str


class CalledChange(BaseModel):
    """What is called otherwise; null before where it is new, after where it ends."""

    id: UUID
    before: CalledItem | None
    after: CalledItem | None


class DivisionActSummary(BaseModel):
    """The dry run."""

    addresses: int = Field(description="全称改变的地址")
    in_force: int = Field(description="其中现行地址")
    plates: int = Field(description="须重制的门牌")
    changes: list[CalledChange]
    name_clashes: list[NameClashItem] = Field(description="新名称的重名与同音，供审批参考")


class DivisionActItem(BaseModel):
    """An act with its dry run, and how it was decided."""

    id: UUID
    kind: DivisionActKind
    stage: Literal["planned", "committed", "dropped"]
    division_id: UUID | None
    place_id: UUID | None
    proposal_id: UUID | None
    codes: list[str] = Field(description="所涉及的区划代码")
    name: str | None
    code: str | None
    code_mca: str | None
    boundary: dict[str, Any] | None
    outcome: DivisionOutcome | None
    other_code: str | None
    effective_on: date
    note: str
    summary: DivisionActSummary
    drawn_by: str
    created_at: datetime
    decree_no: str | None
    event_id: UUID | None
    decided_by: str | None
    decided_at: datetime | None

    @classmethod
    def of(cls, head: DivisionActHead) -> "DivisionActItem":
        """From the store's record."""
        asked = ("name", "code", "code_mca", "boundary", "outcome", "other_code")
        own = {name: getattr(head, name) for name in cls.model_fields if name not in asked}
        return cls.model_validate({**own, **{name: head.request.get(name) for name in asked}})


class DivisionActPage(Page):
    """Acts by age."""

    items: list[DivisionActItem]


def _area(boundary: Mapping[str, Any]) -> dict[str, Any]:
    """The area as asked for, without whatever else was sent along."""
    area_of(boundary)
    return {name: boundary[name] for name in ("type", "coordinates")}
