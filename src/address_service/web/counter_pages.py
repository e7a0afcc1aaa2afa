"""The page of the counter: for accounts that number."""

from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import Response

from address_service.web.error_pages import error_page
from address_service.web.rendering import render_page
from address_service.web.sign_in_path import to_sign_in
from address_service.web.visitor import Visitor


def add_counter_page(
    router: APIRouter, county_name: str, visitor_of: Callable[[Request], Visitor | None]
) -> None:
    """Add ``/counter``."""

    @router.get("/counter")
    def counter_page(request: Request) -> Response:
        visitor = visitor_of(request)
        if visitor is None:
            return to_sign_in(request)
        if not visitor.may_number:
            return error_page(request, 403)
        context = {"county_name": county_name, "page": "counter"}
        return render_page(request, "counter.html", context, visitor=visitor)
