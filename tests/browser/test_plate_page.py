"""What a passer-by sees after scanning a plate, and what somebody lost sees."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Api, Watch

pytestmark = [pytest.mark.browser, pytest.mark.demo]

MOST_BYTES = 20_000


def test_plate_page_is_light_and_shows_the_address_only(phone: Page, api: Api) -> None:
    plate = api.get("/api/v1/plates?limit=1")["items"][0]
    sizes: list[int] = []
    phone.on("response", lambda answer: sizes.append(len(answer.body())))
    answer = phone.goto(f"/p/{plate['token_url'].rsplit('/', 1)[1]}")
    assert answer is not None
    assert answer.status == 200
    expect(phone.get_by_role("heading", name=plate["full_text"])).to_be_visible()
    expect(phone.get_by_text(plate["number_text"], exact=True).first).to_be_visible()
    expect(phone.get_by_text("本页只显示地址，不含住户信息")).to_be_visible()
    phone.wait_for_load_state("networkidle")
    assert 0 < sum(sizes) < MOST_BYTES
    assert phone.locator("script").count() == 0


@pytest.mark.parametrize("path", ["/p/0000000000000000", "/p/nonsense"])
def test_unknown_plate_gets_a_kind_answer(page: Page, watch: Watch, path: str) -> None:
    watch.expect_failure(404)
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", name="没有查到这块门牌")).to_be_visible()


def test_unknown_page_is_answered_in_chinese(page: Page, watch: Watch) -> None:
    watch.expect_failure(404)
    answer = page.goto("/nowhere")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", name="没有这一页")).to_be_visible()
    expect(page.get_by_role("link", name="回到地图")).to_have_attribute("href", "/")
