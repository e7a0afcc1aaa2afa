"""What acts on single addresses share: the act, its event, the end of an address, its houses and plates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from address_service.errors import Conflict
from address_service.model.addresses import EventKind, Stage, Subject
from address_service.services.address_change_facts import Terms
from address_service.store.address_acts import ActWriter, InForce, moment_after
from address_service.store.address_changes import AddressChangeHead
from address_service.store.building_links import take_from_door
from address_service.store.events import NewEvent, Successor, record_event
from address_service.store.lineage import LineageReader
from address_service.store.renumbering import RenumberingWriter
from address_service.store.search_index import index_addresses
from address_service.store.work import Work


@dataclass(frozen=True, slots=True)
class Act:
    """An act being carried out."""

    work: Work
    head: AddressChangeHead
    terms: Terms

    @property
    def subject_id(self) -> UUID:
        """The address concerned."""
        if self.head.address_id is None:
            raise Conflict("变更没有对应的地址", code="address-not-current")
        return self.head.address_id

    @property
    def details(self) -> Mapping[str, Any]:
        """What was asked for."""
        return self.head.details


@dataclass(frozen=True, slots=True)
class Done:
    """The event of an act, and its day."""

    event_id: UUID
    on: date


def writer_of(act: Act, versions: Sequence[InForce]) -> ActWriter:
    """A writer whose moment comes after all that it follows."""
    work = act.work
    return ActWriter(work.conn, work.county_code, moment_after(versions, work.now))


def tell(act: Act, kind: EventKind, on: date, lines: Sequence[Successor] = ()) -> UUID:
    """Record the event of an act, with who succeeded whom."""
    work, head = act.work, act.head
    details = {**head.details, "address_change_id": str(head.id)}
    note = head.note or (head.full_text or "")
    fact = NewEvent(
        Subject.ADDRESS, kind, on, act.terms.decided_by, work.now, act.terms.decree_no, note, details
    )
    return record_event(work.conn, work.county_code, fact, lines)


def end(act: Act, writer: ActWriter, versions: Sequence[InForce], event_id: UUID) -> None:
    """Let an address and its rooms end on the day; their plates are no longer in force."""
    refuse_earlier(act, act.subject_id)
    for version in versions:
        writer.close(version, act.terms.on, {}, {"stage": Stage.RETIRED, **act.terms.version(event_id)})
    replace_plates(act, writer, [version.address_id for version in versions])


def refuse_earlier(act: Act, key: UUID) -> None:
    """Nothing that came later may rest on an address that was gone by then."""
    reader = LineageReader(act.work.conn, act.work.county_code)
    if any(edge.event.on > act.terms.on for edge in reader.edges_touching(Subject.ADDRESS, key)):
        raise Conflict("该日之后地址另有沿革，生效日期不能早于它", code="effective-on-too-early")


def free_houses(act: Act, writer: ActWriter, only: set[UUID] | None = None) -> list[UUID]:
    """Take houses from behind the door, all of them unless some are named; gives them."""
    work, houses = act.work, writer.buildings_of(act.subject_id)
    leaving = [house for house in houses if only is None or house in only]
    for house in leaving:
        take_from_door(work.conn, work.county_code, house, act.subject_id, act.terms.on, writer.moment)
    return leaving


def replace_plates(act: Act, writer: ActWriter, keys: Sequence[UUID]) -> None:
    """Mark plates as no longer in force."""
    RenumberingWriter(act.work.conn, act.work.county_code).replace_plates(keys, writer.moment)


def index(act: Act, keys: Sequence[UUID]) -> None:
    """Let the search find what addresses read."""
    work = act.work
    index_addresses(work.conn, work.county_code, work.addresses.search_texts(keys))
