"""Bodies and answers of the review of a construction plan's reservation."""

from datetime import date
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from address_service.api.schemas.base import Reason
from address_service.api.schemas.counter import ReleaseBody, ReservationState
from address_service.model.numbers import DoorNumber, NumberState, Side
from address_service.services.site_as_reserved import SiteReview

Measure = Literal["planned", "frontage"]


class ReviewBody(ReleaseBody):
    """By which decree and why the reservation follows its plan."""

    by: Measure = Field(default="planned", description="planned 按规划户数，frontage 按临街宽度")
    digest: UUID | None = Field(default=None, description="所核对内容的指纹；其后有变化则不执行")


class SiteNumberItem(BaseModel):
    """A number of the site before and after."""

    number: str = Field(examples=["87号"])
    main: int
    sub: int
    before: Literal["reserved", "issued", "gap"] | None = Field(description="现状；gap 为超宽间距预留")
    after: Literal["reserved", "issued"] | None = Field(description="变更后；null 为释放")
    side: Side | None
    why: str
    lon: float | None
    lat: float | None


class AmendmentItem(BaseModel):
    """What the plan tells otherwise than the reservation."""

    field: Literal["holder", "expires_on"]
    before: str
    after: str


class SiteReviewAnswer(BaseModel):
    """A construction plan beside its reservation, and what would change."""

    construction_plan_id: UUID
    plan_no: str
    name: str
    kind: str
    place_id: UUID
    place: str
    village: str
    village_code: str
    holder: str
    expires_on: date
    outline: dict[str, Any] = Field(description="用地，GeoJSON")
    reservation: ReservationState | None
    needed: int
    needed_why: str
    frontage: int | None = Field(description="按临街宽度可容号数；片区为 null")
    reserved: int
    issued: int
    numbers: list[SiteNumberItem]
    overflow: list[str] = Field(description="用地内超出规划的附号")
    add: int
    give_up: int
    without_room: int = Field(description="另缺而无空号者")
    amendments: list[AmendmentItem]
    notes: list[Reason]
    changes: bool
    digest: UUID

    @classmethod
    def of(cls, review: SiteReview) -> "SiteReviewAnswer":
        """From the service's review."""
        site, found = review.ground.site, review.reservation
        states = [one.state for one in review.block]
        return cls(
            construction_plan_id=site.id,
            plan_no=review.ground.plan_no,
            name=site.name,
            kind=site.kind,
            place_id=review.ground.place_id,
            place=review.place,
            village=review.village,
            village_code=review.village_code,
            holder=site.holder,
            expires_on=site.expires_on,
            outline=review.ground.outline,
            reservation=ReservationState.of(found) if found else None,
            needed=review.need.doors,
            needed_why=review.need.reason.text,
            frontage=review.frontage.doors if review.frontage else None,
            reserved=states.count(NumberState.RESERVED),
            issued=states.count(NumberState.ISSUED),
            numbers=_numbers(review),
            overflow=[str(number) for number in review.change.overflow],
            add=len(review.change.add),
            give_up=len(review.change.give_up),
            without_room=review.change.without_room,
            amendments=[
                AmendmentItem.model_validate({"field": a.field, "before": a.before, "after": a.after})
                for a in review.amendments
            ],
            notes=[Reason(code=note.code, text=note.text) for note in review.notes],
            changes=review.changes,
            digest=review.digest,
        )


def _numbers(review: SiteReview) -> list[SiteNumberItem]:
    """Every number of the site once, ascending."""
    up = {one.number: one.reason.text for one in review.change.give_up}
    rows: dict[DoorNumber, SiteNumberItem] = {}
    for one in review.block:
        after = None if one.number in up else one.state
        why = up.get(one.number, "已编给房屋" if one.state is NumberState.ISSUED else "继续预留")
        rows[one.number] = _item(review, one.number, one.state, after, one.side, why)
    for number in review.change.overflow:
        rows[number] = _item(review, number, "issued", "issued", None, "超出规划的附号")
    for add in review.change.add:
        before = "gap" if add.from_gap else None
        rows[add.number] = _item(review, add.number, before, "reserved", add.side, add.reason.text)
    return [rows[number] for number in sorted(rows)]


def _item(
    review: SiteReview, number: DoorNumber, before: str | None, after: str | None, side: Side | None, why: str
) -> SiteNumberItem:
    lon, lat = review.places.get(number, (None, None))
    return SiteNumberItem.model_validate(
        {
            "number": str(number),
            "main": number.main,
            "sub": number.sub,
            "before": before,
            "after": after,
            "side": side,
            "why": why,
            "lon": lon,
            "lat": lat,
        }
    )
