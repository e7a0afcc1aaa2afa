"""What the difference between a yearly list and the register was: carried out as decided, or turned down."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from address_service.coding.divisions.compare import alone_appeared, alone_vanished
from address_service.errors import Conflict, InvalidInput
from address_service.model.division_lists import DivisionOutcome, ProposalKind, ProposalState
from address_service.services.division_act import Act
from address_service.services.division_outcomes import CARRY_OUT, Case, Decision
from address_service.services.free_text import refuse_personal_numbers
from address_service.services.reread_addresses import Reread
from address_service.services.scope import require_scope
from address_service.store.division_proposals import DivisionProposals, KnownProposal, ProposalVerdict
from address_service.store.work import Work

_TWO_NAMES = frozenset(
    {
        DivisionOutcome.RESPELLED,
        DivisionOutcome.RENAMED,
        DivisionOutcome.KIND_CHANGED,
        DivisionOutcome.CODE_REUSED,
        DivisionOutcome.REJECTED,
    }
)
_ONE_CODE_GONE = frozenset({DivisionOutcome.RECODED, DivisionOutcome.MOVED_TOWN, DivisionOutcome.REJECTED})
ALLOWED: Mapping[ProposalKind, frozenset[DivisionOutcome]] = {
    ProposalKind.RESPELLED: _TWO_NAMES,
    ProposalKind.RENAMED: _TWO_NAMES,
    ProposalKind.KIND_CHANGED: _TWO_NAMES,
    ProposalKind.CODE_REUSED: _TWO_NAMES,
    ProposalKind.RECODED: _ONE_CODE_GONE,
    ProposalKind.MOVED_TOWN: _ONE_CODE_GONE,
    ProposalKind.VANISHED: _ONE_CODE_GONE | {DivisionOutcome.MERGED, DivisionOutcome.ABOLISHED},
    ProposalKind.APPEARED: _ONE_CODE_GONE | {DivisionOutcome.CREATED},
}
"""What may be decided on which proposal."""


def turn_down_proposal(work: Work, proposal_id: UUID, note: str) -> None:
    """Say that nothing happened; nothing is carried out, so one person decides it.

    Raises NotFound `proposal-not-found`, Forbidden `out-of-scope`, Conflict `proposal-decided`.
    """
    decide_division_proposal(work, proposal_id, Decision(DivisionOutcome.REJECTED, note=note))


def carry_out_proposal(work: Work, proposal_id: UUID, decision: Decision, base: Act) -> tuple[UUID, Reread]:
    """Carry out what happened, on the terms of an act that two persons decided; gives the event."""
    done = decide_division_proposal(work, proposal_id, decision, base)
    if done is None:
        raise InvalidInput("不成立的建议没有可执行的变更", code="outcome-not-possible")
    return done


def decide_division_proposal(
    work: Work, proposal_id: UUID, decision: Decision, base: Act | None = None
) -> tuple[UUID, Reread] | None:
    """Carry out what a person decided, and keep the decision with its event; None for a rejection.

    Raises NotFound `proposal-not-found`, Forbidden `out-of-scope`, InvalidInput `outcome-not-possible`,
    `other-code-missing`, Conflict `proposal-decided`, `proposal-outdated`, and as the acts of `change_division` do:
    above all `division-in-use` where a village on which something hangs was merged away.
    """
    refuse_personal_numbers(decision.note, decision.decree_no or "")
    proposals = DivisionProposals(work.conn, work.county_code)
    known = proposals.hold(proposal_id)
    for entry in (known.proposal.old, known.proposal.new):
        if entry is not None:
            require_scope(work.actor, entry.code)
    if known.state != ProposalState.OPEN:
        raise Conflict("该建议已有决定，或已为别的名录所取代", code="proposal-decided")
    if decision.outcome not in ALLOWED[known.proposal.kind]:
        raise InvalidInput("这类建议不能作出该决定", code="outcome-not-possible")
    act = _act(work, known, decision, base)
    case = Case(work, known, decision, act)
    done = None if decision.outcome is DivisionOutcome.REJECTED else CARRY_OUT[decision.outcome](case)
    proposals.decide(proposal_id, _verdict(work, decision, act, done[0] if done else None))
    if done is None:
        _take_apart(proposals, known)
    elif known.proposal.kind in (ProposalKind.VANISHED, ProposalKind.APPEARED):
        _decide_twin(case, proposals, done[0])
    return done


def _act(work: Work, known: KnownProposal, decision: Decision, base: Act | None) -> Act:
    details = {"division_proposal_id": str(known.id), "division_list_id": str(known.list_id)}
    decree_no = (decision.decree_no or "").strip() or None
    on = decision.effective_on or day_of(work, known)
    if base is not None:
        details |= base.details
    return Act(on, decree_no, decision.note.strip(), details, base.drawn_by if base else None)


def day_of(work: Work, known: KnownProposal) -> date:
    """When it happened, where nobody knows better: on the day of the list that shows it first."""
    new = known.proposal.new
    if known.proposal.is_later and new is not None and new.division_id is not None:
        return work.divisions.history(new.division_id)[0].valid_from
    return known.list_day


def _verdict(work: Work, decision: Decision, act: Act, event_id: UUID | None) -> ProposalVerdict:
    return ProposalVerdict(
        decision.outcome,
        work.actor.account_id,
        work.now,
        act.decree_no,
        act.effective_on if event_id else None,
        act.note,
        event_id,
    )


def _take_apart(proposals: DivisionProposals, known: KnownProposal) -> None:
    """Two that are not one village after all are decided on one by one."""
    old, new = known.proposal.old, known.proposal.new
    if known.proposal.kind in (ProposalKind.RECODED, ProposalKind.MOVED_TOWN) and old and new:
        proposals.propose(known.list_id, alone_vanished(old, ()))
        proposals.propose(known.list_id, alone_appeared(new, ()))


def _decide_twin(case: Case, proposals: DivisionProposals, event_id: UUID) -> None:
    """Where the other half of what happened is a proposal of the same list, it is decided with it."""
    if case.decision.outcome not in (DivisionOutcome.RECODED, DivisionOutcome.MOVED_TOWN):
        return
    wanted = ProposalKind.APPEARED if case.proposal.new is None else ProposalKind.VANISHED
    verdict = _verdict(case.work, case.decision, case.act, event_id)
    for other in proposals.find(list_id=case.known.list_id, state=ProposalState.OPEN):
        half = other.proposal.new if wanted is ProposalKind.APPEARED else other.proposal.old
        if other.proposal.kind is wanted and half and half.code == case.decision.other_code:
            proposals.decide(other.id, verdict)
