"""People, households and houses: found, walked through, revealed for a reason, and left without a trace."""

import csv
import re
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Api, DemoServer, Watch, sign_in
from tests.browser.test_accounts import PASSWORD, enter

pytestmark = [pytest.mark.browser, pytest.mark.demo]

LIST = Path(__file__).parents[2] / "gis_data" / "tongshi" / "data" / "residents.csv"
OWN, OTHER = "烟舟村", "义字村"
OWN_CODE = "430626113208"

# Whatever a browser keeps of a site, as one text.
KEPT = """async () => {
  const kept = [document.documentElement.outerHTML, location.href, document.cookie, JSON.stringify(history.state)];
  for (const store of [localStorage, sessionStorage]) kept.push(JSON.stringify({...store}));
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) kept.push(request.url, await (await cache.match(request)).text());
  }
  for (const { name } of await indexedDB.databases()) kept.push(`database ${name}`);
  for (const field of document.querySelectorAll('input, textarea')) kept.push(field.value);
  return kept.join('\\n');
}"""


def person_of(village: str) -> dict[str, str]:
    """The first head of a household in a village of the sample's list."""
    with LIST.open(encoding="gb18030", newline="") as source:
        rows = csv.DictReader(source)
        return next(row for row in rows if village in row["户籍地址"] and row["与户主关系"] == "户主")


def officer(page: Page, api: Api) -> None:
    """Open an account of a village's committee and sign in with it."""
    name, headers = f"示例村文书{time.time_ns()}", {"X-API-Key": api.key}
    body = {"name": name, "role": "village", "division_code": OWN_CODE}
    with httpx.Client(base_url=api.url, headers=headers, timeout=60) as client:
        made = client.post("/api/v1/users", json=body).raise_for_status().json()
        given = client.post(f"/api/v1/users/{made['id']}/password").raise_for_status().json()["password"]
    enter(page, name, given)
    page.get_by_label("当前口令").fill(given)
    page.get_by_label("新口令", exact=True).fill(PASSWORD)
    page.get_by_label("再输一次新口令").fill(PASSWORD)
    page.get_by_label("再输一次新口令").press("Enter")
    expect(page.get_by_role("status").filter(has_text="口令已更改")).to_be_visible()
    page.goto("/residents")


def await_printed(api: Api) -> None:
    """Until the demo's worker has printed every batch."""
    for _ in range(300):
        stages = {batch["stage"] for batch in api.get("/api/v1/plate-batches?limit=1000")["items"]}
        if stages <= {"printed", "made"}:
            return
        time.sleep(1)
    raise AssertionError(f"batches are still {stages}")


def look_up(page: Page, by: str, value: str) -> None:
    page.get_by_label("按", exact=True).select_option(label=by)
    page.get_by_label("内容（须完整）").fill(value)
    page.get_by_label("内容（须完整）").press("Enter")


def open_reveal(page: Page) -> None:
    page.get_by_role("button", name="查看明文").press("Enter")
    page.get_by_role("dialog").get_by_label("用途").select_option(label="核对身份")
    page.get_by_role("dialog").get_by_label("事由").fill("核对户口簿")


def test_an_officer_finds_reveals_and_leaves_nothing_behind(page: Page, api: Api, watch: Watch) -> None:
    known, foreign = person_of(OWN), person_of(OTHER)
    number, masked = known["公民身份号码"], known["公民身份号码"][:6] + "*" * 8 + known["公民身份号码"][-4:]
    watch.expect_failure(422)
    officer(page, api)
    view = page.locator("#view")
    expect(page.get_by_text("均为虚构")).to_be_visible()

    expect(page.get_by_label("村（社区）").locator("option")).to_have_text(["辖区内全部", OWN])
    page.get_by_role("button", name="列出各户").press("Enter")
    expect(view.get_by_role("row").filter(has_text=OWN)).to_have_count(36)
    look_up(page, "公民身份号码", foreign["公民身份号码"])
    expect(view).to_contain_text("辖区内没有")

    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    look_up(page, "公民身份号码", wrong)
    expect(view.get_by_role("alert")).to_contain_text("校验码不符")
    expect(page.get_by_label("内容（须完整）")).to_have_value(wrong)

    look_up(page, "公民身份号码", number)
    expect(page.get_by_label("内容（须完整）")).to_have_value("")
    row = view.get_by_role("row").filter(has_text=masked)
    expect(row).to_contain_text(known["姓名"][0] + "**")
    row.get_by_role("button", name="户主").press("Enter")
    expect(view.get_by_role("heading", level=2)).to_contain_text("的户")
    expect(view).to_contain_text(known["何时来本址"])
    view.get_by_role("row").filter(has_text="户主").get_by_role("button").first.press("Enter")
    open_reveal(page)
    page.get_by_role("button", name="查看并记录").press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text(number)
    expect(page.get_by_role("dialog")).to_contain_text("本次查看已记录")
    page.keyboard.press("Escape")
    expect(page.get_by_text(number)).to_have_count(0)

    assert page.url == f"{api.url}/residents"
    page.get_by_role("button", name="退出").click()
    expect(page).to_have_url(re.compile("/sign-in$"))
    after = page.evaluate(KEPT)
    page.go_back(wait_until="load")
    expect(page.get_by_label("账户名")).to_be_visible()
    back = page.evaluate(KEPT)

    planted = [number, known["姓名"], known["户号"], masked, "核对户口簿"]
    assert [word for word in planted if word in after or word in back] == []
    assert [
        url for url in watch.requests if any(word in url for word in [number, foreign["公民身份号码"]])
    ] == []


def test_a_page_that_is_left_forgets_whom_it_showed(page: Page, demo_server: DemoServer) -> None:
    known = person_of(OWN)
    sign_in(page, demo_server.api_key, "/residents")
    look_up(page, "公民身份号码", known["公民身份号码"])
    page.locator("#view").get_by_role("button", name=known["姓名"][0] + "**").press("Enter")
    expect(page.locator("#view")).to_contain_text("户籍")
    page.get_by_label("内容（须完整）").fill(known["姓名"])

    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")

    expect(page.locator("#view")).to_be_empty()
    expect(page.get_by_label("内容（须完整）")).to_have_value("")


def test_clear_values_go_when_the_tab_is_hidden_or_the_minute_is_over(
    page: Page, demo_server: DemoServer
) -> None:
    known = person_of(OWN)
    page.clock.install()
    sign_in(page, demo_server.api_key, "/residents")
    look_up(page, "姓名", known["姓名"])
    page.locator("#view").get_by_role("button", name=known["姓名"][0] + "**").first.press("Enter")
    shown = page.get_by_role("dialog").get_by_text(known["姓名"])

    open_reveal(page)
    page.get_by_role("button", name="查看并记录").press("Enter")
    expect(shown).to_be_visible()
    page.evaluate("""() => {
      Object.defineProperty(document, 'hidden', { value: true, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
      delete document.hidden;
    }""")
    expect(shown).to_have_count(0)
    open_reveal(page)
    page.get_by_role("button", name="查看并记录").press("Enter")
    expect(shown).to_be_visible()
    page.clock.run_for(58_000)
    expect(shown).to_be_visible()
    page.clock.run_for(4_000)

    expect(shown).to_have_count(0)
    assert known["公民身份号码"] not in page.content()


def test_a_refused_reveal_is_told_in_words_and_shows_nothing(page: Page, api: Api, watch: Watch) -> None:
    known = person_of(OWN)
    watch.expect_failure(400)
    watch.expect_failure(422)
    watch.expect_failure(429)
    officer(page, api)
    look_up(page, "公民身份号码", known["公民身份号码"])
    page.locator("#view").get_by_role("button", name=known["姓名"][0] + "**").press("Enter")

    open_reveal(page)
    page.get_by_role("dialog").get_by_label("事由").fill(f"核对{known['公民身份号码']}")
    page.get_by_role("button", name="查看并记录").press("Enter")
    alert = page.get_by_role("dialog").get_by_role("alert")
    expect(alert).not_to_be_empty()
    expect(page.get_by_role("dialog").get_by_label("事由")).to_be_focused()
    use_up_reveals(page, known["公民身份号码"])
    page.get_by_role("dialog").get_by_label("事由").fill("核对户口簿")
    page.get_by_role("button", name="查看并记录").press("Enter")

    expect(alert).to_contain_text("每小时最多查看30次")
    expect(alert).to_contain_text("确有急需")
    assert known["姓名"] not in page.content()


def use_up_reveals(page: Page, number: str) -> None:
    """Reveal one person as often as an account may in an hour, beside the page."""
    left = page.evaluate(
        """async (id_no) => {
          const me = await (await fetch('/api/v1/me')).json();
          const send = (path, body) => fetch(`/api/v1/residents/${path}`, { method: 'POST', body: JSON.stringify(body),
            headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': me.csrf_token } });
          const { items } = await (await send('lookup', { id_no })).json();
          let last = 200, count = 0;
          while (last === 200 && count < 40) {
            last = (await send(`${items[0].id}/reveal`, { purpose: 'case', reason: '核对' })).status;
            count += 1;
          }
          return [last, count];
        }""",
        number,
    )
    assert left == [429, 31]


def test_a_household_is_enrolled_and_a_death_recorded_by_key(page: Page, demo_server: DemoServer) -> None:
    book = f"XT{time.time_ns() % 10**9}"
    sign_in(page, demo_server.api_key, "/residents")
    view = page.locator("#view")

    page.get_by_role("button", name="登记一户", exact=True).press("Enter")
    address = view.get_by_label("户籍地址", exact=True)
    address.fill("义字村4组1号")
    view.get_by_label("户号").fill(book)
    first = view.get_by_role("group", name="第1人")
    first.get_by_label("姓名").fill("赵虚构")
    first.get_by_label("出生日期").fill("1970-05-06")
    view.get_by_role("button", name="再加一人").press("Enter")
    second = view.get_by_role("group", name="第2人")
    expect(second.get_by_label("姓名")).to_be_focused()
    second.get_by_label("姓名").fill("赵示例")
    second.get_by_label("与户主关系").fill("儿子")
    second.get_by_label("出生日期").fill("2020-05-06")
    view.get_by_role("button", name="登记", exact=True).press("Enter")
    expect(view.get_by_role("heading", level=2)).to_contain_text("赵** 的户")
    expect(view.get_by_role("row").filter(has_text="未满14周岁")).to_contain_text("赵**")

    view.get_by_role("row").filter(has_text="户主").get_by_role("button").first.press("Enter")
    view.get_by_text("记载死亡、注销或迁出").press("Enter")
    view.get_by_label("文书号").fill("示例死亡证〔2026〕1号")
    heir = view.get_by_label("由谁接任户主")
    heir.select_option(index=1)
    view.get_by_role("button", name="记载", exact=True).press("Enter")

    expect(view.get_by_role("heading", level=2)).to_contain_text("死亡")
    view.get_by_text("变动记录").press("Enter")
    expect(view.get_by_role("row").filter(has_text="示例死亡证〔2026〕1号")).to_contain_text("终止")
    look_up(page, "户号", book)
    expect(view.get_by_role("row").filter(has_text="义字村4组1号")).to_contain_text("赵**")


def test_a_household_grows_moves_and_one_of_it_lives_elsewhere(page: Page, demo_server: DemoServer) -> None:
    book = f"XT{time.time_ns() % 10**9}"
    sign_in(page, demo_server.api_key, "/residents")
    view = page.locator("#view")
    page.get_by_role("button", name="登记一户", exact=True).press("Enter")
    view.get_by_label("户籍地址", exact=True).fill("义字村5组1号")
    view.get_by_label("户号").fill(book)
    view.get_by_label("姓名").fill("钱虚构")
    view.get_by_role("button", name="登记", exact=True).press("Enter")
    expect(view.get_by_role("heading", level=2)).to_contain_text("钱** 的户")

    view.get_by_text("增加一名成员").press("Enter")
    view.get_by_label("姓名").fill("孙示例")
    view.get_by_label("与户主关系").fill("配偶")
    view.get_by_role("button", name="登记", exact=True).press("Enter")
    expect(view.get_by_role("row").filter(has_text="配偶")).to_contain_text("孙**")
    view.get_by_text("全户迁移").press("Enter")
    view.get_by_label("新的户籍地址").fill("义字村5组2号")
    view.get_by_label("文书号").fill("示例迁〔2026〕1号")
    view.get_by_role("button", name="迁移", exact=True).press("Enter")
    expect(view.get_by_role("button", name=re.compile("义字村5组2号$"))).to_be_visible()

    view.get_by_role("row").filter(has_text="配偶").get_by_role("button").first.press("Enter")
    view.get_by_text("迁入另一户，或改现住址").press("Enter")
    view.get_by_label("新的现住址").fill("烟舟村9999号")
    view.get_by_role("button", name="迁移", exact=True).press("Enter")
    expect(view.get_by_role("alert").filter(has_text="地址")).to_be_visible()
    view.get_by_label("新的现住址").fill("烟舟村4组9号")
    view.get_by_role("button", name="迁移", exact=True).press("Enter")
    expect(view.get_by_role("definition").filter(has_text="烟舟村4组9号")).to_be_visible()
    view.get_by_role("button", name=re.compile("烟舟村4组9号$")).press("Enter")

    guest = view.get_by_role("row").filter(has_text="孙**").filter(has_text="配偶")
    expect(guest.last).to_contain_text("烟舟村4组9号")


def invented_name(family: str) -> str:
    """A name that nobody else of the county has yet."""
    moment = time.time_ns() // 1000
    return family + chr(0x4E00 + moment % 5000) + chr(0x4E00 + moment // 5000 % 5000)


def enrolled(page: Page, name: str, at: str) -> str:
    """Enrol a household of one by the page and stay on it; gives its number."""
    book = f"XT{time.time_ns() % 10**9}"
    view = page.locator("#view")
    page.get_by_role("button", name="登记一户", exact=True).press("Enter")
    view.get_by_label("户籍地址", exact=True).fill(at)
    view.get_by_label("户号").fill(book)
    view.get_by_label("姓名").fill(name)
    view.get_by_role("button", name="登记", exact=True).press("Enter")
    expect(view.get_by_role("heading", level=2)).to_contain_text(f"{name[0]}** 的户")
    return book


CHANGE_BESIDE = """async (name) => {
  const me = await (await fetch('/api/v1/me')).json();
  const headers = { 'Content-Type': 'application/json', 'X-CSRF-Token': me.csrf_token };
  const send = (path, method, body, more) =>
    fetch(`/api/v1/residents/${path}`, { method, body: JSON.stringify(body), headers: { ...headers, ...more } });
  const { items } = await (await send('lookup', 'POST', { name })).json();
  return (await send(items[0].id, 'PATCH', { phone: '13800000002' }, { 'If-Match': `"${items[0].revision}"` })).status;
}"""


def test_facts_and_number_are_changed_and_a_conflict_is_said_kindly(
    page: Page, demo_server: DemoServer, watch: Watch
) -> None:
    name = invented_name("周")
    watch.expect_failure(412)
    sign_in(page, demo_server.api_key, "/residents")
    enrolled(page, name, "义字村5组3号")
    view = page.locator("#view")
    book = f"XT{time.time_ns() % 10**9}"
    view.get_by_text("更改户号").press("Enter")
    expect(view.get_by_label("新的户号")).to_be_focused()
    view.get_by_role("button", name="更改", exact=True).press("Enter")
    expect(view.get_by_role("alert")).to_contain_text("请填新的户号")
    view.get_by_label("新的户号").fill(book)
    view.get_by_role("button", name="更改", exact=True).press("Enter")
    expect(page.get_by_role("status").filter(has_text="已更改")).to_be_visible()
    expect(view.get_by_role("heading", level=2)).to_be_focused()
    look_up(page, "户号", book)
    expect(view.get_by_role("heading", level=2)).to_contain_text(
        "找到 1 户"
    )  # the card before shows the same name

    view.get_by_role("button", name="周**").first.press("Enter")
    expect(view.get_by_role("heading", level=2)).to_contain_text("的户")
    view.get_by_role("row").filter(has_text="户主").get_by_role("button").first.press("Enter")
    view.get_by_text("更改资料").press("Enter")
    view.get_by_role("button", name="更改", exact=True).press("Enter")
    expect(view.get_by_role("alert")).to_contain_text("没有填写")
    view.get_by_label("电话", exact=True).fill("13800000001")
    assert page.evaluate(CHANGE_BESIDE, name) == 200
    view.get_by_role("button", name="更改", exact=True).press("Enter")
    expect(view.get_by_role("alert")).to_contain_text("就在您填写时")
    expect(view.get_by_label("电话", exact=True)).to_have_value("13800000001")
    view.get_by_role("button", name="读取最新内容").press("Enter")
    expect(view.get_by_role("definition").filter(has_text="0002")).to_be_visible()
    view.get_by_text("更改资料").press("Enter")
    view.get_by_label("电话", exact=True).fill("13800000001")
    view.get_by_role("button", name="更改", exact=True).press("Enter")

    expect(view.get_by_role("definition").filter(has_text="0001")).to_be_visible()


# Villages that no other test of the town merges or renumbers, and how somebody misspells each.
MISSPELT = {"东源村": "冬源村", "桃花村": "逃花村", "建设村": "建社村", "石洞村": "石动村"}


def quiet_door(api: Api) -> tuple[str, str]:
    """The village and the rest of an address that was never anybody else's."""
    for village in MISSPELT:
        for hit in api.get(f"/api/v1/search?q={village}5组&limit=20")["items"]:
            if found := re.search(rf"{village}(5组[0-9]+号)$", hit["full_text"]):
                return village, found[1]
    raise AssertionError("no such village has a door in its fifth group")


def test_a_list_is_checked_imported_and_withdrawn_by_decision(
    page: Page, demo_server: DemoServer, api: Api, tmp_path: Path
) -> None:
    await_printed(api)  # the worker that imports lists prints before
    village, door = quiet_door(api)
    mark, kept, refused_name = str(time.time_ns() % 10**9), invented_name("冯"), invented_name("褚")
    source = tmp_path / "名册.csv"
    source.write_text(
        "户号,姓名,与户主关系,户籍地址\n"
        f"XT{mark},{kept},户主,{village}{door}\n"
        f"XT{mark}9,{refused_name},户主,{village}9999号\n"
        f"XT{mark}8,{refused_name},户主,{MISSPELT[village]}{door}\n",
        encoding="gb18030",
    )
    sign_in(page, demo_server.api_key, "/residents")
    view = page.locator("#view")
    page.get_by_role("button", name="导入名册").press("Enter")
    with page.expect_download() as taken:
        view.get_by_role("link", name="入户调查表").press("Enter")
    assert taken.value.suggested_filename == "入户调查表.xlsx"
    view.get_by_label("名册文件").set_input_files(source)
    expect(view.get_by_label("先检查，不写入")).to_be_checked()
    view.get_by_role("button", name="上传").press("Enter")

    expect(view.get_by_role("heading", name="名册检查")).to_be_visible()
    refused = view.get_by_role("row").filter(has_text="没有找到这个标准地址")
    expect(refused).to_contain_text("2")
    expect(refused).to_contain_text("户籍地址")
    expect(view).to_contain_text("按编码 0 户")
    expect(view).to_contain_text("按地址文字 1 户")
    view.get_by_role("row").filter(has_text="不能自动关联").get_by_role("button", name=village).press("Enter")
    expect(view.get_by_role("heading", level=2)).to_contain_text(village + door)
    view.get_by_role("button", name="返回").press("Enter")
    view.get_by_role("button", name="正式导入合格的行").press("Enter")
    expect(view.get_by_role("heading", name="名册导入")).to_be_visible()
    view.get_by_role("button", name="撤回这次导入").press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("决定的文书号")).to_be_focused()
    dialog.get_by_label("决定的文书号").fill("示例决定〔2026〕1号")
    dialog.get_by_label("事由").fill("导错了文件")
    dialog.get_by_role("button", name="执行决定").press("Enter")
    dialog.get_by_label("以确认").fill("撤")
    dialog.get_by_role("button", name="执行决定").press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("未执行")
    expect(dialog.get_by_label("以确认")).to_be_focused()
    page.keyboard.press("Escape")
    expect(view.get_by_role("button", name="撤回这次导入")).to_be_focused()
    view.get_by_role("button", name="撤回这次导入").press("Enter")
    dialog.get_by_label("决定的文书号").fill("示例决定〔2026〕1号")
    dialog.get_by_label("事由").fill("导错了文件")
    dialog.get_by_label("以确认").fill("撤回")
    dialog.get_by_role("button", name="执行决定").press("Enter")

    expect(view.get_by_text("已撤回 1 户 1 人")).to_be_focused()
    look_up(page, "姓名", kept)
    expect(view).to_contain_text("辖区内没有")


def test_a_person_who_is_no_longer_here_is_destroyed_by_decision(page: Page, demo_server: DemoServer) -> None:
    sign_in(page, demo_server.api_key, "/residents")
    enrolled(page, "卫虚构", "义字村5组5号")
    view = page.locator("#view")
    view.get_by_role("row").filter(has_text="户主").get_by_role("button").first.press("Enter")
    expect(view.get_by_text("更改资料")).to_be_visible()
    expect(view.get_by_role("button", name="保存期满")).to_have_count(0)
    view.get_by_text("记载死亡、注销或迁出").press("Enter")
    view.get_by_label("文书号").fill("示例死亡证〔2026〕2号")
    view.get_by_role("button", name="记载", exact=True).press("Enter")

    view.get_by_role("button", name="保存期满").press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("决定的文书号").fill("示例决定〔2026〕2号")
    dialog.get_by_label("事由").fill("保存期满")
    dialog.get_by_label("以确认").fill("销毁")
    dialog.get_by_role("button", name="执行决定").press("Enter")

    expect(view.get_by_role("heading", level=2)).to_contain_text("资料已销毁")
    expect(view.get_by_role("heading", level=2)).to_be_focused()
    expect(view.get_by_role("button", name="查看明文")).to_have_count(0)


def test_from_the_map_to_a_house_its_land_its_people_and_their_plate(
    page: Page, demo_server: DemoServer, api: Api
) -> None:
    await_printed(api)
    found: dict[str, Any] = api.get("/api/v1/search?q=烟舟村1组1号&limit=8")
    code = next(one["code"] for one in found["items"] if one["full_text"].endswith("烟舟村1组1号"))
    sign_in(page, demo_server.api_key, "/residents")
    page.goto(f"/#/address/{code}")
    page.get_by_role("link", name="看住户").click()
    view = page.locator("#view")
    expect(view.get_by_role("heading", level=2)).to_contain_text("烟舟村1组1号")
    expect(page).to_have_url(f"{api.url}/residents")

    view.get_by_role("button", name=re.compile("^TS208-")).press("Enter")
    expect(view.get_by_role("heading", level=2)).to_contain_text("建筑 TS208-")
    view.get_by_role("button", name="吴**").first.press("Enter")
    expect(view.get_by_role("heading", level=2)).to_contain_text("的户")
    plate = view.get_by_role("link", name=re.compile("批次 .* 第 \\d+ 页"))
    expect(plate).to_have_attribute("href", re.compile(r"/plates\.pdf#page=\d+$"))
    view.get_by_role("button", name="同批各牌的住户").press("Enter")
    row = view.get_by_role("row").filter(has=page.get_by_role("button", name=re.compile("烟舟村1组1号$")))
    row.get_by_text("住户").press("Enter")
    expect(row.get_by_role("button", name="吴**，4 人")).to_be_visible()
    with page.expect_download() as taken:
        view.get_by_role("button", name=re.compile("发放表 PDF$")).press("Enter")

    assert Path(taken.value.path()).read_bytes().startswith(b"%PDF")
    assert taken.value.suggested_filename.endswith("仅供内部.pdf")


def test_on_a_phone_nothing_reaches_over_the_edge(phone: Page, demo_server: DemoServer) -> None:
    sign_in(phone, demo_server.api_key, "/residents")
    phone.get_by_label("只列地址已注销").check()
    phone.get_by_role("button", name="列出各户").tap()
    expect(phone.locator("#view").get_by_role("heading", name="辖区内全部：地址已注销的")).to_be_in_viewport()
    phone.get_by_label("只列地址已注销").uncheck()
    phone.get_by_label("村（社区）").select_option(label=OWN)
    phone.get_by_role("button", name="列出各户").tap()
    heading = phone.locator("#view").get_by_role("heading", name=OWN)
    expect(heading).to_be_in_viewport()

    phone.locator("#view td button").first.tap()

    expect(phone.locator("#view")).to_contain_text("成员")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert phone.evaluate("(m => m.scrollWidth - m.clientWidth)(document.querySelector('main'))") == 0
