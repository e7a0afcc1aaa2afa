"""A construction plan as its layer draws it now, and the numbers that a reservation has for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import shapely
from sqlalchemy import Connection, text

from address_service.errors import NotFound
from address_service.model.buildings import PlanKind
from address_service.model.houses import PlannedSite
from address_service.model.numbers import DoorNumber, NumberState, Side


@dataclass(frozen=True, slots=True)
class BlockNumber:
    """A number of a reservation, reserved still or issued to a house of the site."""

    number: DoorNumber
    state: NumberState
    side: Side | None
    offset_m: float | None


@dataclass(frozen=True, slots=True)
class PlannedGround:
    """A plan with its place; the site's geometry is in metres of the county's zone, ``outline`` GeoJSON in degrees."""

    plan_no: str
    place_id: UUID
    site: PlannedSite
    outline: dict[str, Any]


_PLAN = """
SELECT p.id, p.plan_no, p.place_id, p.name, p.kind, p.side, p.planned_doors, p.purpose, p.holder, p.decree_no,
       p.expires_on, ST_AsBinary(ST_Transform(p.geom, c.measure_srid)) AS geom, ST_AsGeoJSON(p.geom, 7)::json AS outline
FROM construction_plan p JOIN county c ON c.county_code = p.county_code
WHERE p.county_code = :county AND (p.id = CAST(:id AS uuid) OR p.plan_no = :plan_no)
"""

_BLOCK = """
SELECT main, sub, state, side, offset_m FROM door_number
WHERE county_code = :county AND reservation_id = :reservation AND state IN ('reserved', 'issued') ORDER BY main, sub
"""

_BUILT_ELSEWHERE = """
SELECT count(*) FROM door_number d
JOIN reservation r ON r.county_code = d.county_code AND r.id = d.reservation_id
WHERE r.county_code = :county AND r.construction_plan_id = :plan AND r.place_id <> :place AND d.state = 'issued'
"""

_LON_LAT = """
SELECT ST_X(g.at) AS lon, ST_Y(g.at) AS lat
FROM county c, unnest(CAST(:x AS float[]), CAST(:y AS float[])) WITH ORDINALITY AS p (x, y, n),
     LATERAL (SELECT ST_Transform(ST_SetSRID(ST_Point(p.x, p.y), c.measure_srid), 4490) AS at) g
WHERE c.county_code = :county ORDER BY p.n
"""


class PlannedGroundReader:
    """Reads plans of one county; writes nothing."""

    def __init__(self, conn: Connection, county_code: str) -> None:
        """Bind to a transaction and a tenant."""
        self._conn = conn
        self._county = county_code

    def plan(self, plan_id: UUID) -> PlannedGround:
        """One plan; raises NotFound `construction-plan-not-found`."""
        return self._plan(plan_id, None, str(plan_id))

    def plan_by_no(self, plan_no: str) -> PlannedGround:
        """One plan by the number that its office gave it; raises as `plan`."""
        return self._plan(None, plan_no, plan_no)

    def _plan(self, plan_id: UUID | None, plan_no: str | None, shown: str) -> PlannedGround:
        args = {"county": self._county, "id": plan_id, "plan_no": plan_no}
        row = self._conn.execute(text(_PLAN), args).first()
        if row is None:
            raise NotFound(f"没有建设计划 {shown}", code="construction-plan-not-found")
        site = PlannedSite(
            id=row.id,
            name=row.name,
            kind=PlanKind(row.kind),
            side=Side(row.side) if row.side else None,
            doors=row.planned_doors,
            purpose=row.purpose,
            holder=row.holder,
            decree_no=row.decree_no,
            expires_on=row.expires_on,
            geometry=shapely.from_wkb(bytes(row.geom)),
        )
        return PlannedGround(row.plan_no, row.place_id, site, row.outline)

    def block(self, reservation_id: UUID) -> list[BlockNumber]:
        """Numbers of a reservation, ascending."""
        rows = self._conn.execute(text(_BLOCK), {"county": self._county, "reservation": reservation_id})
        return [
            BlockNumber(
                DoorNumber(r.main, r.sub), NumberState(r.state), Side(r.side) if r.side else None, r.offset_m
            )
            for r in rows
        ]

    def built_elsewhere(self, plan_id: UUID, place_id: UUID) -> int:
        """How many houses of a plan have numbers of other places, where it lay before."""
        args = {"county": self._county, "plan": plan_id, "place": place_id}
        return int(self._conn.execute(text(_BUILT_ELSEWHERE), args).scalar_one())

    def lon_lat(self, points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        """Points in metres of the county's zone as longitude and latitude."""
        args = {"county": self._county, "x": [x for x, _ in points], "y": [y for _, y in points]}
        return [(row.lon, row.lat) for row in self._conn.execute(text(_LON_LAT), args)] if points else []
