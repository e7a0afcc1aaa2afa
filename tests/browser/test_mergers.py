"""The assistant of mergers: villages are chosen, a collision decided, the county commits, a split takes it back."""

import json
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import httpx
import pytest
import shapely
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from address_service.store.work import TIME_ZONE
from tests.browser.conftest import Api, DemoServer, Watch, sign_in, wait_for_map
from tests.browser.test_counter_page import county_key

pytestmark = [pytest.mark.browser, pytest.mark.demo]

PLANS = "/api/v1/division-changes"
# Neighbours with a 1组 to 18组 each, which no other test of the town names.
ENDS, ABSORBER = "义字村", "芭蕉村"
DRAWN_ONLY = "塝上村", "天和村"  # for plans that nobody carries out
DECREE = "平政函〔2026〕21号"


def today() -> date:
    """The day in China, where it begins eight hours before that of UTC."""
    return datetime.now(TIME_ZONE).date()


def post(api: Api, path: str, body: dict[str, Any], key: str | None = None, method: str = "POST") -> Any:
    headers = {"X-API-Key": key or api.key}
    answer = httpx.request(method, api.url + path, json=body, headers=headers, timeout=120)
    assert answer.is_success, answer.text
    return answer.json()


def code_of(api: Api, village: str) -> str:
    villages = api.get("/api/v1/divisions?level=village&limit=200")["items"]
    return str(next(one["code"] for one in villages if one["name"] == village))


def texts(api: Api, village: str) -> dict[str, str]:
    """What the first addresses of a village read, by code."""
    found = api.get(f"/api/v1/addresses?village={code_of(api, village)}&limit=50")["items"]
    return {one["code"]: one["full_text"] for one in found}


def yesterday() -> str:
    return (today() - timedelta(days=1)).isoformat()


def drawn(api: Api, title: str, key: str | None = None) -> dict[str, Any]:
    ends, absorber = (code_of(api, village) for village in DRAWN_ONLY)
    asked = {"kind": "merge", "effective_on": yesterday(), "title": title}
    plan: dict[str, Any] = post(api, PLANS, {**asked, "ends": [ends], "absorber": absorber}, key)
    return plan


@pytest.fixture
def county(api: Api) -> str:
    """The key of an account that approves and draws nothing."""
    return county_key(api)


@pytest.fixture
def town(api: Api, county: str) -> Iterator[Api]:
    """The town, in which every merger is taken back and every plan put aside at the end."""
    yield api
    for plan in api.get(f"{PLANS}?limit=200")["items"]:
        if plan["stage"] == "draft":
            post(api, f"{PLANS}/{plan['id']}/drop", {})
        elif plan["stage"] == "committed" and plan["kind"] == "merge" and not plan["undone_by"]:
            split = post(api, f"{PLANS}/{plan['id']}/undo", {})
            post(api, f"{PLANS}/{split['id']}/commit", {"decree_no": "示例〔2026〕22号"}, county)


def step(page: Page, name: str) -> Locator:
    return page.locator(f"#merger-steps [data-step={name}]")


def collision(page: Page, reads: str) -> Locator:
    return page.locator(f".merger-collision[data-reads='{reads}']")


def open_step(page: Page, name: str) -> None:
    step(page, name).click()
    expect(step(page, name)).to_have_attribute("aria-current", "step")


def open_plan(page: Page, key: str, plan: str, name: str = "check") -> None:
    page.context.clear_cookies()
    sign_in(page, key, "/mergers")
    page.goto(f"/mergers?plan={plan}&step={name}")
    expect(step(page, name)).to_have_attribute("aria-current", "step")
    wait_for_map(page)


def test_a_merger_from_the_choice_of_villages_to_the_split_that_takes_it_back(
    page: Page, town: Api, demo_server: DemoServer, county: str
) -> None:
    before = texts(town, ENDS)
    first = next(code for code, text in before.items() if f"{ENDS}1组" in text)
    second = next(code for code, text in before.items() if f"{ENDS}2组" in text)
    sign_in(page, demo_server.api_key, "/mergers")
    page.get_by_role("button", name="拟定合并方案").click()
    draw = page.get_by_role("button", name="试算")
    expect(draw).to_be_disabled()
    page.get_by_role("checkbox", name=ENDS).check()
    page.get_by_label("并入", exact=True).select_option(label=ABSORBER)
    expect(page.get_by_role("checkbox", name=ABSORBER)).to_be_disabled()
    page.get_by_label("生效日期").fill(yesterday())
    page.get_by_label("方案名称").fill("示例并村")
    draw.click()

    expect(step(page, "check")).to_have_attribute("aria-current", "step")
    expect(page.locator(".merger-table")).to_contain_text(re.compile(r"[0-9.]+ 公顷（[0-9]+ 亩）"))
    expect(page.locator(".merger-good")).to_contain_text("没有重叠、没有缺口")
    addresses = page.locator("details[data-subject=addresses]")
    addresses.locator("summary").click()
    expect(addresses.locator(".merger-before").first).to_contain_text(f"{ENDS}1组")
    expect(addresses.locator(".merger-after").first).to_contain_text(f"{ABSORBER}1组")
    expect(addresses.locator("li")).to_have_count(50)
    addresses.get_by_role("button", name="再看 50 条").click()
    expect(addresses.locator("li")).to_have_count(100)
    after = page.get_by_role("button", name="变更后")
    after.click()
    expect(after).to_have_attribute("aria-pressed", "true")

    open_step(page, "collisions")
    expect(page.locator("#merger-left")).to_contain_text("还有 18 处未决定")
    renaming = collision(page, "1组").locator("fieldset:not(.merger-keeper *) [data-kind=rename]")
    expect(renaming.locator(".merger-before")).to_have_text(f"{ENDS}1组1号")
    collision(page, "1组").locator(
        "fieldset:not(.merger-keeper *) [data-kind=district] input[type=radio]"
    ).focus()
    page.keyboard.press("ArrowDown")
    renaming.get_by_role("textbox").fill("北山组")
    expect(renaming.locator(".merger-after")).to_have_text(f"{ABSORBER}北山组1号")
    page.keyboard.press("Enter")
    expect(page.locator("#merger-left")).to_contain_text("还有 17 处未决定")
    expect(collision(page, "1组")).to_contain_text("已决定")
    expect(collision(page, "2组").locator("input[type=radio]:focus")).to_have_count(1)
    page.get_by_role("button", name="整村保留为片区").click()
    expect(page.locator("#merger-left")).to_have_text("18 处重名都已决定。")
    expect(collision(page, "2组")).to_contain_text(f"{ABSORBER}义字片区2组1号")

    page.reload()
    expect(page.locator("#merger-left")).to_have_text("18 处重名都已决定。")
    expect(page.get_by_role("heading", name="示例并村")).to_be_visible()
    open_step(page, "price")
    expect(page.locator("#merger-main dd").nth(2)).to_have_text(re.compile(r"^[1-9][0-9]* 户$"))
    open_step(page, "decide")
    expect(page.get_by_text("待县级主管部门凭文号批准执行")).to_be_visible()
    expect(page.get_by_role("button", name="批准执行")).to_have_count(0)
    (plan,) = [one for one in town.get(f"{PLANS}?stage=draft")["items"] if one["title"] == "示例并村"]
    wait_for_map(page)

    page.context.clear_cookies()
    sign_in(page, county, "/mergers")
    page.locator(f"[data-plan='{plan['id']}']").click()
    open_step(page, "decide")
    page.get_by_label("批准文号").fill(DECREE)
    page.get_by_role("button", name="批准执行").click()
    expect(page.get_by_text(f"{ENDS}已并入{ABSORBER}")).to_be_visible()
    expect(page.locator(".merger-story")).to_contain_text(DECREE)
    merged = town.get(f"/api/v1/addresses/{first}"), town.get(f"/api/v1/addresses/{second}")
    assert merged[0]["full_text"] == before[first].replace(f"{ENDS}1组", f"{ABSORBER}北山组")
    assert merged[1]["full_text"] == before[second].replace(f"{ENDS}2组", f"{ABSORBER}义字片区2组")
    assert ENDS not in [v["name"] for v in town.get("/api/v1/divisions?level=village&limit=200")["items"]]
    wait_for_map(page)

    open_plan(page, demo_server.api_key, plan["id"], "decide")
    page.get_by_text("恢复旧村（拆分）").click()
    page.get_by_role("button", name="拟定恢复方案").click()
    expect(page.get_by_role("heading", name=f"自{ABSORBER}恢复{ENDS}")).to_be_visible()
    split = page.url.split("plan=")[1].split("&")[0]
    wait_for_map(page)
    open_plan(page, county, split, "decide")
    page.get_by_label("批准文号").fill("示例〔2026〕22号")
    page.get_by_role("button", name="批准执行").click()
    expect(page.get_by_text(f"已设{ENDS}")).to_be_visible()
    assert texts(town, ENDS) == before
    page.get_by_role("button", name="查看原合并方案").click()
    expect(page.locator("#merger-head")).to_contain_text("已恢复")
    wait_for_map(page)


def swap_two_doors(api: Api, village: str, county: str) -> str:
    """Exchange two numbers of a group, by decree; the plan that did it."""
    (group, *_) = api.get(f"/api/v1/places?village={code_of(api, village)}&kind=group&limit=20")["items"]
    doors = api.get(f"/api/v1/addresses?place_id={group['id']}&doors_only=true&limit=2")["items"]
    mains = [int(re.search(r"([0-9]+)号$", door["full_text"])[1]) for door in doors]  # type: ignore[index]
    changes = [{"code": door["code"], "main": main} for door, main in zip(doors, mains[::-1], strict=True)]
    plan = post(api, "/api/v1/renumbering-plans", {"place_id": group["id"], "changes": changes})
    commit_renumbering(api, plan["id"], county)
    return str(plan["id"])


def commit_renumbering(api: Api, plan: str, county: str) -> None:
    decree = {"decree_no": "示例〔2026〕23号", "effective_on": today().isoformat()}
    post(api, f"/api/v1/renumbering-plans/{plan}/commit", decree, county)


def test_a_plan_that_was_overtaken_is_drawn_anew_with_a_kind_word(
    page: Page, town: Api, county: str, watch: Watch
) -> None:
    watch.expect_failure(409)
    plan = drawn(town, "示例并村二")
    ends = next(one for one in plan["summary"]["villages"] if one["part"] == "ends")
    district = {"subject_id": ends["id"], "kind": "district", "name": "塝上片区"}
    post(town, f"{PLANS}/{plan['id']}/choices", {"choices": [district]}, method="PUT")
    open_plan(page, county, plan["id"], "decide")
    swapped = swap_two_doors(town, DRAWN_ONLY[0], county)

    page.get_by_label("批准文号").fill(DECREE)
    page.get_by_role("button", name="批准执行").click()

    expect(page.locator(".merger-word")).to_contain_text("已按现状重新试算")
    expect(step(page, "check")).to_have_attribute("aria-current", "step")
    assert town.get(f"{PLANS}/{plan['id']}")["summary"]["undecided"] == 0
    back = post(town, f"/api/v1/renumbering-plans/{swapped}/undo", {})
    commit_renumbering(town, back["id"], county)
    wait_for_map(page)


def test_a_plan_that_a_colleague_put_aside_meanwhile_is_shown_as_it_is(
    page: Page, town: Api, county: str, watch: Watch
) -> None:
    watch.expect_failure(409)
    plan = drawn(town, "示例并村三")
    open_plan(page, county, plan["id"], "collisions")
    post(town, f"{PLANS}/{plan['id']}/drop", {})

    page.get_by_role("button", name="整村保留为片区").click()

    expect(page.locator(".merger-word")).to_contain_text("别人已经办理了这个方案")
    expect(page.locator("#merger-head")).to_contain_text("已作废")
    wait_for_map(page)


def test_who_drew_a_plan_is_told_that_another_must_approve(page: Page, town: Api, county: str) -> None:
    plan = drawn(town, "示例并村四", county)

    open_plan(page, county, plan["id"], "decide")

    expect(page.get_by_text("方案由本人拟定，须由另一位经办人批准")).to_be_visible()
    expect(page.get_by_role("button", name="批准执行")).to_have_count(0)


def test_on_a_phone_every_step_fits_the_width(phone: Page, town: Api, demo_server: DemoServer) -> None:
    plan = drawn(town, "示例并村五")
    sign_in(phone, demo_server.api_key, "/mergers")
    for path in ["/mergers", "/mergers?new"] + [
        f"/mergers?plan={plan['id']}&step={name}" for name in ("check", "collisions", "price", "decide")
    ]:
        phone.goto(path)
        expect(phone.locator("#merger-main > *").last).to_be_visible()
        wait_for_map(phone)

        assert phone.evaluate("document.documentElement.scrollWidth") <= 390, path
        main = phone.locator("#merger-main")
        assert main.evaluate("main => main.scrollWidth - main.clientWidth") <= 0, path


def test_a_passer_by_is_led_to_the_sign_in(page: Page) -> None:
    page.goto("/mergers")

    expect(page.get_by_role("heading", name="工作人员登录")).to_be_visible()


def test_what_is_wrong_with_a_boundary_is_drawn_and_brought_into_view(
    page: Page, town: Api, demo_server: DemoServer
) -> None:
    """A strip right through a village and beyond it: two pieces are left, and some of it is not the village's."""
    merger = drawn(town, "示例界线")
    source, feature = (
        merger["summary"]["villages"][0],
        merger["summary"]["boundaries"]["before"]["features"][0],
    )
    group = next(place for place in merger["summary"]["places"] if place["village"] == source["name"])
    west, south, east, north = shapely.from_geojson(json.dumps(feature["geometry"])).bounds
    width, height = east - west, north - south
    strip = shapely.box(west + width * 0.45, south - height / 9, west + width * 0.55, north + height / 9)
    asked = {
        "kind": "split",
        "effective_on": yesterday(),
        "title": "示例拆分",
        "source": source["code"],
        "new": {"code": "430626113299", "name": "示例新村"},
        "place_ids": [group["id"]],
        "boundary": json.loads(shapely.to_geojson(strip)),
    }
    plan = post(town, PLANS, asked)
    open_plan(page, demo_server.api_key, plan["id"])

    findings = page.locator(".merger-findings")
    expect(findings.locator(".merger-bad")).to_contain_text(f"不在“{source['name']}”界内")
    expect(findings.locator(".merger-warn").first).to_contain_text("分成互不相连的")
    findings.get_by_role("button", name="在图上看").first.click()
    expect(page.locator("#map")).to_have_attribute("data-state", "busy")
    wait_for_map(page)
    assert reds(page) > 200


def reds(page: Page) -> int:
    """Pixels of the map in the red of what forbids a change."""
    picture = Image.open(BytesIO(page.locator("#map").screenshot())).convert("RGB")
    colours: Any = picture.getcolors(1 << 24)
    return sum(count for count, (r, g, b) in colours if abs(r - 200) + abs(g - 16) + abs(b - 46) < 30)
