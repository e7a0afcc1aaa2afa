"""A consumer is registered, its package downloaded under a made passphrase and acknowledged; also on a phone."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from address_service.reconcile.package import open_package
from tests.browser.conftest import DemoServer, Watch, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.demo]


def register(page: Page, name: str, village: str = "烟舟村", *, from_now: bool = False) -> None:
    """By keyboard: a consumer that knows no address of a village yet, or all of today's."""
    expect(page.get_by_role("button", name="登记", exact=True, include_hidden=True)).to_be_enabled()
    page.get_by_text("登记接收单位", exact=True).focus()
    if not page.locator("#registering").evaluate("box => box.open"):
        page.keyboard.press("Enter")
    page.get_by_label("单位名称").fill(name)
    page.get_by_label("告知哪个区划的地址").select_option(label=village)
    if not from_now:
        page.get_by_label("对方已有现行地址，只告知今后的变更").press("Space")
    page.get_by_role("button", name="登记", exact=True).press("Enter")
    expect(page.locator("#consumers")).to_contain_text(name)


def test_a_package_is_issued_downloaded_and_acknowledged(
    page: Page, demo_server: DemoServer, watch: Watch, tmp_path: Path
) -> None:
    sign_in(page, demo_server.api_key, "/exchange")
    register(page, "示例县公安局")
    card = page.locator("#consumers li", has_text="示例县公安局")
    expect(card).to_contain_text("尚无已确认的包")
    card.get_by_role("button", name="生成下一包").click()
    expect(page.get_by_role("heading", name="示例县公安局 第 1 包")).to_be_visible(
        timeout=60_000
    )  # positions are given
    expect(page.locator("#rows li").first).to_contain_text("（新增）")
    page.get_by_role("button", name="随机生成").click()
    passphrase = page.get_by_label("开包口令").input_value()
    page.screenshot(path=tmp_path / "exchange-1280.png", full_page=True)

    with page.expect_download() as downloading:
        page.get_by_role("button", name="下载加密压缩包").click()
    opened = open_package(downloading.value.path().read_bytes(), passphrase)

    assert re.fullmatch(r"(\w{4}-){4}\w{4}", passphrase)
    assert downloading.value.suggested_filename == "mapping-0001.zip"
    expect(page.locator("#facts")).to_contain_text(opened.digest)

    page.get_by_label("对方所导入包的摘要").fill("0" * 64)
    page.get_by_label("对方已导入完成").check()
    watch.expect_failure(409)
    page.get_by_role("button", name="确认已导入").click()
    expect(page.locator("#acknowledge [role=alert]")).to_contain_text("对方导入的不是这个包")
    expect(page.get_by_label("对方所导入包的摘要")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("对方所导入包的摘要").fill(opened.digest)
    page.get_by_label("对方已导入完成").check()
    page.get_by_role("button", name="确认已导入").click()
    expect(card).to_contain_text("已确认到第 1 包")
    expect(page.locator("#acknowledge")).to_be_hidden()

    watch.expect_failure(409)
    card.get_by_role("button", name="生成下一包").click()
    expect(page.locator("#notice")).to_contain_text("没有新的地址变更")


def test_on_a_phone_the_page_stays_within_its_edges(
    phone: Page, demo_server: DemoServer, tmp_path: Path
) -> None:
    sign_in(phone, demo_server.api_key, "/exchange")
    register(phone, "示例县民政局的一个名称较长的接收单位")
    phone.locator("#consumers li", has_text="名称较长").get_by_role("button").tap()
    expect(phone.locator("#rows li").first).to_be_visible(timeout=60_000)
    phone.screenshot(path=tmp_path / "exchange-390.png", full_page=True)

    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert phone.evaluate("document.querySelector('main').scrollWidth") <= 390
