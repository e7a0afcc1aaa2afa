"""Where a new door of an area stands: on the walk from number to number, or on a planned site along its axis."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import shapely

from address_service.coding.numbering.infill_request import InfillRequest
from address_service.coding.numbering.infill_site import room_on_site
from address_service.coding.numbering.lanes import find_entrance, nearby, walking_metres
from address_service.coding.numbering.network import FloatArray
from address_service.coding.numbering.plan import Claim, Door, Reason
from address_service.coding.numbering.room import Room, blocks
from address_service.coding.numbering.sequence import Series
from address_service.model.numbers import DoorNumber

_NEAREST = 40
"""Doors beyond the nearest ones are no neighbours."""


def room_in_area(request: InfillRequest) -> Room:
    """On the site of a plan along its axis; elsewhere where the walk would turn aside least to pass the new door."""
    return room_on_site(request, _series(request)) or room_on_walk(request)


def _series(request: InfillRequest) -> Series:
    return Series(request.policy.start, 1, request.policy.step or 1, "")


def room_on_walk(request: InfillRequest) -> Room:
    """Where the walk from number to number would turn aside least, whatever plan the place belongs to."""
    series = _series(request)
    row = _row_of_area(request)
    if not row:
        alone = (Reason("walking-order", "片区首户"),)
        return Room(None, None, series, None, None, 0.0, None, False, False, alone)
    metres, ranks = _walk_of_area(request, row)
    new = len(metres) - 1
    best: tuple[float, int, int | None] = (np.inf, 0, None)
    for a, b in pairwise([0, *range(1, new), None]):
        if a and b and ranks[b - 1] - ranks[a - 1] != 1:
            continue
        aside = float(metres[a or 0, new] + (metres[new, b] - metres[a or 0, b] if b else 0.0))
        if aside < best[0] - 1e-6:
            best = (aside, a or 0, b)
    return _area_room(best, metres, [row[rank][0] for rank in ranks], series)


def _area_room(
    best: tuple[float, int, int | None], metres: FloatArray, numbers: Sequence[DoorNumber], series: Series
) -> Room:
    aside, a, b = best
    low, high = numbers[a - 1] if a else None, numbers[b - 1] if b else None
    between = f"{low}与{high}之间" if low and high else f"{high}之前" if high else f"{low}之后"
    reason = Reason("walking-order", f"按步行顺序位于{between}，绕行 {aside:.0f} 米，为各处最少")
    back, ahead = float(metres[a, -1]), float(metres[-1, b]) if b else None
    return Room(low, high, series, None, None, back, ahead, low is None, False, (reason,))


def _row_of_area(request: InfillRequest) -> list[tuple[DoorNumber, float, float]]:
    """Numbers with their places, ascending: doors, and blocks of other plans on their sites."""
    doors: Sequence[Door] = sorted(request.doors, key=lambda door: door.key.int)
    row = {door.kept: (door.x, door.y) for door in reversed(doors) if door.kept}
    held = blocks(request)
    for claim in request.claims:
        if claim.key != request.claim:
            row.update({n: _middle(claim) for n in held.get(claim.key, []) if n not in row})
    return [(number, *row[number]) for number in sorted(row)]


def _middle(claim: Claim) -> tuple[float, float]:
    x, y = shapely.get_coordinates(shapely.point_on_surface(claim.geometry))[0]
    return float(x), float(y)


def _walk_of_area(
    request: InfillRequest, row: Sequence[tuple[DoorNumber, float, float]]
) -> tuple[FloatArray, list[int]]:
    """Walking metres between entrance, neighbours and new door; which of the row the neighbours are."""
    places = np.array([(x, y) for _, x, y in row])
    new = np.array([[request.point.x, request.point.y]])
    near = np.argsort(np.hypot(*(places - new).T), kind="stable")[:_NEAREST].tolist()
    beside = {rank + step for rank in near for step in (-1, 0, 1)} | {0, len(row) - 1}
    ranks = sorted(rank for rank in beside if 0 <= rank < len(row))
    entrance = request.entrances[0] if request.entrances else find_entrance(request.lanes, places)
    points = np.vstack(([[entrance.x, entrance.y]], places[ranks], new))
    return walking_metres(nearby(request.lanes, points), points), ranks
