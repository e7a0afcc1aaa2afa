"""No endpoint is open that should not be; each office does what it may and no more."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from address_service.model.accounts import Role

# What anybody may ask without a key; everything else answers 401. Hand-written on purpose.
OPEN = {
    ("GET", "/health"),
    ("GET", "/metrics"),
    ("GET", "/api/v1/map-settings"),
}

# Who sees people masked and enrols them, and who may see them unmasked.
SEES = {"admin", "civil_affairs", "village", "field_team", "police", "assistant"}
REVEALS = {"admin", "civil_affairs", "village", "police"}

# Which offices may do what is not mere reading; hand-written, never taken from the code.
WRITERS: dict[tuple[str, str], set[str]] = {
    ("POST", "/api/v1/places/{place_id}/members"): {"admin", "civil_affairs", "village", "field_team"},
    ("POST", "/api/v1/places/{place_id}/name-approvals"): {"admin", "civil_affairs", "county"},
    ("POST", "/api/v1/numbering-plans"): {"admin", "civil_affairs", "village"},
    ("POST", "/api/v1/numbering-plans/{plan_id}/commit"): {"admin", "civil_affairs", "village"},
    ("POST", "/api/v1/numbering-plans/{plan_id}/drop"): {"admin", "civil_affairs", "village"},
    ("POST", "/api/v1/renumbering-plans/preview"): {"admin", "civil_affairs", "village"},
    ("POST", "/api/v1/renumbering-plans"): {"admin", "civil_affairs", "village"},
    ("POST", "/api/v1/renumbering-plans/{renumbering_id}/commit"): {"county"},
    ("POST", "/api/v1/renumbering-plans/{renumbering_id}/undo"): {"admin", "civil_affairs", "village"},
    ("POST", "/api/v1/renumbering-plans/{renumbering_id}/drop"): {"admin", "civil_affairs", "village"},
    ("POST", "/api/v1/division-lists"): {"admin", "civil_affairs", "natural_resources"},
    ("POST", "/api/v1/division-proposals/{proposal_id}/decide"): {"admin", "civil_affairs", "county"},
    ("POST", "/api/v1/divisions"): {"admin", "civil_affairs", "county"},
    ("POST", "/api/v1/divisions/{division_id}/changes"): {"admin", "civil_affairs", "county"},
    ("POST", "/api/v1/places/{place_id}/rename"): {"admin", "civil_affairs", "county"},
    ("POST", "/api/v1/division-changes"): {"admin", "civil_affairs", "county"},
    ("PUT", "/api/v1/division-changes/{division_change_id}/choices"): {"admin", "civil_affairs", "county"},
    ("POST", "/api/v1/division-changes/{division_change_id}/commit"): {"county"},
    ("POST", "/api/v1/division-changes/{division_change_id}/drop"): {"admin", "civil_affairs", "county"},
    ("POST", "/api/v1/division-changes/{division_change_id}/undo"): {"admin", "civil_affairs", "county"},
    ("GET", "/api/v1/places/{place_id}/candidates"): {"admin", "civil_affairs", "village"},
    ("POST", "/api/v1/places/{place_id}/survey-decisions"): {"admin", "civil_affairs", "village"},
    ("POST", "/api/v1/places/{place_id}/doors"): {"admin", "civil_affairs", "village"},
    ("GET", "/api/v1/reservations/overdue"): {"admin", "civil_affairs", "village"},
    ("GET", "/api/v1/construction-plans/{construction_plan_id}/review"): {
        "admin",
        "civil_affairs",
        "village",
    },
    ("POST", "/api/v1/construction-plans/{construction_plan_id}/review"): {
        "admin",
        "civil_affairs",
        "village",
    },
    ("POST", "/api/v1/reservations/{reservation_id}/release"): {"admin", "civil_affairs", "village"},
    ("POST", "/api/v1/reservations/{reservation_id}/extend"): {"admin", "civil_affairs", "village"},
    ("POST", "/api/v1/applications"): {"admin", "civil_affairs", "village"},
    ("POST", "/api/v1/applications/{application_id}/decide"): {"admin", "civil_affairs", "village"},
    ("POST", "/api/v1/applications/{application_id}/withdraw"): {"admin", "civil_affairs", "village"},
    ("POST", "/api/v1/applications/{application_id}/plate"): {"admin", "civil_affairs"},
    ("POST", "/api/v1/applications/{application_id}/close"): {"admin", "civil_affairs", "village"},
    ("POST", "/api/v1/addresses/approvals"): {"county"},
    ("POST", "/api/v1/addresses/rejections"): {"county"},
    ("POST", "/api/v1/address-changes"): {"admin", "civil_affairs", "village"},
    ("POST", "/api/v1/address-changes/{address_change_id}/commit"): {"county"},
    ("POST", "/api/v1/address-changes/{address_change_id}/drop"): {"admin", "civil_affairs", "village"},
    ("PUT", "/api/v1/change-consumers/{name}"): {"admin", "civil_affairs", "county", "police"},
    ("GET", "/api/v1/change-consumers"): {"admin", "civil_affairs", "county", "police"},
    ("POST", "/api/v1/plate-batches"): {"admin", "civil_affairs"},
    ("GET", "/api/v1/plate-batches/{batch_id}/handout.pdf"): SEES,
    ("GET", "/api/v1/plate-batches/{batch_id}/handout.xlsx"): SEES,
    ("GET", "/api/v1/plates/{plate_id}/households"): SEES,
    ("GET", "/api/v1/households/{household_id}/plates"): SEES,
    ("POST", "/api/v1/jobs"): {"admin", "civil_affairs", "natural_resources"},
    ("GET", "/api/v1/jobs/{job_id}/rejects"): {"admin", "civil_affairs", "natural_resources"},
    ("GET", "/api/v1/households"): SEES,
    ("POST", "/api/v1/households"): SEES,
    ("POST", "/api/v1/households/lookup"): SEES,
    ("GET", "/api/v1/households/{household_id}"): SEES,
    ("GET", "/api/v1/households/{household_id}/history"): SEES,
    ("PATCH", "/api/v1/households/{household_id}"): SEES,
    ("POST", "/api/v1/households/{household_id}/members"): SEES,
    ("POST", "/api/v1/households/{household_id}/move"): SEES,
    ("POST", "/api/v1/households/{household_id}/end"): SEES,
    ("POST", "/api/v1/households/{household_id}/reveal"): REVEALS,
    ("GET", "/api/v1/residents"): SEES,
    ("POST", "/api/v1/residents/lookup"): SEES,
    ("POST", "/api/v1/residents/withdrawals"): {"admin"},
    ("GET", "/api/v1/residents/{person_id}"): SEES,
    ("GET", "/api/v1/residents/{person_id}/history"): SEES,
    ("PATCH", "/api/v1/residents/{person_id}"): SEES,
    ("POST", "/api/v1/residents/{person_id}/move"): SEES,
    ("POST", "/api/v1/residents/{person_id}/end"): SEES,
    ("POST", "/api/v1/residents/{person_id}/reveal"): REVEALS,
    ("POST", "/api/v1/residents/{person_id}/destruction"): {"admin"},
    ("GET", "/api/v1/users"): {"admin"},
    ("POST", "/api/v1/users"): {"admin"},
    ("POST", "/api/v1/users/{user_id}/keys"): {"admin"},
    ("DELETE", "/api/v1/users/keys/{key_id}"): {"admin"},
}

BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "/api/v1/places/{place_id}/members"): {"building_ids": ["00000000-0000-0000-0000-000000000001"]},
    ("POST", "/api/v1/places/{place_id}/name-approvals"): {"state": "approved", "decree_no": "示例"},
    ("POST", "/api/v1/numbering-plans"): {"place_id": "00000000-0000-0000-0000-000000000001"},
    ("POST", "/api/v1/renumbering-plans/preview"): {"place_id": "00000000-0000-0000-0000-000000000001"},
    ("POST", "/api/v1/renumbering-plans"): {"place_id": "00000000-0000-0000-0000-000000000001"},
    ("POST", "/api/v1/renumbering-plans/{renumbering_id}/commit"): {"decree_no": "示例"},
    ("POST", "/api/v1/division-proposals/{proposal_id}/decide"): {"outcome": "rejected"},
    ("POST", "/api/v1/divisions"): {"code": "430626113299", "name": "示例村", "decree_no": "示例"},
    ("POST", "/api/v1/divisions/{division_id}/changes"): {"kind": "abolish", "decree_no": "示例"},
    ("POST", "/api/v1/places/{place_id}/rename"): {"name": "示例组", "decree_no": "示例"},
    ("POST", "/api/v1/division-changes"): {
        "kind": "merge",
        "effective_on": "2026-01-01",
        "ends": ["430626113210"],
        "absorber": "430626113208",
    },
    ("PUT", "/api/v1/division-changes/{division_change_id}/choices"): {
        "choices": [{"subject_id": "00000000-0000-0000-0000-000000000001", "kind": "keep"}]
    },
    ("POST", "/api/v1/division-changes/{division_change_id}/commit"): {"decree_no": "示例"},
    ("POST", "/api/v1/division-changes/{division_change_id}/undo"): {},
    ("POST", "/api/v1/places/{place_id}/doors"): {"building_id": "00000000-0000-0000-0000-000000000001"},
    ("POST", "/api/v1/places/{place_id}/survey-decisions"): {
        "building_id": "00000000-0000-0000-0000-000000000001",
        "kept": False,
        "reason": "示例",
    },
    ("POST", "/api/v1/construction-plans/{construction_plan_id}/review"): {
        "decree_no": "示例",
        "reason": "示例",
    },
    ("POST", "/api/v1/reservations/{reservation_id}/release"): {"decree_no": "示例", "reason": "示例"},
    ("POST", "/api/v1/reservations/{reservation_id}/extend"): {
        "decree_no": "示例",
        "reason": "示例",
        "expires_on": "2031-12-31",
    },
    ("POST", "/api/v1/applications"): {"kind": "lost_plate", "request": "示例", "building_code": "没有"},
    ("POST", "/api/v1/applications/{application_id}/decide"): {"accept": True},
    ("POST", "/api/v1/applications/{application_id}/withdraw"): {},
    ("POST", "/api/v1/applications/{application_id}/plate"): {},
    ("POST", "/api/v1/applications/{application_id}/close"): {},
    ("POST", "/api/v1/addresses/approvals"): {"village_code": "430626113208", "decree_no": "示例"},
    ("POST", "/api/v1/addresses/rejections"): {"village_code": "430626113208", "note": "示例"},
    ("POST", "/api/v1/address-changes"): {"kind": "retire", "code": "4" * 26},
    ("POST", "/api/v1/address-changes/{address_change_id}/commit"): {"decree_no": "示例"},
    ("PUT", "/api/v1/change-consumers/{name}"): {"cursor": "0"},
    ("POST", "/api/v1/plate-batches"): {"village_code": "430626113208"},
    ("POST", "/api/v1/households"): {"kind": "family", "address_code": "4" * 26},
    ("POST", "/api/v1/households/lookup"): {"book_no": "示例"},
    ("PATCH", "/api/v1/households/{household_id}"): {"book_no": None},
    ("POST", "/api/v1/households/{household_id}/members"): {"name": "示例", "relation": "02"},
    ("POST", "/api/v1/households/{household_id}/move"): {"address_code": "4" * 26, "document_no": "示例"},
    ("POST", "/api/v1/households/{household_id}/end"): {"document_no": "示例"},
    ("POST", "/api/v1/households/{household_id}/reveal"): {"purpose": "case", "reason": "示例"},
    ("POST", "/api/v1/residents/lookup"): {"name": "示例"},
    ("POST", "/api/v1/residents/withdrawals"): {
        "import_id": "00000000-0000-0000-0000-000000000001",
        "document_no": "示例",
        "reason": "示例",
    },
    ("PATCH", "/api/v1/residents/{person_id}"): {"phone": None},
    ("POST", "/api/v1/residents/{person_id}/move"): {"lives_at": "4" * 26},
    ("POST", "/api/v1/residents/{person_id}/end"): {"reason": "deceased", "document_no": "示例"},
    ("POST", "/api/v1/residents/{person_id}/reveal"): {"purpose": "case", "reason": "示例"},
    ("POST", "/api/v1/residents/{person_id}/destruction"): {"document_no": "示例", "reason": "示例"},
    ("POST", "/api/v1/users"): {"name": "示例新账户", "role": "village", "division_code": "430626113208"},
    ("POST", "/api/v1/users/{user_id}/keys"): {"label": "示例"},
}


UPLOADS = {
    ("POST", "/api/v1/jobs"): {"layer": "divisions", "dry_run": "true"},
    ("POST", "/api/v1/division-lists"): {"year": "2016", "dry_run": "true"},
}


def operations(client: TestClient) -> Iterator[tuple[str, str]]:
    document = client.get("/api/v1/openapi.json").json()
    for path, methods in document["paths"].items():
        for method in methods:
            yield method.upper(), path


def ask(client: TestClient, method: str, path: str) -> int:
    concrete = (
        path.replace("{division_code}", "430626113")
        .replace("{code}", "4" * 26)
        .replace("{layer}", "map")
        .replace("{token}", "0" * 16)
    )
    concrete = (
        concrete.replace("{z}", "14")
        .replace("{x}", "13367")
        .replace("{y}", "6848")
        .replace("{name}", "plates.pdf")
    )
    for name in (
        "place_id",
        "plan_id",
        "batch_id",
        "building_id",
        "job_id",
        "user_id",
        "key_id",
        "reservation_id",
        "renumbering_id",
        "division_change_id",
        "application_id",
        "construction_plan_id",
        "list_id",
        "proposal_id",
        "division_id",
        "address_change_id",
        "plate_id",
        "household_id",
        "person_id",
    ):
        concrete = concrete.replace("{" + name + "}", "00000000-0000-0000-0000-000000000001")
    params = {"q": "烟舟"} if path.endswith("/search") else {}
    if path.endswith("/candidates"):
        params = {"building_id": "00000000-0000-0000-0000-000000000001"}
    if path.endswith("/number-audits"):
        params = {"village": "430626113208"}
    if (method, path) in UPLOADS:
        file = {"file": ("空.csv", b"")}
        return client.post(concrete, data=UPLOADS[method, path], files=file).status_code
    return client.request(method, concrete, params=params, json=BODIES.get((method, path))).status_code


def test_without_a_key_only_the_listed_operations_answer(anonymous: TestClient) -> None:
    answers = {(m, p): ask(anonymous, m, p) for m, p in operations(anonymous)}

    assert {op for op, status in answers.items() if status != 401} == OPEN


@pytest.mark.parametrize("role", list(Role))
def test_an_office_writes_only_what_it_may(anonymous: TestClient, signed_in: Any, role: Role) -> None:
    client = signed_in(role)

    refused = {(m, p) for m, p in operations(anonymous) if ask(client, m, p) == 403}

    assert refused == {op for op, roles in WRITERS.items() if role.value not in roles}


def test_every_writing_operation_has_a_line_in_the_matrix(anonymous: TestClient) -> None:
    writing = {(m, p) for m, p in operations(anonymous) if m != "GET"}

    assert writing <= set(WRITERS)


def test_a_revoked_key_no_longer_writes(signed_in: Any) -> None:
    admin = signed_in(Role.ADMIN)
    user = admin.post(
        "/api/v1/users", json={"name": "示例村", "role": "village", "division_code": "430626113208"}
    )
    key = admin.post(f"/api/v1/users/{user.json()['id']}/keys", json={"label": "手机"}).json()
    holder = {"X-API-Key": key["secret"]}
    assert admin.get("/api/v1/addresses", headers=holder).status_code == 200

    assert admin.delete(f"/api/v1/users/keys/{key['id']}").status_code == 204

    assert admin.get("/api/v1/addresses", headers=holder).status_code == 401


def test_an_account_outside_the_county_is_not_opened(signed_in: Any) -> None:
    body = {"name": "外县", "role": "village", "division_code": "430681113208"}

    answer = signed_in(Role.ADMIN).post("/api/v1/users", json=body)

    assert (answer.status_code, answer.json()["code"]) == (422, "scope-outside-county")
