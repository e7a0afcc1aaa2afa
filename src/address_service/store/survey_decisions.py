"""Whether surveyed numbers are kept (沿用旧号): what was decided, by whom and why; nothing is forgotten."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, insert, text

from address_service.model.numbers import DoorNumber
from address_service.store.ids import new_id
from address_service.store.tables import survey_decision


@dataclass(frozen=True, slots=True)
class SurveyedNumber:
    """A number that the survey found on a house of a place, and whether it is kept as things stand."""

    id: UUID
    building_id: UUID
    building_code: str
    place_id: UUID
    number: DoorNumber
    kept: bool
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


_SURVEYED = """
SELECT e.id, e.building_id, b.building_code, e.place_id, e.main, e.sub, e.kept,
       EXISTS (SELECT FROM address_building ab WHERE ab.county_code = e.county_code AND ab.building_id = e.building_id
               AND upper_inf(ab.recorded) AND upper_inf(ab.valid)) AS is_addressed
FROM existing_address e
JOIN building b ON b.county_code = e.county_code AND b.id = e.building_id
WHERE e.county_code = :county AND e.place_id = :place AND e.building_id = :building
FOR UPDATE OF e
"""

_NOT_KEPT = """
SELECT e.building_id, b.building_code, e.main, e.sub, last.reason, last.name AS decided_by, last.recorded_at
FROM existing_address e
JOIN building b ON b.county_code = e.county_code AND b.id = e.building_id
JOIN LATERAL (
    SELECT s.reason, a.name, s.recorded_at FROM survey_decision s
    JOIN account a ON a.county_code = s.county_code AND a.id = s.actor_id
    WHERE s.county_code = e.county_code AND s.existing_address_id = e.id
    ORDER BY s.recorded_at DESC, s.id DESC LIMIT 1
) last ON true
WHERE e.county_code = :county AND e.place_id = :place AND NOT e.kept
  AND NOT EXISTS (SELECT FROM address_building ab WHERE ab.county_code = e.county_code
                  AND ab.building_id = e.building_id AND upper_inf(ab.recorded) AND upper_inf(ab.valid))
ORDER BY e.main, e.sub
"""

# A decision is on a number: it holds for as long as the survey says the same number on the same place.
_APPLY = """
UPDATE existing_address e SET kept = d.kept
FROM (
    SELECT x.id, coalesce((
        SELECT s.kept FROM survey_decision s
        WHERE s.county_code = x.county_code AND s.existing_address_id = x.id
          AND s.place_id = x.place_id AND s.main = x.main AND s.sub = x.sub
        ORDER BY s.recorded_at DESC, s.id DESC LIMIT 1), true) AS kept
    FROM existing_address x
    WHERE x.county_code = :county AND x.import_id = :run
      AND EXISTS (SELECT FROM survey_decision s WHERE s.county_code = x.county_code AND s.existing_address_id = x.id)
) d
WHERE e.county_code = :county AND e.id = d.id AND e.kept <> d.kept
"""


def apply_decisions(conn: Connection, county_code: str, import_id: UUID) -> None:
    """Keep or not, by what was decided, the numbers that an import brought or changed."""
    conn.execute(text(_APPLY), {"county": county_code, "run": import_id})


class SurveyDecisionRepository:
    """Decisions on the surveyed numbers of one county."""

    def __init__(self, conn: Connection, county_code: str) -> None:
        """Bind to a transaction and a tenant."""
        self._conn = conn
        self._county = county_code

    def find(self, place_id: UUID, building_id: UUID) -> SurveyedNumber | None:
        """The number that the survey found on a house, held until commit so that no import changes it meanwhile."""
        args = {"county": self._county, "place": place_id, "building": building_id}
        row = self._conn.execute(text(_SURVEYED), args).first()
        if row is None:
            return None
        number = DoorNumber(row.main, row.sub)
        return SurveyedNumber(
            row.id, row.building_id, row.building_code, row.place_id, number, row.kept, row.is_addressed
        )

    def decide(self, found: SurveyedNumber, kept: bool, reason: str, actor_id: UUID, now: datetime) -> None:
        """Record a decision and let it hold."""
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
                recorded_at=now,
            )
        )
        self._conn.execute(
            text("UPDATE existing_address SET kept = :kept WHERE county_code = :county AND id = :id"),
            {"county": self._county, "id": found.id, "kept": kept},
        )

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
