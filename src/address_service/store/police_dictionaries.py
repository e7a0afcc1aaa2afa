"""Police dictionaries as they were imported, and their entries over time."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, text

from address_service.model.police_dictionaries import DictionaryKind
from address_service.reconcile.crosswalk import Entry
from address_service.reconcile.dictionary_change import DictionaryChange, KnownEntry
from address_service.store.bulk import copy_rows
from address_service.store.ids import new_id, new_id_text
from address_service.store.locks import hold
from address_service.store.tables.police import police_entry


@dataclass(frozen=True, slots=True)
class DictionaryHead:
    """A list: of what, whose, of which day, and whether it names all that there is."""

    kind: DictionaryKind
    office_code: str
    list_day: date
    is_complete: bool
    filename: str
    file_digest: bytes
    rows_digest: UUID


class PoliceDictionaries:
    """Dictionaries of one county."""

    def __init__(self, conn: Connection, county_code: str) -> None:
        """Bind to a transaction and a tenant."""
        self._conn = conn
        self._county = county_code

    def hold(self, kind: DictionaryKind) -> None:
        """Let one list of a kind be imported at a time, until commit."""
        hold(self._conn, self._county, f"police dictionary {kind}")

    def known(self, kind: DictionaryKind) -> list[KnownEntry]:
        """All that is believed of a kind, on whatever day."""
        return [KnownEntry(*row) for row in self._run(_KNOWN, kind=kind)]

    def find(self, head: DictionaryHead) -> UUID | None:
        """The same rows of the same office for the same day, from whatever file."""
        found: UUID | None = self._run(_FIND, **asdict(head)).scalar()
        return found

    def add(self, head: DictionaryHead, summary: Mapping[str, int], actor_id: UUID, now: datetime) -> UUID:
        """Keep a list; gives its id."""
        dictionary_id = new_id()
        values = {**asdict(head), "summary": Jsonb(dict(summary)), "actor": actor_id, "now": now}
        self._run(_ADD, id=dictionary_id, **values)
        return dictionary_id

    def apply(
        self, kind: DictionaryKind, change: DictionaryChange, dictionary_id: UUID, now: datetime
    ) -> None:
        """Close and begin versions; call it while the kind is held."""
        if change.closed:
            self._run(_CLOSE, ids=list(change.closed), now=now)
        rows = (
            (self._county, new_id_text(), str(kind), one.code, one.name, one.parent_code,
             str(one.dictionary_id or dictionary_id), f"[{one.start},{one.end or ''})", f"[{now.isoformat()},)")
            for one in change.begun
        )  # fmt: skip
        copy_rows(self._conn, police_entry, _ENTRY, rows)

    def imported_kinds(self) -> frozenset[DictionaryKind]:
        """Kinds of which there is any list: from then on their codes are asked for."""
        rows = self._run("SELECT DISTINCT kind FROM police_dictionary WHERE county_code = :county")
        return frozenset(DictionaryKind(row.kind) for row in rows)

    def lists(self, after: UUID | None, limit: int) -> list[dict[str, Any]]:
        """Lists with their counts, the latest first."""
        return [dict(row) for row in self._run(_LISTS, after=after, limit=limit).mappings()]

    def entries_on(self, kind: DictionaryKind, on: date) -> list[Entry]:
        """Entries in force on a day, with the names of stations and committees that they are put under."""
        return [Entry(kind, *row) for row in self._run(_ENTRIES, kind=kind, on=on)]

    def page(
        self, kind: DictionaryKind, on: date, after: UUID | None, limit: int, name: str = ""
    ) -> Sequence[Mapping[str, Any]]:
        """Entries in force on a day by code; ``joined`` counts accepted pairs, ``name`` is any part of their name."""
        rows = self._run(_PAGE, kind=kind, on=on, after=after, limit=limit, name=name)
        return [dict(row) for row in rows.mappings()]

    def _run(self, statement: str, **args: Any) -> Any:
        return self._conn.execute(text(statement), {"county": self._county, **args})


_ENTRY = (
    "county_code", "id", "kind", "code", "name", "parent_code", "dictionary_id", "valid", "recorded",
)  # fmt: skip

_KNOWN = """
SELECT e.id, e.code, e.name, e.parent_code, lower(e.valid), upper(e.valid), e.dictionary_id, d.office_code
FROM police_entry e JOIN police_dictionary d ON d.county_code = e.county_code AND d.id = e.dictionary_id
WHERE e.county_code = :county AND e.kind = :kind AND upper_inf(e.recorded)
"""

_FIND = """
SELECT id FROM police_dictionary WHERE county_code = :county AND kind = :kind AND office_code = :office_code
  AND list_day = :list_day AND rows_digest = :rows_digest AND is_complete = :is_complete
"""

_ADD = """
INSERT INTO police_dictionary (county_code, id, kind, office_code, list_day, is_complete, filename, file_digest,
    rows_digest, summary, actor_id, imported_at)
VALUES (:county, :id, :kind, :office_code, :list_day, :is_complete, :filename, :file_digest, :rows_digest, :summary,
    :actor, :now)
"""

_CLOSE = """
UPDATE police_entry SET recorded = tstzrange(lower(recorded), :now)
WHERE county_code = :county AND id = ANY(CAST(:ids AS uuid[])) AND upper_inf(recorded)
"""

_LISTS = """
SELECT d.id, d.kind, d.office_code, d.list_day, d.is_complete, d.filename, d.summary, d.imported_at,
       a.name AS imported_by
FROM police_dictionary d JOIN account a ON a.county_code = d.county_code AND a.id = d.actor_id
WHERE d.county_code = :county AND (CAST(:after AS uuid) IS NULL OR d.id < :after)
ORDER BY d.id DESC LIMIT :limit
"""

_ENTRIES = """
SELECT e.code, e.name, e.parent_code, coalesce((
    SELECT p.name FROM police_entry p WHERE p.county_code = e.county_code AND p.code = e.parent_code
      AND p.kind IN ('pcs', 'jcwh') AND upper_inf(p.recorded) AND p.valid @> CAST(:on AS date)
    ORDER BY p.kind = 'pcs' DESC LIMIT 1), '') AS parent_name
FROM police_entry e
WHERE e.county_code = :county AND e.kind = :kind AND upper_inf(e.recorded) AND e.valid @> CAST(:on AS date)
ORDER BY e.code
"""

_PAGE = """
SELECT e.id, e.code, e.name, e.parent_code, lower(e.valid) AS valid_from, upper(e.valid) AS valid_to, (
    SELECT count(*) FROM crosswalk c WHERE c.county_code = e.county_code AND c.kind = e.kind AND c.code = e.code
      AND c.name = e.name AND c.state = 'accepted') AS joined
FROM police_entry e
WHERE e.county_code = :county AND e.kind = :kind AND upper_inf(e.recorded) AND e.valid @> CAST(:on AS date)
  AND strpos(e.name, :name) > 0 AND (CAST(:after AS uuid) IS NULL OR e.code > (
    SELECT p.code FROM police_entry p WHERE p.county_code = e.county_code AND p.id = CAST(:after AS uuid)))
ORDER BY e.code LIMIT :limit
"""
