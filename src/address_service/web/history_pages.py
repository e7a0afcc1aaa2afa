"""The page of timelines (沿革): old texts, addresses and villages through time, and the maps of two days."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from address_service.web.rendering import render_page
from address_service.web.sign_in_path import to_sign_in
from address_service.web.source_terms import PageSources


def build_history_router(sources: PageSources) -> APIRouter:
    """The route ``/history``, for whoever may look at the map."""
    router = APIRouter(include_in_schema=False)

    @router.get("/history")
    def history_page(request: Request) -> Response:
        visitor = sources.visitor(request)
        if visitor is None and not sources.map_is_open:
            return to_sign_in(request)
        context = {"county_name": sources.county_name, "page": "history"}
        return render_page(request, "history.html", context, visitor=visitor)

    return router
