"""What hangs on villages and places that merge or are split, counted and page by page."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from address_service.store.merger_parts import Part, part_ids


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose things a list shows: those of villages, of places, or the listed ones."""

    division_ids: Collection[UUID]
    place_ids: Collection[UUID]
    thing_ids: Collection[UUID] = ()


class MergerHangers:
    """Reads of one county; writes nothing."""

    def __init__(self, conn: Connection, county_code: str) -> None:
        """Bind to a transaction and a tenant."""
        self._conn = conn
        self._county = county_code

    def counts(self, division_ids: Collection[UUID], place_ids: Collection[UUID]) -> dict[str, int]:
        """How much of each kind hangs on villages and places."""
        args = {"county": self._county, "divisions": list(division_ids), "places": list(place_ids)}
        return dict(self._conn.execute(text(_COUNTS), args).mappings().one())

    def part(self, part: Part, subject: str) -> list[UUID]:
        """The buildings, parcels or lanes that go with a part of a village."""
        return part_ids(self._conn, self._county, part, subject)

    def page(self, subject: str, wanted: Wanted, after: int, limit: int) -> list[dict[str, Any]]:
        """A page of what hangs on villages and places, or of listed things, of one kind, in a steady order."""
        args = {
            "county": self._county,
            "divisions": list(wanted.division_ids),
            "places": list(wanted.place_ids),
            "things": list(wanted.thing_ids),
            "after": after,
            "limit": limit,
        }
        return [dict(row) for row in self._conn.execute(text(_HANGERS[subject]), args).mappings()]


_COUNTS = """
SELECT (SELECT count(*) FROM building WHERE county_code = :county AND division_id = ANY(:divisions)) AS buildings,
       (SELECT count(*) FROM parcel WHERE county_code = :county AND division_id = ANY(:divisions)) AS parcels,
       (SELECT count(*) FROM lane WHERE county_code = :county AND division_id = ANY(:divisions)) AS lanes,
       (SELECT count(*) FROM door_number WHERE county_code = :county AND place_id = ANY(:places)) AS numbers,
       (SELECT count(*) FROM plate p JOIN address_version v ON v.county_code = p.county_code
            AND v.address_id = p.address_id AND upper_inf(v.recorded) AND upper_inf(v.valid)
        WHERE p.county_code = :county AND v.place_id = ANY(:places)
          AND p.stage NOT IN ('skipped', 'replaced')) AS plates,
       (SELECT count(*) FROM existing_address WHERE county_code = :county AND place_id = ANY(:places)
            AND plate_state = 'good') AS wall_plates,
       (SELECT count(*) FROM reservation WHERE county_code = :county AND place_id = ANY(:places)
            AND stage = 'active') AS reservations,
       (SELECT count(*) FROM construction_plan WHERE county_code = :county
            AND place_id = ANY(:places)) AS construction_plans,
       (SELECT count(*) FROM application WHERE county_code = :county AND stage IN ('received', 'accepted')
            AND (division_id = ANY(:divisions) OR place_id = ANY(:places))) AS applications
"""

# Pages of what hangs on villages and places: one column for people, the rest by kind.
_HANGERS = {
    "buildings": """
        SELECT id, building_code AS label, use AS state FROM building
        WHERE county_code = :county AND (division_id = ANY(:divisions) OR id = ANY(:things)) ORDER BY building_code, id
        LIMIT :limit OFFSET :after
    """,
    "parcels": """
        SELECT id, parcel_code AS label, use AS state FROM parcel
        WHERE county_code = :county AND (division_id = ANY(:divisions) OR id = ANY(:things)) ORDER BY parcel_code, id
        LIMIT :limit OFFSET :after
    """,
    "lanes": """
        SELECT id, name AS label, '' AS state FROM lane
        WHERE county_code = :county AND (division_id = ANY(:divisions) OR id = ANY(:things)) ORDER BY name, id
        LIMIT :limit OFFSET :after
    """,
    "numbers": """
        SELECT coalesce(d.holder_id, d.place_id) AS id, d.place_id,
               d.main || '号' || CASE WHEN d.sub > 0 THEN '附' || d.sub ELSE '' END AS label, d.state
        FROM door_number d WHERE d.county_code = :county AND d.place_id = ANY(:places)
        ORDER BY d.place_id, d.main, d.sub LIMIT :limit OFFSET :after
    """,
    "plates": """
        SELECT p.id, p.name_text || p.number_text AS label, p.stage AS state FROM plate p
        JOIN address_version v ON v.county_code = p.county_code AND v.address_id = p.address_id
            AND upper_inf(v.recorded) AND upper_inf(v.valid)
        WHERE p.county_code = :county AND v.place_id = ANY(:places) AND p.stage NOT IN ('skipped', 'replaced')
        ORDER BY p.id LIMIT :limit OFFSET :after
    """,
    "reservations": """
        SELECT id, place_id, concat_ws(' ', purpose, holder) AS label, stage AS state FROM reservation
        WHERE county_code = :county AND place_id = ANY(:places) AND stage = 'active' ORDER BY id
        LIMIT :limit OFFSET :after
    """,
    "construction_plans": """
        SELECT id, place_id, concat_ws(' ', plan_no, name) AS label, kind AS state FROM construction_plan
        WHERE county_code = :county AND place_id = ANY(:places) ORDER BY plan_no, id LIMIT :limit OFFSET :after
    """,
    "applications": """
        SELECT id, place_id, application_no AS label, stage AS state FROM application
        WHERE county_code = :county AND stage IN ('received', 'accepted')
          AND (division_id = ANY(:divisions) OR place_id = ANY(:places)) ORDER BY application_no, id
        LIMIT :limit OFFSET :after
    """,
}
