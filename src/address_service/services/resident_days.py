"""From which day an act on residents holds, and on whose word."""

from collections.abc import Iterable
from datetime import date

from address_service.errors import InvalidInput
from address_service.services.free_text import refuse_personal_numbers
from address_service.store.work import Work


def effective_day(work: Work, on: date | None, begun: Iterable[date] = ()) -> date:
    """The day of an act, today where none is given.

    Raises InvalidInput `effective-on-future`, and `effective-on-too-early` before or on the day when something that it
    ends began.
    """
    day = on or work.today
    if day > work.today:
        raise InvalidInput("日期不能晚于今天", code="effective-on-future")
    latest = max(begun, default=date.min)
    if day < latest:
        raise InvalidInput(f"日期不能早于{latest}，现有登记自那天起", code="effective-on-too-early")
    return day


def document(text: str) -> str:
    """The number of the document that an authority decided by; raises InvalidInput `document-missing`."""
    plain = text.strip()
    if not plain:
        raise InvalidInput("须填有权机关文书的文号", code="document-missing")
    refuse_personal_numbers(plain)
    return plain


def reason_of(text: str) -> str:
    """Why somebody does it, in their own words; raises InvalidInput `reason-missing`, `personal-data-not-here`."""
    plain = text.strip()
    if len(plain) < 2:
        raise InvalidInput("须写明理由", code="reason-missing")
    refuse_personal_numbers(plain)
    return plain
