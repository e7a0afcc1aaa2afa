"""Errors are problem documents in Chinese with a stable code, whatever is sent."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from openapi_spec_validator import validate

from address_service.model.accounts import Role

HOSTILE = [
    "（「" * 1700,
    "'; DROP TABLE address; --",
    "../../etc/passwd",
    "{{7*7}}",
    "😀" * 1000,
    "\u202e号81",
    "a\r\nSet-Cookie: x=1",
    "\x00",
    "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
    "%" * 200 + "_" * 200,
]


def is_problem(answer: Any) -> bool:
    body = answer.json()
    return (
        answer.headers["content-type"].startswith("application/problem+json")
        and {"type", "title", "status", "code"} <= set(body)
        and any("\u4e00" <= c <= "\u9fff" for c in body["title"])
    )


def test_the_openapi_document_is_valid(anonymous: TestClient) -> None:
    validate(anonymous.get("/api/v1/openapi.json").json())


def test_every_operation_has_a_summary_a_tag_and_documented_problems(anonymous: TestClient) -> None:
    document = anonymous.get("/api/v1/openapi.json").json()
    bare = [
        (method, path)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if not (operation.get("summary") and operation.get("tags"))
        or (path.startswith("/api/") and "401" not in operation["responses"])
    ]

    assert bare == []


def test_a_missing_page_of_the_api_is_a_problem(anonymous: TestClient) -> None:
    answer = anonymous.get("/api/v1/nothing")

    assert answer.status_code == 404
    assert is_problem(answer)


def test_a_wrong_body_names_its_field(signed_in: Any) -> None:
    answer = signed_in(Role.ADMIN).post("/api/v1/numbering-plans", json={"place": "x"})

    assert answer.status_code == 422
    assert is_problem(answer)
    assert {(e["field"], e["code"]) for e in answer.json()["errors"]} == {
        ("place_id", "missing"),
        ("place", "extra-forbidden"),
    }


def test_a_forged_cursor_is_refused(signed_in: Any) -> None:
    answer = signed_in(Role.ADMIN).get("/api/v1/addresses", params={"cursor": "不是"})

    assert (answer.status_code, answer.json()["code"]) == (422, "cursor-invalid")


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_brings_an_internal_error(signed_in: Any, text: str) -> None:
    admin = signed_in(Role.ADMIN)
    answers = [
        admin.get("/api/v1/search", params={"q": text}),
        admin.get("/api/v1/places", params={"name": text[:100]}),
        admin.get("/api/v1/parcels", params={"code": text[:60]}),
        admin.get("/api/v1/addresses", params={"village": text}),
        admin.get("/api/v1/divisions", params={"parent": text}),
        admin.post("/api/v1/users", json={"name": text, "role": "village", "division_code": "430626"}),
        admin.post("/api/v1/numbering-plans", json={"place_id": text}),
        admin.post("/api/v1/addresses/rejections", json={"village_code": "430626", "note": text}),
        admin.get(f"/api/v1/addresses/{'1' * 26}", params={"valid_on": text}),
        admin.post("/api/v1/jobs", data={"layer": "divisions"}, files={"file": (text[:50] + ".csv", b"x")}),
    ]

    assert [a.status_code for a in answers if a.status_code >= 500] == []
    assert all(is_problem(a) for a in answers if a.status_code >= 400)
