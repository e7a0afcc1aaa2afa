"""Bodies and answers of the audit of numbers and of decisions on surveyed numbers."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from address_service.api.schemas.base import Body
from address_service.model.findings import FindingCode, Severity
from address_service.model.labels import label
from address_service.model.numbers import DoorNumber
from address_service.model.places import PlaceKind
from address_service.services.audit_numbers import FoundAt, Line, NumberAudit, PlaceCounts, Remedy
from address_service.store.numbered_doors import NumberedDoor
from address_service.store.survey_decisions import NotKept, SurveyedNumber


class NumberText(BaseModel):
    """A door number."""

    number: str = Field(examples=["18号附1"])
    main: int
    sub: int

    @classmethod
    def of(cls, number: DoorNumber) -> "NumberText":
        """From the core's number."""
        return cls(number=str(number), main=number.main, sub=number.sub)


class SeverityCounts(BaseModel):
    """Findings by severity."""

    error: int = Field(description="错误：会误导找门的人")
    warning: int = Field(description="存疑：可能误导")
    notice: int = Field(description="提示：下次整治时处理")


class AuditedPlaceItem(BaseModel):
    """The place that was looked through."""

    id: UUID
    kind: PlaceKind
    name: str
    village_code: str
    village: str


class AuditedDoor(NumberText):
    """A door concerned: of an address, else of a house whose number only the survey knows."""

    id: UUID = Field(description="地址标识；只有调查旧号时为房屋标识")
    code: str | None = Field(description="地址编码；只有调查旧号时为 null")
    stage: Literal["draft", "current"] | None
    full_text: str = Field(description="标准地址，或调查到的原地址")
    building_ids: list[UUID]
    building_codes: list[str]
    lon: float
    lat: float

    @classmethod
    def of_door(cls, door: NumberedDoor) -> "AuditedDoor":
        """From the store's door."""
        facts = {
            name: getattr(door, name)
            for name in ("id", "code", "stage", "full_text", "building_ids", "building_codes", "lon", "lat")
        }
        return cls.model_validate({**NumberText.of(door.number).model_dump(), **facts})


class Gate(BaseModel):
    """A door of the place and its number."""

    id: UUID
    number: str
    code: str | None = Field(description="地址编码；只有调查旧号时为 null")
    lon: float
    lat: float


class FindingItem(BaseModel):
    """One thing wrong, worst first."""

    code: FindingCode
    title: str = Field(examples=["重号"])
    severity: Severity
    text: str = Field(examples=["重号：3号被两处门使用，相距 40 米"])
    doors: list[AuditedDoor] = Field(description="所涉门户；建议针对最后一处")
    lon: float
    lat: float
    proposal: NumberText | None = Field(description="建议改用的号，台账此刻可发")
    remedy: Remedy | None = Field(
        description="一键处理：renumber 拟入改号方案，not-keep 不沿用旧号；null 须人工处理"
    )

    @classmethod
    def of(cls, found: FoundAt) -> "FindingItem":
        """From the service's finding."""
        return cls(
            code=found.code,
            title=label(found.code),
            severity=found.severity,
            text=found.text,
            doors=[AuditedDoor.of_door(door) for door in found.doors],
            lon=found.at[0],
            lat=found.at[1],
            proposal=NumberText.of(found.proposal) if found.proposal else None,
            remedy=found.remedy,
        )


class BoneGeometry(BaseModel):
    """A GeoJSON LineString, EPSG:4490."""

    type: Literal["LineString"] = "LineString"
    coordinates: list[tuple[float, float]]


class BoneProperties(BaseModel):
    """Whose line it is, and how it lies."""

    id: UUID
    number: str
    crosses: bool = Field(description="与别的线相交")
    fits: bool = Field(description="门就在号码所示之处")


class BoneFeature(BaseModel):
    """A line from a gate to where its number says it stands; of an area, to the house with the next number."""

    type: Literal["Feature"] = "Feature"
    geometry: BoneGeometry
    properties: BoneProperties

    @classmethod
    def of(cls, line: Line) -> "BoneFeature":
        """From the service's line."""
        facts = BoneProperties(
            id=line.door.id, number=str(line.door.number), crosses=line.crosses, fits=line.fits
        )
        return cls(geometry=BoneGeometry(coordinates=[line.gate, line.place]), properties=facts)


class Fishbone(BaseModel):
    """A GeoJSON FeatureCollection."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[BoneFeature]


class NotKeptItem(NumberText):
    """A surveyed number that its house does not keep; it stays blocked."""

    building_id: UUID
    building_code: str
    reason: str
    decided_by: str
    recorded_at: datetime

    @classmethod
    def of_decision(cls, found: NotKept) -> "NotKeptItem":
        """From the store's record."""
        facts = ("building_id", "building_code", "reason", "decided_by", "recorded_at")
        values = {name: getattr(found, name) for name in facts}
        return cls.model_validate({**NumberText.of(found.number).model_dump(), **values})


class NumberAuditAnswer(BaseModel):
    """A place looked through."""

    place: AuditedPlaceItem
    policy: dict[str, Any] = Field(description="所依据的编号规则：该地编号时的规则，未编过号时为县的默认规则")
    door_count: int
    counts: SeverityCounts
    doors: list[Gate] = Field(description="全部有号的门户，按号")
    findings: list[FindingItem]
    fishbone: Fishbone
    not_kept: list[NotKeptItem]

    @classmethod
    def of(cls, done: NumberAudit) -> "NumberAuditAnswer":
        """From the service's audit."""
        context = done.context
        return cls(
            place=AuditedPlaceItem(
                id=context.place_id,
                kind=context.kind,
                name=context.name,
                village_code=context.village_code,
                village=context.village,
            ),
            policy=done.policy.parameters(),
            door_count=len(done.doors),
            counts=SeverityCounts.model_validate(done.counts),
            doors=[
                Gate(id=door.id, number=str(door.number), code=door.code, lon=door.lon, lat=door.lat)
                for door in done.doors
            ],
            findings=[FindingItem.of(found) for found in done.findings],
            fishbone=Fishbone(features=[BoneFeature.of(line) for line in done.lines]),
            not_kept=[NotKeptItem.of_decision(found) for found in done.not_kept],
        )


class PlaceCountsItem(AuditedPlaceItem):
    """How many findings a place has."""

    door_count: int
    counts: SeverityCounts

    @classmethod
    def of(cls, found: PlaceCounts) -> "PlaceCountsItem":
        """From the service's counts."""
        place = {name: getattr(found.place, name) for name in AuditedPlaceItem.model_fields}
        return cls.model_validate({**place, "door_count": found.door_count, "counts": found.counts})


class NumberAuditsAnswer(BaseModel):
    """Places of a village that have numbers, in the order of their codes."""

    items: list[PlaceCountsItem]
    next_cursor: None = None


class SurveyDecisionBody(Body):
    """Whether a house keeps the number that the survey found on it."""

    building_id: UUID
    kept: bool = Field(description="false：不沿用旧号，旧号从此停用")
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class SurveyDecisionAnswer(NumberText):
    """The surveyed number as it stands decided."""

    building_id: UUID
    building_code: str
    place_id: UUID
    kept: bool

    @classmethod
    def of_number(cls, found: SurveyedNumber) -> "SurveyDecisionAnswer":
        """From the service's answer."""
        values = {name: getattr(found, name) for name in ("building_id", "building_code", "place_id", "kept")}
        return cls.model_validate({**NumberText.of(found.number).model_dump(), **values})
