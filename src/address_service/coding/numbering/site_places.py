"""Where the numbers of a site lie on the ground, for a picture: houses at their doors, reserved ones along the site."""

from collections.abc import Iterable, Mapping

import numpy as np
from shapely.geometry import MultiLineString

from address_service.coding.numbering.infill_request import InfillRequest
from address_service.coding.numbering.infill_site import along_site
from address_service.coding.numbering.plan import Ledger
from address_service.coding.numbering.route import Route, build_route
from address_service.coding.numbering.site_review import SiteChange, SiteRequest
from address_service.model.numbers import DoorNumber, NumberState, Side

_SETBACK_M = 10.0

Places = Mapping[DoorNumber, tuple[float, float]]


def place_numbers(request: SiteRequest, change: SiteChange) -> Places:
    """Metres x, y of every number that the site has, gets or gives up."""
    doors = {door.kept: (door.x, door.y) for door in request.doors if door.kept}
    standing = {n: doors[n] for n in (*request.issued, *change.overflow) if n in doors}
    added = {one.number: (one.side, one.offset_m) for one in change.add}
    reserved = {**request.reserved, **added}
    if request.centreline is None:
        return {**_on_field(request, reserved), **standing}
    return {**_beside(request.centreline, request, reserved), **standing}


def _beside(
    line: MultiLineString,
    request: SiteRequest,
    numbers: Mapping[DoorNumber, tuple[Side | None, float | None]],
) -> dict[DoorNumber, tuple[float, float]]:
    route = build_route(line, request.policy, request.entrances)
    return {
        number: _point(route, offset_m, side)
        for number, (side, offset_m) in numbers.items()
        if offset_m is not None
    }


def _point(route: Route, offset_m: float, side: Side | None) -> tuple[float, float]:
    """A place off the line on one side, as far along the route as the number was reserved."""
    path = [path for path in route.paths if path.before_m <= offset_m][-1] if offset_m > 0 else route.paths[0]
    metres = min(max(offset_m - path.before_m, 0.0), path.length)
    here, behind, ahead = (
        np.array([np.interp(at, path.metres, path.coords[:, axis]) for axis in (0, 1)])
        for at in (metres, max(metres - 1.0, 0.0), min(metres + 1.0, path.length))
    )
    east, north = (ahead - behind) / np.hypot(*(ahead - behind))
    turn = {Side.LEFT: 1.0, Side.RIGHT: -1.0, None: 0.0}[side]
    x, y = here + np.array((-north, east)) * _SETBACK_M * turn
    return float(x), float(y)


def _on_field(request: SiteRequest, numbers: Iterable[DoorNumber]) -> dict[DoorNumber, tuple[float, float]]:
    block = sorted({*numbers, *request.issued})
    held = {number: request.claim.key for number in block}
    taken = {**request.ledger.taken, **dict.fromkeys(numbers, NumberState.RESERVED)}
    middle = request.claim.geometry.point_on_surface()
    asked = InfillRequest(
        middle, request.doors, request.policy, Ledger(taken, held), None, request.entrances, request.lanes
    )
    return along_site(request.claim, block, asked) if block else {}
