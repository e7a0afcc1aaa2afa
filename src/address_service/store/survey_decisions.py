"""Whether surveyed numbers are kept (沿用旧号): what was decided, by whom and why; nothing is forgotten."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, func, insert, select, text

from address_service.model.numbers import DoorNumber
from address_service.store.ids import new_id
from address_service.store.surveyed_numbers import LAST_DECISION
from address_service.store.tables.land import survey_decision


@dataclass(frozen=True, slots=True)
class SurveyedNumber:
    """A number that the survey found on a house of a place, and whether it is kept as things stand.

    ``decided`` is the last decision on it, None where nobody decided.
    """

    id: UUID
    building_id: UUID
    building_code: str
    place_id: UUID
    number: DoorNumber
    kept: bool
    decided: bool | None
    is_addressed: bool


@dataclass(frozen=True, slots=True)
class NotKept:
    """A surveyed number that a house does not keep, by the last decision on it."""

    building_id: UUID
    building_code: str
    number: DoorNumber
    reason: str
    decided_by: str
    recorded_at: datetime


_SURVEYED = f"""
SELECT e.id, e.building_id, b.building_code, e.place_id, e.main, e.sub, e.kept, {LAST_DECISION} AS decided,
       EXISTS (SELECT FROM address_building ab WHERE ab.county_code = e.county_code AND ab.building_id = e.building_id
               AND upper_inf(ab.recorded) AND upper_inf(ab.valid)) AS is_addressed
FROM existing_address e
JOIN building b ON b.county_code = e.county_code AND b.id = e.building_id
WHERE e.county_code = :county AND e.id = :id
"""  # noqa: S608

# A decision and an import wait for each other: whoever holds the rows of a number has the last word on it.
_HOLD = """
SELECT e.id, e.building_id FROM existing_address e
JOIN existing_address asked ON asked.county_code = e.county_code AND asked.place_id = e.place_id
    AND asked.main = e.main AND asked.sub = e.sub
WHERE asked.county_code = :county AND asked.place_id = :place AND asked.building_id = :building
ORDER BY e.id FOR UPDATE OF e
"""

_NOT_KEPT = """
SELECT e.building_id, b.building_code, e.main, e.sub, last.reason, last.name AS decided_by, last.recorded_at
FROM existing_address e
JOIN building b ON b.county_code = e.county_code AND b.id = e.building_id
JOIN LATERAL (
    SELECT s.kept, s.reason, a.name, s.recorded_at FROM survey_decision s
    JOIN account a ON a.county_code = s.county_code AND a.id = s.actor_id
    WHERE s.county_code = e.county_code AND s.existing_address_id = e.id AND s.place_id = e.place_id
      AND s.main = e.main AND s.sub = e.sub
    ORDER BY s.recorded_at DESC, s.id DESC LIMIT 1
) last ON NOT last.kept
WHERE e.county_code = :county AND e.place_id = :place AND NOT e.kept
  AND NOT EXISTS (SELECT FROM address_building ab WHERE ab.county_code = e.county_code
                  AND ab.building_id = e.building_id AND upper_inf(ab.recorded) AND upper_inf(ab.valid))
ORDER BY e.main, e.sub
"""


class SurveyDecisionRepository:
    """Decisions on the surveyed numbers of one county."""

    def __init__(self, conn: Connection, county_code: str) -> None:
        """Bind to a transaction and a tenant."""
        self._conn = conn
        self._county = county_code

    def find(self, place_id: UUID, building_id: UUID) -> tuple[SurveyedNumber | None, list[SurveyedNumber]]:
        """The number that the survey found on a house, and the same one on other houses of the place.

        They are held until commit, so that no import changes them meanwhile.
        """
        args = {"county": self._county, "place": place_id, "building": building_id}
        held = self._conn.execute(text(_HOLD), args).all()
        mine = next((self._surveyed(r.id) for r in held if r.building_id == building_id), None)
        return mine, [self._surveyed(r.id) for r in held if r.building_id != building_id]

    def _surveyed(self, existing_id: UUID) -> SurveyedNumber:
        row = self._conn.execute(text(_SURVEYED), {"county": self._county, "id": existing_id}).one()
        facts = {name: getattr(row, name) for name in SurveyedNumber.__dataclass_fields__ if name != "number"}
        return SurveyedNumber(**facts, number=DoorNumber(row.main, row.sub))

    def decide(self, found: SurveyedNumber, kept: bool, reason: str, actor_id: UUID, now: datetime) -> None:
        """Record a decision and let it hold; it is later than those before it, though its clerk waited for them."""
        recorded_at = self._after(found.id, now)
        self._conn.execute(
            insert(survey_decision).values(
                county_code=self._county,
                id=new_id(),
                existing_address_id=found.id,
                building_id=found.building_id,
                place_id=found.place_id,
                main=found.number.main,
                sub=found.number.sub,
                kept=kept,
                reason=reason,
                actor_id=actor_id,
                recorded_at=recorded_at,
            )
        )
        self._conn.execute(
            text("UPDATE existing_address SET kept = :kept WHERE county_code = :county AND id = :id"),
            {"county": self._county, "id": found.id, "kept": kept},
        )

    def _after(self, existing_id: UUID, now: datetime) -> datetime:
        c = survey_decision.c
        mine = (c.county_code == self._county) & (c.existing_address_id == existing_id)
        last = self._conn.execute(select(func.max(c.recorded_at)).where(mine)).scalar()
        return now if last is None else max(now, last + timedelta(microseconds=1))

    def not_kept(self, place_id: UUID) -> list[NotKept]:
        """Numbers of a place that houses without an address do not keep, ascending."""
        rows = self._conn.execute(text(_NOT_KEPT), {"county": self._county, "place": place_id})
        return [
            NotKept(
                r.building_id,
                r.building_code,
                DoorNumber(r.main, r.sub),
                r.reason,
                r.decided_by,
                r.recorded_at,
            )
            for r in rows
        ]
