"""A first sign-in with a password for one time, another password, a second factor, and the accounts of others."""

import re
import time

import httpx
import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Api, DemoServer, Watch, sign_in

pytestmark = pytest.mark.browser
PASSWORD = "Shi-Fan-2026"


def clerk_with_one_time_password(api: Api, name: str) -> str:
    """Open an account by the interface, and give it a password for one time."""
    headers = {"X-API-Key": api.key}
    body = {"name": name, "role": "village", "division_code": "430626113208"}
    made = httpx.post(f"{api.url}/api/v1/users", json=body, headers=headers).raise_for_status().json()
    given = httpx.post(f"{api.url}/api/v1/users/{made['id']}/password", headers=headers, timeout=60)
    return str(given.raise_for_status().json()["password"])


def enter(page: Page, name: str, password: str, code: str = "") -> None:
    page.goto("/sign-in")
    expect(page.get_by_label("账户名")).to_be_focused()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Tab")
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def test_from_the_first_sign_in_to_one_with_a_code(page: Page, api: Api, watch: Watch) -> None:
    name = f"示例文书{time.time_ns()}"
    given = clerk_with_one_time_password(api, name)

    enter(page, name, given)
    expect(page).to_have_url(re.compile("/account$"))
    expect(page.get_by_role("alert").filter(has_text="请先更改口令")).to_be_visible()
    page.get_by_label("当前口令").fill(given)
    page.get_by_label("新口令", exact=True).fill(PASSWORD)
    page.get_by_label("再输一次新口令").fill(PASSWORD)
    page.get_by_label("再输一次新口令").press("Enter")
    expect(page.get_by_role("status").filter(has_text="口令已更改")).to_be_visible()
    expect(page.get_by_text("请先更改口令")).to_have_count(0)

    page.get_by_role("button", name="开始设置").click()
    secret = page.locator("#factor-secret").inner_text()
    page.get_by_label("手机上显示的6位数字").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="确认").click()
    expect(page.locator(".once pre")).to_contain_text(re.compile(r"(\w{4}-){3}\w{4}"))
    page.get_by_role("button", name="退出").click()
    expect(page).to_have_url(re.compile("/sign-in$"))

    watch.expect_failure(401)
    enter(page, name, PASSWORD)
    expect(page.get_by_role("alert")).to_contain_text("登录未成功")
    enter(page, name, PASSWORD, pyotp.TOTP(secret).at(int(time.time()) + 30))
    expect(page).to_have_url(re.compile("/$"))
    page.goto("/account")
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    expect(page.get_by_text("已设置。登录时除口令外")).to_be_visible()


def test_an_account_is_opened_given_an_office_and_a_password(page: Page, demo_server: DemoServer) -> None:
    name = f"示例新人{time.time_ns()}"
    sign_in(page, demo_server.api_key, "/users")
    page.on("dialog", lambda dialog: dialog.accept())

    page.get_by_text("开设账户", exact=True).click()
    page.get_by_label("账户名").fill(name)
    page.get_by_role("button", name="开设", exact=True).click()
    card = page.get_by_role("region", name=f"账户 {name}")
    expect(card).to_contain_text("待授权")
    card.get_by_label("职责", exact=True).select_option("村（居）委会")
    card.get_by_label("辖区代码").fill("430626113208")
    card.get_by_label("末日").fill("2099-12-31")
    card.get_by_role("button", name="保存职责与辖区").click()
    expect(card).to_contain_text("至 2099-12-31")
    card.get_by_role("button", name="发放一次性口令").click()

    expect(card.locator(".once pre")).to_have_text(re.compile(r"(\w{4}-){3}\w{4}"))


def test_the_pages_of_accounts_fit_a_phone(phone: Page, demo_server: DemoServer) -> None:
    sign_in(phone, demo_server.api_key, "/users")
    expect(phone.get_by_role("button", name="示例管理员")).to_be_visible()

    wide = phone.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    inner = phone.evaluate("(m => m.scrollWidth - m.clientWidth)(document.querySelector('main'))")

    assert (wide, inner) == (0, 0)
