"""What the register knows of the people of an extract: by keyed digests of their numbers, within the scope."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from address_service.model.residents import EndReason
from address_service.residents.findings import Standing
from address_service.store.seal import Seal

_STANDINGS = """
SELECT p.id, p.id_no_index, p.end_reason,
       (SELECT r.address_id FROM residency r WHERE r.county_code = p.county_code AND r.person_id = p.id
          AND r.kind = 'registered' AND upper_inf(r.recorded) AND upper_inf(r.valid) LIMIT 1) AS registered_at,
       (SELECT r.address_id FROM residency r WHERE r.county_code = p.county_code AND r.person_id = p.id
          AND r.kind = 'actual' AND upper_inf(r.recorded) AND upper_inf(r.valid) LIMIT 1) AS lives_at
FROM person p WHERE p.county_code = :county AND p.id_no_index = ANY(:digests) AND p.stage IN ('active', 'ended')
ORDER BY p.id
"""

_HOUSEHOLDS = """
SELECT h.book_no_index, l.address_id FROM household h
JOIN household_address l ON l.county_code = h.county_code AND l.household_id = h.id AND upper_inf(l.recorded)
  AND upper_inf(l.valid)
WHERE h.county_code = :county AND h.book_no_index = ANY(:digests) AND h.stage = 'active'
"""


def standings(
    conn: Connection, county_code: str, seal: Seal, numbers: Iterable[str]
) -> dict[str, list[Standing]]:
    """Persons of the register by normalised identity number."""
    found: dict[str, list[Standing]] = {}
    for number, row in _by_digest(conn, county_code, seal, _STANDINGS, "id-no", numbers):
        ended = EndReason(row.end_reason) if row.end_reason else None
        standing = Standing(row.id, row.registered_at, row.lives_at, ended)
        found.setdefault(number, []).append(standing)
    return found


def homes_of_books(conn: Connection, county_code: str, seal: Seal, books: Iterable[str]) -> dict[str, UUID]:
    """Where the register has the households of normalised 户号."""
    return {
        book: row.address_id
        for book, row in _by_digest(conn, county_code, seal, _HOUSEHOLDS, "book-no", books)
    }


def _by_digest(
    conn: Connection, county_code: str, seal: Seal, statement: str, kind: str, values: Iterable[str]
) -> Iterable[tuple[str, Any]]:
    by_digest = {digest: value for value in set(values) for digest in seal.indexes(kind, value)}
    if not by_digest:
        return
    for row in conn.execute(text(statement), {"county": county_code, "digests": list(by_digest)}):
        yield by_digest[bytes(row[1] if kind == "id-no" else row[0])], row
