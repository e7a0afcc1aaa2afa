"""Runs of the importer: what was read, what was refused and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select, text, update

from address_service.errors import NotFound
from address_service.store.bulk import copy_rows
from address_service.store.ids import new_id
from address_service.store.locks import hold
from address_service.store.tables.accounts import account
from address_service.store.tables.imports import import_reject, import_run


@dataclass(frozen=True, slots=True)
class NewRun:
    """A file about to be imported; ``file_digest`` is its SHA-256, ``options`` what the caller asked for."""

    layer: str
    filename: str
    file_digest: bytes
    options: Mapping[str, Any]
    dry_run: bool
    actor_id: UUID


@dataclass(frozen=True, slots=True)
class RejectRow:
    """One thing wrong: 1-based data row (None for the file), the file's column, code, Chinese message, value."""

    row_no: int | None
    field: str | None
    code: str
    message: str
    value: str


@dataclass(frozen=True, slots=True)
class RunCounts:
    """Rows of a file: ``read`` is the sum of the others."""

    read: int
    accepted: int
    unchanged: int
    rejected: int


class ImportRepository:
    """Import runs of one county."""

    def __init__(self, conn: Connection, county_code: str) -> None:
        """Bind to a transaction and a tenant."""
        self._conn = conn
        self._county = county_code

    def lock(self) -> None:
        """Let one import write at a time in the county, until commit, for as long as it takes.

        Two imports of one file would each find its rows missing.
        """
        for setting in ("statement_timeout", "idle_in_transaction_session_timeout", "lock_timeout"):
            self._conn.execute(text(f"SET LOCAL {setting} = 0"))
        hold(self._conn, self._county, "import")

    def keep_out(self) -> None:
        """Let no import write until commit; raises Conflict `busy` where one takes longer than anybody waits."""
        hold(self._conn, self._county, "import")

    def add(self, run: NewRun, now: datetime, stage: str = "running") -> UUID:
        """Write a run; ``stage`` is ``queued`` for one that a job will take up."""
        run_id = new_id()
        self._conn.execute(
            insert(import_run).values(
                county_code=self._county,
                id=run_id,
                layer=run.layer,
                filename=run.filename,
                file_digest=run.file_digest,
                options=dict(run.options),
                dry_run=run.dry_run,
                stage=stage,
                actor_id=run.actor_id,
                created_at=now,
                phase="",
                read_count=0,
                accepted=0,
                unchanged=0,
                rejected=0,
                report={},
            )
        )
        return run_id

    def set_phase(self, run_id: UUID, phase: str) -> None:
        """Say what a run is doing, for people."""
        self._set(run_id, stage="running", phase=phase)

    def finish(
        self, run_id: UUID, stage: str, counts: RunCounts, report: Mapping[str, Any], now: datetime
    ) -> None:
        """Write what became of a run: ``done`` or ``failed``."""
        self._set(
            run_id,
            stage=stage,
            phase="",
            read_count=counts.read,
            accepted=counts.accepted,
            unchanged=counts.unchanged,
            rejected=counts.rejected,
            report=dict(report),
            finished_at=now,
        )

    def fail(self, run_id: UUID, code: str, message: str, now: datetime) -> None:
        """The file as a whole could not be taken."""
        self._set(
            run_id,
            stage="failed",
            phase="",
            report={"error": {"code": code, "message": message}},
            finished_at=now,
        )

    def add_rejects(self, run_id: UUID, rejects: Sequence[RejectRow]) -> None:
        """Keep what was refused, in the file's order."""
        columns = ("county_code", "import_id", "position", "row_no", "field", "code", "message", "value")
        rows = (
            (self._county, run_id, position, r.row_no, r.field, r.code, r.message, r.value.replace("\0", ""))
            for position, r in enumerate(rejects, start=1)
        )
        copy_rows(self._conn, import_reject, columns, rows)

    def get(self, run_id: UUID) -> dict[str, Any]:
        """A run; raises NotFound `import-not-found`."""
        c = import_run.c
        query = select(import_run).where(c.county_code == self._county, c.id == run_id)
        row = self._conn.execute(query).mappings().first()
        if row is None:
            raise NotFound(f"没有导入任务 {run_id}", code="import-not-found")
        return dict(row)

    def page(
        self, after: UUID | None, limit: int, *, sender: UUID | None = None, scope: str | None = None
    ) -> list[dict[str, Any]]:
        """Runs, oldest first (ids grow with time): of one account, or of accounts whose division starts so."""
        c = import_run.c
        query = select(import_run).where(c.county_code == self._county)
        if sender is not None:
            query = query.where(c.actor_id == sender)
        if scope is not None:
            within = (account.c.county_code == c.county_code) & (account.c.id == c.actor_id)
            query = query.join(account, within).where(account.c.division_code.startswith(scope))
        if after is not None:
            query = query.where(c.id > after)
        return [dict(row) for row in self._conn.execute(query.order_by(c.id).limit(limit)).mappings()]

    def rejects(self, run_id: UUID, limit: int) -> list[dict[str, Any]]:
        """What a run refused: ``row field code message value``, in the file's order."""
        c = import_reject.c
        query = (
            select(c.row_no.label("row"), c.field, c.code, c.message, c.value)
            .where(c.county_code == self._county, c.import_id == run_id)
            .order_by(c.position)
            .limit(limit)
        )
        return [dict(row) for row in self._conn.execute(query).mappings()]

    def _set(self, run_id: UUID, **values: Any) -> None:
        c = import_run.c
        change = update(import_run).where(c.county_code == self._county, c.id == run_id).values(**values)
        if self._conn.execute(change).rowcount != 1:
            raise NotFound(f"没有导入任务 {run_id}", code="import-not-found")
