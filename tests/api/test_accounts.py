"""Administrators act within their scope; a browser session ends with the key that opened it."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from address_service.model.accounts import Role

TOWN = "430626113"
VILLAGE = "430626113208"


def open_user(admin: TestClient, name: str, division_code: str) -> str:
    body = {"name": name, "role": "village", "division_code": division_code}
    answer = admin.post("/api/v1/users", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def make_key(admin: TestClient, user_id: str) -> dict[str, str]:
    answer = admin.post(f"/api/v1/users/{user_id}/keys", json={"label": "测试"})
    assert answer.status_code == 201, answer.text
    made: dict[str, str] = answer.json()
    return made


def test_a_town_administrator_sees_and_serves_the_town_alone(signed_in: Any) -> None:
    county, town = signed_in(Role.ADMIN), signed_in(Role.ADMIN, TOWN)
    inside, outside = open_user(county, "示例村内", VILLAGE), open_user(county, "示例村外", "430626114201")
    foreign_key = make_key(county, outside)

    listed = {user["name"] for user in town.get("/api/v1/users").json()["items"]}
    refused = [
        town.post(f"/api/v1/users/{outside}/keys", json={"label": "测试"}),
        town.delete(f"/api/v1/users/keys/{foreign_key['id']}"),
    ]

    assert "示例村内" in listed
    assert not listed & {"示例村外", "示例管理员"}
    assert [(r.status_code, r.json()["code"]) for r in refused] == [(403, "out-of-scope")] * 2
    own = make_key(town, inside)
    assert town.delete(f"/api/v1/users/keys/{own['id']}").status_code == 204
    assert town.get("/api/v1/users", headers={"X-API-Key": foreign_key["secret"]}).json()["code"] == (
        "right-missing"  # the key outside still lives
    )


def browser(app: Any, secret: str) -> TestClient:
    """A browser that signed in with a key."""
    client = TestClient(app, raise_server_exceptions=False, base_url="http://127.0.0.1:8000")
    form = client.get("/sign-in")
    token = client.cookies["address_form"]
    assert token in form.text
    done = client.post("/sign-in", data={"key": secret, "form_token": token}, follow_redirects=False)
    assert done.status_code == 303, done.text
    return client


@pytest.fixture
def holder(signed_in: Any) -> Callable[[str], tuple[str, list[dict[str, str]]]]:
    """Open an administrator's account with two keys."""

    def make(name: str) -> tuple[str, list[dict[str, str]]]:
        admin = signed_in(Role.ADMIN)
        body = {"name": name, "role": "admin", "division_code": "430626"}
        user_id = admin.post("/api/v1/users", json=body).json()["id"]
        return user_id, [make_key(admin, user_id), make_key(admin, user_id)]

    return make


def test_a_session_ends_with_its_own_key(anonymous: TestClient, signed_in: Any, holder: Any) -> None:
    _, (key, other) = holder("示例持有人一")
    page, stays = browser(anonymous.app, key["secret"]), browser(anonymous.app, other["secret"])
    assert page.get("/api/v1/addresses").status_code == 200

    signed_in(Role.ADMIN).delete(f"/api/v1/users/keys/{key['id']}")

    assert page.get("/api/v1/addresses").status_code == 401
    assert page.get("/api/v1/map-settings").json()["signed_in"] is None
    assert stays.get("/api/v1/addresses").status_code == 200


def test_a_page_writes_only_with_its_token(anonymous: TestClient, holder: Any) -> None:
    user_id, (key, _) = holder("示例持有人二")
    page = browser(anonymous.app, key["secret"])
    write: dict[str, Any] = {"url": f"/api/v1/users/{user_id}/keys", "json": {"label": "测试"}}
    token = page.get("/api/v1/map-settings").json()["csrf_token"]

    refused = [page.post(**write), page.post(**write, headers={"X-CSRF-Token": token[:-1]})]
    done = page.post(**write, headers={"X-CSRF-Token": token})

    assert [(r.status_code, r.json()["code"]) for r in refused] == [(403, "csrf-token-wrong")] * 2
    assert done.status_code == 201
