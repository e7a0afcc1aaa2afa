"""Places of a village that have houses to number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, text

from address_service.model.places import PlaceKind


@dataclass(frozen=True, slots=True)
class NumberablePlace:
    """A place with its village and how many houses belong to it; ``name`` has its 片区 before it."""

    id: UUID
    kind: PlaceKind
    name: str
    village_code: str
    village: str
    houses: int


_PLACES = """
SELECT p.id, p.kind, coalesce(o.name, '') || v.name AS name, d.code_nbs AS village_code, d.name AS village,
       count(b.id) AS houses
FROM place p
JOIN place_version v ON v.county_code = p.county_code AND v.place_id = p.id AND upper_inf(v.recorded)
    AND v.valid @> CAST(:on AS date)
JOIN division_version d ON d.county_code = v.county_code AND d.division_id = v.division_id AND upper_inf(d.recorded)
    AND d.valid @> CAST(:on AS date)
LEFT JOIN place_version o ON o.county_code = v.county_code AND o.place_id = v.parent_place_id AND upper_inf(o.recorded)
    AND o.valid @> CAST(:on AS date)
LEFT JOIN membership m ON m.county_code = p.county_code AND m.place_id = p.id AND upper_inf(m.recorded)
    AND m.valid @> CAST(:on AS date)
LEFT JOIN building b ON b.county_code = m.county_code AND b.id = m.building_id AND b.use <> 'outbuilding'
WHERE p.county_code = :county AND d.code_nbs LIKE :village || '%' AND p.kind = ANY(:kinds)
GROUP BY p.id, p.kind, v.name, o.name, p.code_prefix, d.code_nbs, d.name
HAVING count(b.id) > 0 OR p.kind = 'village'
    OR EXISTS (SELECT FROM construction_plan c WHERE c.county_code = :county AND c.place_id = p.id)
ORDER BY p.code_prefix
"""


def list_numberable(
    conn: Connection, county_code: str, village_code: str, kinds: Sequence[PlaceKind], on: date
) -> list[NumberablePlace]:
    """Places of these kinds in a village that have houses or construction plans, by code."""
    rows = conn.execute(
        text(_PLACES),
        {"county": county_code, "village": village_code, "kinds": [str(kind) for kind in kinds], "on": on},
    )
    return [NumberablePlace(**{**row, "kind": PlaceKind(row["kind"])}) for row in rows.mappings()]
