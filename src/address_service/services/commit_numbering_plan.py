"""Use-case: commit a numbering plan: numbers enter the ledger, doors and rooms become draft addresses."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from address_service.coding.numbering.policy import Policy, Subject
from address_service.errors import Conflict
from address_service.model.addresses import EventKind
from address_service.model.houses import PlannedSite
from address_service.model.places import PlaceKind
from address_service.services.draft_doors import Outcome, Writer, draft_door
from address_service.services.plan_numbering import (
    DEFAULT_POLICY,
    DrawnPlan,
    Situation,
    draw_plan,
    load_situation,
)
from address_service.services.scope import require_scope
from address_service.store.counters import take_serials
from address_service.store.numbering_inputs import NumberingInputs
from address_service.store.numbering_plans import PlanHead, PlanItem
from address_service.store.numbers import LedgerRow
from address_service.store.overview import announce_change
from address_service.store.place_context import PlaceContext, load_place_context
from address_service.store.work import Work


def commit_numbering_plan(work: Work, plan_id: UUID) -> PlanHead:
    """Make a dry run real, whole or not at all.

    Raises Conflict `plan-decided` when it was committed or dropped before, `plan-outdated` when doors or numbers
    changed since the dry run. The addresses are drafts: the county's approval makes them current.
    """
    plan = work.numbering_plans.head(plan_id, lock=True)
    if plan.stage != "draft":
        raise Conflict("编号方案已经提交或作废", code="plan-decided")
    context = _hold(work, plan.place_id)
    situation = _unchanged_situation(work, plan, context)
    _commit(work, DrawnPlan(plan, context, situation, work.numbering_plans.items(plan_id)))
    return work.numbering_plans.head(plan_id)


def number_place(
    work: Work, place_id: UUID, policy_name: str = DEFAULT_POLICY, overrides: Mapping[str, Any] | None = None
) -> PlanHead:
    """Draw a plan under the place's lock and commit it at once, if it has anything new; gives the plan.

    Nobody can come between, so the place is read once. Raises as `plan_numbering` does.
    """
    context = _hold(work, place_id)
    drawn = draw_plan(work, context, policy_name, overrides)
    if drawn.head.summary["new"] or drawn.head.summary["reserved"]:
        _commit(work, drawn)
    return work.numbering_plans.head(drawn.head.id)


def _hold(work: Work, place_id: UUID) -> PlaceContext:
    """Lock a place and give it as it is then: who was waited for may have given it another name."""
    context = load_place_context(work.conn, work.county_code, place_id, work.today)
    require_scope(work.actor, context.village_code)
    if context.kind is PlaceKind.VILLAGE:
        # Its houses are those of no other place, so nobody may assign one meanwhile.
        work.places.lock(context.division_id)
    work.places.lock(place_id)
    return load_place_context(work.conn, work.county_code, place_id, work.today)


def _commit(work: Work, drawn: DrawnPlan) -> None:
    style = Policy.from_parameters(drawn.head.parameters).text_style
    outcome = _gather(work, Writer(drawn.context, style), drawn.situation, drawn.items)
    _write(work, drawn.head, drawn.situation, outcome)
    work.numbering_plans.decide(drawn.head.id, "committed", work.now)
    announce_change(work.conn, work.county_code)


def drop_numbering_plan(work: Work, plan_id: UUID) -> PlanHead:
    """Put a dry run aside; raises Conflict when it is decided already."""
    plan = work.numbering_plans.head(plan_id, lock=True)
    context = load_place_context(work.conn, work.county_code, plan.place_id, work.today)
    require_scope(work.actor, context.village_code)
    if plan.stage != "draft":
        raise Conflict("编号方案已经提交或作废", code="plan-decided")
    work.numbering_plans.decide(plan_id, "dropped", work.now)
    return work.numbering_plans.head(plan_id)


def _unchanged_situation(work: Work, plan: PlanHead, context: PlaceContext) -> Situation:
    inputs = NumberingInputs(work.conn, work.county_code, plan.place_id, work.today)
    situation = load_situation(inputs, context, Subject(plan.parameters["subject"]))
    if situation.digest != plan.ledger_digest:
        raise Conflict("试算之后，该地的门户或号码已有变化，请重新试算", code="plan-outdated")
    return situation


def _gather(work: Work, writer: Writer, situation: Situation, items: Sequence[PlanItem]) -> Outcome:
    houses = {house.id: house for house in situation.houses}
    address_of = {door.key: door.address_id for door in situation.doors}
    fresh = [i for i in items if i.kind == "door" and address_of[i.building_ids[0]] is None]
    serial = take_serials(work.conn, work.county_code, writer.context.code_prefix, len(fresh)) if fresh else 0
    outcome = Outcome()
    for item in items:
        if item.kind == "reserved":
            outcome.reserved.append(item)
            continue
        address_id = address_of[item.building_ids[0]]
        members = [houses[building_id] for building_id in item.building_ids]
        if address_id is None:
            draft_door(outcome, writer, item, members, serial)
            serial += 1
        else:
            outcome.links.extend((address_id, h.id) for h in members if h.address_id is None)
    return outcome


def _write(work: Work, plan: PlanHead, situation: Situation, outcome: Outcome) -> None:
    event_id = work.addresses.record_event(
        EventKind.CREATE,
        work.actor.account_id,
        work.today,
        work.now,
        note=f"编号方案：{plan.place}",
        details={"numbering_plan_id": str(plan.id), "policy": f"{plan.policy_name} v{plan.policy_version}"},
    )
    work.addresses.draft(outcome.addresses, event_id, work.actor.account_id, work.today, work.now)
    work.addresses.link_buildings(outcome.links, work.today, work.now)
    numbers = [*outcome.numbers, *_reserve(work, plan, situation, outcome.reserved)]
    work.numbers.enter(plan.place_id, numbers, plan.policy_id, work.now)


def _reserve(
    work: Work, plan: PlanHead, situation: Situation, items: Sequence[PlanItem]
) -> Iterable[LedgerRow]:
    sites: Mapping[UUID, PlannedSite] = {site.id: site for site in situation.sites}
    opened: dict[UUID | None, UUID] = {s.id: s.reservation_id for s in situation.sites if s.reservation_id}
    for item in items:
        site = sites.get(item.construction_plan_id) if item.construction_plan_id else None
        key = site.id if site else None
        if key not in opened:
            opened[key] = _open_reservation(work, plan.place_id, site)
        yield LedgerRow(item.number, item.side, item.offset_m, item.reasons, reservation_id=opened[key])


def _open_reservation(work: Work, place_id: UUID, site: PlannedSite | None) -> UUID:
    return work.numbers.open_reservation(
        place_id,
        purpose=site.name if site else "超宽间距预留",
        holder=site.holder if site else "",
        decree_no=site.decree_no if site else "",
        expires_on=site.expires_on if site else None,
        construction_plan_id=site.id if site else None,
        actor_id=work.actor.account_id,
        now=work.now,
    )
