"""What other offices call a door (mlpnbid, bzdzid), learnt from rows of extracts that a reviewer tied to an address."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection, text

from address_service.coding.matching import MatchBook
from address_service.store.resident_scope import scope_of_villages
from address_service.store.seal import RowKey, Seal

_BATCH = 5000


class LearntIds:
    """Reads the decided rows of a county; of a row it has opened it remembers that identity and nothing else."""

    def __init__(self) -> None:
        """Nothing was read yet."""
        self._said: dict[UUID, str | None] = {}

    def read(self, conn: Connection, county_code: str, seal: Seal) -> dict[str, set[str]]:
        """Address ids by what they are called, as decided now; nothing of extracts that were withdrawn.

        Raises NotReady `key-missing`, `seal-broken`.
        """
        with scope_of_villages(conn, county_code, None):
            decided = conn.execute(text(_DECIDED), {"county": county_code}).all()
            self._open(conn, county_code, seal, [row.id for row in decided if row.id not in self._said])
        found: dict[str, set[str]] = {}
        for row in decided:
            if called := self._said[row.id]:
                found.setdefault(called, set()).add(str(row.decided_address_id))
        return found

    def _open(self, conn: Connection, county_code: str, seal: Seal, fresh: list[UUID]) -> None:
        for at in range(0, len(fresh), _BATCH):
            rows = conn.execute(text(_SEALED), {"county": county_code, "ids": fresh[at : at + _BATCH]})
            for row in rows:
                payload = seal.open(
                    "extract_row", row.id, RowKey(row.key_id, bytes(row.row_key)), bytes(row.payload)
                )
                self._said[row.id] = payload["external_id"]


def learnt_mark(conn: Connection, county_code: str) -> tuple[int, ...]:
    """A mark that moves with every decision on a row, and with every extract that is withdrawn."""
    with scope_of_villages(conn, county_code, None):
        return tuple(conn.execute(text(_MARK), {"county": county_code}).one())


def with_learnt_ids(book: MatchBook, learnt: Mapping[str, set[str]]) -> MatchBook:
    """The book with more identities; one that was tied to two addresses links neither."""
    external = dict(book.external)
    for called, addresses in learnt.items():
        external[called] = external.get(called, set()) | addresses
    return replace(book, external=external)


_DECIDED = """
SELECT id, decided_address_id FROM extract_row
WHERE county_code = :county AND decision IN ('accept', 'choose') AND decided_address_id IS NOT NULL
  AND row_key IS NOT NULL
"""

_SEALED = (
    "SELECT id, key_id, row_key, payload FROM extract_row WHERE county_code = :county AND id = ANY(:ids)"
)

_MARK = """
SELECT (SELECT count(*) FROM extract_decision WHERE county_code = :county),
       (SELECT count(*) FROM extract WHERE county_code = :county AND stage = 'withdrawn')
"""
