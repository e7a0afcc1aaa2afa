"""Decisions on reservations: what was kept for a site is released or kept longer, never by itself."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, insert, select, tuple_, update

from address_service.errors import Conflict, NotFound
from address_service.model.numbers import DoorNumber, NumberState
from address_service.store.ids import new_id
from address_service.store.numbers import LedgerRow
from address_service.store.tables.numbering import door_number, reservation, reservation_decision


@dataclass(frozen=True, slots=True)
class Reservation:
    """A reservation as it stands; ``numbers`` is how many are still reserved."""

    id: UUID
    place_id: UUID
    construction_plan_id: UUID | None
    purpose: str
    holder: str
    expires_on: date | None
    stage: str
    numbers: int


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decided what, by which decree and why; ``numbers`` are those added or freed, as text."""

    reservation_id: UUID
    kind: str
    decree_no: str
    reason: str
    expires_before: date | None = None
    expires_on: date | None = None
    freed: int = 0
    added: int = 0
    numbers: tuple[str, ...] = ()


class ReservationRepository:
    """Reservations of one county."""

    def __init__(self, conn: Connection, county_code: str) -> None:
        """Bind to a transaction and a tenant."""
        self._conn = conn
        self._county = county_code

    def get(self, reservation_id: UUID) -> Reservation:
        """One reservation; raises NotFound."""
        row = self._conn.execute(self._query().where(reservation.c.id == reservation_id)).mappings().first()
        if row is None:
            raise NotFound(f"没有预留 {reservation_id}", code="reservation-not-found")
        return Reservation(**row)

    def of_plan(self, construction_plan_id: UUID) -> Reservation | None:
        """The active reservation of a construction plan, else the one released last, else None."""
        c = reservation.c
        query = self._query().where(c.construction_plan_id == construction_plan_id)
        row = self._conn.execute(query.order_by(c.stage, c.created_at.desc(), c.id)).mappings().first()
        return Reservation(**row) if row else None

    def overdue(self, on: date) -> list[Reservation]:
        """Active reservations past their end, the oldest first; they hold their numbers until somebody decides."""
        c = reservation.c
        query = self._query().where(c.stage == "active", c.expires_on < on).order_by(c.expires_on, c.id)
        return [Reservation(**row) for row in self._conn.execute(query).mappings()]

    def extended_to(self, reservation_id: UUID) -> date | None:
        """The latest end that a decision to extend gave, None where none did."""
        c = reservation_decision.c
        query = select(func.max(c.expires_on)).where(
            c.county_code == self._county, c.reservation_id == reservation_id, c.kind == "extend"
        )
        found: date | None = self._conn.execute(query).scalar()
        return found

    def _query(self) -> Any:
        r, d = reservation.c, door_number.c
        count = (
            select(func.count())
            .where(d.county_code == r.county_code, d.reservation_id == r.id, d.state == NumberState.RESERVED)
            .scalar_subquery()
        )
        return select(
            r.id,
            r.place_id,
            r.construction_plan_id,
            r.purpose,
            r.holder,
            r.expires_on,
            r.stage,
            count.label("numbers"),
        ).where(r.county_code == self._county)

    def free(self, reservation_id: UUID, now: datetime) -> int:
        """End a reservation: its numbers that no house took fall vacant; gives how many."""
        c = door_number.c
        freed = self._conn.execute(
            update(door_number)
            .where(
                c.county_code == self._county,
                c.reservation_id == reservation_id,
                c.state == NumberState.RESERVED,
            )
            .values(state=NumberState.VACANT, reservation_id=None, changed_at=now)
        ).rowcount
        self._update(reservation_id, stage="released")
        return freed

    def trim(self, reservation_id: UUID, numbers: Collection[DoorNumber], now: datetime) -> None:
        """Let single numbers fall vacant; raises Conflict `number-taken` when one of them is reserved no more."""
        c = door_number.c
        freed = self._conn.execute(
            update(door_number)
            .where(
                c.county_code == self._county,
                c.reservation_id == reservation_id,
                c.state == NumberState.RESERVED,
                tuple_(c.main, c.sub).in_([(number.main, number.sub) for number in numbers]),
            )
            .values(state=NumberState.VACANT, reservation_id=None, changed_at=now)
        ).rowcount
        if freed != len(numbers):
            raise Conflict("要释放的号已被取用，请重新核对", code="number-taken")

    def take_over(self, place_id: UUID, rows: Collection[LedgerRow], now: datetime) -> None:
        """Give a plan's reservation numbers that were kept for an over-wide gap; raises as `trim`."""
        c, r = door_number.c, reservation.c
        gaps = select(r.id).where(
            r.county_code == self._county, r.place_id == place_id, r.construction_plan_id.is_(None)
        )
        for row in rows:
            done = self._conn.execute(
                update(door_number)
                .where(
                    c.county_code == self._county,
                    c.place_id == place_id,
                    c.main == row.number.main,
                    c.sub == row.number.sub,
                    c.state == NumberState.RESERVED,
                    c.reservation_id.in_(gaps),
                )
                .values(
                    reservation_id=row.reservation_id,
                    side=row.side,
                    offset_m=row.offset_m,
                    reasons=list(row.reasons),
                    changed_at=now,
                )
            )
            if done.rowcount != 1:
                raise Conflict(f"{row.number}已被取用，请重新核对", code="number-taken")

    def amend(self, reservation_id: UUID, holder: str, expires_on: date | None) -> None:
        """Take over the holder of the plan as it is now, and an end."""
        self._update(reservation_id, holder=holder, expires_on=expires_on)

    def prolong(self, reservation_id: UUID, expires_on: date) -> None:
        """Set a new end."""
        self._update(reservation_id, expires_on=expires_on)

    def _update(self, reservation_id: UUID, **values: Any) -> None:
        c = reservation.c
        self._conn.execute(
            update(reservation).where(c.county_code == self._county, c.id == reservation_id).values(values)
        )

    def record(self, decision: Decision, actor_id: UUID, now: datetime) -> UUID:
        """Keep a decision for good."""
        decision_id = new_id()
        self._conn.execute(
            insert(reservation_decision).values(
                county_code=self._county,
                id=decision_id,
                reservation_id=decision.reservation_id,
                kind=decision.kind,
                decree_no=decision.decree_no,
                reason=decision.reason,
                expires_before=decision.expires_before,
                expires_on=decision.expires_on,
                freed=decision.freed,
                added=decision.added,
                numbers=list(decision.numbers),
                actor_id=actor_id,
                recorded_at=now,
            )
        )
        return decision_id
