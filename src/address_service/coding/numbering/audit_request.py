"""What an audit of existing numbers asks and answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from shapely.geometry import MultiLineString, Point
from shapely.geometry.base import BaseGeometry

from address_service.coding.numbering.plan import Claim, Door, Ledger
from address_service.coding.numbering.policy import Policy
from address_service.model.findings import FindingCode, Severity
from address_service.model.numbers import DoorNumber


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong: the doors it concerns, where to look (metres), and a number that would mend it, if any.

    ``proposal`` is for the last of ``keys``; of a shared number it is for the other dwelling behind that door.
    """

    code: FindingCode
    severity: Severity
    text: str
    keys: tuple[UUID, ...]
    x: float
    y: float
    proposal: DoorNumber | None = None


@dataclass(frozen=True, slots=True)
class AuditRequest:
    """A place as it stands; geometry in metres of the county's zone.

    ``doors`` with their numbers (``kept``); ``centreline`` None for an area, and for a street that no layer gave
    (``on_street``). ``village`` is the area that doors should lie in. ``claims`` are construction plans that hold
    numbers. ``surveyed`` are keys of doors that no address stands on, so that they yield to those that have one;
    ``contested`` those whose number another door has or was denied: they hold none until somebody decides, so they
    tell nothing about the place. ``without_parcel`` are keys of doors that stand on no parcel; ``dwellings`` counts
    separate dwellings behind a door where there is more than one. ``proposals``: how many numbers to propose at most.
    """

    doors: Sequence[Door]
    policy: Policy
    ledger: Ledger
    centreline: MultiLineString | None = None
    entrances: Sequence[Point] = ()
    lanes: MultiLineString | None = None
    village: BaseGeometry | None = None
    claims: Sequence[Claim] = ()
    surveyed: frozenset[UUID] = frozenset()
    contested: frozenset[UUID] = frozenset()
    without_parcel: frozenset[UUID] = frozenset()
    dwellings: dict[UUID, int] = field(default_factory=dict)
    on_street: bool = False
    proposals: int = 100
