"""No free text of any request takes down a person's number; the fields are found in the document of the API."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from fastapi.testclient import TestClient

from address_service.model.accounts import Role
from tests.api.test_access import BODIES, UPLOADS, WRITERS, concrete

PHONE = "示例138 1234 5678"
MISSING: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "/api/v1/divisions/{division_id}/changes"): {"kind": "rename", "name": "示例村"},
    ("POST", "/api/v1/division-changes"): {
        "kind": "merge",
        "effective_on": "2026-01-01",
        "new": {"code": "430626113299", "name": "示例村"},
    },
    ("PUT", "/api/v1/division-changes/{division_change_id}/choices"): {
        "choices": [{"subject_id": "00000000-0000-0000-0000-000000000001", "kind": "rename", "name": "示例"}]
    },
    ("POST", "/api/v1/applications"): {
        "kind": "lost_plate",
        "request": "示例",
        "building_code": "没有",
        "evidence": [{"kind": "household_register", "note": "示例"}],
    },
}
"""Bodies that have a place for every text, where those of the access test have none."""
NO_WORDS = {"mapping", "policy", "profile", "building_code", "label"}
"""Texts that name something known, or a key; nobody explains anything in them."""
ACCOUNTS = ("POST", "/api/v1/users")
"""What an account is called is decided by who administers them."""

Operation = tuple[str, str]
Field = tuple[Operation, tuple[str, ...]]


def fields(document: Mapping[str, Any]) -> Iterator[Field]:
    """Every text without a pattern, format or list of values that a request may bring."""
    schemas = document["components"]["schemas"]

    def walk(name: str, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        for field, schema in schemas[name].get("properties", {}).items():
            for choice in schema.get("anyOf", [schema]):
                kind = choice.get("items", choice)
                if "$ref" in kind:
                    yield from walk(kind["$ref"].rpartition("/")[2], (*path, field))
                elif kind.get("type") == "string" and not kind.keys() & {
                    "enum", "const", "format", "pattern", "contentMediaType"
                }:  # fmt: skip
                    yield (*path, field)

    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                name = content["schema"]["$ref"].rpartition("/")[2]
                yield from (((method.upper(), path), found) for found in walk(name, ()))


def with_phone(body: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    filled = copy.deepcopy(body)
    here: Any = filled
    for step in path[:-1]:
        here = here.setdefault(step, {})
        here = here[0] if isinstance(here, list) else here
    here[path[-1]] = PHONE
    return filled


@pytest.fixture(scope="module")
def offices(signed_in: Any) -> dict[str, TestClient]:
    return {role: signed_in(Role(role)) for role in ("admin", "county")}


def test_no_free_text_of_a_request_takes_a_persons_number(
    anonymous: TestClient, offices: dict[str, TestClient]
) -> None:
    document = anonymous.get("/api/v1/openapi.json").json()
    found = [
        (operation, path)
        for operation, path in fields(document)
        if path[-1] not in NO_WORDS and operation != ACCOUNTS
    ]

    answers = {}
    for operation, path in found:
        client = offices["admin" if "admin" in WRITERS.get(operation, {"admin"}) else "county"]
        if operation in UPLOADS:
            sent: dict[str, Any] = {
                "data": with_phone(UPLOADS[operation], path),
                "files": {"file": ("空.csv", b"")},
            }
        else:
            sent = {"json": with_phone(MISSING.get(operation) or BODIES[operation], path)}
        answer = client.request(operation[0], concrete(operation[1]), **sent)
        answers[*operation, ".".join(path)] = (answer.status_code, answer.json().get("code"))

    assert len(found) >= 40
    wrong = {field: said for field, said in answers.items() if said != (422, "personal-data-not-here")}
    assert wrong == {}
