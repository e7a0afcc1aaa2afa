"""The index behind the search box: what stands there of an address, written whenever its texts change."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import LiteralString
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy import text as sql

from address_service.coding.search_terms import search_document

_CHUNK = 5000


def index_addresses(
    conn: Connection, county_code: str, rows: Iterable[tuple[UUID, str, Sequence[str]]]
) -> int:
    """Write the search documents of addresses given as (id, full text, old texts); gives how many."""
    heads = [name for name, _ in conn.exec_driver_sql(HEADS, {"county": county_code})]
    rows, count = iter(rows), 0
    while chunk := list(islice(rows, _CHUNK)):
        documents = [search_document(text, heads, aliases) for _, text, aliases in chunk]
        arguments = {
            "county": county_code,
            "ids": [address_id for address_id, _, _ in chunk],
            "tails": [document.tail for document in documents],
            "grams": [" ".join(document.bigrams) for document in documents],
            "initials": [document.initials for document in documents],
            "words": [" ".join(document.words) for document in documents],
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
INSERT INTO address_search (county_code, address_id, tail, bigrams, division_id, initials, words)
SELECT :county, d.id, d.tail, string_to_array(d.grams, ' '), v.division_id, d.initials, string_to_array(d.words, ' ')
FROM unnest(CAST(:ids AS uuid[]), CAST(:tails AS text[]), CAST(:grams AS text[]), CAST(:initials AS text[]),
    CAST(:words AS text[])) AS d (id, tail, grams, initials, words)
LEFT JOIN LATERAL (SELECT division_id FROM address_version n
    WHERE n.county_code = :county AND n.address_id = d.id AND n.stage = 'current' AND upper_inf(n.recorded)
      AND upper_inf(n.valid) LIMIT 1) v ON true
ON CONFLICT (county_code, address_id) DO UPDATE SET tail = excluded.tail, bigrams = excluded.bigrams,
    division_id = excluded.division_id, initials = excluded.initials, words = excluded.words
WHERE (address_search.tail, address_search.bigrams, address_search.division_id, address_search.initials,
       address_search.words) IS DISTINCT FROM (excluded.tail, excluded.bigrams, excluded.division_id,
       excluded.initials, excluded.words)
"""
