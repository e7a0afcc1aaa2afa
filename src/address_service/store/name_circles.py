"""Names with the circle that has room for each once: county for villages, town for streets, village for groups."""

from datetime import date

from sqlalchemy import Connection, text

from address_service.coding.divisions.name_report import Named

_VILLAGES = """
SELECT d.code_nbs AS id, d.name, d.county_code AS circle, coalesce(t.name, '') AS place
FROM division_version d
LEFT JOIN division_version t ON t.county_code = d.county_code AND t.division_id = d.parent_id
    AND upper_inf(t.recorded) AND t.valid @> CAST(:on AS date)
WHERE d.county_code = :county AND d.level = 'village' AND upper_inf(d.recorded) AND d.valid @> CAST(:on AS date)
ORDER BY d.code_nbs
"""

_PLACES = """
SELECT p.code_prefix AS id, v.name, left(d.code_nbs, :digits) AS circle, d.name AS place
FROM place p
JOIN place_version v ON v.county_code = p.county_code AND v.place_id = p.id AND upper_inf(v.recorded)
    AND v.valid @> CAST(:on AS date)
JOIN division_version d ON d.county_code = v.county_code AND d.division_id = v.division_id AND upper_inf(d.recorded)
    AND d.valid @> CAST(:on AS date)
WHERE p.county_code = :county AND p.kind = ANY(:kinds) ORDER BY p.code_prefix
"""


def village_names(conn: Connection, county_code: str, on: date) -> list[Named]:
    """Villages and communities of the county; ``id`` is the code, ``where`` the town."""
    rows = conn.execute(text(_VILLAGES), {"county": county_code, "on": on})
    return [Named(row.id, row.name, row.circle, row.place) for row in rows]


def street_names(conn: Connection, county_code: str, on: date) -> list[Named]:
    """Streets by town; ``id`` is the head of their address codes, ``where`` the village."""
    return _places(conn, county_code, on, 9, ["street"])


def group_names(conn: Connection, county_code: str, on: date) -> list[Named]:
    """Groups, hamlets, compounds and institutions by village."""
    return _places(conn, county_code, on, 12, ["hamlet", "group", "compound", "institution"])


def _places(conn: Connection, county_code: str, on: date, digits: int, kinds: list[str]) -> list[Named]:
    args = {"county": county_code, "on": on, "digits": digits, "kinds": kinds}
    rows = conn.execute(text(_PLACES), args)
    return [Named(row.id, row.name, row.circle, row.place) for row in rows]
