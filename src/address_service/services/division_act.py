"""By whom and by what a change of divisions or names was decided, and from which day it holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from address_service.errors import InvalidInput
from address_service.model.addresses import EventKind, Subject
from address_service.services.free_text import refuse_personal_numbers
from address_service.store.events import NewEvent, Successor, record_event
from address_service.store.overview import announce_change
from address_service.store.work import Work


@dataclass(frozen=True, slots=True)
class Act:
    """A decision on divisions or names: first day of the new state, decree, words to it, what else to keep.

    ``drawn_by`` asked for what somebody else now decides; None where a file is loaded, or a dry run is made.
    """

    effective_on: date
    decree_no: str | None = None
    note: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    drawn_by: UUID | None = None


def record_act(
    work: Work,
    act: Act,
    kind: EventKind,
    subject: Subject = Subject.DIVISION,
    successors: Sequence[Successor] = (),
) -> UUID:
    """Write the event of an act, and let the map know.

    Raises InvalidInput `effective-on-future`, `personal-data-not-here`.
    """
    if act.effective_on > work.today:
        raise InvalidInput("生效日期不能晚于今天；请在生效当日办理", code="effective-on-future")
    refuse_personal_numbers(act.note, act.decree_no or "")
    announce_change(work.conn, work.county_code)
    fact = NewEvent(
        subject,
        kind,
        act.effective_on,
        work.actor.account_id,
        work.now,
        act.decree_no,
        act.note,
        act.details,
    )
    return record_event(work.conn, work.county_code, fact, successors)
