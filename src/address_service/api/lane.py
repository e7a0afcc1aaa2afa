"""What the routes of the read lane share: the lane itself, and who may ask."""

from collections.abc import Awaitable, Callable
from typing import Annotated, cast

from fastapi import Depends, Request

from address_service.store.read_lane import ReadLane

ReadAccess = Callable[[Request], Awaitable[str | None]]
"""Raises Unauthenticated or Forbidden for a request that may not look at the map; must not block the event loop.

It gives the code of the division that bounds the viewer's scope, None for a visitor of an open map.
"""


def lane_of(request: Request) -> ReadLane:
    """The read lane of the running service, which the lifespan puts at ``app.state.read_lane``."""
    return cast(ReadLane, request.app.state.read_lane)


LaneDep = Annotated[ReadLane, Depends(lane_of)]
