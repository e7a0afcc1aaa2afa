"""The page of renumbering plans: map and table side by side."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from address_service.web.error_pages import error_page
from address_service.web.rendering import render_page
from address_service.web.sign_in_path import to_sign_in
from address_service.web.source_terms import PageSources


def build_renumber_router(sources: PageSources) -> APIRouter:
    """The route ``/renumber``, for those who draw plans and those who decide on them."""
    router = APIRouter(include_in_schema=False)

    @router.get("/renumber")
    def renumber_page(request: Request) -> Response:
        visitor = sources.visitor(request)
        if visitor is None:
            return to_sign_in(request)
        if not (visitor.may_number or visitor.may_approve):
            return error_page(request, 403)
        context = {"county_name": sources.county_name, "page": "renumber"}
        return render_page(request, "renumber.html", context, visitor=visitor)

    return router
