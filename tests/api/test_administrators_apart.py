"""三员分立: who opens accounts gives no office, who gives offices does no business, and nobody changes the own."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from address_service.bootstrap import create_app
from address_service.edge.rights import entitled
from address_service.model.accounts import Actor, Right, Role
from address_service.services.open_account import issue_api_key
from address_service.settings import Administrators, Settings
from address_service.store.engine import Database
from address_service.store.work import unit_of_work
from tests.api.signing_in import browser, try_sign_in

COUNTY, VILLAGE = "430626", "430626113208"


@pytest.fixture(scope="module")
def app(settings: Settings, admin: Actor) -> Iterator[Any]:
    changed = settings.model_copy(update={"administrators": Administrators.APART})
    with TestClient(create_app(changed)) as client:
        yield client.app


@pytest.fixture
def holder(app: Any, api_database: Database, admin: Actor) -> Callable[[Role], TestClient]:
    """A client with the key of a new account of an office; `client.account` is whose."""
    made = 0

    def make(role: Role, name: str = "", rights: frozenset[Right] | None = None) -> TestClient:
        nonlocal made
        made += 1
        with unit_of_work(api_database.engine, admin, datetime.now(UTC)) as work:
            actor = work.accounts.create(
                name or f"示例{role}{datetime.now(UTC).timestamp()}{made}", role, COUNTY
            )
            key = issue_api_key(work, entitled(actor, Administrators.APART), "示例", 1, rights)
        client = browser(app)
        client.headers["X-API-Key"] = key.secret
        client.headers["X-Account"] = str(actor.account_id)
        return client

    return make


def opened(client: TestClient, name: str, **more: str) -> Any:
    return client.post("/api/v1/users", json={"name": name, **more})


def test_an_account_becomes_useful_through_two_administrators(holder: Any, app: Any) -> None:
    opener, guard = holder(Role.ADMIN), holder(Role.SECURITY_ADMIN)

    refused = opened(opener, "示例新人甲", role="village", division_code=VILLAGE)
    made = opened(opener, "示例新人甲").json()
    path = f"/api/v1/users/{made['id']}"
    by_opener = [
        opener.put(f"{path}/office", json={"role": "village", "division_code": VILLAGE}),
        opener.post(f"{path}/password"),
        opener.post(f"{path}/keys", json={"label": "示例"}),
        opener.post(f"{path}/unlock"),
    ]
    given = guard.put(f"{path}/office", json={"role": "village", "division_code": VILLAGE})
    password = guard.post(f"{path}/password").json()["password"]

    assert refused.json()["code"] == "office-by-security-admin"
    assert made["role"] == "pending"
    assert [r.json()["code"] for r in by_opener] == [
        "right-missing",
        "right-missing",
        "key-by-owner",
        "right-missing",
    ]
    assert (given.status_code, given.json()["role"]) == (200, "village")
    assert try_sign_in(browser(app), name="示例新人甲", password=password).status_code == 303


def test_the_system_administrator_does_no_business(holder: Any) -> None:
    opener = holder(Role.ADMIN)

    me = opener.get("/api/v1/me").json()

    assert me["rights"] == ["administer", "read"]
    assert (
        opener.post("/api/v1/numbering-plans", json={"place_id": me["id"]}).json()["code"] == "right-missing"
    )


def test_the_security_administrator_neither_opens_nor_disables(holder: Any) -> None:
    guard, clerk = holder(Role.SECURITY_ADMIN), holder(Role.CIVIL_AFFAIRS)

    answers = [
        opened(guard, "示例擅开"),
        guard.post(f"/api/v1/users/{clerk.headers['X-Account']}/disable"),
        guard.post(f"/api/v1/users/{clerk.headers['X-Account']}/keys", json={"label": "示例"}),
    ]

    assert [(r.status_code, r.json()["code"]) for r in answers] == [(403, "right-missing")] * 3


def test_the_audit_administrator_keeps_no_accounts(holder: Any) -> None:
    assert holder(Role.AUDIT_ADMIN).get("/api/v1/users").json()["code"] == "right-missing"


def test_none_changes_the_own_account(holder: Any) -> None:
    opener, guard = holder(Role.ADMIN), holder(Role.SECURITY_ADMIN)
    mine = f"/api/v1/users/{guard.headers['X-Account']}"

    answers = [
        guard.put(f"{mine}/office", json={"role": "county", "division_code": COUNTY}),
        guard.post(f"{mine}/password"),
        guard.delete(f"{mine}/second-factor"),
        opener.post(f"/api/v1/users/{opener.headers['X-Account']}/disable"),
    ]

    assert [(r.status_code, r.json()["code"]) for r in answers] == [(403, "own-account")] * 4


def test_disabling_ends_what_an_account_has_and_enabling_gives_no_office_back(holder: Any) -> None:
    opener, clerk = holder(Role.ADMIN), holder(Role.CIVIL_AFFAIRS)
    assert clerk.get("/api/v1/addresses").status_code == 200

    opener.post(f"/api/v1/users/{clerk.headers['X-Account']}/disable")
    ended = clerk.get("/api/v1/addresses")
    back = opener.post(f"/api/v1/users/{clerk.headers['X-Account']}/enable").json()

    assert (ended.status_code, back["role"]) == (401, "pending")
    assert clerk.get("/api/v1/addresses").json()["code"] == "right-missing"


def test_a_scope_that_has_ended_refuses_the_key(holder: Any) -> None:
    guard, clerk = holder(Role.SECURITY_ADMIN), holder(Role.CIVIL_AFFAIRS)
    office = {"role": "civil_affairs", "division_code": COUNTY, "valid_until": "2020-12-31"}

    given = guard.put(f"/api/v1/users/{clerk.headers['X-Account']}/office", json=office)

    assert given.json()["valid_until"] == "2020-12-31"
    assert clerk.get("/api/v1/addresses").json()["code"] == "key-invalid"


def test_the_security_administrator_ends_keys_and_sessions_of_others(holder: Any, app: Any) -> None:
    guard, clerk = holder(Role.SECURITY_ADMIN), holder(Role.CIVIL_AFFAIRS, "示例被收回")
    path = f"/api/v1/users/{clerk.headers['X-Account']}"
    page = browser(app)
    assert try_sign_in(page, key=clerk.headers["X-API-Key"]).status_code == 303
    sessions = guard.get(f"{path}/sessions").json()["items"]
    keys = guard.get(f"{path}/keys").json()["items"]

    assert [each["opened_by"] for each in sessions] == ["key"]
    assert guard.delete(f"/api/v1/users/sessions/{sessions[0]['id']}").status_code == 204
    assert page.get("/api/v1/me").status_code == 401
    assert guard.delete(f"/api/v1/users/keys/{keys[0]['id']}").status_code == 204
    assert clerk.get("/api/v1/addresses").status_code == 401


def test_imports_of_others_are_seen_by_rights_and_not_by_the_name_of_an_office(holder: Any) -> None:
    clerk, other = holder(Role.CIVIL_AFFAIRS), holder(Role.CIVIL_AFFAIRS)
    opener = holder(Role.ADMIN)
    narrow = [
        holder(Role.ADMIN, rights=frozenset({Right.READ})),
        holder(Role.CIVIL_AFFAIRS, rights=frozenset({Right.READ, Right.IMPORT})),
    ]
    sent = clerk.post(
        "/api/v1/jobs", data={"layer": "divisions"}, files={"file": ("区划.csv", "统计用区划代码,名称\n")}
    ).json()

    def sees(client: TestClient) -> tuple[int, bool]:
        listed = client.get("/api/v1/jobs").json()["items"]
        return client.get(f"/api/v1/jobs/{sent['id']}").status_code, sent["id"] in [j["id"] for j in listed]

    assert [sees(client) for client in (clerk, other, opener)] == [(200, True)] * 3
    assert [sees(client) for client in narrow] == [(403, False)] * 2


def test_the_system_administrator_sees_how_far_readers_of_changes_are_and_reads_for_nobody(
    holder: Any,
) -> None:
    police, opener, guard = (holder(role) for role in (Role.POLICE, Role.ADMIN, Role.SECURITY_ADMIN))
    assert police.put("/api/v1/change-consumers/示例内网", json={"cursor": "0"}).status_code == 200

    seen = opener.get("/api/v1/change-consumers").json()["items"]

    assert "示例内网" in [each["name"] for each in seen]
    assert opener.put("/api/v1/change-consumers/示例", json={"cursor": "0"}).json()["code"] == "right-missing"
    assert guard.get("/api/v1/change-consumers").status_code == 403


def test_a_key_of_some_rights_makes_no_key_of_more(
    anonymous: TestClient, api_database: Database, admin: Actor
) -> None:
    with unit_of_work(api_database.engine, admin, datetime.now(UTC)) as work:
        key = issue_api_key(work, admin, "示例", 1, {Right.ADMINISTER})
    path = f"/api/v1/users/{admin.account_id}/keys"

    refused = anonymous.post(path, json={"label": "示例"}, headers={"X-API-Key": key.secret})

    assert refused.json()["code"] == "right-missing"
