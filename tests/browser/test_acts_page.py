"""Two doors of a group swap their numbers: tried, asked for with a scan by the clerk, decided by the county."""

from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import Api, DemoServer, sign_in
from tests.browser.test_counter_page import county_key
from tests.store.test_scans import pdf

pytestmark = [pytest.mark.browser, pytest.mark.demo]

VILLAGE = "白花村"  # which no other test of the town names
DECREE = "平民地〔2026〕41号"


def ten_and_eleven(api: Api) -> tuple[dict[str, Any], dict[str, Any]]:
    """Doors 10 and 11 of one group of the village."""
    villages = api.get("/api/v1/divisions?level=village&limit=200")["items"]
    code = next(one["code"] for one in villages if one["name"] == VILLAGE)
    doors = api.get(f"/api/v1/addresses?village={code}&stage=current&limit=500")["items"]
    wanted = sorted(
        (d for d in doors if d["number"] in ("10号", "11号")), key=lambda d: (d["place_id"], d["main"])
    )
    for _, pair in groupby(wanted, key=lambda d: d["place_id"]):
        found = [d for d in pair if not d["room"]]
        if len(found) == 2:
            return found[0], found[1]
    raise AssertionError("the village has no group with doors 10 and 11")


def ask_for_swap(page: Page, ten: dict[str, Any], eleven: dict[str, Any]) -> None:
    """By keyboard, up to the dry run."""
    page.get_by_label("地址", exact=True).fill(ten["code"])
    page.keyboard.press("Enter")
    expect(page.get_by_label("办理什么")).to_be_focused()
    page.get_by_label("办理什么").select_option(label="与另一门对调")
    page.get_by_label("与哪个门对调").fill(eleven["code"])
    page.get_by_label("事由").fill("示例：两户门牌钉反")
    page.get_by_role("button", name="试算").press("Enter")


def test_two_doors_swap_by_a_clerk_and_the_county(
    page: Page, api: Api, demo_server: DemoServer, tmp_path: Path
) -> None:
    (ten, eleven), content = ten_and_eleven(api), pdf()
    sign_in(page, demo_server.api_key, "/acts")
    ask_for_swap(page, ten, eleven)
    outlook = page.locator("#outlook")
    expect(outlook).to_contain_text("试算结果（尚未写入）")
    expect(outlook.locator(".readings li")).to_have_text(
        [f"{ten['full_text']} → {eleven['full_text']}", f"{eleven['full_text']} → {ten['full_text']}"]
    )
    page.screenshot(path=tmp_path / "acts-1280.png", full_page=True)
    scan: FilePayload = {"name": "申请.pdf", "mimeType": "application/pdf", "buffer": content}
    page.get_by_label("批文或申请的扫描件").set_input_files(scan)
    page.get_by_role("button", name="提交审批").press("Enter")
    expect(page.locator("#plans li", has_text=VILLAGE)).to_contain_text("示例：两户门牌钉反")

    page.context.clear_cookies()
    sign_in(page, county_key(api), "/acts")
    expect(page.locator("#act-desk")).to_have_count(0)
    waiting = page.locator("#plans li", has_text=VILLAGE)
    waiting.locator("summary").press("Enter")
    with page.expect_download() as downloading:
        waiting.get_by_role("link", name="申请.pdf").click()
    waiting.get_by_role("button", name="试算").press("Enter")
    expect(waiting.locator(".readings li")).to_have_count(2)
    page.set_viewport_size({"width": 390, "height": 844})
    page.screenshot(path=tmp_path / "acts-390.png", full_page=True)
    width = page.evaluate(
        "[document.documentElement, document.querySelector('main')].map(e => e.scrollWidth)"
    )
    waiting.get_by_label("文号").fill(DECREE)
    waiting.get_by_role("button", name="批准执行").press("Enter")
    expect(page.locator("#notice")).to_have_text("已执行")

    assert downloading.value.path().read_bytes() == content
    assert max(width) <= 390
    assert api.get(f"/api/v1/addresses/{ten['code']}")["full_text"] == eleven["full_text"]
    assert api.get(f"/api/v1/addresses/{eleven['code']}")["full_text"] == ten["full_text"]


def test_a_clerk_records_what_a_house_is_called_and_ends_it(
    page: Page, api: Api, demo_server: DemoServer, tmp_path: Path
) -> None:
    door, _ = ten_and_eleven(api)
    called = f"{VILLAGE}示例油榨坊"
    sign_in(page, demo_server.api_key, "/acts")

    page.get_by_label("哪条地址的别名").fill(door["code"])
    page.keyboard.press("Enter")
    expect(page.get_by_label("种类")).to_be_focused()
    page.get_by_label("别名文字").fill(called)
    page.get_by_label("自哪天起").fill("2020-01-01")
    page.get_by_label("来源").fill("示例：村民口述")
    page.get_by_label("来源").press("Enter")
    row = page.locator("#aliases li", has_text=called)
    expect(row).to_contain_text("2020-01-01起 · 示例：村民口述")
    page.screenshot(path=tmp_path / "aliases-1280.png", full_page=True)
    page.set_viewport_size({"width": 390, "height": 844})
    page.screenshot(path=tmp_path / "aliases-390.png", full_page=True)
    width = page.evaluate(
        "[document.documentElement, document.querySelector('main')].map(e => e.scrollWidth)"
    )
    targets = [one["code"] for one in api.get(f"/api/v1/resolve?text={called}")["targets"]]
    page.once("dialog", lambda dialog: dialog.accept())
    row.get_by_role("button", name="终止").press("Enter")
    expect(row).to_contain_text("起不再使用")

    assert targets == [door["code"]]
    assert max(width) <= 390
    expect(row.get_by_role("button")).to_have_count(0)
