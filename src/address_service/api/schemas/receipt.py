"""What requests about receipts, refused rows and papers hold, and what they answer."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from address_service.api.schemas.police import MOST_REJECTS, DictionaryReject
from address_service.model.labels import label
from address_service.model.receipts import PaperKind, PaperState, RefusalState
from address_service.services.receive_receipt import ReceiptReport
from address_service.services.renew_papers import PaperCard
from address_service.store.mapping_receipts import Receipt, Refusal


class ReceiptItem(BaseModel):
    """A receipt as it was taken."""

    id: UUID
    filename: str
    read: int
    accepted: int
    refused: int
    unchanged: int
    rejected: int
    received_by: str
    received_at: datetime

    @classmethod
    def of(cls, one: Receipt) -> "ReceiptItem":
        """From a receipt."""
        return cls.model_validate(asdict(one))


class ReceiptList(BaseModel):
    """Receipts of a package, the first first."""

    items: list[ReceiptItem]


class ReceiptReportItem(BaseModel):
    """What a receipt came to; ``id`` is null for a dry run, at most 1,000 rejects are named."""

    id: UUID | None
    is_known: bool
    read: int
    accepted: int
    refused: int
    unchanged: int
    left: int
    papers: int
    is_acknowledged: bool
    rejected: int
    rejects: list[DictionaryReject]

    @classmethod
    def of(cls, one: ReceiptReport) -> "ReceiptReportItem":
        """From a report."""
        rejects = [
            DictionaryReject(row=r.row_no, field=r.field or "", code=r.code, message=r.message, value=r.value)
            for r in one.rejects[:MOST_REJECTS]
        ]
        return cls(
            id=one.receipt.id if one.receipt else None, is_known=one.is_known, read=one.read, accepted=one.accepted,
            refused=one.refused, unchanged=one.unchanged, left=one.left, papers=one.papers,
            is_acknowledged=one.is_acknowledged, rejected=len(one.rejects), rejects=rejects,
        )  # fmt: skip


class RefusalItem(BaseModel):
    """A row that the other side refused, and what was decided."""

    id: UUID
    package_id: UUID
    consumer: str
    sequence: int
    row_no: int
    old_text: str | None
    new_text: str | None
    is_household: bool
    is_accepted: bool
    reason: str
    state: RefusalState
    state_text: str
    note: str
    settled_by: str | None
    settled_at: datetime | None
    resent_sequence: int | None
    revision: int
    created_at: datetime

    @classmethod
    def of(cls, one: Refusal) -> "RefusalItem":
        """From a refused row."""
        return cls.model_validate({**asdict(one), "state_text": label(one.state)})


class RefusalPage(BaseModel):
    """A page of refused rows."""

    items: list[RefusalItem]
    next_cursor: str | None


class SettleBody(BaseModel):
    """Corrected over there, not sent any more (with the reason), or sent again with the next package."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["corrected", "not_sent", "resend"]
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""


class PaperItem(BaseModel):
    """A paper to re-issue, with number and head of the household masked."""

    id: UUID
    household_id: UUID
    village_code: str
    village: str
    book_no: str | None
    head: str | None
    kind: PaperKind
    kind_text: str
    copies: int
    old_text: str
    new_text: str
    state: PaperState
    state_text: str
    issued_by: str | None
    issued_at: datetime | None
    collected_by: str | None
    collected_at: datetime | None
    revision: int

    @classmethod
    def of(cls, card: PaperCard) -> "PaperItem":
        """From a card."""
        words = {"kind_text": label(card.paper.kind), "state_text": label(card.paper.state)}
        return cls.model_validate({**asdict(card.paper), **words, "book_no": card.book_no, "head": card.head})


class PaperPage(BaseModel):
    """A page of papers."""

    items: list[PaperItem]
    next_cursor: str | None


class PaperStateBody(BaseModel):
    """How far a paper is now."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["issued", "collected"]


class PaperCount(BaseModel):
    """Papers of a village by kind and state; no person in it."""

    village_code: str
    village: str
    kind: PaperKind
    kind_text: str
    state: PaperState
    state_text: str
    papers: int
    copies: int

    @classmethod
    def of(cls, row: dict[str, Any]) -> "PaperCount":
        """From a row of the register."""
        words = {"kind_text": label(PaperKind(row["kind"])), "state_text": label(PaperState(row["state"]))}
        return cls(**row, **words)


class PaperProgress(BaseModel):
    """How far the papers are, by village."""

    items: list[PaperCount]
