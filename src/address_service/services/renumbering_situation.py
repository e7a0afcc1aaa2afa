"""How a place stands before a renumbering: doors with their rooms, ledger, policy, and a digest of it all."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from uuid import UUID

from address_service.coding.numbering.policy import Policy
from address_service.model.numbers import DoorNumber, NumberState
from address_service.model.places import PlaceKind
from address_service.services.plan_numbering import DEFAULT_POLICY
from address_service.services.scope import require_scope
from address_service.store.held_doors import HeldDoor, HeldDoors
from address_service.store.numbering_inputs import NumberingInputs
from address_service.store.place_context import PlaceContext, load_place_context
from address_service.store.standing_doors import LedgerLine, StandingDoors
from address_service.store.work import Work


@dataclass(frozen=True, slots=True)
class Standing:
    """A place as it stands; ``surveyed`` are numbers on houses without an address yet, which are in use too."""

    context: PlaceContext
    doors: tuple[HeldDoor, ...]
    ledger: Mapping[DoorNumber, LedgerLine]
    surveyed: Mapping[UUID, DoorNumber]
    policy: Policy
    policy_id: UUID | None
    reader: HeldDoors
    inputs: NumberingInputs

    @property
    def holders(self) -> dict[UUID, DoorNumber]:
        """Who has which number, surveyed houses included."""
        return {**self.surveyed, **self.held}

    @property
    def held(self) -> dict[UUID, DoorNumber]:
        """Which address has which number."""
        return {door.address_id: door.number for door in self.doors}

    @property
    def states(self) -> dict[DoorNumber, NumberState]:
        """The ledger's states."""
        return {number: line.state for number, line in self.ledger.items()}

    @property
    def open_states(self) -> dict[DoorNumber, NumberState]:
        """The ledger's states as a move sees them: a number reserved for a gap may be taken, as at the counter."""
        opened = {n: NumberState.VACANT for n, line in self.ledger.items() if line.is_for_a_gap}
        return {**self.states, **opened}

    @property
    def place_decides(self) -> bool:
        """Whether numbers follow from where a door stands, so that moving one by hand makes no sense."""
        return self.context.kind is PlaceKind.STREET and self.policy.slot_m is not None

    @property
    def digest(self) -> UUID:
        """Changes whenever a name, a number, its holder, a text or the policy does; an approval changes none."""
        context = self.context
        content = {
            "names": [context.town, context.village, *context.text_names],
            "ledger": [[n.main, n.sub, line.state] for n, line in sorted(self.ledger.items())],
            "doors": [
                [str(door.address_id), door.full_text, *(room.full_text for room in door.rooms)]
                for door in self.doors
            ],
            "held": [[str(door.address_id), door.number.main, door.number.sub] for door in self.doors],
            "policy": str(self.policy_id),
            "surveyed": sorted([str(key), n.main, n.sub] for key, n in self.surveyed.items()),
        }
        return UUID(bytes=blake2b(json.dumps(content).encode(), digest_size=16).digest())


def load_standing(work: Work, place_id: UUID) -> Standing:
    """Read a place that the actor may number; raises NotFound, Forbidden."""
    context = load_place_context(work.conn, work.county_code, place_id, work.today)
    require_scope(work.actor, context.village_code)
    inputs = NumberingInputs(work.conn, work.county_code, place_id, work.today)
    standing = StandingDoors(work.conn, work.county_code, place_id, inputs.srid)
    reader = HeldDoors(work.conn, work.county_code, place_id, inputs.srid)
    found = standing.policy(DEFAULT_POLICY)
    return Standing(
        context,
        tuple(reader.doors()),
        standing.ledger(),
        reader.surveyed(),
        Policy.from_parameters(found[1]) if found else Policy(),
        found[0] if found else None,
        reader,
        inputs,
    )


def hold_place(work: Work, place_id: UUID) -> None:
    """Let nobody else number the place until commit."""
    context = load_place_context(work.conn, work.county_code, place_id, work.today)
    if context.kind is PlaceKind.VILLAGE:
        work.places.lock(context.division_id)
    work.places.lock(place_id)
