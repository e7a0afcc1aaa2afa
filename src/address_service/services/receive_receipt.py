"""Use-case: take the receipt of a mapping package: rows accepted or refused, work and papers that follow from it."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePath
from uuid import UUID

from address_service.errors import Conflict, InvalidInput, TooLarge
from address_service.gis.layer_read import ReadLimits, Reject
from address_service.gis.plain_lists import Columns, PlainList, read_plain_list
from address_service.model.audit import AuditNote
from address_service.model.mapping import MappingPackage, PackageStage, RowState
from address_service.model.receipts import RefusalState
from address_service.reconcile.receipt import COLUMNS, Answered, SentRow, read_receipt
from address_service.services.free_text import refuse_personal_numbers
from address_service.services.scope import require_scope
from address_service.store.mapping_packages import MappingPackages
from address_service.store.mapping_receipts import MappingReceipts, NewReceipt, Receipt, Refusal
from address_service.store.work import Work

MOST_BYTES = 20 << 20
MOST_LINES = 200_000
_COLUMNS = Columns(COLUMNS, (("row_no",), ("result",)))


@dataclass(frozen=True, slots=True)
class ReceiptReport:
    """What a receipt came to; ``receipt`` is None for a dry run, ``is_known`` for a file that was taken before.

    ``left`` rows of the package have no answer yet; ``papers`` are to be re-issued by it.
    """

    receipt: Receipt | None
    is_known: bool
    read: int
    accepted: int
    refused: int
    unchanged: int
    left: int
    papers: int
    is_acknowledged: bool
    rejects: tuple[Reject, ...]


def receive_receipt(
    work: Work, package_id: UUID, data: bytes, filename: str, limits: ReadLimits, *, digest: str | None = None,
    dry_run: bool = False,
) -> ReceiptReport:  # fmt: skip
    """Take a receipt (CSV or XLSX); the same file twice is one, parts may come one after the other.

    Once every row has its answer the package is acknowledged. Raises NotFound `mapping-package-not-found`; Forbidden
    `out-of-scope`; TooLarge `upload-too-large`; Conflict `receipt-other-package`, `receipt-digest-differs`;
    InvalidInput as `read_plain_list` does.
    """
    if len(data) > MOST_BYTES:
        raise TooLarge(f"回执超过 {MOST_BYTES >> 20} MB", code="upload-too-large")
    packages = MappingPackages(work.conn, work.county_code)
    package = _held(work, packages, package_id)
    if digest is not None and digest.strip().lower() != package.digest:
        raise Conflict("所报摘要与本包不同，对方导入的不是这个包", code="receipt-digest-differs")
    receipts, key = _receipts(work), sha256(data).digest()
    known = receipts.find(package_id, key)
    listed = read_plain_list(data, PurePath(filename).suffix.lower(), limits, _COLUMNS)
    if len(listed.rows) > MOST_LINES:
        raise TooLarge(f"回执超过 {MOST_LINES} 行", code="upload-too-large")
    found = _answered(packages, package, listed)
    if dry_run or known is not None:
        return _report(packages, package, known, listed, found, papers=0)
    new = NewReceipt(package_id, PurePath(filename).name[-200:], key, len(listed.rows))
    receipt = receipts.keep(new, found)
    papers = work.papers.demand(found.accepted)
    _acknowledge(work, packages, package)
    details: dict[str, str | int] = {
        "consumer": package.consumer, "sequence": package.sequence, "accepted": receipt.accepted,
        "refused": receipt.refused, "papers": papers,
    }  # fmt: skip
    work.note(AuditNote("mapping.receipt", "mapping_package", str(package_id), details))
    return _report(packages, packages.get(package_id), receipt, listed, found, papers=papers, is_new=True)


def settle_refusal(work: Work, refusal_id: UUID, revision: int, state: RefusalState, note: str) -> Refusal:
    """Say what becomes of a refused row: corrected over there, not sent any more (with the reason), or sent again.

    What was settled may be settled otherwise until it went out again. Raises NotFound `refusal-not-found`; Forbidden
    `out-of-scope`; InvalidInput `note-missing`, `personal-data-not-here`; Conflict `refusal-settled`,
    `refusal-resent`, `refusal-not-resendable`.
    """
    refuse_personal_numbers(note)
    receipts = _receipts(work)
    refusal = receipts.refusal(refusal_id)
    require_scope(work.actor, refusal.division_code)
    packages = MappingPackages(work.conn, work.county_code)
    packages.consumer(packages.get(refusal.package_id).consumer_id, lock=True)
    refusal = receipts.refusal(refusal_id, lock=True)
    _check(receipts, refusal, revision, state, note)
    receipts.settle(refusal_id, state, note.strip())
    details: dict[str, str | int] = {"state": str(state), "sequence": refusal.sequence, "row": refusal.row_no}
    work.note(AuditNote("mapping.settle-refusal", "mapping_refusal", str(refusal_id), details))
    return receipts.refusal(refusal_id)


def _check(
    receipts: MappingReceipts, refusal: Refusal, revision: int, state: RefusalState, note: str
) -> None:
    if refusal.revision != revision:
        who = f"已由“{refusal.settled_by}”处理" if refusal.settled_by else "刚刚有人改动"
        raise Conflict(f"这条待办{who}，请看过再定", code="refusal-settled")
    if refusal.resent_sequence is not None or refusal.is_accepted:
        raise Conflict("这一行已随后面的包重发，或已为后续回执接受", code="refusal-resent")
    if state is RefusalState.NOT_SENT and not note.strip():
        raise InvalidInput("不再下发须说明理由", code="note-missing")
    if state is RefusalState.RESEND and receipts.stands_elsewhere(refusal.id):
        raise Conflict(
            f"“{refusal.old_text}”在对方那里已有别处迁来的人，整址重发会误迁，请在对方系统中逐户更正",
            code="refusal-not-resendable",
        )


def _held(work: Work, packages: MappingPackages, package_id: UUID) -> MappingPackage:
    package = packages.get(package_id)
    require_scope(work.actor, package.division_code)
    packages.consumer(package.consumer_id, lock=True)
    return packages.get(package_id, lock=True)


def _answered(packages: MappingPackages, package: MappingPackage, listed: PlainList) -> Answered:
    rows = (SentRow(one.id, one.row_no, one.state, one.new_text) for one in packages.rows(package.id))
    lines = ((one.row_no, one.values) for one in listed.rows)
    return read_receipt(lines, package.sequence, package.digest, rows)


def _acknowledge(work: Work, packages: MappingPackages, package: MappingPackage) -> None:
    if package.stage is PackageStage.ISSUED and not packages.states(package.id).get(RowState.ISSUED, 0):
        packages.acknowledge(package, work.actor.account_id, work.now)


def _report(
    packages: MappingPackages, package: MappingPackage, receipt: Receipt | None, listed: PlainList, found: Answered, *,
    papers: int, is_new: bool = False,
) -> ReceiptReport:  # fmt: skip
    rejects = tuple(
        Reject(one.line_no, listed.titles.get(one.field, one.field), one.code, one.message, one.value)
        for one in found.faults
    )
    return ReceiptReport(
        receipt, receipt is not None and not is_new, len(listed.rows), len(found.accepted), len(found.refused),
        found.unchanged, packages.states(package.id).get(RowState.ISSUED, 0), papers,
        package.stage is PackageStage.ACKNOWLEDGED, rejects,
    )  # fmt: skip


def _receipts(work: Work) -> MappingReceipts:
    return MappingReceipts(work.conn, work.county_code, work.actor.account_id, work.now)
