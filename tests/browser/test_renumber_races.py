"""The page of renumbering plans while answers are late: the last choice counts, one press writes, a hand is let be."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, Request, Route, expect

from tests.browser.conftest import Api, DemoServer, Watch, sign_in, wait_for_map
from tests.browser.test_renumber import a_group, codes, drag, open_place, price, rows

pytestmark = [pytest.mark.browser, pytest.mark.demo]

PLANS = "/api/v1/renumbering-plans"


class Held:
    """Requests that wait until the test lets them go; later ones of the same kind pass."""

    def __init__(self, page: Page, which: Callable[[Request], bool]) -> None:
        self.page, self.which = page, which
        self.routes: list[Route] = []
        page.route(f"**{PLANS}**", self._take)

    def _take(self, route: Route) -> None:
        if not self.routes and self.which(route.request):
            self.routes.append(route)
        else:
            route.fallback()

    def wait(self) -> None:
        while not self.routes:
            self.page.wait_for_timeout(20)

    def release(self) -> None:
        """The answer comes, and the page has had the time to act on it."""
        self.routes[0].continue_()
        self.page.wait_for_timeout(1000)


def is_preview(request: Request) -> bool:
    return request.url.endswith("/preview")


def is_writing(request: Request) -> bool:
    return request.method == "POST" and request.url.endswith(PLANS)


def neighbour_of(api: Api, place: dict[str, Any]) -> dict[str, Any]:
    """Another group with numbers in the same village."""
    for other in api.get(f"/api/v1/places?village={place['village_code']}&kind=group&limit=60")["items"]:
        if other["id"] != place["id"] and issued(api, other):
            found: dict[str, Any] = other
            return found
    raise AssertionError("the village has no second group")


def issued(api: Api, place: dict[str, Any]) -> set[str]:
    """The codes of the doors that the page lists for a place."""
    asked, headers = {"place_id": place["id"]}, {"X-API-Key": api.key}
    answer = httpx.post(f"{api.url}{PLANS}/preview", json=asked, headers=headers).raise_for_status()
    return {door["code"] for door in answer.json()["doors"]}


def plans(api: Api, place: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(f"{PLANS}?place_id={place['id']}&limit=200")["items"]
    return found


@pytest.mark.parametrize("late", ["plans", "preview"])
def test_of_two_quick_choices_the_last_one_counts(
    page: Page, api: Api, demo_server: DemoServer, late: str
) -> None:
    slow = a_group(api)
    quick = neighbour_of(api, slow)
    wanted = issued(api, quick)
    sign_in(page, demo_server.api_key, "/renumber")
    page.goto(f"/renumber?place={quick['id']}")
    expect(rows(page)).to_have_count(len(wanted))
    held = Held(
        page, is_preview if late == "preview" else lambda asked: f"place_id={slow['id']}" in asked.url
    )

    page.get_by_label("地名").select_option(slow["id"])
    held.wait()
    page.get_by_label("地名").select_option(quick["id"])
    expect(rows(page)).to_have_count(len(wanted))
    held.release()

    assert set(codes(page)) == wanted
    expect(page.get_by_label("地名")).to_have_value(quick["id"])
    assert quick["id"] in page.url
    wait_for_map(page)


def test_a_late_plan_does_not_show_under_another_choice(
    page: Page, api: Api, demo_server: DemoServer
) -> None:
    place = open_place(page, api, demo_server)
    everybody = codes(page)
    drag(page, rows(page).nth(0).locator(".grip"), rows(page).nth(1))
    page.get_by_role("button", name="保存方案（2 处）").click()
    expect(page.locator("#renumber-deeds")).to_contain_text("待县级主管部门凭文号批准执行")
    kept = plans(api, place)[-1]["id"]
    plan_select = page.locator("#renumber-plan")
    plan_select.select_option("")
    expect(rows(page)).to_have_count(len(everybody))
    held = Held(page, lambda asked: asked.url.endswith(kept))

    plan_select.select_option(kept)
    held.wait()
    plan_select.select_option("")
    expect(rows(page)).to_have_count(len(everybody))
    held.release()

    assert codes(page) == everybody
    expect(plan_select).to_have_value("")
    expect(page.get_by_role("button", name="重新编排整处")).to_be_visible()
    wait_for_map(page)


def test_a_plan_is_kept_once_however_often_one_presses(page: Page, api: Api, demo_server: DemoServer) -> None:
    place = open_place(page, api, demo_server)
    before = len(plans(api, place))
    drag(page, rows(page).nth(0).locator(".grip"), rows(page).nth(1))
    held = Held(page, is_writing)
    press = "form => { form.requestSubmit(); form.requestSubmit(); }"

    page.locator("#renumber-deeds form").evaluate(press)
    held.wait()
    expect(page.get_by_role("button", name="保存方案（2 处）")).to_be_disabled()
    held.release()

    expect(page.locator("#renumber-deeds")).to_contain_text("待县级主管部门凭文号批准执行")
    assert len(plans(api, place)) == before + 1
    wait_for_map(page)


def test_the_same_plan_sent_again_carries_the_same_key(
    page: Page, api: Api, demo_server: DemoServer, watch: Watch
) -> None:
    open_place(page, api, demo_server)
    drag(page, rows(page).nth(0).locator(".grip"), rows(page).nth(1))
    keys: list[str] = []

    def lose_the_first(route: Route) -> None:
        if not is_writing(route.request):
            return route.fallback()
        keys.append(route.request.headers["idempotency-key"])
        return route.abort() if len(keys) < 3 else route.continue_()

    page.route(f"**{PLANS}", lose_the_first)
    watch.expected.append("net::ERR_FAILED")
    save = page.get_by_role("button", name="保存方案（2 处）")
    for _ in range(2):
        save.click()
        expect(page.locator("#notice")).to_contain_text("网络不通")
        expect(save).to_be_enabled()
    page.get_by_label("方案名称").fill("另一个名称")
    save.click()

    expect(page.locator("#renumber-deeds")).to_contain_text("待县级主管部门凭文号批准执行")
    assert keys[0] == keys[1] != keys[2]
    wait_for_map(page)


def test_the_title_is_typed_on_while_the_price_comes(page: Page, api: Api, demo_server: DemoServer) -> None:
    open_place(page, api, demo_server)
    held = Held(page, is_preview)
    title = page.get_by_label("方案名称")
    title.evaluate("field => { field.mine = true; }")
    rows(page).nth(0).get_by_role("button", name="下移").click()
    held.wait()

    title.press_sequentially("示例")
    held.release()
    expect(price(page, "改动门牌号")).to_have_text("2 个")
    page.keyboard.type("轮换")

    expect(title).to_be_focused()
    expect(title).to_have_value("示例轮换")
    assert title.evaluate("field => field.mine === true")
    wait_for_map(page)


def hold(page: Page, what: Locator, onto: Locator) -> None:
    start, end = what.bounding_box(), onto.bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=8)


@pytest.mark.parametrize("by", ["row", "marker"])
def test_a_door_that_is_held_stays_in_the_hand_while_the_price_comes(
    page: Page, api: Api, demo_server: DemoServer, by: str
) -> None:
    open_place(page, api, demo_server)
    before = codes(page)
    rows(page).nth(0).locator("td").nth(1).click()
    wait_for_map(page)
    held = Held(page, is_preview)
    rows(page).nth(4).get_by_role("button", name="下移").click()
    held.wait()

    if by == "row":
        hold(page, rows(page).nth(0).locator(".grip"), rows(page).nth(1))
    else:
        first, second = (page.locator(f".door[data-code='{code}']") for code in before[:2])
        hold(page, first, second)
    held.release()
    page.mouse.up()

    expect(price(page, "改动门牌号")).to_have_text("4 个")
    assert codes(page)[:2] == [before[1], before[0]]
    wait_for_map(page)


def test_a_plan_made_from_another_keeps_the_decree_that_gives_out_retired_numbers(
    page: Page, api: Api, demo_server: DemoServer
) -> None:
    place = open_place(page, api, demo_server)
    drawn = {
        "place_id": place["id"],
        "changes": [{"code": codes(page)[0], "main": 9001, "sub": 0}],
        "reassign_decree_no": "示例〔2026〕31号",
    }
    answer = httpx.post(api.url + PLANS, json=drawn, headers={"X-API-Key": api.key}).raise_for_status()
    page.goto(f"/renumber?plan={answer.json()['id']}")

    page.get_by_role("button", name="以此为基础另拟").click()
    page.get_by_role("button", name="保存方案（1 处）").click()

    expect(page.locator("#renumber-deeds")).to_contain_text("待县级主管部门凭文号批准执行")
    newest = plans(api, place)[-1]
    assert newest["id"] != answer.json()["id"]
    assert newest["reassign_decree_no"] == "示例〔2026〕31号"
    wait_for_map(page)
