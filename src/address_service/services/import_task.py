"""What every layer's import works with: the rows read, what is refused on the way, what people should look at."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np

from address_service.gis.layer_read import BoolArray, IntArray, LayerRead, ObjectArray, Reject, shown
from address_service.services.queue_import import ImportOptions
from address_service.store.imports import RunCounts
from address_service.store.work import Work

Progress = Callable[[str, int, int], None]
"""Called with a phase in Chinese, rows done and rows in all."""

MAX_FINDINGS = 200
"""Findings of one kind that a report keeps; the number of all is said."""


def silent(_phase: str, _done: int, _total: int) -> None:
    """Progress nobody looks at."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at that stopped nothing; ``row`` is the file's data row where there is one."""

    code: str
    text: str
    row: int | None = None


@dataclass(slots=True)
class ImportTask:
    """One file on its way into the register.

    ``bad`` and ``written`` mark rows of ``read``; what is neither was there already. ``pending`` are changes
    that a person must decide. ``may_approve_names`` is whether the actor's office may say that a name is approved.
    """

    work: Work
    read: LayerRead
    options: ImportOptions
    run_id: UUID
    progress: Progress = silent
    may_approve_names: bool = False
    rejects: list[Reject] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    finding_counts: dict[str, int] = field(default_factory=dict)
    pending: list[dict[str, Any]] = field(default_factory=list)
    topology: dict[str, Any] | None = None
    bad: BoolArray = field(init=False)
    written: BoolArray = field(init=False)

    def __post_init__(self) -> None:
        self.bad = np.zeros(len(self.read), dtype=bool)
        self.written = np.zeros(len(self.read), dtype=bool)

    @property
    def day(self) -> date:
        """From when what the file says is true: as asked, the first day of the list's year, or today."""
        if self.options.valid_from is None and self.options.year is not None:
            return date(self.options.year, 1, 1)
        return self.options.valid_from or self.work.today

    @property
    def decree_no(self) -> str | None:
        """The decree given for the whole file."""
        return (self.options.decree_no or "").strip() or None

    @property
    def geometry(self) -> ObjectArray:
        """Geometries of all rows, EPSG:4490."""
        return (
            np.full(len(self.read), None, dtype=object) if self.read.geometry is None else self.read.geometry
        )

    def column(self, name: str) -> ObjectArray:
        """A column of all rows, None throughout where the layer has none."""
        values = self.read.fields.get(name)
        return np.full(len(self.read), None, dtype=object) if values is None else values

    def good(self) -> IntArray:
        """Rows not refused so far."""
        return np.flatnonzero(~self.bad)

    def refuse(self, row: int, field_name: str | None, code: str, message: str, value: object = "") -> None:
        """Refuse a row; what the register holds of it stays as it is."""
        self.bad[row] = True
        named = self.read.columns.get(field_name, field_name) if field_name else None
        self.rejects.append(Reject(int(self.read.row_no[row]), named, code, message, shown(value)))

    def note(self, text: str) -> None:
        """Say something of the file as a whole."""
        self.notes.append(text)

    def find(self, code: str, text: str, row: int | None = None) -> None:
        """Report something to look at; ``row`` is a position in ``read``."""
        count = self.finding_counts.get(code, 0) + 1
        self.finding_counts[code] = count
        if count <= MAX_FINDINGS:
            self.findings.append(Finding(code, text, None if row is None else int(self.read.row_no[row])))

    def find_all(self, code: str, texts: Iterable[str]) -> None:
        """Report several things of one kind."""
        for text in texts:
            self.find(code, text)

    def refuse_out_of_scope(self, row: int, field_name: str | None, village_code: str) -> None:
        """Refuse a row of a village that the actor may not touch."""
        message = f"账户“{self.work.actor.name}”的辖区不包括 {village_code}"
        self.refuse(row, field_name, "out-of-scope", message, village_code)

    def counts(self) -> RunCounts:
        """Rows of the file: a row of several parts counts once, as refused before written."""
        rejected = {reject.row_no for reject in (*self.read.rejects, *self.rejects)}
        written = set(self.read.row_no[self.written].tolist()) - rejected
        total = max(self.read.read_count, len(rejected | set(self.read.row_no.tolist())))
        return RunCounts(total, len(written), total - len(written) - len(rejected), len(rejected))
