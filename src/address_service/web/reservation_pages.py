"""The page of reserved numbers: by village, on the map, with the review of each construction plan."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from address_service.web.error_pages import error_page
from address_service.web.rendering import render_page
from address_service.web.sign_in_path import to_sign_in
from address_service.web.source_terms import PageSources


def add_reservation_page(router: APIRouter, sources: PageSources) -> None:
    """``/reservations``, for accounts that may number."""

    @router.get("/reservations")
    def reservation_page(request: Request) -> Response:
        visitor = sources.visitor(request)
        if visitor is None:
            return to_sign_in(request)
        if not visitor.may_number:
            return error_page(request, 403)
        context = {"county_name": sources.county_name, "page": "reservations"}
        return render_page(request, "reservations.html", context, visitor=visitor)
