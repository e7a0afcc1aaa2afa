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
    RESIDENTS = "residents"
    ENROL = "enrol"
    REVEAL = "reveal"
    SECURE = "secure"
    AUDIT = "audit"


_ALL_READ = {Right.READ}
_PEOPLE = {Right.RESIDENTS, Right.ENROL, Right.REVEAL}

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
        | _PEOPLE
    ),
    Role.NATURAL_RESOURCES: frozenset({Right.READ, Right.IMPORT}),
    Role.VILLAGE: frozenset({Right.READ, Right.ASSIGN, Right.NUMBER, Right.ATTACH} | _PEOPLE),
    Role.COUNTY: frozenset({Right.READ, Right.NAME, Right.APPROVE, Right.ATTACH, Right.SUBSCRIBE}),
    Role.FIELD_TEAM: frozenset({Right.READ, Right.ASSIGN, Right.RESIDENTS, Right.ENROL}),
    Role.POLICE: frozenset({Right.READ, Right.SUBSCRIBE} | _PEOPLE),
    Role.FINANCE: frozenset(_ALL_READ),
    Role.LEADING_GROUP: frozenset(_ALL_READ),
    Role.SOCIAL_SECURITY: frozenset(_ALL_READ),
    Role.INSTALLER: frozenset(_ALL_READ),
    Role.ASSISTANT: frozenset({Right.READ, Right.RESIDENTS, Right.ENROL}),
    Role.SECURITY_ADMIN: frozenset({Right.READ, Right.SECURE}),
    Role.AUDIT_ADMIN: frozenset({Right.READ, Right.AUDIT}),
}


def has_right(actor: Actor, right: Right) -> bool:
    """Whether the actor's office has the right."""
    return right in RIGHTS[actor.role]


def require_right(actor: Actor, right: Right) -> None:
    """Raise Forbidden when the actor's office does not have the right."""
    if not has_right(actor, right):
        raise Forbidden(f"账户“{actor.name}”无权进行此操作", code="right-missing")
