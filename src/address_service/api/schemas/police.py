"""What requests about police dictionaries and the crosswalk hold, and what they answer."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from address_service.api.schemas.base import Line
from address_service.model.labels import label
from address_service.model.police_dictionaries import (
    CrosswalkGround,
    CrosswalkState,
    CrosswalkVerdict,
    DictionaryKind,
)
from address_service.services.import_police_dictionary import DictionaryReport
from address_service.store.crosswalk import KnownPair
from address_service.store.police_codes import PoliceCodes

PoliceCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{1,30}$")]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
MOST_REJECTS = 1000


class DictionaryReject(BaseModel):
    """What of a row was refused, and why."""

    row: int
    field: str
    code: str
    message: str
    value: str


class DictionaryReportItem(BaseModel):
    """What a list came to; ``id`` is null for a dry run, at most 1,000 rejects and missing codes are named."""

    id: UUID | None
    kind: DictionaryKind
    kind_text: str
    list_day: date
    read: int
    added: int
    changed: int
    unchanged: int
    ended: int
    rejected: int
    proposed: int
    missing_count: int
    missing: list[str]
    rejects: list[DictionaryReject]
    notes: list[str]

    @classmethod
    def of(cls, one: DictionaryReport) -> "DictionaryReportItem":
        """From a report."""
        rejects = [
            DictionaryReject(row=r.row_no, field=r.field or "", code=r.code, message=r.message, value=r.value)
            for r in one.rejects[:MOST_REJECTS]
        ]
        return cls(
            id=one.dictionary_id, kind=one.kind, kind_text=label(one.kind), list_day=one.list_day, read=one.read,
            added=one.added, changed=one.changed, unchanged=one.unchanged, ended=one.ended,
            rejected=len(one.rejects), proposed=one.proposed, missing_count=len(one.missing),
            missing=list(one.missing[:MOST_REJECTS]), rejects=rejects, notes=list(one.notes),
        )  # fmt: skip


class DictionaryItem(BaseModel):
    """A list as it was imported."""

    id: UUID
    kind: DictionaryKind
    kind_text: str
    office_code: str
    list_day: date
    is_complete: bool
    filename: str
    summary: dict[str, int]
    imported_by: str
    imported_at: datetime

    @classmethod
    def of(cls, row: dict[str, Any]) -> "DictionaryItem":
        """From a row of the register."""
        return cls(**row, kind_text=label(DictionaryKind(row["kind"])))


class DictionaryPage(BaseModel):
    """A page of lists, the latest first."""

    items: list[DictionaryItem]
    next_cursor: str | None


class EntryItem(BaseModel):
    """A code on a day; ``joined`` counts what of the register it was accepted for."""

    code: str
    name: str
    parent_code: str
    valid_from: date
    valid_to: date | None
    joined: int


class EntryPage(BaseModel):
    """A page of entries by code."""

    items: list[EntryItem]
    next_cursor: str | None


class PoliceCodesItem(BaseModel):
    """Fields of a police record of an address on a day, and why others lack."""

    address_code: str
    on: date
    fields: dict[str, str]
    lacking: dict[DictionaryKind, str]

    @classmethod
    def of(cls, address_code: str, on: date, found: PoliceCodes) -> "PoliceCodesItem":
        """From what the register has."""
        return cls(address_code=address_code, on=on, fields=dict(found.fields), lacking=dict(found.lacking))


class PairItem(BaseModel):
    """A pair of a police code and something of the register."""

    id: UUID
    kind: DictionaryKind
    kind_text: str
    code: str
    name: str
    target_id: UUID
    target: str
    office_code: str
    ground: CrosswalkGround
    ground_text: str
    evidence: str
    rivals: int
    state: CrosswalkState
    state_text: str
    proposer: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    since: date | None
    until: date | None
    revision: int

    @classmethod
    def of(cls, one: KnownPair) -> "PairItem":
        """From a pair."""
        words = {
            "kind_text": label(one.kind),
            "ground_text": label(one.ground),
            "state_text": label(one.state),
        }
        return cls.model_validate({**asdict(one), **words})


class PairPage(BaseModel):
    """A page of pairs in order of making."""

    items: list[PairItem]
    next_cursor: str | None


class PairDecisionItem(BaseModel):
    """One decision on a pair."""

    kind: str
    effective_on: date | None
    note: str
    is_bulk: bool
    decided_by: str
    decided_at: datetime


class PairCard(PairItem):
    """A pair with all decisions on it, the first first."""

    decisions: list[PairDecisionItem]


class PairCount(BaseModel):
    """Pairs of one kind in one state."""

    kind: DictionaryKind
    state: CrosswalkState
    pairs: int


class CrosswalkSummary(BaseModel):
    """Pairs by kind and state; ``sure`` are those that may be accepted at once."""

    items: list[PairCount]
    sure: dict[DictionaryKind, int]


class PairBody(BaseModel):
    """Which code is which division or place, and why."""

    model_config = ConfigDict(extra="forbid")

    kind: DictionaryKind
    code: PoliceCode
    name: Line
    target_id: UUID
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class PairVerdictBody(BaseModel):
    """Accept since a day (where none is given, since the code has its name), refuse, or end on a day."""

    model_config = ConfigDict(extra="forbid")

    verdict: CrosswalkVerdict
    day: date | None = None
    note: Note = ""


class AcceptSureBody(BaseModel):
    """Accept all sure proposals of one kind, as many as were shown."""

    model_config = ConfigDict(extra="forbid")

    kind: DictionaryKind
    expected: int = Field(ge=1, le=1_000_000)


class AcceptSureAnswer(BaseModel):
    """How many were accepted."""

    accepted: int
