"""Sign-in through an issuer of OpenID Connect, a small real one on the loopback address."""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from joserfc import jwk, jwt
from pydantic import SecretStr

from address_service.bootstrap import create_app
from address_service.model.accounts import Actor, Role
from address_service.settings import Settings
from address_service.store.accounts import Office
from address_service.store.engine import Database
from address_service.store.work import unit_of_work
from tests.api.signing_in import browser

CLIENT, SECRET = "address-service", "s3cret-of-the-client"
VILLAGE = "430626113208"


@dataclass
class Issuer:
    """What the issuer knows; tests change what it says."""

    url: str = ""
    key: jwk.RSAKey = field(default_factory=lambda: jwk.RSAKey.generate_key(2048, {"kid": "1"}))
    signs_with: jwk.RSAKey | None = None
    claims: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, dict[str, str]] = field(default_factory=dict)

    def document(self, path: str) -> Any:
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/jwks",
            }
        return {"keys": [self.key.as_dict(private=False)]}

    def authorize(self, query: dict[str, str]) -> str:
        """Remember what was asked under a code, as if somebody had signed in here."""
        code = f"code{len(self.asked)}"
        self.asked[code] = query
        return f"{query['redirect_uri']}?code={code}&state={query['state']}"

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        asked = self.asked.pop(form["code"], None)
        challenge = (
            base64.urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        )
        expected = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if asked is None or asked["code_challenge"] != challenge or authorization != f"Basic {expected}":
            return None
        now = int(datetime.now(UTC).timestamp())
        claims = {
            "iss": self.url,
            "aud": CLIENT,
            "sub": "1",
            "iat": now,
            "exp": now + 60,
            "nonce": asked["nonce"],
            "preferred_username": "yanzhou",
            **self.claims,
        }
        signed = jwt.encode({"alg": "RS256", "kid": "1"}, claims, self.signs_with or self.key)
        return {"access_token": "x", "token_type": "Bearer", "id_token": signed}


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    made = Issuer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/authorize":
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                self.send_response(302)
                self.send_header("Location", made.authorize(query))
                self.end_headers()
                return
            self._say(200, made.document(parts.path))

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(sent).items()}
            answer = made.token(form, self.headers["Authorization"])
            self._say(*((200, answer) if answer else (400, {"error": "invalid_grant"})))

        def _say(self, status: int, document: Any) -> None:
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield made
        server.shutdown()
        thread.join()


@pytest.fixture
def app(issuer: Issuer, settings: Settings, admin: Actor) -> Iterator[Any]:
    changes = {
        "oidc_issuer": issuer.url,
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SecretStr(SECRET),
    }
    with TestClient(create_app(settings.model_copy(update=changes))) as client:
        yield client.app


@pytest.fixture
def person(api_database: Database, admin: Actor) -> Callable[[str], Actor]:
    """An account with an identity at the issuer."""

    def make(identity: str) -> Actor:
        with unit_of_work(api_database.engine, admin, datetime.now(UTC)) as work:
            found = next((c.actor for c in work.accounts.cards(work.now) if c.identity == identity), None)
            actor = found or work.accounts.create(f"示例{identity}", Role.VILLAGE, VILLAGE)
            work.accounts.give_office(actor.account_id, Office(Role.VILLAGE, VILLAGE, identity=identity))
            work.accounts.set_disabled(actor.account_id, None)
        return actor

    return make


def there_and_back(app: Any, issuer: Issuer, client: TestClient | None = None) -> tuple[TestClient, Any]:
    """Follow the browser to the issuer and back."""
    client = client or browser(app)
    away = client.get("/sign-in/issuer?next=/counter", follow_redirects=False)
    query = {name: values[0] for name, values in parse_qs(urlsplit(away.headers["location"]).query).items()}
    back = urlsplit(issuer.authorize(query))
    return client, client.get(f"{back.path}?{back.query}", follow_redirects=False)


def test_whom_the_issuer_vouches_for_is_signed_in(app: Any, issuer: Issuer, person: Any) -> None:
    person("yanzhou")

    client, answer = there_and_back(app, issuer)

    assert (answer.status_code, answer.headers["location"]) == (303, "/counter"), answer.text
    me = client.get("/api/v1/me").json()
    assert (me["name"], me["signed_in_by"], me["division_code"]) == ("示例yanzhou", "issuer", VILLAGE)
    assert "通过统一身份认证登录" in browser(app).get("/sign-in").text


def test_no_account_is_made_for_a_stranger(
    app: Any, issuer: Issuer, api_database: Database, admin: Actor
) -> None:
    issuer.claims = {"preferred_username": "stranger"}

    _, answer = there_and_back(app, issuer)

    assert answer.status_code == 401
    with unit_of_work(api_database.engine, admin, datetime.now(UTC)) as work:
        assert work.accounts.find_by_identity("stranger") is None


def test_a_disabled_account_stays_outside(
    app: Any, issuer: Issuer, person: Any, api_database: Database, admin: Actor
) -> None:
    actor = person("yanzhou")
    with unit_of_work(api_database.engine, admin, datetime.now(UTC)) as work:
        work.accounts.set_disabled(actor.account_id, work.now)

    assert there_and_back(app, issuer)[1].status_code == 401


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another-client"},
        {"exp": 1_700_000_000},
        {"nonce": "another"},
        {"nonce": None},
        {"preferred_username": None},
        {"preferred_username": ["yanzhou"]},
    ],
)
def test_a_token_that_is_not_for_this_turn_is_refused(
    app: Any, issuer: Issuer, person: Any, claims: dict[str, Any]
) -> None:
    person("yanzhou")
    issuer.claims = claims

    assert there_and_back(app, issuer)[1].status_code == 401


def test_a_token_signed_by_another_is_refused(app: Any, issuer: Issuer, person: Any) -> None:
    person("yanzhou")
    issuer.signs_with = jwk.RSAKey.generate_key(2048, {"kid": "1"})

    assert there_and_back(app, issuer)[1].status_code == 401


def test_a_code_is_good_in_the_browser_that_asked_for_it_alone(app: Any, issuer: Issuer, person: Any) -> None:
    person("yanzhou")
    away = browser(app).get("/sign-in/issuer", follow_redirects=False)
    query = {name: values[0] for name, values in parse_qs(urlsplit(away.headers["location"]).query).items()}
    back = urlsplit(issuer.authorize(query))
    other = browser(app)
    other.get("/sign-in/issuer", follow_redirects=False)

    with_turn = other.get(f"{back.path}?{back.query}", follow_redirects=False)
    without = browser(app).get(f"{back.path}?{back.query}", follow_redirects=False)

    assert (with_turn.status_code, without.status_code) == (401, 401)


def test_an_issuer_that_does_not_answer_is_said_to_be_away(settings: Settings, admin: Actor) -> None:
    changes = {"oidc_issuer": "http://127.0.0.1:9", "oidc_client_id": CLIENT}
    with TestClient(create_app(settings.model_copy(update=changes)), raise_server_exceptions=False) as client:
        assert browser(client.app).get("/sign-in/issuer", follow_redirects=False).status_code == 503


def test_without_an_issuer_there_is_no_way_to_one(anonymous: TestClient) -> None:
    assert anonymous.get("/sign-in/issuer").status_code == 404
    assert "统一身份认证" not in anonymous.get("/sign-in").text
