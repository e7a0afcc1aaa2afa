"""From a doubtful number to its new one and back again, over the pages alone: audit, plan, decree, undoing."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import WAIT_MS, Api, DemoServer, sign_in, wait_for_map
from tests.browser.test_counter_page import county_key

pytestmark = [pytest.mark.browser, pytest.mark.demo]


def doubtful(api: Api) -> tuple[dict[str, Any], dict[str, Any]]:
    """A group of the sample town, and one of its findings that a new number ends."""
    for village in api.get("/api/v1/divisions?level=village&limit=200")["items"]:
        for place in api.get(f"/api/v1/number-audits?village={village['code']}")["items"]:
            if place["kind"] != "group" or place["counts"]["warning"] == 0:
                continue
            for finding in api.get(f"/api/v1/places/{place['id']}/number-audit")["findings"]:
                if finding["remedy"] == "renumber":
                    return place, finding
    raise AssertionError("the sample town has no doubtful number")


def number_of(api: Api, code: str) -> str:
    return str(api.get(f"/api/v1/addresses/{code}")["number"])


def decide(page: Page, decree: str) -> None:
    page.get_by_label("批准文号").fill(decree)
    page.get_by_role("button", name="批准执行").click()
    expect(page.locator("#renumber-deeds")).to_contain_text("已执行")


def test_a_doubtful_number_is_renumbered_by_decree_and_taken_back(
    page: Page, api: Api, demo_server: DemoServer
) -> None:
    place, finding = doubtful(api)
    door, proposal = finding["doors"][-1], finding["proposal"]["number"]
    approver = county_key(api)
    sign_in(page, demo_server.api_key, f"/audit?place={place['id']}")
    expect(page.locator("#audit-note")).to_contain_text(f"{place['door_count']} 处门户", timeout=WAIT_MS)
    page.get_by_label(f"按建议改号：{door['number']} {finding['title']}", exact=True).check()
    page.get_by_role("button", name="按建议改号（1）").click()

    row = page.locator("#renumber-table tr[data-code]")
    expect(row).to_have_attribute("data-code", door["code"])
    expect(row.locator(".new")).to_have_text(proposal)
    expect(page.locator("#renumber-price")).to_contain_text("1 个")
    drawn = page.url.removeprefix(demo_server.url)
    page.get_by_role("button", name="退出").click()
    sign_in(page, approver, drawn)
    decide(page, "示例〔2026〕91号")
    assert number_of(api, door["code"]) == proposal

    page.get_by_role("button", name="退出").click()
    sign_in(page, demo_server.api_key, drawn)
    page.get_by_role("button", name="撤销").click()
    expect(page.locator("#renumber-deeds")).to_contain_text("待县级主管部门凭文号批准执行")
    undoing = page.url.removeprefix(demo_server.url)
    page.get_by_role("button", name="退出").click()
    sign_in(page, approver, undoing)
    decide(page, "示例〔2026〕92号")
    assert number_of(api, door["code"]) == door["number"]
    wait_for_map(page)
