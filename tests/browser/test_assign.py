"""Signing in, and putting houses into a group with a lasso, by mouse and by finger."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Api, DemoServer, Watch, sign_in, wait_for_map

pytestmark = [pytest.mark.browser, pytest.mark.demo]

RING = ((-60, -60), (60, -60), (70, 50), (0, 80), (-60, 60))
"""Corners of a loop around the middle of the map, in pixels."""


def _middle(page: Page) -> tuple[float, float]:
    box = page.locator("#map").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def _open_village(page: Page, api: Api) -> tuple[str, str]:
    """Open the assigning page at a village with houses to assign; gives village code and one house's code."""
    village, houses = api.village_with_unassigned()
    wait_for_map(page)
    page.get_by_label("村（社区）").select_option(village["code"])
    expect(page.locator("#assign-count")).to_contain_text(f"共 {len(houses)} 户未归组")
    code = houses[0]["building_code"]
    page.get_by_role("button", name=f"在地图上看 {code}").click()
    wait_for_map(page)
    return village["code"], code


def _shown_count(page: Page) -> str:
    """The number that the page claims; it must be the number of ticked boxes."""
    ticked = page.locator("#assign-houses input:checked").count()
    expect(page.locator("#assign-count")).to_contain_text(f"已选 {ticked} 户")
    return str(ticked)


def test_wrong_key_is_refused_in_chinese(page: Page, watch: Watch) -> None:
    watch.expect_failure(401)
    page.goto("/sign-in")
    page.get_by_text("用接口密钥登录").click()
    page.get_by_label("接口密钥").fill("ask_wrong")
    page.get_by_role("button", name="用密钥登录").click()
    expect(page.get_by_role("alert")).to_contain_text("密钥")


def test_assigning_needs_a_sign_in_and_leads_back(page: Page, demo_server: DemoServer) -> None:
    page.goto("/assign")
    expect(page.get_by_role("heading", name="工作人员登录")).to_be_visible()
    page.get_by_text("用接口密钥登录").click()
    page.get_by_label("接口密钥").fill(demo_server.api_key)
    page.get_by_role("button", name="用密钥登录").click()
    expect(page.get_by_role("heading", name="未归组房屋")).to_be_visible()
    session = next(cookie for cookie in page.context.cookies() if cookie["name"] == "address_session")
    assert session["httpOnly"]
    assert session["sameSite"] == "Lax"
    wait_for_map(page)
    page.get_by_role("button", name="退出").click()
    page.goto("/")
    expect(page.get_by_role("link", name="登录")).to_be_visible()
    wait_for_map(page)


def test_lasso_assigns_the_houses_it_caught(page: Page, api: Api, demo_server: DemoServer) -> None:
    sign_in(page, demo_server.api_key)
    village, code = _open_village(page, api)
    x, y = _middle(page)
    page.get_by_role("button", name="在图上画圈").click()
    page.mouse.move(x + RING[0][0], y + RING[0][1])
    page.mouse.down()
    for dx, dy in (*RING[1:], RING[0]):
        page.mouse.move(x + dx, y + dy, steps=6)
    page.mouse.up()
    house = page.get_by_role("checkbox", name=code)
    expect(house).to_be_checked()
    caught = int(_shown_count(page))
    assert caught >= 1

    page.get_by_role("button", name="在图上画圈").click()
    page.mouse.click(x, y)
    expect(house).not_to_be_checked()
    page.mouse.click(x, y)
    expect(house).to_be_checked()

    place = next(
        item
        for item in api.get(f"/api/v1/places?village={village}&limit=200")["items"]
        if item["kind"] == "group"
    )
    page.get_by_label("归入").select_option(place["id"])
    page.get_by_label("生效日期").fill("2026-03-02")
    page.get_by_role("button", name=f"将 {caught} 户归入所选处").click()
    expect(page.locator("#assign-result")).to_contain_text(f"已将 {caught} 户归入{place['name']}")
    expect(page.locator("#assign-houses")).not_to_contain_text(code)
    left = api.get(f"/api/v1/buildings?unassigned=true&village={village}&limit=200")["items"]
    assert code not in [item["building_code"] for item in left]
    assert api.get(f"/api/v1/buildings?code={code}")["items"][0]["place"] == place["name"]
    wait_for_map(page)


def test_lasso_follows_a_finger(phone: Page, api: Api, demo_server: DemoServer) -> None:
    sign_in(phone, demo_server.api_key)
    _, code = _open_village(phone, api)
    wait_for_map(phone)
    box = phone.locator("#map").bounding_box()
    assert box is not None
    x, y = _middle(phone)
    phone.get_by_role("button", name="在图上画圈").click()
    finger = phone.context.new_cdp_session(phone)

    def touch(kind: str, dx: float, dy: float) -> None:
        points = [] if kind == "touchEnd" else [{"x": x + dx, "y": y + dy}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", -60, -90)
    for dx, dy in ((60, -90), (60, -20), (40, 8), (-40, 8), (-60, -20)):
        touch("touchMove", dx, dy)
    touch("touchEnd", 0, 0)
    expect(phone.get_by_role("checkbox", name=code)).to_be_checked()
    _shown_count(phone)
