"""Jobs and the rows they refused."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from address_service.api.schemas.base import Page


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
