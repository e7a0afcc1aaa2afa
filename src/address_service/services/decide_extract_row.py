"""Use-case: decide on rows of an extract, one by one or many of a kind; two reviewers at once do not collide."""

from uuid import UUID

from address_service.errors import Conflict, InvalidInput, NotFound
from address_service.model.audit import AuditNote
from address_service.model.reconciliation import ExtractStage, Outcome, PersonFinding, RowDecision
from address_service.services.scope import require_scope
from address_service.store.extract_decisions import Verdict
from address_service.store.extract_rows import ExtractRow, RowFilter
from address_service.store.extract_targets import InForce, division_of_code, in_force, in_force_by_code
from address_service.store.work import Work

_AT_ONCE = frozenset({Outcome.SAME, Outcome.UPDATE, Outcome.LINEAGE, Outcome.REGISTER_ONLY})
"""Outcomes that lead somewhere by themselves, so that many rows may be accepted together."""


def decide_row(
    work: Work, row_id: UUID, revision: int, kind: RowDecision | None, *, address_code: str | None = None,
    village_code: str | None = None,
) -> ExtractRow:  # fmt: skip
    """Accept, choose an address, send to a village, park, or with None take the decision back; the row as it is then.

    Raises NotFound `extract-row-not-found`, `address-not-found`, `division-not-found`; Forbidden `out-of-scope`;
    InvalidInput `nothing-to-accept`, `address-code-missing`, `village-missing`; Conflict `row-decided` naming who was
    first, `address-ended`, `extract-withdrawn`.
    """
    row = work.extract_rows.get(row_id)
    if work.extracts.get(row.extract_id).stage is ExtractStage.WITHDRAWN:
        raise Conflict("这份底册已撤回", code="extract-withdrawn")
    verdict = _verdict(work, row, kind, address_code, village_code)
    if work.extract_decisions.decide(row_id, revision, verdict) is None:
        raise _taken(work, row_id)
    details: dict[str, str | int] = {"decision": str(kind or "undo"), "row": row.row_no}
    work.note(AuditNote("reconciliation.decide", "extract_row", str(row_id), details))
    return work.extract_rows.get(row_id)


def answer_row(work: Work, row_id: UUID, revision: int, address_code: str | None) -> ExtractRow:
    """A village's answer on a row that was sent to it: one of its addresses, or None to send it back undecided.

    Raises NotFound `extract-row-not-found`, `address-not-found`; Forbidden `out-of-scope`; Conflict `row-not-sent`,
    `row-decided` naming who was first.
    """
    row = work.extract_rows.get(row_id)
    if row.decision is not RowDecision.VILLAGE or row.facts is None:
        raise Conflict(f"第{row.row_no}行不在等待村（居）核实之列", code="row-not-sent")
    verdict = Verdict(None)
    if address_code is not None:
        found = _in_force(work, address_code)
        require_scope(work.actor, found.village_code)
        verdict = Verdict(RowDecision.CHOOSE, found.id, found.village_id)
    if work.extract_decisions.decide(row_id, revision, verdict) is None:
        raise _taken(work, row_id)
    details: dict[str, str | int] = {"answer": "choose" if address_code else "return", "row": row.row_no}
    work.note(AuditNote("reconciliation.answer", "extract_row", str(row_id), details))
    return work.extract_rows.get(row_id)


def accept_rows(
    work: Work, extract_id: UUID, outcome: Outcome, expected: int, *, finding: PersonFinding | None = None,
    village_id: UUID | None = None,
) -> int:  # fmt: skip
    """Accept all open rows of one outcome, as many as the reviewer was shown; says how many.

    Raises NotFound `extract-not-found`; InvalidInput `outcome-not-at-once`; Conflict `count-differs`,
    `extract-not-done`.
    """
    if outcome not in _AT_ONCE:
        raise InvalidInput("这一类须逐行核定，不能成批采纳", code="outcome-not-at-once")
    if work.extracts.get(extract_id, lock=True).stage is not ExtractStage.DONE:
        raise Conflict("底册还没有核对完，或已撤回", code="extract-not-done")
    wanted = RowFilter(outcome, finding, village_id=village_id)
    found = work.extract_decisions.count_open(extract_id, wanted)
    if found != expected:
        raise Conflict(f"现在有{found}行，不是{expected}行，请重新看过", code="count-differs")
    done = work.extract_decisions.accept_all(extract_id, wanted)
    details: dict[str, str | int] = {"outcome": str(outcome), "rows": done}
    work.note(AuditNote("reconciliation.accept-all", "extract", str(extract_id), details))
    return done


def _verdict(
    work: Work, row: ExtractRow, kind: RowDecision | None, address_code: str | None, village_code: str | None
) -> Verdict:
    if kind is RowDecision.ACCEPT:
        return _accepted(work, row)
    if kind is RowDecision.CHOOSE:
        if address_code is None:
            raise InvalidInput("选定须给出地址编码", code="address-code-missing")
        found = _in_force(work, address_code)
        within = work.actor.covers(found.village_code)
        return Verdict(kind, found.id, found.village_id if within else None)
    if kind is RowDecision.VILLAGE:
        return Verdict(kind, None, _village(work, row, village_code))
    return Verdict(kind)


def _in_force(work: Work, address_code: str) -> InForce:
    found = in_force_by_code(work.conn, work.county_code, address_code)
    if found is None:
        raise NotFound(f"没有现行地址 {address_code}", code="address-not-found")
    return found


def _accepted(work: Work, row: ExtractRow) -> Verdict:
    if row.outcome in (Outcome.SEVERAL, Outcome.NONE):
        raise InvalidInput("这一行没有可采纳的地址，请选定、转村或搁置", code="nothing-to-accept")
    if row.address_id is not None and not in_force(work.conn, work.county_code, [row.address_id]):
        raise Conflict("这个地址已不是现行地址，请重新选定", code="address-ended")
    return Verdict(RowDecision.ACCEPT, row.address_id)


def _village(work: Work, row: ExtractRow, village_code: str | None) -> UUID:
    if village_code is None:
        if row.village_id is None:
            raise InvalidInput("请说明转给哪个村（居）委会", code="village-missing")
        return row.village_id
    require_scope(work.actor, village_code)
    found = division_of_code(work.conn, work.county_code, village_code)
    if found is None:
        raise NotFound(f"没有区划 {village_code}", code="division-not-found")
    return found


def _taken(work: Work, row_id: UUID) -> Conflict:
    now = work.extract_rows.get(row_id)
    if now.decided_by is None:
        return Conflict(f"第{now.row_no}行刚刚有人改动，请看过再定", code="row-decided")
    who = "您" if now.decided_by == work.actor.name else f"“{now.decided_by}”"
    return Conflict(f"第{now.row_no}行已由{who}处理，请看过再定", code="row-decided")
