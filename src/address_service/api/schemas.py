"""Bodies and answers of the API, with the examples that the OpenAPI document shows."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from address_service.model.accounts import Role
from address_service.model.buildings import BuildingUse, PlanKind
from address_service.model.divisions import DivisionKind, DivisionLevel, NameState
from address_service.model.numbers import NumberState, Side
from address_service.model.places import PlaceKind
from address_service.model.plates import BatchStage, PlateStage

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
DivisionCodeText = Annotated[str, StringConstraints(pattern=r"^([0-9]{6}|[0-9]{9}|[0-9]{12})$")]
AddressStage = Literal["draft", "rejected", "current", "retired"]


class Body(BaseModel):
    """A request body: unknown members are refused, so that a typing error is not silently ignored."""

    model_config = ConfigDict(extra="forbid")


class Page(BaseModel):
    """A page of a list."""

    next_cursor: str | None = Field(description="下一页的 cursor，没有下一页时为 null")


class Reason(BaseModel):
    """One reason for a number."""

    code: str = Field(examples=["offset"])
    text: str = Field(examples=["距起点 132.4 米，位于前进方向右侧，右侧编单号"])


class DivisionItem(BaseModel):
    """A division as valid today; codes are text."""

    id: UUID
    code: str = Field(examples=["430626113208"], description="统计用区划代码，截至本级（6、9或12位）")
    code_mca: str | None = Field(description="民政区划代码")
    name: str = Field(examples=["烟舟村"])
    level: DivisionLevel
    kind: DivisionKind
    urban_rural_class: str | None = Field(examples=["220"])
    name_state: NameState
    parent_code: str | None
    valid_from: date | None
    valid_to: date | None
    lon: float | None
    lat: float | None
    bounds: list[float] | None = Field(description="西、南、东、北（EPSG:4490 度）")


class DivisionPage(Page):
    """Divisions."""

    items: list[DivisionItem]


class PlaceItem(BaseModel):
    """A street, hamlet, group or other place."""

    id: UUID
    kind: PlaceKind
    name: str = Field(examples=["12组"])
    display_name: str = Field(
        examples=["沙坪片区3组"], description="连同所在片区的名称，列表中以此区分同名的组"
    )
    name_state: NameState
    decree_no: str | None
    code_prefix: str = Field(examples=["4306261132085012"], description="地址编码第1至16位")
    village_code: str
    village: str
    lon: float | None
    lat: float | None


class PlacePage(Page):
    """Places."""

    items: list[PlaceItem]


class NameApproval(Body):
    """Approval or filing of a place's name."""

    state: Literal[NameState.APPROVED, NameState.FILED]
    decree_no: Line = Field(examples=["平民地〔2026〕3号"])


class MembersBody(Body):
    """Houses that belong to a place from a day on."""

    building_ids: list[UUID] = Field(min_length=1, max_length=5000)
    valid_from: date | None = Field(default=None, description="生效日期，缺省为今天")


class MembersAnswer(BaseModel):
    """How many houses were assigned; those that were there already are not counted."""

    assigned: int


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


class AddressItem(BaseModel):
    """A standard address in its latest version."""

    id: UUID
    code: str = Field(examples=["43062611320850120001800007"])
    code_grouped: str = Field(examples=["430626 113 208 5012 00018 0000 7"])
    full_text: str = Field(examples=["湖南省岳阳市平江县童市镇烟舟村12组18号"])
    stage: AddressStage
    place: str = Field(examples=["12组"])
    place_id: UUID
    place_kind: PlaceKind
    village: str
    village_code: str
    number: str = Field(examples=["18号"])
    main: int
    sub: int
    building: str
    unit: str
    floor: str
    room: str
    door_code: str | None = Field(description="户室所在门的地址编码")
    valid_from: date | None
    decree_no: str | None
    building_codes: list[str]
    lon: float
    lat: float


class AddressPage(Page):
    """Addresses."""

    items: list[AddressItem]


class BuildingBehind(BaseModel):
    """A building behind an address."""

    id: UUID
    code: str
    use: BuildingUse
    name: str
    parcel_code: str | None
    real_estate_unit_code: str | None
    existing_plate: str | None = Field(description="普查时墙上门牌的状况")
    old_text: str | None


class RoomBehind(BaseModel):
    """A room behind a door."""

    code: str
    label: str = Field(examples=["1单元3层302室"])


class AliasItem(BaseModel):
    """Another text of the address."""

    text: str
    kind: str
    valid_from: date | None
    valid_to: date | None


class PlateOnDoor(BaseModel):
    """The plate of an address."""

    stage: PlateStage
    profile: str
    token_url: str


class AddressCard(AddressItem):
    """A standard address with its why."""

    valid_to: date | None
    recorded_at: datetime
    drafted_by: str | None = Field(description="未登录者看不到账户名")
    approved_by: str | None
    side: Side | None
    offset_m: float | None
    policy: str | None
    reasons: list[Reason]
    parcel_code: str | None
    buildings: list[BuildingBehind]
    rooms: list[RoomBehind]
    aliases: list[AliasItem]
    plate: PlateOnDoor | None


class ScopeBody(Body):
    """Which drafts an act is about; what is given must all hold."""

    village_code: DivisionCodeText | None = Field(default=None, examples=["430626113208"])
    place_id: UUID | None = None
    codes: list[Annotated[str, StringConstraints(pattern=r"^[0-9]{26}$")]] | None = Field(
        default=None, max_length=5000
    )


class ApprovalBody(ScopeBody):
    """Approval of drafts."""

    decree_no: Line = Field(examples=["平民地〔2026〕5号"])
    effective_on: date | None = Field(default=None, description="生效日期，缺省为今天")
    all_or_nothing: bool = False


class HeldBack(BaseModel):
    """Drafts of one place that stayed back, and why."""

    village: str
    place: str
    on_unapproved_name: int
    own_drafts: int


class ApprovalAnswer(BaseModel):
    """What an approval did."""

    approved: int
    held_back: list[HeldBack]


class RejectionBody(ScopeBody):
    """Rejection of drafts."""

    note: Line


class RejectionAnswer(BaseModel):
    """What a rejection did."""

    rejected: int


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


class JobItem(BaseModel):
    """An import job with its progress."""

    id: UUID
    layer: str
    filename: str
    stage: Literal["queued", "running", "done", "failed"]
    phase: str
    dry_run: bool
    read: int
    accepted: int
    unchanged: int
    rejected: int
    report: dict[str, Any]
    created_at: datetime
    finished_at: datetime | None


class JobPage(Page):
    """Jobs."""

    items: list[JobItem]


class RejectItem(BaseModel):
    """One thing wrong in an imported file."""

    row: int | None
    field: str | None
    code: str
    message: str
    value: str


class RejectAnswer(BaseModel):
    """What an import refused."""

    items: list[RejectItem]
    next_cursor: None = None


class SignedIn(BaseModel):
    """Who is signed in."""

    name: str
    role: Role
    rights: list[str]
    division_code: str


class MapSettings(BaseModel):
    """What the map page starts from."""

    county_name: str
    center: list[float]
    bounds: list[float]
    synthetic: bool
    map_review_no: str | None
    signed_in: SignedIn | None
    csrf_token: str | None


class Problem(BaseModel):
    """RFC 9457 problem document."""

    type: str = Field(examples=["urn:problem:number-taken"])
    title: str = Field(examples=["门牌号已被占用"])
    status: int = Field(examples=[409])
    code: str = Field(examples=["number-taken"])
    errors: list[dict[str, Any]] | None = None
