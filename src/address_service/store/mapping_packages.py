"""Consumers of mapping packages, the packages and their rows; the files lie sealed in the package's row."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from address_service.errors import Conflict, NotFound
from address_service.model.mapping import MappingConsumer, MappingPackage, MappingRow, PackageStage, RowState
from address_service.store.bulk import copy_rows, json_text
from address_service.store.ids import new_id
from address_service.store.seal import Seal
from address_service.store.tables.mapping import mapping_row


@dataclass(frozen=True, slots=True)
class NewConsumer:
    """A consumer about to be told of addresses under a division from a position of the feed on."""

    name: str
    division_code: str
    profile: str
    encoding: str
    start_cursor: int


@dataclass(frozen=True, slots=True)
class NewPackage:
    """A package about to be issued; ``content`` is all its files in one."""

    id: UUID
    sequence: int
    from_cursor: int
    to_cursor: int
    counts: Mapping[str, int]
    digest: str
    previous_digest: str
    content: bytes


class MappingPackages:
    """Mapping packages of one county."""

    def __init__(self, conn: Connection, county_code: str) -> None:
        """Bind to a transaction and a tenant."""
        self._conn = conn
        self._county = county_code

    def add_consumer(self, new: NewConsumer, actor_id: UUID, now: datetime) -> MappingConsumer:
        """Register a consumer; raises Conflict `mapping-consumer-exists` for a name that is taken."""
        key = new_id()
        try:
            with self._conn.begin_nested():
                self._run(
                    _ADD_CONSUMER, id=key, name=new.name, division=new.division_code, profile=new.profile,
                    encoding=new.encoding, start=new.start_cursor, actor=actor_id, now=now,
                )  # fmt: skip
        except IntegrityError as error:
            raise Conflict(f"已有接收单位“{new.name}”", code="mapping-consumer-exists") from error
        return self.consumer(key)

    def consumer(self, consumer_id: UUID, *, lock: bool = False) -> MappingConsumer:
        """A consumer; raises NotFound `mapping-consumer-not-found`; ``lock`` lets one at a time issue for it."""
        rows = self._all(
            _CONSUMER + (" AND c.id = :id FOR UPDATE" if lock else " AND c.id = :id"), id=consumer_id
        )
        if not rows:
            raise NotFound("没有这个接收单位", code="mapping-consumer-not-found")
        return MappingConsumer(*rows[0])

    def consumers(self, scope: str, after: UUID | None = None, limit: int = 1000) -> list[MappingConsumer]:
        """Consumers of divisions whose code starts with ``scope``, in order of their making."""
        where = (
            " AND starts_with(c.division_code, :scope) AND (CAST(:after AS uuid) IS NULL OR c.id > :after)"
        )
        rows = self._all(
            f"{_CONSUMER}{where} ORDER BY c.id LIMIT :limit", scope=scope, after=after, limit=limit
        )
        return [MappingConsumer(*row) for row in rows]

    def add(
        self, consumer: MappingConsumer, new: NewPackage, seal: Seal, actor_id: UUID, now: datetime
    ) -> None:
        """Issue a package; its files are sealed under a key outside the database."""
        sealed = seal.seal_file(new.id, new.content)
        self._run(
            _ADD, id=new.id, consumer=consumer.id, sequence=new.sequence,
            previous=new.sequence - 1 or None, from_cursor=new.from_cursor, to_cursor=new.to_cursor,
            profile=consumer.profile, encoding=consumer.encoding, counts=json_text(dict(new.counts)),
            digest=new.digest, previous_digest=new.previous_digest, key_id=UUID(bytes=sealed[:16]), content=sealed,
            actor=actor_id, now=now,
        )  # fmt: skip

    def add_rows(self, package_id: UUID, rows: Iterable[MappingRow]) -> int:
        """Write the rows of a package."""
        columns = [column.name for column in mapping_row.columns]
        return copy_rows(
            self._conn, mapping_row, columns,
            (
                (
                    self._county, row.id, package_id, row.row_no, row.address_id, row.heir_id, row.household_id,
                    row.old_text, row.new_text, list(row.kinds), list(row.decrees), row.effective_on, row.change_seq,
                    row.keeps_arrival, row.state.value, row.reason, row.reason_text, row.revision,
                )
                for row in rows
            ),
        )  # fmt: skip

    def get(self, package_id: UUID, *, lock: bool = False) -> MappingPackage:
        """A package; raises NotFound `mapping-package-not-found`."""
        found = self._packages(" AND p.id = :id" + (" FOR UPDATE OF p" if lock else ""), id=package_id)
        if not found:
            raise NotFound("没有这个对照包", code="mapping-package-not-found")
        return found[0]

    def open_of(self, consumer_id: UUID) -> MappingPackage | None:
        """The package of a consumer that is not acknowledged yet."""
        found = self._packages(" AND p.consumer_id = :id AND p.stage = 'issued'", id=consumer_id)
        return found[0] if found else None

    def last_of(self, consumer_id: UUID, sequence: int | None = None) -> MappingPackage | None:
        """The latest package of a consumer, or the one of a number."""
        found = self._packages(
            " AND p.consumer_id = :id AND (CAST(:sequence AS integer) IS NULL OR p.sequence = :sequence)"
            " ORDER BY p.sequence DESC LIMIT 1",
            id=consumer_id, sequence=sequence,
        )  # fmt: skip
        return found[0] if found else None

    def page(
        self, scope: str, consumer_id: UUID | None, after: UUID | None, limit: int
    ) -> list[MappingPackage]:
        """Packages of consumers in a scope, the latest first."""
        return self._packages(
            " AND starts_with(c.division_code, :scope) AND (CAST(:consumer AS uuid) IS NULL OR c.id = :consumer)"
            " AND (CAST(:after AS uuid) IS NULL OR p.id < :after) ORDER BY p.id DESC LIMIT :limit",
            scope=scope, consumer=consumer_id, after=after, limit=limit,
        )  # fmt: skip

    def content(self, package_id: UUID, seal: Seal) -> bytes:
        """The files of a package in one; raises NotReady `seal-broken` or `key-missing`."""
        (row,) = self._all(_CONTENT, id=package_id)
        return seal.open_file(package_id, bytes(row.content))

    def rows(
        self, package_id: UUID, state: RowState | None = None, after: int = 0, limit: int = 1_000_000
    ) -> list[MappingRow]:
        """Rows of a package by number, of one state where named."""
        rows = self._all(_ROWS, package=package_id, state=state, after=after, limit=limit)
        return [_row(row) for row in rows]

    def states(self, package_id: UUID) -> dict[str, int]:
        """How many rows of a package are in each state."""
        return {row.state: row.count for row in self._all(_STATES, package=package_id)}

    def acknowledge(self, package: MappingPackage, actor_id: UUID, now: datetime) -> None:
        """Note that a consumer has taken a package; the consumer must be held."""
        args = {"consumer": package.consumer_id, "to": package.to_cursor, "sequence": package.sequence}
        self._run(_ACKNOWLEDGE, id=package.id, actor=actor_id, now=now)
        self._run(_ADVANCE, **args)

    def _packages(self, where: str, **args: Any) -> list[MappingPackage]:
        rows = self._all(_PACKAGE + where, **args)
        return [MappingPackage(**{**row._mapping, "stage": PackageStage(row.stage)}) for row in rows]

    def _run(self, statement: str, **args: Any) -> None:
        self._conn.execute(_prepared(statement), {"county": self._county, **args})

    def _all(self, statement: str, **args: Any) -> Sequence[Any]:
        return self._conn.execute(_prepared(statement), {"county": self._county, **args}).all()


_prepared = cache(text)


def _row(row: Any) -> MappingRow:
    values = dict(row._mapping)
    values |= {
        "kinds": tuple(row.kinds), "decrees": tuple(row.decrees), "state": RowState(row.state),
    }  # fmt: skip
    return MappingRow(**values)


_ADD_CONSUMER = """
INSERT INTO mapping_consumer (county_code, id, name, division_code, profile, encoding, start_cursor, acknowledged,
    actor_id, created_at)
VALUES (:county, :id, :name, :division, :profile, :encoding, :start, :start, :actor, :now)
"""

_CONSUMER = """
SELECT c.id, c.name, c.division_code, c.profile, c.encoding, c.start_cursor, c.acknowledged, c.acknowledged_sequence,
       c.revision, c.created_at
FROM mapping_consumer c WHERE c.county_code = :county"""

_ADD = """
INSERT INTO mapping_package (county_code, id, consumer_id, sequence, previous_sequence, from_cursor, to_cursor, stage,
    profile, encoding, counts, digest, previous_digest, key_id, content, issued_by, issued_at)
VALUES (:county, :id, :consumer, :sequence, :previous, :from_cursor, :to_cursor, 'issued', :profile, :encoding,
    CAST(:counts AS jsonb), :digest, :previous_digest, :key_id, :content, :actor, :now)
"""

_PACKAGE = """
SELECT p.id, p.consumer_id, c.name AS consumer, c.division_code, p.sequence, p.from_cursor, p.to_cursor, p.stage,
       p.profile, p.encoding, p.counts, p.digest, p.previous_digest, p.revision, i.name AS issued_by, p.issued_at,
       k.name AS acknowledged_by, p.acknowledged_at
FROM mapping_package p
JOIN mapping_consumer c ON c.county_code = p.county_code AND c.id = p.consumer_id
JOIN account i ON i.county_code = p.county_code AND i.id = p.issued_by
LEFT JOIN account k ON k.county_code = p.county_code AND k.id = p.acknowledged_by
WHERE p.county_code = :county"""

_CONTENT = "SELECT content FROM mapping_package WHERE county_code = :county AND id = :id"

_ROWS = """
SELECT id, row_no, address_id, heir_id, household_id, old_text, new_text, kinds, decrees, effective_on, change_seq,
       keeps_arrival, state, reason, reason_text, revision
FROM mapping_row
WHERE county_code = :county AND package_id = :package AND row_no > :after
  AND (CAST(:state AS text) IS NULL OR state = :state)
ORDER BY row_no LIMIT :limit
"""

_STATES = """
SELECT state, count(*) AS count FROM mapping_row WHERE county_code = :county AND package_id = :package GROUP BY state
"""

_ACKNOWLEDGE = """
UPDATE mapping_package SET stage = 'acknowledged', acknowledged_by = :actor, acknowledged_at = :now,
    revision = revision + 1
WHERE county_code = :county AND id = :id
"""

_ADVANCE = """
UPDATE mapping_consumer SET acknowledged = :to, acknowledged_sequence = :sequence, revision = revision + 1
WHERE county_code = :county AND id = :consumer
"""
