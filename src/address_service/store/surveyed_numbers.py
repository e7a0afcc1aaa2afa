"""Numbers that the survey found, as an import meets them: which house carries which, and what was decided."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, text

from address_service.model.numbers import DoorNumber

PlaceNumber = tuple[UUID, DoorNumber]
"""A number of a place."""

# What the survey says of a place's numbers: kept by a house, or by none and blocked. A number that was decided
# against stays blocked though the survey has since found another one on the house.
SURVEYED = """
SELECT n.main, n.sub, bool_or(n.kept) AS kept FROM (
    SELECT e.main, e.sub, e.kept FROM existing_address e WHERE e.county_code = :county AND e.place_id = :place
    UNION ALL
    SELECT s.main, s.sub, false FROM survey_decision s
    WHERE s.county_code = :county AND s.place_id = :place AND NOT s.kept AND NOT EXISTS (
        SELECT FROM survey_decision later
        WHERE later.county_code = s.county_code AND later.existing_address_id = s.existing_address_id
          AND later.place_id = s.place_id AND later.main = s.main AND later.sub = s.sub
          AND (later.recorded_at, later.id) > (s.recorded_at, s.id))
) n GROUP BY n.main, n.sub
"""

# The last decision on the very number that the survey says of a house; NULL where nobody decided.
LAST_DECISION = """(SELECT s.kept FROM survey_decision s
    WHERE s.county_code = e.county_code AND s.existing_address_id = e.id AND s.place_id = e.place_id
      AND s.main = e.main AND s.sub = e.sub ORDER BY s.recorded_at DESC, s.id DESC LIMIT 1)"""

_HOLD = """
SELECT e.id FROM existing_address e
WHERE e.county_code = :county AND (e.place_id = ANY(:places) OR e.building_id = ANY(:houses))
ORDER BY e.id FOR UPDATE
"""

_STANDING = """
SELECT e.building_id, b.building_code, e.place_id, e.main, e.sub, e.kept FROM existing_address e
JOIN building b ON b.county_code = e.county_code AND b.id = e.building_id
WHERE e.county_code = :county AND (e.place_id = ANY(:places) OR e.building_id = ANY(:houses))
ORDER BY e.kept DESC, e.id
"""

_DECIDED = """
SELECT * FROM (
    SELECT DISTINCT ON (s.existing_address_id, s.place_id, s.main, s.sub)
           s.building_id, b.building_code, s.place_id, s.main, s.sub, s.kept
    FROM survey_decision s
    JOIN building b ON b.county_code = s.county_code AND b.id = s.building_id
    WHERE s.county_code = :county AND s.place_id = ANY(:places)
    ORDER BY s.existing_address_id, s.place_id, s.main, s.sub, s.recorded_at DESC, s.id DESC
) last ORDER BY building_code
"""


@dataclass(frozen=True, slots=True)
class HouseNumber:
    """A number on a house, and whether the house keeps it."""

    building_id: UUID
    building_code: str
    place_id: UUID
    number: DoorNumber
    kept: bool

    @property
    def key(self) -> PlaceNumber:
        """The number of the place."""
        return self.place_id, self.number


@dataclass(frozen=True, slots=True)
class Survey:
    """What the survey found so far, those who keep a number first, and the last decision on each number."""

    standing: tuple[HouseNumber, ...]
    decided: tuple[HouseNumber, ...]


def hold_survey(
    conn: Connection, county_code: str, place_ids: Collection[UUID], building_ids: Collection[UUID]
) -> Survey:
    """Read the numbers of places and of houses, held until commit so that nothing is decided on them meanwhile."""
    args = {"county": county_code, "places": list(place_ids), "houses": list(building_ids)}
    conn.execute(text(_HOLD), args)
    return Survey(*(_read(conn, query, args) for query in (_STANDING, _DECIDED)))


def _read(conn: Connection, query: str, args: Mapping[str, object]) -> tuple[HouseNumber, ...]:
    return tuple(
        HouseNumber(r.building_id, r.building_code, r.place_id, DoorNumber(r.main, r.sub), r.kept)
        for r in conn.execute(text(query), args)
    )
