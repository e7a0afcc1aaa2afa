"""A repeated write is done once: uploads and accounts too; keys are the exception, since their secret is not kept."""

from typing import Any
from uuid import uuid4

from fastapi.testclient import TestClient
from sqlalchemy import text

from address_service.model.accounts import Role
from address_service.store.engine import Database

DIVISIONS = "统计用区划代码,名称\n430626000000,平江县\n"


def upload(client: TestClient, key: str, content: str = DIVISIONS, **more: str) -> Any:
    return client.post(
        "/api/v1/jobs",
        data={"layer": "divisions", **more},
        files={"file": ("区划.csv", content)},
        headers={"Idempotency-Key": key},
    )


def test_an_upload_sent_again_is_queued_once(signed_in: Any) -> None:
    client, key = signed_in(Role.CIVIL_AFFAIRS), str(uuid4())
    before = len(client.get("/api/v1/jobs").json()["items"])

    first, again = upload(client, key), upload(client, key)

    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(client.get("/api/v1/jobs").json()["items"]) == before + 1


def test_the_key_of_an_upload_holds_for_that_file_and_those_options(signed_in: Any) -> None:
    client, key = signed_in(Role.CIVIL_AFFAIRS), str(uuid4())
    upload(client, key)

    others = [upload(client, key, DIVISIONS + "\n"), upload(client, key, dry_run="true")]

    assert [other.json()["code"] for other in others] == ["idempotency-key-reused"] * 2


def test_an_account_asked_for_again_is_opened_once(signed_in: Any) -> None:
    client, header = signed_in(Role.ADMIN), {"Idempotency-Key": str(uuid4())}
    body = {"name": "示例一次", "role": "village", "division_code": "430626113208"}

    first, again = (client.post("/api/v1/users", json=body, headers=header) for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert client.post("/api/v1/users", json=body).json()["code"] == "account-exists"


def test_the_secret_of_a_key_is_kept_nowhere(signed_in: Any, api_database: Database) -> None:
    client, header = signed_in(Role.ADMIN), {"Idempotency-Key": str(uuid4())}
    body = {"name": "示例密钥", "role": "village", "division_code": "430626113208"}
    user_id = client.post("/api/v1/users", json=body).json()["id"]

    made = client.post(f"/api/v1/users/{user_id}/keys", json={"label": "示例"}, headers=header).json()

    with api_database.engine.connect() as conn:
        kept = conn.execute(text("SELECT coalesce(response::text, '') FROM idempotency")).scalars().all()
    assert not any(made["secret"] in answer for answer in kept)
