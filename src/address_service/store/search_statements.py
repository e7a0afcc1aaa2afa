"""The statements of the search box; each gives a page of current addresses with the kind of match, best first.

They are planned once, without knowing their values, and a range test on an unknown date is guessed to hold for a few
rows. Hence the fixed shapes: scalar and lateral subqueries, which are always look-ups by key, and CASE around the test,
which hides it from the guess and from the slow GiST index of the exclusion constraint.
"""

from typing import Literal, LiteralString

Narrowing = Literal["nothing", "apart", "bigrams", "words", "both"]
NARROWINGS: tuple[Narrowing, ...] = ("nothing", "apart", "bigrams", "words", "both")
# Asked of the index is what is rare of the text, the rest of the rows found so. An empty array would have the whole
# index read, hence a statement for each.

Scope = Literal["county", "many", "few"]
SCOPES: tuple[Scope, ...] = ("county", "many", "few")
# A few villages are gone through one by one, of many the rows of the county are read that stand there.

# Every search ends in the same columns; `hit` holds address_id, position, kind and tail, and no more rows than a page.
_PAGE: LiteralString = """
SELECT a.code::text, v.full_text, v.stage, coalesce(p.name, ''), v.main, v.sub,
       v.building_label || v.unit_label || v.floor_label || v.room_label, ST_X(v.position), ST_Y(v.position),
       hit.kind, hit.tail
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

# The village is read off the version in force, whatever the index says; `found` is what was found so far.
_STANDS: LiteralString = """
(SELECT true FROM address_version n WHERE n.county_code = %(county)s AND n.address_id = found.address_id
   AND n.stage = 'current' AND upper_inf(n.recorded) AND CASE WHEN n.valid @> %(today)s THEN true END
   AND (%(villages)s::uuid[] IS NULL OR n.division_id = ANY (%(villages)s)) LIMIT 1)
"""

# A CTE is read in its order and no further than the page needs, so that few versions are looked at.
_FINISH: LiteralString = f"""
, hit AS MATERIALIZED (
    SELECT * FROM ranked found WHERE {_STANDS} LIMIT %(limit)s OFFSET %(offset)s)
{_PAGE}
"""  # noqa: S608

BY_CODE: LiteralString = f"""
WITH ranked AS MATERIALIZED (
    SELECT id AS address_id, code AS position, '' AS tail,
           CASE WHEN %(low)s::char(26) = %(high)s::char(26) THEN 'code-same' ELSE 'code-starts' END AS kind
    FROM address WHERE county_code = %(county)s AND code BETWEEN %(low)s::char(26) AND %(high)s::char(26)
    ORDER BY code LIMIT 20000)
{_FINISH}
"""  # noqa: S608

_ON_BUILDINGS: LiteralString = """
JOIN address_building l ON l.county_code = b.county_code AND l.building_id = b.id AND upper_inf(l.recorded)
    AND upper_inf(l.valid)
JOIN address a ON a.county_code = l.county_code AND a.id = l.address_id
"""

BY_PARCEL: LiteralString = f"""
WITH ranked AS MATERIALIZED (
    SELECT DISTINCT l.address_id, a.code AS position, '' AS tail, 'parcel' AS kind
    FROM parcel c JOIN building b ON b.county_code = c.county_code AND b.parcel_id = c.id
    {_ON_BUILDINGS}
    WHERE c.county_code = %(county)s AND c.parcel_code = %(code)s
    ORDER BY a.code)
{_FINISH}
"""  # noqa: S608

BY_BUILDING: LiteralString = f"""
WITH ranked AS MATERIALIZED (
    SELECT l.address_id, a.code AS position, '' AS tail, 'building' AS kind FROM building b
    {_ON_BUILDINGS}
    WHERE b.county_code = %(county)s AND b.building_code = ANY (%(codes)s)
    ORDER BY a.code)
{_FINISH}
"""  # noqa: S608

_IN_ORDER: LiteralString = """ORDER BY left(tail, 60) COLLATE "C" """

_LEADING: LiteralString = """
left(tail, 60) COLLATE "C" >= %(text)s AND left(tail, 60) COLLATE "C" < %(text)s || chr(1114111)
"""


_COLUMNS: LiteralString = "address_id, tail, initials"


def _of_all(
    where: LiteralString, order: LiteralString, limit: LiteralString, columns: LiteralString = _COLUMNS
) -> LiteralString:
    return f"""(SELECT {columns} FROM address_search
        WHERE county_code = %(county)s AND {where} {order} LIMIT {limit})"""  # noqa: S608


def _of_villages(
    where: LiteralString, order: LiteralString, limit: LiteralString, columns: LiteralString = _COLUMNS
) -> LiteralString:
    """The same in a few villages, one after the other by the index of villages where there is an order."""
    return f"""(SELECT near.* FROM unnest(%(villages)s::uuid[]) AS village, LATERAL (
        SELECT {columns} FROM address_search
        WHERE county_code = %(county)s AND division_id = village AND {where} {order} LIMIT {limit}) near
        LIMIT {limit})"""  # noqa: S608


def _within(where: LiteralString, scope: Scope) -> LiteralString:
    """CASE keeps the planner from reading off all rows of the villages first, whatever else narrows the search."""
    if scope == "county":
        return where
    return f"{where} AND CASE WHEN division_id = ANY (%(villages)s) THEN true END"


def _grams(where: LiteralString, scope: Scope) -> LiteralString:
    """Rows that hold grams, by the index of grams."""
    return _of_all(_within(where, scope), "", "%(most)s")


def _in_order(
    where: LiteralString, scope: Scope, limit: LiteralString, columns: LiteralString = _COLUMNS
) -> LiteralString:
    if scope == "few":
        return _of_villages(where, _IN_ORDER, limit, columns)
    return _of_all(_within(where, scope), _IN_ORDER, limit, columns)


def _walk(where: LiteralString, scope: Scope) -> LiteralString:
    """Rows that hold a text, looked for in their order; of those so many that a common text is found at once."""
    return f"""(SELECT address_id, tail, initials FROM {_in_order("true", scope, "10000", "*")} walk
        WHERE {where} LIMIT %(most)s)"""  # noqa: S608


def _leading(scope: Scope) -> LiteralString:
    return _in_order(_LEADING, scope, "%(most)s")


_IS_LINE: LiteralString = """strpos(E'\\n' || tail || E'\\n', E'\\n' || %(text)s || E'\\n') > 0"""

_RANKED_TEXT: LiteralString = f"""
, ranked AS MATERIALIZED (
    SELECT address_id, tail,
           (ARRAY['text-same', 'former-same', 'number-same', 'text-starts', 'text-holds', 'former-holds',
                  'apart'])[rank] AS kind,
           row_number() OVER (ORDER BY rank, length(line), line COLLATE "C", address_id) AS position
    FROM (SELECT address_id, tail, line, CASE
              WHEN line = %(text)s THEN 1
              WHEN {_IS_LINE} THEN 2
              WHEN line ~ ('(^|[^0-9])' || %(number)s::int || '号$') THEN 3
              WHEN starts_with(line, %(text)s) THEN 4
              WHEN strpos(line, %(text)s) > 0 THEN 5
              WHEN strpos(tail, %(text)s) > 0 THEN 6
              ELSE 7 END AS rank
          FROM (SELECT *, split_part(tail, E'\\n', 1) AS line FROM candidate OFFSET 0) c OFFSET 0) r
    ORDER BY position)
"""  # noqa: S608


def _by_text(scope: Scope, how: Narrowing) -> LiteralString:
    """The leading and exact ones are fetched by themselves where a wide query could crowd them out."""
    rest: LiteralString = "CASE WHEN bigrams @> %(bigrams)s AND words @> %(words)s THEN true END"
    held: dict[Narrowing, LiteralString] = {
        "nothing": _walk("strpos(walk.tail, %(text)s) > 0", scope),
        "apart": _walk(f"{rest}", scope),
        "bigrams": _grams(f"bigrams @> %(rare_bigrams)s AND {rest}", scope),
        "words": _grams(f"words @> %(rare_words)s AND {rest}", scope),
        "both": _grams(f"bigrams @> %(rare_bigrams)s AND words @> %(rare_words)s AND {rest}", scope),
    }
    exact = _grams(f"bigrams @> %(exact)s AND {_IS_LINE}", scope)
    numbered = _grams("words @> ARRAY[%(number)s::int || '号'] AND %(number)s::int IS NOT NULL", scope)
    wide: LiteralString = "" if how in ("words", "both") else f"UNION {exact} UNION {numbered}"
    return f"""WITH candidate AS MATERIALIZED (
    {_leading(scope)} UNION {held[how]} {wide}) {_RANKED_TEXT} {_FINISH}"""


def _by_start(scope: Scope) -> LiteralString:
    """Only what begins with the text, or is it in an old text: nothing else comes before that."""
    exact = _grams(f"bigrams @> %(exact)s AND {_IS_LINE}", scope)
    return f"WITH candidate AS MATERIALIZED ({_leading(scope)} UNION {exact}) {_RANKED_TEXT} {_FINISH}"


def _by_initials(scope: Scope, common: bool) -> LiteralString:
    held = (
        _walk("strpos(walk.initials, %(letters)s) > 0", scope)
        if common
        else _grams("words @> %(rare_words)s AND strpos(initials, %(letters)s) > 0", scope)
    )
    return f"""WITH candidate AS MATERIALIZED ({held}), ranked AS MATERIALIZED (
    SELECT address_id, tail, (ARRAY['initials-same', 'initials-start', 'initials-hold'])[rank] AS kind,
           row_number() OVER (ORDER BY rank, length(line), line COLLATE "C", address_id) AS position
    FROM (SELECT *, split_part(tail, E'\\n', 1) AS line, CASE
              WHEN strpos(E'\\n' || initials || E'\\n', E'\\n' || %(letters)s || E'\\n') > 0 THEN 1
              WHEN strpos(E'\\n' || initials, E'\\n' || %(letters)s) > 0 THEN 2
              ELSE 3 END AS rank FROM candidate) r
    ORDER BY position) {_FINISH}"""  # noqa: S608


def _by_slip(scope: Scope) -> LiteralString:
    """Candidates by the counted words, and by what remains of the bigrams wherever the slip may be."""
    by_words = _of_all(
        _within("words @> %(rare_words)s AND cardinality(%(rare_words)s) > 0", scope), "", "600"
    )
    remaining = _within("bigrams @> string_to_array(kept, ' ')", scope)
    return f"""WITH candidate AS MATERIALIZED (
        {by_words}
        UNION
        SELECT near.* FROM unnest(%(sets)s::text[]) AS kept,
            LATERAL (SELECT address_id, tail, initials FROM address_search
                     WHERE county_code = %(county)s AND {remaining} LIMIT 25) near
    ), counted AS MATERIALIZED (
        SELECT address_id, tail, split_part(tail, E'\\n', 1) AS line,
               (SELECT count(*) FROM unnest(%(bigrams)s::text[]) gram WHERE strpos(tail, gram) > 0) AS same
        FROM candidate
    ), ranked AS MATERIALIZED (
        SELECT address_id, tail, 'near' AS kind,
               row_number() OVER (ORDER BY same DESC, similarity(line, %(text)s) DESC, length(line), line COLLATE "C",
                                  address_id) AS position
        FROM counted WHERE same * 2 >= cardinality(%(bigrams)s::text[])
        ORDER BY position) {_FINISH}"""  # noqa: S608


BY_TEXT = {(scope, how): _by_text(scope, how) for scope in SCOPES for how in NARROWINGS}
BY_INITIALS = {(scope, common): _by_initials(scope, common) for scope in SCOPES for common in (False, True)}
BY_START = {scope: _by_start(scope) for scope in SCOPES}
BY_SLIP = {scope: _by_slip(scope) for scope in SCOPES}
"""By where is searched, and by what of the text: nothing where all of its grams are common, then of them apart."""
