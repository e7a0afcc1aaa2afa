"""What requests about population extracts (人口底册) hold, and what they answer: people masked."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from address_service.api.schemas.base import DivisionCodeText, Line
from address_service.model.labels import label
from address_service.model.reconciliation import ExtractStage, Outcome, PersonFinding, RowDecision
from address_service.model.residents import RevealPurpose
from address_service.residents.masking import mask_book_no, mask_id, mask_name
from address_service.residents.person import is_number_of_child
from address_service.services.read_extract_rows import RowCard
from address_service.store.extract_targets import InForce
from address_service.store.extracts import Extract


class ExtractItem(BaseModel):
    """An extract, how far it is and how many rows came to what."""

    id: UUID
    division_code: str
    layout: str
    stage: ExtractStage
    stage_text: str
    phase: str
    row_count: int
    done_count: int
    counts: dict[str, int]
    notes: list[str]
    error: dict[str, str] | None
    sender: str
    created_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, one: Extract) -> "ExtractItem":
        """From an extract."""
        return cls(
            id=one.id, division_code=one.division_code, layout=one.layout, stage=one.stage,
            stage_text=label(one.stage), phase=one.phase, row_count=one.row_count, done_count=one.last_row,
            counts=dict(one.counts), notes=list(one.report.get("notes", [])), error=one.report.get("error"),
            sender=one.sender, created_at=one.created_at, finished_at=one.finished_at,
        )  # fmt: skip


class ExtractPage(BaseModel):
    """A page of extracts, the latest first."""

    items: list[ExtractItem]
    next_cursor: str | None


class ExtractCard(ExtractItem):
    """An extract with its rows counted as they are decided now."""

    outcomes: dict[str, int]
    findings: dict[str, int]
    decisions: dict[str, int]
    open: int


class RowTarget(BaseModel):
    """An address in force that a row leads or may lead to, with what speaks for it."""

    address_code: str
    full_text: str
    village_code: str
    lon: float
    lat: float
    score: float | None = None
    reasons: list[str] = []

    @classmethod
    def of(cls, one: InForce, candidate: dict[str, Any] | None = None) -> "RowTarget":
        """From an address and, where it is one, a candidate."""
        more = {"score": candidate["score"], "reasons": candidate["reasons"]} if candidate else {}
        return cls(
            address_code=one.code, full_text=one.full_text, village_code=one.village_code, lon=one.lon, lat=one.lat,
            **more,
        )  # fmt: skip


class ElementItem(BaseModel):
    """A component of the old text: characters ``start`` to before ``end``."""

    kind: str
    value: str
    start: int
    end: int
    known: bool


class RowItem(BaseModel):
    """A row: its old text with elements, what it came to, the person masked, the decision."""

    id: UUID
    row_no: int
    text: str | None
    elements: list[ElementItem]
    left_over: list[tuple[int, int]]
    outcome: Outcome
    outcome_text: str
    match_stage: str
    reasons: list[str]
    target: RowTarget | None
    candidates: list[RowTarget]
    name: str | None
    id_no: str | None
    under_14: bool = Field(description="按公民身份号码不满十四周岁，属敏感个人信息：不显示号码")
    book_no: str | None
    external_id: str | None
    person_id: UUID | None
    findings: list[PersonFinding]
    finding_texts: list[str]
    decision: RowDecision | None
    decided: RowTarget | None
    decided_by: str | None
    decided_at: datetime | None
    is_replayed: bool
    replayed_from: UUID | None
    revision: int

    @classmethod
    def of(cls, card: RowCard, today: date) -> "RowItem":
        """From a row with its addresses; of a child no more than the masked name."""
        row, known = card.row, card.addresses
        facts, answer = row.facts, row.answer or {}
        is_child = facts is not None and is_number_of_child(facts.id_no, today)
        candidates = [(known.get(UUID(one["address_id"])), one) for one in answer.get("candidates", [])]
        target = known.get(row.address_id) if row.address_id else None
        decided = known.get(row.decided_address_id) if row.decided_address_id else None
        return cls(
            id=row.id, row_no=row.row_no, text=facts.text if facts else None, elements=answer.get("elements", []),
            left_over=answer.get("left_over", []), outcome=row.outcome, outcome_text=label(row.outcome),
            match_stage=row.match_stage, reasons=answer.get("reasons", []),
            target=RowTarget.of(target) if target else None,
            candidates=[RowTarget.of(one, why) for one, why in candidates if one],
            name=mask_name(facts.name) if facts and facts.name else None,
            id_no=mask_id(facts.id_no) if facts and not is_child else None, under_14=is_child,
            book_no=mask_book_no(facts.book_no) if facts else None,
            external_id=facts.external_id if facts else None, person_id=row.person_id, findings=list(row.findings),
            finding_texts=[label(one) for one in row.findings], decision=row.decision,
            decided=RowTarget.of(decided) if decided else None, decided_by=row.decided_by, decided_at=row.decided_at,
            is_replayed=row.replayed_from is not None, replayed_from=row.replayed_from, revision=row.revision,
        )  # fmt: skip


class RowPage(BaseModel):
    """A page of rows in the file's order."""

    items: list[RowItem]
    next_cursor: str | None


class RowDecisionBody(BaseModel):
    """What is decided on a row; ``undo`` takes the decision back."""

    model_config = ConfigDict(extra="forbid")

    decision: Literal["accept", "choose", "village", "park", "undo"]
    address_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{26}$")] | None = None
    village_code: DivisionCodeText | None = None


class VillageAnswerBody(BaseModel):
    """A village's answer: one of its addresses, or nothing to send the row back."""

    model_config = ConfigDict(extra="forbid")

    address_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{26}$")] | None = Field(
        description="本村的地址编码；null 为查不到，退回"
    )


class AcceptAllBody(BaseModel):
    """Accept all open rows of one outcome; ``expected`` is the number shown to who asks."""

    model_config = ConfigDict(extra="forbid")

    outcome: Outcome
    expected: int = Field(ge=1, le=1_000_000)
    finding: PersonFinding | None = None


class AcceptAllAnswer(BaseModel):
    """How many rows were accepted."""

    accepted: int


class ExtractExportBody(BaseModel):
    """What somebody wants the file with everybody in clear for, and as what."""

    model_config = ConfigDict(extra="forbid")

    purpose: RevealPurpose
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
    format: Literal["xlsx", "csv"] = "xlsx"
    encoding: Literal["gbk", "utf-8"] = Field(default="gbk", description="CSV 的文字编码")


class ExtractWithdrawalBody(BaseModel):
    """By which document and why an extract is ended."""

    model_config = ConfigDict(extra="forbid")

    document_no: Line
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class ExtractWithdrawalAnswer(BaseModel):
    """How many rows can be read no more."""

    id: UUID
    rows: int


class ExtractReject(BaseModel):
    """What of a row could not be used, and why; never the value."""

    row: int
    field: str
    code: str
    message: str


class ExtractRejects(BaseModel):
    """What was refused, in the file's order."""

    items: list[ExtractReject]
