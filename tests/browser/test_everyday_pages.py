"""What the pages of every day owe to whoever works with them: one's own villages, one's turn, and no dead ends."""

from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import WAIT_MS, Api, DemoServer, Watch, sign_in, wait_for_map
from tests.browser.test_counter_page import county_key, fill_new_house, house_without_number, post

pytestmark = [pytest.mark.browser, pytest.mark.demo]

VILLAGE = "430626113208"


def account_key(api: Api, name: str, role: str, division: str) -> str:
    account = post(api, "/api/v1/users", {"name": name, "role": role, "division_code": division})
    return str(post(api, f"/api/v1/users/{account['id']}/keys", {"label": "测试"})["secret"])


def draw_plan(api: Api, title: str) -> dict[str, Any]:
    """A plan that lets two neighbours of a group change their numbers."""
    for place in api.get(f"/api/v1/places?village={VILLAGE}&kind=group&limit=200")["items"]:
        preview = post(api, "/api/v1/renumbering-plans/preview", {"place_id": place["id"]})
        first, second = preview["doors"][:2] if len(preview["doors"]) > 1 else ({}, {})
        if not preview["movable"] or not first:
            continue
        swap = [
            {"code": first["code"], "main": second["main"], "sub": second["sub"]},
            {"code": second["code"], "main": first["main"], "sub": first["sub"]},
        ]
        body = {"place_id": place["id"], "changes": swap, "title": title}
        return dict(post(api, "/api/v1/renumbering-plans", body))
    raise AssertionError("the village has no group whose doors may be moved")


def drop(api: Api, plan: dict[str, Any]) -> None:
    post(api, f"/api/v1/renumbering-plans/{plan['id']}/drop", {})


def test_a_village_officer_is_offered_the_own_village_alone(
    page: Page, api: Api, demo_server: DemoServer
) -> None:
    key = account_key(api, "示例村务", "village", VILLAGE)
    sign_in(page, key, "/audit")
    expect(page.locator("#audit-village option")).to_have_count(1, timeout=WAIT_MS)
    expect(page.locator("#audit-note")).to_contain_text("处门户")
    for path, select in (("/renumber", "#renumber-village"), ("/assign", "#assign-village")):
        page.goto(path)
        expect(page.locator(f"{select} option")).to_have_text(["烟舟村"])
    page.goto("/counter#/new")
    expect(page.get_by_label("村（社区）")).to_have_value(VILLAGE)
    page.get_by_label("申请类别").select_option("lost_plate")
    expect(page.locator("#new-houses option").first).to_contain_text("烟舟村", use_inner_text=False)


def test_nobody_is_told_that_nothing_is_wrong_while_nothing_was_looked_through(
    page: Page, demo_server: DemoServer, watch: Watch
) -> None:
    watch.expect_failure(503)
    answer = {"title": "示例：服务暂不可用", "code": "not-ready"}
    page.route("**/api/v1/number-audits?*", lambda route: route.fulfill(status=503, json=answer))
    sign_in(page, demo_server.api_key, "/audit")

    expect(page.locator("#audit-note")).to_have_text("示例：服务暂不可用", timeout=WAIT_MS)
    expect(page.locator("#audit-list")).not_to_contain_text("没有发现问题")
    expect(page.locator("#audit-summary .skeleton")).to_have_count(0)


def test_whoever_approves_finds_the_plans_that_wait(page: Page, api: Api, demo_server: DemoServer) -> None:
    plan = draw_plan(api, "示例待批方案")
    sign_in(page, county_key(api), "/renumber")

    page.locator("#renumber-waiting").get_by_role("button", name="示例待批方案").click(timeout=WAIT_MS)

    expect(page.locator("#renumber-table tr[data-code]")).to_have_count(2)
    expect(page.locator("#renumber-waiting")).to_be_hidden()
    expect(page.get_by_label("批准文号")).to_be_visible()
    page.get_by_label("地名").select_option("")
    expect(page.locator("#renumber-waiting").get_by_role("button", name="示例待批方案")).to_be_visible()
    wait_for_map(page)
    drop(api, plan)


def test_a_plan_that_was_dropped_meanwhile_is_read_anew_instead_of_approved(
    page: Page, api: Api, demo_server: DemoServer, watch: Watch
) -> None:
    watch.expect_failure(409)
    plan = draw_plan(api, "示例过时方案")
    sign_in(page, county_key(api), f"/renumber?plan={plan['id']}")
    page.get_by_label("批准文号").fill("示例〔2026〕77号", timeout=WAIT_MS)
    drop(api, plan)

    page.get_by_role("button", name="批准执行").click()

    deeds = page.locator("#renumber-deeds")
    expect(deeds.locator(".tag")).to_have_text("已作废")
    expect(deeds).to_contain_text("改号方案已经执行或作废。已读取最新情况，请核对后再办。")
    expect(page.get_by_role("button", name="批准执行")).to_have_count(0)
    wait_for_map(page)


def open_reservation(page: Page, key: str, text: str) -> None:
    sign_in(page, key, "/reservations")
    page.locator(".reservation-row", has_text=text).first.click(timeout=WAIT_MS)
    expect(page.locator(".review-title")).to_be_focused()


def test_a_reservation_that_was_released_meanwhile_is_read_anew(
    page: Page, api: Api, demo_server: DemoServer, watch: Watch
) -> None:
    watch.expect_failure(409)
    kept = next(
        one for one in api.get("/api/v1/reservations?limit=200")["items"]
        if one["construction_plan_id"] is None and one["stage"] == "active"
    )  # fmt: skip
    open_reservation(page, demo_server.api_key, f"{kept['place']} 超宽间距")
    page.get_by_label("文号").fill("示例〔2026〕78号")
    page.get_by_label("理由").fill("工期延长")
    page.get_by_label("延至").fill("2039-01-31")
    grounds = {"decree_no": "示例〔2026〕79号", "reason": "示例"}
    post(api, f"/api/v1/reservations/{kept['id']}/release", grounds)

    page.get_by_role("button", name="延期", exact=True).click()

    expect(page.locator("#notice")).to_contain_text("预留已经释放")
    expect(page.locator(".review-head .tag")).to_have_text("已释放")
    expect(page.locator("form.decision")).to_have_count(0)


def test_what_is_typed_on_a_reservation_stays_while_the_picture_changes(
    page: Page, demo_server: DemoServer
) -> None:
    open_reservation(page, demo_server.api_key, "文昌路南段安置房")
    expect(page.locator(".review-table tbody tr").first).to_be_visible()
    page.get_by_label("文号").fill("示例〔2026〕80号")
    before = page.get_by_role("button", name="图上看现状")
    before.focus()
    page.keyboard.press("Enter")

    expect(before).to_have_attribute("aria-pressed", "true")
    expect(before).to_be_focused()
    expect(page.get_by_label("文号")).to_have_value("示例〔2026〕80号")
    page.get_by_label("理由").fill("示例")
    page.get_by_role("button", name="延期", exact=True).click()
    expect(page.get_by_label("延至")).to_be_focused()
    page.locator(".review-title").focus()
    page.keyboard.press("Escape")
    expect(page.locator(".reservation-row:focus")).to_contain_text("文昌路南段安置房")


def begin_application(page: Page) -> None:
    expect(page.locator("#counter-tabs [role=tab]")).to_have_count(4)
    page.keyboard.press("n")


def test_a_wrong_house_is_told_at_its_field(page: Page, demo_server: DemoServer, watch: Watch) -> None:
    watch.expect_failure(404)
    sign_in(page, demo_server.api_key, "/counter")
    begin_application(page)
    house = page.get_by_label("建筑编号或地址编码")
    house.fill("没有的房屋")
    page.get_by_role("button", name="受理", exact=True).click()

    expect(page.locator(".new-form .refusal")).to_contain_text("没有建筑编号 没有的房屋")
    expect(house).to_be_focused()
    expect(house).to_have_attribute("aria-invalid", "true")


def test_an_application_decided_by_another_clerk_is_read_anew(
    page: Page, api: Api, demo_server: DemoServer, watch: Watch
) -> None:
    watch.expect_failure(409)
    house = house_without_number(api)
    sign_in(page, demo_server.api_key, "/counter")
    begin_application(page)
    fill_new_house(page, house["building_code"])
    page.get_by_label("说明或理由").fill("按序编号")
    number = page.locator(".case-title .code").inner_text()
    cases = api.get("/api/v1/applications?open=true&limit=1000")["items"]
    case = next(one for one in cases if one["application_no"] == number)
    refusal = {"accept": False, "note": "另一窗口已核"}
    httpx.post(
        f"{api.url}/api/v1/applications/{case['id']}/decide", json=refusal, headers={"X-API-Key": api.key}
    ).raise_for_status()

    page.get_by_role("button", name="同意编号").click()

    expect(page.locator(".case-title .tag").first).to_have_text("不予办理")
    expect(page.locator("#notice")).to_be_visible()
    expect(page.locator(".steps")).to_contain_text("另一窗口已核")
    expect(page.get_by_role("button", name="同意编号")).to_have_count(0)
    wait_for_map(page)


def test_after_a_decision_the_keyboard_is_at_the_case_and_its_buttons_wait_while_it_is_sent(
    page: Page, api: Api, demo_server: DemoServer
) -> None:
    house = house_without_number(api)
    sign_in(page, demo_server.api_key, "/counter")
    begin_application(page)
    fill_new_house(page, house["building_code"])
    held: list[Any] = []
    page.route("**/decide", lambda route: held.append(route))
    accept = page.get_by_role("button", name="同意编号")
    accept.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".case-view")).to_have_attribute("aria-busy", "true")
    page.keyboard.press("Enter")
    held[0].continue_()

    expect(page.locator(".case-title h2")).to_be_focused()
    expect(page.locator(".case-view")).to_have_attribute("aria-busy", "false")
    assert len(held) == 1
    wait_for_map(page)


def test_a_household_splits_from_the_address_that_stands_on_its_plate(
    page: Page, api: Api, demo_server: DemoServer
) -> None:
    address = api.some_address()
    sign_in(page, demo_server.api_key, "/counter")
    begin_application(page)
    page.get_by_label("申请类别").select_option("split_household")
    page.get_by_label("建筑编号或地址编码").fill(address["code"])
    page.get_by_label("所求户室").fill("2室")
    page.keyboard.press("Enter")

    expect(page.locator(".case-title h2")).to_contain_text("分户")
    expect(page.locator(".case-view .facts").first).to_contain_text(address["buildings"][0]["code"])
    page.get_by_role("button", name="撤回").click()
    expect(page.locator(".case-title")).to_contain_text("已撤回")
    wait_for_map(page)
