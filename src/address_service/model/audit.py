"""What the audit keeps of one act: who did what to which thing, when, from where, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


@dataclass(frozen=True, slots=True)
class AuditNote:
    """One act within a unit of work, as the service that did it names it.

    ``action`` is a stable noun and verb such as ``person.reveal`` or ``session.open``; ``object_kind`` and
    ``object_id`` say on what. ``detail`` holds codes and counts, never personal data. ``before`` and ``after`` are
    digests of the thing's state, ``reason`` the words of whoever asked.
    """

    action: str
    object_kind: str
    object_id: str | None = None
    detail: Mapping[str, str | int] = field(default_factory=dict)
    before: bytes | None = None
    after: bytes | None = None
    reason: str | None = None


class Channel(StrEnum):
    """By which way an act came into the house."""

    API = "api"
    PAGE = "page"
    CLI = "cli"
    JOB = "job"
    INSIDE = "inside"


@dataclass(frozen=True, slots=True)
class Origin:
    """From where: the channel, the address or account it came from, and the request that it was part of."""

    channel: Channel
    source: str | None = None
    request_id: UUID | None = None


INSIDE = Origin(Channel.INSIDE)
"""The house itself, where nobody said otherwise."""


@dataclass(frozen=True, slots=True)
class AuditLine:
    """A note with everything that the audit adds to it; ``at`` is aware.

    ``scope`` is the division code of the account, ``office`` its role.
    """

    at: datetime
    account_id: UUID
    account_name: str
    office: str
    scope: str
    origin: Origin
    note: AuditNote
