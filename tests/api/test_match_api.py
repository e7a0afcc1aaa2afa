"""Texts read and matched over HTTP: one key for many spellings, each row at its place, nothing of others' land."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from address_service.bootstrap import create_app
from address_service.model.accounts import Role
from address_service.settings import MapAccess, Settings
from tests.api.answers_to_anything import PLANTED_ID
from tests.api.test_reading_scope import AWAY, DRAFTED, HOME, NAMES, Register, register

__all__ = ["register"]

HEAD = "湖南省岳阳市平江县童市镇"


@pytest.fixture(scope="module")
def clerk(signed_in: Any, register: Register) -> TestClient:
    client: TestClient = signed_in(Role.CIVIL_AFFAIRS)
    return client


@pytest.fixture(scope="module")
def passer_by(register: Register, settings: Settings) -> Iterator[TestClient]:
    open_map = settings.model_copy(update={"map_access": MapAccess.OPEN})
    with TestClient(create_app(open_map), raise_server_exceptions=False) as client:
        yield client


def door(clerk: TestClient, village: str) -> dict[str, Any]:
    found = clerk.get("/api/v1/addresses", params={"village": village, "stage": "current"}).json()["items"]
    return dict(found[0])


def matched(client: TestClient, *rows: dict[str, Any]) -> list[dict[str, Any]]:
    answer = client.post("/api/v1/match", json={"rows": list(rows)})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def read(client: TestClient, text: str) -> dict[str, Any]:
    answer = client.get("/api/v1/addresses/canonical", params={"text": text})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_two_spellings_of_one_address_have_one_key_and_each_says_where_its_parts_stand(
    clerk: TestClient,
) -> None:
    plain, odd = f"{HEAD}烟舟村12组18号", "童市乡 烟舟村十二组０１８号"

    first, second = read(clerk, plain), read(clerk, odd)

    assert first["key"] == second["key"] != ""
    assert (second["level"], {"term-differs"} <= {r["code"] for r in second["reasons"]}) == ("door", True)
    parts = [(e["kind"], odd[e["start"] : e["end"]], e["value"], e["ga_code"]) for e in second["elements"]]
    assert parts == [
        ("town", "童市乡", "童市镇", None),
        ("village", "烟舟村", "烟舟村", "33"),
        ("group", "十二组", "12组", "34"),
        ("number", "０１８号", "18号", None),
    ]
    assert [(one["text"], one["noise"]) for one in second["left_over"]] == [(" ", True)]


def test_what_is_not_understood_has_no_key_and_is_named(clerk: TestClient, passer_by: TestClient) -> None:
    answers = [read(client, "烟舟村12组18号※旁") for client in (clerk, passer_by)]

    assert answers[0] == answers[1]
    assert (answers[0]["key"], [one["noise"] for one in answers[0]["left_over"]]) == ("", [False])


def test_a_persons_number_is_not_read(clerk: TestClient) -> None:
    answer = clerk.get("/api/v1/addresses/canonical", params={"text": f"烟舟村{PLANTED_ID}"})

    assert (answer.status_code, answer.json()["code"]) == (422, "personal-data-not-here")


def test_rows_are_answered_in_order_with_the_evidence_and_a_bad_one_at_its_place(clerk: TestClient) -> None:
    one = door(clerk, HOME)
    number = one["number"].removesuffix("号")

    found = matched(
        clerk,
        {"text": one["full_text"]},
        {"text": f"童市乡烟舟村十二组0{number}号", "on": "2026-02-30"},
        {"text": f"童市乡烟舟村十二组0{number}号"},
        {"text": f"烟舟村 {PLANTED_ID}"},
        {"text": " "},
        {"text": "号" * 501},
        {"text": f"烟舟村12组{number}号隔壁"},
        {"text": "上海市黄浦区示例路1号"},
        {"text": "", "external_id": one["code"]},
    )

    assert [row["index"] for row in found] == list(range(9))
    assert {at: row["error"]["code"] for at, row in enumerate(found) if row["error"]} == {
        1: "date-malformed", 3: "personal-data-not-here", 4: "text-empty", 5: "text-too-long",
    }  # fmt: skip
    assert [row["outcome"] for row in found if not row["error"]] == [
        "accepted", "accepted", "ambiguous", "elsewhere", "accepted",
    ]  # fmt: skip
    assert {found[at]["address"]["code"] for at in (0, 2, 8)} == {one["code"]}
    assert [found[at]["stage"] for at in (0, 8)] == ["exact", "external_id"]
    assert found[6]["address"] is None
    assert [each["code"] for each in found[6]["candidates"]][:1] == [one["code"]]
    assert "left-over" in {reason["code"] for reason in found[6]["reasons"]}
    assert PLANTED_ID not in str(found)


def test_an_account_is_told_of_its_own_land_alone_and_reads_short_texts_there(
    clerk: TestClient, signed_in: Any
) -> None:
    own, other = door(clerk, HOME), door(clerk, AWAY)
    village = signed_in(Role.VILLAGE, HOME)
    short = own["full_text"].removeprefix(HEAD + NAMES[HOME])

    theirs, mine, unsure = matched(
        village, {"text": other["full_text"]}, {"text": short}, {"text": NAMES[AWAY]}
    )

    assert (theirs["outcome"], theirs["address"], theirs["candidates"]) == ("elsewhere", None, [])
    assert theirs["reasons"] == [{"code": "out-of-scope", "message": "所指地址不在本账户辖区"}]
    assert mine["address"] is None or mine["address"]["code"] == own["code"]
    assert {one["code"] for one in mine["candidates"]} == {own["code"]}
    assert unsure["candidates"] == []
    assert other["code"] not in str((theirs, mine, unsure))


def test_a_batch_has_rows_and_not_more_than_a_thousand(clerk: TestClient) -> None:
    rows = [{"text": f"烟舟村12组{n}号"} for n in range(1, 1002)]

    answers = [clerk.post("/api/v1/match", json={"rows": some}) for some in ([], rows, rows[:1000])]

    assert [answer.status_code for answer in answers] == [422, 422, 200]
    assert len(answers[2].json()["items"]) == 1000


def test_the_same_process_knows_at_once_what_was_decided_since(
    clerk: TestClient, signed_in: Any, register: Register
) -> None:
    (draft, *_) = clerk.get("/api/v1/addresses", params={"village": DRAFTED, "stage": "draft"}).json()[
        "items"
    ]
    ask = {"text": draft["full_text"]}
    (before,) = matched(clerk, ask)
    body = {"place_id": register.place[DRAFTED], "codes": [draft["code"]], "decree_no": "示例〔2026〕3号"}

    done = signed_in(Role.COUNTY).post("/api/v1/addresses/approvals", json=body)
    (after,) = matched(clerk, ask)

    assert (before["address"], draft["code"] in str(before)) == (None, False)
    assert done.status_code == 200, done.text
    assert (after["outcome"], after["address"]["code"]) == ("accepted", draft["code"])
