"""A receipt comes back, its refused row is settled, a dictionary is taken and its pairs decided; also on a phone."""

import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Api, DemoServer, Watch, sign_in
from tests.browser.test_counter_page import county_key
from tests.browser.test_exchange_page import register
from tests.browser.test_mergers import today

pytestmark = [pytest.mark.browser, pytest.mark.demo]

VILLAGE = "优良村"  # where people are registered, and which no other test of the town names


def given(folder: Path, name: str, text: str) -> Path:
    """A file as an office sends it, in GBK."""
    path = folder / name
    path.write_bytes(text.encode("gbk"))
    return path


def post(api: Api, path: str, body: dict[str, Any], key: str = "", revision: int | None = None) -> Any:
    """The answer of a write by another account or beside the page."""
    headers = {"X-API-Key": key or api.key, **({} if revision is None else {"If-Match": f'"{revision}"'})}
    return httpx.post(api.url + path, json=body, headers=headers, timeout=60).raise_for_status().json()


def renumbered(api: Api, village: str) -> list[str]:
    """Two doors of a village, each of one household, that get a number far away; gives what they read now."""
    code = next(
        one["code"]
        for one in api.get("/api/v1/divisions?level=village&limit=200")["items"]
        if one["name"] == village
    )
    homes = Counter(
        one["home"]["address_code"]
        for one in api.get(f"/api/v1/households?village={code}&limit=500")["items"]
        if one["home"] and one["person_count"]
    )
    doors = [one for one, households in homes.items() if households == 1][:2]
    county = county_key(api)
    assert len(doors) == 2
    for main, door in enumerate(doors, start=9001):
        change = {"kind": "correct", "code": door, "number": {"main": main}, "since": today().isoformat()}
        asked = post(api, "/api/v1/address-changes", change)
        body = {"decree_no": f"示例〔2026〕{main}号"}
        post(api, f"/api/v1/address-changes/{asked['id']}/commit", body, county)
    return [api.get(f"/api/v1/addresses/{door}")["full_text"] for door in doors]


def other_key(api: Api) -> str:
    """The key of a second administrator."""
    body = {"name": f"示例复核{time.time_ns()}", "role": "admin", "division_code": "430626"}
    account = post(api, "/api/v1/users", body)
    return str(post(api, f"/api/v1/users/{account['id']}/keys", {"label": "测试"})["secret"])


def test_a_receipt_is_taken_its_refused_row_settled_and_the_papers_of_the_accepted_one_are_handed_out(
    page: Page, api: Api, demo_server: DemoServer, watch: Watch, tmp_path: Path
) -> None:
    sign_in(page, demo_server.api_key, "/exchange")
    register(page, "示例回执单位", VILLAGE, from_now=True)
    now_read = renumbered(api, VILLAGE)
    page.locator("#consumers li", has_text="示例回执单位").get_by_role("button", name="生成下一包").click()
    expect(page.get_by_role("heading", name="示例回执单位 第 1 包")).to_be_visible()
    expect(page.locator("#rows li")).to_have_count(2)
    page.get_by_label("哪个包的回执").select_option(label="示例回执单位 第 1 包")

    page.get_by_label("回执文件").set_input_files(given(tmp_path, "别包.csv", "包号,对照号,结果\n9,1,接受\n"))
    watch.expect_failure(409)
    page.get_by_role("button", name="收回执").press("Enter")
    expect(page.locator("#receipt [role=alert]")).to_contain_text("不是第 1 号包的")
    lines = "包号,对照号,结果,原因\n1,1,拒绝,门牌不存在\n1,2,接受,\n1,99999,接受,\n"
    page.get_by_label("回执文件").set_input_files(given(tmp_path, "回执.csv", lines))
    page.get_by_role("button", name="收回执").press("Enter")

    expect(page.locator("#receipt-report")).to_contain_text("接受 1，拒绝 1")
    expect(page.locator("#receipt-report")).to_contain_text("待换发证件 2，本包已确认")
    expect(page.locator("#receipt-report li")).to_contain_text("包内没有这个对照号")
    row = page.locator("#refusals li", has_text="示例回执单位 第 1 包 1 号")
    expect(row).to_contain_text("原因：门牌不存在")
    expect(page.locator("#acknowledge")).to_be_hidden()
    page.locator("#office-receipts").screenshot(path=tmp_path / "receipt-1280.png")
    watch.expect_failure(422)
    row.get_by_role("button", name="不再下发").click()
    expect(page.locator("#notice")).to_contain_text("不再下发须说明理由")
    row.get_by_label("第 1 包 1 号的处理说明").fill("此门已无人居住")
    row.get_by_role("button", name="不再下发").click()
    expect(row).to_have_count(0)

    (reads,) = [text for text in now_read if page.locator("#papers li", has_text=text).count()]
    hand_out(page, api, watch, reads, tmp_path)


def hand_out(page: Page, api: Api, watch: Watch, reads: str, pictures: Path) -> None:
    """The two papers of one household: one all the way, the other advanced by somebody else behind the page."""
    papers = page.locator("#papers li", has_text=reads)
    expect(papers).to_have_count(2)
    expect(page.locator("#papers-progress")).to_contain_text(f"{VILLAGE}：待换发 2")
    book, form = papers.filter(has_text="户口簿"), papers.filter(has_text="常住人口登记表")
    others = [one for one in api.get("/api/v1/papers?limit=500")["items"] if one["new_text"] == reads]
    (other,) = [one for one in others if one["kind"] == "resident_form"]

    book.get_by_role("button", name="记为已办好").press("Enter")
    expect(book).to_have_count(0)
    expect(papers).to_be_focused()
    advance = f"/api/v1/papers/{other['id']}/state"
    post(api, advance, {"state": "issued"}, revision=other["revision"])
    watch.expect_failure(412)
    form.get_by_role("button", name="记为已办好").press("Enter")

    expect(page.locator("#notice")).to_have_text("这份证件刚有更改，请看过再办")
    expect(papers).to_have_count(0)
    expect(page.locator("#papers-progress")).to_contain_text(f"{VILLAGE}：已办好 2")
    page.locator("#paper-state").select_option(label="已办好")
    expect(book).to_contain_text("示例管理员 办好")
    section = page.locator("#office-papers")
    section.screenshot(path=pictures / "papers-1280.png")
    page.set_viewport_size({"width": 390, "height": 844})
    section.screenshot(path=pictures / "papers-390.png")
    assert page.evaluate("document.querySelector('main').scrollWidth") <= 390
    book.get_by_role("button", name="记为已领取").press("Enter")
    expect(book).to_have_count(0)
    page.locator("#paper-state").select_option(label="已领取")
    expect(book).to_contain_text("示例管理员 发出")
    expect(book.get_by_role("button")).to_have_count(0)


def test_a_dictionary_is_taken_its_pairs_are_decided_and_one_is_proposed_by_hand(
    page: Page, api: Api, demo_server: DemoServer, watch: Watch, tmp_path: Path
) -> None:
    sign_in(page, demo_server.api_key, "/exchange")
    rows = "居村委会代码,居村委会名称\n430626113208,烟舟村委会\n430626113222,桃花村委会\n,无码村委会\n"
    rows += "430626113999,码头居委会\n"
    page.locator("#dictionary-kind").select_option(label="居村委会")
    page.locator("#dictionary-file").set_input_files(given(tmp_path, "居村委会.csv", rows))

    page.get_by_role("button", name="导入字典").press("Enter")

    expect(page.locator("#dictionary-report")).to_contain_text("新增 3")
    expect(page.locator("#dictionary-report li")).to_contain_text("缺少编码")
    pair = page.locator("#pairs li", has_text="烟舟村委会")
    expect(pair).to_contain_text("名称相同：烟舟村，代码也相同")
    page.locator("#office-dictionaries").screenshot(path=tmp_path / "dictionary-1280.png")
    pair.get_by_role("button", name="采纳", exact=True).press("Enter")
    expect(pair).to_have_count(0)
    page.get_by_role("button", name="采纳名称相同且无歧义的 1 条").click()
    expect(page.locator("#crosswalk-counts")).to_contain_text("居村委会已采纳 2")
    page.locator("#pair-state").select_option(label="已采纳")
    expect(page.locator("#pairs li", has_text="桃花村")).to_contain_text("终止")
    propose_by_hand(page, api, watch, tmp_path)


def propose_by_hand(page: Page, api: Api, watch: Watch, pictures: Path) -> None:
    """A committee of another name is said to be a village: by one account, and accepted by another alone."""
    page.get_by_text("人工提出对照").press("Enter")
    page.locator("#propose-kind").select_option(label="居村委会")
    page.get_by_label("字典条目").fill("没有的居委会")
    page.get_by_label("对应的乡镇或村居").select_option(label=VILLAGE)
    page.get_by_label("理由").fill("示例：码头居委会管优良村的户口")
    page.get_by_role("button", name="提出", exact=True).press("Enter")
    expect(page.locator("#propose [role=alert]")).to_have_text("请从提示中选一条字典条目")
    expect(page.get_by_label("字典条目")).to_be_focused()
    page.get_by_label("字典条目").fill("码头")
    expect(page.locator("#propose-entries option")).to_have_attribute("value", "码头居委会（430626113999）")
    page.locator("#office-dictionaries").screenshot(path=pictures / "propose-1280.png")
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator("#office-dictionaries").screenshot(path=pictures / "propose-390.png")
    assert page.evaluate("document.querySelector('main').scrollWidth") <= 390
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_label("字典条目").fill("码头居委会（430626113999）")
    page.get_by_role("button", name="提出", exact=True).press("Enter")

    pair = page.locator("#pairs li", has_text="码头居委会")
    expect(pair).to_contain_text("人工提出：示例：码头居委会管优良村的户口")
    expect(pair).to_contain_text("示例管理员 提出，须他人采纳")
    watch.expect_failure(409)
    pair.get_by_role("button", name="采纳", exact=True).press("Enter")
    expect(page.locator("#notice")).to_have_text("自己提出的对照须由他人采纳")
    (known,) = [
        one for one in api.get("/api/v1/crosswalk?ground=person")["items"] if one["name"] == "码头居委会"
    ]
    body = {"verdict": "accept"}
    done = post(api, f"/api/v1/crosswalk/{known['id']}/decision", body, other_key(api), known["revision"])
    page.locator("#pair-state").select_option(label="已采纳")
    expect(pair).to_contain_text("终止")
    assert done["state"] == "accepted"
    assert done["decided_by"] != "示例管理员"


def test_on_a_phone_the_office_s_parts_stay_within_the_edges(
    phone: Page, demo_server: DemoServer, tmp_path: Path
) -> None:
    sign_in(phone, demo_server.api_key, "/exchange")
    expect(phone.locator("#papers li").first).to_be_attached()
    phone.locator("#office-dictionaries").scroll_into_view_if_needed()
    phone.screenshot(path=tmp_path / "office-390.png", full_page=True)

    assert phone.evaluate("document.querySelector('main').scrollWidth") <= 390
