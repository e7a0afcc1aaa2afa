"""The map in a real browser: looking, searching, clicking, on a desk and on a phone, by mouse and by keyboard."""

import re
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Api, Watch, open_map, wait_for_map

pytestmark = [pytest.mark.browser, pytest.mark.demo]


def test_overview_shows_the_town_and_says_that_it_is_synthetic(page: Page, watch: Watch) -> None:
    open_map(page)
    picture = Image.open(BytesIO(page.locator("#map").screenshot())).convert("RGB").resize((320, 200))
    assert len(picture.getcolors(maxcolors=64_000) or []) > 200
    assert any(".mvt" in url for url in watch.requests)
    expect(page.get_by_text("示例数据：几何图形为合成，非测绘成果")).to_be_visible()


def test_pages_may_only_load_from_their_own_host(page: Page) -> None:
    answer = page.goto("/")
    assert answer is not None
    policy = answer.header_value("content-security-policy") or ""
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    wait_for_map(page)


def test_search_leads_to_the_reason_of_a_number(page: Page, api: Api) -> None:
    address = api.some_address()
    open_map(page)
    page.get_by_role("combobox", name="搜索标准地址").fill(address["full_text"])
    page.get_by_role("option").filter(has_text=re.compile(address["full_text"] + r"(?!\d)")).first.click()
    panel = page.get_by_role("complementary", name="标准地址")
    expect(panel.locator(".full-text")).to_have_text(address["full_text"])
    expect(panel).to_contain_text(address["code_grouped"])
    expect(panel).to_contain_text(address["decree_no"])
    assert address["reasons"]
    expect(panel.locator(".reasons li")).to_have_text([reason["text"] for reason in address["reasons"]])
    expect(page).to_have_url(re.compile(f"#/address/{address['code']}"))
    wait_for_map(page)


def test_search_by_keyboard_alone(page: Page, api: Api) -> None:
    address = api.some_address()
    open_map(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到搜索")).to_be_focused()
    page.keyboard.press("Enter")
    box = page.get_by_role("combobox", name="搜索标准地址")
    expect(box).to_be_focused()
    page.keyboard.type(address["full_text"])
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "search-option-0")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator("#panel .full-text")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    expect(box).to_be_focused()


def test_search_that_finds_nothing_says_so_and_leads_to_the_history(page: Page) -> None:
    open_map(page)
    box = page.get_by_role("combobox", name="搜索标准地址")

    box.fill("鬱鬱鬱鬱鬱")
    expect(page.locator("#search-list")).to_contain_text("没有找到")
    box.press("ArrowDown")
    box.press("Enter")

    expect(page.get_by_label("地址（新旧写法都可以）")).to_have_value("鬱鬱鬱鬱鬱")


def test_enter_before_the_answer_takes_the_first_hit(page: Page, api: Api) -> None:
    address = api.some_address()
    open_map(page)
    box = page.get_by_role("combobox", name="搜索标准地址")
    box.fill(address["full_text"])
    box.press("Enter")
    expect(page.locator("#panel .full-text")).to_have_text(address["full_text"])


def test_type_ahead_by_initials_over_a_weak_signal(page: Page, watch: Watch) -> None:
    watch.expected.append("ERR_INTERNET_DISCONNECTED")
    asked: list[str] = []

    def weak(route: Route) -> None:
        asked.append(parse_qs(urlsplit(route.request.url).query)["q"][0])
        if len(asked) == 1:
            route.abort("internetdisconnected")
        else:
            route.continue_()

    page.set_viewport_size({"width": 390, "height": 844})
    open_map(page)
    page.route("**/api/v1/search/suggestions*", weak)
    box, options = page.get_by_role("combobox", name="搜索标准地址"), page.get_by_role("option")

    box.press_sequentially("yzc", delay=20)
    expect(page.locator("#search-status")).to_have_text("信号不好，正在重试")
    expect(options).to_have_count(9)
    expect(options.first.locator("mark")).to_have_text("烟舟村")
    expect(options.first.locator("small")).to_contain_text("yzc → 烟舟村 · 拼音首字母")
    assert asked == ["yzc", "yzc"]
    assert page.evaluate("document.documentElement.scrollWidth") == 390

    page.set_viewport_size({"width": 1280, "height": 800})
    box.press_sequentially("1")
    expect(options.first.locator("mark")).to_have_text("烟舟村1")
    box.press("Backspace")
    expect(options.first.locator("mark")).to_have_text("烟舟村")
    assert asked == ["yzc", "yzc", "yzc1"]  # what was answered is remembered

    box.press("ArrowUp")
    box.press("Enter")
    expect(options).to_have_count(50)
    box.press("Escape")
    expect(page.locator("#search-list")).to_be_hidden()
    box.press("ArrowDown")
    box.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "search-option-1")
    chosen = options.nth(1).locator(".option-text").inner_text().split("\n")[0]
    box.press("Enter")
    expect(page.locator("#panel .full-text")).to_have_text(chosen)


def test_click_on_a_house_opens_its_address(page: Page, api: Api) -> None:
    address = api.some_address()
    open_map(page, at=address)
    page.locator("#map").click()
    expect(page.locator("#panel .full-text")).to_have_text(address["full_text"])


def test_enter_on_the_map_opens_the_address_at_its_centre(page: Page, api: Api) -> None:
    address = api.some_address()
    open_map(page, at=address)
    page.locator("#map canvas").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#panel .full-text")).to_have_text(address["full_text"])


def test_a_house_without_address_says_why(page: Page, api: Api) -> None:
    _, houses = api.village_with_unassigned()
    open_map(page, at=houses[0], zoom=18.5)
    page.locator("#map").click()
    panel = page.locator("#panel")
    expect(panel).to_contain_text(houses[0]["building_code"])
    expect(panel).to_contain_text("编号前须先归组")


def test_deep_link_opens_the_address_and_back_closes_it(page: Page, api: Api) -> None:
    address = api.some_address()
    open_map(page, at=address)
    page.locator("#map").click()
    expect(page.locator("#panel")).to_be_visible()
    page.go_back()
    expect(page.locator("#panel")).to_be_hidden()
    page.goto("about:blank")
    page.goto(f"/#/address/{address['code']}")
    expect(page.locator("#panel .full-text")).to_have_text(address["full_text"])
    wait_for_map(page)


def test_unknown_code_in_a_link_is_answered_in_chinese(page: Page, watch: Watch) -> None:
    watch.expect_failure(404)
    page.goto(f"/#/address/{'4' * 26}")
    expect(page.locator("#panel .failure")).to_contain_text("没有")


def test_layers_can_be_switched_off(page: Page, api: Api) -> None:
    open_map(page, at=api.some_address())
    before = page.locator("#map").screenshot()
    page.get_by_role("button", name="图层").click()
    for name in ("建筑", "宗地", "门牌号"):
        page.get_by_role("checkbox", name=name, exact=True).uncheck()
    page.get_by_role("button", name="图层").click()
    wait_for_map(page)
    assert page.locator("#map").screenshot() != before


def test_phone_shows_the_panel_as_a_sheet_from_below(phone: Page, api: Api) -> None:
    address = api.some_address()
    open_map(phone, at=address)
    box = phone.locator("#map").bounding_box()
    assert box is not None
    phone.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    panel = phone.locator("#panel")
    expect(panel.locator(".full-text")).to_have_text(address["full_text"])
    low = panel.bounding_box()
    assert low is not None
    assert low["y"] + low["height"] == pytest.approx(844, abs=1)
    assert low["y"] > 844 / 2 - 1
    assert low["width"] == 390
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    phone.get_by_role("button", name="拉高或收起面板").click()
    expect(panel).to_have_class(re.compile("tall"))
    phone.get_by_role("button", name="关闭面板").click()
    expect(panel).to_be_hidden()
