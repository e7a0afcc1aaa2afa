"""What the register tells matching: dated names with their places, texts of every day, and what went into what."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from address_service.coding.grammar.elements import ElementKind
from address_service.coding.grammar.gazetteer import Gazetteer, KnownName
from address_service.coding.matching import (
    BookSuccession,
    BookText,
    MatchBook,
    SuccessionOf,
    TextSource,
    build_book,
)


def load_match_book(conn: Connection, county_code: str, today: date) -> MatchBook:
    """All that a county knows by now, indexed for many rows; the towns that have addresses are its jurisdiction.

    A village of such a town without an address is ours too: its rows are unmatched, and not of elsewhere.
    """
    args = {"county": county_code}
    names = _names(conn, args)
    towns = [str(row[0]) for row in conn.execute(text(_HELD), args)]
    return build_book(names, _texts(conn, args), _successions(conn, args), today=today, jurisdiction=towns)


def load_gazetteer(conn: Connection, county_code: str) -> Gazetteer:
    """The names of a county alone, for reading texts."""
    return Gazetteer(_names(conn, {"county": county_code}))


def _names(conn: Connection, args: dict[str, Any]) -> list[KnownName]:
    return [*_county(conn, args), *_divisions(conn, args), *_places(conn, args)]


def _county(conn: Connection, args: dict[str, Any]) -> Iterable[KnownName]:
    """Province and prefecture; the county itself where it is no division of the list."""
    row = conn.execute(text(_COUNTY), args).one()
    yield KnownName("province", ElementKind.PROVINCE, row.province_name)
    yield KnownName("prefecture", ElementKind.PREFECTURE, row.prefecture_name, parent="province")
    if row.division_id is None:
        yield KnownName("county", ElementKind.COUNTY, row.name, parent="prefecture")


def _divisions(conn: Connection, args: dict[str, Any]) -> Iterable[KnownName]:
    kinds = {"county": ElementKind.COUNTY, "township": ElementKind.TOWN, "village": ElementKind.VILLAGE}
    above = {"county": "prefecture", "township": "county"}
    for row in conn.execute(text(_DIVISIONS), args):
        parent = str(row.parent_id) if row.parent_id else above.get(row.level)
        yield KnownName(
            str(row.division_id),
            kinds[row.level],
            row.name,
            parent,
            row.code_nbs,
            start=row.start,
            end=row.until,
        )


_PLACE_KINDS = {
    "street": ElementKind.STREET,
    "compound": ElementKind.COMPOUND,
    "institution": ElementKind.INSTITUTION,
    "hamlet": ElementKind.HAMLET,
    "group": ElementKind.GROUP,
}


def _places(conn: Connection, args: dict[str, Any]) -> Iterable[KnownName]:
    for row in conn.execute(text(_PLACES), args):
        kind = ElementKind.DISTRICT if row.is_outer else _PLACE_KINDS[row.kind]
        parent = str(row.parent_place_id or row.division_id)
        yield KnownName(str(row.place_id), kind, row.name, parent, start=row.start, end=row.until)


def _texts(conn: Connection, args: dict[str, Any]) -> Iterable[BookText]:
    for row in conn.execute(text(_TEXTS), args):
        source = TextSource(row.source)
        division = str(row.division_id) if row.division_id else None
        yield BookText(str(row.address_id), row.words, row.start, row.until, source, division, (row.code,))


def _successions(conn: Connection, args: dict[str, Any]) -> Iterable[BookSuccession]:
    for row in conn.execute(text(_SUCCESSIONS), args):
        yield BookSuccession(
            SuccessionOf(row.subject), str(row.predecessor_id), str(row.successor_id), row.effective_on, row.share,
            tuple(row.groups or ()),
        )  # fmt: skip


_COUNTY = """
SELECT c.name, c.prefecture_name, c.province_name, (
    SELECT d.division_id FROM division_version d
    WHERE d.county_code = c.county_code AND d.level = 'county' AND upper_inf(d.recorded) LIMIT 1) AS division_id
FROM county c WHERE c.county_code = :county
"""

# A village lies in the town that its last version names; a division without a town stands for itself.
_HELD = """
SELECT DISTINCT coalesce((
    SELECT d.parent_id FROM division_version d
    WHERE d.county_code = v.county_code AND d.division_id = v.division_id AND d.level = 'village'
      AND upper_inf(d.recorded)
    ORDER BY lower(d.valid) DESC NULLS LAST LIMIT 1), v.division_id)
FROM (SELECT DISTINCT county_code, division_id FROM address_version
      WHERE county_code = :county AND upper_inf(recorded) AND stage IN ('current', 'retired')) v
"""

_DIVISIONS = """
SELECT division_id, level, name, parent_id, code_nbs, lower(valid) AS start, upper(valid) AS until FROM division_version
WHERE county_code = :county AND upper_inf(recorded) ORDER BY division_id, lower(valid) NULLS FIRST
"""

# A hamlet that other places have as their outer one is a district (片区); a whole-village place has no name of its own.
_PLACES = """
SELECT v.place_id, p.kind, v.name, v.division_id, v.parent_place_id, lower(v.valid) AS start, upper(v.valid) AS until,
       p.kind = 'hamlet' AND EXISTS (
           SELECT FROM place_version i WHERE i.county_code = v.county_code AND i.parent_place_id = v.place_id
             AND upper_inf(i.recorded)) AS is_outer
FROM place_version v JOIN place p ON p.county_code = v.county_code AND p.id = v.place_id
WHERE v.county_code = :county AND upper_inf(v.recorded) AND p.kind <> 'village' AND v.name <> ''
ORDER BY v.place_id, lower(v.valid) NULLS FIRST
"""

_TEXTS = """
SELECT v.address_id, v.full_text AS words, lower(v.valid) AS start, upper(v.valid) AS until, 'standard' AS source,
       v.division_id, a.code
FROM address_version v JOIN address a ON a.county_code = v.county_code AND a.id = v.address_id
WHERE v.county_code = :county AND upper_inf(v.recorded) AND v.stage = 'current'
UNION ALL
SELECT l.address_id, l.text, lower(l.valid), upper(l.valid), 'alias', NULL, a.code
FROM alias l JOIN address a ON a.county_code = l.county_code AND a.id = l.address_id
WHERE l.county_code = :county AND upper_inf(l.recorded) AND l.kind NOT IN ('colloquial', 'police') AND EXISTS (
    SELECT FROM address_version n WHERE n.county_code = l.county_code AND n.address_id = l.address_id
      AND upper_inf(n.recorded) AND n.stage = 'current')
UNION ALL
SELECT l.address_id, l.text, lower(l.valid), upper(l.valid), 'recorded', n.division_id, a.code
FROM alias l JOIN address a ON a.county_code = l.county_code AND a.id = l.address_id
CROSS JOIN LATERAL (
    SELECT x.division_id FROM address_version x WHERE x.county_code = l.county_code AND x.address_id = l.address_id
      AND upper_inf(x.recorded) AND x.stage = 'current' ORDER BY x.valid DESC LIMIT 1) n
WHERE l.county_code = :county AND upper_inf(l.recorded) AND l.kind IN ('colloquial', 'police')
"""

_SUCCESSIONS = """
SELECT s.subject, s.predecessor_id, s.successor_id, e.effective_on, s.share, s.groups
FROM succession s JOIN event e ON e.county_code = s.county_code AND e.id = s.event_id
WHERE s.county_code = :county ORDER BY e.effective_on, s.id
"""
