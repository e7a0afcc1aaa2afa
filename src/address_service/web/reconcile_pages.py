"""The page on which extracts are reviewed, for accounts that reconcile; the shell itself names nobody."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from address_service.model.labels import label
from address_service.model.reconciliation import Outcome
from address_service.model.residents import RevealPurpose
from address_service.web.error_pages import error_page
from address_service.web.rendering import render_page
from address_service.web.sign_in_path import to_sign_in
from address_service.web.source_terms import PageSources


def build_reconcile_router(sources: PageSources) -> APIRouter:
    """The route ``/reconcile``."""
    router = APIRouter(include_in_schema=False)

    @router.get("/reconcile")
    def reconcile_page(request: Request) -> Response:
        visitor = sources.visitor(request)
        if visitor is None:
            return to_sign_in(request)
        if not visitor.may_reconcile and not visitor.may_enrol:
            return error_page(request, 403)
        context = {
            "county_name": sources.county_name,
            "page": "reconcile",
            "is_synthetic": sources.is_synthetic,
            "purposes": [(purpose.value, label(purpose)) for purpose in RevealPurpose],
            "outcomes": {outcome.value: label(outcome) for outcome in Outcome},
        }
        return render_page(request, "reconcile.html", context, visitor=visitor)

    return router
