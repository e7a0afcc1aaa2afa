"""What an import of residents asks of the register, many at a time."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from address_service.store.resident_records import KnownAddress
from address_service.store.seal import Seal

_PART = 5_000

# A text without province, county and town is the start of a key read back to front; one so short that it says no more
# than a number is not tried. A text found several times is the sender's to decide.
# Every arm is said so that an index answers it, and the keys are answered before anything is joined to them.
# The order is that of the indexes by the tail, which alone need no sort: see `find_addresses`.
FIND_ADDRESSES = """
WITH found AS MATERIALIZED (
    SELECT n.key, a.id
    FROM (SELECT key, text_tail(key) AS tail FROM unnest(CAST(:keys AS text[])) AS key OFFSET 0) n
    JOIN LATERAL (
        SELECT a.id FROM address a
            WHERE a.county_code = :county AND length(n.key) = 26 AND a.code = CAST(n.key AS char(26))
        UNION SELECT v.address_id FROM address_version v
            WHERE v.county_code = :county AND v.full_text = n.key AND upper_inf(v.recorded) AND upper_inf(v.valid)
              AND v.stage IN ('draft', 'current')
        UNION (SELECT v.address_id FROM address_version v
            WHERE v.county_code = :county AND upper_inf(v.recorded) AND v.stage = 'current' AND length(n.tail) > 4
              AND text_tail(v.full_text) COLLATE "C" >= n.tail
              AND text_tail(v.full_text) COLLATE "C" < n.tail || chr(1114111) AND upper_inf(v.valid)
            ORDER BY text_tail(v.full_text) COLLATE "C" LIMIT 3)
        UNION (SELECT l.address_id FROM alias l
            WHERE l.county_code = :county AND upper_inf(l.recorded) AND length(n.tail) > 4
              AND text_tail(l.text) COLLATE "C" >= n.tail
              AND text_tail(l.text) COLLATE "C" < n.tail || chr(1114111)
            ORDER BY text_tail(l.text) COLLATE "C" LIMIT 3)
    ) a ON true
)
SELECT f.key, f.id, v.division_id, d.code_nbs FROM found f
JOIN address_version v ON v.county_code = :county AND v.address_id = f.id AND upper_inf(v.recorded)
  AND upper_inf(v.valid) AND v.stage IN ('draft', 'current')
JOIN division_version d ON d.county_code = v.county_code AND d.division_id = v.division_id AND upper_inf(d.recorded)
  AND upper_inf(d.valid)
"""
"""Addresses (key, id, village, its code) of ``:keys``."""

_BY_DIGEST = {
    "id-no": "SELECT id, id_no_index FROM person WHERE county_code = :county AND id_no_index = ANY(:digests)"
    " AND stage = 'active'",
    "book-no": "SELECT id, book_no_index FROM household WHERE county_code = :county AND book_no_index = ANY(:digests)"
    " AND stage = 'active'",
}


def find_addresses(conn: Connection, county_code: str, keys: Iterable[str]) -> dict[str, list[KnownAddress]]:
    """Addresses drafted or current by code, by the whole text in any spelling, or by a text of before."""
    found: dict[str, list[KnownAddress]] = defaultdict(list)
    # A table that was just filled has no statistics, and any index of a county seems to give one row: with another
    # index than that of the tail, which would need a sort, all addresses were read for every key.
    conn.execute(text("SET LOCAL enable_sort = off"))
    for part in _parts(sorted(set(keys))):
        for key, *rest in conn.execute(text(FIND_ADDRESSES), {"county": county_code, "keys": part}):
            found[key].append(KnownAddress(*rest))
    conn.execute(text("SET LOCAL enable_sort = on"))
    return found


def find_by_values(
    conn: Connection, county_code: str, seal: Seal, kind: str, values: Iterable[str]
) -> dict[str, UUID]:
    """Active persons by identity number (``id-no``), or households by 户号 (``book-no``), within the scope."""
    by_digest = {digest: value for value in set(values) for digest in seal.indexes(kind, value)}
    found = {}
    for part in _parts(list(by_digest)):
        for row_id, digest in conn.execute(text(_BY_DIGEST[kind]), {"county": county_code, "digests": part}):
            found[by_digest[bytes(digest)]] = row_id
    return found


def _parts(values: Sequence[Any]) -> Iterable[list[Any]]:
    for start in range(0, len(values), _PART):
        yield list(values[start : start + _PART])
