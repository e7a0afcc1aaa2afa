"""The page of the audit of numbers; everybody who is signed in may look."""

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import Response

from address_service.web.rendering import render_page
from address_service.web.sign_in_path import to_sign_in

if TYPE_CHECKING:
    from address_service.web.source_terms import PageSources


def add_audit_page(router: APIRouter, sources: "PageSources") -> None:
    """Add ``/audit``; ``?place=`` opens one place."""

    @router.get("/audit")
    def audit_page(request: Request) -> Response:
        visitor = sources.visitor(request)
        if visitor is None:
            return to_sign_in(request)
        context = {"county_name": sources.county_name, "page": "audit"}
        return render_page(request, "audit.html", context, visitor=visitor)
