"""Bodies and answers of mergers and splits of villages."""

import json
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from address_service.api.schemas.base import Body, Line, Page, Reason
from address_service.api.schemas.renumbering import HomonymItem, PlatesToRemake
from address_service.coding.merger.collisions import Choice, ChoiceKind
from address_service.model.divisions import DivisionKind
from address_service.model.places import PlaceKind
from address_service.services.geojson_area import area_of
from address_service.services.merger_request import DivisionChange, NewVillage
from address_service.store.merger_plans import DivisionChangeHead
from address_service.store.work import Work

VillageCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
_Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]
_MOST = 2000


class NewVillageBody(Body):
    """A village that comes into being."""

    code: VillageCode = Field(examples=["430626113221"])
    name: Line = Field(examples=["新平村"])
    kind: Literal["administrative_village", "community"] | None = Field(
        default=None, description="缺省按名称"
    )


class DivisionChangeBody(Body):
    """Villages that end in an absorber, or places that leave one village for a new one."""

    kind: Literal["merge", "split"]
    effective_on: date = Field(description="新状态的第一天；可以是过去，不能是将来")
    title: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    ends: list[VillageCode] = Field(default=[], max_length=50, description="合并：并出的村")
    absorber: VillageCode | None = Field(default=None, description="合并：并入的村，保留其身份和代码")
    new: NewVillageBody | None = Field(
        default=None, description="新设的村：合并时与 absorber 取一，拆分时必填"
    )
    source: VillageCode | None = Field(default=None, description="拆分：原村")
    place_ids: list[UUID] = Field(default=[], max_length=_MOST, description="拆分：划出的地名")
    boundary: dict[str, Any] | None = Field(
        default=None, description="拆分：划出的范围，GeoJSON Polygon 或 MultiPolygon（EPSG:4490）"
    )

    def asked(self, work: Work) -> DivisionChange:
        """For the service; raises NotFound for a code nobody carries on the day, InvalidInput `boundary-invalid`."""

        def division(code: str) -> UUID:
            return work.divisions.id_of_code(code, self.effective_on)

        new = self.new
        return DivisionChange(
            self.kind,
            self.effective_on,
            self.title,
            tuple(division(code) for code in self.ends),
            division(self.absorber) if self.absorber else None,
            NewVillage(new.code, new.name, new.kind) if new else None,
            division(self.source) if self.source else None,
            tuple(self.place_ids),
            _area(self.boundary) if self.boundary is not None else None,
        )


def _area(boundary: dict[str, Any]) -> str:
    """The area as asked for, without whatever else was sent along."""
    area_of(boundary)
    return json.dumps({name: boundary[name] for name in ("type", "coordinates")})


class ChoiceBody(Body):
    """How a collision is decided for one place, or for all places of a village."""

    subject_id: UUID = Field(description="地名；选择 district 时也可以是村")
    kind: ChoiceKind = Field(
        description="keep 不变，district 保留旧村为片区，rename 改名，join 并入并重排门牌"
    )
    name: _Name = Field(default="", description="片区名称，或地名的新名称", examples=["沙坪片区"])
    into_id: UUID | None = Field(default=None, description="join：并入哪一处地名")

    def chosen(self) -> Choice:
        """For the service."""
        return Choice(self.subject_id, self.kind, self.name, self.into_id)


class ChoicesBody(Body):
    """Decisions on collisions; the latest of a subject holds."""

    choices: list[ChoiceBody] = Field(min_length=1, max_length=_MOST)


class DivisionDecreeBody(Body):
    """By which decision a plan is carried out."""

    decree_no: Line = Field(examples=["平政函〔2026〕21号"])


class UndoBody(Body):
    """Which village of a merger gets its name back, and from when on."""

    restores: UUID | None = Field(default=None, description="恢复哪个并出的村（标识）；只有一个时可省略")
    effective_on: date | None = Field(default=None, description="缺省为今天")
    code: VillageCode | None = Field(default=None, description="缺省为旧村的代码")


class BoundaryFindingItem(BaseModel):
    """Something about the boundaries that is not so."""

    code: str = Field(examples=["overlap"])
    severity: Literal["error", "warning"]
    text: str
    area_m2: float | None
    where: dict[str, Any] | None = Field(
        default=None, description="所在范围，GeoJSON（EPSG:4490），概括表示；无从画出时为空"
    )


class InvariantsItem(BaseModel):
    """Union of old = new, no overlap, no gap; areas in square metres of the county's zone."""

    hold: bool
    tolerance_m: float
    areas_before_m2: dict[str, float | None]
    areas_after_m2: dict[str, float | None]
    findings: list[BoundaryFindingItem]


class BoundariesItem(BaseModel):
    """GeoJSON feature collections (EPSG:4490), the name in `properties.name`."""

    before: dict[str, Any]
    after: dict[str, Any]


class ChoiceItem(BaseModel):
    """A way to decide a collision."""

    subject_id: UUID
    kind: ChoiceKind
    name: str
    into_id: UUID | None


class CollidingPlace(BaseModel):
    """One of the places that would read alike."""

    id: UUID
    kind: PlaceKind
    name: str
    village: str
    doors: int
    moves: bool
    chosen: ChoiceItem | None


class CollisionItem(BaseModel):
    """Places that would read alike in one village."""

    reads: str = Field(examples=["3组"], description="全称中的地名部分；全村统一编号时为空")
    words: str
    decided: bool
    equal_texts: int = Field(description="若不处理，将相同的地址全称数")
    places: list[CollidingPlace] = Field(description="建议保留原名的在前")
    options: list[ChoiceItem] = Field(description="可选的处理方式，每处地名的第一项为建议")


class VillageConcerned(BaseModel):
    """A village concerned."""

    id: UUID
    code: str
    name: str
    part: Literal["ends", "absorbs", "is_split"]
    places: int
    addresses_changed: int


class VillageAfter(BaseModel):
    """The village that the places are in afterwards; without id while it does not exist."""

    id: UUID | None
    code: str
    name: str
    kind: DivisionKind
    town: str


class PlaceChange(BaseModel):
    """What happens to one place."""

    id: UUID
    kind: PlaceKind
    village: str
    old_name: str
    new_name: str
    moves: bool
    joined_to: UUID | None
    offset: int = Field(description="并入后门牌号加多少")
    doors: int


class DivisionChangeSummary(BaseModel):
    """The dry run: boundaries, invariants, collisions, what happens to everything, the price."""

    villages: list[VillageConcerned]
    target: VillageAfter
    boundaries: BoundariesItem
    invariants: InvariantsItem
    collisions: list[CollisionItem]
    undecided: int
    homonyms: list[HomonymItem] = Field(description="按现有决定仍将重复的全称，最多列 200 条")
    homonym_count: int
    places: list[PlaceChange]
    counts: dict[str, int]
    plates: list[PlatesToRemake]
    plate_count: int
    cost_yuan: float | None = Field(description="重制门牌的费用；有规格未设单价时为 null")
    findings: list[Reason]
    can_commit: bool


class DivisionChangeItem(BaseModel):
    """A plan of a merger or split, without its dry run."""

    id: UUID
    kind: Literal["merge", "split"]
    stage: Literal["draft", "committed", "dropped"]
    title: str
    effective_on: date
    village_codes: list[str]
    undecided: int
    can_commit: bool
    undoes: UUID | None
    undone_by: list[UUID]
    successor_id: UUID | None
    drawn_by: str
    created_at: datetime
    decree_no: str | None
    decided_by: str | None
    decided_at: datetime | None
    event_id: UUID | None

    @classmethod
    def of(cls, head: DivisionChangeHead) -> "DivisionChangeItem":
        """From the store's record."""
        return cls.model_validate(_values(head))


class DivisionChangeCard(DivisionChangeItem):
    """A plan of a merger or split with its dry run."""

    summary: DivisionChangeSummary

    @classmethod
    def of(cls, head: DivisionChangeHead) -> "DivisionChangeCard":
        """From the store's record."""
        return cls.model_validate({**_values(head), "summary": head.summary})


class DivisionChangePage(Page):
    """Plans of mergers and splits."""

    items: list[DivisionChangeItem]


class AffectedItem(BaseModel):
    """One thing that a merger or split touches; before and after where its text changes."""

    id: UUID
    label: str
    before: str | None
    after: str | None
    state: str


class AffectedPage(Page):
    """Things that a merger or split touches."""

    items: list[AffectedItem]


def _values(head: DivisionChangeHead) -> dict[str, Any]:
    named = {name: getattr(head, name) for name in DivisionChangeItem.model_fields if hasattr(head, name)}
    undecided, ready = head.summary["undecided"], head.summary["can_commit"]
    is_draft = head.stage == "draft"
    return {**named, "undecided": undecided if is_draft else 0, "can_commit": ready and is_draft}
