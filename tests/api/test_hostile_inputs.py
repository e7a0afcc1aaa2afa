"""No input of the dictionary, in no field of any operation, brings down the service or leaves half a write."""

import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient

from address_service.model.accounts import Role
from address_service.settings import Settings
from tests.api.answers_to_anything import PLANTED_NAME, faults_of
from tests.api.authorisation import read_matrix
from tests.api.fields_of_operations import Field, Fields, escaped
from tests.api.hostile_inputs import BODIES, FOR_KEYS, FOR_OTHERS, TEXTS, VALUES
from tests.api.requests_of_operations import ASKING, own_and_other, session_headers
from tests.api.rewinding import rewinding_app
from tests.api.two_villages import Builder, Ground

MATRIX = read_matrix()
PATIENCE_S = 20.0
"""A watchdog, no measurement: what takes longer than this never ends."""

COUNTED = {"POST /api/v1/me/password": {"session_activity", "sign_in_guard", "sign_in_pair"}}
"""Where a session is verified in a transaction of its own, and a wrong guess is refused and counted."""

ABOUT_PEOPLE = ("/api/v1/households", "/api/v1/residents")
"""What is sent there may be about somebody, even where it is wrong."""

HEADERS = (
    "X-API-Key",
    "X-CSRF-Token",
    "Idempotency-Key",
    "If-None-Match",
    "Accept",
    "Cookie",
    "User-Agent",
    "Host",
)
"""Headers that the service reads, or a proxy before it."""


@pytest.fixture(scope="module")
def grounds(signed_in: Any, run_jobs: Callable[[], None], committed: Any) -> dict[str, Ground]:
    """Two villages and two towns with everything in them."""
    return Builder(signed_in, run_jobs, committed).build()


@pytest.fixture(scope="module")
def client(grounds: dict[str, Ground], settings: Settings) -> Iterator[TestClient]:
    """The application over a register that stays as it is; without a key."""
    with rewinding_app(settings) as app, TestClient(app, raise_server_exceptions=False) as made:
        yield made


@pytest.fixture(scope="module")
def fields(client: TestClient) -> Fields:
    """The fields of the document."""
    return Fields(client.get("/api/v1/openapi.json").json())


class Asker:
    """Sends one operation with one thing wrong, and notes what is wrong with the answer."""

    def __init__(
        self, client: TestClient, fields: Fields, operation: str, ground: Ground, who: Mapping[str, str]
    ) -> None:
        self.client, self.fields, self.ground = client, fields, ground
        self.operation = operation
        self.method, self.template = operation.split(" ", 1)
        given = ASKING.get(operation)
        self.asking = given(ground) if given else {}
        self.things = ground.things | self.asking.pop("path", {})
        self.who = {**self.asking.pop("headers", {}), **who}
        self.documented = set(fields.described(operation)["responses"]) | {"404", "405", "431"}
        self.faults: list[str] = []

    def uploads(self) -> set[str]:
        """Files that wait for their import."""
        folder = self.client.app.state.house.settings.data_dir / "uploads"  # type: ignore[attr-defined]
        return {path.name for path in folder.iterdir()} if folder.exists() else set()

    def try_text(self, field: Field, name: str) -> None:
        """A text of the dictionary in a field."""
        text = TEXTS[name]
        asking = dict(self.asking)
        things = {key: escaped(value) for key, value in self.things.items()}
        match field.place:
            case "path":
                things[str(field.steps[0])] = escaped(text)
            case "query":
                query = {**asking.pop("params", {}), field.steps[0]: text}
                things["?"] = "&".join(f"{key}={escaped(str(value))}" for key, value in query.items())
            case "header":
                asking["headers"] = [(str(field.steps[0]).encode(), text.encode("utf-8", "surrogatepass"))]
            case "form":
                asking["data"] = {**asking["data"], field.steps[0]: text.encode("utf-8", "surrogatepass")}
            case "file":
                content = text.encode("utf-8", "surrogatepass")
                asking["files"] = {field.steps[0]: (content.decode("utf-8", "replace") + ".csv", content)}
            case _:
                self.try_value(field, name, json.dumps(text))
                return
        self.send(f"{field}: {name}", things, **asking)

    def try_value(self, field: Field, name: str, token: str) -> None:
        """A JSON token in a field of the body."""
        content = self.fields.exchanged(self.operation, self.asking.get("json"), field, token)
        self.send_body(f"{field}: {name}", "application/json", content)

    def send_body(self, what: str, media_type: str, content: bytes) -> None:
        """A whole body."""
        asking = {name: value for name, value in self.asking.items() if name == "params"}
        self.send(
            what, self.things, content=content, headers=[(b"Content-Type", media_type.encode())], **asking
        )

    def send(self, what: str, things: dict[str, str], **asking: Any) -> None:
        """Ask, and note the faults of the answer."""
        query = f"?{things['?']}" if "?" in things else ""
        written = self.client.app.state.written  # type: ignore[attr-defined]
        before = len(written)
        uploads = self.uploads()
        hostile = asking.pop("headers", [])
        taken = {name.lower() for name, _ in hostile}
        own = [(name.encode(), text.encode()) for name, text in self.who.items()]
        headers = [*((name, text) for name, text in own if name.lower() not in taken), *hostile]
        with ThreadPoolExecutor(1) as watched:
            answer = watched.submit(
                self.client.request,
                self.method,
                self.template.format(**things) + query,
                headers=headers,
                **asking,
            ).result(PATIENCE_S)
        found = faults_of(answer.status_code, answer.headers.get("content-type", ""), answer.content)
        if str(answer.status_code) not in self.documented:
            found.append(f"{answer.status_code} is not documented")
        if answer.status_code >= 400 and set(written[before:]) - COUNTED.get(self.operation, set()):
            found.append(f"refused with {answer.status_code}, and written in {written[before:]}")
        if (
            answer.status_code >= 400
            and self.template.startswith(ABOUT_PEOPLE)
            and PLANTED_NAME in answer.text
        ):
            found.append("what may be a person's name is repeated")
        if answer.status_code >= 400 and self.uploads() != uploads:
            found.append(f"refused with {answer.status_code}, and the file is kept")
        if "set-cookie" in answer.headers:
            found.append("a header was slipped in")
        self.faults += [f"{what}: {fault}" for fault in found]


@pytest.fixture
def asker(
    client: TestClient, fields: Fields, grounds: dict[str, Ground], signed_in: Any
) -> Callable[[str], Asker]:
    """Who may ask an operation about its own land."""

    def make(operation: str) -> Asker:
        line = MATRIX.operations[operation]
        ground, _ = own_and_other(grounds, line.scope)
        if operation in MATRIX.sessions:
            return Asker(client, fields, operation, ground, session_headers(ground))
        role = next(role for role in Role if role.value in line.offices)
        key = {"X-API-Key": signed_in(role, ground.code).headers["X-API-Key"]}
        return Asker(client, fields, operation, ground, key)

    return make


@pytest.mark.parametrize("operation", MATRIX.operations)
def test_hostile_input_in_any_field_is_answered_as_documented(
    asker: Callable[[str], Asker], fields: Fields, operation: str
) -> None:
    asking = asker(operation)

    for field in fields.of(operation):
        others = FOR_KEYS if field.steps == ("Idempotency-Key",) else FOR_OTHERS
        for name in TEXTS if field.free_text else others:
            asking.try_text(field, name)
        for name, token in VALUES.items() if field.place == "body" else ():
            asking.try_value(field, name, token)
    for name, (media_type, content) in BODIES.items() if asking.method != "GET" else ():
        asking.send_body(name, media_type, content)

    assert not asking.faults, "\n".join(asking.faults)


@pytest.mark.parametrize("header", HEADERS)
def test_hostile_input_in_a_header_is_answered_as_documented(
    asker: Callable[[str], Asker], header: str
) -> None:
    reading, writing = asker("GET /api/v1/addresses"), asker("POST /api/v1/numbering-plans")

    for name, text in TEXTS.items():
        hostile = [(header.encode(), text.encode("utf-8", "surrogatepass"))]
        reading.send(f"{header}: {name}", reading.things, headers=hostile, **reading.asking)
        writing.send(f"{header}: {name}", writing.things, headers=hostile, **writing.asking)

    assert not reading.faults + writing.faults, "\n".join(reading.faults + writing.faults)


def test_the_watched_service_did_write_where_it_was_asked_well(asker: Callable[[str], Asker]) -> None:
    asking = asker("POST /api/v1/numbering-plans")
    written = asking.client.app.state.written  # type: ignore[attr-defined]
    before = len(written)

    asking.send("as it should be", asking.things, **asking.asking)

    assert asking.faults == []
    assert {"numbering_plan"} <= set(written[before:])
