"""What forbids a merger or split on a day: names that changed since, and villages that would come of themselves."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, text


class MergerObstacles:
    """Reads of one county; writes nothing."""

    def __init__(self, conn: Connection, county_code: str) -> None:
        """Bind to a transaction and a tenant."""
        self._conn = conn
        self._county = county_code

    def renamed_since(
        self, division_ids: Collection[UUID], place_ids: Collection[UUID], on: date
    ) -> list[str]:
        """Names of today of villages, their towns and places that were called or lay otherwise on a day or later."""
        args = {"county": self._county, "divisions": list(division_ids), "places": list(place_ids), "on": on}
        return list(self._conn.execute(text(_RENAMED), args).scalars())

    def ancestors_among(self, division_ids: Collection[UUID], of: UUID) -> list[UUID]:
        """Which of the divisions came, however indirectly, of another one."""
        args = {"county": self._county, "ids": list(division_ids), "start": of}
        return list(self._conn.execute(text(_CAME_OF), args).scalars())


_RENAMED = """
WITH mine AS (
    SELECT DISTINCT unnest(ARRAY[division_id, parent_id]) AS id FROM division_version
    WHERE county_code = :county AND division_id = ANY(:divisions) AND upper_inf(recorded)
      AND valid && daterange(CAST(:on AS date), NULL)
), outer_places AS (
    SELECT unnest(ARRAY[place_id, parent_place_id]) AS id FROM place_version
    WHERE county_code = :county AND place_id = ANY(:places) AND upper_inf(recorded)
      AND valid && daterange(CAST(:on AS date), NULL)
)
SELECT n.name FROM division_version n
WHERE n.county_code = :county AND n.division_id IN (SELECT id FROM mine) AND upper_inf(n.recorded)
  AND upper_inf(n.valid)
  AND EXISTS (SELECT FROM division_version o WHERE o.county_code = n.county_code AND o.division_id = n.division_id
      AND upper_inf(o.recorded) AND o.valid && daterange(CAST(:on AS date), NULL)
      AND (o.name, o.parent_id) IS DISTINCT FROM (n.name, n.parent_id))
UNION ALL
SELECT n.name FROM place_version n
WHERE n.county_code = :county AND n.place_id IN (SELECT id FROM outer_places) AND upper_inf(n.recorded)
  AND upper_inf(n.valid)
  AND EXISTS (SELECT FROM place_version o WHERE o.county_code = n.county_code AND o.place_id = n.place_id
      AND upper_inf(o.recorded) AND o.valid && daterange(CAST(:on AS date), NULL)
      AND (o.name, o.division_id, o.parent_place_id) IS DISTINCT FROM (n.name, n.division_id, n.parent_place_id))
"""

_CAME_OF = """
WITH RECURSIVE walk (id) AS (
    SELECT CAST(:start AS uuid)
    UNION
    SELECT s.successor_id FROM walk w
    JOIN succession s ON s.county_code = :county AND s.predecessor_id = w.id AND s.subject = 'division'
)
SELECT id FROM walk WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id
"""
