"""What the pages ask of the rest of the house, as one value."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import Request

from address_service.web.visitor import PublicPlate, SessionCookie, SignInForm, Visitor


def _nobody(_: Request) -> Visitor | None:
    return None


@dataclass(frozen=True, slots=True)
class PageSources:
    """What the pages ask of the rest of the house.

    ``visitor`` answers None while a session has to do something first, ``account_visitor`` who it is all the same.
    ``sign_in`` raises `Unauthenticated`, `TooMany` and `NotReady`; ``sign_out`` ends the request's session and names
    the cookie to clear; ``plate`` answers None for an unknown token. ``map_is_open`` lets visitors see the map;
    ``issuer_label`` names the issuer that one may sign in through; ``is_synthetic``: county and people are invented.
    """

    county_name: str
    map_is_open: bool
    visitor: Callable[[Request], Visitor | None]
    sign_in: Callable[[Request, SignInForm], SessionCookie]
    sign_out: Callable[[Request], str]
    plate: Callable[[str], Awaitable[PublicPlate | None]]
    account_visitor: Callable[[Request], Visitor | None] = _nobody
    issuer_label: str | None = None
    is_synthetic: bool = False
