"""What lineage is resolved from: old texts found exactly, successor edges, dated versions in force; reads only."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from address_service.coding.lineage.graph import Edge, Happening
from address_service.coding.lineage.resolve import Stretch
from address_service.coding.lineage.spelling import Head
from address_service.coding.search_terms import normalise
from address_service.errors import InvalidInput
from address_service.model.addresses import Subject
from address_service.store.work import TIME_ZONE

MOST_HOLDERS = 200
"""So many addresses whose texts end in the words asked for are looked at; more is a question without its village."""
MOST_HOLDINGS = 2000
"""So many stretches of time of those: doors that were swapped to and fro held the same words many times."""
MOST_EDGES = 2000


@dataclass(frozen=True, slots=True)
class Holding:
    """An address that a text stood for: ``rest`` is what its text has before the words asked for.

    ``source`` is ``standard`` for the standard address itself, or the kind of the alias.
    """

    address_id: UUID
    text: str
    source: str
    start: date | None
    end: date | None
    division_id: UUID | None
    rest: str
    code: str


@dataclass(frozen=True, slots=True)
class Edges:
    """Edges of descent by day; ``cut`` where there are more than were read, so that a line may end too early."""

    read: list[Edge]
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Belief:
    """What an address was held to read on a day until ``known_on``; ``is_of_then`` where the register said so that day.

    Otherwise it was entered later, and only what is known of that day was wrong for a while.
    """

    address_id: UUID
    text: str
    known_on: date
    is_of_then: bool


@dataclass(frozen=True, slots=True)
class NamedDivision:
    """A village that had a name for a while; ``town_id`` is the town that it was in."""

    division_id: UUID
    name: str
    code: str
    town_id: UUID | None
    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True)
class AddressFacts:
    """An address in force on a day, as an answer shows it."""

    address_id: UUID
    code: str
    full_text: str
    stage: str
    village_code: str
    village: str
    valid_from: date | None
    valid_to: date | None
    lon: float
    lat: float


class LineageReader:
    """Reads what one county knows by now."""

    def __init__(self, conn: Connection, county_code: str) -> None:
        """Bind to a transaction and a tenant."""
        self._conn = conn
        self._county = county_code

    def heads(self) -> list[Head]:
        """Names that may stand before a village, the widest first; former names of towns among them."""
        return [Head(row.name, row.key, row.is_town) for row in self._all(_HEADS)]

    def holdings(self, spellings: Sequence[str]) -> list[Holding]:
        """Addresses whose text, or an alias of them, ends in one of the spellings, oldest first.

        Raises InvalidInput `text-too-wide` where too many do.
        """
        rows = self._all(_HOLDINGS, keys=list(spellings), limit=MOST_HOLDINGS + 1)
        if len(rows) > MOST_HOLDINGS or len({row.address_id for row in rows}) > MOST_HOLDERS:
            raise InvalidInput("以此结尾的地址过多，请写上村名", code="text-too-wide")
        return [Holding(*row) for row in rows]

    def read_until(self, keys: Collection[UUID], on: date) -> list[Belief]:
        """What addresses were held to read on a day, until it became known, after that day, that they did not."""
        return [Belief(*row) for row in self._all(_READ_UNTIL, keys=list(keys), on=on, zone=TIME_ZONE.key)]

    def edges(self, subject: Subject, keys: Collection[UUID], *, back: bool) -> Edges:
        """All edges that can be walked from the identities, to successors or ``back`` to predecessors.

        More than `MOST_EDGES` are not read, and the answer says so.
        """
        statement = _EDGES_BACK if back else _EDGES
        rows = self._all(statement, keys=list(keys), subject=subject, limit=MOST_EDGES + 1)
        return Edges([_edge(row) for row in rows[:MOST_EDGES]], len(rows) > MOST_EDGES)

    def edges_touching(self, subject: Subject, key: UUID) -> list[Edge]:
        """Edges that lead to an identity or from it, by day."""
        return [_edge(row) for row in self._all(_TOUCHING, key=key, subject=subject)]

    def address_stretches(self, keys: Collection[UUID]) -> dict[UUID, list[Stretch]]:
        """What addresses read while they were in force."""
        return _by_key(self._all(_ADDRESS_STRETCHES, keys=list(keys)))

    def division_stretches(self, keys: Collection[UUID]) -> dict[UUID, list[Stretch]]:
        """The names of divisions over time."""
        return _by_key(self._all(_DIVISION_STRETCHES, keys=list(keys)))

    def divisions_named(self, names: Sequence[str]) -> list[NamedDivision]:
        """Villages that ever had one of the names, longest name first."""
        return [NamedDivision(*row) for row in self._all(_NAMED, names=list(names))]

    def divisions_on(self, keys: Collection[UUID], on: date) -> dict[UUID, tuple[str, str]]:
        """Code and name of divisions on a day."""
        rows = self._all(_DIVISIONS_ON, keys=list(keys), on=on)
        return {row.division_id: (row.code_nbs, row.name) for row in rows}

    def facts(self, keys: Collection[UUID], on: date) -> dict[UUID, AddressFacts]:
        """Addresses in force on a day."""
        return {row.id: AddressFacts(*row) for row in self._all(_FACTS, keys=list(keys), on=on)}

    def codes(self, keys: Collection[UUID]) -> dict[UUID, str]:
        """The codes of addresses."""
        return {row.id: row.code for row in self._all(_CODES, keys=list(keys))}

    def id_of_code(self, code: str) -> UUID | None:
        """The address of a code; None where there is none, or one that never came into force."""
        rows = self._all(_ID, code=code)
        return rows[0].id if rows else None

    def _all(self, statement: str, **args: Any) -> Sequence[Any]:
        return self._conn.execute(_prepared(statement), {"county": self._county, **args}).all()


_prepared = cache(text)


def _edge(row: Any) -> Edge:
    event = Happening(row.kind, row.effective_on, row.decree_no, row.note)
    return Edge(row.predecessor_id, row.successor_id, event, row.share, tuple(row.groups or ()))


def _by_key(rows: Sequence[Any]) -> dict[UUID, list[Stretch]]:
    found: dict[UUID, list[Stretch]] = {}
    for row in rows:
        event = Happening(row.kind, row.effective_on, row.decree_no, row.note)
        found.setdefault(row.key, []).append(Stretch(row.key, row.words, row.start, row.until, event))
    return found


def prefixes(tail: str, longest: int = 12) -> list[str]:
    """What a tail may begin with if that is the name of a village, longest first."""
    return [tail[:n] for n in range(min(len(tail), longest), 1, -1)]


def same_name(name: str, tail: str) -> bool:
    """Whether a tail begins with a name."""
    return tail.startswith(normalise(name))


_HEADS = """
SELECT name, key, is_town FROM (
    SELECT 0 AS level, province_name AS name, 'province' AS key, false AS is_town FROM county
        WHERE county_code = :county
    UNION ALL SELECT 1, prefecture_name, 'prefecture', false FROM county WHERE county_code = :county
    UNION ALL SELECT 2, name, 'county', false FROM county WHERE county_code = :county
    UNION SELECT 3, name, CAST(division_id AS text), true FROM division_version
        WHERE county_code = :county AND level = 'township' AND upper_inf(recorded)) head
ORDER BY level, length(name) DESC, name
"""

# The planner guesses that a range of an unknown key holds for much of the table; one look-up a key is what it is.
_HOLDINGS = """
SELECT hit.address_id, hit.words, hit.source, lower(hit.valid) AS start, upper(hit.valid) AS until, hit.division_id,
       reverse(substr(hit.tail, length(wanted.tail) + 1)) AS rest, a.code
FROM (SELECT DISTINCT text_tail(key) AS tail FROM unnest(CAST(:keys AS text[])) AS key) wanted
CROSS JOIN LATERAL (
    (SELECT v.address_id, v.full_text AS words, 'standard' AS source, v.valid, v.division_id,
            text_tail(v.full_text) AS tail
     FROM address_version v
     WHERE v.county_code = :county AND upper_inf(v.recorded) AND v.stage = 'current'
       AND text_tail(v.full_text) COLLATE "C" >= wanted.tail
       AND text_tail(v.full_text) COLLATE "C" < wanted.tail || chr(1114111) LIMIT :limit)
    UNION ALL
    (SELECT l.address_id, l.text, l.kind, l.valid, NULL, text_tail(l.text)
     FROM alias l
     WHERE l.county_code = :county AND upper_inf(l.recorded) AND EXISTS (
         SELECT FROM address_version n WHERE n.county_code = :county AND n.address_id = l.address_id
           AND upper_inf(n.recorded) AND n.stage IN ('current', 'retired'))
       AND text_tail(l.text) COLLATE "C" >= wanted.tail
       AND text_tail(l.text) COLLATE "C" < wanted.tail || chr(1114111) LIMIT :limit)) hit
CROSS JOIN LATERAL (SELECT n.code FROM address n WHERE n.county_code = :county AND n.id = hit.address_id LIMIT 1) a
ORDER BY start NULLS FIRST, until, hit.address_id LIMIT :limit
"""

_EDGE = """s.predecessor_id, s.successor_id, s.share, s.groups, e.kind, e.effective_on, e.decree_no,
       coalesce(nullif(s.note, ''), e.note) AS note"""


def _walk(near: str, far: str) -> str:
    """Edges from identities on and on; lateral look-ups by key, which the planner cannot mistake for a scan."""
    line = f"""CROSS JOIN LATERAL (
        SELECT x.id, x.event_id, x.predecessor_id, x.successor_id, x.share, x.groups, x.note FROM succession x
        WHERE x.county_code = :county AND x.{near} = w.next AND x.subject = :subject LIMIT :limit) s"""  # noqa: S608
    return f"""
WITH RECURSIVE step AS (
    SELECT s.*, s.{far} AS next FROM unnest(CAST(:keys AS uuid[])) AS w (next) {line}
    UNION
    SELECT s.*, s.{far} AS next FROM step w {line}
)
SELECT {_EDGE} FROM (SELECT * FROM step LIMIT :limit) s
CROSS JOIN LATERAL (
    SELECT n.kind, n.effective_on, n.decree_no, n.note FROM event n
    WHERE n.county_code = :county AND n.id = s.event_id LIMIT 1) e
ORDER BY e.effective_on, s.id
"""  # noqa: S608


_EDGES = _walk("predecessor_id", "successor_id")
_EDGES_BACK = _walk("successor_id", "predecessor_id")

_TOUCHING = f"""
SELECT {_EDGE} FROM succession s
JOIN event e ON e.county_code = s.county_code AND e.id = s.event_id
WHERE s.county_code = :county AND s.subject = :subject AND (s.predecessor_id = :key OR s.successor_id = :key)
ORDER BY e.effective_on, s.id
"""  # noqa: S608


def _stretches(subject: str, words: str, more: str = "", event: str = "v.event_id") -> str:
    return f"""
SELECT v.{subject}_id AS key, v.{words} AS words, lower(v.valid) AS start, upper(v.valid) AS until,
       e.kind, e.effective_on, coalesce(v.decree_no, e.decree_no) AS decree_no, e.note
FROM unnest(CAST(:keys AS uuid[])) AS k (id)
CROSS JOIN LATERAL (
    SELECT n.* FROM {subject}_version n
    WHERE n.county_code = :county AND n.{subject}_id = k.id AND upper_inf(n.recorded) {more} LIMIT 1000) v
CROSS JOIN LATERAL (
    SELECT n.kind, n.effective_on, n.decree_no, n.note FROM event n
    WHERE n.county_code = :county AND n.id = {event} LIMIT 1) e
ORDER BY lower(v.valid)
"""  # noqa: S608


_ADDRESS_STRETCHES = _stretches("address", "full_text", "AND n.stage = 'current'")
# A boundary drawn for the day of a renaming rewrites the version; the name came by what first gave it from that day.
_DIVISION_STRETCHES = _stretches(
    "division",
    "name",
    event="""(
        SELECT x.event_id FROM division_version x
        WHERE x.county_code = :county AND x.division_id = v.division_id AND x.name = v.name
          AND lower(x.valid) IS NOT DISTINCT FROM lower(v.valid)
        ORDER BY lower(x.recorded), x.id LIMIT 1)""",
)

_NAMED = """
SELECT division_id, name, code_nbs, parent_id, lower(valid), upper(valid) FROM division_version
WHERE county_code = :county AND name = ANY(CAST(:names AS text[])) AND level = 'village' AND upper_inf(recorded)
ORDER BY length(name) DESC, lower(valid) LIMIT 100
"""

_DIVISIONS_ON = """
SELECT DISTINCT ON (division_id) division_id, code_nbs, name FROM division_version
WHERE county_code = :county AND division_id = ANY(CAST(:keys AS uuid[])) AND upper_inf(recorded)
ORDER BY division_id, (valid @> CAST(:on AS date)) DESC, lower(valid) DESC
"""

# The test on the day stands in CASE, which hides it from the slow GiST index of the exclusion constraint.
_FACTS = """
SELECT a.id, a.code, v.full_text, v.stage, d.code_nbs, d.name, lower(v.valid), upper(v.valid), ST_X(v.position),
       ST_Y(v.position)
FROM unnest(CAST(:keys AS uuid[])) AS k (id)
CROSS JOIN LATERAL (
    SELECT n.id, n.code FROM address n WHERE n.county_code = :county AND n.id = k.id LIMIT 1) a
CROSS JOIN LATERAL (
    SELECT n.* FROM address_version n
    WHERE n.county_code = :county AND n.address_id = k.id AND upper_inf(n.recorded) AND n.stage = 'current'
      AND CASE WHEN n.valid @> CAST(:on AS date) THEN true END LIMIT 1) v
CROSS JOIN LATERAL (
    SELECT n.code_nbs, n.name FROM division_version n
    WHERE n.county_code = :county AND n.division_id = v.division_id AND upper_inf(n.recorded)
    ORDER BY n.valid @> CAST(:on AS date) DESC, lower(n.valid) DESC LIMIT 1) d
ORDER BY a.code
"""

# The test on the day stands in CASE as above.
_READ_UNTIL = """
SELECT v.address_id, v.full_text, v.known_on, v.since <= CAST(:on AS date) AS is_of_then
FROM unnest(CAST(:keys AS uuid[])) AS k (id)
CROSS JOIN LATERAL (
    SELECT DISTINCT ON (n.full_text) n.address_id, n.full_text, d.known_on, d.since FROM address_version n, LATERAL (
        SELECT CAST(lower(n.recorded) AT TIME ZONE :zone AS date) AS since,
               CAST(upper(n.recorded) AT TIME ZONE :zone AS date) AS known_on) d
    WHERE n.county_code = :county AND n.address_id = k.id AND NOT upper_inf(n.recorded) AND n.stage = 'current'
      AND CASE WHEN n.valid @> CAST(:on AS date) THEN d.known_on > CAST(:on AS date) END
    ORDER BY n.full_text, n.recorded) v
ORDER BY v.known_on, v.address_id
"""

_CODES = "SELECT id, code FROM address WHERE county_code = :county AND id = ANY(CAST(:keys AS uuid[]))"

_ID = """
SELECT a.id FROM address a WHERE a.county_code = :county AND a.code = :code AND EXISTS (
    SELECT FROM address_version v WHERE v.county_code = a.county_code AND v.address_id = a.id AND upper_inf(v.recorded)
      AND v.stage IN ('current', 'retired'))
"""
