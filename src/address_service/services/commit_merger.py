"""Use-case: commit a merger or split by decree: villages, places, addresses and all that hangs on them, or nothing."""

from collections.abc import Collection
from uuid import UUID

from address_service.errors import Conflict, FieldError, Forbidden, InvalidInput, NotFound
from address_service.services.draw_merger import known_choices, redraft, refuse_faulty
from address_service.services.free_text import refuse_personal_numbers
from address_service.services.merger_lines import MergerDraft
from address_service.services.merger_obstacles import obstacles_of
from address_service.services.merger_settlement import hold_proposals, move_scopes, settle_proposals
from address_service.services.merger_writing import MergerWriting
from address_service.services.scope import require_scope
from address_service.store.merger_plans import DivisionChangeHead, DivisionChangeRepository
from address_service.store.merger_writer import hold_all
from address_service.store.overview import announce_change
from address_service.store.resident_villages import carry_residents
from address_service.store.work import Work


def outdated() -> Conflict:
    """Somebody was there since the plan was drawn."""
    text = "方案拟定之后，所涉及的村、地名、号码或地址已有变化，请重新拟定"
    return Conflict(text, code="plan-outdated")


def commit_merger(work: Work, plan_id: UUID, decree_no: str, tolerance_m: float) -> DivisionChangeHead:
    """Carry a plan out whole, from its effective day on, under a decree.

    Raises InvalidInput `decree-missing`; Forbidden `own-plan`; Conflict `plan-decided`, `plan-outdated`,
    `collisions-undecided`, `invariant-violated`, `homonym`, `effective-on-too-early`, `succession-cycle`,
    `busy`.
    """
    decree_no = decree_no.strip()
    if not decree_no:
        raise InvalidInput("执行区划变更方案须有文号", code="decree-missing")
    refuse_personal_numbers(decree_no)
    plans = DivisionChangeRepository(work.conn, work.county_code)
    plan = plans.head(plan_id, lock=True)
    _may_commit(work, plan, plans.deciders(plan_id))
    proposals = hold_proposals(work, plan)
    draft = _held_draft(work, plan, tolerance_m)
    _refuse_unready(draft)
    done = MergerWriting(work, plan, draft, decree_no)
    done.run()
    carry_residents(work.conn, work.county_code, list(draft.standing.villages), done.to)
    move_scopes(work, draft.standing)
    settle_proposals(work, proposals, done)
    verdict = {
        "decree_no": decree_no,
        "event_id": done.event_id,
        "successor_id": done.to,
        "decided_by": work.actor.account_id,
        "decided_at": work.now,
    }
    plans.commit(plan_id, verdict)
    announce_change(work.conn, work.county_code)
    return plans.head(plan_id)


def _may_commit(work: Work, plan: DivisionChangeHead, deciders: Collection[UUID]) -> None:
    for code in plan.village_codes:
        require_scope(work.actor, code)
    if plan.stage != "draft":
        raise Conflict("区划变更方案已经执行或作废", code="plan-decided")
    if plan.actor_id == work.actor.account_id:
        raise Forbidden("方案由本人拟定，须由他人批准", code="own-plan")
    if work.actor.account_id in deciders:
        raise Forbidden("方案中有本人作出的重名处理决定，须由他人批准", code="own-plan")


def _held_draft(work: Work, plan: DivisionChangeHead, tolerance_m: float) -> MergerDraft:
    """The dry run once more with everything held; raises Conflict `plan-outdated` where it is another by now."""
    choices = known_choices(work, plan.id)
    villages, places = (
        [UUID(key) for key in plan.summary["concerned"][kind]] for kind in ("divisions", "places")
    )
    hold_all(work.conn, work.county_code, villages, places)
    work.plates.lock_ordering()  # an order under way would take the texts of before onto its plates
    try:
        draft = redraft(work, plan, choices, tolerance_m)
    except (
        NotFound,
        Conflict,
    ) as error:  # a village or a place of the plan is gone by now, or its code is taken
        raise outdated() from error
    if draft.digest != plan.seen_digest:
        raise outdated()
    refuse_faulty(draft.standing, choices)
    return draft


def _refuse_unready(draft: MergerDraft) -> None:
    standing = draft.standing
    if not standing.invariants.hold:
        errors = [FieldError(f.code, f.text) for f in standing.invariants.findings if f.severity == "error"]
        raise Conflict("界线不符合要求，不能执行", code="invariant-violated", errors=errors)
    left = [one for one in draft.collisions if not one.is_decided]
    if left:
        errors = [
            FieldError("collision", f"“{one.words}”：{'、'.join(p.village for p in one.places)}", one.reads)
            for one in left
        ]
        raise Conflict("还有重名没有决定如何处理，不能执行", code="collisions-undecided", errors=errors)
    if draft.homonyms:
        errors = [
            FieldError("homonym", f"“{text}”重复（{code}）", code) for text, code in draft.homonyms[:100]
        ]
        raise Conflict("变更后将有全称相同的地址，不能执行", code="homonym", errors=errors)
    for code, text in obstacles_of(draft):
        raise Conflict(text, code=code)
