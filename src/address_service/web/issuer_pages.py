"""The way to an issuer of OpenID Connect and back."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from address_service.edge.issuer import CALLBACK, begin_at_issuer, finish_at_issuer, turn_of
from address_service.edge.origin import origin_of
from address_service.edge.problems import status_of
from address_service.edge.work import House
from address_service.errors import NotReady, Unauthenticated
from address_service.web.error_pages import error_page
from address_service.web.sign_in_pages import signed_in
from address_service.web.sign_in_path import own_path
from address_service.web.sources import session_cookie

TURN_COOKIE = "address_issuer"
_TURN_S = 600


def build_issuer_router(house: House) -> APIRouter:
    """``/sign-in/issuer`` and where it leads back to; without routes where no issuer is configured."""
    router = APIRouter(include_in_schema=False)
    if house.settings.oidc_issuer is None:
        return router
    secure = house.settings.public_url.startswith("https://")

    @router.get("/sign-in/issuer")
    def leave(next: str = "/") -> Response:
        url, turn = begin_at_issuer(house.settings, own_path(next))
        answer = RedirectResponse(url, status_code=303)
        answer.set_cookie(
            TURN_COOKIE,
            turn.sealed(),
            max_age=_TURN_S,
            path="/sign-in",
            secure=secure,
            httponly=True,
            samesite="lax",
        )
        return answer

    @router.get(CALLBACK)
    def come_back(request: Request, state: str = "", code: str = "") -> Response:
        try:
            turn = turn_of(request.cookies.get(TURN_COOKIE, ""))
            opened = finish_at_issuer(house, origin_of(request), turn, state, code)
            answer = signed_in(session_cookie(house, opened), own_path(turn.next_path))
        except (Unauthenticated, NotReady) as error:
            answer = error_page(request, status_of(error), error.message)
        answer.delete_cookie(TURN_COOKIE, path="/sign-in")
        return answer

    return router
