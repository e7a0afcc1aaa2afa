"""What each office may do; the matrix is data, and a test holds it against a hand-written one."""

from dataclasses import replace

from address_service.errors import Forbidden
from address_service.model.accounts import Actor, Right, Role
from address_service.services.queue_import import ImportLayer
from address_service.settings import Administrators

__all__ = [
    "RIGHTS",
    "RIGHTS_TOGETHER",
    "Right",
    "entitled",
    "has_right",
    "require_right",
    "right_to_bring",
    "roles_with",
]


_ALL_READ = {Right.READ}
_PEOPLE = {Right.RESIDENTS, Right.ENROL, Right.REVEAL}

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.PENDING: frozenset(),
    Role.ADMIN: frozenset({Right.READ, Right.ADMINISTER}),
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
            Right.RECONCILE,
            Right.EXCHANGE,
        }
        | _PEOPLE
    ),
    Role.NATURAL_RESOURCES: frozenset({Right.READ, Right.IMPORT}),
    Role.VILLAGE: frozenset({Right.READ, Right.ASSIGN, Right.NUMBER, Right.ATTACH} | _PEOPLE),
    Role.COUNTY: frozenset({Right.READ, Right.NAME, Right.APPROVE, Right.ATTACH, Right.SUBSCRIBE}),
    Role.FIELD_TEAM: frozenset({Right.READ, Right.ASSIGN, Right.RESIDENTS, Right.ENROL}),
    Role.POLICE: frozenset({Right.READ, Right.SUBSCRIBE, Right.RECONCILE, Right.EXCHANGE} | _PEOPLE),
    Role.FINANCE: frozenset(_ALL_READ),
    Role.LEADING_GROUP: frozenset(_ALL_READ),
    Role.SOCIAL_SECURITY: frozenset(_ALL_READ),
    Role.INSTALLER: frozenset(_ALL_READ),
    Role.ASSISTANT: frozenset({Right.READ, Right.RESIDENTS, Right.ENROL}),
    Role.SECURITY_ADMIN: frozenset({Right.READ, Right.SECURE}),
    Role.AUDIT_ADMIN: frozenset({Right.READ, Right.AUDIT}),
}


RIGHTS_TOGETHER = {**RIGHTS, Role.ADMIN: frozenset(set(Right) - {Right.APPROVE})}
"""Where one person is all three administrators, as in a demo or a very small town."""


def _table(administrators: Administrators) -> dict[Role, frozenset[Right]]:
    return RIGHTS if administrators is Administrators.APART else RIGHTS_TOGETHER


def entitled(actor: Actor, administrators: Administrators, within: frozenset[Right] | None = None) -> Actor:
    """The actor with the rights of its office, of which a key may leave it only some."""
    held = _table(administrators)[actor.role]
    return replace(actor, rights=held if within is None else held & within)


def roles_with(right: Right, administrators: Administrators) -> frozenset[Role]:
    """The offices that have a right."""
    return frozenset(role for role, rights in _table(administrators).items() if right in rights)


def has_right(actor: Actor, right: Right) -> bool:
    """Whether the actor has the right."""
    return right in actor.rights


def right_to_bring(layer: ImportLayer) -> Right:
    """The right to import a file: layers are brought by offices that import, lists of residents by those that enrol."""
    return Right.ENROL if layer is ImportLayer.RESIDENTS else Right.IMPORT


def require_right(actor: Actor, *rights: Right) -> None:
    """Raise Forbidden when the actor has none of the rights."""
    if not any(has_right(actor, right) for right in rights):
        raise Forbidden(f"账户“{actor.name}”无权进行此操作", code="right-missing")
