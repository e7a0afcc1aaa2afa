"""Applications at the counter (窗口申请): what is asked, on which evidence, and how far it got; never who asks."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from address_service.model.numbers import DoorNumber


class ApplicationKind(StrEnum):
    """What an application asks for."""

    NEW_HOUSE = "new_house"
    SPLIT_HOUSEHOLD = "split_household"
    LOST_PLATE = "lost_plate"
    CORRECTION = "correction"


class ApplicationStage(StrEnum):
    """How far an application got; the last three are ends."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


class Tray(StrEnum):
    """Whose turn it is: the clerk's decision, the county's approval, the plate and closing, or nobody's any more."""

    DECISION = "decision"
    APPROVAL = "approval"
    PLATE = "plate"
    DONE = "done"


class EvidenceKind(StrEnum):
    """What paper was shown; of ``IDENTITY`` only that it was seen, never its number."""

    PERMIT = "permit"
    OWNERSHIP = "ownership"
    HOUSEHOLD_REGISTER = "household_register"
    IDENTITY = "identity"
    PHOTO = "photo"
    LETTER = "letter"
    OTHER = "other"


class StepKind(StrEnum):
    """One thing that happened to an application."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    RETURNED = "returned"
    PLATE_REPLACED = "plate_replaced"
    PLATE_ORDERED = "plate_ordered"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One paper that was shown; ``document_no`` is empty for identity papers."""

    kind: EvidenceKind
    document_no: str = ""
    issued_by: str = ""
    issued_on: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Application:
    """An application as it stands.

    ``subject_id`` is the address that it is about (a lost plate's, the door that a household leaves), ``address_id``
    the one that came of it; ``wanted`` was asked for, ``taken`` was given.
    """

    id: UUID
    application_no: str
    kind: ApplicationKind
    stage: ApplicationStage
    division_id: UUID
    village_code: str
    place_id: UUID | None
    building_id: UUID | None
    subject_id: UUID | None
    address_id: UUID | None
    request: str
    room_label: str
    wanted: DoorNumber | None
    taken: DoorNumber | None
    received_on: date
    due_on: date
    decided_at: datetime | None
    decision_note: str
    renumbering_plan_id: UUID | None
    plate_batch_id: UUID | None

    @property
    def is_open(self) -> bool:
        """Whether somebody still has something to do."""
        return self.stage in (ApplicationStage.RECEIVED, ApplicationStage.ACCEPTED)
