"""What one new door has to fit in with: the doors that stand and the whole ledger of its place, read lean."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from address_service.model.numbers import DoorNumber, NumberState
from address_service.store.surveyed_numbers import SURVEYED


@dataclass(frozen=True, slots=True)
class StandingDoor:
    """A door with its number; gate in metres of the county's zone."""

    id: UUID
    x: float
    y: float
    number: DoorNumber


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One number of the ledger; ``reservation_id`` and its construction plan for reserved ones.

    ``is_entered`` is False for a number that only the survey knows, and that is not kept: blocked without a row.
    """

    state: NumberState
    reservation_id: UUID | None = None
    construction_plan_id: UUID | None = None
    is_entered: bool = True

    @property
    def is_for_a_gap(self) -> bool:
        """Whether it is reserved for an over-wide gap, by no plan: whoever stands there may take it."""
        return self.state is NumberState.RESERVED and self.construction_plan_id is None


# Surveyed numbers count as issued until their houses are numbered here.
DOORS = """
SELECT d.holder_id AS id, d.main, d.sub, ST_X(g.p) AS x, ST_Y(g.p) AS y
FROM door_number d
JOIN address_version v ON v.county_code = d.county_code AND v.address_id = d.holder_id AND upper_inf(v.recorded)
    AND upper_inf(v.valid)
CROSS JOIN LATERAL (SELECT ST_Transform(v.position, :srid) AS p) g
WHERE d.county_code = :county AND d.place_id = :place AND d.state = 'issued' AND v.stage IN ('draft', 'current')
UNION ALL
SELECT e.building_id, e.main, e.sub, ST_X(g.p), ST_Y(g.p)
FROM existing_address e
JOIN building b ON b.county_code = e.county_code AND b.id = e.building_id
CROSS JOIN LATERAL (SELECT ST_Transform(coalesce(b.gate, ST_PointOnSurface(b.geom)), :srid) AS p) g
WHERE e.county_code = :county AND e.place_id = :place AND e.kept
  AND NOT EXISTS (SELECT FROM door_number d WHERE d.county_code = e.county_code AND d.place_id = e.place_id
                  AND d.main = e.main AND d.sub = e.sub AND d.state <> 'vacant')
"""

LEDGER = f"""
SELECT d.main, d.sub, d.state, d.reservation_id, r.construction_plan_id, true AS is_entered
FROM door_number d
LEFT JOIN reservation r ON r.county_code = d.county_code AND r.id = d.reservation_id
    AND d.state IN ('reserved', 'issued')
WHERE d.county_code = :county AND d.place_id = :place
UNION ALL
SELECT e.main, e.sub, 'retired', NULL, NULL, d.state IS NOT NULL
FROM ({SURVEYED}) e
LEFT JOIN door_number d ON d.county_code = :county AND d.place_id = :place AND d.main = e.main AND d.sub = e.sub
WHERE NOT e.kept AND coalesce(d.state, 'vacant') = 'vacant'
"""  # noqa: S608

NEIGHBOUR_IN_COURTYARD = """
SELECT v.full_text FROM building mine
JOIN building other ON other.county_code = mine.county_code AND other.parcel_id = mine.parcel_id AND other.id <> mine.id
JOIN address_building ab ON ab.county_code = other.county_code AND ab.building_id = other.id
    AND upper_inf(ab.recorded) AND upper_inf(ab.valid)
JOIN address_version v ON v.county_code = ab.county_code AND v.address_id = ab.address_id AND upper_inf(v.recorded)
    AND upper_inf(v.valid)
WHERE mine.county_code = :county AND mine.id = :building AND v.place_id = :place
ORDER BY v.main, v.sub LIMIT 1
"""

POLICY = """
SELECT id, parameters FROM (
    (SELECT q.id, q.parameters, 1 AS choice FROM (
         SELECT county_code, policy_id, decided_at FROM numbering_plan
         WHERE county_code = :county AND place_id = :place AND stage = 'committed'
         UNION ALL
         SELECT county_code, policy_id, decided_at FROM renumbering_plan
         WHERE county_code = :county AND place_id = :place AND stage = 'committed' AND policy_id IS NOT NULL) p
     JOIN numbering_policy q ON q.county_code = p.county_code AND q.id = p.policy_id
     ORDER BY p.decided_at DESC LIMIT 1)
    UNION ALL
    (SELECT id, parameters, 2 FROM numbering_policy WHERE county_code = :county AND name = :otherwise
     ORDER BY version DESC LIMIT 1)
) known ORDER BY choice LIMIT 1
"""


class StandingDoors:
    """Reads for one place; writes nothing."""

    def __init__(self, conn: Connection, county_code: str, place_id: UUID, srid: int) -> None:
        """Bind to a place; metres are those of the zone ``srid``."""
        self._conn = conn
        self._args: dict[str, Any] = {"county": county_code, "place": place_id, "srid": srid}

    def doors(self) -> list[StandingDoor]:
        """Doors that hold a number, drafts included."""
        rows = self._conn.execute(text(DOORS), self._args)
        return [StandingDoor(r.id, r.x, r.y, DoorNumber(r.main, r.sub)) for r in rows]

    def ledger(self) -> dict[DoorNumber, LedgerLine]:
        """Every row of the ledger, vacant ones too."""
        return {
            DoorNumber(r.main, r.sub): LedgerLine(
                NumberState(r.state), r.reservation_id, r.construction_plan_id, r.is_entered
            )
            for r in self._conn.execute(text(LEDGER), self._args)
        }

    def courtyard_address(self, building_id: UUID) -> str | None:
        """The full text that the building's courtyard has already on this place."""
        found = self._conn.execute(text(NEIGHBOUR_IN_COURTYARD), {**self._args, "building": building_id})
        return found.scalar()

    def policy(self, otherwise: str) -> tuple[UUID, Mapping[str, Any]] | None:
        """The policy under which the place was last numbered, else the latest of a name, with its id."""
        row = self._conn.execute(text(POLICY), {**self._args, "otherwise": otherwise}).first()
        return (row.id, row.parameters) if row else None
