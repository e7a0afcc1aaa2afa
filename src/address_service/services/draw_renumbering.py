"""Use-case: draw a renumbering plan (改号方案) with its price, preview one, draw its inverse, drop it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from address_service.coding.numbering.plan import Reason
from address_service.coding.numbering.policy import Policy
from address_service.errors import Conflict, InvalidInput
from address_service.services.free_text import refuse_personal_numbers
from address_service.services.plan_numbering import define_policy
from address_service.services.renumbering_draft import Draft, Wanted, draft_renumbering
from address_service.services.renumbering_situation import Standing, load_standing
from address_service.services.renumbering_targets import (
    Redraw,
    Wish,
    targets_of_list,
    targets_of_redraw,
    targets_of_undo,
)
from address_service.services.scope import require_scope
from address_service.store.renumbering_plans import NewRenumbering, RenumberingHead, Verdict
from address_service.store.work import Work

_DECIDED = "改号方案已经执行或作废"


@dataclass(frozen=True, slots=True)
class Renumbering:
    """What is asked for: a list of changes, or a fresh drawing of the whole place.

    ``reassign_decree_no`` is the decision by which retired numbers may be given out once more.
    """

    place_id: UUID
    wishes: tuple[Wish, ...] = ()
    redraw: Redraw | None = None
    title: str = ""
    reassign_decree_no: str | None = None


def preview_renumbering(work: Work, asked: Renumbering, prices: Mapping[str, Decimal]) -> Draft:
    """What a plan would change and cost; writes nothing, and nothing to change is no error.

    Raises as `draw_renumbering` does otherwise.
    """
    refuse_personal_numbers(asked.title, asked.reassign_decree_no or "")
    standing = load_standing(work, asked.place_id)
    return _draft(work, standing, asked, None, prices)


def draw_renumbering(work: Work, asked: Renumbering, prices: Mapping[str, Decimal]) -> RenumberingHead:
    """Keep a plan; what cannot apply at once is refused.

    Raises NotFound `place-not-found`, InvalidInput `renumbering-list-invalid` or `policy-invalid`, Conflict
    `change-set-refused`, `nothing-to-change`, `street-without-centreline`.
    """
    refuse_personal_numbers(asked.title, asked.reassign_decree_no or "")
    standing = load_standing(work, asked.place_id)
    policy_id = None
    if asked.redraw is not None:
        policy_id = _keep_policy(work, standing, asked.redraw)
    draft = _draft(work, standing, asked, policy_id, prices)
    name = standing.context.name or standing.context.village
    title = asked.title.strip() or (f"{name}整处重编" if asked.redraw else f"{name}改号")
    return _keep(work, draft, title, policy_id, asked.reassign_decree_no)


def undo_renumbering(work: Work, plan_id: UUID, prices: Mapping[str, Decimal]) -> RenumberingHead:
    """Draw the plan that takes a committed one back; it is committed by decree like any other.

    Raises Conflict `plan-not-committed`, `nothing-to-change` when everybody is back already, `undo-impossible` or
    `change-set-refused` when doors were moved on since.
    """
    plan = work.renumbering_plans.head(plan_id)
    standing = load_standing(work, plan.place_id)
    if plan.stage != "committed":
        raise Conflict("只能撤销已执行的改号方案", code="plan-not-committed")
    changes = work.renumbering_plans.changes(plan_id)
    policy = _policy_before(work, plan, standing)
    wanted = Wanted(targets_of_undo(standing, plan.title, changes), policy, plan.decree_no)
    moved = {change.address_id: change for change in changes}
    for target in wanted.targets:
        change = moved[target.door.address_id]
        if target.door.number not in (change.before, change.after):
            text = f"{change.code} 在此之后又改为{target.door.number}，不能撤销"
            raise Conflict(text, code="undo-impossible")
    draft = draft_renumbering(standing, wanted, prices)
    policy_id = plan.before_policy_id if plan.policy_id else None
    return _keep(work, draft, f"撤销“{plan.title}”", policy_id, None, undoes=plan_id)


def drop_renumbering(work: Work, plan_id: UUID) -> RenumberingHead:
    """Put a plan aside; raises Conflict `plan-decided`."""
    plan = work.renumbering_plans.head(plan_id, lock=True)
    require_scope(work.actor, plan.village_code)
    if plan.stage != "draft":
        raise Conflict(_DECIDED, code="plan-decided")
    work.renumbering_plans.decide(plan_id, Verdict("dropped", work.actor.account_id), work.now)
    return work.renumbering_plans.head(plan_id)


def _draft(
    work: Work,
    standing: Standing,
    asked: Renumbering,
    policy_id: UUID | None,
    prices: Mapping[str, Decimal],
) -> Draft:
    decree_no = (asked.reassign_decree_no or "").strip() or None
    if asked.redraw is None:
        wanted = Wanted(targets_of_list(standing, asked.wishes), standing.policy, decree_no)
        return draft_renumbering(standing, wanted, prices)
    if asked.wishes:
        raise InvalidInput("整处重编与改号清单只能取其一", code="renumbering-both")
    policy = _policy_of(work, standing, asked.redraw)
    targets, findings = targets_of_redraw(
        standing, policy, policy_id, asked.redraw.keep, reuse=decree_no is not None
    )
    unnumbered = standing.reader.unnumbered(work.today)
    if unnumbered:
        text = f"另有 {unnumbered} 座房屋尚未编号，不在改号方案之内"
        findings = (*findings, Reason("unnumbered", text))
    return draft_renumbering(standing, Wanted(targets, policy, decree_no, findings), prices)


def _policy_of(work: Work, standing: Standing, redraw: Redraw) -> Policy:
    """The policy of the place, or the one named, with single values overridden."""
    if redraw.policy_name is None:
        known = standing.policy.parameters()
    else:
        known = dict(work.numbering_plans.latest_parameters(redraw.policy_name) or {})
    return Policy.from_parameters({**known, **(redraw.parameters or {})})


def _keep_policy(work: Work, standing: Standing, redraw: Redraw) -> UUID:
    policy = _policy_of(work, standing, redraw)
    if standing.policy_id is not None and policy == standing.policy:
        return standing.policy_id
    name = redraw.policy_name if redraw.policy_name and not redraw.parameters else None
    kept_as = name or f"{redraw.policy_name or 'default'}@{standing.context.place_id}"
    return define_policy(work, kept_as, policy.parameters())


def _policy_before(work: Work, plan: RenumberingHead, standing: Standing) -> Policy:
    if plan.policy_id is None or plan.before_policy_id is None:
        return standing.policy
    return Policy.from_parameters(work.numbering_plans.parameters(plan.before_policy_id))


def _keep(
    work: Work,
    draft: Draft,
    title: str,
    policy_id: UUID | None,
    reassign_decree_no: str | None,
    undoes: UUID | None = None,
) -> RenumberingHead:
    if not draft.changes:
        raise Conflict("没有需要改动的门牌号", code="nothing-to-change")
    standing = draft.standing
    plan = NewRenumbering(
        place_id=standing.context.place_id,
        title=title,
        policy_id=policy_id,
        before_policy_id=standing.policy_id,
        reassign_decree_no=(reassign_decree_no or "").strip() or None,
        undoes=undoes,
        ledger_digest=standing.digest,
        summary=draft.summary,
        changes=draft.changes,
    )
    plan_id = work.renumbering_plans.add(plan, work.actor.account_id, work.now)
    return work.renumbering_plans.head(plan_id)
