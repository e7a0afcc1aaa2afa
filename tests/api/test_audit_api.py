"""The audit over HTTP: every write has a line, every refusal of weight too, and who reads it is in it."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

import address_service
from address_service.api.audit_actions import name_of_operation
from address_service.edge.refusals import AT_MOST, RefusalGate
from address_service.model.accounts import Role
from address_service.model.audit_objects import OBJECT_KINDS
from address_service.services.verify_audit import verify_audit
from address_service.settings import Settings
from address_service.store.engine import Database
from address_service.store.files import FileStore
from address_service.store.keys import ring_of
from address_service.store.work import unit_of_work

VILLAGE = "430626113208"


@pytest.fixture(scope="module")
def auditor(signed_in: Any) -> TestClient:
    client: TestClient = signed_in(Role.AUDIT_ADMIN)
    return client


def lines(auditor: TestClient, **asked: Any) -> list[dict[str, Any]]:
    answer = auditor.get("/api/v1/audit", params={"limit": 1000, **asked})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def test_a_write_that_its_service_did_not_name_is_named_by_its_operation(
    signed_in: Any, auditor: TestClient
) -> None:
    admin = signed_in(Role.ADMIN)
    user = {"name": "示例被审计村", "role": "village", "division_code": VILLAGE}
    made = admin.post("/api/v1/users", json=user).json()
    assert admin.put("/api/v1/change-consumers/示例读者", json={"cursor": "0"}).status_code == 200

    consumer, account = lines(auditor, account="示例admin430626")[:2]

    assert (account["action"], account["action_label"]) == ("account.open", "开设账户")
    assert (account["object_kind"], account["object_id"]) == ("account", made["id"])
    assert consumer["action"] == "put_consumer_change_consumers__name__put"
    assert (consumer["object_kind"], consumer["object_id"]) == ("name", "示例读者")
    assert (consumer["channel"], consumer["source"], consumer["office"]) == ("api", "testclient", "admin")
    assert "示例被审计村" not in str([consumer, account])


def test_a_reading_request_leaves_no_line(signed_in: Any, auditor: TestClient) -> None:
    clerk = signed_in(Role.CIVIL_AFFAIRS)
    before = len(lines(auditor, account="示例civil_affairs430626"))

    assert clerk.get("/api/v1/addresses").status_code == 200

    assert len(lines(auditor, account="示例civil_affairs430626")) == before


def test_a_write_that_fails_leaves_no_line_of_success(signed_in: Any, auditor: TestClient) -> None:
    admin = signed_in(Role.ADMIN)
    made = len(lines(auditor, action="post_user_users_post"))

    refused = admin.post(
        "/api/v1/users", json={"name": "外县", "role": "village", "division_code": "430681113208"}
    )

    assert refused.status_code == 422
    assert len(lines(auditor, action="post_user_users_post")) == made


def test_a_missing_right_is_recorded_with_who_wanted_what(signed_in: Any, auditor: TestClient) -> None:
    village = signed_in(Role.VILLAGE, VILLAGE)

    assert village.get("/api/v1/users").status_code == 403

    found = lines(auditor, action="request.refused", account=f"示例village{VILLAGE}")[0]
    assert (found["object_id"], found["detail"]["code"]) == ("list_users_users_get", "right-missing")
    assert (found["office"], found["scope"], found["channel"]) == ("village", VILLAGE, "api")


def test_a_foreign_scope_is_recorded(signed_in: Any, auditor: TestClient) -> None:
    village = signed_in(Role.VILLAGE, VILLAGE)

    answer = village.get("/api/v1/number-audits", params={"village": "430626113209"})

    assert answer.status_code == 403
    found = lines(auditor, action="request.refused", account=f"示例village{VILLAGE}")[0]
    assert found["detail"]["code"] == "out-of-scope"


def test_a_wrong_key_is_recorded_and_a_visit_without_one_is_not(
    anonymous: TestClient, auditor: TestClient
) -> None:
    before = len(lines(auditor, account="匿名"))

    assert anonymous.get("/api/v1/addresses").status_code == 401
    assert anonymous.get("/api/v1/addresses", headers={"X-API-Key": "erraten"}).status_code == 401

    found = lines(auditor, account="匿名")
    assert len(found) == before + 1
    assert (found[0]["action"], found[0]["detail"]) == ("request.refused", {"code": "key-invalid"})
    assert "erraten" not in str(found)


def test_a_path_with_nul_or_a_persons_number_is_recorded_without_it(
    signed_in: Any, auditor: TestClient
) -> None:
    village = signed_in(Role.FINANCE)

    for word in ("%00", "430626199001011234", "11010519491231002X"):
        assert village.put(f"/api/v1/change-consumers/{word}", json={"cursor": "0"}).status_code == 403

    found = lines(auditor, action="request.refused", account="示例finance430626")[:3]
    assert [line["detail"]["code"] for line in found] == ["right-missing"] * 3
    assert "11010519491231002" not in str(found)


def test_strangers_are_counted_once_they_are_many() -> None:
    gate = RefusalGate()

    passed = [gate.pass_on("192.0.2.7") for _ in range(AT_MOST + 5)]

    assert passed == [0] * AT_MOST + [None] * 5
    assert gate.pass_on("192.0.2.8") == 0


def test_a_flood_of_sources_forgets_the_oldest_alone() -> None:
    gate = RefusalGate(at_most=1)
    for n in range(4096):
        gate.pass_on(f"192.0.2.7 {n}")

    gate.pass_on("192.0.2.8")

    assert gate.pass_on("192.0.2.7 4095") is None
    assert gate.pass_on("192.0.2.7 0") == 0


@pytest.mark.parametrize(
    "headers", [{}, {"X-API-Key": "erraten"}], ids=["an account", "strangers of one /64"]
)
def test_refusals_are_written_so_many_times_a_minute(
    anonymous: TestClient, auditor: TestClient, signed_in: Any, headers: dict[str, str]
) -> None:
    office = signed_in(Role.SOCIAL_SECURITY)
    account = "匿名" if headers else f"示例{Role.SOCIAL_SECURITY}430626"
    before = len(lines(auditor, action="request.refused", account=account))

    for n in range(AT_MOST + 5):
        client = TestClient(anonymous.app, client=(f"2001:db8::{n + 1:x}", 50000))
        client.headers.update(headers or dict(office.headers))
        assert client.get("/api/v1/users").status_code in (401, 403)

    assert len(lines(auditor, action="request.refused", account=account)) - before == AT_MOST


def test_reading_the_audit_is_in_the_audit(auditor: TestClient) -> None:
    lines(auditor, object_kind="nothing", since="2026-01-01")

    found = lines(auditor, action="audit.read")[0]

    assert found["account"] == "示例audit_admin430626"
    assert found["detail"]["asked.object_kind"] == "nothing"
    assert found["action_label"] == "查询审计记录"


def test_pages_follow_one_another_without_gap_or_repetition(auditor: TestClient) -> None:
    for _ in range(7):
        lines(auditor, object_kind="nothing")
    whole = [(line["chain"], line["seq"]) for line in lines(auditor, action="audit.read")]
    asked: dict[str, Any] = {"action": "audit.read", "limit": 3}
    paged: list[tuple[int, int]] = []

    while True:
        page = auditor.get("/api/v1/audit", params=asked).json()
        paged += [(line["chain"], line["seq"]) for line in page["items"]]
        if page["next_cursor"] is None:
            break
        asked["cursor"] = page["next_cursor"]

    assert len(paged) == len(set(paged))
    assert [place for place in paged if place in whole] == whole


@pytest.mark.parametrize("cursor", ["x", "_____________________w", "AAAAAAAAAAAAAAAAAAAAAA"])
def test_a_cursor_of_no_list_is_refused_or_ends_it(auditor: TestClient, cursor: str) -> None:
    answer = auditor.get("/api/v1/audit", params={"cursor": cursor})

    assert answer.status_code in (200, 422)
    assert answer.status_code == 422 or answer.json()["items"] == []


def test_days_and_channel_choose(auditor: TestClient) -> None:
    assert lines(auditor, until="2020-01-01") == []
    assert {line["channel"] for line in lines(auditor, channel="inside")} <= {"inside"}
    assert (
        auditor.get("/api/v1/audit", params={"since": "2026-02-01", "until": "2026-01-01"}).status_code == 422
    )


def test_an_auditor_of_a_town_sees_the_lines_of_its_accounts(signed_in: Any, auditor: TestClient) -> None:
    signed_in(Role.VILLAGE, VILLAGE).get("/api/v1/users")
    signed_in(Role.VILLAGE, "430626114200").get("/api/v1/users")

    of_town = lines(signed_in(Role.AUDIT_ADMIN, "430626113"))

    assert {line["scope"][:9] for line in of_town} == {"430626113"}
    assert {line["scope"] for line in lines(auditor)} >= {VILLAGE, "430626114200"}


@pytest.mark.parametrize("format", ["csv", "jsonl"])
def test_an_export_holds_every_line_that_was_asked_for(
    auditor: TestClient, settings: Settings, format: str
) -> None:
    asked = {"action": "audit.read", "format": format}
    count = len(lines(auditor, action="audit.read"))

    answer = auditor.get("/api/v1/audit/export", params=asked)

    assert answer.status_code == 200
    assert f".{format}" in answer.headers["Content-Disposition"]
    assert len(answer.text.splitlines()) - (format == "csv") == count + 1
    assert list((settings.data_dir / "work").glob("audit-*")) == []
    assert lines(auditor, action="audit.export")[0]["detail"]["format"] == format


def said_at(position: int) -> set[str]:
    """The words that the package itself gives its notes at one position."""
    calls = [
        node
        for file in Path(address_service.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "AuditNote"
    ]
    said = [call.args[position] for call in calls if len(call.args) > position]
    return {str(word.value) for word in said if isinstance(word, ast.Constant)}


def test_every_action_that_a_service_names_has_chinese_words(auditor: TestClient) -> None:
    named = {item["action"]: item["label"] for item in auditor.get("/api/v1/audit/actions").json()["items"]}

    said = said_at(0)

    assert len(said) >= 40
    assert {action for action in said if not re.search("[\u4e00-\u9fff]", named.get(action, ""))} == set()


def test_every_kind_of_object_in_the_audit_has_chinese_words(anonymous: TestClient) -> None:
    paths: dict[str, dict[str, Any]] = anonymous.get("/api/v1/openapi.json").json()["paths"]
    writing = [path for path, operations in paths.items() if set(operations) - {"get", "head"}]
    words = {([*re.findall(r"{(\w+)}", path)] or ["request"])[-1].removesuffix("_id") for path in writing}

    assert (said_at(1) | words) - set(OBJECT_KINDS) == set()


def test_actions_are_listed_by_their_chinese_names(auditor: TestClient) -> None:
    named = {item["action"]: item["label"] for item in auditor.get("/api/v1/audit/actions").json()["items"]}

    assert named["request.refused"] == "请求被拒绝"
    assert named["post_user_users_post"] == "开设账户"


def test_every_operation_has_a_name_of_its_own(anonymous: TestClient) -> None:
    document = anonymous.get("/api/v1/openapi.json").json()
    ids = [one["operationId"] for path in document["paths"].values() for one in path.values()]
    names = [name_of_operation(one) for one in ids]

    assert len(names) == len(set(names))
    assert all("api_v1" not in name for name in names)


def test_what_all_these_requests_left_is_a_sound_audit(
    auditor: TestClient, api_database: Database, admin: Any, settings: Settings, clock: Any
) -> None:
    lines(auditor)

    with unit_of_work(api_database.engine, admin, clock, unnamed=None) as work:
        found = verify_audit(work, FileStore(settings.data_dir), ring_of(settings), clock)

    assert (found.is_sound, found.file_is_missing) == (True, True)
    assert found.tally.lines > 1
