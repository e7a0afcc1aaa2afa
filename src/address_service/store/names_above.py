"""The names above addresses over time: place, outer place, village, town, with the county's own."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from address_service.model.places import PlaceKind


@dataclass(frozen=True, slots=True)
class Names:
    """All that stands above a number, in a stretch of time."""

    division_id: UUID
    place_id: UUID
    kind: PlaceKind
    begin: date | None
    end: date | None
    province: str
    prefecture: str
    county: str
    town: str
    village: str
    outer: str | None
    place: str

    @property
    def text_names(self) -> tuple[str, ...]:
        """The place's own part of a full text, outer place first; of a whole village its outer place alone."""
        own = () if self.kind is PlaceKind.VILLAGE else (self.place,)
        return (self.outer, *own) if self.outer else own


@dataclass(frozen=True, slots=True)
class Ground:
    """Which addresses: those of divisions, or of places."""

    division_ids: tuple[UUID, ...] = ()
    place_ids: tuple[UUID, ...] = ()

    @property
    def arguments(self) -> dict[str, Any]:
        """What `OF_GROUND` asks for."""
        return {"divisions": list(self.division_ids), "places": list(self.place_ids)}


OF_GROUND = "(v.division_id = ANY(CAST(:divisions AS uuid[])) OR v.place_id = ANY(CAST(:places AS uuid[])))"
"""Versions `v` of addresses of a ground."""

_NAMES = f"""
WITH pairs AS (
    SELECT DISTINCT v.county_code, v.division_id, v.place_id FROM address_version v
    WHERE v.county_code = :county AND upper_inf(v.recorded) AND {OF_GROUND}
)
SELECT k.division_id, k.place_id, p.kind, lower(x.valid) AS begin, upper(x.valid) AS end, c.province_name AS province,
       c.prefecture_name AS prefecture, c.name AS county, t.name AS town, d.name AS village, o.name AS outer,
       v.name AS place
FROM pairs k
JOIN county c ON c.county_code = k.county_code
JOIN place p ON p.county_code = k.county_code AND p.id = k.place_id
JOIN place_version v ON v.county_code = k.county_code AND v.place_id = k.place_id AND upper_inf(v.recorded)
JOIN division_version d ON d.county_code = k.county_code AND d.division_id = k.division_id AND upper_inf(d.recorded)
    AND d.valid && v.valid
JOIN division_version t ON t.county_code = d.county_code AND t.division_id = d.parent_id AND upper_inf(t.recorded)
    AND t.valid && d.valid
LEFT JOIN place_version o ON o.county_code = v.county_code AND o.place_id = v.parent_place_id
    AND upper_inf(o.recorded) AND o.valid && v.valid
CROSS JOIN LATERAL (SELECT d.valid * t.valid * v.valid * coalesce(o.valid, daterange(NULL, NULL)) AS valid) x
WHERE NOT isempty(x.valid)
ORDER BY k.division_id, k.place_id, lower(x.valid) NULLS FIRST
"""  # noqa: S608


def names_above(conn: Connection, county_code: str, ground: Ground) -> dict[tuple[UUID, UUID], list[Names]]:
    """The names above the addresses of a ground by division and place, the oldest first."""
    found: dict[tuple[UUID, UUID], list[Names]] = {}
    for row in conn.execute(text(_NAMES), {"county": county_code, **ground.arguments}).mappings():
        names = Names(**{**row, "kind": PlaceKind(row["kind"])})
        found.setdefault((names.division_id, names.place_id), []).append(names)
    return found
