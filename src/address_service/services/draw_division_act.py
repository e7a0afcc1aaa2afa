"""Use-case: ask for an act on a division or a name (拟定区划地名变更), or put it aside."""

from datetime import date
from typing import Any
from uuid import UUID

from address_service.errors import Conflict
from address_service.model.division_acts import DivisionActKind, DivisionActRequest
from address_service.services.decide_division_proposal import day_of
from address_service.services.division_act import Act
from address_service.services.division_act_ground import ground_of
from address_service.services.division_act_preview import preview_division_act
from address_service.services.division_act_steps import given
from address_service.services.free_text import refuse_personal_numbers
from address_service.services.scope import require_scope
from address_service.store.division_acts import DivisionActHead, DivisionActRepository, NewDivisionAct
from address_service.store.division_proposals import DivisionProposals
from address_service.store.work import Work

_NO_DECREE_YET = "（待批准）"
_KEPT = ("name", "code", "code_mca", "boundary", "outcome", "other_code")


def draw_division_act(work: Work, asked: DivisionActRequest) -> DivisionActHead:
    """Keep an act with its dry run, to be decided by somebody else; nothing else is written.

    Raises NotFound `division-not-found`, `place-not-found`, `proposal-not-found`; Forbidden `out-of-scope`;
    InvalidInput `value-missing`, `effective-on-future`; Conflict `proposal-planned`, `busy`; and as the act would.
    """
    refuse_personal_numbers(asked.note, asked.name or "")
    on = _day(work, asked)
    ground = ground_of(work, asked, on)
    for code in ground.codes:
        require_scope(work.actor, code)
    acts = DivisionActRepository(work.conn, work.county_code)
    if asked.proposal_id is not None:
        refuse_planned(acts, asked.proposal_id)
    act = Act(on, _NO_DECREE_YET, asked.note.strip())
    seen, summary = preview_division_act(work, asked, act, ground)
    new = NewDivisionAct(
        asked.kind,
        asked.division_id,
        asked.place_id,
        asked.proposal_id,
        ground.codes,
        _plain(asked),
        on,
        act.note,
        seen,
        summary,
    )
    return acts.head(acts.add(new, work.actor.account_id, work.now))


def drop_division_act(work: Work, act_id: UUID) -> DivisionActHead:
    """Put an act aside; raises Conflict `division-act-decided`."""
    acts = DivisionActRepository(work.conn, work.county_code)
    head = acts.head(act_id, lock=True)
    for code in head.codes:
        require_scope(work.actor, code)
    if head.stage != "planned":
        raise Conflict("这项变更已经执行或作废", code="division-act-decided")
    acts.decide(act_id, "dropped", work.actor.account_id, work.now)
    return acts.head(act_id)


def refuse_planned(acts: DivisionActRepository, proposal_id: UUID) -> None:
    """Raise Conflict `proposal-planned` while an act that carries the proposal out waits for its approval."""
    planned = acts.of_proposal(proposal_id)
    if planned is not None and planned.stage == "planned":
        raise Conflict("该建议已拟定变更，待他人批准；如不成立，请先作废该变更", code="proposal-planned")


def _day(work: Work, asked: DivisionActRequest) -> date:
    if asked.effective_on is not None:
        return asked.effective_on
    if asked.kind is not DivisionActKind.PROPOSAL:
        return work.today
    proposals = DivisionProposals(work.conn, work.county_code)
    return day_of(work, proposals.get(given(asked.proposal_id, "建议")))


def _plain(asked: DivisionActRequest) -> dict[str, Any]:
    members = {name: getattr(asked, name) for name in _KEPT}
    return {name: value for name, value in members.items() if value is not None}
