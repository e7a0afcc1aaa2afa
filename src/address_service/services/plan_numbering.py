"""Use-case: draw a numbering plan for a place (编号方案): a dry run that writes a plan and nothing else."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any
from uuid import UUID

from address_service.coding.numbering.area import plan_area
from address_service.coding.numbering.doors import DoorGroup, group_doors
from address_service.coding.numbering.plan import Claim, Door, ItemKind, Ledger, Plan, Proposal
from address_service.coding.numbering.policy import Policy, Subject
from address_service.coding.numbering.street import plan_street
from address_service.errors import Conflict
from address_service.model.houses import House, PlannedSite
from address_service.model.numbers import DoorNumber, NumberState
from address_service.model.places import PlaceKind
from address_service.services.scope import require_scope
from address_service.store.numbering_inputs import NumberingInputs
from address_service.store.numbering_plans import PlanHead, PlanItem
from address_service.store.place_context import PlaceContext, load_place_context
from address_service.store.work import Work

DEFAULT_POLICY = "default"


@dataclass(frozen=True, slots=True)
class Situation:
    """What stands on a place now: doors, planned sites, ledger; and a digest by which a later change is noticed."""

    houses: Sequence[House]
    doors: Sequence[DoorGroup]
    sites: Sequence[PlannedSite]
    ledger: Mapping[DoorNumber, NumberState]
    held: Mapping[DoorNumber, UUID]

    @property
    def digest(self) -> UUID:
        """Changes whenever a number, a door, or a planned site does."""
        content = {
            "doors": [
                [str(d.key), str(d.address_id), str(d.kept), [str(h.id) for h in d.houses]]
                for d in self.doors
            ],
            "sites": [[str(s.id), s.doors] for s in self.sites],
            "ledger": [[n.main, n.sub, state] for n, state in sorted(self.ledger.items())],
        }
        return UUID(bytes=blake2b(json.dumps(content).encode(), digest_size=16).digest())


def load_situation(inputs: NumberingInputs, subject: Subject) -> Situation:
    """Read a place as it stands."""
    houses = inputs.houses()
    return Situation(
        houses, group_doors(houses, subject), inputs.planned_sites(), inputs.ledger(), inputs.held()
    )


def plan_numbering(
    work: Work, place_id: UUID, policy_name: str = DEFAULT_POLICY, parameters: Mapping[str, Any] | None = None
) -> PlanHead:
    """Propose a number with its reasons for every door of a place, and reserve what the plans want.

    ``parameters`` overrides single values of the policy and so makes a new version of it. Raises InvalidInput for
    a policy that makes no sense, NotFound for an unknown place, Conflict when a street has no centreline.
    """
    context = load_place_context(work.conn, work.county_code, place_id, work.today)
    require_scope(work.actor, context.village_code)
    policy = _policy(work, policy_name, parameters)
    inputs = NumberingInputs(work.conn, work.county_code, place_id, work.today)
    situation = load_situation(inputs, policy.subject)
    plan = _draw(inputs, context, situation, policy)
    items = plan_items(plan, situation)
    policy_id = work.numbering_plans.policy_version(policy_name, policy.parameters(), work.actor.account_id)
    plan_id = work.numbering_plans.add(
        place_id, policy_id, situation.digest, _summary(plan, situation), items, work.actor.account_id
    )
    return work.numbering_plans.head(plan_id)


def _policy(work: Work, name: str, parameters: Mapping[str, Any] | None) -> Policy:
    known = work.numbering_plans.latest_parameters(name) or {}
    return Policy.from_parameters({**known, **(parameters or {})})


def _draw(inputs: NumberingInputs, context: PlaceContext, situation: Situation, policy: Policy) -> Plan:
    doors = [Door(d.key, d.main_house.x, d.main_house.y, d.kept) for d in situation.doors]
    claims = [Claim(s.id, s.kind, s.geometry, s.doors, s.side, s.name) for s in situation.sites]
    ledger = Ledger(situation.ledger, situation.held)
    if context.kind is not PlaceKind.STREET:
        return plan_area(inputs.lanes(list(situation.houses)), doors, claims, policy, ledger)
    centreline = inputs.centreline()
    if centreline is None:
        raise Conflict(
            f"“{context.name}”没有中心线，不能沿街编号；请先导入街路图层", code="street-without-centreline"
        )
    return plan_street(centreline, doors, claims, policy, ledger, inputs.entrances())


def plan_items(plan: Plan, situation: Situation) -> list[PlanItem]:
    """Lines of a plan in walking order, with the houses behind each door."""
    doors = {door.key: door for door in situation.doors}
    return [_item(position, p, doors) for position, p in enumerate(plan.items, start=1)]


def _item(position: int, proposal: Proposal, doors: Mapping[UUID, DoorGroup]) -> PlanItem:
    is_door = proposal.kind is ItemKind.DOOR
    door = doors[proposal.key] if is_door and proposal.key else None
    return PlanItem(
        position=position,
        kind=proposal.kind,
        building_ids=tuple(h.id for h in door.houses) if door else (),
        construction_plan_id=None if is_door else proposal.key,
        number=proposal.number,
        kept=proposal.kept,
        side=proposal.side,
        offset_m=proposal.offset_m,
        lon=door.main_house.lon if door else None,
        lat=door.main_house.lat if door else None,
        reasons=tuple({"code": r.code, "text": r.text} for r in proposal.reasons),
    )


def _summary(plan: Plan, situation: Situation) -> dict[str, Any]:
    doors = [p for p in plan.items if p.kind is ItemKind.DOOR]
    held = {d.key for d in situation.doors if d.address_id is not None}
    return {
        "doors": len(doors),
        "kept": sum(p.kept for p in doors),
        "new": sum(p.key not in held for p in doors),
        "with_sub_number": sum(p.number.sub > 0 for p in doors),
        "reserved": sum(p.kind is ItemKind.RESERVED for p in plan.items),
        "buildings": len(situation.houses),
        "rooms": sum(h.dwellings for h in situation.houses if h.is_multi_dwelling),
        "findings": [{"code": f.code, "text": f.text} for f in plan.findings],
    }
