"""The doors that rows of a list name: by address, and by the token of a plate, whatever became of the plate."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, text

from address_service.store.resident_records import KnownAddress


@dataclass(frozen=True, slots=True)
class KnownDoor:
    """An address drafted or current, its code and its text of today; of a draft ``is_current`` is False."""

    address: KnownAddress
    code: str
    full_text: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class PlateDoor:
    """The address that a plate was made for, which need not be in force any more."""

    address_id: UUID
    code: str


_DOORS = """
SELECT a.id, v.division_id, d.code_nbs, a.code, v.full_text, v.stage = 'current'
FROM unnest(CAST(:ids AS uuid[])) AS wanted
JOIN address a ON a.county_code = :county AND a.id = wanted
JOIN address_version v ON v.county_code = a.county_code AND v.address_id = a.id AND upper_inf(v.recorded)
  AND upper_inf(v.valid) AND v.stage IN ('draft', 'current')
JOIN division_version d ON d.county_code = v.county_code AND d.division_id = v.division_id AND upper_inf(d.recorded)
  AND upper_inf(d.valid)
"""

# A plate keeps the door that it was made for when it is lost, taken down or replaced by another one.
_PLATES = """
SELECT p.token, p.address_id, a.code FROM plate p
JOIN address a ON a.county_code = p.county_code AND a.id = p.address_id
WHERE p.county_code = :county AND p.token = ANY(:tokens)
"""


def doors_by_id(conn: Connection, county_code: str, ids: Iterable[UUID]) -> dict[UUID, KnownDoor]:
    """Addresses that somebody may be registered at; those that have ended are left out."""
    args = {"county": county_code, "ids": sorted(set(ids))}
    rows = conn.execute(text(_DOORS), args)
    return {row[0]: KnownDoor(KnownAddress(*row[:3]), *row[3:]) for row in rows}


def doors_of_plates(conn: Connection, county_code: str, tokens: Iterable[str]) -> dict[str, PlateDoor]:
    """The door of each token that was ever issued."""
    args = {"county": county_code, "tokens": sorted(set(tokens))}
    return {token: PlateDoor(*rest) for token, *rest in conn.execute(text(_PLATES), args)}
