"""Use-case: a person says what the difference between a yearly list and the register was, or that it was nothing."""

from address_service.model.division_acts import DivisionActRequest
from address_service.model.division_lists import DivisionOutcome
from address_service.services.decide_division_proposal import turn_down_proposal
from address_service.services.division_act_steps import given
from address_service.services.draw_division_act import draw_division_act, refuse_planned
from address_service.store.division_acts import DivisionActHead, DivisionActRepository
from address_service.store.work import Work


def decide_on_proposal(work: Work, asked: DivisionActRequest) -> DivisionActHead | None:
    """Keep what happened as an act to be approved by somebody else; a rejection ends the proposal, None.

    Raises as `draw_division_act` and `turn_down_proposal` do.
    """
    if asked.outcome is not DivisionOutcome.REJECTED:
        return draw_division_act(work, asked)
    proposal_id = given(asked.proposal_id, "建议")
    refuse_planned(DivisionActRepository(work.conn, work.county_code), proposal_id)
    turn_down_proposal(work, proposal_id, asked.note)
    return None
