"""Accounts: who acts, for which office, within which part of the county."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """Office of an account; the rights of each stand in `edge.rights`."""

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


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is acting: account, role, and the division whose land they may touch.

    ``division_code`` is the NBS code that bounds the scope: 6 digits the county, 9 a town, 12 a village.
    """

    account_id: UUID
    name: str
    role: Role
    county_code: str
    division_code: str

    def covers(self, code_nbs: str) -> bool:
        """Whether a division code lies within the actor's scope."""
        return code_nbs.startswith(self.division_code)
