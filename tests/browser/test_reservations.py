"""The page of reserved numbers: by village, on the map, reviewed beside the plan, decided upon by decree."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import wait_for_map

PLAN = "文昌路南段安置房"


@pytest.fixture
def desk(page: Page, demo_server: Any) -> Page:
    """The page with its list, signed in."""
    page.goto("/sign-in?next=/reservations")
    page.get_by_text("用接口密钥登录").click()
    page.get_by_label("接口密钥").fill(demo_server.api_key)
    page.get_by_role("button", name="用密钥登录").click()
    expect(page.locator(".reservation-row").first).to_be_visible()
    return page


def open_plan(page: Page, name: str = PLAN) -> None:
    page.locator(".reservation-row", has_text=name).click()
    expect(page.locator(".review-table tbody tr").first).to_be_visible()


def test_the_list_shows_every_reservation_by_village(desk: Page, api: Any) -> None:
    items = api.get("/api/v1/reservations?limit=200")["items"]

    expect(desk.locator(".reservation-row")).to_have_count(len(items))
    village = items[0]["village"]
    desk.get_by_label("村（社区）").select_option(label=village)
    expect(desk.locator(".reservation-row")).to_have_count(sum(i["village"] == village for i in items))


def test_a_plan_is_shown_beside_its_reservation_number_by_number(desk: Page, api: Any) -> None:
    plan = next(p for p in api.get("/api/v1/construction-plans?limit=200")["items"] if p["name"] == PLAN)
    review = api.get(f"/api/v1/construction-plans/{plan['id']}/review")

    open_plan(desk)

    expect(desk.locator(".review-table tbody tr")).to_have_count(len(review["numbers"]))
    expect(desk.locator(".review-table tbody th").first).to_have_text(review["numbers"][0]["number"])
    wait_for_map(desk)
    desk.get_by_role("button", name="图上看现状").click()
    expect(desk.get_by_role("button", name="图上看现状")).to_have_attribute("aria-pressed", "true")
    desk.keyboard.press("Escape")
    expect(desk.locator(".reservation-row").first).to_be_visible()


def test_nothing_is_decided_without_decree_and_reason(desk: Page, watch: Any) -> None:
    open_plan(desk)
    before = len([url for url in watch.requests if "/release" in url])

    desk.get_by_role("button", name=re.compile("^释放余下")).click()

    assert len([url for url in watch.requests if "/release" in url]) == before
    expect(desk.locator("#decision-decree:invalid")).to_have_count(1)


def test_a_reservation_is_kept_longer_from_the_page(desk: Page, api: Any) -> None:
    open_plan(desk)

    desk.get_by_label("文号").fill("示例〔2026〕30号")
    desk.get_by_label("理由").fill("工期延长")
    desk.get_by_label("延至").fill("2039-12-31")
    desk.get_by_role("button", name="延期", exact=True).click()

    expect(desk.locator("#notice")).to_have_text("已延至 2039-12-31")
    expect(desk.locator(".facts")).to_contain_text("2039-12-31")
    found = next(r for r in api.get("/api/v1/reservations?limit=200")["items"] if r["plan_name"] == PLAN)
    assert found["expires_on"] == "2039-12-31"
