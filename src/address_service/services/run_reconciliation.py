"""Use-case: hold a queued extract against the register in batches; killed anywhere it goes on where it was."""

import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

from address_service.coding.matching import MatchAnswer, MatchAsk, MatchBook, match
from address_service.errors import ServiceError
from address_service.gis.extract_lists import ExtractList, ListedRow, known_layouts, read_extract
from address_service.gis.layer_read import ReadLimits
from address_service.model.audit import AuditNote
from address_service.model.reconciliation import ExtractStage, Outcome
from address_service.reconcile.facts import Refusal, RowFacts, memory_key, read_row
from address_service.reconcile.layout import Layout, read_layout
from address_service.reconcile.weigh import Target, may_replay, repeated, to_answer, weigh_text
from address_service.residents.findings import Claim, find_on_person
from address_service.store.extract_rows import NewRow, Remembered
from address_service.store.extract_targets import InForce, all_in_force, division_of_code
from address_service.store.extracts import Extract
from address_service.store.files import FileStore
from address_service.store.learnt_ids import LearntIds, with_learnt_ids
from address_service.store.match_book import load_match_book
from address_service.store.person_evidence import homes_of_books, standings
from address_service.store.work import Work

OpenWork = Callable[[], AbstractContextManager[Work]]
Matcher = Callable[[MatchAsk, MatchBook], MatchAnswer]
Progress = Callable[[int, int], None]

BATCH = 1000
_OPEN = (ExtractStage.QUEUED, ExtractStage.RUNNING)
_PASSING = frozenset({"busy", "database-busy"})


@dataclass(frozen=True, slots=True, repr=False)
class ReadRow:
    """A row of the file with what could be used of it."""

    listed: ListedRow
    facts: RowFacts | None
    refused: list[Refusal]


@dataclass(frozen=True, slots=True, repr=False)
class Bench:
    """What the rows of one extract are held against; ``twice`` are numbers that the file has more than once."""

    rows: list[ReadRow]
    row_count: int
    book: MatchBook
    targets: dict[str, Target]
    addresses: dict[UUID, InForce]
    twice: frozenset[str]
    home: tuple[str, ...]
    matcher: Matcher


def run_reconciliation(
    open_work: OpenWork, files: FileStore, extract_id: UUID, max_unpacked_bytes: int, *, batch: int = BATCH,
    matcher: Matcher = match, progress: Progress = lambda done, total: None,
) -> None:  # fmt: skip
    """Do what is left of an extract; running it twice, or twice at once, does no harm.

    Every batch is one transaction that holds the extract, writes its rows and says how far it came, so that a kill
    loses and decides no row twice. ``progress`` is told how many rows of how many are done. An error that a caller may
    see is kept on the extract, anything else is raised.
    """
    with open_work() as work:
        work.unnamed = None
        extract = work.extracts.get(extract_id)
    if extract.stage not in _OPEN:
        return
    try:
        bench = _prepare(open_work, files, extract, max_unpacked_bytes, matcher)
        while (done := _next_batch(open_work, extract_id, bench, batch)) is not None:
            progress(done, bench.row_count)
    except ServiceError as error:
        if error.code in _PASSING:
            raise
        with open_work() as work:
            work.extracts.fail(extract_id, error.code, error.message, work.now)
    files.drop_upload(extract.upload)


def abandon_reconciliation(work: Work, files: FileStore, extract_id: UUID, code: str, message: str) -> None:
    """Say on an extract why it will not be done, unless it is; its upload goes."""
    extract = work.extracts.get(extract_id, lock=True)
    if extract.stage in _OPEN:
        work.extracts.fail(extract_id, code, message, work.now)
    files.drop_upload(extract.upload)


def _prepare(
    open_work: OpenWork, files: FileStore, extract: Extract, max_unpacked_bytes: int, matcher: Matcher
) -> Bench:
    path = files.upload(extract.upload)
    with open_work() as work:
        work.unnamed = None
        content = work.seal.open_file(UUID(path.stem), path.read_bytes())
        today = work.today
    with tempfile.TemporaryDirectory(dir=files.work_folder()) as folder:
        limits = ReadLimits(Path(folder), max_unpacked_bytes=max_unpacked_bytes)
        listed = read_extract(content, path.suffix.lower(), limits, _layout_of(extract))
    rows = [_read(row, listed, today) for row in listed.rows]
    numbers = [row.facts.id_no for row in rows if row.facts and row.facts.id_no]
    count = listed.rows[-1].row_no if listed.rows else 0
    with open_work() as work:
        work.unnamed = None
        held = work.extracts.get(extract.id, lock=True)
        if held.stage is ExtractStage.QUEUED:
            # The layout that came with the file is kept: who goes on after a kill reads the file once more.
            report = {"notes": listed.notes, "layout_yaml": extract.report.get("layout_yaml")}
            work.extracts.begin(extract.id, listed.header, listed.layout.id, count, report)
        addresses = all_in_force(work.conn, work.county_code)
        division = division_of_code(work.conn, work.county_code, extract.division_code)
        learnt = LearntIds().read(work.conn, work.county_code, work.seal)
        book = with_learnt_ids(load_match_book(work.conn, work.county_code, work.today), learnt)
    targets = {str(key): Target(one.full_text, one.village_code) for key, one in addresses.items()}
    home = (str(division),) if division else ()
    return Bench(rows, count, book, targets, addresses, repeated(numbers), home, matcher)


def _layout_of(extract: Extract) -> Layout | None:
    if extract.report.get("layout_yaml"):
        return read_layout(extract.report["layout_yaml"])
    return known_layouts().get(extract.layout)


def _read(row: ListedRow, listed: ExtractList, today: date) -> ReadRow:
    facts, refused = read_row(row.values, listed.layout.compose, today, row.rounded)
    return ReadRow(row, facts, refused)


def _next_batch(open_work: OpenWork, extract_id: UUID, bench: Bench, batch: int) -> int | None:
    """Do the next rows and say up to which; None where there were none, and what comes after the last one is done."""
    with open_work() as work:
        extract = work.extracts.get(extract_id, lock=True)
        if extract.stage is not ExtractStage.RUNNING:
            work.unnamed = None
            return None
        rows = [row for row in bench.rows if row.listed.row_no > extract.last_row][:batch]
        if not rows:
            _finish(work, extract)
            return None
        new = _decided(work, extract, rows, bench)
        work.extract_rows.write(extract, new)
        refused = [(row.listed.row_no, one) for row in rows for one in row.refused]
        work.extract_rows.refuse(extract_id, refused)
        counts = Counter(extract.counts) + Counter(str(row.outcome) for row in new)
        rejected = sum(1 for row in rows if row.facts is None)
        counts["rejected"] += rejected
        is_last = rows[-1] is bench.rows[-1]
        done = bench.row_count if is_last else rows[-1].listed.row_no
        work.extracts.advance(extract_id, done, counts)
        said = {"rows": len(rows), "rejected": rejected, "until": rows[-1].listed.row_no}
        work.note(AuditNote("reconciliation.rows", "extract", str(extract_id), said))
        return done


def _finish(work: Work, extract: Extract) -> None:
    alone = work.extract_rows.add_register_only(extract)
    counts = {**extract.counts, str(Outcome.REGISTER_ONLY): alone}
    work.extracts.finish(extract.id, counts, work.now)
    work.note(AuditNote("reconciliation.done", "extract", str(extract.id), counts))


def _decided(work: Work, extract: Extract, rows: Sequence[ReadRow], bench: Bench) -> list[NewRow]:
    pairs = [(row.listed, row.facts) for row in rows if row.facts is not None]
    known = standings(work.conn, work.county_code, work.seal, [f.id_no for _, f in pairs if f.id_no])
    homes = homes_of_books(work.conn, work.county_code, work.seal, [f.book_no for _, f in pairs if f.book_no])
    memory = work.extract_rows.remembered(memory_key(facts) for _, facts in pairs)
    made = []
    for listed, facts in pairs:
        answer = bench.matcher(MatchAsk(facts.text, facts.external_id, home=bench.home), bench.book)
        outcome, accepted = weigh_text(facts.text, answer, bench.targets, extract.division_code)
        address_id = UUID(accepted) if accepted else None
        here = known.get(facts.id_no or "", [])
        claim = Claim(
            address_id, facts.has_bad_number, facts.id_no in bench.twice, homes.get(facts.book_no or "")
        )
        before = memory.get(memory_key(facts))
        replay = _replay(before, outcome, accepted, bench)
        lead = replay.address_id if replay else address_id
        made.append(
            NewRow(
                listed.row_no, _village(lead, extract, bench), outcome, str(answer.stage), address_id,
                here[0].person_id if len(here) == 1 else None, find_on_person(claim, here), facts, listed.cells,
                to_answer(answer), replay,
            )
        )  # fmt: skip
    return made


def _replay(
    before: Remembered | None, outcome: Outcome, accepted: str | None, bench: Bench
) -> Remembered | None:
    """What a reviewer decided on the same row of an earlier extract, where it holds today."""
    if before is None or not may_replay(str(before.address_id), outcome, accepted, bench.targets):
        return None
    return before


def _village(address_id: UUID | None, extract: Extract, bench: Bench) -> UUID | None:
    """The village whose office sees the row: one of the sender's own land."""
    found = bench.addresses.get(address_id) if address_id else None
    return found.village_id if found and found.village_code.startswith(extract.office_code) else None
