"""The pages: map, lasso, sign-in and sign-out, and the public page behind a plate's QR code."""

import re
import secrets
from typing import Annotated, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from starlette.applications import Starlette

from address_service.errors import Forbidden, ServiceError, Unauthenticated
from address_service.web.assets import STATIC_DIR, PackedStaticFiles
from address_service.web.audit_pages import add_audit_page
from address_service.web.counter_pages import add_counter_page
from address_service.web.error_pages import error_page
from address_service.web.rendering import render_page
from address_service.web.reservation_pages import add_reservation_page
from address_service.web.sign_in_path import MAX_NEXT_LENGTH, own_path, to_sign_in
from address_service.web.source_terms import PageSources
from address_service.web.visitor import Visitor

__all__ = ["build_web_router", "mount_static"]

FORM_COOKIE = "address_form"
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
    _add_sign_in(router, sources)
    _add_sign_out(router, sources)
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


def _add_sign_in(router: APIRouter, sources: PageSources) -> None:
    def form(request: Request, next_path: str, status: int = 200, message: str = "") -> Response:
        token = secrets.token_urlsafe(32)
        context = {
            "county_name": sources.county_name,
            "form_token": token,
            "next_path": next_path,
            "message": message,
        }
        page = render_page(request, "sign_in.html", context, status=status)
        page.set_cookie(FORM_COOKIE, token, max_age=3600, path="/sign-in", httponly=True, samesite="strict")
        return page

    @router.get("/sign-in")
    def sign_in_form(request: Request, next: str = "/") -> Response:
        return form(request, own_path(next))

    @router.post("/sign-in")
    def sign_in(
        request: Request,
        key: Annotated[str, Form(max_length=200)] = "",
        form_token: Annotated[str, Form(max_length=200)] = "",
        next: Annotated[str, Form(max_length=10 * MAX_NEXT_LENGTH)] = "/",
    ) -> Response:
        try:
            _check_form(request, request.cookies.get(FORM_COOKIE, ""), form_token)
            cookie = sources.sign_in(key.strip())
        except (Forbidden, Unauthenticated) as error:
            return form(request, own_path(next), 403 if isinstance(error, Forbidden) else 401, error.message)
        answer = RedirectResponse(own_path(next), status_code=303)
        answer.set_cookie(
            cookie.name,
            cookie.value,
            max_age=cookie.max_age_s,
            secure=cookie.secure,
            httponly=True,
            samesite="lax",
        )
        answer.delete_cookie(FORM_COOKIE, path="/sign-in")
        return answer


def _add_sign_out(router: APIRouter, sources: PageSources) -> None:
    @router.post("/sign-out")
    def sign_out(request: Request, csrf_token: Annotated[str, Form(max_length=200)] = "") -> Response:
        visitor = sources.visitor(request)
        if visitor is None:
            return RedirectResponse("/sign-in", status_code=303)
        try:
            _check_form(request, visitor.csrf_token, csrf_token)
        except ServiceError as error:
            return error_page(request, 403, error.message)
        answer = RedirectResponse("/sign-in", status_code=303)
        answer.delete_cookie(sources.sign_out(request))
        return answer


def _add_plate_page(router: APIRouter, sources: PageSources) -> None:
    @router.get("/p/{token}")
    async def plate_page(request: Request, token: str) -> Response:
        plate = await sources.plate(token) if _TOKEN.fullmatch(token) else None
        context = {"county_name": sources.county_name, "plate": plate}
        if plate is None:
            return render_page(request, "plate_unknown.html", context, status=404)
        return render_page(request, "plate.html", context)


def _check_form(request: Request, expected: str, given: str) -> None:
    """Refuse a form that was not sent by a page of ours."""
    origin = request.headers.get("origin")
    is_foreign = origin is not None and urlsplit(origin).netloc != request.headers.get("host")
    if is_foreign or not expected or not secrets.compare_digest(expected.encode(), given.encode()):
        raise Forbidden("页面已过期，请刷新后重新提交", code="form-expired")
