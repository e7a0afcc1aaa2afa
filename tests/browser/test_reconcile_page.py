"""An extract is sent, followed and reviewed by keyboard; nobody stands in clear on the page."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Api, DemoServer, sign_in
from tests.browser.test_residents_page import await_printed

pytestmark = [pytest.mark.browser, pytest.mark.demo]

NUMBER, NAME = "430626198003021230", "欧阳虚构"


def extract(api: Api, folder: Path) -> Path:
    """Four rows in GBK: as the register has it, without its head, without its number, of nowhere."""
    card: dict[str, Any] = api.some_address("烟舟村")
    text = card["full_text"]
    short = text[text.index("烟舟村") :]
    rows = (
        "户号,姓名,公民身份号码,原地址",
        f"H1,{NAME},{NUMBER},{text}",
        f"H2,示例乙,,{short}",
        f"H3,示例丙,,童市镇烟舟村没有这个屋场{len(text)}",
        "H4,示例丁,,上海市黄浦区某某弄",
    )
    file = folder / "底册.csv"
    file.write_bytes("\n".join(rows).encode("gb18030"))
    return file


def send(page: Page, demo_server: DemoServer, api: Api, folder: Path) -> None:
    """Send the file and open its review once it is done."""
    await_printed(api)  # one worker does all jobs, one after another
    sign_in(page, demo_server.api_key, "/reconcile")
    page.get_by_text("上传人口底册", exact=True).click()
    page.get_by_label("文件（CSV 或 XLSX）").set_input_files(extract(api, folder))
    page.get_by_role("button", name="上传并核对").click()
    newest = page.locator("#extracts li").first
    expect(newest).to_have_attribute("data-stage", "done", timeout=60_000)
    expect(newest).to_contain_text("一致 1")
    newest.get_by_role("button").click()
    expect(page.locator("#rows li").first).to_be_visible()


def test_rows_are_decided_by_keys_and_a_decision_is_taken_back(
    page: Page, demo_server: DemoServer, api: Api, tmp_path: Path
) -> None:
    send(page, demo_server, api, tmp_path)
    row = page.locator("#row")
    expect(row.get_by_role("heading")).to_contain_text("第 1 行 一致")
    expect(row.locator(".element.village")).to_have_text("烟舟村")
    expect(row).to_contain_text("430626********1230")
    page.screenshot(path=tmp_path / "reconcile-1280.png")
    before = int(re.sub(r"\D", "", page.locator("#open-count").inner_text()))

    page.keyboard.press("Enter")
    expect(row.get_by_role("heading")).to_contain_text("第 2 行")
    expect(page.locator("#open-count")).to_have_text(f"未核定 {before - 1} 行")
    page.keyboard.press("u")
    expect(row.get_by_role("heading")).to_contain_text("第 1 行")
    expect(row).to_contain_text("尚未核定")
    expect(page.locator("#open-count")).to_have_text(f"未核定 {before} 行")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("p")
    expect(page.locator("#rows li").nth(2).locator("button")).to_have_class("done")
    page.keyboard.press("k")
    expect(row).to_contain_text("已搁置")

    assert NUMBER not in page.content()
    assert NAME not in page.content()
