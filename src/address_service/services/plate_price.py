"""What the plates cost that a plan makes necessary, as plans show it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from address_service.coding.numbering.renumbering import PlateCost, plate_costs, total_cost
from address_service.plates.profile import profile_of


def plate_price(counts: Mapping[str, int], prices: Mapping[str, Decimal]) -> dict[str, Any]:
    """Plates by profile with their prices in yuan, as JSON values; ``cost_yuan`` is null where a price is not set."""
    costs = plate_costs(counts, prices)
    total = total_cost(costs)
    return {
        "plates": [_line(cost) for cost in costs],
        "plate_count": sum(cost.count for cost in costs),
        "cost_yuan": None if total is None else float(total),
    }


def _line(cost: PlateCost) -> dict[str, Any]:
    return {
        "profile": cost.profile,
        "label": profile_of(cost.profile).label,
        "count": cost.count,
        "unit_price": None if cost.unit_price is None else float(cost.unit_price),
        "cost": None if cost.cost is None else float(cost.cost),
    }
