"""Aliases over HTTP: recorded, found, shared by none for sure, ended; two clerks at once say one thing once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from address_service.bootstrap import create_app
from address_service.model.accounts import Role
from address_service.settings import MapAccess, Settings
from address_service.store.work import TIME_ZONE
from tests.api.answers_to_anything import PLANTED_ID
from tests.api.test_reading_scope import AWAY, DRAFTED, HOME, Register, register

__all__ = ["register"]

HEAD = "湖南省岳阳市平江县童市镇"
SINCE = "2020-01-01"


@pytest.fixture(scope="module")
def clerk(signed_in: Any, register: Register) -> TestClient:
    client: TestClient = signed_in(Role.CIVIL_AFFAIRS)
    return client


@pytest.fixture(scope="module")
def doors(clerk: TestClient) -> list[dict[str, Any]]:
    """The three current addresses of our village."""
    asked = {"village": HOME, "stage": "current"}
    return list(clerk.get("/api/v1/addresses", params=asked).json()["items"])


def record(client: TestClient, code: str, text: str, kind: str = "police", **more: Any) -> Any:
    body = {"kind": kind, "text": text, "valid_from": SINCE, **more}
    return client.post(f"/api/v1/addresses/{code}/aliases", json=body)


def end(client: TestClient, code: str, alias_id: str, **body: Any) -> Any:
    return client.post(f"/api/v1/addresses/{code}/aliases/{alias_id}/end", json=body)


def resolved(client: TestClient, text: str, **params: str) -> tuple[str, list[str]]:
    answer = client.get("/api/v1/resolve", params={"text": text, **params}).json()
    return answer["outcome"], [target["code"] for target in answer["targets"]]


def matched(client: TestClient, *rows: dict[str, str]) -> list[tuple[str, str | None, list[str]]]:
    answer = client.post("/api/v1/match", json={"rows": list(rows)})
    assert answer.status_code == 200, answer.text
    return [
        (
            one["outcome"],
            one["address"]["code"] if one["address"] else None,
            [candidate["code"] for candidate in one["candidates"]],
        )
        for one in answer.json()["items"]
    ]


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_police_spelling_leads_to_the_address_by_resolution_and_search(
    clerk: TestClient, doors: list[dict[str, Any]]
) -> None:
    code, text = doors[0]["code"], "烟舟村杨柳冲5号"

    made = record(clerk, code, f" {text} ", note="示例派出所底册")
    found = clerk.get("/api/v1/search", params={"q": "杨柳冲5号"}).json()["items"]

    assert made.status_code == 201, made.text
    assert made.json() | {"id": "", "recorded_at": ""} == {
        "id": "", "kind": "police", "text": text, "valid_from": SINCE, "valid_to": None, "note": "示例派出所底册",
        "recorded_by": "示例civil_affairs430626", "recorded_at": "",
    }  # fmt: skip
    assert resolved(clerk, text) == resolved(clerk, f"{HEAD}{text}") == ("resolved", [code])
    assert [item["code"] for item in found] == [code]
    assert text in [one["text"] for one in clerk.get(f"/api/v1/addresses/{code}").json()["aliases"]]


def test_an_ended_alias_leads_nowhere_after_its_last_day(
    clerk: TestClient, doors: list[dict[str, Any]]
) -> None:
    code, text = doors[0]["code"], "烟舟村油榨屋"
    made = record(clerk, code, text, "colloquial").json()

    done = end(clerk, code, made["id"], last_on="2024-06-30")
    again = end(clerk, code, made["id"])
    longer = end(clerk, code, done.json()["id"], last_on="2025-06-30")
    before = end(clerk, code, done.json()["id"], last_on="2019-12-31")

    assert (done.status_code, done.json()["valid_from"], done.json()["valid_to"]) == (
        200,
        SINCE,
        "2024-07-01",
    )
    assert [refusal(one) for one in (again, longer, before)] == [
        (404, "alias-not-found"),
        (409, "alias-ended"),
        (422, "dates-reversed"),
    ]
    assert resolved(clerk, text, on="2024-06-30") == ("resolved", [code])
    assert resolved(clerk, text, on="2024-07-01") == ("village", [])
    listed = clerk.get(f"/api/v1/addresses/{code}/aliases").json()["items"]
    assert [one["valid_to"] for one in listed if one["text"] == text] == ["2024-07-01"]


def test_a_text_that_is_an_address_or_a_name_already_is_no_alias(
    clerk: TestClient, doors: list[dict[str, Any]]
) -> None:
    own, other = doors[0], doors[1]
    short = other["full_text"].removeprefix(HEAD)

    answers = [
        record(clerk, own["code"], text)
        for text in (own["full_text"], short, other["full_text"], "烟舟村", "烟舟村12组", "1号", "18")
    ]

    assert [refusal(one) for one in answers] == [
        (409, "alias-is-the-address"),
        (409, "alias-is-an-address"),
        (409, "alias-is-an-address"),
        (409, "alias-is-a-name"),
        (409, "alias-is-a-name"),
        (422, "alias-too-short"),
        (422, "text-empty"),
    ]
    assert other["code"] in answers[1].json()["title"]


def test_the_same_words_are_one_alias_at_a_time(clerk: TestClient, doors: list[dict[str, Any]]) -> None:
    code, text = doors[1]["code"], "烟舟村石板桥头"
    first = record(clerk, code, text, "colloquial", valid_to="2023-01-01")

    twice = record(clerk, code, "烟舟村 石板桥头", "police", valid_from="2022-12-31")
    later = record(clerk, code, text, "colloquial", valid_from="2023-01-01")

    assert (first.status_code, refusal(twice), later.status_code) == (201, (409, "alias-known"), 201)


def test_two_at_once_record_an_alias_once_and_end_it_once(
    signed_in: Any, doors: list[dict[str, Any]]
) -> None:
    clients = [signed_in(Role.CIVIL_AFFAIRS), signed_in(Role.COUNTY)]
    code = doors[1]["code"]

    with ThreadPoolExecutor(2) as both:
        made = list(both.map(lambda one: record(one, code, "烟舟村水碾屋"), clients))
        (alias,) = [one.json() for one in made if one.status_code == 201]
        ended = list(both.map(lambda one: end(one, code, alias["id"]), clients))

    assert sorted(one.status_code for one in made) == [201, 409]
    assert sorted(one.status_code for one in ended) == [200, 404]


def test_an_alias_of_two_addresses_says_so(clerk: TestClient, doors: list[dict[str, Any]]) -> None:
    text, both = "烟舟村晒谷坪", [door["code"] for door in doors[:2]]

    made = [record(clerk, code, text, "colloquial").status_code for code in both]

    assert made == [201, 201]
    assert resolved(clerk, text) == ("ambiguous", sorted(both))


def test_days_and_persons_numbers_are_refused_and_nothing_is_kept(
    clerk: TestClient, doors: list[dict[str, Any]]
) -> None:
    code = doors[2]["code"]
    tomorrow = (today() + timedelta(1)).isoformat()

    answers = [
        record(clerk, code, "烟舟村老井边", valid_from=tomorrow),
        record(clerk, code, "烟舟村老井边", valid_to=SINCE),
        record(clerk, code, f"烟舟村{PLANTED_ID}"),
        record(clerk, code, "烟舟村老井边", note=PLANTED_ID),
        record(clerk, code, "烟舟村老井边", "former"),
        record(clerk, code, "烟舟村老井边", valid_from="1800-01-01"),
    ]

    assert [refusal(one) for one in answers] == [
        (422, "valid-from-future"),
        (422, "dates-reversed"),
        (422, "personal-data-not-here"),
        (422, "personal-data-not-here"),
        (422, "request-invalid"),
        (422, "request-invalid"),
    ]
    kept = clerk.get(f"/api/v1/addresses/{code}/aliases").json()["items"]
    assert [one for one in kept if "老井" in one["text"]] == []


def test_a_village_records_for_its_own_addresses_and_nobody_for_drafts(
    clerk: TestClient, signed_in: Any, register: Register, doors: list[dict[str, Any]]
) -> None:
    villager, police = signed_in(Role.VILLAGE, HOME), signed_in(Role.POLICE)

    own = record(villager, doors[2]["code"], "烟舟村枫树坳", "colloquial")
    others = record(villager, register.code[AWAY], "示例村枫树坳", "colloquial")
    without = record(police, doors[2]["code"], "烟舟村枫树坳")
    draft = record(clerk, register.code[DRAFTED], "草案村枫树坳")

    assert own.status_code == 201
    assert [refusal(one) for one in (others, without, draft)] == [
        (403, "out-of-scope"),
        (403, "right-missing"),
        (409, "address-not-current"),
    ]


def test_a_request_sent_twice_records_once_and_the_audit_names_both_acts(
    clerk: TestClient, signed_in: Any, doors: list[dict[str, Any]]
) -> None:
    code, once = doors[2]["code"], {"Idempotency-Key": "示例键".encode().hex()}
    body = {"kind": "colloquial", "text": "烟舟村竹山湾", "valid_from": SINCE}
    url = f"/api/v1/addresses/{code}/aliases"

    first, second = (clerk.post(url, json=body, headers=once) for _ in range(2))
    ended = end(clerk, code, first.json()["id"])

    assert first.json() == second.json()
    lines = signed_in(Role.ADMIN).get("/api/v1/audit", params={"limit": "200"}).json()["items"]
    told = {(one["action"], one["object_id"]) for one in lines}
    assert {("alias.record", first.json()["id"]), ("alias.end", ended.json()["id"])} <= told


def today() -> date:
    return datetime.now(TIME_ZONE).date()


@pytest.fixture(scope="module")
def passer_by(register: Register, settings: Settings) -> Iterator[TestClient]:
    open_map = settings.model_copy(update={"map_access": MapAccess.OPEN})
    with TestClient(create_app(open_map), raise_server_exceptions=False) as client:
        yield client


def test_visitors_read_no_notes_of_aliases(passer_by: TestClient, doors: list[dict[str, Any]]) -> None:
    answer = passer_by.get(f"/api/v1/addresses/{doors[0]['code']}/aliases")

    assert refusal(answer) == (401, "sign-in-needed")


def test_rows_are_matched_by_an_alias_as_soon_as_it_is_recorded(
    clerk: TestClient, doors: list[dict[str, Any]]
) -> None:
    """The police write another village (烟洲村), a number that is another house's, or no number at all."""
    code = doors[2]["code"]
    texts = ["烟洲村12组1号", "烟舟村老碾坊", "老碾坊"]
    rows = [{"text": f"童市镇{text}"} for text in texts]
    before = matched(clerk, *rows)

    made = [record(clerk, code, text).status_code for text in texts]
    after = matched(clerk, *rows, {"text": "湖南省平江县童市镇烟洲村十二组１号"})

    assert made == [201] * 3
    assert code not in [linked for _, linked, _ in before]
    assert after == [("accepted", code, [code])] * 4


def test_an_alias_that_has_ended_links_no_row_of_a_later_day(
    clerk: TestClient, doors: list[dict[str, Any]]
) -> None:
    code, text = doors[2]["code"], "烟舟村旧粮站"
    alias = record(clerk, code, text).json()["id"]
    row = {"text": f"童市镇{text}"}
    held = matched(clerk, row)

    done = end(clerk, code, alias, last_on="2024-06-30")
    last, next_day, undated = matched(clerk, {**row, "on": "2024-06-30"}, {**row, "on": "2024-07-01"}, row)

    assert (held, done.status_code) == ([("accepted", code, [code])], 200)
    assert last == ("accepted", code, [code])
    assert next_day == undated == ("ambiguous", None, [code])


def test_an_alias_of_two_addresses_links_no_row(clerk: TestClient, doors: list[dict[str, Any]]) -> None:
    text, both = "烟舟村戏台下", [door["code"] for door in doors[1:]]
    for code in both:
        assert record(clerk, code, text, "colloquial").status_code == 201

    ((outcome, linked, candidates),) = matched(clerk, {"text": f"童市镇{text}"})

    assert (outcome, linked, sorted(candidates)) == ("ambiguous", None, both)
