"""Use-case: prove that the audit is as it was written, or say where it is not; keep and compare its anchors."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from address_service.coding.audit_anchor import Anchor, AnchorCheck, AnchorFlaw, check_anchors, compared
from address_service.coding.audit_chain import Head
from address_service.coding.audit_check import Finding, KeyOf, Tally, check_lines
from address_service.errors import NotReady
from address_service.settings import CryptoSuite
from address_service.store.audit_anchors import AnchorFile, keep_anchor, read_anchor_file, read_anchors
from address_service.store.audit_reading import count_before, one_moment, read_heads, read_lines
from address_service.store.files import FileStore
from address_service.store.keys import KeyRing, Purpose
from address_service.store.work import Work

SHOWN = 100
"""So many findings are kept one by one; all are counted."""


@dataclass(slots=True)
class Verdict:
    """What a check found: counts of all flaws, the first findings, and how far the anchors reach.

    ``file_is_missing`` says that there is no file of anchors to compare with; ``past_keeping`` counts the lines that
    are older than the years for which they must be kept.
    """

    tally: Tally = field(default_factory=Tally)
    flaws: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    anchor_flaws: list[tuple[AnchorFlaw, int]] = field(default_factory=list)
    anchors: int = 0
    anchored_lines: int = 0
    file_is_missing: bool = False
    past_keeping: int = 0

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.flaws

    def take(self, findings: Iterable[Finding]) -> None:
        """Count findings, and keep the first."""
        for finding in findings:
            self.flaws[finding.flaw] += 1
            if len(self.findings) < SHOWN:
                self.findings.append(finding)


def verify_audit(
    work: Work, files: FileStore, keys: KeyRing, kept_since: datetime, anchor_file: Path | None = None
) -> Verdict:
    """Check every line, head and anchor as of one moment; ``anchor_file`` is a copy that was kept elsewhere.

    The work must be a fresh one: nothing may have been asked in it yet.
    """
    one_moment(work.conn)
    key_of, verdict, county = keys_by_id(keys), Verdict(), work.county_code
    beside = AnchorFile(files.root, county)
    elsewhere = read_anchor_file(anchor_file) if anchor_file else beside.read()
    here, there = (check_anchors(read_anchors(work.conn, county), key_of), check_anchors(elsewhere, key_of))
    verdict.file_is_missing = anchor_file is None and not beside.path.exists()
    _judge_anchors(verdict, here, there)
    anchors = _anchored(here.ends, there.ends)
    verdict.anchored_lines = sum(max(seqs) for seqs in anchors.values())
    heads = read_heads(work.conn, county)
    verdict.take(check_lines(read_lines(work.conn, county), key_of, heads, anchors, verdict.tally))
    verdict.past_keeping = count_before(work.conn, county, kept_since)
    return verdict


def verify_extract(lines: Iterable[Mapping[str, Any]], keys: KeyRing) -> Verdict:
    """Check lines that were exported, ordered by chain and number; what was not exported is no gap."""
    verdict = Verdict()
    verdict.take(check_lines(lines, keys_by_id(keys), {}, {}, verdict.tally, whole=False))
    return verdict


def anchor_audit(work: Work, keys: KeyRing) -> Anchor | None:
    """Anchor the ends of all chains in the register; the file catches up once that is committed."""
    return keep_anchor(work.conn, work.county_code, work.now, keys)


def write_anchor_file(work: Work, files: FileStore) -> Path:
    """Let the file of anchors catch up with the register."""
    file = AnchorFile(files.root, work.county_code)
    file.catch_up(work.conn, work.county_code)
    return file.path


def _judge_anchors(verdict: Verdict, here: AnchorCheck, there: AnchorCheck) -> None:
    found = [*here.flaws, *there.flaws, *compared(here, there)]
    verdict.anchors = max(len(here.macs), len(there.macs))
    verdict.flaws.update(flaw for flaw, _ in found)
    verdict.anchor_flaws = found[:SHOWN]


def _anchored(*ends: Mapping[int, Head]) -> dict[int, dict[int, bytes]]:
    """The last anchors of each place as macs by chain and number; the chain itself vouches for what is before them."""
    found: dict[int, dict[int, bytes]] = {}
    for heads in ends:
        for chain, head in heads.items():
            found.setdefault(chain, {})[head.seq] = head.mac
    return found


def keys_by_id(keys: KeyRing) -> KeyOf:
    """The audit's keys for a check, old ones too."""

    def key_of(key_id: UUID) -> tuple[bytes, bool] | None:
        try:
            key = keys.find(Purpose.AUDIT, key_id)
        except NotReady as error:
            if error.code != "key-missing":
                raise
            return None
        return key.secret, key.suite is CryptoSuite.INTERNATIONAL

    return key_of
