"""What a committed merger settles beside the register: accounts of the ended village, proposals about it."""

from collections.abc import Sequence
from uuid import UUID

from address_service.model.division_lists import DivisionOutcome, ProposalKind
from address_service.services.merger_standing import MergerStanding
from address_service.services.merger_writing import MergerWriting
from address_service.store.division_changes import move_accounts
from address_service.store.division_proposals import DivisionProposals, KnownProposal, ProposalVerdict
from address_service.store.merger_plans import DivisionChangeHead
from address_service.store.work import Work


def hold_proposals(work: Work, plan: DivisionChangeHead) -> list[KnownProposal]:
    """Open proposals about villages that a plan ends or makes; before any village is held, as who decides one does."""
    new = plan.asked["new"]
    ended = [UUID(key) for key in plan.asked["ends"]]
    return DivisionProposals(work.conn, work.county_code).hold_about(ended, new["code"] if new else None)


def move_scopes(work: Work, standing: MergerStanding) -> None:
    """Accounts whose village went whole into another one see that one from now on."""
    for key in standing.asked.ends:
        old, new = standing.villages[key].code, standing.target.code
        if old != new:
            move_accounts(work.conn, work.county_code, old, new)


def settle_proposals(work: Work, held: Sequence[KnownProposal], done: MergerWriting) -> None:
    """What a yearly list asked about a village that vanished, or one that appeared, is answered by the act."""
    proposals = DivisionProposals(work.conn, work.county_code)
    for known in held:
        vanished = known.proposal.kind is ProposalKind.VANISHED
        verdict = ProposalVerdict(
            DivisionOutcome.MERGED if vanished else DivisionOutcome.CREATED,
            work.actor.account_id,
            work.now,
            done.decree_no,
            done.plan.effective_on,
            f"由区划变更方案办理：{done.plan.title}",
            done.event_id,
        )
        proposals.decide(known.id, verdict)
