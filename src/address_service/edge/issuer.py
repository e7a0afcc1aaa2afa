"""Sign-in through an issuer of OpenID Connect: authorization code with PKCE (S256), state and nonce, by Authlib.

No account is ever made here: the configured claim is held against the identity that a security administrator kept with
an account.
"""

import base64
import json
import secrets
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from address_service.edge.house import House
from address_service.edge.sign_in import nobody, now
from address_service.errors import NotReady, Unauthenticated
from address_service.model.accounts import SignInWay
from address_service.model.audit import AuditNote, Origin
from address_service.services.session_opening import OpenedSession, open_session
from address_service.settings import Settings
from address_service.store.work import unit_of_work

CALLBACK = "/sign-in/issuer/done"
_TIMEOUT_S = 10.0
_ALGORITHMS = ["RS256", "PS256", "ES256"]
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_REFUSED = "统一身份认证未通过，或其身份没有对应的可用账户"


@dataclass(frozen=True, slots=True)
class IssuerTurn:
    """What a browser keeps in a cookie while it is at the issuer's."""

    state: str
    nonce: str
    verifier: str
    next_path: str

    def sealed(self) -> str:
        """As a cookie's value."""
        return base64.urlsafe_b64encode(json.dumps(asdict(self)).encode()).decode()


def turn_of(cookie: str) -> IssuerTurn:
    """The turn from its cookie; raises Unauthenticated when it is none."""
    try:
        return IssuerTurn(**json.loads(base64.urlsafe_b64decode(cookie.encode())))
    except (ValueError, TypeError) as error:
        raise _refused() from error


def begin_at_issuer(settings: Settings, next_path: str) -> tuple[str, IssuerTurn]:
    """Where to send the browser, and what it must bring back; raises NotReady when the issuer does not answer."""
    turn = IssuerTurn(
        secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48), next_path
    )
    with _client(settings) as client:
        url, _ = client.create_authorization_url(
            _discover(settings, client)["authorization_endpoint"],
            state=turn.state,
            nonce=turn.nonce,
            code_verifier=turn.verifier,
        )
    return str(url), turn


def finish_at_issuer(house: House, origin: Origin, turn: IssuerTurn, state: str, code: str) -> OpenedSession:
    """Open a session for the account that the issuer vouches for; raises Unauthenticated, NotReady."""
    if not code or not secrets.compare_digest(state.encode(), turn.state.encode()):
        raise _refused()
    identity = _identity(house.settings, turn, code)
    opened = None
    anybody = nobody(house.settings.county_code)
    with unit_of_work(house.engine, anybody, now(), house.keys, origin, unnamed=None) as work:
        actor = work.accounts.find_by_identity(identity) if identity else None
        if actor is None or not work.accounts.hold_open(actor.account_id, work.now):
            work.note(AuditNote("session.refuse", "account", str(actor.account_id) if actor else None))
        else:
            work.actor = actor
            opened = open_session(work, actor, SignInWay.ISSUER, house.settings.session_hours)
    if opened is None:
        raise _refused()
    return opened


def _identity(settings: Settings, turn: IssuerTurn, code: str) -> str | None:
    from authlib.integrations.base_client import OAuthError
    from authlib.oidc.core import CodeIDToken
    from joserfc import jwk, jwt
    from joserfc.errors import JoseError

    with _client(settings) as client:
        found = _discover(settings, client)
        try:
            answer = client.fetch_token(found["token_endpoint"], code=code, code_verifier=turn.verifier)
            keys = jwk.KeySet.import_key_set(_get(client, found["jwks_uri"]))
            token = jwt.decode(answer["id_token"], keys, algorithms=_ALGORITHMS)
            options: Any = {
                "iss": {"essential": True, "value": settings.oidc_issuer},
                "aud": {"essential": True, "value": settings.oidc_client_id},
                "exp": {"essential": True},
            }
            params = {"nonce": turn.nonce, "client_id": settings.oidc_client_id}
            claims = CodeIDToken(token.claims, token.header, options, params)
            claims.validate(leeway=60)
        except (OAuthError, JoseError, KeyError, ValueError, _authlib_jose_error()) as error:
            raise _refused() from error
    value = claims.get(settings.oidc_claim)
    return value if isinstance(value, str) and claims.get("nonce") == turn.nonce else None


def _authlib_jose_error() -> type[Exception]:
    from authlib.common.errors import AuthlibBaseError

    found: type[Exception] = AuthlibBaseError
    return found


def _client(settings: Settings) -> Any:
    try:
        from authlib.integrations.httpx_client import OAuth2Client
    except ImportError as error:
        raise NotReady("未安装统一身份认证组件，请以 oidc 附加组件安装", code="oidc-missing") from error
    secret = settings.oidc_client_secret
    return OAuth2Client(
        client_id=settings.oidc_client_id,
        client_secret=secret.get_secret_value() if secret else None,
        scope="openid profile",
        redirect_uri=settings.public_url + CALLBACK,
        code_challenge_method="S256",
        timeout=_TIMEOUT_S,
        trust_env=False,
    )


def _discover(settings: Settings, client: Any) -> dict[str, str]:
    issuer = settings.oidc_issuer or ""
    address = urlsplit(issuer)
    if address.scheme != "https" and address.hostname not in _LOOPBACK:
        raise NotReady("OIDC_ISSUER 须为 https 地址", code="oidc-insecure")
    found: dict[str, str] = _get(client, issuer.rstrip("/") + "/.well-known/openid-configuration")
    if found.get("issuer") != issuer:
        raise NotReady("统一身份认证处的 issuer 与 OIDC_ISSUER 不符", code="oidc-unavailable")
    return found


def _get(client: Any, url: str) -> Any:
    import httpx2

    try:
        return client.request("GET", url, withhold_token=True).raise_for_status().json()
    except (httpx2.HTTPError, ValueError) as error:
        raise NotReady(
            "统一身份认证处没有正常答复，请稍后再试或用口令登录", code="oidc-unavailable"
        ) from error


def _refused() -> Unauthenticated:
    return Unauthenticated(_REFUSED, code="issuer-refused")
