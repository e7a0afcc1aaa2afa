"""The one ledger of numbers: reserved, issued and retired, one row each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg.errors import UniqueViolation
from sqlalchemy import Connection, insert, select, text, update

from address_service.errors import Conflict
from address_service.model.numbers import DoorNumber, NumberState, Side
from address_service.store.bulk import copy_rows, json_text
from address_service.store.ids import new_id
from address_service.store.tables.numbering import door_number, reservation


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One number about to enter the ledger; ``reasons`` is the why, as JSON values."""

    number: DoorNumber
    side: Side | None
    offset_m: float | None
    reasons: Sequence[Any]
    holder_id: UUID | None = None
    reservation_id: UUID | None = None


class NumberRepository:
    """The ledger of one county."""

    def __init__(self, conn: Connection, county_code: str) -> None:
        """Bind to a transaction and a tenant."""
        self._conn = conn
        self._county = county_code

    def enter(self, place_id: UUID, rows: Sequence[LedgerRow], policy_id: UUID | None, now: datetime) -> None:
        """Write numbers as issued (with a holder) or reserved (with a reservation).

        Raises Conflict `number-taken` when any of them is in the ledger already; then none is written.
        """
        vacant = self._vacant(place_id)
        try:
            with self._conn.begin_nested():
                for row in rows:
                    if row.number in vacant:
                        self._refill(place_id, row, policy_id, now)
                same = str(place_id), str(policy_id) if policy_id else None, now.isoformat()
                fresh = (self._values(row, *same) for row in rows if row.number not in vacant)
                copy_rows(self._conn, door_number, _COLUMNS, fresh)
        except UniqueViolation as error:
            raise Conflict("门牌号已被占用", code="number-taken") from error

    def _values(
        self, row: LedgerRow, place_id: str, policy_id: str | None, changed_at: str
    ) -> tuple[object, ...]:
        return (
            self._county,
            place_id,
            row.number.main,
            row.number.sub,
            NumberState.ISSUED if row.holder_id else NumberState.RESERVED,
            row.reservation_id,
            row.holder_id,
            row.side,
            row.offset_m,
            policy_id,
            json_text(row.reasons),
            changed_at,
        )

    def _vacant(self, place_id: UUID) -> set[DoorNumber]:
        c = door_number.c
        query = select(c.main, c.sub).where(
            c.county_code == self._county, c.place_id == place_id, c.state == NumberState.VACANT
        )
        return {DoorNumber(row.main, row.sub) for row in self._conn.execute(query)}

    def _refill(self, place_id: UUID, row: LedgerRow, policy_id: UUID | None, now: datetime) -> None:
        self._take(
            place_id,
            row,
            policy_id,
            now,
            was=NumberState.VACANT,
            becomes=NumberState.ISSUED if row.holder_id else NumberState.RESERVED,
        )

    def issue_reserved(self, place_id: UUID, row: LedgerRow, policy_id: UUID | None, now: datetime) -> None:
        """Turn a reserved number into an issued one, for the house the reservation was made for."""
        self._take(place_id, row, policy_id, now, was=NumberState.RESERVED, becomes=NumberState.ISSUED)

    def _take(
        self,
        place_id: UUID,
        row: LedgerRow,
        policy_id: UUID | None,
        now: datetime,
        *,
        was: NumberState,
        becomes: NumberState,
    ) -> None:
        c = door_number.c
        values: dict[str, Any] = {
            "state": becomes,
            "holder_id": row.holder_id,
            "side": row.side,
            "offset_m": row.offset_m,
            "policy_id": policy_id,
            "reasons": list(row.reasons),
            "changed_at": now,
        }
        if row.reservation_id is not None:
            values["reservation_id"] = row.reservation_id
        done = self._conn.execute(
            update(door_number)
            .where(
                c.county_code == self._county,
                c.place_id == place_id,
                c.main == row.number.main,
                c.sub == row.number.sub,
                c.state == was,
            )
            .values(values)
        )
        if done.rowcount != 1:
            raise Conflict(f"{row.number}的状态已变化", code="number-taken")

    def open_reservation(
        self,
        place_id: UUID,
        *,
        purpose: str,
        holder: str,
        decree_no: str,
        expires_on: date | None,
        construction_plan_id: UUID | None,
        actor_id: UUID,
        now: datetime,
    ) -> UUID:
        """Record who may have a block of numbers, why and until when; the rows follow by `enter`."""
        reservation_id = new_id()
        self._conn.execute(
            insert(reservation).values(
                county_code=self._county,
                id=reservation_id,
                place_id=place_id,
                construction_plan_id=construction_plan_id,
                purpose=purpose,
                holder=holder,
                decree_no=decree_no,
                expires_on=expires_on,
                stage="active",
                actor_id=actor_id,
                created_at=now,
            )
        )
        return reservation_id

    def of_place(self, place_id: UUID) -> list[dict[str, Any]]:
        """The ledger of a place in order of number, as plain values."""
        c = door_number.c
        query = (
            select(c.main, c.sub, c.state, c.reservation_id, c.holder_id, c.side, c.offset_m, c.reasons)
            .where(c.county_code == self._county, c.place_id == place_id)
            .order_by(c.main, c.sub)
        )
        return [dict(row) for row in self._conn.execute(query).mappings()]

    def reservations(
        self, after: UUID | None, limit: int, place_id: UUID | None = None, scope: str | None = None
    ) -> list[dict[str, Any]]:
        """Active and released reservations with their numbers as text blocks, by id.

        Only those on places in a division whose code starts with ``scope``.
        """
        args = {"county": self._county, "after": after, "limit": limit, "place": place_id, "scope": scope}
        return [dict(row) for row in self._conn.execute(text(_RESERVATIONS), args).mappings()]


_COLUMNS = (
    "county_code",
    "place_id",
    "main",
    "sub",
    "state",
    "reservation_id",
    "holder_id",
    "side",
    "offset_m",
    "policy_id",
    "reasons",
    "changed_at",
)

_RESERVATIONS = """
SELECT r.id, r.place_id, v.name AS place, r.purpose, r.holder, r.decree_no, r.expires_on, r.stage,
       r.construction_plan_id, p.plan_no, p.name AS plan_name,
       coalesce(array_agg(d.main ORDER BY d.main, d.sub) FILTER (WHERE d.state = 'reserved'), '{}') AS numbers,
       count(*) FILTER (WHERE d.state = 'issued') AS issued, dv.code_nbs AS village_code, dv.name AS village,
       ST_X(spot.at) AS lon, ST_Y(spot.at) AS lat
FROM reservation r
JOIN place_version v ON v.county_code = r.county_code AND v.place_id = r.place_id AND upper_inf(v.recorded)
    AND upper_inf(v.valid)
LEFT JOIN division_version dv ON dv.county_code = v.county_code AND dv.division_id = v.division_id
    AND upper_inf(dv.recorded) AND upper_inf(dv.valid)
LEFT JOIN construction_plan p ON p.county_code = r.county_code AND p.id = r.construction_plan_id
CROSS JOIN LATERAL (SELECT ST_PointOnSurface(coalesce(p.geom, v.geom)) AS at) spot
LEFT JOIN door_number d ON d.county_code = r.county_code AND d.reservation_id = r.id
WHERE r.county_code = :county AND (CAST(:after AS uuid) IS NULL OR r.id > :after)
  AND (CAST(:place AS uuid) IS NULL OR r.place_id = :place)
  AND (CAST(:scope AS text) IS NULL OR dv.code_nbs LIKE :scope || '%')
GROUP BY r.county_code, r.id, v.name, p.plan_no, p.name, dv.code_nbs, dv.name, spot.at
ORDER BY r.id LIMIT :limit
"""
