"""The page of timelines: an old text to today's address, the life of a village, and the old map beside the new."""

import re
from io import BytesIO
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import WAIT_MS, Api, DemoServer, Watch, sign_in
from tests.demo.test_story import AFTER, BEFORE, TOWN, decided

__all__ = ["decided"]

pytestmark = [pytest.mark.browser, pytest.mark.demo]

DECREE = "示例批〔2016〕1号"
DAYS = f"left={BEFORE}&right={AFTER}"
ORANGE, GREEN = (194, 65, 12), (22, 113, 63)


def areas(api: Api, on: str) -> dict[str, dict[str, Any]]:
    """The villages of a day by identity."""
    found = api.get(f"/api/v1/division-boundaries?parent={TOWN}&valid_on={on}&limit=200")["items"]
    return {one["id"]: one for one in found}


def differing(api: Api) -> dict[str, set[str]]:
    """What the page ought to list, by the same words of the data."""
    before, after = areas(api, BEFORE), areas(api, AFTER)
    both = before.keys() & after.keys()
    redrawn = {key for key in both if before[key]["geometry"] != after[key]["geometry"]}
    respelled = {key for key in both - redrawn if before[key]["name"] != after[key]["name"]}
    keys = {"ended": before.keys() - after.keys(), "appeared": after.keys() - before.keys()}
    return {
        fate: set(found) for fate, found in (*keys.items(), ("boundary", redrawn), ("renamed", respelled))
    }


def villages(api: Api) -> list[dict[str, Any]]:
    """All that ever were, each as it was last."""
    query = f"/api/v1/divisions?parent={TOWN}&level=village&include_ended=true&limit=200"
    found: list[dict[str, Any]] = api.get(query)["items"]
    return found


def ended(api: Api) -> int:
    return sum(one["valid_to"] is not None for one in villages(api))


def wait_for_both(page: Page) -> None:
    expect(page.locator("#history-differences h2")).to_be_visible()
    for name in ("#map", "#map-right"):
        expect(page.locator(name)).to_have_attribute("data-state", "idle", timeout=WAIT_MS)


def seen(page: Page, side: str) -> Locator:
    return page.locator(f"#seen-{side}")


def entry(page: Page, day: str) -> Locator:
    return page.locator(f".history-entry[data-day='{day}']")


def near(page: Page, name: str, colour: tuple[int, int, int]) -> int:
    """How many points of a map have about the colour of a border."""
    picture = np.asarray(Image.open(BytesIO(page.locator(name).screenshot())).convert("RGB"), dtype=np.int16)
    return int((np.abs(picture - colour) < 12).all(axis=2).sum())


def test_a_text_of_2015_leads_to_todays_address_and_back_again(page: Page, api: Api) -> None:
    text = "平江县童市镇沙坪村5组002号"
    answer = httpx.get(
        f"{api.url}/api/v1/resolve", params={"text": text, "on": BEFORE}, headers={"X-API-Key": api.key}
    )
    (target,) = answer.json()["targets"]
    page.goto("/history")
    page.get_by_label("地址（新旧写法都可以）").fill(text)
    page.get_by_label("哪一天的（可不填）").fill(BEFORE)
    page.keyboard.press("Enter")

    expect(page.locator(".history-outcome")).to_have_attribute("data-outcome", "resolved")
    link = page.locator(".history-target a")
    expect(link).to_have_text([target["full_text"]])
    expect(page.locator(".history-chain .history-holder")).to_contain_text(["曾用写法"])
    link.click()
    expect(page.locator(".history-head h2")).to_have_text(target["full_text"])
    expect(page).to_have_url(re.compile(f"address={target['code']}"))
    expect(page.get_by_text(text)).to_be_visible()
    expect(page.locator(".history-entry [data-kind=approve]")).to_be_visible()
    page.go_back()
    expect(page.locator(".history-outcome")).to_have_attribute("data-outcome", "resolved")
    expect(page.get_by_label("地址（新旧写法都可以）")).to_have_value(text)
    page.go_back()
    expect(page.locator("#history-main")).to_contain_text(f"已终止的 {ended(api)}")
    wait_for_both(page)


def test_what_is_typed_before_the_page_has_its_villages_is_not_wiped(page: Page) -> None:
    held: list[Route] = []
    page.route("**/api/v1/divisions?level=town*", lambda route: held.append(route))
    with page.expect_request("**/api/v1/divisions?level=town*"):
        page.goto("/history")
    page.get_by_label("地址（新旧写法都可以）").fill("平江县没有这个村9组9号")
    (towns,) = held

    towns.continue_()
    expect(page.locator("#history-main")).to_contain_text("已终止的")

    expect(page.get_by_label("地址（新旧写法都可以）")).to_have_value("平江县没有这个村9组9号")
    wait_for_both(page)


def test_what_is_unsure_is_said_so_with_its_reasons_and_the_chain_by_the_village(page: Page) -> None:
    page.goto(f"/history?text=平江县童市镇沙坪村3组5号&on={BEFORE}")

    expect(page.locator(".history-outcome")).to_contain_text("不能确定")
    expect(page.locator("[data-doubt=village-merged]")).to_have_text("村已合并，同号的可能是另一家")
    chain = page.get_by_role("list", name="经由所在的村").locator("li")
    expect(chain).to_have_attribute("data-kind", "merge")
    expect(chain).to_contain_text(AFTER)
    expect(chain).to_contain_text(DECREE)
    expect(page.locator(".history-target .soft")).to_contain_text("烟舟村")
    page.get_by_role("link", name="沙坪村", exact=True).first.click()
    expect(entry(page, AFTER)).to_contain_text("至此终止")
    wait_for_both(page)


def test_an_address_that_nobody_ever_had_is_unknown(page: Page) -> None:
    page.goto("/history?text=平江县没有这个村9组9号")

    expect(page.locator(".history-outcome")).to_contain_text("没有这个地址的记载")
    wait_for_both(page)


def test_the_timeline_of_a_village_tells_who_was_merged_into_it_by_which_decree(
    page: Page, decided: list[dict[str, str]], demo_server: DemoServer
) -> None:
    came = sorted(row["旧名称"] for row in decided if row["变更类型"] == "合并" and row["新名称"] == "合旺村")
    page.goto(f"/history?{DAYS}")
    page.locator("#history-main").get_by_role("link", name="合旺村").click()

    merged = entry(page, AFTER)
    kin = merged.locator(".history-kin")
    expect(kin).to_have_count(2)
    assert sorted(kin.locator("a").all_inner_texts()) == came == ["二联村", "和众村"]
    expect(merged.locator("[data-kind=merge]")).to_have_count(2)
    expect(merged.locator(".history-decree").first).to_have_text(DECREE)
    note = "并入关系非公开资料"
    expect(merged).not_to_contain_text(note)  # notes are not for visitors
    sign_in(page, demo_server.api_key, f"/history?{DAYS}")
    page.locator("#history-main").get_by_role("link", name="合旺村").click()
    expect(merged).to_contain_text(note)
    kin.get_by_role("link", name="和众村").click()
    expect(page.locator(".history-head h2")).to_have_text("和众村")
    expect(entry(page, AFTER).locator(".history-kin")).to_have_text("并入：合旺村")
    expect(entry(page, AFTER)).to_contain_text("至此终止")
    page.go_back()
    expect(page.locator(".history-head h2")).to_have_text("合旺村")
    wait_for_both(page)


def test_a_village_keeps_its_timeline_through_another_spelling_and_is_found_by_its_code(page: Page) -> None:
    page.goto(f"/history?code={TOWN}210")

    expect(page.locator(".history-former")).to_have_text("曾用名：旁上村（2009-01-01 至 2011-12-31）")
    expect(entry(page, "2012-01-01")).to_contain_text("名称：旁上村 → 塝上村")
    expect(page).to_have_url(re.compile(r"\?division=[0-9a-f-]{36}"))
    page.get_by_role("link", name="对照这一天前后的图").click()
    expect(page.locator("#history-left")).to_have_value("2011-12-31")
    expect(page.locator("#history-right")).to_have_value("2012-01-01")
    expect(page.locator("[data-fate=renamed]")).to_contain_text("旁上村 → 塝上村")
    wait_for_both(page)


def test_the_two_maps_draw_the_villages_of_their_days_and_what_differs_is_coloured_and_listed(
    page: Page, api: Api
) -> None:
    expected = differing(api)
    names = {key: one["name"] for key, one in {**areas(api, AFTER), **areas(api, BEFORE)}.items()}
    page.goto(f"/history?{DAYS}")
    wait_for_both(page)

    assert {fate: len(found) for fate, found in expected.items()} == {
        "ended": 9, "appeared": 1, "boundary": 7, "renamed": 1
    }  # fmt: skip
    for fate, found in expected.items():
        links = page.locator(f".history-fate[data-fate={fate}] a").all()
        assert {
            str(link.get_attribute("href")).split("division=")[1].split("&")[0] for link in links
        } == found
        assert {link.inner_text().split(" → ")[0] for link in links} == {names[key] for key in found}
    expect(seen(page, "left")).to_contain_text("图中 28 个")
    expect(seen(page, "left")).to_have_attribute("data-ended", "9")
    expect(seen(page, "right")).to_contain_text("图中 20 个")
    expect(seen(page, "right")).to_have_attribute("data-appeared", "1")
    for side in ("left", "right"):
        expect(seen(page, side)).to_have_attribute("data-boundary", "7")
    assert (near(page, "#map", ORANGE) > 200, near(page, "#map-right", ORANGE)) == (True, 0)
    assert (near(page, "#map", GREEN), near(page, "#map-right", GREEN) > 50) == (0, True)
    for name in ("#map", "#map-right"):
        expect(page.locator(name)).to_contain_text("几何图形为合成，非测绘成果")
    expect(page.locator("#history-synthetic")).to_be_visible()


def test_two_equal_days_differ_in_nothing_and_the_days_stay_in_the_address_of_the_page(page: Page) -> None:
    page.goto(f"/history?{DAYS}")
    wait_for_both(page)

    page.get_by_label("右图日期").fill(BEFORE)

    expect(page.locator("#history-differences h2")).to_contain_text("没有不同")
    expect(page).to_have_url(re.compile(f"right={BEFORE}"))
    expect(seen(page, "right")).to_have_text("图中 28 个：没有变化 28")
    page.go_back()
    expect(seen(page, "right")).to_have_attribute("data-appeared", "1")
    expect(page.get_by_label("右图日期")).to_have_value(AFTER)
    wait_for_both(page)


def test_the_maps_move_together_and_a_village_on_one_opens_its_timeline(page: Page, api: Api) -> None:
    page.goto(f"/history?{DAYS}")
    wait_for_both(page)
    for _ in range(3):
        page.locator("#map").get_by_role("button", name="放大").click()
    wait_for_both(page)

    counts = [
        int(re.findall(r"图中 (\d+) 个", seen(page, side).inner_text())[0]) for side in ("left", "right")
    ]
    assert 0 < counts[0] < 28
    assert 0 < counts[1] < 20
    page.locator("#map-right canvas").click()
    expect(page).to_have_url(re.compile("division="))
    name = page.locator(".history-head h2").inner_text()
    assert name in {one["name"] for one in areas(api, AFTER).values()}
    wait_for_both(page)


def test_a_day_before_the_town_was_known_is_refused_in_words(page: Page, api: Api, watch: Watch) -> None:
    watch.expect_failure(404)
    page.goto(f"/history?left=1999-01-01&right={AFTER}")

    expect(page.locator("#history-differences")).to_contain_text(f"没有区划代码 {TOWN}（1999-01-01）")
    expect(page.locator("#history-main")).to_contain_text(f"已终止的 {ended(api)}")


def test_what_does_not_exist_is_refused_in_words(page: Page, watch: Watch) -> None:
    watch.expect_failure(404)
    page.goto(f"/history?address={'4' * 26}")

    expect(page.locator("#history-main")).to_contain_text("没有地址编码")
    wait_for_both(page)


def test_a_stranger_may_look_where_the_map_is_open(page: Page, api: Api) -> None:
    page.goto("/")
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="沿革").click()

    expect(page.locator("#history-main")).to_contain_text(
        f"现有的村（社区） {len(villages(api)) - ended(api)}"
    )
    wait_for_both(page)


def test_on_a_phone_everything_stands_below_each_other_within_the_width(
    phone: Page, api: Api, demo_server: DemoServer
) -> None:
    gone = next(one["id"] for one in villages(api) if one["name"] == "沙坪村")
    sign_in(phone, demo_server.api_key, "/history")
    for path in ("/history", f"/history?division={gone}&{DAYS}", f"/history?text=沙坪村3组5号&on={BEFORE}"):
        phone.goto(path)
        wait_for_both(phone)

        assert phone.evaluate("document.documentElement.scrollWidth") <= 390, path
        main = phone.locator("main")
        assert main.evaluate("main => main.scrollWidth - main.clientWidth") <= 0, path
        boxes = [phone.locator(name).bounding_box() for name in ("#history-main", "#map", "#map-right")]
        tops = [box["y"] for box in boxes if box]
        assert tops == sorted(tops)
        assert [box["width"] > 380 and box["height"] >= 290 for box in boxes[1:] if box] == [True, True]
