"""Mapping packages: whom they are for, where each stands in its chain, and what became of their rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class PackageStage(StrEnum):
    """Whether the consumer has confirmed a package."""

    ISSUED = "issued"
    ACKNOWLEDGED = "acknowledged"


class RowState(StrEnum):
    """What became of a row."""

    ISSUED = "issued"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class MappingConsumer:
    """A register on the other side: told of ``division_code``'s addresses, has taken all up to ``acknowledged``."""

    id: UUID
    name: str
    division_code: str
    profile: str
    encoding: str
    start_cursor: int
    acknowledged: int
    acknowledged_sequence: int
    revision: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class MappingPackage:
    """A package: ``sequence`` from 1 without gaps, cursors of the feed (``from_cursor`` exclusive), SM3 digests."""

    id: UUID
    consumer_id: UUID
    consumer: str
    division_code: str
    sequence: int
    from_cursor: int
    to_cursor: int
    stage: PackageStage
    profile: str
    encoding: str
    counts: Mapping[str, int]
    digest: str
    previous_digest: str
    revision: int
    issued_by: str
    issued_at: datetime
    acknowledged_by: str | None
    acknowledged_at: datetime | None


@dataclass(frozen=True, slots=True)
class MappingRow:
    """A row of a package as it is kept; of a household its key alone."""

    id: UUID
    row_no: int
    address_id: UUID
    heir_id: UUID
    household_id: UUID | None
    old_text: str | None
    new_text: str | None
    kinds: tuple[str, ...]
    decrees: tuple[str, ...]
    effective_on: date
    change_seq: int
    keeps_arrival: bool
    state: RowState
    reason: str
    reason_text: str
    revision: int
