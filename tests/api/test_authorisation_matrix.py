"""Every operation, every office, one's own land, somebody else's and nobody: the answers are those of the matrix."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from fastapi.testclient import TestClient

from address_service.model.accounts import ADMINISTRATORS, Role
from address_service.settings import Administrators, Settings
from tests.api.authorisation import read_matrix
from tests.api.requests_of_operations import ask, own_and_other, session_headers
from tests.api.rewinding import rewinding_app
from tests.api.two_villages import PEOPLE, Builder, Ground

MATRIX = read_matrix()
Key = Callable[[Role, str], dict[str, str]]
Answers = Sequence[Any]


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
def apart(grounds: dict[str, Ground], settings: Settings) -> Iterator[TestClient]:
    """The same where the three administrators are apart."""
    changed = settings.model_copy(update={"administrators": Administrators.APART})
    with rewinding_app(changed) as app, TestClient(app, raise_server_exceptions=False) as made:
        yield made


@pytest.fixture
def key_of(signed_in: Any) -> Callable[[Role, str], dict[str, str]]:
    """The key of an account of an office and a scope, as a header."""
    return lambda role, code: {"X-API-Key": signed_in(role, code).headers["X-API-Key"]}


def reason(answer: Any) -> str:
    """Why somebody is refused, in words of the matrix."""
    return str(answer.json()["code"]) if answer.status_code in (401, 403) else ""


def deviations(answers: Answers, theirs: Ground, offices: frozenset[str], role: Role) -> list[str]:
    """What is wrong with answers about one's own and about somebody else's, whatever their statuses."""
    own, other = answers
    found = [
        f"refused as {why}" for why in {reason(own), reason(other)} - {"", "right-missing", "out-of-scope"}
    ]
    if role.value in offices and other.status_code == 403 and reason(other) != "out-of-scope":
        found.append(f"another's is refused as {reason(other)}")
    shown = [answer.text for answer in answers if answer.status_code < 400]
    return found + [f"shows {secret}" for secret in theirs.secrets if any(secret in text for text in shown)]


def in_clear(answers: Answers) -> set[str]:
    """Names, numbers and phones of anybody that answers hold."""
    everybody = {word for people in PEOPLE.values() for person in people for word in person}
    return {word for word in everybody if any(word in answer.text for answer in answers)}


def test_every_operation_has_a_line_and_every_line_an_operation(client: TestClient) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]

    documented = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}

    assert documented - set(MATRIX.operations) == set(), (
        "write what is expected into authorisation_matrix.yaml"
    )
    assert set(MATRIX.operations) - documented == set(), "the matrix names operations that are not there"
    assert {op for left in MATRIX.apart.values() for op in left} | set(MATRIX.refused) <= set(MATRIX.lines)


def test_the_matrix_names_every_office() -> None:
    assert MATRIX.offices == {role.value for role in Role}


@pytest.mark.parametrize("role", list(Role))
def test_an_office_is_answered_as_the_matrix_says(
    client: TestClient, key_of: Key, grounds: dict[str, Ground], role: Role
) -> None:
    wrong: dict[str, Any] = {}
    keys = {ground.code: key_of(role, ground.code) for ground in grounds.values()}
    for operation, line in MATRIX.lines.items():
        mine, theirs = own_and_other(grounds, line.scope)

        answers = [ask(client, operation, ground, keys[mine.code]) for ground in (mine, theirs)]

        got = tuple(answer.status_code for answer in answers)
        faults = deviations(answers, theirs, line.offices, role)
        if got != line.expected(role) or faults:
            wrong[operation] = (got, faults, *(answer.text[:200] for answer in answers))
        if in_clear(answers[1:] if operation.endswith("/reveal") else answers):
            wrong[operation] = ("in clear", in_clear(answers))

    assert wrong == {}


@pytest.mark.parametrize("role", list(Role))
def test_an_office_is_answered_as_the_matrix_says_where_administrators_are_apart(
    apart: TestClient, key_of: Key, grounds: dict[str, Ground], role: Role
) -> None:
    wrong: dict[str, Any] = {}
    keys = {ground.code: key_of(role, ground.code) for ground in grounds.values()}
    concerned = [*MATRIX.lines] if role in (*ADMINISTRATORS, Role.PENDING) else [*MATRIX.refused]
    for operation in concerned:
        mine, theirs = own_and_other(grounds, MATRIX.lines[operation].scope)

        answers = [ask(apart, operation, ground, keys[mine.code]) for ground in (mine, theirs)]

        got, why = tuple(answer.status_code for answer in answers), {reason(answer) for answer in answers}
        stated = MATRIX.refused.get(operation) if role.value in MATRIX.lines[operation].offices else None
        if got != MATRIX.expected_apart(operation, role):
            wrong[operation] = (got, *(answer.text[:200] for answer in answers))
        if why - {"", "right-missing", "out-of-scope", stated} or (stated and stated not in why):
            wrong[operation] = why
        if in_clear(answers):
            wrong[operation] = ("in clear", in_clear(answers))

    assert wrong == {}


@pytest.mark.parametrize("role", list(Role))
def test_no_key_does_what_takes_a_session(
    client: TestClient, key_of: Key, grounds: dict[str, Ground], role: Role
) -> None:
    mine, _ = own_and_other(grounds, "session")

    answers = {op: ask(client, op, mine, key_of(role, mine.code)) for op in MATRIX.sessions}

    assert {op: (a.status_code, reason(a)) for op, a in answers.items()} == {
        op: (403, "session-needed") for op in MATRIX.sessions
    }


def test_a_session_is_answered_as_the_matrix_says(client: TestClient, grounds: dict[str, Ground]) -> None:
    mine, theirs = own_and_other(grounds, "session")
    page = session_headers(mine)

    got = {
        op: tuple(ask(client, op, ground, page).status_code for ground in (mine, theirs))
        for op in MATRIX.sessions
    }

    assert got == {op: (line.own, line.other) for op, line in MATRIX.sessions.items()}


def test_nobody_is_answered_as_the_matrix_says(client: TestClient, grounds: dict[str, Ground]) -> None:
    answers = {
        op: ask(client, op, own_and_other(grounds, line.scope)[0]) for op, line in MATRIX.operations.items()
    }

    assert {op: a.status_code for op, a in answers.items()} == {
        op: line.nobody for op, line in MATRIX.operations.items()
    }
    assert {a.json()["code"] for a in answers.values() if a.status_code == 401} == {"sign-in-needed"}


def test_what_is_hidden_from_the_others_shows_to_the_county(
    client: TestClient, key_of: Key, grounds: dict[str, Ground]
) -> None:
    key = key_of(Role.ADMIN, "430626")
    lists = [op for op in MATRIX.lines if op.startswith("GET ") and "{" not in op]
    everywhere = [ground for ground in grounds.values() if "place_id" in ground.things]

    shown = "".join(ask(client, op, ground, key).text for op in lists for ground in everywhere)

    assert {s for ground in grounds.values() for s in ground.secrets if s not in shown} == set()


def test_what_is_sealed_shows_to_whoever_asks_with_a_reason(
    client: TestClient, key_of: Key, grounds: dict[str, Ground]
) -> None:
    mine, _ = own_and_other(grounds, "village")

    shown = ask(client, "POST /api/v1/residents/{person_id}/reveal", mine, key_of(Role.VILLAGE, mine.code))

    assert in_clear([shown]) == set(PEOPLE[mine.code][0])
