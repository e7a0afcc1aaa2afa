"""A dictionary is taken on the page of the exchange and its pairs are decided; also on a phone."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DemoServer, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.demo]


def given(folder: Path, name: str, text: str) -> Path:
    """A file as an office sends it, in GBK."""
    path = folder / name
    path.write_bytes(text.encode("gbk"))
    return path


def test_a_dictionary_is_taken_and_its_pairs_are_decided(
    page: Page, demo_server: DemoServer, tmp_path: Path
) -> None:
    sign_in(page, demo_server.api_key, "/exchange")
    rows = "居村委会代码,居村委会名称\n430626113208,烟舟村委会\n430626113222,桃花村委会\n,无码村委会\n"
    page.locator("#dictionary-kind").select_option(label="居村委会")
    page.locator("#dictionary-file").set_input_files(given(tmp_path, "居村委会.csv", rows))

    page.get_by_role("button", name="导入字典").press("Enter")

    expect(page.locator("#dictionary-report")).to_contain_text("新增 2")
    expect(page.locator("#dictionary-report li")).to_contain_text("缺少编码")
    pair = page.locator("#pairs li", has_text="烟舟村委会")
    expect(pair).to_contain_text("名称相同：烟舟村，代码也相同")
    page.screenshot(path=tmp_path / "dictionary-1280.png", full_page=True)
    pair.get_by_role("button", name="采纳", exact=True).press("Enter")
    expect(pair).to_have_count(0)
    page.get_by_role("button", name="采纳名称相同且无歧义的 1 条").click()
    expect(page.locator("#crosswalk-counts")).to_contain_text("居村委会已采纳 2")
    page.locator("#pair-state").select_option(label="已采纳")
    expect(page.locator("#pairs li", has_text="桃花村")).to_contain_text("终止")
    expect(page.locator("#papers-progress")).to_be_visible()


def test_on_a_phone_the_office_s_parts_stay_within_the_edges(
    phone: Page, demo_server: DemoServer, tmp_path: Path
) -> None:
    sign_in(phone, demo_server.api_key, "/exchange")
    expect(phone.locator("#papers li").first).to_be_attached()
    phone.locator("#office-dictionaries").scroll_into_view_if_needed()
    phone.screenshot(path=tmp_path / "office-390.png", full_page=True)

    assert phone.evaluate("document.querySelector('main').scrollWidth") <= 390
