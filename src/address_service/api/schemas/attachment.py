"""Answers about scans of decrees."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from address_service.model.attachments import ActSubject


class ScanItem(BaseModel):
    """A scan as a history names it; the content is at `/attachments/{id}`."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    filename: str
    media_type: str = Field(examples=["application/pdf"])
    size_bytes: int


class AttachmentItem(ScanItem):
    """A scan with the act that it belongs to."""

    act: ActSubject = Field(validation_alias="subject")
    act_id: UUID
    attached_by: str
    attached_at: datetime


class AttachmentList(BaseModel):
    """The scans beside one act, oldest first."""

    items: list[AttachmentItem]
