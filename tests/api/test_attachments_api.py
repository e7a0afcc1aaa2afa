"""Scans of decrees over HTTP: beside every kind of act, in histories, within the scope, never for visitors."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from address_service.bootstrap import create_app
from address_service.model.accounts import Role
from address_service.settings import MapAccess, Settings
from tests.api.test_reading_scope import AWAY, HOME, Register, items, register
from tests.store.test_scans import archive, pdf, picture

__all__ = ["register"]

PATH = "/api/v1/attachments"
NOTE = "内部说明示例"


@pytest.fixture
def clerk(signed_in: Any, register: Register) -> TestClient:
    client: TestClient = signed_in(Role.CIVIL_AFFAIRS)
    return client


@pytest.fixture
def villager(signed_in: Any, register: Register) -> TestClient:
    client: TestClient = signed_in(Role.VILLAGE, HOME)
    return client


@pytest.fixture(scope="module")
def passer_by(register: Register, settings: Settings) -> Any:
    """Somebody without a key, where the map is open."""
    open_map = settings.model_copy(update={"map_access": MapAccess.OPEN})
    with TestClient(create_app(open_map), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="module")
def renamed(signed_in: Any, register: Register) -> dict[str, Any]:
    """A hamlet next door with another name by decree, and a scan of the decree that came before the approval."""
    clerk, county = signed_in(Role.CIVIL_AFFAIRS), signed_in(Role.COUNTY)
    asked = {"name": "示例新组", "note": NOTE}
    act = clerk.post(f"/api/v1/places/{register.place[AWAY]}/rename", json=asked).json()
    sent = send(clerk, "division-acts", act["id"], pdf(), "批文.pdf")
    assert sent.status_code == 201, sent.text
    done = county.post(f"/api/v1/division-acts/{act['id']}/commit", json={"decree_no": "示例〔2026〕9号"})
    assert done.status_code == 200, done.text
    found: dict[str, Any] = sent.json()
    return found


def send(client: TestClient, act: str, act_id: str, content: bytes, name: str = "扫描.pdf") -> Any:
    return client.post(PATH, data={"act": act, "act_id": act_id}, files={"file": (name, content)})


def listed(client: TestClient, act: str, act_id: str) -> list[dict[str, Any]]:
    return items(client, "attachments", act=act, act_id=act_id)


@pytest.mark.parametrize("act", ["division-acts", "division-changes", "renumbering-plans", "address-changes"])
def test_a_scan_is_kept_beside_every_kind_of_act_and_given_back(
    clerk: TestClient, register: Register, act: str
) -> None:
    act_id = {
        "division-acts": register.division_act,
        "division-changes": register.division_change,
        "renumbering-plans": register.renumbering[HOME],
        "address-changes": register.address_change[HOME],
    }[act]
    content = picture("PNG")

    sent = send(clerk, act, act_id, content, "C:\\夹\\县政府 批文\u202e.exe")
    got = clerk.get(f"{PATH}/{sent.json()['id']}")

    assert (sent.status_code, sent.json()["filename"]) == (201, "县政府 批文.png")
    assert sent.json() in listed(clerk, act, act_id)
    assert (got.content, got.headers["content-type"]) == (content, "image/png")
    assert got.headers["content-disposition"] == f"attachment; filename*=utf-8''{quote('县政府 批文.png')}"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in got.headers["content-security-policy"]


def test_the_same_file_sent_twice_is_one_attachment(
    clerk: TestClient, register: Register, settings: Settings
) -> None:
    def kept() -> int:
        return len(list((settings.data_dir / "attachments").iterdir()))

    content = picture("JPEG")
    act = ("address-changes", register.address_change[AWAY])

    first, second = send(clerk, *act, content, "一.jpg"), send(clerk, *act, content, "二.jpg")
    before = kept()
    elsewhere = send(clerk, "division-acts", register.division_act, content)

    assert (first.json(), second.status_code) == (second.json(), 201)
    assert elsewhere.json()["id"] != first.json()["id"]
    assert kept() == before


def test_what_is_no_scan_or_names_a_person_is_refused(clerk: TestClient, register: Register) -> None:
    act = ("division-acts", register.division_act)

    answers = [
        send(clerk, *act, b"<html></html>", "批文.pdf"),
        send(clerk, *act, archive("x.xml"), "批文.ofd"),
        send(clerk, *act, pdf(), "张三13812345678.pdf"),
        send(clerk, "division-acts", register.division_change, pdf()),
        send(clerk, "jobs", register.division_act, pdf()),
    ]

    assert [(a.status_code, a.json()["code"]) for a in answers] == [
        (422, "attachment-type"),
        (422, "attachment-type"),
        (422, "personal-data-not-here"),
        (404, "division-act-not-found"),
        (422, "request-invalid"),
    ]


def test_a_dropped_act_takes_no_scan(clerk: TestClient) -> None:
    act = clerk.post("/api/v1/divisions", json={"code": "430626113277", "name": "示例丁村"}).json()["id"]
    clerk.post(f"/api/v1/division-acts/{act}/drop")

    answer = send(clerk, "division-acts", act, pdf())

    assert (answer.status_code, answer.json()["code"]) == (409, "act-dropped")


def test_a_scan_larger_than_the_body_of_other_requests_is_taken(
    clerk: TestClient, register: Register
) -> None:
    large = picture("JPEG")[:-2] + b"\0" * (3 << 20) + b"\xff\xd9"

    answer = send(clerk, "renumbering-plans", register.renumbering[AWAY], large)

    assert (answer.status_code, answer.json()["size_bytes"]) == (201, len(large))


def test_scans_of_another_village_are_refused(villager: TestClient, renamed: dict[str, Any]) -> None:
    act = (renamed["act"], renamed["act_id"])

    answers = [
        send(villager, *act, pdf()),
        villager.get(PATH, params=dict(zip(("act", "act_id"), act, strict=True))),
        villager.get(f"{PATH}/{renamed['id']}"),
    ]

    assert [(a.status_code, a.json()["code"]) for a in answers] == [(403, "out-of-scope")] * 3


def test_histories_name_the_scans_to_their_scope_alone(
    clerk: TestClient,
    villager: TestClient,
    passer_by: TestClient,
    register: Register,
    renamed: dict[str, Any],
) -> None:
    def events(client: TestClient) -> list[dict[str, Any]]:
        found: dict[str, Any] = client.get(f"/api/v1/addresses/{register.code[AWAY]}/history").json()
        return [event for event in found["events"] if event["kind"] == "rename"]

    def told(client: TestClient) -> list[tuple[str, list[str]]]:
        return [(e["note"], [scan["id"] for scan in e["attachments"]]) for e in events(client)]

    assert told(clerk) == [(NOTE, [renamed["id"]])]
    assert told(villager) == [(NOTE, [])]
    assert told(passer_by) == [("", [])]
    assert {event["decree_no"] for event in events(passer_by)} == {"示例〔2026〕9号"}
    assert passer_by.get(f"{PATH}/{renamed['id']}").status_code == 401


def test_the_history_of_a_division_says_to_visitors_what_happened_and_no_more(
    signed_in: Any, clerk: TestClient, passer_by: TestClient
) -> None:
    new = {"code": "430626113278", "name": "示例戊村", "note": NOTE}
    act = clerk.post("/api/v1/divisions", json=new).json()["id"]
    scan = send(clerk, "division-acts", act, pdf()).json()["id"]
    decree = {"decree_no": "示例〔2026〕10号"}
    made = signed_in(Role.COUNTY).post(f"/api/v1/division-acts/{act}/commit", json=decree).json()

    path = f"/api/v1/divisions/{made['division_id']}/history"
    (inside,), (outside,) = (client.get(path).json()["events"] for client in (clerk, passer_by))

    assert (inside["note"], inside["details"]) == (NOTE, {"division_act_id": act})
    assert [one["id"] for one in inside["attachments"]] == [scan]
    assert (outside["note"], outside["details"], outside["attachments"]) == ("", {}, [])
    same = {"id", "kind", "decree_no", "effective_on", "recorded_at"}
    assert {name: outside[name] for name in same} == {name: inside[name] for name in same}


MERGED = f"""变更类型,旧代码,旧名称,新代码,新名称,生效日期,批准文号,说明
新设,,,430626113281,示例己村,2016-01-01,示例〔2016〕1号,示例
新设,,,430626113282,示例庚村,2016-01-01,示例〔2016〕1号,示例
合并,430626113281,示例己村,430626113282,示例庚村,2020-01-01,示例〔2020〕1号,{NOTE}
"""


def test_visitors_read_no_notes_in_resolutions(
    clerk: TestClient, passer_by: TestClient, run_jobs: Callable[[], None]
) -> None:
    file = {"file": ("变更.csv", MERGED)}
    job = clerk.post("/api/v1/jobs", data={"layer": "division-changes"}, files=file).json()["id"]
    run_jobs()
    assert clerk.get(f"/api/v1/jobs/{job}").json()["accepted"] == 3
    asked = {"text": "示例己村", "on": "2017-01-01"}

    (inside,), (outside,) = (
        client.get("/api/v1/resolve", params=asked).json()["villages"] for client in (clerk, passer_by)
    )

    assert [step["note"] for step in inside["steps"]] == [NOTE]
    assert [step["note"] for step in outside["steps"]] == [""]
    assert inside["became"] == outside["became"] == [{"code": "430626113282", "name": "示例庚村"}]
    path = f"/api/v1/divisions/{inside['id']}/history"
    (told,), (public,) = (client.get(path).json()["successors"] for client in (clerk, passer_by))
    assert (told["note"], told["share"], told["groups"], told["area_share"]) == (NOTE, "whole", [], None)
    assert public == {**told, "note": ""}
