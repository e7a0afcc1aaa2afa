"""Aliases that persons record of an address: written once, ended by a new row, never deleted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg.errors import ExclusionViolation
from psycopg.types.range import DateRange
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from address_service.errors import Conflict, NotFound
from address_service.model.aliases import AliasKind, AliasRequest
from address_service.store.ids import new_id


@dataclass(frozen=True, slots=True)
class AliasRow:
    """An alias as it is known now, in force from a day (None: ever) to before another (None: still)."""

    id: UUID
    kind: AliasKind
    text: str
    valid_from: date | None
    valid_to: date | None
    note: str
    recorded_by: str | None
    recorded_at: datetime

    def meets(self, start: date, end: date | None) -> bool:
        """Whether it holds on a day of a stretch of time."""
        return (self.valid_to is None or start < self.valid_to) and (
            end is None or self.valid_from is None or self.valid_from < end
        )


class AliasRepository:
    """Aliases of one county."""

    def __init__(self, conn: Connection, county_code: str) -> None:
        """Bind to a transaction and a tenant."""
        self._conn = conn
        self._county = county_code

    def of(self, address_id: UUID) -> list[AliasRow]:
        """All that is known now of an address, by day."""
        return self._rows("l.address_id = :address", address=address_id)

    def get(self, address_id: UUID, alias_id: UUID) -> AliasRow:
        """One of them; raises NotFound `alias-not-found`, of one that was ended since as well."""
        found = self._rows("l.address_id = :address AND l.id = :id", address=address_id, id=alias_id)
        if not found:
            raise NotFound(f"该地址没有别名 {alias_id}，或已终止", code="alias-not-found")
        return found[0]

    def add(self, address_id: UUID, asked: AliasRequest, actor_id: UUID, now: datetime) -> UUID:
        """Write an alias; raises Conflict `alias-known` where the address has the same words at the time."""
        valid = DateRange(asked.valid_from, asked.valid_to)
        facts = {"words": asked.text, "kind": asked.kind.value, "note": asked.note, "valid": valid}
        alias_id = new_id()
        try:
            self._run(_ADD, id=alias_id, address=address_id, actor=actor_id, now=now, **facts)
        except IntegrityError as error:
            if isinstance(error.orig, ExclusionViolation):
                raise already_known(asked.text) from error
            raise
        return alias_id

    def end(self, alias_id: UUID, until: date, actor_id: UUID, now: datetime) -> UUID:
        """Let it hold to before a day: what was known of it stays, and a new row says it anew."""
        ended = new_id()
        self._run(_END, id=alias_id, new=ended, until=until, actor=actor_id, now=now)
        return ended

    def is_name(self, spellings: Sequence[str]) -> bool:
        """Whether a village, town, street, hamlet or group is called so today."""
        return bool(self._run(_IS_NAME, words=list(spellings)).scalar_one())

    def _rows(self, where: str, **args: Any) -> list[AliasRow]:
        rows = self._run(_ROWS.format(where), **args)
        return [AliasRow(row.id, AliasKind(row.kind), *row[2:]) for row in rows]

    def _run(self, statement: str, **args: Any) -> Any:
        return self._conn.execute(text(statement), {"county": self._county, **args})


def already_known(words: str) -> Conflict:
    """The refusal of the same words twice."""
    return Conflict(f"该地址这段时间已有别名“{words}”", code="alias-known")


_ROWS = """
SELECT l.id, l.kind, l.text, lower(l.valid), upper(l.valid), l.note, a.name, lower(l.recorded)
FROM alias l LEFT JOIN account a ON a.county_code = l.county_code AND a.id = l.actor_id
WHERE l.county_code = :county AND upper_inf(l.recorded) AND {}
ORDER BY lower(l.valid) NULLS FIRST, l.text, l.id
"""

_ADD = """
INSERT INTO alias (county_code, id, address_id, text, kind, valid, recorded, note, actor_id)
VALUES (:county, :id, :address, :words, :kind, CAST(:valid AS daterange), tstzrange(:now, NULL), :note, :actor)
"""

# A microsecond keeps the closed range from being empty.
_END = """
WITH closed AS (
    UPDATE alias SET recorded = tstzrange(lower(recorded),
        greatest(CAST(:now AS timestamptz), lower(recorded) + interval '1 microsecond'))
    WHERE county_code = :county AND id = :id AND upper_inf(recorded)
    RETURNING *
)
INSERT INTO alias (county_code, id, address_id, text, kind, valid, recorded, note, actor_id)
SELECT county_code, :new, address_id, text, kind, daterange(lower(valid), CAST(:until AS date)),
       tstzrange(upper(recorded), NULL), note, :actor
FROM closed
"""

_IS_NAME = """
SELECT EXISTS (
    SELECT FROM division_version WHERE county_code = :county AND name = ANY(CAST(:words AS text[]))
      AND upper_inf(recorded) AND upper_inf(valid)
) OR EXISTS (
    SELECT FROM place_version v
    JOIN place p ON p.county_code = v.county_code AND p.id = v.place_id AND p.kind IN ('street', 'hamlet', 'group')
    JOIN division_version d ON d.county_code = v.county_code AND d.division_id = v.division_id
        AND upper_inf(d.recorded) AND upper_inf(d.valid)
    WHERE v.county_code = :county AND upper_inf(v.recorded) AND upper_inf(v.valid)
      AND (v.name = ANY(CAST(:words AS text[])) OR d.name || v.name = ANY(CAST(:words AS text[])))
)
"""
