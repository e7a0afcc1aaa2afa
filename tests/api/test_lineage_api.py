"""Lineage over HTTP: resolution, history, acts on single addresses, the feed and its consumers."""

from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.testclient import TestClient

from address_service.bootstrap import create_app
from address_service.model.accounts import Role
from address_service.settings import MapAccess, Settings
from tests.api.test_reading_scope import AWAY, DRAFTED, HOME, Register, register

__all__ = ["register"]


@dataclass
class Desk:
    clerk: TestClient
    county: TestClient
    register: Register


@pytest.fixture(scope="module")
def desk(signed_in: Any, register: Register) -> Desk:
    return Desk(signed_in(Role.CIVIL_AFFAIRS), signed_in(Role.COUNTY), register)


@pytest.fixture(scope="module")
def passer_by(register: Register, settings: Settings) -> Any:
    open_map = settings.model_copy(update={"map_access": MapAccess.OPEN})
    with TestClient(create_app(open_map), raise_server_exceptions=False) as client:
        yield client


def codes(desk: Desk, village: str) -> list[str]:
    found = desk.clerk.get("/api/v1/addresses", params={"village": village, "stage": "current"}).json()
    return [item["code"] for item in found["items"]]


def test_an_act_is_asked_for_decided_and_told(desk: Desk) -> None:
    gone, into = codes(desk, AWAY)[-2:]
    text = desk.clerk.get(f"/api/v1/addresses/{gone}").json()["full_text"]
    asked = desk.clerk.post("/api/v1/address-changes", json={"kind": "merge", "code": gone, "into": into})
    decree = {"decree_no": "示例〔2026〕3号"}

    refused = desk.clerk.post(f"/api/v1/address-changes/{asked.json()['id']}/commit", json=decree)
    early = desk.county.post(
        f"/api/v1/address-changes/{asked.json()['id']}/commit", json=decree | {"effective_on": "2015-01-01"}
    )

    assert asked.status_code == 201
    assert (refused.status_code, refused.json()["code"]) == (403, "right-missing")
    # Approved today, so there is no day yet on which it was true before it ends.
    assert (early.status_code, early.json()["code"]) == (409, "effective-on-too-early")
    assert desk.clerk.get("/api/v1/address-changes").json()["items"][-1]["stage"] == "draft"
    answer = desk.clerk.get("/api/v1/resolve", params={"text": text}).json()
    assert (answer["outcome"], [t["code"] for t in answer["targets"]]) == ("resolved", [gone])


def test_an_act_says_how_many_households_it_concerns_and_what_becomes_of_them(desk: Desk) -> None:
    gone, into = codes(desk, AWAY)[:2]
    member = {"name": "示例甲", "relation": "户主"}
    household = {"kind": "family", "address_code": gone, "members": [member]}
    assert desk.clerk.post("/api/v1/households", json=household).status_code == 201

    acts = [
        desk.clerk.post("/api/v1/address-changes", json=asked).json()
        for asked in (
            {"kind": "retire", "code": gone},
            {"kind": "merge", "code": gone, "into": into},
            {"kind": "retire", "code": into},
        )
    ]

    assert [act["households"] for act in acts] == [1, 1, 0]
    assert ["逐户迁移" in acts[0]["warning"], "随之改登记" in acts[1]["warning"], acts[2]["warning"]] == [
        True,
        True,
        None,
    ]
    assert desk.clerk.get(f"/api/v1/address-changes/{acts[0]['id']}").json()["households"] == 1
    listed = desk.clerk.get("/api/v1/households", params={"address_state": "ended", "village": AWAY}).json()
    assert listed["items"] == []
    dropped = desk.clerk.post(f"/api/v1/address-changes/{acts[1]['id']}/drop").json()
    assert (dropped["households"], dropped["warning"]) == (1, None)


def test_the_history_of_an_address_has_both_times_and_hides_drafts_from_strangers(
    desk: Desk, passer_by: TestClient
) -> None:
    code = desk.register.code[HOME]

    ours = desk.clerk.get(f"/api/v1/addresses/{code}/history").json()
    theirs = passer_by.get(f"/api/v1/addresses/{code}/history").json()

    assert [v["stage"] for v in ours["versions"]] == ["draft", "current"]
    assert ours["versions"][0]["recorded_to"] == ours["versions"][1]["recorded_from"]
    assert [e["kind"] for e in ours["events"]] == ["create", "approve"]
    assert [v["stage"] for v in theirs["versions"]] == ["current"]
    assert [e["kind"] for e in theirs["events"]] == ["approve"]
    draft = desk.register.code[DRAFTED]
    assert passer_by.get(f"/api/v1/addresses/{draft}/history").status_code == 404


def test_a_resolution_asks_for_text_or_code(desk: Desk) -> None:
    both = {"text": "烟舟村", "code": desk.register.code[HOME]}

    answers = [desk.clerk.get("/api/v1/resolve", params=params) for params in ({}, both)]

    assert [(a.status_code, a.json()["code"]) for a in answers] == [(422, "text-or-code")] * 2


def test_the_feed_is_read_in_pages_and_acknowledged(desk: Desk, signed_in: Any) -> None:
    seen, cursor = [], None
    while True:
        params = {"limit": "7", **({"cursor": cursor} if cursor else {})}
        page = desk.clerk.get("/api/v1/changes", params=params).json()
        seen += [item["seq"] for item in page["items"]]
        cursor = page["reached"]
        if page["next_cursor"] is None:
            break
    police = signed_in(Role.POLICE)

    first = police.put("/api/v1/change-consumers/内网", json={"cursor": "3"}).json()
    back = police.put("/api/v1/change-consumers/内网", json={"cursor": "2"})
    beyond = police.put("/api/v1/change-consumers/内网", json={"cursor": "999999"})

    assert seen == list(range(1, len(seen) + 1))
    assert (first["acknowledged"], first["lag"], first["waiting"]) == ("3", len(seen) - 3, 0)
    assert (back.status_code, back.json()["code"]) == (409, "cursor-behind")
    assert (beyond.status_code, beyond.json()["code"]) == (422, "cursor-unknown")
    assert [c["name"] for c in police.get("/api/v1/change-consumers").json()["items"]] == ["内网"]
    assert desk.clerk.get("/api/v1/change-consumers").json()["items"] == []


def test_a_village_reads_the_changes_of_its_own_alone(desk: Desk, signed_in: Any) -> None:
    page = signed_in(Role.VILLAGE, HOME).get("/api/v1/changes", params={"limit": "1000"}).json()

    codes_seen = {item["identity"].get("code", HOME)[:12] for item in page["items"]}
    assert codes_seen == {HOME}
    assert {item["subject"] for item in page["items"]} == {"division", "place", "address"}
