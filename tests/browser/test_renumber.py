"""The page of renumbering plans: rows and markers are dragged, the server prices, a plan is kept and put aside."""

from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Api, DemoServer, sign_in, wait_for_map

pytestmark = [pytest.mark.browser, pytest.mark.demo]


def a_group(api: Api) -> dict[str, Any]:
    """A group with a handful of doors."""
    for place in api.get("/api/v1/places?kind=group&limit=60")["items"]:
        doors = api.get(f"/api/v1/places/{place['id']}/numbers")["items"]
        if 6 <= sum(door["state"] == "issued" for door in doors) <= 40:
            found: dict[str, Any] = place
            return found
    raise AssertionError("the sample town has no small group")


def open_place(page: Page, api: Api, server: DemoServer) -> dict[str, Any]:
    place = a_group(api)
    sign_in(page, server.api_key, "/renumber")
    page.goto(f"/renumber?place={place['id']}")
    expect(rows(page).first).to_be_visible()
    wait_for_map(page)
    return place


def rows(page: Page) -> Locator:
    return page.locator("#renumber-table tr[data-code]")


def codes(page: Page) -> list[str]:
    return [row.get_attribute("data-code") or "" for row in rows(page).all()]


def price(page: Page, name: str) -> Locator:
    return page.locator("#renumber-price div", has_text=name).locator("dd")


def drag(page: Page, what: Locator, onto: Locator) -> None:
    start, end = what.bounding_box(), onto.bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=8)
    page.mouse.up()


def test_a_row_dragged_two_places_down_turns_three_numbers(
    page: Page, api: Api, demo_server: DemoServer
) -> None:
    place = open_place(page, api, demo_server)
    before = codes(page)
    old = [row.locator("td").nth(1).inner_text() for row in rows(page).all()[:3]]

    drag(page, rows(page).nth(0).locator(".grip"), rows(page).nth(2))

    expect(price(page, "改动门牌号")).to_have_text("3 个")
    assert codes(page)[:3] == [before[1], before[2], before[0]]
    expect(page.locator("tr.changed")).to_have_count(3)
    expect(page.locator(f".door[data-code='{before[0]}']")).to_have_attribute("title", f"{old[0]}→{old[2]}")
    page.get_by_label("方案名称").fill("示例轮换")
    page.get_by_role("button", name="保存方案（3 处）").click()
    expect(page.locator("#renumber-deeds")).to_contain_text("待县级主管部门凭文号批准执行")
    (kept,) = api.get(f"/api/v1/renumbering-plans?place_id={place['id']}")["items"][-1:]
    assert (kept["title"], kept["stage"], kept["summary"]["doors"]) == ("示例轮换", "draft", 3)
    assert kept["summary"]["cycles"] == ["→".join([old[0], old[2], old[1], old[0]])]
    page.get_by_role("button", name="作废").click()
    expect(page.locator("#renumber-deeds")).to_contain_text("已作废")
    wait_for_map(page)


def test_a_marker_dropped_on_its_neighbour_takes_its_place(
    page: Page, api: Api, demo_server: DemoServer
) -> None:
    open_place(page, api, demo_server)
    first, second, *_ = codes(page)
    rows(page).nth(0).locator("td").nth(1).click()
    wait_for_map(page)

    drag(page, page.locator(f".door[data-code='{first}']"), page.locator(f".door[data-code='{second}']"))

    expect(price(page, "改动门牌号")).to_have_text("2 个")
    assert codes(page)[:2] == [second, first]
    page.get_by_role("button", name="还原").click()
    expect(page.locator("tr.changed")).to_have_count(0)
    expect(price(page, "改动门牌号")).to_have_text("0 个")
    wait_for_map(page)


def test_the_buttons_move_a_row_and_keep_the_focus(page: Page, api: Api, demo_server: DemoServer) -> None:
    open_place(page, api, demo_server)
    first, second, third, *_ = codes(page)

    down = rows(page).nth(0).get_by_role("button", name="下移")
    down.focus()
    page.keyboard.press("Enter")
    expect(price(page, "改动门牌号")).to_have_text("2 个")
    page.keyboard.press("Enter")

    expect(price(page, "改动门牌号")).to_have_text("3 个")
    assert codes(page)[:3] == [second, third, first]
    wait_for_map(page)


def test_a_redraw_takes_the_place_of_what_was_moved_by_hand(
    page: Page, api: Api, demo_server: DemoServer
) -> None:
    place = open_place(page, api, demo_server)
    asked = {"place_id": place["id"], "redraw": {}}
    drawn = httpx.post(
        f"{api.url}/api/v1/renumbering-plans/preview", json=asked, headers={"X-API-Key": api.key}
    ).json()
    drag(page, rows(page).nth(0).locator(".grip"), rows(page).nth(4))
    expect(page.locator("tr.changed")).to_have_count(5)

    page.get_by_role("button", name="重新编排整处").click()

    expect(page.locator("tr.changed")).to_have_count(drawn["summary"]["doors"])
    expect(price(page, "改动门牌号")).to_have_text(f"{drawn['summary']['doors']} 个")
    wait_for_map(page)


def test_on_a_phone_map_and_table_stand_one_above_the_other(
    phone: Page, api: Api, demo_server: DemoServer
) -> None:
    open_place(phone, api, demo_server)
    first, second, *_ = codes(phone)

    rows(phone).nth(0).get_by_role("button", name="下移").tap()

    expect(price(phone, "改动门牌号")).to_have_text("2 个")
    assert codes(phone)[:2] == [second, first]
    chart, table = phone.locator("#map").bounding_box(), phone.locator("#renumber-table").bounding_box()
    assert chart is not None
    assert table is not None
    assert chart["y"] + chart["height"] <= phone.locator(".renumber-side").bounding_box()["y"] + 1  # type: ignore[index]
    assert table["width"] <= 390
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    wait_for_map(phone)


def test_a_passer_by_is_led_to_the_sign_in(page: Page) -> None:
    page.goto("/renumber")

    expect(page.get_by_role("heading", name="工作人员登录")).to_be_visible()
