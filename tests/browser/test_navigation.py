"""The navigation on every page: in a row on a desk, folded into a menu on a phone, by finger and by key."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DemoServer, sign_in, wait_for_map

pytestmark = [pytest.mark.browser, pytest.mark.demo]

PATHS = ["/", "/assign", "/audit", "/renumber", "/mergers", "/counter", "/reservations", "/history"]
OFFERED = [
    *PATHS[:4],
    "/acts",
    *PATHS[4:-1],
    "/residents",
    "/reconcile",
    "/exchange",
    "/history",
    "/audit-trail",
    "/users",
    "/account",
]


def test_every_page_offers_all_pages_and_marks_itself(page: Page, demo_server: DemoServer) -> None:
    sign_in(page, demo_server.api_key)
    for path in PATHS:
        page.goto(path)
        wait_for_map(page)

        links = page.get_by_role("navigation", name="主导航").get_by_role("link")

        assert [link.get_attribute("href") for link in links.all()] == OFFERED
        expect(page.locator("[aria-current=page]")).to_have_attribute("href", path)
        expect(page.get_by_role("button", name="退出")).to_be_in_viewport()


def test_on_a_phone_a_menu_unfolds_within_the_edges(phone: Page, demo_server: DemoServer) -> None:
    sign_in(phone, demo_server.api_key)
    for path in PATHS:
        phone.goto(path)
        wait_for_map(phone)
        leave = phone.get_by_role("button", name="退出")
        expect(leave).to_be_hidden()

        phone.locator("#menu summary").tap()

        expect(leave).to_be_in_viewport(ratio=1)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390
        box = phone.locator("#menu-links").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390


def test_the_menu_is_used_by_key(phone: Page, demo_server: DemoServer) -> None:
    sign_in(phone, demo_server.api_key)
    wait_for_map(phone)
    summary = phone.locator("#menu summary")
    summary.focus()
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("link", name="地图")).to_be_visible()

    phone.keyboard.press("Escape")

    expect(phone.get_by_role("link", name="地图")).to_be_hidden()
    expect(summary).to_be_focused()
    phone.keyboard.press("Enter")
    for _ in range(3):
        phone.keyboard.press("Tab")
    phone.keyboard.press("Enter")
    phone.wait_for_url(re.compile("/audit"))
    wait_for_map(phone)
