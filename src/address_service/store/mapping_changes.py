"""What the change feed says of addresses between two positions, and where households of divided addresses went."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from address_service.model.addresses import EventKind
from address_service.reconcile.endings import RoomBehind
from address_service.reconcile.transitions import Descent, Division, InForce, Transition
from address_service.store.feed_positions import give_positions
from address_service.store.resident_scope import scope_of_villages
from address_service.store.seal import RowKey, Seal
from address_service.store.work import TIME_ZONE


@dataclass(frozen=True, slots=True)
class Span:
    """Positions after one up to another; no act lies half in it. ``is_last``: nothing more is known now."""

    after: int
    to: int
    is_last: bool


@dataclass(frozen=True, slots=True)
class PlacedHousehold:
    """A household that was registered at a divided address: its number, and where it went, None for still there.

    That is a part or a room behind one, and what it read when the address was divided or, where it came later, when it
    came; None where the feed does not have it yet.
    """

    address_id: UUID
    household_id: UUID
    book_no: str | None
    heir_id: UUID | None
    heir_text: str | None


class MappingChanges:
    """Reads one county's feed for one consumer; ``divisions`` None for the whole county."""

    def __init__(self, conn: Connection, county_code: str, divisions: Collection[UUID] | None) -> None:
        """Bind to a transaction, a tenant and the land that the consumer is told of."""
        self._conn = conn
        self._county = county_code
        self._divisions = None if divisions is None else list(divisions)

    def span(self, after: int, most: int) -> Span:
        """About ``most`` changes after a position, more where an act is larger: acts are never cut.

        What another transaction is just writing waits, with all that came after it.
        """
        while give_positions(self._conn, self._county):
            pass
        found = self._one(_SPAN, after=after, most=most)
        return Span(after, found.cut or after, not found.more)

    def transitions(self, span: Span) -> list[Transition]:
        """What addresses were and became, in order of position."""
        rows = self._all(_TRANSITIONS, **self._of(span), divisions=self._divisions, zone=TIME_ZONE.key)
        return [_transition(row) for row in rows]

    def descents(self, span: Span) -> list[Descent]:
        """Who came after whom by the events of a span."""
        return [Descent(*row) for row in self._all(_DESCENTS, **self._of(span))]

    def rooms_behind(self, span: Span) -> list[RoomBehind]:
        """Rooms in force behind the doors that the events of a span divided."""
        return [RoomBehind(*row) for row in self._all(_ROOMS_BEHIND, **self._of(span))]

    def open_divisions(self, keys: Collection[UUID], span: Span, seq: int) -> list[Division]:
        """Addresses divided before, rooms of such doors too, as they stand at the end of a span, told anew as `seq`."""
        parts: dict[UUID, list[Any]] = {}
        for row in self._all(_OPEN_DIVISIONS, keys=list(keys), to=span.to):
            parts.setdefault(row.address_id, []).append(row)
        return [
            Division(
                seq, key, None, rows[0].own_text, rows[0].decree_no or "", rows[0].effective_on,
                {row.successor_id: row.text for row in rows},
            )
            for key, rows in parts.items()
        ]  # fmt: skip

    def households(self, divisions: Sequence[Division], span: Span, seal: Seal) -> list[PlacedHousehold]:
        """Households that were registered at divided addresses and are there yet or at what came after them."""
        if not divisions:
            return []
        args = {"ids": [one.address_id for one in divisions], "days": [one.effective_on for one in divisions],
                "events": [one.event_id for one in divisions], "to": span.to}  # fmt: skip
        with scope_of_villages(self._conn, self._county, None):
            rows = self._all(_HOUSEHOLDS, **args)
        return [
            PlacedHousehold(row.address_id, row.household_id, _book_no(seal, row), row.heir_id, row.heir_text)
            for row in rows
        ]

    def book_nos(self, keys: Collection[UUID], seal: Seal) -> dict[UUID, str]:
        """The numbers of households; those that can be read no more are left out."""
        if not keys:
            return {}
        with scope_of_villages(self._conn, self._county, None):
            rows = self._all(_BOOK_NOS, keys=list(keys))
        found = {row.household_id: _book_no(seal, row) for row in rows}
        return {key: number for key, number in found.items() if number}

    def heads_in_use(self, heads: Collection[str]) -> list[str]:
        """Of what stands before the numbers of texts those under which there are addresses now."""
        return list(
            self._conn.execute(text(_HEADS), {"county": self._county, "heads": list(heads)}).scalars()
        )

    def waiting(self, after: int) -> int:
        """About how many addresses changed after a position, those without one yet among them; of 100,000 changes."""
        return int(self._one(_WAITING, after=after, divisions=self._divisions).count)

    def codes(self, keys: Collection[UUID], to: int) -> dict[UUID, dict[str, str]]:
        """Of addresses what this register knows for a consumer's columns, as of a position."""
        return {
            row.id: {
                "address_code": row.code, "mlph": row.number, "ssxq": self._county, "xzjd": row.village_code[:9],
            }
            for row in self._all(_CODES, keys=list(keys), to=to)
        }  # fmt: skip

    def _of(self, span: Span) -> dict[str, int]:
        return {"after": span.after, "to": span.to}

    def _one(self, statement: str, **args: Any) -> Any:
        return self._conn.execute(_prepared(statement), {"county": self._county, **args}).one()

    def _all(self, statement: str, **args: Any) -> Sequence[Any]:
        return self._conn.execute(_prepared(statement), {"county": self._county, **args}).all()


_prepared = cache(text)


def _transition(row: Any) -> Transition:
    before = InForce(row.old_text, (row.old_main, row.old_sub)) if row.old_text is not None else None
    after = InForce(row.new_text, (row.new_main, row.new_sub)) if row.new_text is not None else None
    kind = EventKind(row.kind) if row.kind else None
    effective_on: date = row.effective_on
    return Transition(
        row.seq, row.known_at, row.subject_id, row.event_id, kind, row.decree_no, effective_on, before, after
    )


def _book_no(seal: Seal, row: Any) -> str | None:
    key = RowKey(row.key_id, bytes(row.row_key))
    found: str | None = seal.open("household", row.household_id, key, bytes(row.payload)).get("book_no")
    return found


# An act is known at one moment: a cut lies between two moments, at the end of all positions of its events, and before
# whatever has no position yet.
_SPAN = """
WITH ours AS (
    SELECT seq, known_at, max(seq) OVER (PARTITION BY coalesce(event_id::text, seq::text)) AS event_end
    FROM change WHERE county_code = :county AND seq > :after
), looked AS (
    SELECT seq, max(known_at) OVER w AS so_far, max(event_end) OVER w AS reach, row_number() OVER w AS nth,
           min(known_at) OVER (ORDER BY seq ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS rest
    FROM ours WINDOW w AS (ORDER BY seq)
), unseen AS (
    SELECT min(moment) AS moment FROM (
        SELECT min(CASE WHEN change_seq IS NULL THEN lower(recorded) ELSE upper(recorded) END) AS moment
        FROM division_version WHERE county_code = :county
          AND (change_seq IS NULL OR (closed_seq IS NULL AND NOT upper_inf(recorded)))
        UNION ALL
        SELECT min(CASE WHEN change_seq IS NULL THEN lower(recorded) ELSE upper(recorded) END)
        FROM place_version WHERE county_code = :county
          AND (change_seq IS NULL OR (closed_seq IS NULL AND NOT upper_inf(recorded)))
        UNION ALL
        SELECT min(CASE WHEN change_seq IS NULL THEN lower(recorded) ELSE upper(recorded) END)
        FROM address_version WHERE county_code = :county
          AND (change_seq IS NULL OR (closed_seq IS NULL AND NOT upper_inf(recorded)))) waiting
), cuts AS (
    SELECT seq, nth FROM looked, unseen
    WHERE reach = seq AND (rest IS NULL OR so_far < rest) AND (unseen.moment IS NULL OR so_far < unseen.moment)
), cut AS (
    SELECT coalesce((SELECT max(seq) FROM cuts WHERE nth <= :most), (SELECT min(seq) FROM cuts)) AS seq
)
SELECT cut.seq AS cut, EXISTS (SELECT FROM looked WHERE looked.seq > coalesce(cut.seq, :after)) AS more FROM cut
"""


def text_at(address: str, position: str, alias: str, *, before: bool = False) -> str:
    """What an address read in force after a position of the feed (right before it), none where it was not in force."""
    opened, closed = ("<", ">=") if before else ("<=", ">")
    return f"""LEFT JOIN LATERAL (
    SELECT v.full_text, v.main, v.sub, v.division_id FROM address_version v
    WHERE v.county_code = :county AND v.address_id = {address} AND v.change_seq {opened} {position}
      AND (v.closed_seq IS NULL OR v.closed_seq {closed} {position}) AND v.stage = 'current' AND upper_inf(v.valid)
    LIMIT 1) {alias} ON true"""  # noqa: S608


_TRANSITIONS = f"""
SELECT c.seq, c.known_at, c.subject_id, c.event_id, e.kind, coalesce(e.decree_no, '') AS decree_no,
       coalesce(e.effective_on, CAST(c.known_at AT TIME ZONE :zone AS date)) AS effective_on,
       b.full_text AS old_text, b.main AS old_main, b.sub AS old_sub,
       n.full_text AS new_text, n.main AS new_main, n.sub AS new_sub
FROM change c
LEFT JOIN event e ON e.county_code = c.county_code AND e.id = c.event_id
{text_at("c.subject_id", "c.seq", "b", before=True)}
{text_at("c.subject_id", "c.seq", "n")}
WHERE c.county_code = :county AND c.subject = 'address' AND c.seq > :after AND c.seq <= :to
  AND (CAST(:divisions AS uuid[]) IS NULL OR c.division_ids && CAST(:divisions AS uuid[]))
ORDER BY c.seq
"""  # noqa: S608

_DESCENTS = f"""
SELECT s.event_id, s.predecessor_id, s.successor_id, s.share = 'part', p.full_text, n.full_text
FROM (SELECT event_id, max(seq) AS last FROM change
      WHERE county_code = :county AND subject = 'address' AND seq > :after AND seq <= :to AND event_id IS NOT NULL
      GROUP BY event_id) x
JOIN succession s ON s.county_code = :county AND s.event_id = x.event_id AND s.subject = 'address'
{text_at("s.predecessor_id", "x.last", "p")}
{text_at("s.successor_id", "x.last", "n")}
ORDER BY s.id
"""  # noqa: S608

_ROOMS_BEHIND = f"""
SELECT x.event_id, x.door_id, r.id, n.full_text
FROM (SELECT s.event_id, s.predecessor_id AS door_id, max(c.last) AS last
      FROM (SELECT event_id, max(seq) AS last FROM change
            WHERE county_code = :county AND subject = 'address' AND seq > :after AND seq <= :to AND event_id IS NOT NULL
            GROUP BY event_id) c
      JOIN succession s ON s.county_code = :county AND s.event_id = c.event_id AND s.subject = 'address'
        AND s.share = 'part'
      GROUP BY s.event_id, s.predecessor_id) x
JOIN address r ON r.county_code = :county AND r.parent_id = x.door_id
{text_at("r.id", "x.last", "n")}
WHERE n.full_text IS NOT NULL
ORDER BY x.event_id, r.id
"""  # noqa: S608

_OPEN_DIVISIONS = f"""
SELECT a.id AS address_id, s.successor_id, e.decree_no, e.effective_on, n.full_text AS text, o.full_text AS own_text
FROM address a
JOIN succession s ON s.county_code = a.county_code AND s.subject = 'address' AND s.share = 'part'
    AND s.predecessor_id IN (a.id, a.parent_id)
JOIN event e ON e.county_code = s.county_code AND e.id = s.event_id
{text_at("s.successor_id", ":to", "n")}
{text_at("a.id", ":to", "o")}
WHERE a.county_code = :county AND a.id = ANY(CAST(:keys AS uuid[]))
ORDER BY e.effective_on, s.id
"""  # noqa: S608

# Who left before the day was no longer there; who went elsewhere than to what came after the address, or after the door
# of a room, moved of their own. Just divided: where they went first, since what happened to that is told after it;
# divided long ago: where they are now. An address that came later reads what it read when it came.
_HOUSEHOLDS = f"""
WITH RECURSIVE told AS (
    SELECT event_id, max(seq) AS position FROM change
    WHERE county_code = :county AND subject = 'address' AND seq <= :to
      AND event_id IN (SELECT unnest(CAST(:events AS uuid[])))
    GROUP BY event_id
), d AS (
    SELECT d.nth, d.address_id, d.day, d.event_id, a.parent_id, coalesce(told.position, :to) AS position
    FROM unnest(CAST(:ids AS uuid[]), CAST(:days AS date[]), CAST(:events AS uuid[]))
        WITH ORDINALITY AS d (address_id, day, event_id, nth)
    JOIN address a ON a.county_code = :county AND a.id = d.address_id
    LEFT JOIN told ON told.event_id = d.event_id
), line AS (
    SELECT address_id, parent_id AS id FROM d WHERE parent_id IS NOT NULL
    UNION
    SELECT d.address_id, s.successor_id FROM d
    JOIN succession s ON s.county_code = :county AND s.subject = 'address'
        AND s.predecessor_id = d.address_id AND s.share = 'part'
    UNION
    SELECT line.address_id, s.successor_id FROM line
    JOIN succession s ON s.county_code = :county AND s.subject = 'address' AND s.predecessor_id = line.id
), heir AS (
    SELECT DISTINCT ON (d.nth, l.id) d.nth, l.id, m.address_id AS heir_id
    FROM d
    JOIN household_address l ON l.county_code = :county AND l.address_id = d.address_id AND upper_inf(l.recorded)
    JOIN household_address m ON m.county_code = :county AND m.household_id = l.household_id AND upper_inf(m.recorded)
        AND m.address_id <> d.address_id AND lower(m.valid) >= d.day AND (d.event_id IS NOT NULL OR upper_inf(m.valid))
    JOIN address a ON a.county_code = m.county_code AND a.id = m.address_id
    JOIN line ON line.address_id = d.address_id AND line.id IN (a.id, a.parent_id)
    ORDER BY d.nth, l.id, lower(m.valid)
)
SELECT l.address_id, l.household_id, h.row_key, h.key_id, h.payload, n.heir_id,
       coalesce(t.full_text, f.full_text) AS heir_text
FROM d
JOIN household_address l ON l.county_code = :county AND l.address_id = d.address_id AND upper_inf(l.recorded)
    AND (upper_inf(l.valid) OR upper(l.valid) >= d.day)
JOIN household h ON h.county_code = l.county_code AND h.id = l.household_id AND h.stage = 'active'
    AND h.row_key IS NOT NULL
LEFT JOIN heir n ON n.nth = d.nth AND n.id = l.id
{text_at("n.heir_id", "d.position", "t")}
LEFT JOIN LATERAL (
    SELECT v.full_text FROM address_version v
    WHERE v.county_code = :county AND v.address_id = n.heir_id AND v.change_seq <= :to AND v.stage = 'current'
    ORDER BY v.change_seq LIMIT 1) f ON d.event_id IS NOT NULL
WHERE upper_inf(l.valid) OR n.heir_id IS NOT NULL
ORDER BY l.address_id, l.household_id
"""  # noqa: S608

_BOOK_NOS = """
SELECT h.id AS household_id, h.row_key, h.key_id, h.payload FROM household h
WHERE h.county_code = :county AND h.id = ANY(CAST(:keys AS uuid[])) AND h.row_key IS NOT NULL
"""

_HEADS = """
SELECT DISTINCT head FROM (
    SELECT regexp_replace(full_text, '[0-9]+号.*$', '') AS head FROM address_version
    WHERE county_code = :county AND upper_inf(recorded) AND upper_inf(valid) AND stage = 'current') used
WHERE head = ANY(CAST(:heads AS text[]))
"""

_WAITING = """
SELECT count(DISTINCT address_id) AS count FROM (
    (SELECT subject_id AS address_id FROM change WHERE county_code = :county AND subject = 'address' AND seq > :after
       AND (CAST(:divisions AS uuid[]) IS NULL OR division_ids && CAST(:divisions AS uuid[])) LIMIT 100000)
    UNION ALL
    (SELECT address_id FROM address_version WHERE county_code = :county AND change_seq IS NULL
       AND (change_seq IS NULL OR (closed_seq IS NULL AND NOT upper_inf(recorded)))
       AND (CAST(:divisions AS uuid[]) IS NULL OR division_id = ANY(CAST(:divisions AS uuid[])))
     LIMIT 100000)) waiting
"""

_CODES = f"""
SELECT a.id, a.code, d.code_nbs AS village_code,
       CASE WHEN n.sub = 0 THEN n.main || '号' ELSE n.main || '号附' || n.sub || '号' END AS number
FROM address a
{text_at("a.id", ":to", "n")}
JOIN LATERAL (
    SELECT v.code_nbs FROM division_version v WHERE v.county_code = :county AND v.division_id = n.division_id
      AND upper_inf(v.recorded) ORDER BY lower(v.valid) DESC LIMIT 1) d ON true
WHERE a.county_code = :county AND a.id = ANY(CAST(:keys AS uuid[]))
"""  # noqa: S608
