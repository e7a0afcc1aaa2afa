"""Use-case: take a list of a police dictionary, keep what it changes from its day on, propose what its codes mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import PurePath
from uuid import UUID, uuid5

from address_service.errors import InvalidInput, TooLarge
from address_service.gis.layer_read import ReadLimits, Reject
from address_service.gis.plain_lists import Columns, PlainList, read_plain_list
from address_service.model.audit import AuditNote
from address_service.model.police_dictionaries import DictionaryKind
from address_service.reconcile.crosswalk import Names, propose
from address_service.reconcile.dictionary import COLUMNS, DictionaryRow, RowFault, read_rows
from address_service.reconcile.dictionary_change import DictionaryChange, change_of
from address_service.store.crosswalk import Crosswalk
from address_service.store.police_dictionaries import DictionaryHead, PoliceDictionaries
from address_service.store.police_targets import load_targets
from address_service.store.work import Work

MOST_ROWS = 100_000
MOST_BYTES = 20 << 20
_ROWS_SPACE = UUID("b9d8d7c0-4f6e-4a9e-9d0e-6b0d6c0b2d51")
_EARLIEST = date(1949, 10, 1)


@dataclass(frozen=True, slots=True)
class DictionaryOptions:
    """What the sender says: which dictionary, the day on which things are as listed (today), whether all is listed."""

    kind: DictionaryKind
    list_day: date | None = None
    is_complete: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class DictionaryReport:
    """What a list came to; ``dictionary_id`` is None for a dry run, ``missing`` are codes that it does not name."""

    dictionary_id: UUID | None
    kind: DictionaryKind
    list_day: date
    read: int
    added: int
    changed: int
    unchanged: int
    ended: int
    proposed: int
    missing: tuple[str, ...]
    rejects: tuple[Reject, ...]
    notes: tuple[str, ...]


def import_police_dictionary(
    work: Work, data: bytes, filename: str, limits: ReadLimits, options: DictionaryOptions
) -> DictionaryReport:
    """Import a list; the same list again changes nothing, and nothing is ever deleted.

    Raises TooLarge `upload-too-large`; InvalidInput `list-day-impossible`, and as `read_plain_list` does.
    """
    day = options.list_day or work.today
    if not _EARLIEST <= day <= work.today:
        raise InvalidInput("字典日期应在 1949-10-01 至今天之间", code="list-day-impossible")
    if len(data) > MOST_BYTES:
        raise TooLarge(f"字典文件超过 {MOST_BYTES >> 20} MB", code="upload-too-large")
    listed, rows, faults = _read(data, filename, limits, options.kind)
    dictionaries = PoliceDictionaries(work.conn, work.county_code)
    dictionaries.hold(options.kind)
    office = work.actor.division_code
    change = change_of(dictionaries.known(options.kind), rows, day, office, is_complete=options.is_complete)
    head = DictionaryHead(
        options.kind, office, day, options.is_complete, PurePath(filename).name[:200], sha256(data).digest(),
        uuid5(_ROWS_SPACE, "\n".join(sorted("\t".join((r.code, r.name, r.parent_code)) for r in rows))),
    )  # fmt: skip
    done = None if options.dry_run else _keep(work, dictionaries, head, change)
    proposed = 0 if done is None else _propose(work, dictionaries, options.kind, day)
    ended = len(change.missing) if options.is_complete else 0
    return DictionaryReport(
        done, options.kind, day, len(listed.rows), change.added, change.changed, change.unchanged, ended, proposed,
        () if options.is_complete else change.missing, _rejects(faults, listed), tuple(listed.notes),
    )  # fmt: skip


def _read(
    data: bytes, filename: str, limits: ReadLimits, kind: DictionaryKind
) -> tuple[PlainList, list[DictionaryRow], list[RowFault]]:
    columns = Columns(COLUMNS[kind], (("code",), ("name",)))
    listed = read_plain_list(data, PurePath(filename).suffix.lower(), limits, columns)
    if len(listed.rows) > MOST_ROWS:
        raise TooLarge(f"字典超过 {MOST_ROWS} 行", code="upload-too-large")
    rows, faults = read_rows((one.row_no, one.values, one.rounded) for one in listed.rows)
    return listed, rows, faults


def _keep(
    work: Work, dictionaries: PoliceDictionaries, head: DictionaryHead, change: DictionaryChange
) -> UUID:
    summary = {"added": change.added, "changed": change.changed, "unchanged": change.unchanged}
    known = dictionaries.find(head)
    done = known or dictionaries.add(head, summary, work.actor.account_id, work.now)
    dictionaries.apply(head.kind, change, done, work.now)
    details: dict[str, str | int] = {"kind": str(head.kind), "day": head.list_day.isoformat(), **summary}
    work.note(AuditNote("police-dictionary.import", "police_dictionary", str(done), details))
    return done


def _propose(work: Work, dictionaries: PoliceDictionaries, kind: DictionaryKind, day: date) -> int:
    """Proposals for what is in force on the day of the list; what the register has is that of today."""
    names = Names.of(load_targets(work.conn, work.county_code, work.today))
    pairs = propose(dictionaries.entries_on(kind, day), names)
    crosswalk = Crosswalk(work.conn, work.county_code, work.actor.account_id, work.now)
    return crosswalk.propose(pairs)


def _rejects(faults: Sequence[RowFault], listed: PlainList) -> tuple[Reject, ...]:
    return tuple(
        Reject(one.row_no, listed.titles.get(one.field, one.field), one.code, one.message, one.value)
        for one in faults
    )
