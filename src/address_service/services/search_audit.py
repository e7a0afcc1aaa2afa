"""Use-case: search and export the audit, which the audit tells in its turn."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from address_service.coding.audit_export import ExportFormat, exported
from address_service.errors import InvalidInput
from address_service.model.audit import AuditNote
from address_service.store.audit_reading import Wanted, audit_page, read_lines
from address_service.store.work import TIME_ZONE, Work


def span(since: date | None, until: date | None) -> tuple[datetime | None, datetime | None]:
    """Days in China, both included, as moments; raises InvalidInput `days-reversed`."""
    if since and until and until < since:
        raise InvalidInput("结束日期早于开始日期", code="days-reversed")
    start = datetime.combine(since, time.min, TIME_ZONE) if since else None
    last = until if until and until < date.max else None  # the calendar has no day after its last
    end = datetime.combine(last, time.min, TIME_ZONE) + timedelta(days=1) if last else None
    return start, end


def search_audit(work: Work, wanted: Wanted, after: UUID | None, limit: int) -> list[dict[str, Any]]:
    """A page of lines, the latest first; that somebody looked is a line of its own."""
    found = audit_page(work.conn, work.county_code, wanted, after, limit)
    work.note(AuditNote("audit.read", "audit", None, {**_asked(wanted), "count": len(found)}))
    return found


def export_audit(work: Work, wanted: Wanted, format: ExportFormat) -> Iterator[str]:
    """The lines by chain and number as text; noted at once, with what was asked for."""
    work.note(AuditNote("audit.export", "audit", None, {**_asked(wanted), "format": format.value}))
    return exported(read_lines(work.conn, work.county_code, wanted), format)


def _asked(wanted: Wanted) -> dict[str, str | int]:
    return {f"asked.{name}": str(value)[:120] for name, value in wanted.chosen().items()}
