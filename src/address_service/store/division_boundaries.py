"""The boundaries of the divisions under one on a day, as known now."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from address_service.errors import NotFound

_PARENT = """
SELECT division_id FROM division_version
WHERE county_code = :county AND code_nbs = :code AND upper_inf(recorded) AND valid @> CAST(:on AS date)
"""

# Seven digits are a centimetre; two days are compared by them, so both must be cut alike.
_CHILDREN = """
SELECT d.division_id AS id, d.code_nbs AS code, d.name, d.kind, lower(d.valid) AS valid_from,
       upper(d.valid) AS valid_to, CAST(ST_AsGeoJSON(d.boundary, 7) AS json) AS geometry
FROM division_version d
WHERE d.county_code = :county AND d.parent_id = :parent AND upper_inf(d.recorded) AND d.valid @> CAST(:on AS date)
  AND (CAST(:after AS uuid) IS NULL OR d.division_id > :after)
ORDER BY d.division_id LIMIT :limit
"""


def boundaries_under(
    conn: Connection, county_code: str, parent: str, on: date, after: UUID | None, limit: int
) -> list[dict[str, Any]]:
    """A page of the divisions under the one that carried a code on a day; ``geometry`` None where no layer gave it.

    Areas are GeoJSON MultiPolygons in EPSG:4490 degrees. Raises NotFound `division-not-found`.
    """
    args: dict[str, Any] = {"county": county_code, "code": parent, "on": on}
    parent_id = conn.execute(text(_PARENT), args).scalar()
    if parent_id is None:
        raise NotFound(f"没有区划代码 {parent}（{on}）", code="division-not-found")
    args |= {"parent": parent_id, "after": after, "limit": limit}
    return [dict(row) for row in conn.execute(text(_CHILDREN), args).mappings()]
