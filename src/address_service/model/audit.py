"""What the audit keeps of one act: who did what to which thing is added where the transaction ends."""

from collections.abc import Mapping
from dataclasses import dataclass, field


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
