"""Bodies and answers of renumbering plans."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from address_service.api.schemas.base import Body, Line, Page, Reason
from address_service.model.numbers import MAX_MAIN, MAX_SUB, DoorNumber, Side
from address_service.services.draw_renumbering import Renumbering
from address_service.services.renumbering_draft import Draft
from address_service.services.renumbering_situation import Standing
from address_service.services.renumbering_targets import Redraw, Wish
from address_service.store.held_doors import HeldDoor
from address_service.store.renumbering_plans import RenumberingChange, RenumberingHead

_Code = Annotated[str, StringConstraints(pattern=r"^[0-9]{26}$")]
_MOST_DOORS = 5000

RenumberingStage = Literal["draft", "committed", "dropped"]


class WishBody(Body):
    """One door and the number it is to get."""

    code: _Code = Field(description="门的地址编码", examples=["43062611320850120001800007"])
    main: int = Field(ge=1, le=MAX_MAIN, examples=[19])
    sub: int = Field(default=0, ge=0, le=MAX_SUB)


class RedrawBody(Body):
    """Number the whole place afresh."""

    policy: Line | None = Field(default=None, description="编号规则名称，缺省为该地现行规则")
    parameters: dict[str, Any] | None = Field(default=None, description="覆盖规则的个别参数")
    keep: list[_Code] = Field(default=[], max_length=_MOST_DOORS, description="保留原号的门的地址编码")


class RenumberingBody(Body):
    """A list of changes, or a fresh drawing of the whole place."""

    place_id: UUID
    changes: list[WishBody] = Field(default=[], max_length=_MOST_DOORS)
    redraw: RedrawBody | None = None
    title: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    reassign_decree_no: Line | None = Field(default=None, description="重新启用已注销号码所依据的文号")

    def asked(self) -> Renumbering:
        """For the service."""
        redraw = self.redraw
        return Renumbering(
            self.place_id,
            tuple(Wish(wish.code, DoorNumber(wish.main, wish.sub)) for wish in self.changes),
            Redraw(redraw.policy, redraw.parameters, tuple(redraw.keep)) if redraw else None,
            self.title,
            self.reassign_decree_no,
        )


class DecreeBody(Body):
    """By which decision a plan is carried out, and from when on."""

    decree_no: Line = Field(examples=["平民地〔2026〕9号"])
    effective_on: date | None = Field(default=None, description="生效日期，缺省为今天")


class PlatesToRemake(BaseModel):
    """Plates of one profile that a renumbering makes wrong."""

    profile: str
    label: str = Field(examples=["小门牌"])
    count: int
    unit_price: float | None = Field(description="单价（元），未设为 null")
    cost: float | None


class HomonymItem(BaseModel):
    """Another live address that would read the same."""

    text: str
    code: str


class OrderFault(BaseModel):
    """Something out of order, or on the wrong side, after the change."""

    code: str = Field(examples=["order-inversion"])
    severity: Literal["error", "warning", "notice"]
    text: str
    codes: list[str] = Field(description="相关门的地址编码")


class RenumberingPrice(BaseModel):
    """What a renumbering would do and cost."""

    doors: int
    drafts: int = Field(description="其中尚为草案的门")
    rooms: int
    dwellings: int = Field(description="户数（按户室推算）")
    plates: list[PlatesToRemake]
    plate_count: int
    wall_plates: int = Field(description="普查认定完好、将不再相符的旧牌")
    cost_yuan: float | None = Field(description="重制门牌的费用；有规格未设单价时为 null")
    homonyms: list[HomonymItem]
    cycles: list[str] = Field(examples=[["10号↔11号", "1号→2号→3号→1号"]])
    retired: list[str] = Field(description="改后注销的号")
    reclaimed: list[str] = Field(description="重新启用的已注销号")
    faults_before: int | None = Field(description="现状中次序、单双号的问题数；街道无中心线时为 null")
    faults_after: int | None
    faults: list[OrderFault]
    findings: list[Reason]


class RoomChange(BaseModel):
    """A room that moves with its door."""

    code: str
    old_text: str
    new_text: str


class RenumberingLine(BaseModel):
    """One door that changes its number."""

    position: int
    code: str
    old_number: str = Field(examples=["10号"])
    old_main: int
    old_sub: int
    new_number: str = Field(examples=["11号"])
    new_main: int
    new_sub: int
    old_text: str
    new_text: str
    rooms: list[RoomChange]
    reclaims: bool = Field(description="启用的是已注销的号")
    side: Side | None
    offset_m: float | None
    lon: float
    lat: float
    reasons: list[Reason]

    @classmethod
    def of(cls, change: RenumberingChange) -> "RenumberingLine":
        """From the store's record."""
        rooms = [RoomChange(code=r.code, old_text=r.old_text, new_text=r.new_text) for r in change.rooms]
        return cls(
            position=change.position,
            code=change.code,
            old_number=str(change.before),
            old_main=change.before.main,
            old_sub=change.before.sub,
            new_number=str(change.after),
            new_main=change.after.main,
            new_sub=change.after.sub,
            old_text=change.old_text,
            new_text=change.new_text,
            rooms=rooms,
            reclaims=change.reclaims,
            side=change.side,
            offset_m=change.offset_m,
            lon=change.lon,
            lat=change.lat,
            reasons=[Reason.model_validate(reason) for reason in change.reasons],
        )


class DoorNow(BaseModel):
    """A door of the place as it stands."""

    code: str
    full_text: str
    number: str
    main: int
    sub: int
    side: Side | None
    stage: Literal["draft", "current"]
    rooms: int
    lon: float
    lat: float

    @classmethod
    def of(cls, door: HeldDoor) -> "DoorNow":
        """From the store's record."""
        return cls.model_validate(
            {
                "code": door.code,
                "full_text": door.full_text,
                "number": str(door.number),
                "main": door.number.main,
                "sub": door.number.sub,
                "side": door.side,
                "stage": door.stage,
                "rooms": len(door.rooms),
                "lon": door.lon,
                "lat": door.lat,
            }
        )


class RenumberingPreview(BaseModel):
    """What a renumbering would change and cost, beside the whole place as it stands; nothing is written."""

    place_id: UUID
    place: str
    village: str
    policy: dict[str, Any]
    movable: bool = Field(description="能否以拖动调整次序；按距离编号的街道由位置定号，不能")
    movable_note: str
    summary: RenumberingPrice
    changes: list[RenumberingLine]
    doors: list[DoorNow]

    @classmethod
    def of(cls, draft: Draft) -> "RenumberingPreview":
        """From the service's draft."""
        standing = draft.standing
        return cls(
            place_id=standing.context.place_id,
            place=standing.context.name,
            village=standing.context.village,
            policy=standing.policy.parameters(),
            movable=not standing.place_decides,
            movable_note=_movable_note(standing),
            summary=RenumberingPrice.model_validate(draft.summary),
            changes=[RenumberingLine.of(change) for change in draft.changes],
            doors=[DoorNow.of(door) for door in standing.doors],
        )


def _movable_note(standing: Standing) -> str:
    if standing.place_decides:
        return "此街按距离编号，号码由门所在位置决定，不能拖动调整；如须改动，请重新编排整处或按清单改号。"
    return ""


class RenumberingItem(BaseModel):
    """A renumbering plan without its changes."""

    id: UUID
    place_id: UUID
    place: str
    village: str
    village_code: str
    title: str
    stage: RenumberingStage
    summary: RenumberingPrice
    reassign_decree_no: str | None
    undoes: UUID | None = Field(description="本方案所撤销的方案")
    undone_by: UUID | None = Field(description="撤销本方案的方案")
    drawn_by: str
    created_at: datetime
    decree_no: str | None
    effective_on: date | None
    decided_by: str | None
    decided_at: datetime | None
    event_id: UUID | None

    @classmethod
    def of(cls, head: RenumberingHead) -> "RenumberingItem":
        """From the store's record."""
        return cls.model_validate(head, from_attributes=True)


class RenumberingCard(RenumberingItem):
    """A renumbering plan with its changes, in order of the number given up."""

    changes: list[RenumberingLine]

    @classmethod
    def whole(cls, head: RenumberingHead, changes: Iterable[RenumberingChange]) -> "RenumberingCard":
        """From the store's records."""
        item = RenumberingItem.of(head)
        return cls(**dict(item), changes=[RenumberingLine.of(change) for change in changes])


class RenumberingPage(Page):
    """Renumbering plans."""

    items: list[RenumberingItem]
