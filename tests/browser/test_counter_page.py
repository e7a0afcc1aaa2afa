"""The counter's page: a new house from the form over the decision to the plate, by mouse and on a phone."""

import re
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Api, DemoServer, Watch, sign_in, wait_for_map

pytestmark = [pytest.mark.browser, pytest.mark.demo]


def post(api: Api, path: str, body: dict[str, Any], key: str | None = None) -> Any:
    headers = {"X-API-Key": key or api.key}
    return httpx.post(api.url + path, json=body, headers=headers, timeout=60).raise_for_status().json()


def house_without_number(api: Api) -> dict[str, Any]:
    """A house that a clerk put into a group just now; each test takes another one."""
    village, houses = api.village_with_unassigned()
    house: dict[str, Any] = houses[0]
    groups = api.get(f"/api/v1/places?village={village['code']}&kind=group&limit=200")["items"]
    near = min(groups, key=lambda g: abs(g["lon"] - house["lon"]) + abs(g["lat"] - house["lat"]))
    post(
        api,
        f"/api/v1/places/{near['id']}/members",
        {"building_ids": [house["id"]], "valid_from": "2026-01-01"},
    )
    return house


def county_key(api: Api) -> str:
    name = f"示例批准{datetime.now(UTC):%H%M%S%f}"
    account = post(api, "/api/v1/users", {"name": name, "role": "county", "division_code": "430626"})
    return str(post(api, f"/api/v1/users/{account['id']}/keys", {"label": "测试"})["secret"])


def fill_new_house(page: Page, code: str) -> None:
    page.get_by_label("建筑编号或地址编码").fill(code)
    page.get_by_label("文号").fill("乡字第4306262026001号")
    expect(page.locator("#new-found")).to_contain_text("尚无标准地址")
    page.get_by_role("button", name="受理", exact=True).click()


def test_a_new_house_from_application_to_plate(page: Page, api: Api, demo_server: DemoServer) -> None:
    house = house_without_number(api)
    sign_in(page, demo_server.api_key, "/counter")
    wait_for_map(page)
    page.keyboard.press("n")
    expect(page.get_by_role("heading", name="新申请")).to_be_visible()
    fill_new_house(page, house["building_code"])

    expect(page.get_by_role("heading", name="新建房屋")).to_be_visible()
    number = page.locator(".case-title .code").inner_text()
    offered = page.locator(".candidate")
    assert 1 <= offered.count() <= 3
    expect(page.locator("#counter-list [aria-current=true]")).to_contain_text(number)
    sign = page.locator("#map .sign")
    expect(sign).to_have_text(offered.first.locator(".option-number").inner_text())
    chosen = offered.last.locator(".option-number").inner_text()
    offered.last.get_by_role("radio").check()
    expect(sign).to_have_text(chosen)
    receipt = page.get_by_role("link", name="受理回执").get_attribute("href")
    assert receipt is not None
    assert page.request.get(receipt).headers["content-type"] == "application/pdf"

    page.get_by_role("button", name="同意编号").click()

    expect(page.locator(".steps")).to_contain_text("核定")
    expect(page.get_by_role("tab", name="待批")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#counter-list")).to_contain_text(number)
    card = api.get("/api/v1/applications?tray=approval&limit=1000")["items"][-1]
    assert (card["application_no"], card["taken"]) == (number, chosen)
    approval = {"codes": [card["address_code"]], "decree_no": "示例〔2026〕9号"}
    assert post(api, "/api/v1/addresses/approvals", approval, county_key(api))["approved"] == 1

    page.get_by_role("tab", name="待制牌").click()
    page.locator("#counter-list").get_by_role("button", name=re.compile(number)).click()
    page.reload()
    page.get_by_role("button", name="订制门牌").click()
    expect(page.locator(".facts")).to_contain_text("已订制")
    page.get_by_role("button", name="办结", exact=True).click()
    expect(page.locator(".case-title")).to_contain_text("已办结")
    expect(page.locator(".case-title").get_by_role("link", name="办结通知")).to_be_visible()
    assert [s["kind"] for s in api.get(f"/api/v1/applications/{card['id']}")["steps"]] == [
        "received",
        "accepted",
        "plate_ordered",
        "closed",
    ]
    wait_for_map(page)


def test_a_house_is_found_by_a_click_on_the_map(page: Page, api: Api, demo_server: DemoServer) -> None:
    address = api.some_address()
    sign_in(page, demo_server.api_key, "/counter")
    wait_for_map(page)
    page.get_by_role("button", name="新申请").click()
    page.get_by_label("申请类别").select_option("lost_plate")
    page.get_by_label("建筑编号或地址编码").fill(address["code"])
    page.get_by_label("申请事项").click()
    expect(page.locator("#new-found")).to_contain_text(address["full_text"])
    wait_for_map(page)
    page.get_by_label("建筑编号或地址编码").fill("")

    box = page.locator("#map").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    expect(page.locator("#new-found")).to_contain_text("号")
    assert page.get_by_label("建筑编号或地址编码").input_value() != ""
    wait_for_map(page)


def test_a_refusal_asks_for_its_reason_and_numbers_of_persons_are_refused(
    page: Page, api: Api, demo_server: DemoServer, watch: Watch
) -> None:
    watch.expect_failure(422)
    address = api.some_address()
    sign_in(page, demo_server.api_key, "/counter")
    page.get_by_role("button", name="新申请").click()
    page.get_by_label("申请类别").select_option("correction")
    page.get_by_label("建筑编号或地址编码").fill(address["code"])
    page.get_by_label("申请事项").fill("号码不符，电话１３８ ００１３ ８０００")
    page.get_by_role("button", name="受理", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("不登记身份证号码和手机号码")
    page.get_by_label("申请事项").fill("号码不符")
    page.get_by_role("button", name="受理", exact=True).click()
    expect(page.get_by_role("heading", name="更正")).to_be_visible()

    page.get_by_role("button", name="不予办理").click()
    expect(page.get_by_role("alert")).to_contain_text("须说明理由")
    page.get_by_label("说明或理由").fill("现场核对，号码无误")
    page.get_by_role("button", name="不予办理").click()

    expect(page.locator(".case-title")).to_contain_text("不予办理")
    expect(page.get_by_role("tab", name="办结")).to_have_attribute("aria-selected", "true")
    expect(page.locator(".steps")).to_contain_text("现场核对，号码无误")
    wait_for_map(page)


def test_the_counter_fits_a_phone(phone: Page, api: Api, demo_server: DemoServer) -> None:
    house = house_without_number(api)
    sign_in(phone, demo_server.api_key, "/counter")
    phone.get_by_role("button", name="新申请").tap()
    fill_new_house(phone, house["building_code"])
    expect(phone.locator(".candidate").first).to_be_visible()

    width = phone.evaluate("document.documentElement.scrollWidth")
    inner = phone.evaluate("document.querySelector('#counter-main').scrollWidth <= innerWidth")
    phone.get_by_role("button", name="返回列表").tap()

    assert width <= 390
    assert inner
    expect(phone.locator("#counter-list")).to_contain_text("新建房屋")
    expect(phone.locator("#counter-main")).to_be_hidden()
