"""What all bodies and answers share."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from address_service.model.numbers import MAX_MAIN, MAX_SUB, DoorNumber

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


class Problem(BaseModel):
    """RFC 9457 problem document."""

    type: str = Field(examples=["urn:problem:number-taken"])
    title: str = Field(examples=["门牌号已被占用"])
    status: int = Field(examples=[409])
    code: str = Field(examples=["number-taken"])
    errors: list[dict[str, Any]] | None = None


class NumberBody(Body):
    """A door number."""

    main: int = Field(ge=1, le=MAX_MAIN, examples=[18])
    sub: int = Field(default=0, ge=0, le=MAX_SUB)

    def number(self) -> DoorNumber:
        """The number as a value."""
        return DoorNumber(self.main, self.sub)
