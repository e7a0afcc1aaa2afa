"""What an infill (补编) asks and answers: one new door among those that stand, candidates with their why."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from shapely.geometry import MultiLineString, Point

from address_service.coding.numbering.plan import Claim, Door, Ledger, Reason
from address_service.coding.numbering.policy import Policy
from address_service.model.numbers import DoorNumber, Side


class Takes(StrEnum):
    """What a candidate takes from the ledger.

    ``FREE`` has no row yet; ``VACANT`` never came into use; ``GAP_RESERVED`` is reserved in an over-wide gap, by
    nobody; ``PLAN_RESERVED`` by the plan on whose site the house stands; ``SUB`` is a sub-number of a main one.
    """

    FREE = "free"
    VACANT = "vacant"
    GAP_RESERVED = "gap-reserved"
    PLAN_RESERVED = "plan-reserved"
    SUB = "sub"


@dataclass(frozen=True, slots=True)
class InfillRequest:
    """One new door and all that stands already; geometry in metres of the county's zone.

    ``centreline`` is the street's; None numbers an area, along ``lanes`` if there are any. ``entrances`` as for
    `plan_street` (of an area the first one counts). ``doors`` are all doors of the place that hold a number
    (``kept``). ``ledger.held`` names the construction plan of a reserved number; a reserved number that nobody holds
    belongs to an over-wide gap and is open to infill. ``claims`` are the unfinished construction plans of the place,
    so that their blocks are known to lie where they lie. ``claim`` is the plan on whose site the house stands.
    """

    point: Point
    doors: Sequence[Door]
    policy: Policy
    ledger: Ledger
    centreline: MultiLineString | None = None
    entrances: Sequence[Point] = ()
    lanes: MultiLineString | None = None
    claims: Sequence[Claim] = ()
    claim: UUID | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One number that the new door may take, and the neighbours it comes between.

    ``side`` and ``offset_m`` (along the numbering route) are None in areas. ``in_order`` is False where nothing
    fits in order, for a clerk to decide; ``overflow`` where the plan's block has no number left for this place.
    """

    number: DoorNumber
    takes: Takes
    side: Side | None
    offset_m: float | None
    after: DoorNumber | None
    before: DoorNumber | None
    in_order: bool
    overflow: bool
    reasons: tuple[Reason, ...]
