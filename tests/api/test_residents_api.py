"""Residents over HTTP: masked, scoped, revealed for a reason; nothing personal in an error, a URL or the database."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from address_service.model.accounts import Role
from address_service.store.engine import Database

HOME, AWAY, THIRD = "430626113208", "430626113209", "430626113210"
"""Ours with one household, the neighbour with none, and one where tests enrol."""
HEAD_ID, CHILD_ID = "430626198003021230", "430626202001010019"
DIVISIONS = """统计用区划代码,民政区划代码,名称,城乡分类代码,生效日期
430626000000,430626,平江县,,2009-01-01
430626113000,430626113,童市镇,,2009-01-01
430626113208,430626113208,烟舟村,220,2009-01-01
430626113209,430626113209,示例村,220,2009-01-01
430626113210,430626113210,沙坪村,220,2009-01-01
"""
HOUSES = "建筑编号,村代码,用途,层数,村民小组,经度,纬度\n" + "".join(
    f"{code[-3:]}-{n:03d},{code},住宅,2,12组,{113.6 + i * 0.1 + n * 0.0003:.4f},28.8\n"
    for i, code in enumerate((HOME, AWAY, THIRD))
    for n in range(1, 4)
)
REASON = {"purpose": "case", "reason": "核对户口簿"}


def body(door: str, *, head: str = HEAD_ID, name: str = "示例甲") -> dict[str, Any]:
    child = {"name": "示例丙", "id_no": CHILD_ID, "relation": "20"}
    first = {
        "name": name,
        "id_no": head,
        "phone": "13800005678",
        "relation": "户主",
        "arrived_on": "1998-05-01",
    }
    return {"kind": "family", "address_code": door, "book_no": "H000123", "members": [first, child]}


@pytest.fixture(scope="module")
def doors(signed_in: Any, run_jobs: Callable[[], None]) -> dict[str, list[str]]:
    clerk, found = signed_in(Role.CIVIL_AFFAIRS), {}
    for layer, rows in (("divisions", DIVISIONS), ("buildings", HOUSES)):
        assert clerk.post(
            "/api/v1/jobs", data={"layer": layer}, files={"file": (f"{layer}.csv", rows)}
        ).is_success
        run_jobs()
    for village in (HOME, AWAY, THIRD):
        (place,) = clerk.get(f"/api/v1/places?village={village}&kind=group").json()["items"]
        plan = clerk.post("/api/v1/numbering-plans", json={"place_id": place["id"]}).json()
        assert clerk.post(f"/api/v1/numbering-plans/{plan['id']}/commit").is_success
        rows_ = clerk.get(f"/api/v1/addresses?village={village}").json()["items"]
        found[village] = sorted(row["code"] for row in rows_)
    return found


@pytest.fixture(scope="module")
def enrolled(signed_in: Any, doors: dict[str, list[str]]) -> dict[str, Any]:
    answer = signed_in(Role.VILLAGE, HOME).post("/api/v1/households", json=body(doors[HOME][0]))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


@pytest.fixture
def villager(signed_in: Any) -> TestClient:
    client: TestClient = signed_in(Role.VILLAGE, HOME)
    return client


def test_a_person_is_shown_masked_with_household_and_house(
    villager: TestClient, enrolled: dict[str, Any]
) -> None:
    answer = villager.get(f"/api/v1/residents/{enrolled['person_ids'][0]}")

    shown = answer.json()
    assert (shown["name"], shown["id_no"], shown["phone"]) == ("示**", "430626********1230", "138****5678")
    assert (shown["under_14"], shown["household"]["relation_text"]) == (False, "户主")
    assert shown["household"]["book_no"] == "****123"
    assert {home["kind"] for home in shown["homes"]} == {"registered", "actual"}
    assert all(home["building_codes"] for home in shown["homes"])
    assert {home["arrived_on"] for home in shown["homes"]} == {"1998-05-01"}
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["ETag"] == '"1"'


def test_of_a_child_nothing_but_the_masked_name_shows(villager: TestClient, enrolled: dict[str, Any]) -> None:
    shown = villager.get(f"/api/v1/residents/{enrolled['person_ids'][1]}").json()

    assert (shown["under_14"], shown["name"], shown["id_no"], shown["sex"]) == (True, "示**", None, None)


def test_lists_are_narrowed_by_house_and_paged(
    villager: TestClient, enrolled: dict[str, Any], doors: Any
) -> None:
    by_door = villager.get(f"/api/v1/households?address_code={doors[HOME][0]}").json()["items"]
    home = by_door[0]["home"]
    first = villager.get("/api/v1/residents?limit=1").json()
    second = villager.get("/api/v1/residents", params={"limit": 1, "cursor": first["next_cursor"]}).json()

    assert [item["id"] for item in by_door] == [enrolled["household_id"]]
    assert by_door[0]["person_count"] == 2
    for query in (f"building_code={home['building_codes'][0]}", f"village={HOME}"):
        found = villager.get(f"/api/v1/residents?{query}").json()["items"]
        assert {item["id"] for item in found} == set(enrolled["person_ids"])
    assert {first["items"][0]["id"], second["items"][0]["id"]} == set(enrolled["person_ids"])
    assert villager.get(f"/api/v1/residents?address_code={doors[HOME][1]}").json()["items"] == []


def test_a_look_up_is_exact_and_stays_in_the_body(villager: TestClient, enrolled: dict[str, Any]) -> None:
    for asked in ({"id_no": HEAD_ID}, {"phone": "138 0000 5678"}, {"name": "示例甲"}):
        found = villager.post("/api/v1/residents/lookup", json=asked).json()["items"]
        assert [item["id"] for item in found] == [enrolled["person_ids"][0]]

    assert villager.post("/api/v1/residents/lookup", json={"name": "示例"}).json()["items"] == []
    for asked in ({"book_no": "h000123"}, {"head_name": "示例甲"}):
        found = villager.post("/api/v1/households/lookup", json=asked).json()["items"]
        assert [item["id"] for item in found] == [enrolled["household_id"]]
    assert villager.post("/api/v1/households/lookup", json={"head_name": "示例"}).json()["items"] == []


def test_another_village_finds_nothing_of_it(signed_in: Any, enrolled: dict[str, Any], doors: Any) -> None:
    other = signed_in(Role.VILLAGE, AWAY)
    person, household = enrolled["person_ids"][0], enrolled["household_id"]

    assert other.get("/api/v1/residents").json()["items"] == []
    assert other.post("/api/v1/residents/lookup", json={"id_no": HEAD_ID}).json()["items"] == []
    assert other.post("/api/v1/households/lookup", json={"head_name": "示例甲"}).json()["items"] == []
    assert other.get(f"/api/v1/households?address_code={doors[HOME][0]}").json()["items"] == []
    for path in (f"residents/{person}", f"households/{household}"):
        assert other.get(f"/api/v1/{path}").status_code == 404
        assert other.get(f"/api/v1/{path}/history").status_code == 404


NEXT_DOOR: dict[str, tuple[str, str, dict[str, Any]]] = {
    "change": ("PATCH", "residents/{person}", {"phone": None}),
    "move": ("POST", "residents/{person}/move", {"lives_at": "{away}"}),
    "end": ("POST", "residents/{person}/end", {"reason": "deceased", "document_no": "示例"}),
    "reveal": ("POST", "residents/{person}/reveal", REASON),
    "destroy": ("POST", "residents/{person}/destruction", {"document_no": "示例", "reason": "示例"}),
    "change household": ("PATCH", "households/{household}", {"book_no": None}),
    "join": ("POST", "households/{household}/members", {"name": "示例", "relation": "20"}),
    "move household": (
        "POST",
        "households/{household}/move",
        {"address_code": "{away}", "document_no": "示例"},
    ),
    "end household": ("POST", "households/{household}/end", {"document_no": "示例"}),
    "reveal household": ("POST", "households/{household}/reveal", REASON),
}


@pytest.mark.parametrize("act", NEXT_DOOR)
def test_nothing_is_done_to_people_next_door(
    signed_in: Any, enrolled: dict[str, Any], doors: Any, act: str
) -> None:
    method, path, asked = NEXT_DOOR[act]
    url = path.format(person=enrolled["person_ids"][0], household=enrolled["household_id"])
    filled = {name: doors[AWAY][0] if value == "{away}" else value for name, value in asked.items()}
    role = Role.ADMIN if act == "destroy" else Role.VILLAGE

    answer = signed_in(role, AWAY).request(method, f"/api/v1/{url}", json=filled, headers={"If-Match": "1"})

    assert (answer.status_code, answer.json()["code"].split("-", 1)[1]) == (404, "not-found")


def test_a_reveal_shows_all_and_is_refused_without_a_reason(
    villager: TestClient, enrolled: dict[str, Any]
) -> None:
    url = f"/api/v1/residents/{enrolled['person_ids'][0]}/reveal"

    shown = villager.post(url, json=REASON).json()

    assert (shown["name"], shown["id_no"], shown["born_on"]) == ("示例甲", HEAD_ID, "1980-03-02")
    assert villager.post(url, json={"purpose": "case", "reason": ""}).status_code == 422
    assert villager.post(url, json={"purpose": "curiosity", "reason": "看看"}).status_code == 422
    household = villager.post(f"/api/v1/households/{enrolled['household_id']}/reveal", json=REASON).json()
    assert household["book_no"] == "H000123"


def test_reveals_end_at_the_limit_of_the_hour(signed_in: Any, enrolled: dict[str, Any]) -> None:
    police = signed_in(Role.POLICE)
    url = f"/api/v1/residents/{enrolled['person_ids'][0]}/reveal"

    codes = [police.post(url, json=REASON).status_code for _ in range(62)]

    assert codes.count(200) <= 60  # thirty in each of at most two clock hours
    assert codes[-1] == 429
    assert codes.count(200) >= 30


def test_a_change_names_the_revision_it_was_made_on(signed_in: Any, doors: Any) -> None:
    client = signed_in(Role.CIVIL_AFFAIRS)
    asked = body(doors[THIRD][2], name="示例丁") | {"members": [
        {"name": "示例丁", "relation": "02"}
    ]}  # fmt: skip
    person = client.post("/api/v1/households", json=asked).json()["person_ids"][0]
    url = f"/api/v1/residents/{person}"

    assert client.patch(url, json={"phone": "13900001111"}).json()["code"] == "if-match-missing"
    assert (
        client.patch(url, json={"phone": "13900001111"}, headers={"If-Match": '"1"'}).json()["revision"] == 2
    )
    stale = client.patch(url, json={"phone": None}, headers={"If-Match": '"1"'})

    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    moved = client.post(f"{url}/move", json={"lives_at": doors[AWAY][0]}, headers={"If-Match": "2"})
    assert moved.json()["revision"] == 3
    assert [event["kind"] for event in client.get(f"{url}/history").json()["items"]] == [
        "move",
        "change",
        "enrol",
    ]


HOSTILE = [
    {"id_no": "430626198003021231"},
    {"id_no": HEAD_ID * 9},
    {"id_no": HEAD_ID, "name": "示例甲"},
    {"id_no": ["430626198003021230"]},
    {"id_no": 430626198003021230},
    {HEAD_ID: "1"},
    {"phone": HEAD_ID},
    {"name": HEAD_ID},
    {"name": "\x00", "id_no": None},
    {"name": "（" * 100},
]


@pytest.mark.parametrize("asked", HOSTILE, ids=range(len(HOSTILE)))
def test_no_error_repeats_what_was_sent(
    villager: TestClient, enrolled: dict[str, Any], asked: dict[str, Any]
) -> None:
    answer = villager.post("/api/v1/residents/lookup", json=asked)

    assert answer.status_code in (200, 422)
    assert HEAD_ID not in answer.text
    assert "430626198003021231" not in answer.text


def test_bad_members_are_told_by_place_not_by_content(villager: TestClient, doors: Any) -> None:
    asked = body(doors[HOME][1], head="430626198003021231", name="示例庚")

    answer = villager.post("/api/v1/households", json=asked)

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "resident-invalid")
    assert [(e["code"], e["field"]) for e in problem["errors"]] == [("citizen-id-check-digit", "members.0")]
    assert "430626198003021231" not in answer.text
    assert "示例庚" not in answer.text


def test_a_repeated_enrolment_is_done_once_and_keeps_nobody_in_clear(
    signed_in: Any, doors: Any, api_database: Database
) -> None:
    client, headers = signed_in(Role.CIVIL_AFFAIRS), {"Idempotency-Key": str(uuid4())}
    asked = {"kind": "family", "address_code": doors[THIRD][1], "members": [
        {"name": "示例辛", "id_no": "430626198003021257", "relation": "02"}
    ]}  # fmt: skip

    first, again = (client.post("/api/v1/households", json=asked, headers=headers) for _ in range(2))
    other = client.post("/api/v1/households", json={**asked, "book_no": "9"}, headers=headers)

    assert first.status_code == 201, first.text
    assert again.json() == first.json()
    assert other.json()["code"] == "idempotency-key-reused"
    with api_database.engine.connect() as conn:
        kept = str(conn.execute(text("SELECT * FROM idempotency")).all())
    assert "430626198003021257" not in kept
    assert "示例辛" not in kept


def test_withdrawal_and_destruction_ask_for_a_decision(signed_in: Any, enrolled: dict[str, Any]) -> None:
    admin = signed_in(Role.ADMIN)
    decision = {"document_no": "示例决定1号", "reason": "保存期满"}

    unknown = admin.post("/api/v1/residents/withdrawals", json={"import_id": str(uuid4()), **decision})
    here = admin.post(f"/api/v1/residents/{enrolled['person_ids'][0]}/destruction", json=decision)

    assert (unknown.status_code, unknown.json()["code"]) == (404, "import-not-found")
    assert (here.status_code, here.json()["code"]) == (409, "person-still-here")


@pytest.mark.parametrize(
    ("role", "residents", "streets"),
    [
        (Role.NATURAL_RESOURCES, (403, "right-missing"), (202, None)),
        (Role.CIVIL_AFFAIRS, (202, None), (202, None)),
        (Role.POLICE, (202, None), (403, "right-missing")),
        (Role.VILLAGE, (202, None), (403, "right-missing")),
        (Role.FINANCE, (403, "right-missing"), (403, "right-missing")),
    ],
)
def test_residents_are_taken_from_offices_that_enrol_and_layers_from_those_that_import(
    signed_in: Any, doors: Any, role: Role, residents: Any, streets: Any
) -> None:
    client = signed_in(role)

    def send(layer: str) -> tuple[int, str | None]:
        upload = {"file": ("名册.csv", "与户主关系,姓名,户籍地址\n")}
        answer = client.post("/api/v1/jobs", data={"layer": layer, "dry_run": "true"}, files=upload)
        if answer.status_code == 202:
            assert client.get(f"/api/v1/jobs/{answer.json()['id']}/rejects").status_code == 200
        return answer.status_code, answer.json().get("code")

    assert send("residents") == residents
    assert send("streets") == streets
