"""Every operation, every office, one's own land, somebody else's and nobody: the answers are those of the matrix."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from address_service.model.accounts import Role
from address_service.settings import Settings
from tests.api.authorisation import read_matrix
from tests.api.requests_of_operations import ask, own_and_other
from tests.api.rewinding import rewinding_app
from tests.api.two_villages import Builder, Ground

MATRIX = read_matrix()


@pytest.fixture(scope="module")
def grounds(signed_in: Any, run_jobs: Callable[[], None], committed: Any) -> dict[str, Ground]:
    """Two villages and two towns with everything in them."""
    return Builder(signed_in, run_jobs, committed).build()


@pytest.fixture(scope="module")
def client(grounds: dict[str, Ground], settings: Settings) -> Iterator[TestClient]:
    """The application over a register that stays as it is; without a key."""
    with rewinding_app(settings) as app, TestClient(app, raise_server_exceptions=False) as made:
        yield made


@pytest.fixture
def as_office(client: TestClient, signed_in: Any) -> Callable[[Role, str], TestClient]:
    """The same application, asked by an account of an office and a scope."""

    def make(role: Role, code: str) -> TestClient:
        asking = TestClient(client.app, raise_server_exceptions=False)
        asking.headers["X-API-Key"] = signed_in(role, code).headers["X-API-Key"]
        return asking

    return make


def reason(answer: Any) -> str:
    """Why somebody is refused, in words of the matrix."""
    return str(answer.json()["code"]) if answer.status_code in (401, 403) else ""


def test_every_operation_has_a_line_and_every_line_an_operation(client: TestClient) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]

    documented = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}

    assert documented - set(MATRIX.lines) == set(), "write what is expected into authorisation_matrix.yaml"
    assert set(MATRIX.lines) - documented == set(), "the matrix names operations that are not there"


def test_the_matrix_names_every_office() -> None:
    assert MATRIX.offices == {role.value for role in Role}


@pytest.mark.parametrize("role", list(Role))
def test_an_office_is_answered_as_the_matrix_says(
    as_office: Callable[[Role, str], TestClient], grounds: dict[str, Ground], role: Role
) -> None:
    wrong: dict[str, Any] = {}
    for operation, line in MATRIX.lines.items():
        mine, theirs = own_and_other(grounds, line.scope)
        client = as_office(role, mine.code)

        own, other = ask(client, operation, mine), ask(client, operation, theirs)

        got = (own.status_code, other.status_code)
        if got != line.expected(role):
            wrong[operation] = (got, own.text[:200], other.text[:200])
        if {reason(own), reason(other)} - {"", "right-missing", "out-of-scope"}:
            wrong[operation] = (reason(own), reason(other))
        if role.value in line.offices and other.status_code == 403 and reason(other) != "out-of-scope":
            wrong[operation] = reason(other)
        leaked = {s for a in (own, other) if a.status_code < 400 for s in theirs.secrets if s in a.text}
        if leaked:
            wrong[operation] = ("shows what is not its own", leaked)

    assert wrong == {}


def test_nobody_is_answered_as_the_matrix_says(client: TestClient, grounds: dict[str, Ground]) -> None:
    answers = {
        op: ask(client, op, own_and_other(grounds, line.scope)[0]) for op, line in MATRIX.lines.items()
    }

    assert {op: a.status_code for op, a in answers.items()} == {
        op: line.nobody for op, line in MATRIX.lines.items()
    }
    assert {a.json()["code"] for a in answers.values() if a.status_code == 401} == {"sign-in-needed"}


def test_what_is_hidden_from_the_others_shows_to_the_county(
    as_office: Callable[[Role, str], TestClient], grounds: dict[str, Ground]
) -> None:
    client = as_office(Role.ADMIN, "430626")
    lists = [op for op in MATRIX.lines if op.startswith("GET ") and "{" not in op]
    everywhere = [ground for ground in grounds.values() if "place_id" in ground.things]

    shown = "".join(ask(client, op, ground).text for op in lists for ground in everywhere)

    assert {s for ground in grounds.values() for s in ground.secrets if s not in shown} == set()
