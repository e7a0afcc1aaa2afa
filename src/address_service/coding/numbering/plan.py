"""What goes into a numbering plan and what comes out: doors, claims, the ledger, proposals with their why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from shapely.geometry.base import BaseGeometry

from address_service.model.buildings import PlanKind
from address_service.model.numbers import DoorNumber, NumberState, Side


class ItemKind(StrEnum):
    """What a proposed number is for: a door that stands, or a reservation."""

    DOOR = "door"
    RESERVED = "reserved"


@dataclass(frozen=True, slots=True)
class Door:
    """One door to be numbered: its main entrance in metres of the county's zone (x east, y north).

    ``kept`` is the number that it holds already and that stays.
    """

    key: UUID
    x: float
    y: float
    kept: DoorNumber | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A construction plan (建设计划) that wants ``doors`` numbers reserved where it lies.

    ``geometry`` is in metres like the doors. ``side`` is the side of the drawn line walking it as digitised,
    None both; an area on a street lies on the side of its centroid. ``name`` is shown in reasons.
    """

    key: UUID
    kind: PlanKind
    geometry: BaseGeometry
    doors: int
    side: Side | None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The numbers of a place that are not free.

    ``taken``: issued, reserved and retired numbers are never proposed, but to the door that keeps them; vacant
    ones are free.
    ``held`` tells which construction plan holds a reserved number, so that planning again reserves only what
    its claim still lacks. ``open_to_infill`` are reserved numbers that a door standing between may take after all
    (those of over-wide gaps); empty unless the caller says so.
    """

    taken: Mapping[DoorNumber, NumberState]
    held: Mapping[DoorNumber, UUID] = field(default_factory=dict)
    open_to_infill: frozenset[DoorNumber] = frozenset()


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason or finding: a stable English code, and a sentence in Chinese for people."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """One number of the plan.

    ``key`` is the door's or the claim's, None for a number reserved in an over-wide gap. ``side`` is None in
    areas. ``offset_m`` is metres along the numbering route from its origin (branches follow on after the
    trunk) or along the walk through an area. ``kept`` marks a door that has had this number before.
    """

    kind: ItemKind
    key: UUID | None
    number: DoorNumber
    side: Side | None
    offset_m: float | None
    kept: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Every door once and the numbers newly reserved, in walking order; findings for a clerk to look at.

    Numbers that the ledger reserves already are not repeated as items.
    """

    items: tuple[Proposal, ...]
    findings: tuple[Reason, ...]
