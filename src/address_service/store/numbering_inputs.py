"""What a numbering plan starts from: doors, claims, lines and the ledger of one place, in metres.

Geometry comes out in the county's 3-degree Gauss-Krüger zone (x east, y north), as `coding.numbering` wants it.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Protocol
from uuid import UUID

import shapely
from sqlalchemy import Connection, text

from address_service.model.buildings import BuildingUse, PlanKind
from address_service.model.houses import House, PlannedSite
from address_service.model.numbers import DoorNumber, NumberState, Side
from address_service.store.place_context import PlaceHead, load_place_head
from address_service.store.surveyed_numbers import SURVEYED

_LANE_REACH_DEGREES = 0.01
"""How far a house may stand from the lane its gate looks at: about 1 km."""

# The gate is the surveyed one, else the point of the footprint nearest to the street, else to the nearest lane, else
# the middle of the footprint.
_HOUSES = """
WITH target AS (
    SELECT geom FROM place_version
    WHERE county_code = :county AND place_id = :place AND upper_inf(recorded) AND valid @> CAST(:on AS date)
      AND :kind = 'street'
), house AS (
    SELECT b.* FROM building b
    JOIN membership m ON m.county_code = b.county_code AND m.building_id = b.id
    WHERE b.county_code = :county AND m.place_id = :place AND upper_inf(m.recorded) AND m.valid @> CAST(:on AS date)
      AND b.use <> 'outbuilding' {one}
    UNION ALL
    SELECT b.* FROM building b
    JOIN place_version v ON v.county_code = b.county_code AND v.division_id = b.division_id
    WHERE b.county_code = :county AND v.place_id = :place AND upper_inf(v.recorded) AND v.valid @> CAST(:on AS date)
      AND b.use <> 'outbuilding' AND :kind = 'village' AND v.parent_place_id IS NULL {one}
      AND NOT EXISTS (SELECT FROM membership m WHERE m.county_code = b.county_code AND m.building_id = b.id
                      AND upper_inf(m.recorded) AND m.valid @> CAST(:on AS date))
)
SELECT h.id, h.building_code, h.parcel_id, h.use, h.floors, h.units, h.rooms_per_floor,
       ST_Area(ST_Transform(h.geom, :srid)) AS area_m2,
       ST_X(g.gate) AS x, ST_Y(g.gate) AS y, ST_X(w.gate) AS lon, ST_Y(w.gate) AS lat,
       CASE WHEN e.kept THEN e.main END AS existing_main, e.sub AS existing_sub,
       e.old_text, e.valid_from, e.plate_state,
       ab.address_id, d.main AS held_main, d.sub AS held_sub
FROM house h
LEFT JOIN LATERAL (
    SELECT l.geom FROM lane l
    WHERE l.county_code = :county AND h.gate IS NULL AND :kind <> 'street'
      AND l.geom && ST_Expand(h.geom, :reach)
    ORDER BY l.geom <-> ST_Centroid(h.geom), l.id LIMIT 1
) near ON true
LEFT JOIN target ON true
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN h.gate IS NOT NULL THEN ST_Transform(h.gate, :srid)
        WHEN target.geom IS NOT NULL THEN ST_ClosestPoint(ST_Transform(h.geom, :srid), ST_Transform(target.geom, :srid))
        WHEN near.geom IS NOT NULL THEN ST_ClosestPoint(ST_Transform(h.geom, :srid), ST_Transform(near.geom, :srid))
        ELSE ST_PointOnSurface(ST_Transform(h.geom, :srid))
    END AS gate
) g
CROSS JOIN LATERAL (SELECT ST_Transform(g.gate, 4490) AS gate) w
LEFT JOIN existing_address e ON e.county_code = h.county_code AND e.building_id = h.id AND e.place_id = :place
    {its_survey}
LEFT JOIN address_building ab ON ab.county_code = h.county_code AND ab.building_id = h.id
    AND upper_inf(ab.recorded) AND upper_inf(ab.valid) {its_link}
LEFT JOIN door_number d ON d.county_code = h.county_code AND d.holder_id = ab.address_id AND d.place_id = :place
ORDER BY h.building_code
"""
_ALL_HOUSES = _HOUSES.format(one="", its_survey="", its_link="")
# Said of each table: else a plan made while the county had few addresses reads all of them for every house that comes.
ONE_HOUSE = _HOUSES.format(
    one="AND b.id = :building",
    its_survey="AND e.building_id = :building",
    its_link="AND ab.building_id = :building",
)

CLAIMS = """
SELECT p.id, p.name, p.kind, p.side, p.planned_doors, p.purpose, p.holder, p.decree_no, p.expires_on,
       ST_AsBinary(ST_Transform(p.geom, :srid)) AS geom, r.id AS reservation_id
FROM construction_plan p
LEFT JOIN reservation r ON r.county_code = p.county_code AND r.construction_plan_id = p.id AND r.stage = 'active'
    AND r.place_id = p.place_id
WHERE p.county_code = :county AND p.place_id = :place
  AND (r.id IS NOT NULL OR p.expires_on >= CAST(:on AS date)
       AND NOT EXISTS (SELECT FROM reservation x WHERE x.county_code = p.county_code AND x.construction_plan_id = p.id))
ORDER BY p.plan_no
"""

_HELD = """
SELECT d.main, d.sub, r.construction_plan_id FROM door_number d
JOIN reservation r ON r.county_code = d.county_code AND r.id = d.reservation_id
WHERE d.county_code = :county AND d.place_id = :place AND d.state IN ('reserved', 'issued')
  AND r.construction_plan_id IS NOT NULL
ORDER BY 1, 2
"""

_LEDGER = f"""
SELECT main, sub, state FROM door_number
WHERE county_code = :county AND place_id = :place AND state <> 'vacant'
UNION ALL
SELECT e.main, e.sub, CASE WHEN e.kept THEN 'issued' ELSE 'retired' END
FROM ({SURVEYED}) e
WHERE NOT EXISTS (SELECT FROM door_number d WHERE d.county_code = :county AND d.place_id = :place
                  AND d.main = e.main AND d.sub = e.sub AND d.state <> 'vacant')
ORDER BY 1, 2
"""  # noqa: S608

CENTRELINE = """
SELECT ST_AsBinary(ST_Multi(ST_Transform(geom, :srid))) AS line FROM place_version
WHERE county_code = :county AND place_id = :place AND upper_inf(recorded) AND valid @> CAST(:on AS date)
  AND geom IS NOT NULL
"""

# Where a street touches another street or a lane: a dead end is numbered from there.
ENTRANCES = """
SELECT DISTINCT ST_X(p.geom) AS x, ST_Y(p.geom) AS y FROM (
    SELECT (ST_DumpPoints(ST_ClosestPoint(ST_Transform(mine.geom, :srid),
                                          ST_Transform(other.geom, :srid)))).geom
    FROM place_version mine, LATERAL (
        SELECT v.geom FROM place_version v JOIN place p ON p.county_code = v.county_code AND p.id = v.place_id
        WHERE v.county_code = :county AND p.kind = 'street' AND v.place_id <> :place AND upper_inf(v.recorded)
          AND v.valid @> CAST(:on AS date) AND ST_DWithin(v.geom, mine.geom, 0.0001)
        UNION ALL
        SELECT l.geom FROM lane l WHERE l.county_code = :county AND ST_DWithin(l.geom, mine.geom, 0.0001)
    ) other
    WHERE mine.county_code = :county AND mine.place_id = :place AND upper_inf(mine.recorded)
      AND mine.valid @> CAST(:on AS date)
) p ORDER BY 1, 2
"""

# The order in which the doors of an area were walked when it was last numbered.
_EARLIER_WALK = """
SELECT i.building_ids[1] AS main_house
FROM numbering_plan_item i
WHERE i.county_code = :county AND i.kind = 'door' AND i.plan_id = (
    SELECT p.id FROM numbering_plan p
    WHERE p.county_code = :county AND p.place_id = :place AND p.stage = 'committed'
    ORDER BY p.decided_at DESC, p.id DESC LIMIT 1)
ORDER BY i.position
"""

_LANES_AROUND = """
SELECT ST_AsBinary(ST_Transform(l.geom, :srid)) FROM lane l
WHERE l.county_code = :county AND l.geom && ST_MakeEnvelope(:west, :south, :east, :north, 4490)
ORDER BY l.feature_key
"""


def _number(main: int | None, sub: int | None) -> DoorNumber | None:
    return DoorNumber(main, sub or 0) if main is not None else None


def place_arguments(county_code: str, place_id: UUID, on: date, head: PlaceHead) -> dict[str, Any]:
    """What the queries of this module ask for."""
    return {
        "county": county_code,
        "place": place_id,
        "on": on,
        "srid": head.srid,
        "kind": head.kind.value,
        "reach": _LANE_REACH_DEGREES,
    }


def house_of(row: Mapping[Any, Any]) -> House:
    """A house from a row of the houses of a place."""
    return House(
        id=row["id"],
        building_code=row["building_code"],
        parcel_id=row["parcel_id"],
        use=BuildingUse(row["use"]),
        floors=row["floors"],
        units=row["units"],
        rooms_per_floor=row["rooms_per_floor"],
        area_m2=row["area_m2"],
        x=row["x"],
        y=row["y"],
        lon=row["lon"],
        lat=row["lat"],
        existing=_number(row["existing_main"], row["existing_sub"]),
        old_text=row["old_text"] or "",
        existing_from=row["valid_from"],
        address_id=row["address_id"],
        held=_number(row["held_main"], row["held_sub"]),
    )


def site_of(row: Mapping[Any, Any]) -> PlannedSite:
    """A planned site from a row of `CLAIMS`."""
    return PlannedSite(
        id=row["id"],
        name=row["name"],
        kind=PlanKind(row["kind"]),
        side=Side(row["side"]) if row["side"] else None,
        doors=row["planned_doors"],
        purpose=row["purpose"],
        holder=row["holder"],
        decree_no=row["decree_no"],
        expires_on=row["expires_on"],
        geometry=shapely.from_wkb(bytes(row["geom"])),
        reservation_id=row["reservation_id"],
    )


class Located(Protocol):
    """Whatever stands somewhere, in metres of the county's zone."""

    @property
    def x(self) -> float:
        """East."""

    @property
    def y(self) -> float:
        """North."""


class NumberingInputs:
    """Reads for one place on one day; writes nothing."""

    def __init__(
        self, conn: Connection, county_code: str, place_id: UUID, on: date, head: PlaceHead | None = None
    ) -> None:
        """Bind to a place; metres are measured in the zone that the county names. ``head`` if it is known already."""
        self._conn = conn
        head = head or load_place_head(conn, county_code, place_id, on)
        self._srid, self.kind = head.srid, head.kind
        self._args = place_arguments(county_code, place_id, on, head)

    @property
    def srid(self) -> int:
        """The zone in which metres are measured."""
        return self._srid

    def house(self, building_id: UUID) -> House | None:
        """One building of the place; None when it does not belong here or is an outbuilding."""
        return next(iter(self._houses(ONE_HOUSE, building=building_id)), None)

    def houses(self) -> list[House]:
        """Buildings of the place, outbuildings left out, by building code."""
        return self._houses(_ALL_HOUSES)

    def _houses(self, query: str, **more: Any) -> list[House]:
        rows = self._conn.execute(text(query), {**self._args, **more})
        return [house_of(row) for row in rows.mappings()]

    def planned_sites(self) -> list[PlannedSite]:
        """Construction plans whose numbers are or should be reserved; a plan past its expiry claims nothing new."""
        rows = self._conn.execute(text(CLAIMS), self._args)
        return [site_of(row) for row in rows.mappings()]

    def ledger(self) -> dict[DoorNumber, NumberState]:
        """Numbers of the place that are not free, those of the survey included."""
        rows = self._conn.execute(text(_LEDGER), self._args)
        return {DoorNumber(r.main, r.sub): NumberState(r.state) for r in rows}

    def held(self) -> dict[DoorNumber, UUID]:
        """Numbers that a construction plan has already, those its houses took included, with the plan's id."""
        rows = self._conn.execute(text(_HELD), self._args)
        return {DoorNumber(r.main, r.sub): r.construction_plan_id for r in rows}

    def centreline(self) -> shapely.MultiLineString | None:
        """The street's centreline, or None when no layer gave it."""
        found = self._conn.execute(text(CENTRELINE), self._args).scalar()
        line = shapely.from_wkb(bytes(found)) if found is not None else None
        return line if isinstance(line, shapely.MultiLineString) else None

    def entrances(self) -> list[shapely.Point]:
        """Points where the street meets other ways."""
        return [shapely.Point(r.x, r.y) for r in self._conn.execute(text(ENTRANCES), self._args)]

    def earlier_walk(self) -> list[UUID]:
        """The main houses of the doors in the walking order of the plan that was committed last."""
        return list(self._conn.execute(text(_EARLIER_WALK), self._args).scalars())

    def lanes(self, houses: Sequence[Located], margin_m: float = 300.0) -> shapely.MultiLineString | None:
        """Lanes around the houses, or None when there are none."""
        if not houses:
            return None
        box = (
            min(h.x for h in houses) - margin_m,
            min(h.y for h in houses) - margin_m,
            max(h.x for h in houses) + margin_m,
            max(h.y for h in houses) + margin_m,
        )
        corners = text(
            """
            SELECT ST_XMin(e) AS west, ST_YMin(e) AS south, ST_XMax(e) AS east, ST_YMax(e) AS north
            FROM (SELECT ST_Transform(ST_MakeEnvelope(:x0, :y0, :x1, :y1, :srid), 4490) AS e) AS box
            """
        )
        edges = self._conn.execute(
            corners, {"x0": box[0], "y0": box[1], "x1": box[2], "y1": box[3], "srid": self._srid}
        ).one()
        rows = self._conn.execute(text(_LANES_AROUND), {**self._args, **edges._mapping})
        lines = [
            line for row in rows if isinstance(line := shapely.from_wkb(bytes(row[0])), shapely.LineString)
        ]
        return shapely.MultiLineString(lines) if lines else None
