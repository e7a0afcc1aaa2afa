"""The change feed: what changed, in order of its positions, with the whole state of the thing right after."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from address_service.store.feed_positions import give_positions

MOST_SCANNED = 20_000
"""Changes looked through for one page of an account that sees only its own."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change: what it is about, the event, and all stretches of the thing known right after it."""

    seq: int
    subject: str
    subject_id: UUID
    known_at: datetime
    event: Mapping[str, Any] | None
    state: Sequence[Mapping[str, Any]]
    identity: Mapping[str, Any]
    lineage: Sequence[Mapping[str, Any]]
    left_scope: bool


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Changes after a position, the position reached, and whether more are there already."""

    changes: Sequence[Change]
    reached: int
    more: bool


class Feed:
    """The feed of one county; ``scope`` is what division codes begin with, None for all."""

    def __init__(self, conn: Connection, county_code: str, scope: str | None = None) -> None:
        """Bind to a transaction, a tenant and the part of it that the reader may see."""
        self._conn = conn
        self._county = county_code
        self._scope = scope

    def page(self, after: int, limit: int, today: date) -> FeedPage:
        """Changes after a position, oldest first; gives positions to what has none where it comes to the end."""
        divisions = self.divisions(today) if self._scope is not None else None
        look = limit + 1 if divisions is None else max(MOST_SCANNED, limit + 1)
        found = self._rows(after, look, divisions)
        if len(found) < look and give_positions(self._conn, self._county):
            found = self._rows(after, look, divisions)
        heads = [row for row in found if row.is_ours][:limit]
        last = int(found[-1].seq) if found else after
        reached = int(heads[-1].seq) if len(heads) == limit else last
        return FeedPage(self._whole(heads, divisions), reached, reached < last or len(found) == look)

    def last(self) -> int:
        """The last position given."""
        return int(self._conn.execute(text(_LAST), {"county": self._county}).scalar_one())

    def _rows(self, after: int, look: int, divisions: Collection[UUID] | None) -> list[Any]:
        ours = list(divisions) if divisions is not None else None
        args = {"county": self._county, "after": after, "divisions": ours, "limit": look}
        return list(self._conn.execute(text(_PAGE), args))

    def divisions(self, today: date) -> set[UUID]:
        """The divisions of the reader's scope."""
        args = {"county": self._county, "scope": self._scope, "today": today}
        return set(self._conn.execute(text(_IN_SCOPE), args).scalars())

    def _whole(self, heads: Sequence[Any], divisions: Collection[UUID] | None) -> list[Change]:
        states = {name: self._states(name, [h for h in heads if h.subject == name]) for name in _STATES}
        events = self._events([h.event_id for h in heads if h.event_id])
        lineage = self._lineage(list(events))
        return [self._change(h, states[h.subject].get(h.seq, []), events, lineage, divisions) for h in heads]

    def _states(self, subject: str, heads: Sequence[Any]) -> dict[int, list[dict[str, Any]]]:
        if not heads:
            return {}
        args = {
            "county": self._county,
            "ids": [head.subject_id for head in heads],
            "seqs": [head.seq for head in heads],
        }
        found: dict[int, list[dict[str, Any]]] = {}
        for row in self._conn.execute(text(_STATES[subject]), args).mappings():
            found.setdefault(row["seq"], []).append({k: v for k, v in row.items() if k != "seq"})
        return found

    def _events(self, keys: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
        rows = self._conn.execute(text(_EVENTS), {"county": self._county, "keys": list(keys)}).mappings()
        return {row["id"]: dict(row) for row in rows}

    def _lineage(self, keys: Sequence[UUID]) -> list[dict[str, Any]]:
        rows = self._conn.execute(text(_LINEAGE), {"county": self._county, "keys": list(keys)}).mappings()
        return [dict(row) for row in rows]

    def _change(
        self,
        head: Any,
        rows: Sequence[Mapping[str, Any]],
        events: Mapping[UUID, Mapping[str, Any]],
        lineage: Sequence[Mapping[str, Any]],
        divisions: Collection[UUID] | None,
    ) -> Change:
        seen = [row for row in rows if divisions is None or row["division_id"] in divisions]
        members = _IDENTITY[head.subject]
        mine = [
            line
            for line in lineage
            if line["event_id"] == head.event_id
            and head.subject_id in (line["predecessor"], line["successor"])
        ]
        return Change(
            head.seq,
            head.subject,
            head.subject_id,
            head.known_at,
            events.get(head.event_id),
            [{k: v for k, v in row.items() if k not in members} for row in seen],
            {k: seen[0][k] for k in members} if seen else {},
            mine,
            bool(rows) and not seen,
        )


_LAST = "SELECT coalesce(max(seq), 0) FROM change WHERE county_code = :county"

_PAGE = """
SELECT seq, subject, subject_id, event_id, known_at,
       CAST(:divisions AS uuid[]) IS NULL OR division_ids && CAST(:divisions AS uuid[]) AS is_ours
FROM change WHERE county_code = :county AND seq > :after ORDER BY seq LIMIT :limit
"""

# By the last code that a division had: a village code that was used again belongs to the one that has it now.
_IN_SCOPE = """
SELECT division_id FROM (
    SELECT DISTINCT ON (division_id) division_id, code_nbs, valid FROM division_version
    WHERE county_code = :county AND upper_inf(recorded) ORDER BY division_id, lower(valid) DESC) latest
WHERE code_nbs LIKE :scope || '%'
  AND (length(:scope) < 12 OR upper(valid) IS NULL OR upper(valid) > CAST(:today AS date))
"""

_AT = """
JOIN {subject}_version v ON v.county_code = :county AND v.{subject}_id = h.id AND v.change_seq <= h.seq
    AND (v.closed_seq IS NULL OR v.closed_seq > h.seq)
"""
_HEADS = "FROM unnest(CAST(:ids AS uuid[]), CAST(:seqs AS bigint[])) AS h (id, seq)"

_STATES = {
    "division": f"""
        SELECT h.seq, v.division_id, v.level, v.kind, v.name, v.code_nbs, v.code_mca, v.parent_id, v.urban_rural_class,
               v.name_state, v.decree_no, lower(v.valid) AS valid_from, upper(v.valid) AS valid_to
        {_HEADS} {_AT.format(subject="division")} ORDER BY h.seq, lower(v.valid) NULLS FIRST""",
    "place": f"""
        SELECT h.seq, v.division_id, p.kind, p.code_prefix, v.parent_place_id, v.name, v.name_state, v.decree_no,
               lower(v.valid) AS valid_from, upper(v.valid) AS valid_to
        {_HEADS} {_AT.format(subject="place")}
        JOIN place p ON p.county_code = v.county_code AND p.id = v.place_id
        ORDER BY h.seq, lower(v.valid) NULLS FIRST""",
    "address": f"""
        SELECT h.seq, v.division_id, a.code, up.code AS door_code, v.stage, v.place_id, v.main, v.sub, v.building_label,
               v.unit_label, v.floor_label, v.room_label, v.full_text, ST_X(v.position) AS lon, ST_Y(v.position) AS lat,
               v.decree_no, lower(v.valid) AS valid_from, upper(v.valid) AS valid_to
        {_HEADS} {_AT.format(subject="address")}
        JOIN address a ON a.county_code = v.county_code AND a.id = v.address_id
        LEFT JOIN address up ON up.county_code = a.county_code AND up.id = a.parent_id
        ORDER BY h.seq, lower(v.valid) NULLS FIRST""",
}

_IDENTITY: dict[str, tuple[str, ...]] = {
    "division": (),
    "place": ("kind", "code_prefix"),
    "address": ("code", "door_code"),
}
"""What of a state is true for life and stands once."""

_EVENTS = """
SELECT id, kind, decree_no, effective_on, note FROM event
WHERE county_code = :county AND id = ANY(CAST(:keys AS uuid[]))
"""

_LINEAGE = """
SELECT event_id, predecessor_id AS predecessor, successor_id AS successor, share, coalesce(groups, '{}') AS groups
FROM succession WHERE county_code = :county AND event_id = ANY(CAST(:keys AS uuid[])) ORDER BY id
"""
