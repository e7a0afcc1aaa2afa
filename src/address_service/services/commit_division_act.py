"""Use-case: decide an act on a division or a name by decree (批准执行区划地名变更); never by who asked for it."""

from uuid import UUID

from address_service.errors import Conflict, Forbidden, InvalidInput, NotFound
from address_service.model.division_acts import DivisionActKind, DivisionActRequest
from address_service.model.division_lists import DivisionOutcome
from address_service.services.division_act import Act
from address_service.services.division_act_ground import ground_of, hold_ground
from address_service.services.division_act_steps import carry_out
from address_service.services.free_text import refuse_personal_numbers
from address_service.services.scope import require_scope
from address_service.store.division_acts import DivisionActHead, DivisionActRepository
from address_service.store.work import Work


def commit_division_act(work: Work, act_id: UUID, decree_no: str | None) -> DivisionActHead:
    """Carry an act out from its day on, whole or not at all.

    A proposal of a yearly list may go without a decree where no address in force reads differently by it. Raises
    InvalidInput `decree-missing`; Forbidden `out-of-scope`, `own-act`; Conflict `division-act-decided`,
    `division-act-outdated` when a division or place concerned was changed since, `busy`, and as the act itself does.
    """
    decree = (decree_no or "").strip() or None
    refuse_personal_numbers(decree or "")
    acts = DivisionActRepository(work.conn, work.county_code)
    head = acts.head(act_id, lock=True)
    _may_commit(work, head)
    if decree is None and head.kind != DivisionActKind.PROPOSAL:
        raise InvalidInput("执行区划地名变更须有文号", code="decree-missing")
    asked = asked_of(head)
    _hold(work, head, asked)
    details = {"division_act_id": str(head.id)}
    done = carry_out(work, asked, Act(head.effective_on, decree, head.note, details, head.actor_id))
    terms = {"decree_no": decree, "event_id": done.event_id, "division_id": done.made_id or head.division_id}
    acts.decide(act_id, "committed", work.actor.account_id, work.now, **terms)
    return acts.head(act_id)


def asked_of(head: DivisionActHead) -> DivisionActRequest:
    """What was asked for."""
    request = dict(head.request)
    outcome = request.pop("outcome", None)
    return DivisionActRequest(
        DivisionActKind(head.kind),
        head.division_id,
        head.place_id,
        head.proposal_id,
        head.effective_on,
        head.note,
        outcome=DivisionOutcome(outcome) if outcome else None,
        **request,
    )


def _may_commit(work: Work, head: DivisionActHead) -> None:
    for code in head.codes:
        require_scope(work.actor, code)
    if head.stage != "planned":
        raise Conflict("这项变更已经执行或作废", code="division-act-decided")
    if head.actor_id == work.actor.account_id:
        raise Forbidden("变更由本人拟定，须由他人批准", code="own-act")


def _hold(work: Work, head: DivisionActHead, asked: DivisionActRequest) -> None:
    """Hold all that is concerned; raises Conflict where it is not any more what the drawer saw."""
    outdated = Conflict("拟定之后，所涉及的区划或地名已有变化，请重新拟定", code="division-act-outdated")
    try:
        hold_ground(work, ground_of(work, asked, head.effective_on))
        # Somebody may have been waited for: what stands there is read once more.
        seen = hold_ground(work, ground_of(work, asked, head.effective_on))
    except NotFound as error:  # somebody ended it meanwhile
        raise outdated from error
    if seen != head.seen_digest:
        raise outdated
