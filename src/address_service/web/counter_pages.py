"""The page of the counter: for accounts that number."""

from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from address_service.web.error_pages import error_page
from address_service.web.rendering import render_page
from address_service.web.visitor import Visitor


def add_counter_page(
    router: APIRouter, county_name: str, visitor_of: Callable[[Request], Visitor | None]
) -> None:
    """Add ``/counter``."""

    @router.get("/counter")
    def counter_page(request: Request) -> Response:
        visitor = visitor_of(request)
        if visitor is None:
            return RedirectResponse("/sign-in?next=/counter", status_code=303)
        if not visitor.may_number:
            return error_page(request, 403)
        return render_page(request, "counter.html", {"county_name": county_name}, visitor=visitor)
