"""One line for many like acts: a unit of work that did the same a thousand times says so once, with the count."""

from collections.abc import Sequence
from hashlib import sha256

from address_service.model.audit import AuditNote

FEW = 8
"""So many acts of one kind are told one by one."""


def summarised(notes: Sequence[AuditNote]) -> list[AuditNote]:
    """The notes in their order, those of one action on one kind of thing as one line where there are many."""
    groups: dict[tuple[str, str], list[AuditNote]] = {}
    for note in notes:
        groups.setdefault((note.action, note.object_kind), []).append(note)
    return [line for group in groups.values() for line in (group if len(group) <= FEW else [_summary(group)])]


def _summary(group: Sequence[AuditNote]) -> AuditNote:
    """Count, first and last thing, digests over all; a reason that all share."""
    first, last = group[0], group[-1]
    reasons = {note.reason for note in group}
    return AuditNote(
        first.action,
        first.object_kind,
        None,
        {
            **_shared(group),
            "count": len(group),
            "first": first.object_id or "",
            "last": last.object_id or "",
            "things": _digest([(note.object_id or "").encode() for note in group]).hex(),
        },
        _digest([note.before for note in group if note.before is not None]),
        _digest([note.after for note in group if note.after is not None]),
        reasons.pop() if len(reasons) == 1 else None,
    )


def _shared(group: Sequence[AuditNote]) -> dict[str, str | int]:
    return {
        name: value
        for name, value in group[0].detail.items()
        if all(note.detail.get(name) == value for note in group)
    }


def _digest(parts: Sequence[bytes]) -> bytes:
    whole = sha256()
    for part in parts:
        whole.update(len(part).to_bytes(4, "big") + part)
    return whole.digest()
