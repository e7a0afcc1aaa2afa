"""Reading and matching of texts over HTTP: what is asked, and what is answered."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from address_service.api.schemas.base import Body
from address_service.coding.grammar import Element, LeftOver, Reading, Reason
from address_service.services.match_texts import Candidate, Matched, MatchRow, RowError
from address_service.store.extract_targets import InForce

MOST_ROWS = 1000


class ReasonItem(BaseModel):
    """A reason: a stable code and a sentence."""

    code: str = Field(examples=["term-differs"])
    message: str

    @classmethod
    def of(cls, one: Reason) -> "ReasonItem":
        """From a reason."""
        return cls(code=one.code, message=one.message)


class ReadElement(BaseModel):
    """A component of an address, at characters ``start`` to before ``end`` of the text."""

    kind: str = Field(examples=["group"], description="按 GB/T 35639-2017 的构成（参照）")
    ga_code: str | None = Field(examples=["34"], description="GA/T 2000.32-2014 的要素代码（参照）")
    text: str = Field(examples=["十二组"])
    value: str = Field(examples=["12组"], description="标准写法")
    start: int
    end: int
    known: bool = Field(description="在地名表中，或为号码")

    @classmethod
    def of(cls, one: Element) -> "ReadElement":
        """From an element."""
        return cls(
            kind=str(one.kind), ga_code=one.ga_code, text=one.text, value=one.value, start=one.span[0],
            end=one.span[1], known=one.is_known or one.number is not None,
        )  # fmt: skip


class LeftOverItem(BaseModel):
    """A piece of the text that no element took."""

    text: str
    start: int
    end: int
    noise: bool = Field(description="空格、标点等，没有含义")

    @classmethod
    def of(cls, one: LeftOver) -> "LeftOverItem":
        """From what was left over."""
        return cls(text=one.text, start=one.span[0], end=one.span[1], noise=one.is_noise)


class ReadingAnswer(BaseModel):
    """A text read into elements; elements and what is left over cover it."""

    key: str = Field(
        description="规范键：同一地址的不同写法相同；有未能理解之处则为空", examples=["童市镇烟舟村12组18号"]
    )
    level: str = Field(description="none county town village place door room", examples=["door"])
    elements: list[ReadElement]
    left_over: list[LeftOverItem]
    reasons: list[ReasonItem]

    @classmethod
    def of(cls, reading: Reading) -> "ReadingAnswer":
        """From a reading."""
        return cls(
            key=reading.key, level=str(reading.level), elements=[ReadElement.of(one) for one in reading.elements],
            left_over=[LeftOverItem.of(one) for one in reading.left_over],
            reasons=[ReasonItem.of(one) for one in reading.reasons],
        )  # fmt: skip


class MatchRowBody(Body):
    """A text to be matched, and what else is known of it."""

    text: Annotated[str, StringConstraints(max_length=5000)] = Field(examples=["童市乡烟舟村十二组018号"])
    external_id: Annotated[str, StringConstraints(max_length=100)] | None = Field(
        None, description="别的系统给这一地址的编号，如 mlpnbid，或26位地址编码"
    )
    on: Annotated[str, StringConstraints(max_length=40)] | None = Field(
        None, description="文字是哪一天的，如 2012-05-01；不写则只在各日一致时自动关联"
    )

    def row(self) -> MatchRow:
        """As the use-case takes it."""
        return MatchRow(self.text, self.external_id, self.on)


class MatchBody(Body):
    """A batch; rows are answered in their order."""

    rows: Annotated[list[MatchRowBody], Field(min_length=1, max_length=MOST_ROWS)]


class MatchedAddress(BaseModel):
    """An address in force."""

    code: str
    full_text: str
    village_code: str
    lon: float
    lat: float

    @classmethod
    def of(cls, one: InForce) -> "MatchedAddress":
        """From an address."""
        return cls(
            code=one.code, full_text=one.full_text, village_code=one.village_code, lon=one.lon, lat=one.lat
        )


class MatchCandidateItem(MatchedAddress):
    """An address that the row may mean."""

    score: float = Field(description="0到100")
    stage: str
    reasons: list[ReasonItem]

    @classmethod
    def candidate(cls, one: Candidate) -> "MatchCandidateItem":
        """From a candidate."""
        address = MatchedAddress.of(one.address).model_dump()
        return cls(
            **address, score=one.score, stage=one.stage, reasons=[ReasonItem.of(r) for r in one.reasons]
        )


class RowProblem(BaseModel):
    """Why a row was not matched."""

    code: Literal["text-empty", "text-too-long", "personal-data-not-here", "date-malformed", "match-timeout"]
    message: str


class MatchItem(BaseModel):
    """The answer to the row at ``index``; with ``error`` the row was not matched."""

    index: int = Field(description="行在请求中的位置，从0起")
    outcome: Literal["accepted", "ambiguous", "unmatched", "elsewhere"] | None
    address: MatchedAddress | None = Field(description="只在 accepted 时有")
    stage: str | None = Field(description="external_id exact lineage elements fuzzy none")
    margin: float | None = Field(description="领先第二名的分数")
    key: str | None = Field(description="规范键")
    candidates: list[MatchCandidateItem]
    reasons: list[ReasonItem]
    error: RowProblem | None = None

    @classmethod
    def of(cls, index: int, found: Matched | RowError) -> "MatchItem":
        """From what a row came to."""
        if isinstance(found, RowError):
            return cls(
                index=index, outcome=None, address=None, stage=None, margin=None, key=None, candidates=[],
                reasons=[], error=RowProblem(code=found.code, message=found.message),
            )  # fmt: skip
        return cls(
            index=index, outcome=found.outcome.value, stage=found.stage, margin=found.margin, key=found.key,
            address=MatchedAddress.of(found.address) if found.address else None,
            candidates=[MatchCandidateItem.candidate(one) for one in found.candidates],
            reasons=[ReasonItem.of(one) for one in found.reasons],
        )  # fmt: skip


class MatchResults(BaseModel):
    """Answers in the order of the rows; the same batch on the same state of the register has the same answer."""

    on: date = Field(description="所据的日期")
    items: list[MatchItem]
