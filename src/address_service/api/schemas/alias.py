"""Bodies and answers of aliases that persons record."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from address_service.api.schemas.base import Body, Page
from address_service.model.aliases import AliasKind, AliasRequest
from address_service.store.aliases import AliasRow

Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2199, 12, 31))]
AliasText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=100)]


class AliasBody(Body):
    """An alias to record."""

    kind: Literal["colloquial", "police"] = Field(description="俗称、公安写法")
    text: AliasText = Field(description="别名，尽可能写上村名", examples=["烟舟村大樟树下"])
    valid_from: Day = Field(description="这样叫的第一天，不晚于今天")
    valid_to: Day | None = Field(default=None, description="不再这样叫的第一天，缺省至今")
    note: str = Field(default="", max_length=500, description="来源或说明")

    def asked(self) -> AliasRequest:
        """What is asked for, as a value."""
        return AliasRequest(AliasKind(self.kind), self.text, self.valid_from, self.valid_to, self.note)


class AliasEndBody(Body):
    """The end of an alias."""

    last_on: Day | None = Field(default=None, description="这样叫的最后一天，缺省今天")


class RecordedAlias(Body):
    """Another text of an address, as it is known now."""

    id: UUID
    kind: AliasKind = Field(description="former 曾用名、survey 普查写法、colloquial 俗称、police 公安写法")
    text: str
    valid_from: date | None = Field(description="null 为不知何时起")
    valid_to: date | None = Field(description="不再是这样的第一天，null 为至今")
    note: str
    recorded_by: str | None = Field(description="登记人；随地址变更留下的为 null")
    recorded_at: datetime

    @classmethod
    def of(cls, row: AliasRow) -> "RecordedAlias":
        """The alias as it shows."""
        return cls.model_validate(asdict(row))


class AliasPage(Page):
    """Aliases of an address by day."""

    items: list[RecordedAlias]
