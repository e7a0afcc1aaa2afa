"""Where a request comes from and which operation it asks for, as the audit says it."""

from uuid import UUID

from fastapi import Request

from address_service.coding.personal_numbers import holds_personal_number
from address_service.model.audit import AuditNote, Channel, Origin
from address_service.store.ids import new_id

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
WITHHELD = "…"
"""In place of a word of a path that may name a person."""
_LONGEST = 120


def origin_of(request: Request) -> Origin:
    """The channel, network address and id of a request, the same for all that it does."""
    by_key = "X-API-Key" in request.headers
    is_page = bool(request.cookies) or not request.url.path.startswith("/api/")
    channel = Channel.PAGE if is_page and not by_key else Channel.API
    return Origin(channel, request.client.host if request.client else None, _request_id(request))


def _request_id(request: Request) -> UUID:
    known: UUID | None = getattr(request.state, "request_id", None)
    if known is None:
        known = request.state.request_id = new_id()
    return known


def operation_of(request: Request) -> str:
    """The operation's id as in the OpenAPI document but for the version's `api_v1`, or the page's name."""
    route = request.scope.get("route")
    return str(getattr(route, "unique_id", None) or getattr(route, "name", None) or "unknown")


def act_of(request: Request) -> AuditNote:
    """What a request does as far as its address tells: the operation and what its path names, nothing of its body."""
    named = path_words(request)
    kind, thing = list(named.items())[-1] if named else ("request", None)
    rest = {f"path.{name}": value for name, value in named.items() if name != kind}
    return AuditNote(operation_of(request), kind.removesuffix("_id"), thing, rest)


def path_words(request: Request) -> dict[str, str]:
    """The words of a path by their names; what looks like a person's number is withheld."""
    words = {name: str(value)[:_LONGEST] for name, value in request.path_params.items()}
    return {name: WITHHELD if holds_personal_number(word) else word for name, word in words.items()}
