"""An extract is sent, followed and reviewed by keyboard; nobody stands in clear on the page.

Every test has a door, people and books of its own: what is decided on a row is remembered for the same text and person.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Api, DemoServer, sign_in
from tests.browser.test_residents_page import await_printed

pytestmark = [pytest.mark.browser, pytest.mark.demo]


@dataclass(frozen=True)
class Case:
    """Which of the village's doors, and who is said to live there."""

    door: int
    book: str
    number: str
    name: str


KEYS = Case(-1, "K", "430626198003021230", "欧阳虚构")
FIRST = Case(-2, "F", "430626198205064327", "司徒虚构")
PHONE = Case(-3, "P", "430626197709131218", "诸葛虚构")
SENT = Case(-4, "V", "430626195501010012", "上官虚构")


def door_of(api: Api, case: Case) -> dict[str, Any]:
    """The card of the case's door."""
    found = api.get(f"/api/v1/search?q={quote('烟舟村')}&limit=8")["items"]
    card: dict[str, Any] = api.get(f"/api/v1/addresses/{found[case.door]['code']}")
    return card


def extract(api: Api, folder: Path, case: Case) -> Path:
    """Four rows in GBK: as the register has it, without its head, without its number, of nowhere."""
    text = door_of(api, case)["full_text"]
    short = text[text.index("烟舟村") :]
    rows = (
        "户号,姓名,公民身份号码,原地址",
        f"{case.book}1,{case.name},{case.number},{text}",
        f"{case.book}2,示例乙,,{short}",
        f"{case.book}3,示例丙,,童市镇烟舟村没有这个屋场{case.book}",
        f"{case.book}4,示例丁,,上海市黄浦区某某弄{case.book}",
    )
    file = folder / "底册.csv"
    file.write_bytes("\n".join(rows).encode("gb18030"))
    return file


def send(page: Page, demo_server: DemoServer, api: Api, folder: Path, case: Case) -> str:
    """Send the file and open its review once it is done; gives its id."""
    await_printed(api)  # one worker does all jobs, one after another
    sign_in(page, demo_server.api_key, "/reconcile")
    page.get_by_text("上传人口底册", exact=True).click()
    page.get_by_label("文件（CSV 或 XLSX）").set_input_files(extract(api, folder, case))
    with page.expect_response(
        lambda one: one.request.method == "POST" and one.url.endswith("/reconciliations")
    ) as sent:
        page.get_by_role("button", name="上传并核对").click()
    extract_id = str(sent.value.json()["id"])
    own = page.locator(f'#extracts li[data-id="{extract_id}"]')
    expect(own).to_have_attribute("data-stage", "done", timeout=60_000)
    expect(own).to_contain_text("一致 1")
    own.get_by_role("button").click()
    expect(page.locator("#rows li").first).to_be_visible()
    return extract_id


def test_rows_are_decided_by_keys_and_a_decision_is_taken_back(
    page: Page, demo_server: DemoServer, api: Api, tmp_path: Path
) -> None:
    send(page, demo_server, api, tmp_path, KEYS)
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

    page.get_by_role("button", name="导出（明文）").click()
    page.get_by_label("用途").select_option("verification")
    page.get_by_label("事由（不写人名、号码）").fill("与派出所核对底册")
    page.get_by_label("文件", exact=True).select_option("csv")
    page.screenshot(path=tmp_path / "export-1280.png")
    with page.expect_download() as download:
        page.get_by_role("button", name="导出并记录").click()
    assert KEYS.number in Path(download.value.path()).read_text(encoding="gb18030")
    expect(page.get_by_role("dialog")).to_be_hidden()

    assert KEYS.number not in page.content()
    assert KEYS.name not in page.content()


def test_a_choice_that_somebody_else_made_first_is_told_and_shown(
    page: Page, demo_server: DemoServer, api: Api, tmp_path: Path, watch: Any
) -> None:
    extract_id = send(page, demo_server, api, tmp_path, FIRST)
    watch.expect_failure(409)
    row = api.get(f"/api/v1/reconciliations/{extract_id}/rows?limit=1")["items"][0]
    with httpx.Client(base_url=api.url, headers={"X-API-Key": api.key}) as other:
        decide(other, row, {"decision": "park"})

    page.keyboard.press("Enter")

    expect(page.locator("#notice")).to_contain_text("第1行已由您处理")
    expect(page.locator("#row")).to_contain_text("已搁置")


def test_the_review_fits_a_phone(phone: Page, demo_server: DemoServer, api: Api, tmp_path: Path) -> None:
    send(phone, demo_server, api, tmp_path, PHONE)
    phone.get_by_role("button", name=re.compile("^采纳")).first.scroll_into_view_if_needed()
    phone.screenshot(path=tmp_path / "reconcile-390.png", full_page=True)

    phone.locator("#accept").tap()

    expect(phone.locator("#row").get_by_role("heading")).to_contain_text("第 2 行")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert phone.evaluate("(m => m.scrollWidth - m.clientWidth)(document.querySelector('main'))") == 0


def decide(client: httpx.Client, row: dict[str, Any], body: dict[str, Any]) -> None:
    """Decide on a row as it was read."""
    url, headers = f"/api/v1/reconciliations/rows/{row['id']}/decision", {"If-Match": str(row["revision"])}
    client.post(url, json=body, headers=headers).raise_for_status()


@pytest.fixture
def village_key(api: Api) -> Iterator[str]:
    """A key of an officer of the case's village, who has rows waiting: one with a candidate, one without."""
    await_printed(api)
    card = door_of(api, SENT)
    rows = (
        "户号,姓名,公民身份号码,原地址",
        f"V1,{SENT.name},{SENT.number},{card['full_text']}隔壁",
        "V2,示例乙,,童市镇烟舟村没有这个屋场V",
    )
    with httpx.Client(base_url=api.url, headers={"X-API-Key": api.key}, timeout=60) as client:
        file = {"file": ("底册.csv", "\n".join(rows).encode("gb18030"))}
        sent = client.post("/api/v1/reconciliations", data={"division": "430626113"}, files=file)
        url = f"/api/v1/reconciliations/{sent.raise_for_status().json()['id']}"
        for _ in range(120):
            if client.get(url).json()["stage"] == "done":
                break
            time.sleep(0.5)
        for row in client.get(f"{url}/rows?limit=2").json()["items"]:
            decide(client, row, {"decision": "village", "village_code": card["village_code"]})
        body = {"name": "示例烟舟村核实员", "role": "village", "division_code": card["village_code"]}
        user = client.post("/api/v1/users", json=body).raise_for_status().json()
        key = (
            client.post(f"/api/v1/users/{user['id']}/keys", json={"label": "示例"}).raise_for_status().json()
        )
        yield key["secret"]


def test_a_village_officer_answers_what_was_sent_on_a_phone(
    phone: Page, village_key: str, api: Api, tmp_path: Path
) -> None:
    sign_in(phone, village_key, "/reconcile")
    rows = phone.locator("#sent-rows > li")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("430626********0012")
    phone.screenshot(path=tmp_path / "sent-390.png", full_page=True)

    rows.first.get_by_role("button", name="是这里").first.tap()
    expect(phone.locator("#notice")).to_contain_text("已答复")
    expect(rows).to_have_count(1)
    rows.first.get_by_role("button", name="查不到，退回").tap()

    expect(rows).to_have_text("没有等待核实的行。")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert SENT.name not in phone.content()
    assert phone.locator("#send").count() == 0
    left = httpx.get(f"{api.url}/api/v1/village-rows", headers={"X-API-Key": village_key}).json()["items"]
    assert left == []
