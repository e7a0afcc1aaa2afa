"""A browser that signs in by the form, for tests of accounts."""

from typing import Any

from fastapi.testclient import TestClient

PASSWORD = "Shi-Fan-2026"


def browser(app: Any) -> TestClient:
    """A browser without a session."""
    return TestClient(app, raise_server_exceptions=False, base_url="http://127.0.0.1:8000")


def try_sign_in(client: TestClient, **fields: str) -> Any:
    """Send the form and follow nothing."""
    client.get("/sign-in")
    form = {"form_token": client.cookies["address_form"], **fields}
    return client.post("/sign-in", data=form, follow_redirects=False)


def sign_in(app: Any, name: str, password: str = PASSWORD, code: str = "") -> TestClient:
    """A browser that signed in, and sends the session's token with every write."""
    client = browser(app)
    done = try_sign_in(client, name=name, password=password, code=code)
    assert done.status_code == 303, done.text
    me = client.get("/api/v1/me").json()
    client.headers["X-CSRF-Token"] = me["csrf_token"]
    return client
