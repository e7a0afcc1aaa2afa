"""From plates to the households behind them, and back; residents' rows only within the scope that is open."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from address_service.errors import NotFound


@dataclass(frozen=True, slots=True)
class HouseholdBehind:
    """A household registered behind a plate, at its door or a room of it; ``head_id`` is None without a head."""

    position: int
    household_id: UUID
    head_id: UUID | None
    persons: int


@dataclass(frozen=True, slots=True)
class OnePlate:
    """A plate by itself: its batch and the village that its address lies in."""

    batch_id: UUID
    position: int
    village_code: str


class HandoutViews:
    """Reads of one county; what is read of residents is what row-level security lets through."""

    def __init__(self, conn: Connection, county_code: str) -> None:
        """Bind to a transaction in which the scope of residents is open: in any other nobody is seen."""
        self._conn = conn
        self._county = county_code

    def behind(self, batch_id: UUID, position: int | None = None) -> list[HouseholdBehind]:
        """Households behind the plates of a batch in walking order, or behind one of them."""
        args = {"county": self._county, "batch": batch_id, "position": position}
        return [HouseholdBehind(*row) for row in self._conn.execute(text(_BEHIND), args)]

    def plates_of(self, household_id: UUID) -> list[Mapping[str, Any]]:
        """The plates of a household's registered address, a room's door included, the latest batch first."""
        args = {"county": self._county, "household": household_id}
        return [dict(row) for row in self._conn.execute(text(_PLATES_OF), args).mappings()]

    def plate(self, plate_id: UUID) -> OnePlate:
        """One plate; raises NotFound `plate-not-found`."""
        row = self._conn.execute(text(_PLATE), {"county": self._county, "id": plate_id}).first()
        if row is None:
            raise NotFound("没有这块门牌", code="plate-not-found")
        return OnePlate(*row)


_BEHIND = """
SELECT p.position, h.id,
       (SELECT m.person_id FROM household_member m
        WHERE m.county_code = h.county_code AND m.household_id = h.id AND m.relation = '02' AND h.kind = 'family'
          AND upper_inf(m.recorded) AND upper_inf(m.valid)),
       (SELECT count(*) FROM household_member m
        WHERE m.county_code = h.county_code AND m.household_id = h.id
          AND upper_inf(m.recorded) AND upper_inf(m.valid))
FROM plate p
JOIN LATERAL (
    SELECT a.id, a.code FROM address a WHERE a.county_code = p.county_code AND a.id = p.address_id
    UNION ALL
    SELECT r.id, r.code FROM address r WHERE r.county_code = p.county_code AND r.parent_id = p.address_id
) d ON true
JOIN household_address l ON l.county_code = p.county_code AND l.address_id = d.id AND upper_inf(l.recorded)
    AND upper_inf(l.valid)
JOIN household h ON h.county_code = l.county_code AND h.id = l.household_id AND h.stage = 'active'
WHERE p.county_code = :county AND p.batch_id = :batch AND p.stage <> 'skipped'
  AND (CAST(:position AS integer) IS NULL OR p.position = :position)
ORDER BY p.position, d.code, h.id
"""

_PLATES_OF = """
SELECT p.id, p.batch_id, b.batch_no, p.position, p.position AS page, p.stage, p.name_text, p.number_text,
       a.code AS address_code
FROM household_address l
JOIN address home ON home.county_code = l.county_code AND home.id = l.address_id
JOIN address a ON a.county_code = l.county_code AND (a.id = home.id OR a.id = home.parent_id)
JOIN plate p ON p.county_code = a.county_code AND p.address_id = a.id AND p.stage <> 'skipped'
JOIN plate_batch b ON b.county_code = p.county_code AND b.id = p.batch_id
WHERE l.county_code = :county AND l.household_id = :household AND upper_inf(l.recorded) AND upper_inf(l.valid)
ORDER BY b.created_at DESC, p.position
"""

_PLATE = """
SELECT p.batch_id, p.position, d.code_nbs FROM plate p
JOIN LATERAL (
    SELECT v.division_id FROM address_version v
    WHERE v.county_code = p.county_code AND v.address_id = p.address_id AND upper_inf(v.recorded)
    ORDER BY v.valid DESC LIMIT 1
) v ON true
JOIN LATERAL (
    SELECT x.code_nbs FROM division_version x WHERE x.county_code = p.county_code AND x.division_id = v.division_id
      AND upper_inf(x.recorded) ORDER BY x.valid DESC LIMIT 1
) d ON true
WHERE p.county_code = :county AND p.id = :id
"""
