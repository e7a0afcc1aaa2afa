"""The search box of the map: addresses by text, address code, parcel code or building code.

Whatever is typed, a search reads a bounded number of rows: candidates come from the bigram index under a limit and
are ranked afterwards. The wider the query, the more of its hits are left out, never the exact ones.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, LiteralString
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy import text as sql

from address_service.coding.search_terms import MAX_QUERY, normalise, read_query, search_document
from address_service.errors import InvalidInput
from address_service.model.numbers import DoorNumber
from address_service.store.read_lane import ReadLane

MAX_LIMIT = 100
_CHUNK = 5000
_CODE = re.compile(r"[0-9]{6,26}")
_PARCEL = re.compile(r"([0-9]{12}[A-Z]{2}[0-9]{5})([A-Z][0-9]{8})?")  # GB/T 37346-2019: 19 or 28 characters
_NUMBER = re.compile(r"[0-9]{1,5}")
_ASSET = re.compile(r"[0-9A-Z_-]{3,40}")


@dataclass(frozen=True, slots=True)
class SearchHit:
    """An address that was found, lon and lat in EPSG:4490; ``match`` says in Chinese why."""

    code: str
    full_text: str
    stage: str
    place: str
    number: str
    lon: float
    lat: float
    match: str


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Hits in order of rank, and where the next page starts."""

    items: list[SearchHit]
    next_cursor: str | None


async def search_addresses(
    lane: ReadLane, query: str, limit: int = 20, cursor: str | None = None
) -> SearchPage:
    """Find current addresses; the best match first, an empty page when nothing of the query can be searched for.

    Raises InvalidInput for a limit outside 1-100 or a cursor that no page gave.
    """
    offset = _offset(limit, cursor)
    arguments = {"county": lane.county_code, "today": lane.today(), "limit": limit + 1, "offset": offset}
    rows = await _by_identifier(lane, query, arguments) or await _by_text(lane, query, arguments)
    return SearchPage([_hit(row) for row in rows[:limit]], str(offset + limit) if len(rows) > limit else None)


def _offset(limit: int, cursor: str | None) -> int:
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidInput(f"limit应在1至{MAX_LIMIT}之间", code="limit-out-of-range")
    if cursor is None:
        return 0
    if not re.fullmatch(r"[0-9]{1,9}", cursor):
        raise InvalidInput("cursor不是本接口给出的值", code="cursor-malformed")
    return int(cursor)


async def _by_identifier(lane: ReadLane, query: str, arguments: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    typed = "".join(unicodedata.normalize("NFKC", query[:MAX_QUERY]).split())
    text = typed.upper()
    if _CODE.fullmatch(text):
        return await _by_code(lane, text, arguments) or await _by_building(lane, typed, arguments)
    if parcel := _PARCEL.fullmatch(text):
        return await lane.rows(_BY_PARCEL, {**arguments, "code": parcel[1]})
    if _ASSET.fullmatch(text) and not text.isdecimal():
        return await _by_building(lane, typed, arguments)
    return []


async def _by_code(lane: ReadLane, digits: str, arguments: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    bounds = {"low": digits.ljust(26, "0"), "high": digits.ljust(26, "9")}
    return await lane.rows(_BY_CODE, {**arguments, **bounds})


async def _by_building(lane: ReadLane, code: str, arguments: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    return await lane.rows(_BY_BUILDING, {**arguments, "codes": list({code, code.upper()})})


async def _by_text(lane: ReadLane, query: str, arguments: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    heads = {
        normalise(name): (name, code) for name, code in await lane.rows(HEADS, {"county": lane.county_code})
    }
    terms = read_query(query, list(heads))
    named = [heads[head] for head in terms.heads]
    if not terms.text:
        return await _by_code(lane, named[-1][1], arguments) if named else []
    towns = [name for name, code in named if len(code) == 9]
    arguments = {
        **arguments,
        "text": terms.text,
        "town": towns[0] if towns else None,
        "number": int(terms.text) if _NUMBER.fullmatch(terms.text) else None,
        "contained": list(terms.bigrams),
        "prefix": list(terms.anchored_start),
        "exact": list(terms.anchored),
        "numbered": list(read_query(terms.text + "号", ()).bigrams),
    }
    rows = await lane.rows(_BY_TEXT, arguments)
    if rows or arguments["offset"] or len(terms.text) < 3:
        return rows
    return await lane.rows(
        _BY_SLIP, {**arguments, "sets": [" ".join(kept) for kept in terms.with_one_slip()]}
    )


def _hit(row: tuple[Any, ...]) -> SearchHit:
    code, full_text, stage, place, main, sub, inside, lon, lat, match = row
    return SearchHit(code, full_text, stage, place, f"{DoorNumber(main, sub)}{inside}", lon, lat, match)


def index_addresses(
    conn: Connection, county_code: str, rows: Iterable[tuple[UUID, str, Sequence[str]]]
) -> int:
    """Write the search documents of addresses given as (id, full text, aliases); gives how many."""
    heads = [name for name, _ in conn.exec_driver_sql(HEADS, {"county": county_code})]
    rows, count = iter(rows), 0
    while chunk := list(islice(rows, _CHUNK)):
        documents = [search_document(text, heads, aliases) for _, text, aliases in chunk]
        arguments = {
            "county": county_code,
            "ids": [address_id for address_id, _, _ in chunk],
            "tails": [tail for tail, _ in documents],
            "grams": [" ".join(grams) for _, grams in documents],
        }
        conn.execute(sql(_INDEX), arguments)
        count += len(chunk)
    return count


HEADS: LiteralString = """
SELECT name, code FROM (
    SELECT 0 AS level, province_name AS name, county_code::text AS code FROM county WHERE county_code = %(county)s
    UNION ALL SELECT 1, prefecture_name, county_code FROM county WHERE county_code = %(county)s
    UNION ALL SELECT 2, name, county_code FROM county WHERE county_code = %(county)s
    UNION ALL SELECT DISTINCT 3, name, code_nbs FROM division_version
        WHERE county_code = %(county)s AND level = 'township') head
ORDER BY level, length(name) DESC, name
"""
"""Names that stand before the searched part of an address, widest first; former names of towns among them."""

_INDEX = """
INSERT INTO address_search (county_code, address_id, tail, bigrams)
SELECT :county, id, tail, string_to_array(grams, ' ')
FROM unnest(CAST(:ids AS uuid[]), CAST(:tails AS text[]), CAST(:grams AS text[])) AS document (id, tail, grams)
ON CONFLICT (county_code, address_id) DO UPDATE SET tail = excluded.tail, bigrams = excluded.bigrams
WHERE (address_search.tail, address_search.bigrams) IS DISTINCT FROM (excluded.tail, excluded.bigrams)
"""

# The statements are planned once, without knowing their values, and a range test on an unknown date is guessed to
# hold for a few rows. Hence the fixed shapes: scalar and lateral subqueries, which are always look-ups by key, and
# CASE around the test, which hides it from the guess and from the slow GiST index of the exclusion constraint.

# Every search ends in the same columns; `hit` holds address_id, position and why, and no more rows than a page.
_PAGE: LiteralString = """
SELECT a.code::text, v.full_text, v.stage, coalesce(p.name, ''), v.main, v.sub,
       v.building_label || v.unit_label || v.floor_label || v.room_label, ST_X(v.position), ST_Y(v.position), hit.why
FROM hit
CROSS JOIN LATERAL (
    SELECT code FROM address WHERE county_code = %(county)s AND id = hit.address_id LIMIT 1) a
CROSS JOIN LATERAL (
    SELECT * FROM address_version n WHERE n.county_code = %(county)s AND n.address_id = hit.address_id
       AND n.stage = 'current' AND upper_inf(n.recorded) AND CASE WHEN n.valid @> %(today)s THEN true END LIMIT 1) v
LEFT JOIN LATERAL (
    SELECT coalesce((SELECT name FROM place_version o
               WHERE o.county_code = %(county)s AND o.place_id = n.parent_place_id AND upper_inf(o.recorded)
                 AND CASE WHEN o.valid @> %(today)s THEN true END LIMIT 1), '') || n.name AS name
    FROM place_version n WHERE n.county_code = %(county)s AND n.place_id = v.place_id
       AND upper_inf(n.recorded) AND CASE WHEN n.valid @> %(today)s THEN true END LIMIT 1) p ON true
ORDER BY hit.position
"""

_IS_CURRENT: LiteralString = """
(SELECT true FROM address_version n WHERE n.county_code = %(county)s AND n.address_id = found.address_id
   AND n.stage = 'current' AND upper_inf(n.recorded) AND CASE WHEN n.valid @> %(today)s THEN true END LIMIT 1)
"""

_BY_CODE: LiteralString = f"""
WITH hit AS MATERIALIZED (
    SELECT address_id, row_number() OVER (ORDER BY code) AS position,
           CASE WHEN %(low)s::char(26) = %(high)s::char(26) THEN '地址编码一致' ELSE '地址编码以所查数字开头' END AS why
    FROM (SELECT id AS address_id, code FROM address WHERE county_code = %(county)s
            AND code BETWEEN %(low)s::char(26) AND %(high)s::char(26)) found
    WHERE {_IS_CURRENT}
    ORDER BY code LIMIT %(limit)s OFFSET %(offset)s)
{_PAGE}
"""  # noqa: S608

_ON_BUILDINGS: LiteralString = """
JOIN address_building l ON l.county_code = b.county_code AND l.building_id = b.id AND upper_inf(l.recorded)
    AND upper_inf(l.valid)
JOIN address a ON a.county_code = l.county_code AND a.id = l.address_id
"""

_BY_PARCEL: LiteralString = f"""
WITH hit AS MATERIALIZED (
    SELECT address_id, row_number() OVER (ORDER BY code) AS position, why
    FROM (SELECT DISTINCT l.address_id, a.code, '宗地' || c.parcel_code || '上的建筑物' AS why
          FROM parcel c JOIN building b ON b.county_code = c.county_code AND b.parcel_id = c.id
          {_ON_BUILDINGS}
          WHERE c.county_code = %(county)s AND c.parcel_code = %(code)s) found
    WHERE {_IS_CURRENT}
    ORDER BY code LIMIT %(limit)s OFFSET %(offset)s)
{_PAGE}
"""  # noqa: S608

_BY_BUILDING: LiteralString = f"""
WITH hit AS MATERIALIZED (
    SELECT l.address_id, 1 AS position, '建筑物编号一致' AS why FROM building b
    {_ON_BUILDINGS}
    WHERE b.county_code = %(county)s AND b.building_code = ANY (%(codes)s)
    LIMIT %(limit)s OFFSET %(offset)s)
{_PAGE}
"""  # noqa: S608

# Of a query that names a town, the addresses of that town only.
_IN_TOWN: LiteralString = """
(%(town)s::text IS NULL OR (SELECT strpos(n.full_text, %(town)s) > 0 FROM address_version n
    WHERE n.county_code = %(county)s AND n.address_id = found.address_id AND n.stage = 'current'
      AND upper_inf(n.recorded) AND CASE WHEN n.valid @> %(today)s THEN true END LIMIT 1))
"""

# The exact and the leading ones are fetched by themselves, so that a wide query cannot crowd them out.
_BY_TEXT: LiteralString = f"""
WITH candidate AS MATERIALIZED (
    (SELECT address_id, tail FROM address_search
     WHERE county_code = %(county)s AND bigrams @> %(exact)s LIMIT 1000)
    UNION
    (SELECT address_id, tail FROM address_search
     WHERE county_code = %(county)s AND bigrams @> %(prefix)s LIMIT 1000)
    UNION
    (SELECT address_id, tail FROM address_search
     WHERE county_code = %(county)s AND bigrams @> %(numbered)s AND %(number)s::int IS NOT NULL
       AND tail ~ ('(^|[^0-9])' || %(number)s::int || '号') LIMIT 1000)
    UNION
    (SELECT address_id, tail FROM address_search
     WHERE county_code = %(county)s AND bigrams @> %(contained)s LIMIT 1000)
), found AS (
    SELECT address_id, line, CASE
        WHEN line = %(text)s THEN 1
        WHEN strpos(E'\n' || tail || E'\n', E'\n' || %(text)s || E'\n') > 0 THEN 2
        WHEN line ~ ('(^|[^0-9])' || %(number)s::int || '号$') THEN 3
        WHEN starts_with(line, %(text)s) THEN 4
        WHEN strpos(line, %(text)s) > 0 THEN 5
        WHEN strpos(tail, %(text)s) > 0 THEN 6
        ELSE 7 END AS rank
    FROM (SELECT *, split_part(tail, E'\n', 1) AS line FROM candidate) c
), hit AS MATERIALIZED (
    SELECT address_id, row_number() OVER (ORDER BY rank, length(line), line COLLATE "C", address_id) AS position,
           (ARRAY['标准地址一致', '曾用地址一致', '门牌号一致', '标准地址以所查文字开头', '标准地址含所查文字',
                  '曾用地址含所查文字', '含所查的各个字词，但不相连'])[rank] AS why
    FROM found WHERE {_IS_CURRENT} AND {_IN_TOWN}
    ORDER BY position LIMIT %(limit)s OFFSET %(offset)s)
{_PAGE}
"""  # noqa: S608

_BY_SLIP: LiteralString = f"""
WITH candidate AS MATERIALIZED (
    SELECT DISTINCT near.* FROM unnest(%(sets)s::text[]) AS kept,
        LATERAL (SELECT address_id, split_part(tail, E'\n', 1) AS line, bigrams FROM address_search
                 WHERE county_code = %(county)s AND bigrams @> string_to_array(kept, ' ') LIMIT 50) near
), found AS (
    SELECT address_id, line, (SELECT count(*) FROM unnest(%(contained)s::text[]) gram
                              WHERE gram = ANY (bigrams)) AS same
    FROM candidate
), hit AS MATERIALIZED (
    SELECT address_id,
           row_number() OVER (ORDER BY same DESC, length(line), line COLLATE "C", address_id) AS position,
           '相近：' || cardinality(%(contained)s::text[]) || '处相邻两字有' || same || '处相同' AS why
    FROM found WHERE same * 2 >= cardinality(%(contained)s::text[]) AND {_IS_CURRENT} AND {_IN_TOWN}
    ORDER BY position LIMIT %(limit)s)
{_PAGE}
"""  # noqa: S608
