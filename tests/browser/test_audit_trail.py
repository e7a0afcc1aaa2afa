"""The audit's page: search, the rest of a line, the address that keeps the question, the table to take away."""

from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Api, DemoServer, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.demo]


def test_refusals_are_found_opened_and_taken_away(page: Page, api: Api, demo_server: DemoServer) -> None:
    refused = httpx.get(f"{api.url}/api/v1/users", headers={"X-API-Key": "falsch"}, timeout=60)
    assert refused.status_code == 401
    sign_in(page, demo_server.api_key, "/audit-trail")

    page.locator("#trail-action").select_option(label="请求被拒绝")
    page.get_by_role("button", name="查询").press("Enter")

    first = page.locator("#trail-lines tr").first
    expect(first).to_contain_text("请求被拒绝")
    expect(page).to_have_url(f"{api.url}/audit-trail?action=request.refused")
    first.get_by_role("button").press("Enter")
    expect(page.locator("#trail-lines .trail-more").first).to_contain_text("code = ")
    with page.expect_download() as taken:
        page.get_by_role("button", name="导出表格").click()
    assert "request.refused" in Path(taken.value.path()).read_text(encoding="utf-8-sig")
    page.get_by_role("button", name="清除条件").click()
    expect(page).to_have_url(f"{api.url}/audit-trail")
    page.go_back()
    expect(page.locator("#trail-action")).to_have_value("request.refused")


def test_on_a_phone_nothing_reaches_over_the_edge(phone: Page, demo_server: DemoServer) -> None:
    sign_in(phone, demo_server.api_key, "/audit-trail")
    expect(phone.locator("#trail-note")).to_contain_text("已列出")

    phone.locator("#trail-lines button").first.tap()

    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
