"""No free text of any request takes down a person's number; the fields are found in the document of the API."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from address_service.model.accounts import Role
from address_service.settings import Settings
from tests.api.authorisation import read_matrix
from tests.api.fields_of_operations import Field, Fields
from tests.api.requests_of_operations import ASKING, own_and_other, session_headers
from tests.api.rewinding import rewinding_app
from tests.api.two_villages import Builder, Ground

MATRIX = read_matrix()
PHONE = "示例138 1234 5678"
NO_WORDS = {"mapping", "policy", "profile", "building_code", "label", "identity"}
"""Texts that name something known, a key, or an account at an issuer; nobody explains anything in them."""
SECRETS = {"old_password", "new_password", "POST /api/v1/me/second-factor/confirm code"}
"""Texts that are held against what is kept of them, and never kept."""
ACCOUNTS = "POST /api/v1/users"
"""What an account is called is decided by who administers them."""
TOLD_BY_ROW = {f"POST /api/v1/match {name}" for name in ("text", "external_id", "on")}
"""Texts of which a row with a number is refused at its place, and the others answered."""
FACTS = {"name", "head_name", "id_no", "born_on", "sex", "phone", "ethnicity", "relation", "book_no"}
"""What a person is enrolled with, under seal; each has a reader of its own, so that a text in it is no fact."""
LET_GO = "ethnicity"
"""Whatever is sent of it, nothing is kept, unless an office has it kept."""
ABOUT_PEOPLE = ("/api/v1/households", "/api/v1/residents")

Found = tuple[str, Field]


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


@pytest.fixture
def ask_with(
    client: TestClient, fields: Fields, grounds: dict[str, Ground], signed_in: Any
) -> Callable[[str, Field, str], Any]:
    """Ask an operation as one who may, with a text in one of its fields; gives the answer."""

    def ask(operation: str, field: Field, words: str) -> Any:
        line = MATRIX.operations[operation]
        ground, _ = own_and_other(grounds, line.scope)
        given = ASKING.get(operation)
        asking = given(ground) if given else {}
        path = operation.split(" ", 1)[1].format(**(ground.things | asking.pop("path", {})))
        if field.place == "form":
            asking["data"][str(field.steps[0])] = words
        else:
            asking["headers"] = asking.get("headers", {}) | {"Content-Type": "application/json"}
            asking["content"] = fields.exchanged(operation, asking.pop("json", None), field, f'"{words}"')
        role = next(role for role in Role if role.value in line.offices)
        key = {"X-API-Key": signed_in(role, ground.code).headers["X-API-Key"]}
        asking["headers"] = asking.get("headers", {}) | (
            session_headers(ground) if operation in MATRIX.sessions else key
        )
        return client.request(operation.split(" ", 1)[0], path, **asking)

    return ask


def free_texts(fields: Fields) -> list[Found]:
    """Every text without a pattern, format or list of values that a request may bring."""
    return [
        (operation, field)
        for operation in MATRIX.operations
        for field in fields.of(operation)
        if field.place in ("body", "form") and field.free_text
    ]


def name_of(field: Field) -> str:
    """What the field is called; a text of a list as its list."""
    return [step for step in field.steps if isinstance(step, str)][-1]


def is_fact(found: Found) -> bool:
    """Whether a person or household is enrolled or looked up by it."""
    operation, field = found
    return operation.split(" ", 1)[1].startswith(ABOUT_PEOPLE) and name_of(field) in FACTS


def is_explained(found: Found) -> bool:
    """Whether somebody explains something in it, of whatever kind."""
    operation, field = found
    named = {name_of(field), f"{operation} {name_of(field)}"}
    return operation != ACCOUNTS and not named & (NO_WORDS | SECRETS | TOLD_BY_ROW)


def test_no_free_text_of_a_request_takes_a_persons_number(
    ask_with: Callable[[str, Field, str], Any], fields: Fields
) -> None:
    found = [one for one in free_texts(fields) if is_explained(one) and not is_fact(one)]

    answers = {f"{op} {field}": ask_with(op, field, PHONE) for op, field in found}

    told = {name: (a.status_code, a.json().get("code")) for name, a in answers.items()}
    assert len(found) >= 40
    assert {n: said for n, said in told.items() if said != (422, "personal-data-not-here")} == {}


def test_a_text_is_no_fact_of_a_person_and_not_repeated(
    ask_with: Callable[[str, Field, str], Any], fields: Fields
) -> None:
    found = [one for one in free_texts(fields) if is_fact(one) and name_of(one[1]) != LET_GO]

    answers = {f"{op} {field}": ask_with(op, field, PHONE) for op, field in found}

    assert len(found) >= 15
    codes = {name: (a.status_code, a.json().get("code")) for name, a in answers.items()}
    assert {n: said for n, said in codes.items() if said[0] != 422 or said[1] == "request-invalid"} == {}
    assert {name for name, a in answers.items() if "1234" in a.text or "5678" in a.text} == set()
