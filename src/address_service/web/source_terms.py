"""What the pages ask of the rest of the house, as one value."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import Request

from address_service.web.visitor import PublicPlate, SessionCookie, Visitor


@dataclass(frozen=True, slots=True)
class PageSources:
    """What the pages ask of the rest of the house.

    ``sign_in`` takes an API key and raises `Unauthenticated`; ``sign_out`` ends the request's session and names the
    cookie to clear; ``plate`` answers None for an unknown token. ``map_is_open`` lets visitors see the map unsigned.
    """

    county_name: str
    map_is_open: bool
    visitor: Callable[[Request], Visitor | None]
    sign_in: Callable[[str], SessionCookie]
    sign_out: Callable[[Request], str]
    plate: Callable[[str], Awaitable[PublicPlate | None]]
