"""Addresses that rows of an extract lead to: all in force for the matching, single ones as a reviewer sees them."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class InForce:
    """An address in force with the village that it stands in."""

    id: UUID
    code: str
    full_text: str
    village_id: UUID
    village_code: str
    lon: float
    lat: float


_SELECT = """
SELECT v.address_id, a.code, v.full_text, v.division_id, d.code_nbs, ST_X(v.position), ST_Y(v.position)
FROM address_version v
JOIN address a ON a.county_code = v.county_code AND a.id = v.address_id
JOIN division_version d ON d.county_code = v.county_code AND d.division_id = v.division_id AND upper_inf(d.recorded)
  AND upper_inf(d.valid)
WHERE v.county_code = :county AND upper_inf(v.recorded) AND upper_inf(v.valid) AND v.stage = 'current'
"""


def all_in_force(conn: Connection, county_code: str) -> dict[UUID, InForce]:
    """Every address in force of a county."""
    rows = conn.execute(text(_SELECT), {"county": county_code})
    return {row[0]: InForce(*row) for row in rows}


def in_force(conn: Connection, county_code: str, ids: Collection[UUID]) -> dict[UUID, InForce]:
    """Those of some addresses that are in force."""
    if not ids:
        return {}
    rows = conn.execute(
        text(f"{_SELECT} AND v.address_id = ANY(:ids)"), {"county": county_code, "ids": list(ids)}
    )
    return {row[0]: InForce(*row) for row in rows}


def in_force_by_code(conn: Connection, county_code: str, code: str) -> InForce | None:
    """The address in force of a code, None where there is none."""
    row = conn.execute(text(f"{_SELECT} AND a.code = :code"), {"county": county_code, "code": code}).first()
    return InForce(*row) if row else None


def division_of_code(conn: Connection, county_code: str, code: str) -> UUID | None:
    """The division that has a code today or will have it, None where there is none."""
    found: UUID | None = conn.execute(text(_DIVISION), {"county": county_code, "code": code}).scalar()
    return found


_DIVISION = """
SELECT division_id FROM division_version
WHERE county_code = :county AND code_nbs = :code AND upper_inf(recorded) AND upper_inf(valid) LIMIT 1
"""
