"""Use-case: draw a numbering plan for a place (编号方案): a dry run that writes a plan and nothing else."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any
from uuid import UUID

from shapely import MultiLineString

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
    names: tuple[str, ...]
    centreline: MultiLineString | None

    @property
    def digest(self) -> UUID:
        """Changes whenever a name, a number, a house, a planned site, or the street itself does.

        Lanes are left out: they only order the walk, and every house of the town would hang on them.
        """
        content = {
            "names": self.names,
            "doors": [
                [str(d.key), str(d.address_id), str(d.kept), *map(_traits, d.houses)] for d in self.doors
            ],
            "sites": [
                [
                    str(s.id),
                    s.name,
                    s.doors,
                    s.side,
                    s.holder,
                    s.decree_no,
                    str(s.expires_on),
                    s.geometry.wkb_hex,
                ]
                for s in self.sites
            ],
            "ledger": [[n.main, n.sub, state] for n, state in sorted(self.ledger.items())],
            "centreline": self.centreline.wkb_hex if self.centreline is not None else None,
        }
        return UUID(bytes=blake2b(json.dumps(content).encode(), digest_size=16).digest())


def _traits(house: House) -> list[object]:
    """What of a house a plan is drawn from; its gate to the centimetre."""
    return [
        str(house.id),
        house.use,
        house.floors,
        house.units,
        house.rooms_per_floor,
        f"{house.x:.2f} {house.y:.2f}",
    ]


def load_situation(inputs: NumberingInputs, context: PlaceContext, subject: Subject) -> Situation:
    """Read a place as it stands."""
    houses = inputs.houses()
    return Situation(
        houses,
        group_doors(houses, subject),
        inputs.planned_sites(),
        inputs.ledger(),
        inputs.held(),
        (
            context.province,
            context.prefecture,
            context.county,
            context.town,
            context.village,
            *context.text_names,
        ),
        inputs.centreline() if context.kind is PlaceKind.STREET else None,
    )


@dataclass(frozen=True, slots=True)
class DrawnPlan:
    """A stored dry run with all that it was drawn from."""

    head: PlanHead
    context: PlaceContext
    situation: Situation
    items: Sequence[PlanItem]


def define_policy(work: Work, name: str, parameters: Mapping[str, Any]) -> UUID:
    """Keep a named policy for later plans; the same parameters again are the same version."""
    policy = Policy.from_parameters(parameters)
    return work.numbering_plans.policy_version(name, policy.parameters(), work.actor.account_id)


def plan_numbering(
    work: Work, place_id: UUID, policy_name: str = DEFAULT_POLICY, overrides: Mapping[str, Any] | None = None
) -> PlanHead:
    """Propose a number with its reasons for every door of a place, and reserve what the plans want.

    ``overrides`` changes single values of the policy for this place alone; the policy itself stays as it is, see
    `define_policy`. Raises InvalidInput for a policy that makes no sense, NotFound for an unknown place, Conflict
    when a street has no centreline.
    """
    context = load_place_context(work.conn, work.county_code, place_id, work.today)
    require_scope(work.actor, context.village_code)
    return draw_plan(work, context, policy_name, overrides).head


def draw_plan(
    work: Work, context: PlaceContext, policy_name: str, overrides: Mapping[str, Any] | None
) -> DrawnPlan:
    """Draw and store a dry run of a place that the actor may number; raises as `plan_numbering` does."""
    known = work.numbering_plans.latest_parameters(policy_name) or {}
    policy = Policy.from_parameters({**known, **(overrides or {})})
    inputs = NumberingInputs(work.conn, work.county_code, context.place_id, work.today)
    situation = load_situation(inputs, context, policy.subject)
    plan = _draw(inputs, context, situation, policy)
    items = plan_items(plan, situation)
    kept_as = f"{policy_name}@{context.place_id}" if overrides else policy_name
    policy_id = define_policy(work, kept_as, policy.parameters())
    summary = _summary(plan, situation)
    plan_id = work.numbering_plans.add(
        context.place_id, policy_id, situation.digest, summary, items, work.actor.account_id
    )
    return DrawnPlan(work.numbering_plans.head(plan_id), context, situation, items)


def _draw(inputs: NumberingInputs, context: PlaceContext, situation: Situation, policy: Policy) -> Plan:
    doors = [Door(d.key, d.main_house.x, d.main_house.y, d.kept) for d in situation.doors]
    claims = [Claim(s.id, s.kind, s.geometry, s.doors, s.side, s.name) for s in situation.sites]
    ledger = Ledger(situation.ledger, situation.held)
    if context.kind is not PlaceKind.STREET:
        lanes = inputs.lanes(list(situation.houses))
        return plan_area(lanes, doors, claims, policy, ledger, earlier=inputs.earlier_walk())
    if situation.centreline is None:
        raise Conflict(
            f"“{context.name}”没有中心线，不能沿街编号；请先导入街路图层", code="street-without-centreline"
        )
    return plan_street(situation.centreline, doors, claims, policy, ledger, inputs.entrances())


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
