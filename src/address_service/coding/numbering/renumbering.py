"""A renumbering in words and in money: rings and chains, the kind of event, what the plates cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from address_service.coding.numbering.permutation import Change, ChangeSet
from address_service.model.addresses import EventKind


@dataclass(frozen=True, slots=True)
class PlateCost:
    """Plates of one profile to be made anew; prices in yuan, None where nobody set one."""

    profile: str
    count: int
    unit_price: Decimal | None

    @property
    def cost(self) -> Decimal | None:
        """Count by unit price."""
        return None if self.unit_price is None else self.count * self.unit_price


def ring_text(row: Sequence[Change]) -> str:
    """One ring or chain for people: 10号↔11号, 1号→2号→3号→1号, 5号→7号→9号."""
    if is_ring(row) and len(row) == 2:
        return f"{row[0].before}↔{row[1].before}"
    return "→".join(str(number) for number in (row[0].before, *(change.after for change in row)))


def is_ring(row: Sequence[Change]) -> bool:
    """Whether the last takes what the first gives up."""
    return row[-1].after == row[0].before


def event_kind(changes: ChangeSet, *, reclaims: bool) -> EventKind:
    """Reassignment where a retired number is given out once more, swap where all change by pairs, else renumbering."""
    if reclaims:
        return EventKind.REASSIGN
    pairs = all(is_ring(row) and len(row) == 2 for row in changes.cycles())
    return EventKind.SWAP if pairs else EventKind.RENUMBER


def plate_costs(counts: Mapping[str, int], prices: Mapping[str, Decimal]) -> tuple[PlateCost, ...]:
    """What plates cost by profile."""
    return tuple(PlateCost(profile, count, prices.get(profile)) for profile, count in counts.items())


def total_cost(costs: Sequence[PlateCost]) -> Decimal | None:
    """The sum, None as soon as one profile has no price: a sum with a hole in it would mislead."""
    known = [cost.cost for cost in costs if cost.cost is not None]
    return sum(known, Decimal(0)) if len(known) == len(costs) else None
