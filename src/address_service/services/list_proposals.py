"""What a yearly list proposes beside what is known and what lists before it propose, kept in step with other years."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from address_service.coding.divisions.compare import as_listed, compare
from address_service.coding.divisions.entries import Acts, Comparison, Entry, Proposal
from address_service.model.division_lists import ListSystem, ProposalState
from address_service.store.division_lists import DivisionLists, ListRow
from address_service.store.division_proposals import DivisionProposals, KnownProposal
from address_service.store.work import Work


def comparison_on(
    work: Work, system: ListSystem, day: date, year: int, rows: Sequence[ListRow], list_id: UUID | None
) -> Comparison:
    """Hold the lines of a list against the register on its day, as open proposals of earlier lists would have it.

    The day is often but the first of the year for which a list was published; what was decided later in that year is
    no difference where the list shows it.
    """
    lists = DivisionLists(work.conn, work.county_code)
    earlier = [
        known.proposal
        for known in DivisionProposals(work.conn, work.county_code).find(state=ProposalState.OPEN)
        if known.system is system and known.list_day < day and known.list_id != list_id
    ]
    on_day = lists.known_on(system, day)
    acts = Acts.between(on_day, lists.known_on(system, max(day, date(year, 12, 31))))
    listed = [Entry(row.code, row.name) for row in rows]
    later, may_enter = lists.begins_after(system, day), system is ListSystem.NBS
    return compare(as_listed(on_day, earlier), listed, later, acts, may_enter=may_enter)


def propose(
    work: Work,
    system: ListSystem,
    day: date,
    list_id: UUID,
    proposals: Sequence[Proposal],
    towns: Collection[str],
    *,
    is_new: bool,
) -> None:
    """Keep what a list proposes and bring the lists of later years in line with it."""
    lists = DivisionLists(work.conn, work.county_code)
    kept = DivisionProposals(work.conn, work.county_code)
    _keep(kept, list_id, proposals)
    if is_new:
        _supersede_twins(kept, system, day, list_id, towns)
    for later_id, later_day, year in lists.later(system, day, towns):
        rows = lists.rows(later_id)
        found = comparison_on(work, system, later_day, year, rows, later_id).proposals
        keys = {one.key for one in found}
        gone = [
            known.id
            for known in kept.find(list_id=later_id, state=ProposalState.OPEN)
            if known.proposal.key not in keys and _concerns(known.proposal, towns)
        ]
        kept.supersede(gone, list_id)
        _keep(kept, later_id, found)


def _keep(kept: DivisionProposals, list_id: UUID, proposals: Sequence[Proposal]) -> None:
    for one in proposals:
        kept.propose(list_id, one)


def _supersede_twins(
    kept: DivisionProposals, system: ListSystem, day: date, list_id: UUID, towns: Collection[str]
) -> None:
    """Of two lists of one day the one that came last is the corrected one."""

    def is_outdone(known: KnownProposal) -> bool:
        same_day = known.system is system and known.list_day == day and known.list_id != list_id
        return same_day and _concerns(known.proposal, towns)

    outdone = [known.id for known in kept.find(state=ProposalState.OPEN) if is_outdone(known)]
    kept.supersede(outdone, list_id)


def _concerns(proposal: Proposal, towns: Collection[str]) -> bool:
    return any(entry is not None and entry.code[:9] in towns for entry in (proposal.old, proposal.new))
