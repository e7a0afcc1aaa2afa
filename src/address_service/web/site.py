"""Adds the pages to the application: routes, static files, headers, error pages for browsers."""

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from address_service.edge.problems import http_error
from address_service.edge.work import House
from address_service.model.codes import AddressCode
from address_service.store.plate_lookup import PlateFound, find_plate
from address_service.store.read_lane import ReadLane
from address_service.web.error_pages import error_page, wants_page
from address_service.web.page_headers import PageHeaders
from address_service.web.pages import build_web_router, mount_static
from address_service.web.sources import page_sources
from address_service.web.visitor import PublicPlate


def add_site(app: FastAPI, house: House, lane: ReadLane) -> None:
    """Add the pages; raises NotReady when the county is not set up."""

    async def plate(token: str) -> PublicPlate | None:
        found = await find_plate(lane, token)
        return _public(found) if found else None

    app.include_router(build_web_router(page_sources(house, plate)))
    mount_static(app)
    app.add_middleware(PageHeaders)
    app.add_exception_handler(HTTPException, _page_or_problem)


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
    )


def _page_or_problem(request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException) and wants_page(request):
        return error_page(request, error.status_code)
    return http_error(request, error)
