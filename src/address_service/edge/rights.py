"""What each office may do; the matrix is data, and a test holds it against a hand-written one."""

from enum import StrEnum

from address_service.errors import Forbidden
from address_service.model.accounts import Actor, Role


class Right(StrEnum):
    """One thing an account may do within its scope."""

    READ = "read"
    IMPORT = "import"
    ASSIGN = "assign"
    NAME = "name"
    NUMBER = "number"
    APPROVE = "approve"
    PLATES = "plates"
    ATTACH = "attach"
    SUBSCRIBE = "subscribe"
    ADMINISTER = "administer"


_ALL_READ = {Right.READ}

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.ADMIN: frozenset(set(Right) - {Right.APPROVE}),
    Role.CIVIL_AFFAIRS: frozenset(
        {
            Right.READ,
            Right.IMPORT,
            Right.ASSIGN,
            Right.NAME,
            Right.NUMBER,
            Right.PLATES,
            Right.ATTACH,
            Right.SUBSCRIBE,
        }
    ),
    Role.NATURAL_RESOURCES: frozenset({Right.READ, Right.IMPORT}),
    Role.VILLAGE: frozenset({Right.READ, Right.ASSIGN, Right.NUMBER, Right.ATTACH}),
    Role.COUNTY: frozenset({Right.READ, Right.NAME, Right.APPROVE, Right.ATTACH, Right.SUBSCRIBE}),
    Role.FIELD_TEAM: frozenset({Right.READ, Right.ASSIGN}),
    Role.POLICE: frozenset({Right.READ, Right.SUBSCRIBE}),
    Role.FINANCE: frozenset(_ALL_READ),
    Role.LEADING_GROUP: frozenset(_ALL_READ),
}


def has_right(actor: Actor, right: Right) -> bool:
    """Whether the actor's office has the right."""
    return right in RIGHTS[actor.role]


def require_right(actor: Actor, right: Right) -> None:
    """Raise Forbidden when the actor's office does not have the right."""
    if not has_right(actor, right):
        raise Forbidden(f"账户“{actor.name}”无权进行此操作", code="right-missing")
