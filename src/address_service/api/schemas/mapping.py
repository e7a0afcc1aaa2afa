"""What requests about mapping packages (对照包) hold, and what they answer."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, SecretStr, StringConstraints

from address_service.api.schemas.base import Body, DivisionCodeText, Line, Page
from address_service.model.labels import label
from address_service.model.mapping import MappingConsumer, MappingPackage, MappingRow, PackageStage, RowState
from address_service.reconcile.change_set import HeldReason, MoveKind
from address_service.reconcile.package_columns import HELD_LABELS, KIND_LABELS
from address_service.reconcile.package_content import TextEncoding


class ProfileItem(BaseModel):
    """Columns that a register on the other side takes."""

    name: str
    title: str
    columns: list[str]


class MappingConsumerBody(Body):
    """A register on the other side, about to be told of addresses."""

    name: Annotated[Line, Field(max_length=60, description="接收单位名称", examples=["平江县公安局"])]
    division: Annotated[DivisionCodeText, Field(description="告知哪个区划（县、镇或村）的地址")]
    profile: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")] = Field(
        "generic", description="列配置"
    )
    encoding: TextEncoding = Field(TextEncoding.GB18030, description="文字文件的编码")
    from_now: bool = Field(True, description="对方已有现行地址，只告知今后的变更；否则首包含全部现行地址")


class MappingConsumerItem(BaseModel):
    """A consumer, how far it has come, and what waits for it."""

    id: UUID
    name: str
    division_code: str
    profile: str
    encoding: TextEncoding
    acknowledged: str = Field(description="已确认到的变更位置")
    acknowledged_sequence: int
    waiting: int = Field(description="其后变更过的地址数，最多计到100000次变更")
    held: int = Field(description="最近一包暂不下发的行数")
    open_package_id: UUID | None = Field(description="已发出、尚未确认的包")
    created_at: datetime

    @classmethod
    def of(
        cls, one: MappingConsumer, waiting: int, held: int, open_package_id: UUID | None
    ) -> "MappingConsumerItem":
        """From a consumer."""
        return cls(
            id=one.id, name=one.name, division_code=one.division_code, profile=one.profile,
            encoding=TextEncoding(one.encoding), acknowledged=str(one.acknowledged),
            acknowledged_sequence=one.acknowledged_sequence, waiting=waiting, held=held,
            open_package_id=open_package_id, created_at=one.created_at,
        )  # fmt: skip


class MappingConsumerPage(Page):
    """A page of consumers, and the profiles there are."""

    items: list[MappingConsumerItem]
    profiles: list[ProfileItem]


class MappingPackageBody(Body):
    """For whom a package is issued."""

    consumer_id: UUID


class MappingPackageItem(BaseModel):
    """A package and where it stands in its chain."""

    id: UUID
    consumer_id: UUID
    consumer: str
    sequence: int
    from_cursor: str
    to_cursor: str
    stage: PackageStage
    stage_text: str
    profile: str
    encoding: TextEncoding
    moves: int
    held: int
    digest: str = Field(description="清单 manifest.json 的 SM3，回执和下一包以此指认本包")
    previous_digest: str
    revision: int
    issued_by: str
    issued_at: datetime
    acknowledged_by: str | None
    acknowledged_at: datetime | None

    @classmethod
    def of(cls, one: MappingPackage) -> "MappingPackageItem":
        """From a package."""
        return cls(
            id=one.id, consumer_id=one.consumer_id, consumer=one.consumer, sequence=one.sequence,
            from_cursor=str(one.from_cursor), to_cursor=str(one.to_cursor), stage=one.stage,
            stage_text=label(one.stage), profile=one.profile, encoding=TextEncoding(one.encoding),
            moves=one.counts["moves"], held=one.counts["held"], digest=one.digest,
            previous_digest=one.previous_digest, revision=one.revision, issued_by=one.issued_by,
            issued_at=one.issued_at, acknowledged_by=one.acknowledged_by, acknowledged_at=one.acknowledged_at,
        )  # fmt: skip


class MappingPackagePage(Page):
    """A page of packages, the latest first."""

    items: list[MappingPackageItem]


class MappingPackageCard(MappingPackageItem):
    """A package with its rows by state."""

    states: dict[str, int]


class MappingRowItem(BaseModel):
    """A row: the people at the old address are at the new one now."""

    id: UUID
    row_no: int
    old_text: str | None
    new_text: str | None
    is_one_household: bool
    kinds: list[MoveKind]
    kind_text: str
    decrees: list[str]
    effective_on: date
    keeps_arrival: bool
    state: RowState
    state_text: str
    reason: str
    reason_text: str

    @classmethod
    def of(cls, row: MappingRow) -> "MappingRowItem":
        """From a row."""
        kinds = [MoveKind(kind) for kind in dict.fromkeys(row.kinds)]
        return cls(
            id=row.id, row_no=row.row_no, old_text=row.old_text, new_text=row.new_text,
            is_one_household=row.household_id is not None, kinds=kinds,
            kind_text="、".join(KIND_LABELS[kind] for kind in kinds), decrees=list(row.decrees),
            effective_on=row.effective_on, keeps_arrival=row.keeps_arrival, state=row.state,
            state_text=label(row.state), reason=row.reason, reason_text=_why(row),
        )  # fmt: skip


def _why(row: MappingRow) -> str:
    if row.state is not RowState.HELD:
        return row.reason_text
    words = HELD_LABELS[HeldReason(row.reason)]
    return f"{words}：{row.reason_text}" if row.reason_text else words


class MappingRowPage(Page):
    """A page of rows by number."""

    items: list[MappingRowItem]


class ArchiveBody(Body):
    """Under which passphrase an archive is written; it is kept nowhere."""

    passphrase: SecretStr = Field(min_length=1, max_length=200, description="开包口令，至少12个字符")


class AcknowledgeBody(Body):
    """That the other side has taken a package."""

    digest: str | None = Field(
        None, pattern=r"^[0-9A-Fa-f]{64}$", description="对方所导入包的摘要；给出时须与本包相同"
    )
