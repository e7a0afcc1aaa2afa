"""The pages of accounts: one's own, and those of others for whoever keeps them."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from address_service.web.error_pages import error_page
from address_service.web.rendering import render_page
from address_service.web.sign_in_path import to_sign_in
from address_service.web.source_terms import PageSources


def add_account_pages(router: APIRouter, sources: PageSources) -> None:
    """Add ``/account`` and ``/users``."""

    @router.get("/account")
    def account_page(request: Request) -> Response:
        visitor = sources.account_visitor(request)
        if visitor is None:
            return to_sign_in(request)
        context = {"county_name": sources.county_name, "page": "account"}
        return render_page(request, "account.html", context, visitor=visitor)

    @router.get("/users")
    def users_page(request: Request) -> Response:
        visitor = sources.visitor(request)
        if visitor is None:
            return to_sign_in(request)
        if not visitor.may_keep_accounts:
            return error_page(request, 403)
        context = {"county_name": sources.county_name, "page": "users"}
        return render_page(request, "users.html", context, visitor=visitor)
