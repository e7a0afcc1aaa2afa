"""A planned site of an area: its block lies along its longer axis, from where the walk comes in to where it goes on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from address_service.coding.numbering.infill_request import InfillRequest
from address_service.coding.numbering.lanes import find_entrance
from address_service.coding.numbering.network import FloatArray
from address_service.coding.numbering.plan import Claim, Reason
from address_service.coding.numbering.room import Room, blocks
from address_service.coding.numbering.sequence import Series, longest_rising
from address_service.model.numbers import DoorNumber


@dataclass(frozen=True, slots=True)
class _Axis:
    """The longer middle line of a site, walked in the direction of its numbers."""

    start: FloatArray
    end: FloatArray

    @property
    def length(self) -> float:
        return float(np.hypot(*(self.end - self.start)))

    def share(self, x: float, y: float) -> float:
        """How far along a place lies, from 0 to 1."""
        along = self.end - self.start
        return float(np.clip(np.dot((x, y) - self.start, along) / np.dot(along, along), 0.0, 1.0))

    def turned(self) -> "_Axis":
        return _Axis(self.end, self.start)


def room_on_site(request: InfillRequest, series: Series) -> Room | None:
    """The room of a house on the site of its plan, None when the plan's block is used up.

    The place along the axis names the number. Where that breaks the order of the houses standing there, the nearest
    number that keeps it; where none keeps it, the nearest one of the block: a number of the block goes before order.
    """
    claim = next((one for one in request.claims if one.key == request.claim), None)
    free = [n for n in blocks(request).get(claim.key, []) if n.sub == 0] if claim else []
    if claim is None or not free:
        return None
    block = sorted(n for n, plan in request.ledger.held.items() if plan == claim.key and n.sub == 0)
    axis = _axis(claim, block, request)
    here = axis.share(request.point.x, request.point.y)
    low, high = _between(_standing(axis, block, request), here, 0.5 / len(block))
    text = f"位于规划“{claim.name or '未命名'}”用地内，距先编一端 {here * axis.length:.0f} 米"
    reasons = [Reason("site-order", text)]
    if not any((not low or low < n) and (not high or n < high) for n in free):
        low, high = _around(block, request)
        reasons.append(
            Reason("site-order-broken", "此段预留号已用尽，取本规划内最近的号，用地内次序略有出入")
        )
    return Room(
        low=low,
        high=high,
        series=series,
        side=None,
        offset_m=None,
        back_m=here * axis.length,
        ahead_m=(1 - here) * axis.length,
        low_edge=True,
        high_edge=True,
        reasons=tuple(reasons),
        ceiling=block[-1].main + 1,
        wish=float(np.interp(here * len(block) - 0.5, range(len(block)), [n.main for n in block])),
    )


def along_site(
    claim: Claim, block: Sequence[DoorNumber], request: InfillRequest
) -> dict[DoorNumber, tuple[float, float]]:
    """Where the numbers of a block, ascending, lie on its site: in two rows, to and fro across the axis."""
    axis = _axis(claim, block, request)
    along = axis.end - axis.start
    aside = np.array((-along[1], along[0])) / axis.length**2 * shapely.area(claim.geometry) / 4
    places = {}
    for i, number in enumerate(block):
        x, y = axis.start + along * (i + 0.5) / len(block) + aside * (1 if i % 2 else -1)
        places[number] = float(x), float(y)
    return places


def _standing(
    axis: _Axis, block: Sequence[DoorNumber], request: InfillRequest
) -> list[tuple[float, DoorNumber]]:
    """Houses that have a number of the block, along the axis."""
    mine = set(block)
    found = [(axis.share(door.x, door.y), door.kept) for door in request.doors if door.kept in mine]
    return sorted((share, number) for share, number in found if number)


def _between(
    standing: Sequence[tuple[float, DoorNumber]], here: float, abreast: float
) -> tuple[DoorNumber | None, DoorNumber | None]:
    """Neighbours along the axis; houses ``abreast`` of the place may come before it or after."""
    anchors = longest_rising([number for _, number in standing])
    low = [number for share, number in standing if number in anchors and share < here - abreast]
    high = [number for share, number in standing if number in anchors and share > here + abreast]
    return max(low, default=None), min(high, default=None)


def _around(
    block: Sequence[DoorNumber], request: InfillRequest
) -> tuple[DoorNumber | None, DoorNumber | None]:
    """The doors' numbers before and after the block."""
    mains = [door.kept for door in request.doors if door.kept and door.kept.sub == 0]
    before = max((number for number in mains if number < block[0]), default=None)
    return before, min((number for number in mains if number > block[-1]), default=None)


def _axis(claim: Claim, block: Sequence[DoorNumber], request: InfillRequest) -> _Axis:
    """Turned as the houses on the site have it; with none, from the door before the block to the one after."""
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(claim.geometry))[:4]
    if len(corners) < 4:
        corners = np.repeat(corners[[0, -1]], 2, axis=0)
    sides = np.hypot(*(np.roll(corners, -1, axis=0) - corners).T)
    first, second = (1, 3) if sides[0] >= sides[1] else (0, 2)
    ends = [(corners[i] + corners[(i + 1) % 4]) / 2 for i in (second, first)]
    drawn = _Axis(*ends)
    return min((drawn, drawn.turned()), key=lambda axis: _misfit(axis, block, request))


def _misfit(axis: _Axis, block: Sequence[DoorNumber], request: InfillRequest) -> tuple[float, float]:
    places = {number: i for i, number in enumerate(block)}
    standing = _standing(axis, block, request)
    off = sum(abs(share * len(block) - places[number] - 0.5) for share, number in standing)
    doors = {door.kept: np.array((door.x, door.y)) for door in request.doors}
    before, after = (doors[number] if number else None for number in _around(block, request))
    if before is None:
        gate = (
            request.entrances[0]
            if request.entrances
            else find_entrance(request.lanes, np.stack((axis.start, axis.end)))
        )
        before = np.array((gate.x, gate.y))
    hop = float(np.hypot(*(axis.start - before)))
    return round(off, 6), hop + (float(np.hypot(*(after - axis.end))) if after is not None else 0.0)
