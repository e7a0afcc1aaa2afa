"""The page of mergers of villages: an assistant beside the map before and after."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from address_service.web.error_pages import error_page
from address_service.web.rendering import render_page
from address_service.web.sign_in_path import to_sign_in
from address_service.web.source_terms import PageSources


def build_merger_router(sources: PageSources) -> APIRouter:
    """The route ``/mergers``, for those who draw plans and those who decide on them."""
    router = APIRouter(include_in_schema=False)

    @router.get("/mergers")
    def merger_page(request: Request) -> Response:
        visitor = sources.visitor(request)
        if visitor is None:
            return to_sign_in(request)
        if not (visitor.may_name or visitor.may_approve):
            return error_page(request, 403)
        context = {"county_name": sources.county_name, "page": "mergers"}
        return render_page(request, "mergers.html", context, visitor=visitor)

    return router
