"""Applications over HTTP: from the receipt to the plate, what is listed where, and the slips read back."""

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pdfplumber
import pytest
from fastapi.testclient import TestClient

from address_service.model.accounts import Role
from address_service.services.commit_numbering_plan import commit_numbering_plan
from address_service.services.plan_numbering import plan_numbering
from address_service.store.work import Work
from tests.services.conftest import add_town

VILLAGE = "430626113208"
PERMIT = {"kind": "permit", "document_no": "乡字第4306262026001号", "issued_by": "示例县自然资源局"}


@pytest.fixture(scope="module")
def ground(committed: Callable[[Callable[[Work], object]], None], signed_in: Any) -> dict[str, UUID]:
    """Four current addresses on a street, and houses that have none yet."""
    found: dict[str, UUID] = {}

    def write(work: Work) -> None:
        town = add_town(work)
        place = found["place"] = town.place("street", "新市街", 1, [(0, 0), (600, 0)])
        for n, x in enumerate((150, 190, 310, 350)):
            town.house(str(n + 1), x, 12, place, parcel=str(n + 1))
        commit_numbering_plan(work, plan_numbering(work, place).id)
        for n, x in enumerate((170, 250, 330, 400, 440), start=20):
            found[str(n)] = town.house(str(n), x, 12, place, parcel=str(n))

    committed(write)
    approval = {"village_code": VILLAGE, "decree_no": "示例〔2026〕5号"}
    assert signed_in(Role.COUNTY).post("/api/v1/addresses/approvals", json=approval).status_code == 200
    return found


@pytest.fixture
def clerk(signed_in: Any, ground: dict[str, UUID]) -> TestClient:
    client: TestClient = signed_in(Role.CIVIL_AFFAIRS, "430626113")
    return client


def asks(kind: str, building: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "request": "示例事项", "building_code": building, **more}


def receive(client: TestClient, body: dict[str, Any]) -> dict[str, Any]:
    answer = client.post("/api/v1/applications", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def act(client: TestClient, card: dict[str, Any], name: str, **body: Any) -> dict[str, Any]:
    answer = client.post(f"/api/v1/applications/{card['id']}/{name}", json=body)
    assert answer.status_code in (200, 202), answer.text
    found: dict[str, Any] = answer.json()
    return found


def slip(client: TestClient, card: dict[str, Any], name: str) -> str:
    answer = client.get(f"/api/v1/applications/{card['id']}/{name}.pdf")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf"), answer.text
    with pdfplumber.open(BytesIO(answer.content)) as document:
        return document.pages[0].extract_text()


def test_a_receipt_is_printed_whatever_the_request_holds_and_its_answer_names_what_no_font_has(
    clerk: TestClient,
) -> None:
    body = asks("lost_plate", "3") | {"request": "\ufeff门牌\u200b被\u202e风刮走，\U00031abc家申请补发"}
    card = receive(clerk, body)

    answer = clerk.get(f"/api/v1/applications/{card['id']}/receipt.pdf")

    assert answer.headers["x-missing-glyphs"] == "U+31ABC"
    assert "门牌被风刮走，〓家申请补发" in slip(clerk, card, "receipt")
    act(clerk, card, "withdraw", note="示例")


def test_a_receipt_says_which_number_or_room_is_asked_for(clerk: TestClient) -> None:
    mended = receive(clerk, asks("correction", "3", wanted={"main": 40, "sub": 1}))
    paper = [{"kind": "household_register"}]
    split = receive(clerk, asks("split_household", "3", room_label="2室", evidence=paper))

    assert "所求 40号附1" in slip(clerk, mended, "receipt")
    assert "所求 2室" in slip(clerk, split, "receipt")
    for card in (mended, split):
        act(clerk, card, "withdraw", note="示例")


def test_a_new_house_over_http(clerk: TestClient, signed_in: Any, run_jobs: Callable[[], None]) -> None:
    body = asks("new_house", "20", evidence=[PERMIT, {"kind": "identity"}])
    key = {"Idempotency-Key": str(uuid4())}
    first = clerk.post("/api/v1/applications", json=body, headers=key)
    again = clerk.post("/api/v1/applications", json=body, headers=key)
    card = first.json()
    twice = clerk.post("/api/v1/applications", json=body)

    assert again.json() == card
    assert (twice.status_code, twice.json()["code"]) == (409, "application-open-already")
    assert (card["stage"], card["tray"], card["overdue"]) == ("received", "decision", False)
    assert 1 <= len(card["candidates"]) <= 3
    assert all(one["reasons"] for one in card["candidates"])
    receipt = slip(clerk, card, "receipt")
    for text in (
        "受理回执",
        card["application_no"],
        "新建房屋",
        "烟舟村新市街",
        PERMIT["document_no"],
        "示例数据",
    ):
        assert text in receipt
    assert "身份证件（已查验）" in receipt

    last = card["candidates"][-1]
    decided = act(clerk, card, "decide", accept=True, number={"main": last["main"], "sub": last["sub"]})
    late = clerk.post(f"/api/v1/applications/{card['id']}/decide", json={"accept": True})
    early = clerk.get(f"/api/v1/applications/{card['id']}/notice.pdf")
    plate_early = clerk.post(f"/api/v1/applications/{card['id']}/plate", json={})

    assert (decided["taken"], decided["tray"], decided["address_stage"]) == (
        last["number"],
        "approval",
        "draft",
    )
    assert decided["candidates"] == []
    assert (late.status_code, late.json()["code"]) == (409, "application-decided")
    assert (early.status_code, early.json()["code"]) == (409, "application-undecided")
    assert (plate_early.status_code, plate_early.json()["code"]) == (409, "address-not-current")

    county = signed_in(Role.COUNTY)
    approval = {"codes": [decided["address_code"]], "decree_no": "示例〔2026〕9号"}
    assert county.post("/api/v1/addresses/approvals", json=approval).json()["approved"] == 1
    ordered = act(clerk, card, "plate")
    run_jobs()
    printed = clerk.get(f"/api/v1/applications/{card['id']}").json()
    notice = slip(clerk, card, "notice")
    closed = act(clerk, card, "close")

    assert (ordered["tray"], ordered["plate_stage"]) == ("plate", "ordered")
    assert (printed["plate_batch_stage"], printed["plate_batch_no"]) == ("printed", ordered["plate_batch_no"])
    flat = "".join(notice.split())
    since = date.fromisoformat(clerk.get(f"/api/v1/addresses/{decided['address_code']}").json()["valid_from"])
    for text in (
        "办结通知",
        decided["full_text"],
        decided["address_code"],
        "示例〔2026〕9号",
        ordered["plate_batch_no"],
        f"生效日期{since.year}年{since.month}月{since.day}日",
    ):
        assert text in flat
    assert [step["kind"] for step in closed["steps"]] == ["received", "accepted", "plate_ordered", "closed"]
    assert {step["actor"] for step in closed["steps"]} == {"示例civil_affairs430626113"}


def test_a_rejected_draft_is_back_on_the_desk(clerk: TestClient, signed_in: Any) -> None:
    card = receive(clerk, asks("new_house", "21", evidence=[PERMIT]))
    decided = act(clerk, card, "decide", accept=True)
    rejection = {"codes": [decided["address_code"]], "note": "次序不合"}

    signed_in(Role.COUNTY).post("/api/v1/addresses/rejections", json=rejection)

    back = clerk.get(f"/api/v1/applications/{card['id']}").json()
    assert (back["stage"], back["address_code"], back["steps"][-1]["note"]) == ("received", None, "次序不合")
    assert back["candidates"]


def test_a_refusal_is_told_with_its_reason(clerk: TestClient) -> None:
    card = receive(clerk, asks("new_house", "22", evidence=[PERMIT]))
    wordless = clerk.post(f"/api/v1/applications/{card['id']}/decide", json={"accept": False})

    act(clerk, card, "decide", accept=False, note="批准文件与房屋不符")

    assert (wordless.status_code, wordless.json()["code"]) == (422, "reason-missing")
    notice = slip(clerk, card, "notice")
    assert "不予办理" in notice
    assert "批准文件与房屋不符" in notice


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (asks("new_house", "23"), "evidence-missing"),
        (
            asks("new_house", "23", evidence=[PERMIT, {"kind": "identity", "document_no": "某号"}]),
            "personal-data-not-here",
        ),
        (asks("lost_plate", "1") | {"request": "电话１３８-００１３-８０００"}, "personal-data-not-here"),
        (asks("new_house", "23", evidence=[PERMIT], name="张三"), "request-invalid"),
        (asks("new_house", "23", evidence=[{"kind": "rumour"}]), "request-invalid"),
        (asks("lost_plate", "1", received_on="2999-01-01"), "received-in-future"),
        (asks("lost_plate", "1", received_on="0001-01-01"), "received-too-early"),
    ],
)
def test_what_is_not_in_order_is_refused(clerk: TestClient, body: dict[str, Any], code: str) -> None:
    answer = clerk.post("/api/v1/applications", json=body)

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert "８" not in answer.text
    assert "某号" not in answer.text


def test_lists_are_filtered_and_paged(clerk: TestClient) -> None:
    late = receive(clerk, asks("lost_plate", "2", received_on=str(date.today() - timedelta(days=300))))
    fresh = receive(clerk, asks("correction", "3"))

    def ids(**params: str) -> list[str]:
        found, cursor = [], ""
        while cursor is not None:
            page = {**params, **({"cursor": cursor} if cursor else {})}
            answer = clerk.get("/api/v1/applications", params=page).json()
            found += [item["id"] for item in answer["items"]]
            cursor = answer["next_cursor"]
        return found

    assert ids(overdue="true", limit="1") == [late["id"]]
    assert ids(kind="correction", open="true") == [fresh["id"]]
    assert late["id"] in ids(tray="decision", limit="1")
    assert late["id"] not in ids(overdue="false")
    assert {late["id"], fresh["id"]} <= set(ids(village=VILLAGE, stage="received", limit="2"))
    assert ids(village="430626113") == ids()
    assert ids(order="newest", limit="2") == ids()[::-1]
    by_due = [(item["due_on"], item["id"]) for item in clerk.get("/api/v1/applications").json()["items"]]
    assert ids(order="due", limit="1") == [id for _, id in sorted(by_due)]
    assert ids(order="due", open="true")[0] == late["id"]
    assert set(ids(open="true")) | set(ids(open="false")) == set(ids())
    assert ids(open="false") == ids(tray="done")
    closed = act(clerk, fresh, "close", note="已在图层中改正")
    assert closed["id"] in ids(tray="done")
    assert act(clerk, late, "withdraw", note="找到了")["stage"] == "withdrawn"


def test_a_split_offers_numbers_and_a_problem_is_said(clerk: TestClient, ground: dict[str, UUID]) -> None:
    card = receive(clerk, asks("split_household", "4", evidence=[{"kind": "household_register"}]))

    assert card["candidates"]
    assert card["subject_text"].endswith("号")
    room = act(clerk, card, "decide", accept=True, room_label="2室")
    assert room["full_text"] == f"{card['subject_text']}2室"
    assert room["address_code"][21:25] == "0001"


def test_a_house_that_left_its_place_has_no_candidates_and_is_told_why(
    clerk: TestClient, committed: Callable[[Callable[[Work], object]], None], ground: dict[str, UUID]
) -> None:
    from sqlalchemy import text

    card = receive(clerk, asks("new_house", "23", evidence=[PERMIT]))
    gone = "UPDATE membership SET recorded = tstzrange(lower(recorded), now()) WHERE building_id = :house"
    committed(lambda work: work.conn.execute(text(gone), {"house": ground["23"]}))

    found = clerk.get(f"/api/v1/applications/{card['id']}").json()

    assert (found["candidates"], found["candidates_problem"]["code"]) == ([], "house-not-in-place")


def test_plates_are_ordered_by_codes(clerk: TestClient) -> None:
    (address,) = clerk.get(
        "/api/v1/addresses", params={"village": VILLAGE, "stage": "current", "limit": 1}
    ).json()["items"]

    batch = clerk.post("/api/v1/plate-batches", json={"codes": [address["code"]], "profile": "medium"})
    unknown = clerk.post("/api/v1/plate-batches", json={"codes": ["4" * 26]})

    assert (batch.status_code, batch.json()["plate_count"]) == (202, 1)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "address-not-found")
