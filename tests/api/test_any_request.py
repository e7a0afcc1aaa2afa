"""Thousands of requests made up from the OpenAPI document, asked by every office: each answer is a documented one."""

import os
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import cycle
from typing import Any

import hypothesis
import pytest
import requests
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi import checks

from address_service.model.accounts import Role
from address_service.settings import Settings
from tests.api.answers_to_anything import faults_of
from tests.api.authorisation import Line, read_matrix
from tests.api.requests_of_operations import own_and_other, session_headers
from tests.api.rewinding import rewinding_app
from tests.api.two_villages import Builder, Ground

MATRIX = read_matrix()
CASES = int(os.environ.get("ANY_REQUEST_CASES", "16"))
"""Requests made up for an operation: three quarters are valid by the document, one quarter is not."""

COUNTY = "430626"
Operation = Any
Made = Any
"""An `APIOperation` and a `Case`; of their parameters nothing matters here."""
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]
"""Not `positive_data_acceptance`: the rules of the register, such as "one of text and code", are in no schema."""


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
def operations(client: TestClient) -> dict[str, Operation]:
    """The operations of the document, by method and path; keys are ours to send, not to be made up."""
    schema: Any = schemathesis.openapi.from_dict(client.get("/api/v1/openapi.json").json())
    schema.config.generation.update(with_security_parameters=False)
    return {operation.label: operation for operation in (found.ok() for found in schema.get_all_operations())}


@pytest.fixture(scope="module")
def key_of(signed_in: Any) -> Callable[[Role, str], dict[str, str]]:
    """The key of an account of an office and a scope, as a header; one for each."""
    return cache(lambda role, code: {"X-API-Key": signed_in(role, code).headers["X-API-Key"]})


def sent(client: TestClient, case: Made, who: Mapping[str, str]) -> Any:
    """Send a request that was made up, byte by byte, by somebody; gives the answer."""
    given = case.as_transport_kwargs(base_url="http://testserver", headers=dict(who))
    given.pop("allow_redirects", None)
    made = requests.Request(**{name: value for name, value in given.items() if name != "cookies"}).prepare()
    headers: Any = dict(made.headers)
    content: Any = made.body
    return client.request(made.method or "", made.url or "", headers=headers, content=content)


def made_up(operation: Operation, mode: GenerationMode, count: int) -> list[Made]:
    """Requests to an operation, the same ones each time; fewer where there are no more to be made."""
    found: list[Made] = []

    @hypothesis.settings(
        max_examples=count,
        database=None,
        derandomize=True,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(operation.as_strategy(generation_mode=mode))
    def keep(case: Made) -> None:
        found.append(case)

    try:
        keep()
    except Unsatisfiable:  # nothing that this operation takes can be wrong
        assert mode is GenerationMode.NEGATIVE
    return found


def steer(given: Any, ground: Ground) -> Any:
    """What was made up, with things that exist under the names that stand for things."""
    real = ground.things | {"village": ground.code, "village_code": ground.code, "parent": ground.code}
    several = {"codes": "current", "building_ids": "building_id", "place_ids": "place_id"}
    if isinstance(given, list):
        return [steer(item, ground) for item in given]
    if not isinstance(given, dict):
        return given
    named = {name: [real[several[name]]] for name in several if name in given and several[name] in real} | {
        name: real[name] for name in given if name in real
    }
    return {name: steer(value, ground) for name, value in given.items()} | named


def askers(line: Line) -> Iterator[tuple[Role, bool]]:
    """Offices in turn, every second time one that may; and whether the whole county is its scope."""
    everybody = cycle(Role)
    permitted = cycle([role for role in Role if role.value in line.offices])
    for in_turn in cycle((True, False)):
        yield next(everybody if in_turn else permitted), not in_turn
        yield next(permitted), in_turn


def failures_of(group: FailureGroup) -> list[Failure]:
    """What the checks found, one by one."""
    return [found for found in group.exceptions if isinstance(found, Failure)]


@pytest.mark.parametrize("operation", MATRIX.operations)
def test_whatever_is_asked_the_answer_is_a_documented_one(
    client: TestClient,
    key_of: Callable[[Role, str], dict[str, str]],
    grounds: dict[str, Ground],
    operations: dict[str, Operation],
    operation: str,
) -> None:
    line = MATRIX.operations[operation]
    ground, _ = own_and_other(grounds, line.scope)
    page = session_headers(ground) if operation in MATRIX.sessions else None
    wrong = CASES // 4
    cases = made_up(operations[operation], GenerationMode.POSITIVE, CASES - wrong)
    cases += made_up(operations[operation], GenerationMode.NEGATIVE, wrong)
    faults: list[str] = []

    for position, (case, (role, everywhere)) in enumerate(zip(cases, askers(line), strict=False)):
        if position % 3 and case.meta.generation.mode is GenerationMode.POSITIVE:
            case.path_parameters = steer(case.path_parameters, ground)
            case.query, case.body = steer(case.query, ground), steer(case.body, ground)
        who = page or key_of(role, COUNTY if everywhere else ground.code)
        answer = sent(client, case, who)
        faults += faults_of(answer.status_code, answer.headers.get("content-type", ""), answer.content)
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as error:
            faults += [
                f"{role}: {found.title} {found.message} {case.as_curl_command()}"
                for found in failures_of(error)
            ]

    assert cases
    assert faults == []
