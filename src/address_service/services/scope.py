"""Whether an actor may touch a division."""

from address_service.errors import Forbidden
from address_service.model.accounts import Actor


def require_scope(actor: Actor, code_nbs: str) -> None:
    """Raise Forbidden when a division lies outside the actor's scope."""
    if not actor.covers(code_nbs):
        raise Forbidden(f"账户“{actor.name}”的辖区不包括 {code_nbs}", code="out-of-scope")
