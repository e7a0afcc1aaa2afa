"""Applications as lists and pages show them: with house, address, plate, papers and the log."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from address_service.errors import NotFound
from address_service.model.applications import Tray

_TRAY = """CASE WHEN p.stage IN ('refused', 'withdrawn', 'closed') THEN 'done'
    WHEN p.stage = 'received' THEN 'decision'
    WHEN p.kind = 'correction' OR came.stage = 'draft' THEN 'approval' ELSE 'plate' END"""

_LATEST = """
LEFT JOIN LATERAL (
    SELECT a.code, v.full_text, v.stage, v.decree_no, lower(v.valid) AS valid_from, ST_X(v.position) AS lon,
           ST_Y(v.position) AS lat
    FROM address a JOIN address_version v ON v.county_code = a.county_code AND v.address_id = a.id
    WHERE a.county_code = p.county_code AND a.id = p.{column} AND upper_inf(v.recorded)
    ORDER BY v.valid DESC LIMIT 1
) {name} ON true"""

_ROWS = f"""
SELECT p.id, p.application_no, p.kind, p.stage, {_TRAY} AS tray, d.code_nbs AS village_code, d.name AS village,
       p.place_id, s.name AS place, p.building_id, b.building_code, about.code AS subject_code,
       about.full_text AS subject_text, came.code AS address_code, came.full_text, came.stage AS address_stage,
       came.decree_no, came.valid_from, p.request, p.room_label, p.wanted_main, p.wanted_sub, p.taken_main,
       p.taken_sub, p.received_on, p.due_on, p.decided_at, p.decision_note, p.renumbering_plan_id, p.plate_batch_id,
       p.stage IN ('received', 'accepted') AND p.due_on < CAST(:on AS date) AS overdue,
       plate.stage AS plate_stage, plate.token AS plate_token, plate.batch_no AS plate_batch_no,
       plate.batch_stage AS plate_batch_stage,
       coalesce(ST_X(g.gate), about.lon, came.lon) AS lon, coalesce(ST_Y(g.gate), about.lat, came.lat) AS lat
FROM application p
JOIN LATERAL (
    SELECT v.code_nbs, v.name FROM division_version v
    WHERE v.county_code = p.county_code AND v.division_id = p.division_id AND upper_inf(v.recorded)
    ORDER BY v.valid DESC LIMIT 1
) d ON true
LEFT JOIN LATERAL (
    SELECT v.name FROM place_version v WHERE v.county_code = p.county_code AND v.place_id = p.place_id
      AND upper_inf(v.recorded) ORDER BY v.valid DESC LIMIT 1
) s ON true
LEFT JOIN building b ON b.county_code = p.county_code AND b.id = p.building_id
LEFT JOIN LATERAL (SELECT coalesce(b.gate, ST_PointOnSurface(b.geom)) AS gate) g ON true
{_LATEST.format(column="subject_id", name="about")}
{_LATEST.format(column="address_id", name="came")}
LEFT JOIN LATERAL (
    SELECT x.stage, x.token, o.batch_no, o.stage AS batch_stage FROM plate x
    JOIN plate_batch o ON o.county_code = x.county_code AND o.id = x.batch_id
    WHERE x.county_code = p.county_code AND x.address_id = p.address_id AND x.stage NOT IN ('skipped', 'replaced')
      AND (p.kind <> 'lost_plate' OR x.batch_id = p.plate_batch_id)
    ORDER BY x.id DESC LIMIT 1
) plate ON true
"""  # noqa: S608

_PAGE = """
SELECT * FROM ({rows} WHERE p.county_code = :county AND {stages}) found
WHERE (CAST(:after AS uuid) IS NULL OR {after})
  AND (CAST(:village AS text) IS NULL OR village_code LIKE :village || '%')
  AND (CAST(:kind AS text) IS NULL OR kind = :kind)
  AND (CAST(:stage AS text) IS NULL OR stage = :stage)
  AND (CAST(:tray AS text) IS NULL OR tray = :tray)
  AND (CAST(:overdue AS boolean) IS NULL OR overdue = :overdue)
ORDER BY {order} LIMIT :limit
"""

_OPEN = "p.stage IN ('received', 'accepted')"
_DONE = "p.stage IN ('refused', 'withdrawn', 'closed')"


class Order(StrEnum):
    """In which order a list of applications comes."""

    OLDEST = "oldest"
    NEWEST = "newest"
    DUE = "due"


_ORDERS = {
    Order.OLDEST: ("id > :after", "id"),
    Order.NEWEST: ("id < :after", "id DESC"),
    Order.DUE: (
        "(due_on, id) > (SELECT x.due_on, x.id FROM application x WHERE x.county_code = :county AND x.id = :after)",
        "due_on, id",
    ),
}

_ONE = f"{_ROWS} WHERE p.county_code = :county AND p.id = :id"

_EVIDENCE = """
SELECT kind, document_no, issued_by, issued_on, note FROM application_evidence
WHERE county_code = :county AND application_id = :id ORDER BY position
"""

_STEPS = """
SELECT s.kind, s.note, a.name AS actor, s.recorded_at AS at FROM application_step s
JOIN account a ON a.county_code = s.county_code AND a.id = s.actor_id
WHERE s.county_code = :county AND s.application_id = :id ORDER BY s.position
"""


class ApplicationViews:
    """Reads applications of one county as of one day, which says what is overdue."""

    def __init__(self, conn: Connection, county_code: str, on: date) -> None:
        """Bind to a transaction, a tenant and a day."""
        self._conn = conn
        self._args: dict[str, Any] = {"county": county_code, "on": on}

    def page(
        self,
        after: UUID | None,
        limit: int,
        *,
        village: str | None = None,
        kind: str | None = None,
        stage: str | None = None,
        tray: str | None = None,
        overdue: bool | None = None,
        is_open: bool | None = None,
        order: Order = Order.OLDEST,
    ) -> list[dict[str, Any]]:
        """Applications in an order, after one of them; ``village`` is the start of a division code.

        Those that are done are not looked at where the filters leave them out: they only grow in number.
        """
        args = {"after": after, "limit": limit, "village": village, "kind": kind, "stage": stage}
        args |= {"tray": tray, "overdue": overdue}
        after_one, by = _ORDERS[order]
        stages = _stages(is_open, tray, overdue)
        return self._rows(_PAGE.format(rows=_ROWS, stages=stages, after=after_one, order=by), args)

    def one(self, application_id: UUID) -> dict[str, Any]:
        """An application with ``evidence`` and ``steps``; raises NotFound `application-not-found`."""
        rows = self._rows(_ONE, {"id": application_id})
        if not rows:
            raise NotFound(f"没有申请 {application_id}", code="application-not-found")
        evidence = self._rows(_EVIDENCE, {"id": application_id})
        return {**rows[0], "evidence": evidence, "steps": self._rows(_STEPS, {"id": application_id})}

    def _rows(self, statement: str, args: dict[str, Any]) -> list[dict[str, Any]]:
        rows: Sequence[Any] = self._conn.execute(text(statement), {**self._args, **args}).mappings().all()
        return [dict(row) for row in rows]


def _stages(is_open: bool | None, tray: str | None, overdue: bool | None) -> str:
    """What the filters say about the stage alone, so that an index may be used."""
    parts = ["true"] if is_open is None else [_OPEN if is_open else _DONE]
    if tray is not None:
        parts.append(_DONE if tray == Tray.DONE else _OPEN)
    if overdue:
        parts.append(_OPEN)
    return " AND ".join(parts)
