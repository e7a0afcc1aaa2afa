"""A receipt comes back, its refused row is settled, a dictionary is taken and its pairs decided; also on a phone."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DemoServer, Watch, sign_in
from tests.browser.test_exchange_page import register

pytestmark = [pytest.mark.browser, pytest.mark.demo]


def given(folder: Path, name: str, text: str) -> Path:
    """A file as an office sends it, in GBK."""
    path = folder / name
    path.write_bytes(text.encode("gbk"))
    return path


def test_a_receipt_is_taken_and_its_refused_row_settled(
    page: Page, demo_server: DemoServer, watch: Watch, tmp_path: Path
) -> None:
    sign_in(page, demo_server.api_key, "/exchange")
    register(page, "示例回执单位")
    page.locator("#consumers li", has_text="示例回执单位").get_by_role("button", name="生成下一包").click()
    expect(page.get_by_role("heading", name="示例回执单位 第 1 包")).to_be_visible()
    page.get_by_label("哪个包的回执").select_option(label="示例回执单位 第 1 包")

    page.get_by_label("回执文件").set_input_files(given(tmp_path, "别包.csv", "包号,对照号,结果\n9,1,接受\n"))
    watch.expect_failure(409)
    page.get_by_role("button", name="收回执").press("Enter")
    expect(page.locator("#receipt [role=alert]")).to_contain_text("不是第 1 号包的")
    lines = "包号,对照号,结果,原因\n1,1,拒绝,门牌不存在\n1,2,接受,\n1,99999,接受,\n"
    page.get_by_label("回执文件").set_input_files(given(tmp_path, "回执.csv", lines))
    page.get_by_role("button", name="收回执").press("Enter")

    expect(page.locator("#receipt-report")).to_contain_text("接受 1，拒绝 1")
    expect(page.locator("#receipt-report li")).to_contain_text("包内没有这个对照号")
    row = page.locator("#refusals li", has_text="示例回执单位 第 1 包 1 号")
    expect(row).to_contain_text("原因：门牌不存在")
    page.screenshot(path=tmp_path / "receipt-1280.png", full_page=True)
    watch.expect_failure(422)
    row.get_by_role("button", name="不再下发").click()
    expect(page.locator("#notice")).to_contain_text("不再下发须说明理由")
    row.get_by_label("第 1 包 1 号的处理说明").fill("此门已无人居住")
    row.get_by_role("button", name="不再下发").click()
    expect(row).to_have_count(0)


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
