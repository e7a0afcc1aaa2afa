"""The page of renumbering plans: map and table side by side."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from address_service.web.error_pages import error_page
from address_service.web.rendering import render_page
from address_service.web.source_terms import PageSources


def build_renumber_router(sources: PageSources) -> APIRouter:
    """The route ``/renumber``, for those who draw plans and those who decide on them."""
    router = APIRouter(include_in_schema=False)

    @router.get("/renumber")
    def renumber_page(request: Request) -> Response:
        visitor = sources.visitor(request)
        if visitor is None:
            return RedirectResponse("/sign-in?next=/renumber", status_code=303)
        if not (visitor.may_number or visitor.may_approve):
            return error_page(request, 403)
        context = {"county_name": sources.county_name}
        return render_page(request, "renumber.html", context, visitor=visitor)

    return router
