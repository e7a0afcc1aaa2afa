"""Bodies and answers of applications at the counter."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from address_service.api.schemas.base import Body, Line, NumberBody
from address_service.api.schemas.counter import CandidateItem
from address_service.model.applications import (
    ApplicationKind,
    ApplicationStage,
    Evidence,
    EvidenceKind,
    StepKind,
    Tray,
)
from address_service.model.numbers import DoorNumber
from address_service.services.decide_application import Decision
from address_service.services.receive_application import Asked

_Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)]
_Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
_Room = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)]


class EvidenceBody(Body):
    """One paper that was shown; an identity paper without its number."""

    kind: EvidenceKind
    document_no: _Short = Field(default="", examples=["乡字第4306262026001号"])
    issued_by: _Short = ""
    issued_on: date | None = None
    note: _Note = ""


class ApplicationBody(Body):
    """What somebody comes for, about a house or an address; no name, phone or id of anybody."""

    kind: ApplicationKind
    request: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
    evidence: list[EvidenceBody] = Field(default=[], max_length=20)
    building_id: UUID | None = None
    building_code: Line | None = None
    address_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{26}$")] | None = None
    room_label: _Room = Field(default="", description="分户所求户室，如 2室")
    wanted: NumberBody | None = Field(default=None, description="所求门牌号")
    received_on: date | None = Field(default=None, description="受理日期，缺省为今天")

    def asked(self) -> Asked:
        """As the use-case takes it."""
        return Asked(
            kind=self.kind,
            request=self.request,
            evidence=tuple(Evidence(**paper.model_dump()) for paper in self.evidence),
            building_id=self.building_id,
            building_code=self.building_code,
            address_code=self.address_code,
            room_label=self.room_label,
            wanted=self.wanted.number() if self.wanted else None,
            received_on=self.received_on,
        )


class ApplicationDecisionBody(Body):
    """Acceptance with what is given, or refusal with its reason."""

    accept: bool
    note: _Note = Field(default="", description="不予办理、一院另编门牌须写理由")
    number: NumberBody | None = Field(default=None, description="所选候选号；更正时为应为的门牌号")
    room_label: _Room = Field(default="", description="分户：在原门牌下编的户室")
    renumbering_plan_id: UUID | None = Field(default=None, description="更正：改号方案")

    def decision(self) -> Decision:
        """As the use-case takes it."""
        number = self.number.number() if self.number else None
        return Decision(self.accept, self.note, number, self.room_label, self.renumbering_plan_id)


class NoteBody(Body):
    """A word to an act."""

    note: _Note = ""


class PlateOrderBody(Body):
    """The profile of the plate; unnamed, that of the lost one, of a room 户牌, else 小门牌."""

    profile: Line | None = None


class ApplicationItem(BaseModel):
    """An application as lists show it."""

    id: UUID
    application_no: str = Field(examples=["2026112400001"])
    kind: ApplicationKind
    stage: ApplicationStage
    tray: Tray = Field(description="待办、待批、待制牌、办结")
    overdue: bool
    village_code: str
    village: str
    place_id: UUID | None
    place: str | None
    building_id: UUID | None
    building_code: str | None
    subject_code: str | None = Field(description="所涉现有地址")
    subject_text: str | None
    address_code: str | None = Field(description="办理所得地址")
    full_text: str | None
    address_stage: Literal["draft", "rejected", "current", "retired"] | None
    request: str
    room_label: str
    wanted: str | None = Field(description="所求门牌号")
    taken: str | None = Field(description="核定门牌号")
    received_on: date
    due_on: date
    decided_at: datetime | None
    decision_note: str
    renumbering_plan_id: UUID | None
    plate_batch_id: UUID | None
    plate_batch_no: str | None
    plate_batch_stage: str | None
    plate_stage: str | None
    lon: float | None
    lat: float | None


class ApplicationPage(BaseModel):
    """A page of applications."""

    items: list[ApplicationItem]
    next_cursor: str | None


class EvidenceItem(BaseModel):
    """One paper that was shown."""

    kind: EvidenceKind
    document_no: str
    issued_by: str
    issued_on: date | None
    note: str


class ApplicationStepItem(BaseModel):
    """One thing that happened, by which account."""

    kind: StepKind
    note: str
    actor: str
    at: datetime


class CandidatesProblem(BaseModel):
    """Why no number can be offered now."""

    code: str
    title: str


class ApplicationCard(ApplicationItem):
    """An application with its papers, its log and, while it waits for a decision, the numbers to choose from."""

    evidence: list[EvidenceItem]
    steps: list[ApplicationStepItem]
    candidates: list[CandidateItem]
    candidates_problem: CandidatesProblem | None


def application_members(row: dict[str, Any]) -> dict[str, Any]:
    """Members of an application from its row."""

    def number(name: str) -> str | None:
        main, sub = row[f"{name}_main"], row[f"{name}_sub"]
        return str(DoorNumber(main, sub)) if main is not None else None

    return {**row, "wanted": number("wanted"), "taken": number("taken")}
