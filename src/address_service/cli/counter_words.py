"""Words of the counter's commands as values: papers, numbers, days, plans; and an application as a line."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from address_service.errors import InvalidInput
from address_service.model.applications import ApplicationKind, Evidence, EvidenceKind, Tray
from address_service.model.labels import label
from address_service.model.numbers import DoorNumber


def read_paper(words: str) -> Evidence:
    """A paper as `kind` or `kind:document number`."""
    kind, _, document_no = words.partition(":")
    if kind not in set(EvidenceKind):
        known = "、".join(EvidenceKind)
        raise InvalidInput(f"没有材料类别“{kind}”，可用的有：{known}", code="evidence-kind-unknown")
    return Evidence(EvidenceKind(kind), document_no.strip())


def read_number(words: str | None) -> DoorNumber | None:
    """A number as `18` or `18-1`."""
    if words is None:
        return None
    main, _, sub = words.partition("-")
    if not (main.isdecimal() and (sub or "0").isdecimal()):
        raise InvalidInput(f"门牌号应如 18 或 18-1，收到“{words}”", code="door-number-malformed")
    return DoorNumber(int(main), int(sub or "0"))


def read_day(words: str | None) -> date | None:
    """A day as `2026-03-02`."""
    try:
        return date.fromisoformat(words) if words else None
    except ValueError as error:
        raise InvalidInput(f"日期应如 2026-03-02，收到“{words}”", code="date-malformed") from error


def read_id(words: str | None) -> UUID | None:
    """The identity of a plan."""
    try:
        return UUID(words) if words else None
    except ValueError as error:
        raise InvalidInput(f"方案标识应为UUID，收到“{words}”", code="plan-id-malformed") from error


def line_of(row: Mapping[str, Any]) -> str:
    """An application of a list: number, kind, whose turn it is, deadline, whether it has passed, where."""
    kind, tray = label(ApplicationKind(row["kind"])), label(Tray(row["tray"]))
    late = "逾期" if row["overdue"] else ""
    where = row["subject_text"] or f"{row['village']}{row['building_code']}"
    return "\t".join((row["application_no"], kind, tray, f"{row['due_on']}", late, where))
