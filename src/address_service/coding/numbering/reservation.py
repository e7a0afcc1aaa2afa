"""How many numbers a construction plan needs reserved: as many as it plans doors, else as its frontage has room for."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from shapely.geometry import MultiLineString, Point
from shapely.geometry.base import BaseGeometry

from address_service.coding.numbering.plan import Claim, Reason
from address_service.coding.numbering.policy import Policy
from address_service.coding.numbering.route import build_route
from address_service.coding.numbering.stops import stretches
from address_service.model.buildings import PlanKind
from address_service.model.numbers import Side

_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Need:
    """Numbers to reserve, and why so many."""

    doors: int
    reason: Reason


def needed_on_street(
    centreline: MultiLineString,
    kind: PlanKind,
    geometry: BaseGeometry,
    side: Side | None,
    policy: Policy,
    entrances: Sequence[Point] = (),
    planned: int | None = None,
) -> Need:
    """The block that a site on a street needs; geometry in metres.

    ``planned`` doors count where the plan says how many. Otherwise one number per ``policy.frontage_m`` of street that
    the site fronts, on either side where it lies on both, at least one each. Raises `InvalidInput`
    (``street-without-line``).
    """
    if planned is not None:
        return Need(planned, Reason("planned-doors", f"按规划户数预留 {planned} 个号"))
    route = build_route(centreline, policy, entrances)
    (laid,) = stretches(route, [Claim(_NOBODY, kind, geometry, 2, side)], policy)
    frontage = laid.to_m - laid.from_m
    each = max(1, math.floor(frontage / policy.frontage_m + 1e-9))
    doors = each * len(laid.shares)
    sides = "两侧" if len(laid.shares) == 2 else "单侧"
    text = f"临街 {frontage:.0f} 米，{sides}按门面宽 {policy.frontage_m:g} 米预留 {doors} 个号"
    return Need(doors, Reason("frontage", text))
