"""Use-case: draw a merger or split of villages (区划变更方案), decide its collisions, draw its undoing, drop it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from address_service.coding.merger.collisions import Choice, ChoiceKind, faults_of
from address_service.errors import Conflict, FieldError, InvalidInput, NotFound
from address_service.services.free_text import refuse_personal_numbers
from address_service.services.merger_lines import MergerDraft, draft_merger
from address_service.services.merger_request import DivisionChange, NewVillage
from address_service.services.merger_standing import MergerStanding, load_merger_standing
from address_service.services.merger_summary import summarise
from address_service.services.scope import require_scope
from address_service.store.merger_plans import DivisionChangeHead, DivisionChangeRepository, NewDivisionChange
from address_service.store.work import Work

_DECIDED = "区划变更方案已经执行或作废"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a dry run is measured by: yuan a plate by profile, and the metres by which boundaries may differ."""

    prices: Mapping[str, Decimal]
    tolerance_m: float


def draw_merger(work: Work, asked: DivisionChange, terms: Terms) -> DivisionChangeHead:
    """Keep a plan with its dry run; collisions are decided afterwards.

    Raises InvalidInput `division-change-incomplete`, `division-twice`, `division-code-malformed`,
    `effective-on-future`, `personal-data-not-here`; NotFound `division-not-found`, `place-not-found`;
    Conflict `division-code-taken`, `nothing-to-change`.
    """
    if asked.effective_on > work.today:
        raise InvalidInput("生效日期不能晚于今天；请在生效当日办理", code="effective-on-future")
    refuse_personal_numbers(asked.title, asked.new.name if asked.new else "")
    standing = load_merger_standing(work, asked, terms.tolerance_m)
    draft = draft_merger(standing, {})
    plan = NewDivisionChange(
        kind=asked.kind,
        title=asked.title.strip() or _title(standing),
        effective_on=asked.effective_on,
        asked=asked.as_json(),
        undoes=asked.undoes,
        seen_digest=draft.digest,
        summary=summarise(draft, {}, terms.prices, terms.tolerance_m),
        parties=_parties(standing),
    )
    plans = DivisionChangeRepository(work.conn, work.county_code)
    return plans.head(plans.add(plan, work.actor.account_id, work.now))


def _title(standing: MergerStanding) -> str:
    asked, villages = standing.asked, standing.villages
    if asked.kind == "split":
        return f"{villages[asked.source or UUID(int=0)].name}划出{standing.target.name}"
    return f"{'、'.join(villages[key].name for key in asked.ends)}并入{standing.target.name}"


def _parties(standing: MergerStanding) -> dict[UUID, str]:
    asked = standing.asked
    parts = {key: "ends" for key in asked.ends}
    if asked.absorber:
        parts[asked.absorber] = "absorbs"
    if asked.source:
        parts[asked.source] = "is_split"
    return parts


def choose_in_merger(
    work: Work, plan_id: UUID, choices: Sequence[Choice], terms: Terms
) -> DivisionChangeHead:
    """Record decisions on collisions and draw the dry run anew; raises Conflict `plan-decided`, `plan-outdated`,
    InvalidInput `choice-invalid` with one error per bad choice.
    """
    refuse_personal_numbers(*(choice.name for choice in choices))
    plans = DivisionChangeRepository(work.conn, work.county_code)
    plan = plans.head(plan_id, lock=True)
    _require_draft(work, plan)
    choices = [one if one.kind is ChoiceKind.JOIN else replace(one, into=None) for one in choices]
    known = _in_force({**plans.choices(plan_id), **{one.subject_id: one for one in choices}})
    draft = redraft(work, plan, known, terms.tolerance_m)
    refuse_faulty(draft.standing, known)
    plans.choose(plan_id, choices, work.actor.account_id, work.now)
    plans.redraw(plan_id, draft.digest, summarise(draft, known, terms.prices, terms.tolerance_m))
    return plans.head(plan_id)


def redraft(
    work: Work, plan: DivisionChangeHead, choices: Mapping[UUID, Choice], tolerance_m: float
) -> MergerDraft:
    """The dry run as things stand now, by the choices made."""
    asked = DivisionChange.kept(plan.kind, plan.title, plan.effective_on, plan.asked, plan.undoes)
    return draft_merger(load_merger_standing(work, asked, tolerance_m), choices)


def known_choices(work: Work, plan_id: UUID) -> dict[UUID, Choice]:
    """The choices of a plan that are in force."""
    return _in_force(DivisionChangeRepository(work.conn, work.county_code).choices(plan_id))


def _in_force(choices: Mapping[UUID, Choice]) -> dict[UUID, Choice]:
    return {key: one for key, one in choices.items() if one.kind is not ChoiceKind.UNDECIDED}


def refuse_faulty(standing: MergerStanding, choices: Mapping[UUID, Choice]) -> None:
    """Raise InvalidInput `choice-invalid` for choices that cannot be."""
    faults = faults_of(standing.places, choices)
    if faults:
        errors = [FieldError("choice-invalid", text, str(key)) for key, text in faults]
        raise InvalidInput("有的处理方式不成立", code="choice-invalid", errors=errors)


def undo_merger(
    work: Work,
    plan_id: UUID,
    restores: UUID | None,
    effective_on: date,
    terms: Terms,
    code: str | None = None,
) -> DivisionChangeHead:
    """Draw the split that gives those of an ended village their old village name back; the merger stays on record.

    Raises Conflict `plan-not-committed`, `undo-impossible`, `nothing-to-change`; InvalidInput `village-needed` where
    several ended.
    """
    plan = DivisionChangeRepository(work.conn, work.county_code).head(plan_id)
    for concerned in plan.village_codes:
        require_scope(work.actor, concerned)
    if plan.stage != "committed" or plan.kind != "merge" or plan.successor_id is None:
        raise Conflict("只能撤销已执行的合并方案", code="plan-not-committed")
    ended = [UUID(key) for key in plan.asked["ends"]]
    if restores is None and len(ended) > 1:
        raise InvalidInput("该合并涉及多个村，请指明恢复哪个村", code="village-needed")
    if work.divisions.find_by_id(plan.successor_id, effective_on) is None:
        raise Conflict("并入的村此后又已终止，请先撤销后来的变更", code="undo-impossible")
    village = restores or ended[0]
    if village not in ended:
        raise NotFound(f"合并方案没有并出村 {village}", code="division-not-found")
    known = work.divisions.history(village)
    if not known:
        raise Conflict("该村自设立之日起即已并入，没有可以恢复的名称和代码", code="undo-impossible")
    last = known[-1]
    asked = DivisionChange(
        "split",
        effective_on,
        f"自{plan.summary['target']['name']}恢复{last.name}",
        new=NewVillage(code or last.code_nbs, last.name, last.kind),
        source=plan.successor_id,
        undoes=plan_id,
        restores=village,
    )
    if effective_on < plan.effective_on:
        raise InvalidInput("拆分不能早于合并", code="effective-on-too-early")
    return draw_merger(work, asked, terms)


def drop_merger(work: Work, plan_id: UUID) -> DivisionChangeHead:
    """Put a plan aside; raises Conflict `plan-decided`."""
    plans = DivisionChangeRepository(work.conn, work.county_code)
    _require_draft(work, plans.head(plan_id, lock=True))
    plans.drop(plan_id, work.actor.account_id, work.now)
    return plans.head(plan_id)


def _require_draft(work: Work, plan: DivisionChangeHead) -> None:
    for code in plan.village_codes:
        require_scope(work.actor, code)
    if plan.stage != "draft":
        raise Conflict(_DECIDED, code="plan-decided")
