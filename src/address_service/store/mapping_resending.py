"""Refused rows that go out again with the next package of their consumer."""

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from address_service.model.mapping import MappingRow, RowState
from address_service.store.mapping_receipts import STANDS_ELSEWHERE

_prepared = cache(text)

_MAPPING_ROW = """m.id, m.row_no, m.address_id, m.heir_id, m.household_id, m.old_text, m.new_text, m.kinds, m.decrees,
       m.effective_on, m.change_seq, m.keeps_arrival, m.state, m.reason, m.reason_text, m.revision"""

_TO_RESEND = f"""
SELECT {_MAPPING_ROW}, p.sequence AS sequence FROM mapping_refusal f
JOIN mapping_row m ON m.county_code = f.county_code AND m.id = f.row_id
JOIN mapping_package p ON p.county_code = f.county_code AND p.id = f.package_id
WHERE f.county_code = :county AND p.consumer_id = :consumer AND f.state = 'resend' AND f.resent_package_id IS NULL
  AND NOT (m.old_text IS NOT NULL AND {STANDS_ELSEWHERE})
ORDER BY p.sequence, m.row_no
"""  # noqa: S608

_SINCE = f"""
SELECT {_MAPPING_ROW}, p.sequence AS sequence FROM mapping_row m
JOIN mapping_package p ON p.county_code = m.county_code AND p.id = m.package_id
WHERE m.county_code = :county AND p.consumer_id = :consumer AND p.sequence > :sequence
ORDER BY p.sequence, m.row_no
"""  # noqa: S608

_RESENT = """
UPDATE mapping_refusal f SET resent_package_id = :package, revision = f.revision + 1
WHERE f.county_code = :county AND f.state = 'resend' AND f.resent_package_id IS NULL
  AND f.row_id = ANY(CAST(:ids AS uuid[]))
"""


class Resending:
    """Refused rows of a consumer that go out again with its next package; the consumer must be held."""

    def __init__(self, conn: Connection, county_code: str, consumer_id: UUID) -> None:
        """Bind to a transaction, a tenant and a consumer."""
        self._conn = conn
        self._args = {"county": county_code, "consumer": consumer_id}

    def rows(self) -> list[tuple[MappingRow, int]]:
        """Rows to send again, with the number of the package that they were refused in."""
        return [_sent(row) for row in self._all(_TO_RESEND)]

    def since(self, sequence: int) -> list[tuple[MappingRow, int]]:
        """All rows of packages behind one, in order."""
        return [_sent(row) for row in self._all(_SINCE, sequence=sequence)]

    def mark(self, row_ids: Sequence[UUID], package_id: UUID) -> None:
        """Note that rows went out again with a package."""
        args = {**self._args, "ids": list(row_ids), "package": package_id}
        self._conn.execute(_prepared(_RESENT), args)

    def _all(self, statement: str, **args: Any) -> Sequence[Any]:
        return self._conn.execute(_prepared(statement), {**self._args, **args}).all()


def _sent(row: Any) -> tuple[MappingRow, int]:
    values = {name: row._mapping[name] for name in MappingRow.__dataclass_fields__}
    values |= {"kinds": tuple(row.kinds), "decrees": tuple(row.decrees), "state": RowState(row.state)}
    return MappingRow(**values), row.sequence
