"""Applications at the counter with their evidence, and the log of what happened to each."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg.errors import UniqueViolation
from sqlalchemy import Connection, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from address_service.errors import Conflict, NotFound
from address_service.model.applications import (
    Application,
    ApplicationKind,
    ApplicationStage,
    Evidence,
    StepKind,
)
from address_service.model.numbers import DoorNumber
from address_service.store.counters import take_serials
from address_service.store.ids import new_id
from address_service.store.tables.applications import application, application_evidence, application_step


@dataclass(frozen=True, slots=True)
class NewApplication:
    """An application about to be received."""

    kind: ApplicationKind
    division_id: UUID
    place_id: UUID | None
    building_id: UUID | None
    subject_id: UUID | None
    request: str
    room_label: str
    wanted: DoorNumber | None
    received_on: date
    due_on: date


_OPEN_INDEXES = ("application_open_house", "application_open_address")

# A village that has ended is still where the application was made.
_ONE = """
SELECT p.id, p.application_no, p.kind, p.stage, p.division_id, d.code_nbs AS village_code, p.place_id, p.building_id,
       p.subject_id, p.address_id, p.request, p.room_label, p.wanted_main, p.wanted_sub, p.taken_main, p.taken_sub,
       p.received_on, p.due_on, p.decided_at, p.decision_note, p.renumbering_plan_id, p.plate_batch_id
FROM application p
JOIN LATERAL (
    SELECT v.code_nbs FROM division_version v
    WHERE v.county_code = p.county_code AND v.division_id = p.division_id AND upper_inf(v.recorded)
    ORDER BY v.valid DESC LIMIT 1
) d ON true
WHERE p.county_code = :county AND {}
"""

_RETURNED = """
SELECT DISTINCT p.id FROM application p
JOIN address_version v ON v.county_code = p.county_code AND v.address_id = p.address_id AND upper_inf(v.recorded)
WHERE p.county_code = :county AND p.stage = 'accepted' AND v.event_id = :event AND v.stage = 'rejected'
ORDER BY p.id
"""


class ApplicationRepository:
    """Applications of one county; their log is only added to."""

    def __init__(self, conn: Connection, county_code: str) -> None:
        """Bind to a transaction and a tenant."""
        self._conn = conn
        self._county = county_code

    def add(
        self, new: NewApplication, evidence: Sequence[Evidence], actor_id: UUID, now: datetime
    ) -> Application:
        """Write an application under the next number of its day, with its papers.

        Raises Conflict `application-open-already` when one of the kind is open for the same house or address.
        """
        application_id = new_id()
        try:
            with self._conn.begin_nested():
                self._insert(application_id, new, actor_id, now)
        except IntegrityError as error:
            raise _refusal(error) from error
        rows = [
            {"county_code": self._county, "application_id": application_id, "position": n, **asdict(paper)}
            for n, paper in enumerate(evidence, start=1)
        ]
        if rows:
            self._conn.execute(insert(application_evidence), rows)
        self.add_step(application_id, StepKind.RECEIVED, "", actor_id, now)
        return self.get(application_id)

    def _insert(self, application_id: UUID, new: NewApplication, actor_id: UUID, now: datetime) -> None:
        day = f"{new.received_on:%Y%m%d}"
        serial = take_serials(self._conn, self._county, day, 1)
        values = {key: value for key, value in asdict(new).items() if key != "wanted"}
        self._conn.execute(
            insert(application).values(
                county_code=self._county,
                id=application_id,
                application_no=f"{day}{serial:05d}",
                stage=ApplicationStage.RECEIVED,
                wanted_main=new.wanted.main if new.wanted else None,
                wanted_sub=new.wanted.sub if new.wanted else None,
                decision_note="",
                actor_id=actor_id,
                created_at=now,
                **values,
            )
        )

    def get(self, application_id: UUID) -> Application:
        """One application; raises NotFound `application-not-found`."""
        return self._one("p.id = :id", id=application_id)

    def by_no(self, application_no: str) -> Application:
        """One application by the number on its receipt; raises NotFound."""
        return self._one("p.application_no = :no", no=application_no)

    def lock(self, application_id: UUID) -> Application:
        """Hold an application until commit and read it as it stands then."""
        c = application.c
        row = select(c.id).where(c.county_code == self._county, c.id == application_id).with_for_update()
        self._conn.execute(row)
        return self.get(application_id)

    def change(self, application_id: UUID, **values: Any) -> Application:
        """Write what was decided; raises Conflict `application-open-already` where a room is named twice."""
        c = application.c
        statement = update(application).where(c.county_code == self._county, c.id == application_id)
        try:
            with self._conn.begin_nested():
                self._conn.execute(statement.values(**values))
        except IntegrityError as error:
            raise _refusal(error) from error
        return self.get(application_id)

    def add_step(
        self,
        application_id: UUID,
        kind: StepKind,
        note: str,
        actor_id: UUID,
        now: datetime,
        plate_id: UUID | None = None,
    ) -> None:
        """Add a line to the log; call it while the application is held."""
        c = application_step.c
        mine = (c.county_code == self._county) & (c.application_id == application_id)
        last = self._conn.execute(select(func.coalesce(func.max(c.position), 0)).where(mine)).scalar_one()
        self._conn.execute(
            insert(application_step).values(
                county_code=self._county,
                application_id=application_id,
                position=last + 1,
                kind=kind,
                note=note,
                plate_id=plate_id,
                actor_id=actor_id,
                recorded_at=now,
            )
        )

    def rejected_under(self, event_id: UUID) -> list[UUID]:
        """Accepted applications whose address was turned down by an event."""
        rows = self._conn.execute(text(_RETURNED), {"county": self._county, "event": event_id})
        return list(rows.scalars())

    def _one(self, where: str, **args: Any) -> Application:
        row = (
            self._conn.execute(text(_ONE.format(where)), {"county": self._county, **args}).mappings().first()
        )
        if row is None:
            raise NotFound(f"没有申请 {next(iter(args.values()))}", code="application-not-found")
        facts = dict(row)
        for name in ("wanted", "taken"):
            main, sub = facts.pop(f"{name}_main"), facts.pop(f"{name}_sub")
            facts[name] = DoorNumber(main, sub) if main is not None else None
        kind, stage = ApplicationKind(facts.pop("kind")), ApplicationStage(facts.pop("stage"))
        return Application(kind=kind, stage=stage, **facts)


def _refusal(error: IntegrityError) -> Exception:
    cause = error.orig
    if isinstance(cause, UniqueViolation) and cause.diag.constraint_name in _OPEN_INDEXES:
        return Conflict("这座房屋（地址）的同类申请尚在办理，不能重复受理", code="application-open-already")
    return error
