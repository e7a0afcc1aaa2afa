"""A site of one visitor, made of plain values."""

from collections.abc import Callable

import pytest
from fastapi import APIRouter, FastAPI, Request
from fastapi.testclient import TestClient

from address_service.web import rendering
from address_service.web.source_terms import PageSources
from address_service.web.visitor import PublicPlate, SessionCookie, SignInForm, Visitor

OpenSite = Callable[[Callable[[PageSources], APIRouter], Visitor | None], TestClient]


@pytest.fixture
def open_site(monkeypatch: pytest.MonkeyPatch) -> OpenSite:
    """Serve the pages of one router to one visitor, or to nobody signed in."""
    monkeypatch.setitem(rendering._templates.env.globals, "bundle_url", lambda name: f"/static/{name}")

    async def no_plate(_: str) -> PublicPlate | None:
        return None

    def no_sign_in(_: Request, form: SignInForm) -> SessionCookie:
        raise NotImplementedError

    def sign_out(_: Request) -> str:
        return ""

    def serve(build_router: Callable[[PageSources], APIRouter], visitor: Visitor | None) -> TestClient:
        sources = PageSources("平江县", True, lambda _: visitor, no_sign_in, sign_out, no_plate)
        app = FastAPI()
        app.include_router(build_router(sources))
        return TestClient(app, follow_redirects=False)

    return serve
