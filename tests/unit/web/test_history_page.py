"""Who may open the page of timelines: whoever may look at the map."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from fastapi import APIRouter

from address_service.web.history_pages import build_history_router
from address_service.web.source_terms import PageSources
from address_service.web.visitor import Visitor
from tests.unit.web.conftest import OpenSite

READER = Visitor("李四", "派出所", "csrf", may_assign=False)


def where_the_map_is_closed(sources: PageSources) -> APIRouter:
    return build_history_router(replace(sources, map_is_open=False))


Build = Callable[[PageSources], APIRouter]


@pytest.mark.parametrize(
    ("build", "visitor"),
    [(where_the_map_is_closed, READER), (build_history_router, READER), (build_history_router, None)],
)
def test_whoever_may_look_opens_it(open_site: OpenSite, build: Build, visitor: Visitor | None) -> None:
    page = open_site(build, visitor).get("/history?text=沙坪村3组5号&on=2015-12-31")

    assert page.status_code == 200
    assert '<body class="app" data-page="history">' in page.text
    assert "<script>" not in page.text
    assert "style=" not in page.text


def test_it_has_what_the_script_fills(open_site: OpenSite) -> None:
    text = open_site(build_history_router, READER).get("/history").text

    for name in ("search", "text", "on", "back", "main", "town", "left", "right", "differences", "synthetic"):
        assert text.count(f'id="history-{name}"') == 1
    for name in ("map", "map-right", "seen-left", "seen-right", "notice"):
        assert text.count(f'id="{name}"') == 1
    assert text.count('data-worker="/static/map-worker.js"') == 2


def test_a_stranger_is_led_to_the_sign_in_and_back_where_the_map_is_closed(open_site: OpenSite) -> None:
    answer = open_site(where_the_map_is_closed, None).get("/history?division=01a2&left=2015-12-31")

    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=/history%3Fdivision%3D01a2%26left%3D2015-12-31"
