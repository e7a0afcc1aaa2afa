"""What is too large, or from nobody, is refused before it is parsed or reaches the disk."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from address_service.bootstrap import create_app
from address_service.model.accounts import Actor, Role
from address_service.settings import Settings

MIB = 1 << 20


@pytest.fixture(scope="module")
def small(admin: Actor, settings: Settings) -> Iterator[TestClient]:
    """A service that takes files of 1 MB."""
    with TestClient(
        create_app(settings.model_copy(update={"max_upload_mb": 1})), raise_server_exceptions=False
    ) as client:
        yield client


@pytest.fixture
def clerk(small: TestClient, signed_in: Any) -> dict[str, str]:
    return {"X-API-Key": signed_in(Role.CIVIL_AFFAIRS).headers["X-API-Key"]}


class Body:
    """A body in pieces of 64 KiB that remembers how much of it was asked for."""

    def __init__(self, head: bytes, size: int) -> None:
        self.head, self.size, self.sent = head, size, 0

    def __iter__(self) -> Iterator[bytes]:
        yield self.head
        while self.sent < self.size:
            self.sent += 65_536
            yield b"0" * 65_536


FORM = {"Content-Type": "multipart/form-data; boundary=x"}
PART = (
    b'--x\r\nContent-Disposition: form-data; name="layer"\r\n\r\ndivisions\r\n'
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
)


def test_a_stream_without_a_length_is_cut_where_it_grows_too_large(
    small: TestClient, clerk: dict[str, str]
) -> None:
    answer = small.post("/api/v1/jobs", content=Body(PART, 3 * MIB), headers={**clerk, **FORM})

    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "about"), [("jobs", {"layer": "divisions"}), ("reconciliations", {"division": "430626"})]
)
def test_a_file_just_below_the_bound_is_taken_and_one_above_is_not(
    small: TestClient, clerk: dict[str, str], path: str, about: dict[str, str]
) -> None:
    def send(size: int) -> int:
        file = {"file": ("a.csv", b"0" * size)}
        return small.post(f"/api/v1/{path}", data=about, files=file, headers=clerk).status_code

    assert (send(MIB), send(MIB + 1), send(2 * MIB)) == (202, 413, 413)


@pytest.mark.parametrize("path", ["/api/v1/numbering-plans", "/api/v1/users", "/sign-in"])
def test_other_requests_bring_no_more_than_a_megabyte(
    small: TestClient, clerk: dict[str, str], path: str
) -> None:
    below, above = (small.post(path, content=b"0" * size, headers=clerk) for size in (MIB, MIB + 1))

    assert below.status_code != 413
    assert (above.status_code, above.json()["code"]) == (413, "too-large")


@pytest.mark.parametrize("key", [{}, {"X-API-Key": "ask_wrong"}, {"Cookie": "address_session=wrong"}])
def test_nobody_uploads_without_an_account(small: TestClient, key: dict[str, str]) -> None:
    # The body is no form at all: a parser that saw it would answer 400 or 422.
    answer = small.post("/api/v1/jobs", content=b"no form", headers={**FORM, **key})

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("ApiKey")
