"""A division on any day, as known at any time, and its whole history: versions, events, who came before and after."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from address_service.errors import NotFound

_COLUMNS = """d.division_id AS id, d.code_nbs AS code, d.code_mca, d.name, d.level, d.kind, d.urban_rural_class,
       d.name_state, up.code_nbs AS parent_code, up.name AS parent, d.decree_no, d.event_id,
       lower(d.valid) AS valid_from, upper(d.valid) AS valid_to, lower(d.recorded) AS recorded_at,
       upper(d.recorded) AS superseded_at, d.boundary IS NOT NULL AS has_boundary"""

_CARD = f"""
SELECT {_COLUMNS}, ST_X(c.point) AS lon, ST_Y(c.point) AS lat,
       CASE WHEN d.boundary IS NOT NULL THEN ARRAY[ST_XMin(d.boundary), ST_YMin(d.boundary), ST_XMax(d.boundary),
            ST_YMax(d.boundary)] END AS bounds
FROM division_version d
LEFT JOIN division_version up ON up.county_code = d.county_code AND up.division_id = d.parent_id
    AND up.valid @> CAST(:on AS date) AND up.recorded @> CAST(:known AS timestamptz)
LEFT JOIN LATERAL (SELECT ST_PointOnSurface(d.boundary) AS point) c ON true
WHERE d.county_code = :county AND d.code_nbs = :code AND d.valid @> CAST(:on AS date)
  AND d.recorded @> CAST(:known AS timestamptz)
"""  # noqa: S608


def _known(alias: str) -> str:
    """What was known of a thing at the moment asked for; what is known now where none is."""
    return f"""(CASE WHEN CAST(:known AS timestamptz) IS NULL THEN upper_inf({alias}.recorded)
        ELSE {alias}.recorded @> CAST(:known AS timestamptz) END)"""


_TOLD = "(CAST(:known AS timestamptz) IS NULL OR e.recorded_at <= CAST(:known AS timestamptz))"

# The town of a stretch is that of its first day.
_VERSIONS = f"""
SELECT {_COLUMNS}
FROM division_version d
LEFT JOIN division_version up ON up.county_code = d.county_code AND up.division_id = d.parent_id
    AND up.valid @> coalesce(lower(d.valid), CAST('-infinity' AS date)) AND {_known("up")}
WHERE d.county_code = :county AND d.division_id = :id AND {_known("d")}
ORDER BY lower(d.valid) NULLS FIRST
"""  # noqa: S608

_EVENTS = f"""
SELECT e.id, e.kind, e.decree_no, e.effective_on, e.note, e.details, e.recorded_at
FROM event e
WHERE e.county_code = :county AND e.subject = 'division' AND {_TOLD} AND (
    e.id IN (SELECT d.event_id FROM division_version d WHERE d.county_code = :county AND d.division_id = :id)
    OR e.id IN (SELECT s.event_id FROM succession s WHERE s.county_code = :county AND s.subject = 'division'
                  AND (s.predecessor_id = :id OR s.successor_id = :id)))
ORDER BY e.effective_on, e.recorded_at, e.id
"""  # noqa: S608

_KIN = f"""
SELECT s.{{other}} AS id, s.event_id, s.share, s.area_share,
       coalesce(s.groups, ARRAY[]::text[]) AS groups, s.note, e.effective_on, e.kind, n.name, n.code_nbs AS code
FROM succession s
JOIN event e ON e.county_code = s.county_code AND e.id = s.event_id
LEFT JOIN LATERAL (
    SELECT d.name, d.code_nbs FROM division_version d
    WHERE d.county_code = s.county_code AND d.division_id = s.{{other}} AND {_known("d")}
    ORDER BY d.valid @> CAST(e.effective_on - {{back}} AS date) DESC, upper(d.valid) DESC NULLS FIRST LIMIT 1) n ON true
WHERE s.county_code = :county AND s.subject = 'division' AND s.{{this}} = :id AND {_TOLD}
ORDER BY e.effective_on, n.code_nbs
"""  # noqa: S608


def load_division_card(
    conn: Connection, county_code: str, code: str, on: date, known: datetime
) -> dict[str, Any]:
    """The division that carried a code on a day, by what was known then; raises NotFound `division-not-found`."""
    args = {"county": county_code, "code": code, "on": on, "known": known}
    row = conn.execute(text(_CARD), args).mappings().first()
    if row is None:
        raise NotFound(f"没有区划代码 {code}（{on}）", code="division-not-found")
    return dict(row)


def load_division_history(
    conn: Connection, county_code: str, division_id: UUID, known: datetime | None = None
) -> dict[str, Any]:
    """All that is known of a division now, or was at a moment; raises NotFound `division-not-found`.

    Before a correction was recorded the history is the one that it corrected; events recorded later are not in it.
    """
    args = {"county": county_code, "id": division_id, "known": known}

    def rows(query: str) -> list[dict[str, Any]]:
        return [dict(row) for row in conn.execute(text(query), args).mappings()]

    versions = rows(_VERSIONS)
    if not versions:
        raise NotFound(f"没有区划 {division_id}", code="division-not-found")
    before = _KIN.format(other="predecessor_id", this="successor_id", back=1)
    after = _KIN.format(other="successor_id", this="predecessor_id", back=0)
    return {
        "id": division_id,
        "versions": versions,
        "events": rows(_EVENTS),
        "predecessors": rows(before),
        "successors": rows(after),
    }
