"""The page of the audit, for accounts that may read it."""

from operator import itemgetter

from fastapi import APIRouter, Request
from fastapi.responses import Response

from address_service.model.audit import Channel
from address_service.model.audit_objects import OBJECT_KINDS
from address_service.model.labels import label
from address_service.web.error_pages import error_page
from address_service.web.rendering import render_page
from address_service.web.sign_in_path import to_sign_in
from address_service.web.source_terms import PageSources


def build_audit_trail_router(sources: PageSources) -> APIRouter:
    """The route ``/audit-trail``; its query is that of the search."""
    router = APIRouter(include_in_schema=False)

    @router.get("/audit-trail")
    def audit_trail_page(request: Request) -> Response:
        visitor = sources.visitor(request)
        if visitor is None:
            return to_sign_in(request)
        if not visitor.may_audit:
            return error_page(request, 403)
        context = {
            "county_name": sources.county_name,
            "page": "audit-trail",
            "object_kinds": sorted(OBJECT_KINDS.items(), key=itemgetter(1)),
            "channels": [(channel.value, label(channel)) for channel in Channel],
        }
        return render_page(request, "audit_trail.html", context, visitor=visitor)

    return router
