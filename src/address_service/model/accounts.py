"""Accounts: who acts, for which office, within which part of the county, and by which rules they sign in."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """Office of an account; the rights of each stand in `edge.rights`."""

    PENDING = "pending"
    """Opened, and without an office yet."""
    ADMIN = "admin"
    CIVIL_AFFAIRS = "civil_affairs"
    NATURAL_RESOURCES = "natural_resources"
    VILLAGE = "village"
    COUNTY = "county"
    FIELD_TEAM = "field_team"
    POLICE = "police"
    FINANCE = "finance"
    LEADING_GROUP = "leading_group"
    SOCIAL_SECURITY = "social_security"
    INSTALLER = "installer"
    ASSISTANT = "assistant"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"


ADMINISTRATORS = frozenset({Role.ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
"""The three that are kept apart (三员分立)."""


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
    RECONCILE = "reconcile"
    EXCHANGE = "exchange"


class SignInWay(StrEnum):
    """What a browser session was opened with."""

    KEY = "key"
    PASSWORD = "password"  # noqa: S105 - the name of a way, no password
    ISSUER = "issuer"


class Confinement(StrEnum):
    """What a session must do before it may do anything else."""

    PASSWORD = "password"  # noqa: S105 - the name of a step, no password
    SECOND_FACTOR = "second_factor"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is acting: account, role, and the division whose land they may touch.

    ``division_code`` is the NBS code that bounds the scope: 6 digits the county, 9 a town, 12 a village. ``rights`` are
    what the office has under the service's settings, less what the key in use leaves out; the edge fills them in.
    ``key_id`` is that key, of the request or of what opened its session; None where a person signed in.
    """

    account_id: UUID
    name: str
    role: Role
    county_code: str
    division_code: str
    rights: frozenset[Right] = frozenset()
    key_id: UUID | None = None

    def covers(self, code_nbs: str) -> bool:
        """Whether a division code lies within the actor's scope."""
        return code_nbs.startswith(self.division_code)


@dataclass(frozen=True, slots=True)
class SignInPolicy:
    """By which rules accounts sign in; all from the settings.

    ``classes`` counts kinds of characters: small and capital letters, digits, others. ``history`` passwords back none
    is taken again. ``max_days`` 0: passwords do not age. ``tries`` at a password lock the account for
    ``lock_minutes``; ``source_tries`` from one place make that place wait.
    """

    min_length: int = 10
    classes: int = 3
    history: int = 5
    max_days: int = 90
    tries: int = 5
    lock_minutes: int = 15
    source_tries: int = 30
    idle_minutes: int = 30
    session_hours: int = 8
    second_factor: frozenset[Role] = frozenset()
