"""Adds the pages to the application: routes, static files, headers, error pages for browsers."""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from address_service.coding.personal_numbers import without_personal_numbers
from address_service.edge.work import House
from address_service.errors import ServiceError
from address_service.model.codes import AddressCode
from address_service.model.plates import PlateStage
from address_service.store.plate_lookup import PlateFound, find_plate
from address_service.store.read_lane import ReadLane
from address_service.web.act_pages import build_act_router
from address_service.web.audit_trail_pages import build_audit_trail_router
from address_service.web.error_pages import error_page, wants_page
from address_service.web.exchange_pages import build_exchange_router
from address_service.web.history_pages import build_history_router
from address_service.web.issuer_pages import build_issuer_router
from address_service.web.merger_pages import build_merger_router
from address_service.web.page_headers import PageHeaders
from address_service.web.pages import build_web_router, mount_static
from address_service.web.reconcile_pages import build_reconcile_router
from address_service.web.renumber_pages import build_renumber_router
from address_service.web.resident_pages import build_resident_router
from address_service.web.sources import page_sources
from address_service.web.visitor import PublicPlate

Handler = Callable[[Request, Any], Any]


def add_site(app: FastAPI, house: House, lane: ReadLane) -> None:
    """Add the pages; raises NotReady when the county is not set up."""

    async def plate(token: str) -> PublicPlate | None:
        found = await find_plate(lane, token)
        return _public(found) if found else None

    sources = page_sources(house, plate)
    app.include_router(build_web_router(sources))
    app.include_router(build_renumber_router(sources))
    app.include_router(build_merger_router(sources))
    app.include_router(build_act_router(sources))
    app.include_router(build_history_router(sources))
    app.include_router(build_audit_trail_router(sources))
    app.include_router(build_resident_router(sources))
    app.include_router(build_reconcile_router(sources))
    app.include_router(build_exchange_router(sources))
    app.include_router(build_issuer_router(house))
    mount_static(app)
    app.add_middleware(PageHeaders, https=house.settings.public_url.startswith("https://"))
    add_error_pages(app)


def add_error_pages(app: FastAPI) -> None:
    """Give people a page wherever machines get a problem document; logging stays with the handlers beneath."""
    for kind in (ServiceError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, _page_over(app.exception_handlers[kind]))


def _page_over(handler: Handler) -> Handler:
    def answer(request: Request, error: Exception) -> Response:
        problem: Response = handler(request, error)
        if not wants_page(request):
            return problem
        message = without_personal_numbers(error.message) if isinstance(error, ServiceError) else None
        return error_page(request, problem.status_code, message)

    return answer


def _public(found: PlateFound) -> PublicPlate:
    return PublicPlate(
        name_text=found.name_text,
        number_text=found.number_text,
        full_text=found.full_text,
        address_code=found.address_code,
        code_grouped=AddressCode(found.address_code).grouped,
        village=found.village,
        stage=found.stage,
        valid_from=found.valid_from.isoformat() if found.valid_from else "",
        postcode=found.postcode,
        successor_text="；".join(found.successor_texts),
        synthetic=found.synthetic,
        replaced=found.plate_stage == PlateStage.REPLACED,
    )
