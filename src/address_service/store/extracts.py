"""Population extracts: what was sent, how far it is, what it came to; the header line is sealed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, text

from address_service.errors import NotFound
from address_service.model.reconciliation import ExtractStage
from address_service.store.bulk import json_text
from address_service.store.seal import RowKey, Seal
from address_service.store.tables.reconciliation import extract

_TABLE = "extract"


@dataclass(frozen=True, slots=True)
class NewExtract:
    """A file about to be held against the register; ``file_digest`` is the SHA-256 of the sealed file."""

    id: UUID
    office_code: str
    division_code: str
    layout: str
    upload: str
    file_digest: bytes
    layout_yaml: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Extract:
    """An extract as it is now; ``header`` are the titles of its columns, empty before it was read and once withdrawn.

    ``last_row`` of ``row_count`` rows are wholly done; ``counts`` says how many came to which outcome.
    """

    id: UUID
    office_code: str
    division_code: str
    layout: str
    upload: str
    stage: ExtractStage
    phase: str
    row_count: int
    last_row: int
    counts: Mapping[str, int]
    report: Mapping[str, Any]
    header: tuple[str, ...]
    sender: str
    actor_id: UUID
    created_at: datetime
    finished_at: datetime | None


class Extracts:
    """Extracts of one county within the scope that the transaction has opened."""

    def __init__(self, conn: Connection, county_code: str, seal: Seal) -> None:
        """Bind to a transaction, a tenant and its seal."""
        self._conn = conn
        self._county = county_code
        self._seal = seal

    def add(self, new: NewExtract, actor_id: UUID, now: datetime) -> None:
        """Write an extract as queued."""
        self._conn.execute(
            insert(extract).values(
                county_code=self._county, id=new.id, office_code=new.office_code, division_code=new.division_code,
                layout=new.layout, upload=new.upload, file_digest=new.file_digest, stage=ExtractStage.QUEUED, phase="",
                row_count=0, last_row=0, counts={}, report={"layout_yaml": new.layout_yaml}, actor_id=actor_id,
                created_at=now,
            )
        )  # fmt: skip

    def get(self, extract_id: UUID, *, lock: bool = False) -> Extract:
        """An extract; raises NotFound `extract-not-found`, also outside of the scope; ``lock`` holds it."""
        found = self._read("AND e.id = :id" + (" FOR UPDATE OF e" if lock else ""), id=extract_id)
        if not found:
            raise NotFound("没有这份人口底册，或不在辖区内", code="extract-not-found")
        return found[0]

    def page(self, after: UUID | None, limit: int) -> list[Extract]:
        """Extracts, the latest first."""
        where = "AND (CAST(:after AS uuid) IS NULL OR e.id < :after) ORDER BY e.id DESC LIMIT :limit"
        return self._read(where, after=after, limit=limit)

    def begin(
        self, extract_id: UUID, header: Sequence[str], layout: str, row_count: int, report: Mapping[str, Any]
    ) -> None:
        """The file was read: its header, by which layout, how many rows."""
        key, sealed = self._seal.seal_new(_TABLE, extract_id, {"header": list(header)})
        self._set(
            extract_id, stage=ExtractStage.RUNNING, layout=layout, row_count=row_count, report=json_text(report),
            key_id=key.key_id, row_key=key.wrapped, payload=sealed,
        )  # fmt: skip

    def tell(self, extract_id: UUID, phase: str) -> None:
        """Say in Chinese what is being done."""
        self._set(extract_id, phase=phase)

    def advance(self, extract_id: UUID, last_row: int, counts: Mapping[str, int]) -> None:
        """Rows up to one are wholly done."""
        self._set(extract_id, last_row=last_row, counts=json_text(counts), phase="核对各行")

    def finish(self, extract_id: UUID, counts: Mapping[str, int], now: datetime) -> None:
        """All rows are done."""
        self._set(extract_id, stage=ExtractStage.DONE, phase="", counts=json_text(counts), finished_at=now)

    def fail(self, extract_id: UUID, code: str, message: str, now: datetime) -> None:
        """The file as a whole could not be taken, or the work was given up."""
        report = json_text({"error": {"code": code, "message": message}})
        self._set(extract_id, stage=ExtractStage.FAILED, phase="", report=report, finished_at=now)

    def withdraw(self, extract_id: UUID) -> None:
        """End an extract: its header can be read no more."""
        self._set(extract_id, stage=ExtractStage.WITHDRAWN, phase="", key_id=None, row_key=None, payload=None)

    def _set(self, extract_id: UUID, **values: Any) -> None:
        changes = ", ".join(f"{name} = {_CASTS.get(name, ':' + name)}" for name in values)
        statement = f"UPDATE extract SET {changes} WHERE county_code = :county AND id = :id"  # noqa: S608
        self._conn.execute(text(statement), {"county": self._county, "id": extract_id, **values})

    def _read(self, where: str, **args: Any) -> list[Extract]:
        rows = self._conn.execute(text(f"{_SELECT} {where}"), {"county": self._county, **args}).mappings()
        return [self._opened(dict(row)) for row in rows]

    def _opened(self, row: Mapping[str, Any]) -> Extract:
        header: Sequence[str] = ()
        if row["row_key"] is not None:
            key = RowKey(row["key_id"], bytes(row["row_key"]))
            header = self._seal.open(_TABLE, row["id"], key, bytes(row["payload"]))["header"]
        kept = {name: row[name] for name in row if name not in ("row_key", "key_id", "payload", "stage")}
        return Extract(**kept, stage=ExtractStage(row["stage"]), header=tuple(header))


_CASTS = {"counts": "CAST(:counts AS jsonb)", "report": "CAST(:report AS jsonb)"}

_SELECT = """
SELECT e.id, e.office_code, e.division_code, e.layout, e.upload, e.stage, e.phase, e.row_count, e.last_row, e.counts,
       e.report, e.row_key, e.key_id, e.payload, a.name AS sender, e.actor_id, e.created_at, e.finished_at
FROM extract e JOIN account a ON a.county_code = e.county_code AND a.id = e.actor_id
WHERE e.county_code = :county
"""
