"""The pages put together: map, lasso, those of other modules, and the public page behind a plate's QR code."""

import re
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.applications import Starlette

from address_service.web.account_pages import add_account_pages
from address_service.web.assets import STATIC_DIR, PackedStaticFiles
from address_service.web.audit_pages import add_audit_page
from address_service.web.counter_pages import add_counter_page
from address_service.web.error_pages import error_page
from address_service.web.rendering import render_page
from address_service.web.reservation_pages import add_reservation_page
from address_service.web.sign_in_pages import add_sign_in
from address_service.web.sign_in_path import to_sign_in
from address_service.web.source_terms import PageSources
from address_service.web.visitor import Visitor

__all__ = ["build_web_router", "mount_static"]

_TOKEN = re.compile(r"[0-9a-z]{16}")


def mount_static(app: Starlette) -> None:
    """Serve ``/static``."""
    app.mount("/static", PackedStaticFiles(directory=STATIC_DIR), name="static")


def build_web_router(sources: PageSources) -> APIRouter:
    """The router of all pages; none of them appears in the OpenAPI document."""
    router = APIRouter(include_in_schema=False)
    _add_map_pages(router, sources)
    add_audit_page(router, sources)
    add_counter_page(router, sources.county_name, sources.visitor)
    add_reservation_page(router, sources)
    add_sign_in(router, sources)
    add_account_pages(router, sources)
    _add_plate_page(router, sources)
    return router


def _add_map_pages(router: APIRouter, sources: PageSources) -> None:
    def show(request: Request, page: Literal["map", "assign"], visitor: Visitor | None) -> Response:
        context = {"county_name": sources.county_name, "page": page}
        return render_page(request, "map.html", context, visitor=visitor)

    @router.get("/")
    def map_page(request: Request) -> Response:
        visitor = sources.visitor(request)
        if visitor is None and not sources.map_is_open:
            return to_sign_in(request)
        return show(request, "map", visitor)

    @router.get("/assign")
    def assign_page(request: Request) -> Response:
        visitor = sources.visitor(request)
        if visitor is None:
            return to_sign_in(request)
        if not visitor.may_assign:
            return error_page(request, 403)
        return show(request, "assign", visitor)


def _add_plate_page(router: APIRouter, sources: PageSources) -> None:
    @router.get("/p/{token}")
    async def plate_page(request: Request, token: str) -> Response:
        plate = await sources.plate(token) if _TOKEN.fullmatch(token) else None
        context = {"county_name": sources.county_name, "plate": plate}
        if plate is None:
            return render_page(request, "plate_unknown.html", context, status=404)
        return render_page(request, "plate.html", context)
