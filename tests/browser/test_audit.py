"""Looking numbers through: picture and list of one place, by mouse, key and finger; what was ticked is sent."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import WAIT_MS, Api, DemoServer, sign_in, wait_for_map

pytestmark = [pytest.mark.browser, pytest.mark.demo]


@pytest.fixture(scope="module")
def place(demo_server: DemoServer) -> dict[str, Any]:
    """The group or hamlet of the sample town with the most doubtful numbers; surveyed numbers were all kept there."""
    api = Api(demo_server.url, demo_server.api_key)
    found: list[dict[str, Any]] = []
    for village in api.get("/api/v1/divisions?level=village&limit=200")["items"]:
        found += api.get(f"/api/v1/number-audits?village={village['code']}")["items"]
    found = [item for item in found if item["kind"] != "village"]
    return max(found, key=lambda item: (item["counts"]["warning"], item["id"]))


def open_audit(page: Page, demo_server: DemoServer, place: dict[str, Any]) -> None:
    """Sign in and open one place."""
    sign_in(page, demo_server.api_key, "/audit")
    expect(page.locator("#audit-note")).to_contain_text("处门户", timeout=WAIT_MS)
    page.goto(f"/audit?place={place['id']}")
    expect(page.locator("#audit-note")).to_contain_text(f"{place['door_count']} 处门户", timeout=WAIT_MS)
    wait_for_map(page)


def test_the_list_agrees_with_the_service(
    page: Page, api: Api, demo_server: DemoServer, place: dict[str, Any]
) -> None:
    audit = api.get(f"/api/v1/places/{place['id']}/number-audit")

    open_audit(page, demo_server, place)

    expect(page.locator("#audit-summary .chip-warning")).to_have_text(f"存疑 {audit['counts']['warning']}")
    expect(page.locator("button.finding")).to_have_count(len(audit["findings"]))
    expect(page.locator("#audit-place option:checked")).to_contain_text(place["name"])
    expect(page.locator(".maplibregl-ctrl-attrib")).to_contain_text("示例数据")


def test_a_finding_is_flown_to_and_its_doors_are_ringed(
    page: Page, api: Api, demo_server: DemoServer, place: dict[str, Any]
) -> None:
    audit = api.get(f"/api/v1/places/{place['id']}/number-audit")
    open_audit(page, demo_server, place)
    before = page.locator("#map canvas").screenshot()

    first = page.locator("button.finding").first
    first.focus()
    page.keyboard.press("Enter")
    wait_for_map(page)

    expect(page.locator("#audit-list li.looked-at")).to_have_count(1)
    expect(page.locator("#audit-list li.looked-at")).to_contain_text(
        audit["findings"][0]["doors"][-1]["number"]
    )
    assert page.locator("#map canvas").screenshot() != before


def test_the_filter_leaves_one_kind_of_finding(
    page: Page, api: Api, demo_server: DemoServer, place: dict[str, Any]
) -> None:
    findings = api.get(f"/api/v1/places/{place['id']}/number-audit")["findings"]
    code = findings[-1]["code"]
    open_audit(page, demo_server, place)

    page.get_by_label("只看一种问题").select_option(code)

    of_kind = [finding for finding in findings if finding["code"] == code]
    expect(page.locator("button.finding")).to_have_count(len(of_kind))


def test_ticked_proposals_are_sent_as_one_renumbering_plan(
    page: Page, api: Api, demo_server: DemoServer, place: dict[str, Any]
) -> None:
    """The endpoint of renumbering plans is answered by the test: what counts here is what the page sends it."""
    findings = api.get(f"/api/v1/places/{place['id']}/number-audit")["findings"]
    wanted = [finding for finding in findings if finding["remedy"] == "renumber"][:2]
    sent: list[dict[str, Any]] = []

    def answer(route: Route) -> None:
        assert route.request.method == "POST"
        sent.append(json.loads(route.request.post_data or "{}") | {"headers": route.request.headers})
        route.fulfill(status=201, content_type="application/json", body='{"id": "plan-of-the-test"}')

    page.route("**/api/v1/renumbering-plans", answer)
    page.route(
        "**/renumber?plan=*", lambda route: route.fulfill(content_type="text/html", body="<p>改号方案</p>")
    )
    open_audit(page, demo_server, place)
    for finding in wanted:
        number = finding["doors"][-1]["number"]
        page.get_by_label(f"按建议改号：{number} {finding['title']}", exact=True).check()
    page.get_by_label("理由或文号").fill("示例〔2026〕8号")

    page.get_by_role("button", name=f"按建议改号（{len(wanted)}）").click()
    page.wait_for_url(re.compile(r"/renumber\?plan=plan-of-the-test$"))

    (body,) = sent
    headers = body.pop("headers")
    assert body == {
        "place_id": place["id"],
        "changes": [
            {
                "code": finding["doors"][-1]["code"],
                "main": finding["proposal"]["main"],
                "sub": finding["proposal"]["sub"],
            }
            for finding in wanted
        ],
        "title": "示例〔2026〕8号",
    }
    assert all(re.fullmatch(r"\d{26}", change["code"]) for change in body["changes"])
    assert headers["x-csrf-token"]
    assert headers["idempotency-key"]


def test_a_surveyed_number_is_no_longer_kept_by_one_click(
    page: Page, api: Api, demo_server: DemoServer, place: dict[str, Any]
) -> None:
    """All surveyed houses of the sample town have addresses, so the test takes one away on the way to the page."""
    audit = api.get(f"/api/v1/places/{place['id']}/number-audit")
    finding = next(f for f in audit["findings"] if f["remedy"] == "renumber")
    door = finding["doors"][-1]
    sent: list[dict[str, Any]] = []

    def unaddressed(route: Route) -> None:
        finding["remedy"], door["code"] = "not-keep", None
        route.fulfill(json=audit)

    def decided(route: Route) -> None:
        sent.append(json.loads(route.request.post_data or "{}"))
        audit["findings"].remove(finding)
        mine = {"building_id": door["building_ids"][0], "building_code": door["building_codes"][0]}
        number = {name: door[name] for name in ("number", "main", "sub")}
        told = {"reason": sent[0]["reason"], "decided_by": "示例", "recorded_at": "2026-03-02T09:00:00+08:00"}
        audit["not_kept"] = [{**number, **mine, **told}]
        route.fulfill(json={**number, **mine, "place_id": place["id"], "kept": False})

    page.route(f"**/places/{place['id']}/number-audit", unaddressed)
    page.route(f"**/places/{place['id']}/survey-decisions", decided)
    open_audit(page, demo_server, place)
    page.get_by_label(f"不沿用旧号：{door['number']} {finding['title']}", exact=True).check()

    page.get_by_role("button", name="不沿用旧号（1）").click()

    expect(page.get_by_label("不沿用的旧号")).to_contain_text(door["number"])
    expect(page.get_by_role("button", name="恢复沿用")).to_be_visible()
    reason = f"编号审查：{finding['title']}"
    assert sent == [{"building_id": door["building_ids"][0], "kept": False, "reason": reason}]


def test_on_a_phone_the_sheet_grows_and_nothing_runs_over_the_edge(
    phone: Page, demo_server: DemoServer, place: dict[str, Any]
) -> None:
    open_audit(phone, demo_server, place)
    sheet, handle = phone.locator("#audit"), phone.get_by_role("button", name="拉高或收起面板")
    low = sheet.bounding_box()

    handle.click()
    high = sheet.bounding_box()

    assert low is not None
    assert high is not None
    assert high["height"] > low["height"]
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    expect(phone.locator(".audit-origin")).to_contain_text("示例数据")


def test_the_printed_sheet_holds_picture_and_findings(
    page: Page, demo_server: DemoServer, place: dict[str, Any]
) -> None:
    page.add_init_script(
        "window.print = () => { document.body.dataset.printed = document.querySelector('#audit-sheet').innerHTML; }"
    )
    open_audit(page, demo_server, place)

    page.get_by_role("button", name="打印此图").click()
    expect(page.locator("body")).to_have_attribute("data-printed", re.compile("<h2>"), timeout=WAIT_MS)

    sheet = page.locator("body").get_attribute("data-printed") or ""
    assert 'src="data:image/png;base64,' in sheet
    assert len(re.findall("<li>", sheet)) == sum(place["counts"].values())
    assert "示例数据" in sheet
