"""Signing in by name, password and code, or by key; signing out."""

import secrets
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from address_service.edge.problems import status_of
from address_service.errors import Forbidden, InvalidInput, NotReady, ServiceError, TooMany, Unauthenticated
from address_service.web.error_pages import error_page
from address_service.web.rendering import render_page
from address_service.web.sign_in_path import MAX_NEXT_LENGTH, own_path
from address_service.web.source_terms import PageSources
from address_service.web.visitor import SessionCookie, SignInForm

FORM_COOKIE = "address_form"
_Text = Annotated[str, Form(max_length=200)]
_REFUSALS = (Forbidden, Unauthenticated, TooMany, NotReady, InvalidInput)


def add_sign_in(router: APIRouter, sources: PageSources) -> None:
    """Add ``/sign-in`` and ``/sign-out``."""
    _add_form(router, sources)
    _add_sign_out(router, sources)


def _add_form(router: APIRouter, sources: PageSources) -> None:
    def form(
        request: Request,
        next_path: str,
        status: int = 200,
        message: str = "",
        name: str = "",
        by_key: bool = False,
    ) -> Response:
        token = secrets.token_urlsafe(32)
        context = {
            "county_name": sources.county_name,
            "form_token": token,
            "next_path": next_path,
            "message": message,
            "name": name,
            "by_key": by_key,
            "issuer_label": sources.issuer_label,
        }
        page = render_page(request, "sign_in.html", context, status=status)
        page.set_cookie(FORM_COOKIE, token, max_age=3600, path="/sign-in", httponly=True, samesite="strict")
        return page

    @router.get("/sign-in")
    def sign_in_form(request: Request, next: str = "/") -> Response:
        visitor = sources.account_visitor(request)
        if visitor is not None and visitor.is_confined:
            return RedirectResponse("/account", status_code=303)
        return form(request, own_path(next))

    @router.post("/sign-in")
    def sign_in(
        request: Request,
        name: _Text = "",
        password: _Text = "",
        code: _Text = "",
        key: _Text = "",
        form_token: _Text = "",
        next: Annotated[str, Form(max_length=10 * MAX_NEXT_LENGTH)] = "/",
    ) -> Response:
        try:
            check_form(request, request.cookies.get(FORM_COOKIE, ""), form_token)
            cookie = sources.sign_in(request, SignInForm(name, password, code, key.strip()))
        except _REFUSALS as error:
            return form(request, own_path(next), status_of(error), error.message, name, bool(key))
        return signed_in(cookie, own_path(next))


def signed_in(cookie: SessionCookie, next_path: str) -> Response:
    """Lead a browser with its new session to the page it wanted, or to its own account first."""
    answer = RedirectResponse("/account" if cookie.is_confined else next_path, status_code=303)
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
    def sign_out(request: Request, csrf_token: _Text = "") -> Response:
        visitor = sources.account_visitor(request)
        if visitor is None:
            return RedirectResponse("/sign-in", status_code=303)
        try:
            check_form(request, visitor.csrf_token, csrf_token)
        except ServiceError as error:
            return error_page(request, 403, error.message)
        answer = RedirectResponse("/sign-in", status_code=303, headers={"Clear-Site-Data": '"storage"'})
        answer.delete_cookie(sources.sign_out(request))
        return answer


def check_form(request: Request, expected: str, given: str) -> None:
    """Refuse a form that was not sent by a page of ours."""
    origin = request.headers.get("origin")
    is_foreign = origin is not None and urlsplit(origin).netloc != request.headers.get("host")
    if is_foreign or not expected or not secrets.compare_digest(expected.encode(), given.encode()):
        raise Forbidden("页面已过期，请刷新后重新提交", code="form-expired")
