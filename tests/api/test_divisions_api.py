"""Divisions over time through the API: any day, lists in, decisions, acts of two persons, history, names."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from address_service.model.accounts import Role

TOWN = "430626200"
LIST = "统计用区划代码,名称\n430626000000,平江县\n430626200000,三阳乡\n"
YEARS = {
    2015: {"209": "三联村", "210": "石坪村", "211": "东沅村"},
    2016: {"209": "三联村", "210": "更新村", "211": "东源村"},
}


@pytest.fixture(scope="module")
def clerk(signed_in: Any, run_jobs: Callable[[], None]) -> TestClient:
    """Both lists are in: 石坪's code is another village's, 东沅 is spelled otherwise."""
    client: TestClient = signed_in(Role.CIVIL_AFFAIRS)
    for year, villages in YEARS.items():
        rows = LIST + "".join(f"{TOWN}{code},{name}\n" for code, name in villages.items())
        sent = client.post(
            "/api/v1/division-lists",
            data={"year": str(year)},
            files={"file": (f"{year}.csv", rows.encode("gbk"))},
            headers={"Idempotency-Key": f"list-{year}"},
        )
        assert sent.status_code == 202, sent.text
        run_jobs()
        assert client.get(f"/api/v1/jobs/{sent.json()['id']}").json()["stage"] == "done"
    return client


def proposals(client: TestClient, **params: str) -> dict[str, dict[str, Any]]:
    answer = client.get("/api/v1/division-proposals", params=params)
    assert answer.status_code == 200, answer.text
    return {row["new_code"] or row["old_code"]: row for row in answer.json()["items"]}


def decide(client: TestClient, proposal: str, **body: Any) -> Any:
    return client.post(f"/api/v1/division-proposals/{proposal}/decide", json=body)


Approve = Callable[..., Any]


@pytest.fixture(scope="module")
def approve(signed_in: Any) -> Approve:
    """Let the county commit what an answer says was planned; gives the act."""
    county: TestClient = signed_in(Role.COUNTY)

    def commit(answer: Any, decree_no: str | None = "示例〔2026〕1号") -> Any:
        found = answer.json()
        assert answer.status_code in (200, 201), answer.text
        done = county.post(
            f"/api/v1/division-acts/{found.get('act_id') or found['id']}/commit",
            json={"decree_no": decree_no},
        )
        assert done.status_code == 200, done.text
        return done.json()

    return commit


def test_a_list_is_kept_whole_and_says_what_it_proposed(clerk: TestClient) -> None:
    lists = clerk.get("/api/v1/division-lists").json()["items"]

    assert [(row["year"], row["system"], row["rows"]) for row in lists] == [
        (2015, "nbs", 5),
        (2016, "nbs", 5),
    ]
    card = clerk.get(f"/api/v1/division-lists/{lists[1]['id']}").json()
    assert (card["list_day"], card["filename"]) == ("2016-01-01", "2016.csv")
    assert card["summary"] == {
        "kept": 3, "entered": 0, "carried_back": 0, "decided": 0, "code_reused": 1, "respelled": 1
    }  # fmt: skip
    assert card["items"][3] == {
        "position": 4, "code": f"{TOWN}210", "name": "更新村", "code_mca": None, "urban_rural_class": None
    }  # fmt: skip


def test_a_proposal_shows_its_evidence_and_what_it_may_be(clerk: TestClient) -> None:
    found = proposals(clerk)[f"{TOWN}211"]

    shown = clerk.get(f"/api/v1/division-proposals/{found['id']}").json()
    assert (shown["kind"], shown["old_name"], shown["new_name"]) == ("respelled", "东沅村", "东源村")
    assert any("同音（yuan）" in clue["text"] for clue in shown["evidence"])
    assert {clue["code"] for clue in shown["candidates"]} >= {"renamed", "code_reused"}


def test_a_code_gives_the_village_of_the_day_and_each_its_own_history(
    clerk: TestClient, approve: Approve
) -> None:
    found = proposals(clerk)[f"{TOWN}210"]
    body = {"outcome": "code_reused", "other_code": f"{TOWN}209", "note": "示例虚构"}

    asked = decide(clerk, found["id"], **body)
    again = decide(clerk, found["id"], **body)
    turned_down = decide(clerk, found["id"], outcome="rejected")
    act = approve(asked)

    assert (asked.json()["state"], asked.json()["act_id"]) == ("open", act["id"])
    assert {(a.status_code, a.json()["code"]) for a in (again, turned_down)} == {(409, "proposal-planned")}
    decided = clerk.get(f"/api/v1/division-proposals/{found['id']}").json()
    assert (decided["state"], decided["decided_by"]) == ("decided", "示例county430626")
    assert act["drawn_by"] == "示例civil_affairs430626"

    path = f"/api/v1/divisions/{TOWN}210"
    old = clerk.get(path, params={"valid_on": "2015-06-01"}).json()
    new = clerk.get(path).json()
    assert (old["name"], new["name"], old["id"] != new["id"]) == ("石坪村", "更新村", True)
    before = clerk.get(path, params={"known_on": found["list_day"] + "T00:00:00+08:00"})
    assert (before.status_code, before.json()["code"]) == (404, "division-not-found")
    history = clerk.get(f"/api/v1/divisions/{old['id']}/history").json()
    assert [(v["name"], v["valid_from"], v["valid_to"]) for v in history["versions"]] == [
        ("石坪村", "2015-01-01", "2016-01-01")
    ]
    assert [(s["name"], s["share"], s["kind"]) for s in history["successors"]] == [
        ("三联村", "whole", "merge")
    ]
    assert [event["kind"] for event in history["events"]] == ["create", "merge"]
    heir = clerk.get(f"/api/v1/divisions/{TOWN}209").json()["id"]
    kin = clerk.get(f"/api/v1/divisions/{heir}/history").json()["predecessors"]
    assert [(p["name"], p["code"]) for p in kin] == [("石坪村", f"{TOWN}210")]


def test_a_decided_proposal_is_not_decided_again(clerk: TestClient, approve: Approve) -> None:
    """A spelling has no decree; no address in force reads differently by it."""
    found = proposals(clerk)[f"{TOWN}211"]
    first = approve(decide(clerk, found["id"], outcome="respelled"), None)

    again = decide(clerk, found["id"], outcome="rejected")

    assert (first["stage"], first["kind"], first["decree_no"]) == ("committed", "proposal", None)
    assert (again.status_code, again.json()["code"]) == (409, "proposal-decided")


def test_the_list_of_divisions_is_that_of_the_day(clerk: TestClient) -> None:
    def names(**params: str) -> set[str]:
        asked = {"parent": TOWN, **params}
        return {row["name"] for row in clerk.get("/api/v1/divisions", params=asked).json()["items"]}

    assert "东沅村" in names(valid_on="2015-06-01")
    assert names(valid_on="2008-01-01") == set()


def test_a_division_is_created_renamed_and_abolished_by_two(clerk: TestClient, approve: Approve) -> None:
    new = {"code": f"{TOWN}220", "name": "新桥村", "effective_on": "2026-01-01"}
    created = clerk.post("/api/v1/divisions", json=new)
    assert clerk.get(f"/api/v1/divisions/{TOWN}220").status_code == 404
    made = approve(created)["division_id"]

    def change(kind: str, **body: Any) -> Any:
        asked = {"kind": kind, "effective_on": "2026-02-01", **body}
        return clerk.post(f"/api/v1/divisions/{made}/changes", json=asked)

    assert created.json()["summary"]["changes"][0]["before"] is None
    assert approve(change("rename", name="新乔村"))["summary"]["addresses"] == 0
    ring = [[[113.6, 28.8], [113.7, 28.8], [113.7, 28.9], [113.6, 28.8]]]
    assert approve(change("boundary", boundary={"type": "Polygon", "coordinates": ring}))["event_id"]
    assert change("boundary", boundary={"type": "Point", "coordinates": [113.6, 28.8]}).status_code == 422
    assert change("boundary", boundary={"type": "什么"}).json()["code"] == "boundary-invalid"
    approve(change("abolish", effective_on="2026-02-15"))
    card = clerk.get(f"/api/v1/divisions/{TOWN}220", params={"valid_on": "2026-02-10"}).json()
    assert (card["name"], card["has_boundary"], card["valid_to"]) == ("新乔村", True, "2026-02-15")
    assert clerk.get(f"/api/v1/divisions/{TOWN}220").status_code == 404


def test_who_asked_for_an_act_does_not_approve_it_and_a_decree_is_needed(
    signed_in: Any, clerk: TestClient, approve: Approve
) -> None:
    county = signed_in(Role.COUNTY)
    asked = county.post("/api/v1/divisions", json={"code": f"{TOWN}241", "name": "示例甲村"})
    path = f"/api/v1/division-acts/{asked.json()['id']}"

    own = county.post(f"{path}/commit", json={"decree_no": "示例〔2026〕6号"})
    office = clerk.post(f"{path}/commit", json={"decree_no": "示例〔2026〕6号"})
    other = signed_in(Role.COUNTY, TOWN)
    without = other.post(f"{path}/commit", json={"decree_no": None})
    done = other.post(f"{path}/commit", json={"decree_no": "示例〔2026〕6号"})
    again = other.post(f"{path}/commit", json={"decree_no": "示例〔2026〕6号"})

    assert [(a.status_code, a.json()["code"]) for a in (own, office, without, again)] == [
        (403, "own-act"),
        (403, "right-missing"),
        (422, "decree-missing"),
        (409, "division-act-decided"),
    ]
    assert (done.json()["stage"], done.json()["decided_by"]) == ("committed", f"示例county{TOWN}")


def test_a_dropped_act_stays_on_record_and_does_nothing(clerk: TestClient) -> None:
    asked = clerk.post("/api/v1/divisions", json={"code": f"{TOWN}242", "name": "示例乙村"}).json()

    dropped = clerk.post(f"/api/v1/division-acts/{asked['id']}/drop").json()
    again = clerk.post(f"/api/v1/division-acts/{asked['id']}/drop")

    assert (dropped["stage"], again.json()["code"]) == ("dropped", "division-act-decided")
    listed = clerk.get("/api/v1/division-acts", params={"stage": "dropped"}).json()["items"]
    assert asked["id"] in [one["id"] for one in listed]
    assert clerk.get(f"/api/v1/divisions/{TOWN}242").status_code == 404


def test_of_two_acts_on_one_village_the_later_is_out_of_date(
    signed_in: Any, clerk: TestClient, approve: Approve
) -> None:
    village = approve(clerk.post("/api/v1/divisions", json={"code": f"{TOWN}243", "name": "示例丙村"}))
    path = f"/api/v1/divisions/{village['division_id']}/changes"
    first, second = (clerk.post(path, json={"kind": "rename", "name": f"示例{n}村"}) for n in "丁戊")
    approve(first)

    late = signed_in(Role.COUNTY).post(
        f"/api/v1/division-acts/{second.json()['id']}/commit", json={"decree_no": "示例〔2026〕8号"}
    )

    assert (late.status_code, late.json()["code"]) == (409, "division-act-outdated")


def test_the_same_act_sent_twice_is_kept_once(clerk: TestClient) -> None:
    village = clerk.get(f"/api/v1/divisions/{TOWN}209").json()["id"]
    body = {"kind": "rename", "name": "三莲村"}
    key = {"Idempotency-Key": "rename-209"}

    first, second = (
        clerk.post(f"/api/v1/divisions/{village}/changes", json=body, headers=key) for _ in range(2)
    )

    assert first.status_code == 201, first.text
    assert second.json() == first.json()
    assert second.headers["Idempotency-Replayed"] == "true"


def test_a_village_sees_no_proposal_of_its_neighbours(signed_in: Any, clerk: TestClient) -> None:
    villager = signed_in(Role.VILLAGE, f"{TOWN}210")
    other = proposals(clerk)[f"{TOWN}211"]["id"]

    assert set(proposals(villager)) == {f"{TOWN}210"}
    assert villager.get(f"/api/v1/division-proposals/{other}").json()["code"] == "out-of-scope"


def test_nobody_changes_a_division_outside_the_own_scope(signed_in: Any, clerk: TestClient) -> None:
    elsewhere = signed_in(Role.CIVIL_AFFAIRS, "430626113")
    village = clerk.get(f"/api/v1/divisions/{TOWN}210").json()["id"]
    body = {"kind": "rename", "name": "他村"}
    act = clerk.post(f"/api/v1/divisions/{village}/changes", json=body).json()["id"]
    approver = signed_in(Role.COUNTY, "430626113")

    proposal = proposals(clerk)[f"{TOWN}210"]["id"]
    answers = [
        decide(elsewhere, proposal, outcome="rejected"),
        decide(elsewhere, proposal, outcome="renamed"),
        elsewhere.post(f"/api/v1/divisions/{village}/changes", json=body),
        elsewhere.post("/api/v1/divisions", json={"code": f"{TOWN}299", "name": "他村"}),
        elsewhere.get(f"/api/v1/division-acts/{act}"),
        elsewhere.post(f"/api/v1/division-acts/{act}/drop"),
        approver.post(f"/api/v1/division-acts/{act}/commit", json={"decree_no": "示例〔2026〕8号"}),
    ]

    assert [(a.status_code, a.json()["code"]) for a in answers] == [(403, "out-of-scope")] * 7
    assert elsewhere.get("/api/v1/division-acts").json()["items"] == []


def test_names_that_sound_alike_are_reported_and_named_beforehand(
    clerk: TestClient, approve: Approve
) -> None:
    for code, name in (("231", "芭蕉村"), ("232", "巴蕉村"), ("233", "芭蕉社区")):
        asked = clerk.post("/api/v1/divisions", json={"code": f"{TOWN}{code}", "name": name})
        approve(asked)

    found = clerk.get("/api/v1/name-reports", params={"circle": "villages"}).json()["items"]

    expected = [
        ("homonym", ["芭蕉村", "芭蕉社区"]),
        ("homophone", ["芭蕉村", "巴蕉村", "芭蕉社区"]),
    ]
    warned = asked.json()["summary"]["name_clashes"]
    alike = [[(c["likeness"], [n["name"] for n in c["names"]]) for c in cs] for cs in (found, warned)]
    assert alike[1] == expected
    assert [clash for clash in alike[0] if "芭蕉村" in clash[1]] == expected


def test_a_history_as_it_was_known_before_a_correction_dated_back(
    clerk: TestClient, approve: Approve
) -> None:
    new = {"code": f"{TOWN}221", "name": "旁上村", "effective_on": "2024-01-01"}
    made = approve(clerk.post("/api/v1/divisions", json=new))["division_id"]
    path = f"/api/v1/divisions/{made}/history"
    known = clerk.get(path).json()["versions"][0]["recorded_at"]
    correction = {"kind": "respell", "name": "塝上村", "effective_on": "2024-01-01"}
    approve(clerk.post(f"/api/v1/divisions/{made}/changes", json=correction), "示例〔2026〕2号")

    now = clerk.get(path).json()
    then = clerk.get(path, params={"known_on": known}).json()

    assert [version["name"] for version in now["versions"]] == ["塝上村"]
    assert [version["name"] for version in then["versions"]] == ["旁上村"]
    assert [event["kind"] for event in now["events"]][-1] == "respell"
    assert [event["kind"] for event in then["events"]] == ["create"]
    assert then["versions"][0]["superseded_at"] == now["versions"][0]["recorded_at"]
    unknown = clerk.get(path, params={"known_on": "2020-01-01T00:00:00+08:00"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "division-not-found")
