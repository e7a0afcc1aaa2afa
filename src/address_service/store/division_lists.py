"""Yearly lists of divisions as they were imported, and what the register knows beside them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, text

from address_service.coding.divisions.entries import Entry, Later
from address_service.model.division_lists import ListSystem
from address_service.store.ids import new_id


@dataclass(frozen=True, slots=True)
class ListHead:
    """A list: whose codes, of which year, and the day on which things are as listed."""

    system: ListSystem
    year: int
    day: date
    filename: str
    file_digest: bytes
    rows_digest: UUID
    import_id: UUID


@dataclass(frozen=True, slots=True)
class ListRow:
    """One line of a list, its code cut to its level; ``position`` is the line of the file."""

    position: int
    code: str
    name: str
    code_mca: str | None
    urban_rural_class: str | None


_CODE = {ListSystem.NBS: "code_nbs", ListSystem.MCA: "code_mca"}

_KNOWN = """
SELECT division_id, {code} AS code, name FROM division_version
WHERE county_code = :county AND upper_inf(recorded) AND {code} IS NOT NULL AND valid @> CAST(:day AS date)
ORDER BY {code}
"""

# Since when a division is there is known from a list where the first that was ever recorded of it came from one; the
# second half of the condition is how lists were recorded before their events said so.
_LATER = """
SELECT v.division_id, v.{code} AS code, v.name, lower(v.valid) AS since, first.by_list AND NOT EXISTS (
    SELECT FROM division_version o WHERE o.county_code = v.county_code AND o.division_id = v.division_id
      AND upper_inf(o.recorded) AND lower(o.valid) < lower(v.valid)) AS by_list
FROM division_version v
CROSS JOIN LATERAL (
    SELECT e.details ? 'division_list' OR (e.details = '{{}}' AND e.note LIKE '导入 %') AS by_list
    FROM division_version o JOIN event e ON e.county_code = o.county_code AND e.id = o.event_id
    WHERE o.county_code = v.county_code AND o.division_id = v.division_id
    ORDER BY lower(o.recorded), lower(o.valid) LIMIT 1) first
WHERE v.county_code = :county AND upper_inf(v.recorded) AND v.{code} IS NOT NULL
  AND lower(v.valid) > CAST(:day AS date)
ORDER BY v.{code}, lower(v.valid)
"""

_LISTS = """
SELECT l.id, l.system, l.year, l.list_day, l.filename, l.summary, l.imported_at, l.import_id, a.name AS imported_by,
       (SELECT count(*) FROM division_list_row r WHERE r.county_code = l.county_code AND r.list_id = l.id) AS rows,
       (SELECT count(*) FROM division_proposal p WHERE p.county_code = l.county_code AND p.list_id = l.id
          AND p.state = 'open') AS open_proposals
FROM division_list l JOIN account a ON a.county_code = l.county_code AND a.id = l.actor_id
WHERE l.county_code = :county AND (CAST(:after AS uuid) IS NULL OR l.id > :after)
  AND (CAST(:id AS uuid) IS NULL OR l.id = :id)
ORDER BY l.id LIMIT :limit
"""

_ADD_LIST = """
INSERT INTO division_list (county_code, id, system, year, list_day, filename, file_digest, rows_digest, summary,
    import_id, actor_id, imported_at)
VALUES (:county, :id, :system, :year, :day, :filename, :file_digest, :rows_digest, :summary, :import_id, :actor, :now)
"""

_ADD_ROWS = """
INSERT INTO division_list_row (county_code, list_id, position, code, name, code_mca, urban_rural_class)
VALUES (:county, :list, :position, :code, :name, :code_mca, :urban_rural_class)
"""


class DivisionLists:
    """Lists of one county."""

    def __init__(self, conn: Connection, county_code: str) -> None:
        """Bind to a transaction and a tenant."""
        self._conn = conn
        self._county = county_code

    def find(self, head: ListHead) -> UUID | None:
        """The same rows for the same day, from whatever file."""
        query = """SELECT id FROM division_list WHERE county_code = :county AND system = :system AND year = :year
            AND list_day = :day AND rows_digest = :digest"""
        args = {"system": head.system, "year": head.year, "day": head.day, "digest": head.rows_digest}
        found: UUID | None = self._run(query, **args).scalar()
        return found

    def add(
        self,
        head: ListHead,
        rows: Sequence[ListRow],
        summary: Mapping[str, int],
        actor_id: UUID,
        now: datetime,
    ) -> UUID:
        """Keep a list whole; gives its id."""
        list_id = new_id()
        self._run(
            _ADD_LIST,
            id=list_id,
            **{name: value for name, value in asdict(head).items()},
            summary=Jsonb(dict(summary)),
            actor=actor_id,
            now=now,
        )
        if rows:
            args = [{"county": self._county, "list": list_id, **asdict(row)} for row in rows]
            self._conn.execute(text(_ADD_ROWS), args)
        return list_id

    def rows(self, list_id: UUID) -> list[ListRow]:
        """The lines of a list in the order of the file."""
        query = """SELECT position, code, name, code_mca, urban_rural_class FROM division_list_row
            WHERE county_code = :county AND list_id = :list ORDER BY position"""
        return [ListRow(*row) for row in self._run(query, list=list_id)]

    def later(self, system: ListSystem, day: date, towns: Collection[str]) -> list[tuple[UUID, date, int]]:
        """Lists of later days that name villages of some of the towns, with their years, the oldest first."""
        query = """SELECT id, list_day, year FROM division_list l WHERE county_code = :county AND system = :system
            AND list_day > :day AND EXISTS (SELECT FROM division_list_row r WHERE r.county_code = l.county_code
              AND r.list_id = l.id AND left(r.code, 9) = ANY(:towns)) ORDER BY list_day, id"""
        rows = self._run(query, system=system, day=day, towns=list(towns))
        return [(row.id, row.list_day, row.year) for row in rows]

    def known_on(self, system: ListSystem, day: date) -> list[Entry]:
        """Divisions on a day under the codes of a system."""
        rows = self._run(_KNOWN.format(code=_CODE[system]), day=day)
        return [Entry(row.code, row.name, row.division_id) for row in rows]

    def begins_after(self, system: ListSystem, day: date) -> list[Later]:
        """Divisions as they are from days after a day on; one code may begin several times, the earliest comes first.

        Civil-affairs codes are learnt by decisions that say nothing of since when they were carried.
        """
        rows = self._run(_LATER.format(code=_CODE[system]), day=day)
        is_mca = system is ListSystem.MCA
        return [
            Later(Entry(row.code, row.name, row.division_id), row.since, row.by_list or is_mca)
            for row in rows
        ]

    def lists(self, after: UUID | None, limit: int, list_id: UUID | None = None) -> list[dict[str, Any]]:
        """Lists with their counts."""
        return [dict(r) for r in self._run(_LISTS, after=after, limit=limit, id=list_id).mappings()]

    def _run(self, statement: str, **args: Any) -> Any:
        return self._conn.execute(text(statement), {"county": self._county, **args})
