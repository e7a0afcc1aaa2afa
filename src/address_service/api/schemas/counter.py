"""Bodies and answers of the counter and of decisions on reservations."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from address_service.api.schemas.base import Body, Line, Reason
from address_service.coding.numbering.infill import Candidate, Takes
from address_service.model.numbers import MAX_MAIN, MAX_SUB, Side
from address_service.services.issue_number import IssuedDoor
from address_service.store.reservations import Reservation


class CandidateItem(BaseModel):
    """A number that a new house may take, with its why."""

    number: str = Field(examples=["18号附1"])
    main: int
    sub: int
    takes: Takes = Field(description="取自何处：未用号、空号、间距预留、规划预留、附号")
    side: Side | None
    offset_m: float | None
    after: str | None = Field(description="前一门牌")
    before: str | None = Field(description="后一门牌")
    in_order: bool = Field(description="次序是否通顺；否则须人工核定")
    overflow: bool = Field(description="规划预留已用尽")
    reasons: list[Reason]

    @classmethod
    def of(cls, candidate: Candidate) -> "CandidateItem":
        """From the core's candidate."""
        return cls(
            number=str(candidate.number),
            main=candidate.number.main,
            sub=candidate.number.sub,
            takes=candidate.takes,
            side=candidate.side,
            offset_m=candidate.offset_m,
            after=str(candidate.after) if candidate.after else None,
            before=str(candidate.before) if candidate.before else None,
            in_order=candidate.in_order,
            overflow=candidate.overflow,
            reasons=[Reason(code=r.code, text=r.text) for r in candidate.reasons],
        )


class CandidatesAnswer(BaseModel):
    """Candidates, the best first, at most three."""

    items: list[CandidateItem]
    next_cursor: None = None


class DoorBody(Body):
    """One house to be numbered."""

    building_id: UUID
    main: int | None = Field(default=None, ge=1, le=MAX_MAIN, description="所选主号；不填则取最优候选")
    sub: int = Field(default=0, ge=0, le=MAX_SUB, description="所选附号")


class DoorAnswer(BaseModel):
    """A house's new address, to be approved by the county."""

    address_id: UUID
    code: str
    full_text: str
    stage: Literal["draft"] = "draft"
    taken: CandidateItem

    @classmethod
    def of(cls, done: IssuedDoor) -> "DoorAnswer":
        """From what the counter did."""
        address = done.address
        return cls(
            address_id=address.id,
            code=address.code.text,
            full_text=address.full_text,
            taken=CandidateItem.of(done.candidate),
        )


_Grounds = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class ReleaseBody(Body):
    """Why a reservation ends."""

    decree_no: Line
    reason: _Grounds


class ExtensionBody(ReleaseBody):
    """Why and until when a reservation is kept."""

    expires_on: date


class ReservationState(BaseModel):
    """A reservation as it stands now."""

    id: UUID
    place_id: UUID
    purpose: str
    holder: str
    expires_on: date | None
    stage: Literal["active", "released"]
    reserved: int = Field(description="仍在预留的号数")

    @classmethod
    def of(cls, found: Reservation) -> "ReservationState":
        """From the store's record."""
        return cls.model_validate(
            {
                "id": found.id,
                "place_id": found.place_id,
                "purpose": found.purpose,
                "holder": found.holder,
                "expires_on": found.expires_on,
                "stage": found.stage,
                "reserved": found.numbers,
            }
        )


class OverdueAnswer(BaseModel):
    """Active reservations past their end, the oldest first."""

    items: list[ReservationState]
    next_cursor: None = None
