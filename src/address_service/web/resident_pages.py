"""The page of people, households and houses, for accounts that may see them; the shell itself names nobody."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from address_service.model.labels import LABELS, label
from address_service.model.residents import EndReason, RevealPurpose
from address_service.residents.relations import RELATIONS
from address_service.web.error_pages import error_page
from address_service.web.rendering import render_page
from address_service.web.sign_in_path import to_sign_in
from address_service.web.source_terms import PageSources


def build_resident_router(sources: PageSources) -> APIRouter:
    """The route ``/residents``; who is looked for never stands in its address.

    An administrator who may see nobody finds there the decisions that are his, and nothing to look for.
    """
    router = APIRouter(include_in_schema=False)

    @router.get("/residents")
    def residents_page(request: Request) -> Response:
        visitor = sources.visitor(request)
        if visitor is None:
            return to_sign_in(request)
        if not (visitor.may_see_residents or visitor.may_administer):
            return error_page(request, 403)
        context = {
            "county_name": sources.county_name,
            "page": "residents",
            "is_synthetic": sources.is_synthetic,
            "purposes": [(purpose.value, label(purpose)) for purpose in RevealPurpose],
            "end_reasons": [(reason.value, label(reason)) for reason in LABELS[EndReason]],
            "relations": [word for code, word in RELATIONS.items() if code != "01"],
        }
        return render_page(request, "residents.html", context, visitor=visitor)

    return router
