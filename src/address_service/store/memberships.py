"""Which house belongs to which place (组、自然村、街路), dated, with who or what said so."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from address_service.store.bulk import driver_connection


class MemberSource(StrEnum):
    """Who or what said that a house belongs to a place."""

    POLYGON = "polygon"
    COLUMN = "column"
    LIST = "list"
    PERSON = "person"


RANKS = {
    MemberSource.POLYGON: 1,
    MemberSource.COLUMN: 2,
    MemberSource.LIST: 3,
    MemberSource.PERSON: 4,
}
"""A source overrules its like and those below it; so no import undoes what a person decided."""


@dataclass(frozen=True, slots=True)
class MemberChange:
    """What recording did: houses newly in a place, houses moved, houses that another source keeps elsewhere.

    ``addressed`` are houses, id and code, that stay where their address is.
    """

    opened: int
    moved: int
    kept: int
    addressed: dict[UUID, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PolygonFindings:
    """Houses that the polygons did not settle, by building code."""

    in_several: list[str]
    in_none_now: list[str]


_STAGES = (
    """
    CREATE TEMP TABLE member_stage (building_id uuid PRIMARY KEY, place_id uuid NOT NULL, kept boolean,
        addressed boolean NOT NULL DEFAULT false) ON COMMIT DROP
    """,
    """
    CREATE TEMP TABLE member_closed (building_id uuid, place_id uuid, source text, actor_id uuid, valid daterange,
        moment timestamptz) ON COMMIT DROP
    """,
    "CREATE INDEX ON member_closed (building_id)",
)
_DROP = "DROP TABLE member_stage, member_closed"

_RANK = "CASE {0} WHEN 'polygon' THEN 1 WHEN 'column' THEN 2 WHEN 'list' THEN 3 ELSE 4 END"

_DECIDE = f"""
UPDATE member_stage s SET kept = d.elsewhere
FROM (
    SELECT s.building_id, bool_or(m.place_id <> s.place_id) AS elsewhere
    FROM member_stage s
    JOIN membership m ON m.county_code = :county AND m.building_id = s.building_id AND upper_inf(m.recorded)
        AND m.valid && daterange(:since, NULL)
    WHERE {_RANK.format("m.source")} > :rank OR (m.place_id = s.place_id AND m.source = :source)
    GROUP BY s.building_id
) d
WHERE d.building_id = s.building_id
"""  # noqa: S608

# A house with an address moves only with its address, by renumbering, whoever says where it belongs.
_STAY = """
UPDATE member_stage s SET kept = true, addressed = true
WHERE s.kept IS NULL AND EXISTS (
    SELECT FROM address_building a
    JOIN address_version v ON v.county_code = a.county_code AND v.address_id = a.address_id AND upper_inf(v.recorded)
        AND upper_inf(v.valid) AND v.place_id <> s.place_id
    WHERE a.county_code = :county AND a.building_id = s.building_id AND upper_inf(a.recorded) AND upper_inf(a.valid))
"""

_STAYED = """
SELECT b.id, b.building_code FROM member_stage s
JOIN building b ON b.county_code = :county AND b.id = s.building_id
WHERE s.addressed ORDER BY b.building_code
"""

_CLOSE = """
WITH closed AS (
    UPDATE membership m
    SET recorded = tstzrange(lower(m.recorded), greatest(:now, lower(m.recorded) + :tick))
    FROM member_stage s
    WHERE m.county_code = :county AND m.building_id = s.building_id AND s.kept IS NULL AND upper_inf(m.recorded)
      AND m.valid && daterange(:since, NULL)
    RETURNING m.building_id, m.place_id, m.source, m.actor_id, m.valid, upper(m.recorded)
)
INSERT INTO member_closed SELECT * FROM closed
"""

# What was so before the day stays on record, unless the same place goes on under a better source.
_EARLIER = """
INSERT INTO membership (county_code, id, building_id, place_id, source, actor_id, valid, recorded)
SELECT :county, gen_random_uuid(), c.building_id, c.place_id, c.source, c.actor_id, daterange(lower(c.valid), :since),
       tstzrange(c.moment, NULL)
FROM member_closed c JOIN member_stage s ON s.building_id = c.building_id
WHERE c.place_id <> s.place_id AND lower(c.valid) < :since
"""

_OPEN = """
INSERT INTO membership (county_code, id, building_id, place_id, source, actor_id, valid, recorded)
SELECT :county, gen_random_uuid(), s.building_id, s.place_id, :source, :actor,
       daterange(least(:since, min(lower(c.valid)) FILTER (WHERE c.place_id = s.place_id)), NULL),
       tstzrange(greatest(:now, max(c.moment)), NULL)
FROM member_stage s LEFT JOIN member_closed c ON c.building_id = s.building_id
WHERE s.kept IS NULL
GROUP BY s.building_id, s.place_id
"""

_COUNT = """
SELECT count(*) FILTER (WHERE s.kept IS NULL AND c.moved IS NULL) AS opened,
       count(*) FILTER (WHERE s.kept IS NULL AND c.moved) AS moved,
       count(*) FILTER (WHERE s.kept AND NOT s.addressed) AS kept
FROM member_stage s
LEFT JOIN (SELECT c.building_id, bool_or(c.place_id <> s.place_id) AS moved
           FROM member_closed c JOIN member_stage s ON s.building_id = c.building_id
           GROUP BY c.building_id) c ON c.building_id = s.building_id
"""

_HIT = """
CREATE TEMP TABLE member_hit ON COMMIT DROP AS
SELECT b.id AS building_id, b.building_code, count(*) AS places, min(v.place_id::text)::uuid AS place_id
FROM (SELECT b.county_code, b.id, b.building_code, b.division_id, ST_PointOnSurface(b.geom) AS point
      FROM building b WHERE b.county_code = :county AND b.division_id = ANY(:divisions) OFFSET 0) b
JOIN place_version v ON v.county_code = b.county_code AND v.division_id = b.division_id AND upper_inf(v.recorded)
    AND v.valid @> CAST(:on AS date) AND ST_Dimension(v.geom) = 2 AND ST_Intersects(v.geom, b.point)
JOIN place p ON p.county_code = v.county_code AND p.id = v.place_id AND p.kind IN ('group', 'hamlet')
GROUP BY b.id, b.building_code
"""

_DRAWN = """
SELECT DISTINCT v.division_id FROM place_version v
JOIN place p ON p.county_code = v.county_code AND p.id = v.place_id AND p.kind IN ('group', 'hamlet')
WHERE v.county_code = :county AND v.division_id = ANY(:divisions) AND upper_inf(v.recorded)
  AND v.valid @> CAST(:on AS date) AND ST_Dimension(v.geom) = 2
"""

_LOST = """
SELECT b.building_code FROM membership m
JOIN building b ON b.county_code = m.county_code AND b.id = m.building_id
LEFT JOIN member_hit h ON h.building_id = m.building_id
WHERE m.county_code = :county AND b.division_id = ANY(:divisions) AND m.source = 'polygon' AND upper_inf(m.recorded)
  AND upper_inf(m.valid) AND h.building_id IS NULL
ORDER BY 1
"""


class MembershipRepository:
    """Memberships of one county."""

    def __init__(self, conn: Connection, county_code: str, actor_id: UUID, now: datetime) -> None:
        """Bind to a transaction, a tenant, and who says so when."""
        self._conn = conn
        self._args: dict[str, Any] = {
            "county": county_code,
            "actor": actor_id,
            "now": now,
            "tick": timedelta(microseconds=1),
        }

    def record(
        self, pairs: Iterable[tuple[UUID | str, UUID]], source: MemberSource, since: date
    ) -> MemberChange:
        """Houses belong to places from a day on, as pairs of building and place, each building once.

        What they belonged to before ends on that day, if the source may overrule it. A house whose address stands on
        another place, the village as a whole included, stays where it is.
        """
        self._make_stages()
        self._copy(pairs)
        return self._finish(source, since)

    def record_by_polygon(
        self, division_ids: list[UUID], since: date, on: date
    ) -> tuple[MemberChange, PolygonFindings]:
        """Houses of these villages belong to the one group or hamlet whose polygon holds a point inside of them.

        The polygons are those of the day ``on``. Two of them, or none, settle nothing: nearest is never asked.
        """
        args = {**self._args, "divisions": division_ids, "on": on}
        args["divisions"] = list(self._conn.scalars(text(_DRAWN), args))
        if not args["divisions"]:
            return MemberChange(0, 0, 0), PolygonFindings([], [])
        self._make_stages()
        self._conn.execute(text(_HIT), args)
        # Fresh tables have no statistics: without an index the joins below may walk all houses for each house.
        self._conn.execute(text("CREATE UNIQUE INDEX ON member_hit (building_id)"))
        self._conn.execute(text("ANALYZE member_hit"))
        several = text("SELECT building_code FROM member_hit WHERE places > 1 ORDER BY 1")
        findings = PolygonFindings(
            in_several=list(self._conn.scalars(several)),
            in_none_now=list(self._conn.scalars(text(_LOST), args)),
        )
        fill = "INSERT INTO member_stage SELECT building_id, place_id FROM member_hit WHERE places = 1"
        self._conn.execute(text(fill))
        self._conn.execute(text("DROP TABLE member_hit"))
        return self._finish(MemberSource.POLYGON, since), findings

    def _make_stages(self) -> None:
        for statement in _STAGES:
            self._conn.execute(text(statement))

    def _copy(self, pairs: Iterable[tuple[UUID | str, UUID]]) -> None:
        raw = driver_connection(self._conn)
        with (
            raw.cursor() as cursor,
            cursor.copy("COPY member_stage (building_id, place_id) FROM STDIN") as copy,
        ):
            copy.write("".join(f"{building}\t{place}\n" for building, place in pairs))

    def _finish(self, source: MemberSource, since: date) -> MemberChange:
        args = {**self._args, "source": source, "rank": RANKS[source], "since": since}
        self._conn.execute(text("ANALYZE member_stage"))
        for statement in (_DECIDE, _STAY, _CLOSE, _EARLIER, _OPEN):
            self._conn.execute(text(statement), args)
        done = self._conn.execute(text(_COUNT)).one()
        stayed = self._conn.execute(text(_STAYED), args).all()
        self._conn.execute(text(_DROP))
        return MemberChange(done.opened, done.moved, done.kept, {row.id: row.building_code for row in stayed})
