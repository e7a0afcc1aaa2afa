"""The page on which mapping packages are issued, handed out and acknowledged; the shell itself names nobody."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from address_service.model.labels import label
from address_service.model.mapping import RowState
from address_service.model.police_dictionaries import CrosswalkState, DictionaryKind
from address_service.model.receipts import PaperState
from address_service.web.error_pages import error_page
from address_service.web.rendering import render_page
from address_service.web.sign_in_path import to_sign_in
from address_service.web.source_terms import PageSources


def build_exchange_router(sources: PageSources) -> APIRouter:
    """The route ``/exchange``."""
    router = APIRouter(include_in_schema=False)

    @router.get("/exchange")
    def exchange_page(request: Request) -> Response:
        visitor = sources.visitor(request)
        if visitor is None:
            return to_sign_in(request)
        if not visitor.may_exchange:
            return error_page(request, 403)
        context = {
            "county_name": sources.county_name,
            "page": "exchange",
            "is_synthetic": sources.is_synthetic,
            "office": {
                "kinds": {one.value: label(one) for one in DictionaryKind},
                "pairs": {one.value: label(one) for one in CrosswalkState},
                "papers": {one.value: label(one) for one in PaperState},
            },
            "states": {state.value: label(state) for state in RowState},
        }
        return render_page(request, "exchange.html", context, visitor=visitor)

    return router
